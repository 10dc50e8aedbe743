package station

import (
	"cmp"
	"context"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
)

// balanceSlip prints what an account holds. It never says whose it is but by the
// last characters of the MyKey ID.
func (c *clerk) balanceSlip(ctx context.Context, sit *sitting, e account.PrintSlip) kiosk.Event {
	lang := cmp.Or(e.Lang, "ja")
	terms := sit.offer.Terms
	b := face.Balance{
		Municipality: terms.Municipality.In(lang), Tail: e.Account.Tail, Contact: terms.Contact.In(lang), Phone: terms.Phone,
		Kiosk: c.s.Identity.Kiosk, Date: c.s.opts.Now().In(cards.Japan), Lang: lang,
	}
	for _, t := range e.Account.Totals() {
		one := face.SchemeBalance{Scheme: t.Scheme.In(lang), Points: int(t.Points)}
		for _, l := range e.Account.Lots {
			if l.Scheme.Ja == t.Scheme.Ja {
				one.Lots = append(one.Lots, face.DayPoints{Points: int(l.Points), Expires: l.Expires})
			}
		}
		b.Schemes = append(b.Schemes, one)
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
