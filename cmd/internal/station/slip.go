package station

import (
	"context"
	"strings"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// slip prints what a resident takes home. It is no card: one that is torn is
// printed again.
func (c *clerk) slip(ctx context.Context, e wizard.PrintSlip) kiosk.Event {
	sit := c.sat()
	terms, now := sit.offer.Terms, c.s.opts.Now().In(cards.Japan)
	s := face.Slip{
		Municipality: terms.Municipality.Ja, Scheme: terms.Scheme.Ja, ID: e.ID, Code: e.Code, Host: strings.TrimSuffix(c.host(ctx), "/") + "/password",
		Contact: terms.Contact.Ja, Phone: terms.Phone, Kiosk: c.s.Identity.Kiosk, Date: now, Lang: "ja",
	}
	if ends := sit.answer.CodeEnds; ends > 0 && e.Code != "" {
		s.CodeEnds = time.UnixMilli(ends).In(cards.Japan)
	}
	if e.Code == "" {
		s.Host = ""
	}
	c.s.drawing.Lock()
	drawn, err := c.s.face.Slip(&s, c.s.dots)
	c.s.drawing.Unlock()
	if err != nil {
		c.s.opts.Log.Error("slip", "error", err)
		return wizard.SlipOut{}
	}
	if p := c.s.printer.Prepare(ctx); !p.Ready {
		return wizard.SlipOut{}
	}
	out := c.s.printer.Print(ctx, drawn)
	return wizard.SlipOut{Printed: out == kiosk.CameOut || out == kiosk.Presumably}
}

// host is where residents find the hub's pages, in plain letters.
func (c *clerk) host(ctx context.Context) string {
	all, err := c.s.Allotments(ctx)
	if err != nil || len(all) == 0 {
		return ""
	}
	return string(all[len(all)-1].Event.Host)
}
