package station

import (
	"cmp"
	"context"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// slip prints what a resident takes home, also where they have left meanwhile.
// It is no card: one that is torn is printed again.
func (c *clerk) slip(ctx context.Context, e wizard.PrintSlip) kiosk.Event {
	sit := c.sat(e.Sitting)
	if sit == nil {
		return wizard.SlipOut{}
	}
	s := c.slipOf(ctx, sit, e)
	c.s.press.Lock()
	defer c.s.press.Unlock()
	drawn, err := c.face.Slip(&s, c.s.dots)
	if err != nil {
		c.s.opts.Log.Error("slip: something on it can't be drawn") // err may quote the ID
		return wizard.SlipOut{}
	}
	return wizard.SlipOut{Printed: c.bring(ctx, drawn)}
}

// bring brings a slip to paper.
func (c *clerk) bring(ctx context.Context, drawn *face.Drawn) bool {
	if p := c.s.printer.Prepare(ctx); !p.Ready {
		return false
	}
	out := c.s.printer.Print(ctx, drawn)
	return out == kiosk.CameOut || out == kiosk.Presumably
}

// slipOf says what stands on the slip. Where the password is set stands there only
// with the code that sets it.
func (c *clerk) slipOf(ctx context.Context, sit *sitting, e wizard.PrintSlip) face.Slip {
	lang := cmp.Or(e.Lang, "ja")
	terms := sit.offer.Terms
	s := face.Slip{
		Municipality: terms.Municipality.In(lang), Scheme: terms.Scheme.In(lang), ID: e.ID, Code: e.Code,
		Contact: terms.Contact.In(lang), Phone: terms.Phone,
		Kiosk: c.s.Identity.Kiosk, Date: c.s.opts.Now().In(cards.Japan), Lang: lang, Later: sit.lease != nil,
	}
	if e.Code != "" {
		s.Host = c.host(ctx)
		switch ends := sit.answer.CodeEnds; {
		case s.Later: // counted from when the hub hears of it: never earlier than this
			s.CodeEnds = s.Date.Add(cards.SlipCodeLife)
		case ends > 0:
			s.CodeEnds = time.UnixMilli(ends).In(cards.Japan)
		}
	}
	return s
}

// host is where residents find the hub's pages, in plain letters.
func (c *clerk) host(ctx context.Context) string {
	if all, err := c.s.Allotments(ctx); err == nil && len(all) > 0 {
		return string(all[len(all)-1].Event.Host)
	}
	if list, err := c.s.TrustList(ctx); err == nil && len(list.Hosts) > 0 {
		return string(list.Hosts[0])
	}
	return ""
}
