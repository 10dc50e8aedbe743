package station

import (
	"context"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
)

// slipEnds is how many last days stand on a balance slip.
const slipEnds = 5

// balanceSlip prints what an account holds. It never says whose it is but by the
// last characters of the MyKey ID.
func (c *clerk) balanceSlip(ctx context.Context, sit *sitting, e account.PrintSlip) kiosk.Event {
	const lang = "ja"
	terms := sit.offer.Terms
	b := face.Balance{
		Municipality: terms.Municipality.In(lang), Tail: e.Account.Tail, Contact: terms.Contact.In(lang), Phone: terms.Phone,
		Kiosk: c.s.Identity.Kiosk, Date: c.s.opts.Now().In(cards.Japan), Lang: lang, Host: c.host(ctx),
	}
	for _, t := range e.Account.Totals() {
		b.Totals = append(b.Totals, face.Total{Scheme: t.Scheme.In(lang), Points: int(t.Points)})
	}
	for n, l := range e.Account.Lots {
		if n == slipEnds {
			b.More = len(e.Account.Lots) - n
			break
		}
		end := face.End{Until: l.Expires, Points: int(l.Points)}
		if len(b.Totals) > 1 {
			end.Scheme = l.Scheme.In(lang)
		}
		b.Ends = append(b.Ends, end)
	}
	c.s.press.Lock()
	defer c.s.press.Unlock()
	drawn, err := c.face.Balance(&b, c.s.dots)
	if err != nil {
		c.s.opts.Log.Error("balance slip", "error", err)
		return account.SlipOut{}
	}
	return account.SlipOut{Printed: c.bring(ctx, drawn)}
}
