package kiosk

import (
	"context"
	"errors"
	"fmt"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
)

// A Journal remembers every card. Each method is one commit, synced before it
// returns.
type Journal interface {
	// Sign takes the next number for a request, or finds the card that the
	// request was given.
	Sign(ctx context.Context, a cards.Allotment, request, operator string) (cards.Issued, error)
	// Card finds a card that was signed here.
	Card(ctx context.Context, a cards.Allotment, number uint32) (cards.Issued, error)
	// Mark writes down a card's next state and tells which copy it is.
	Mark(ctx context.Context, s cards.Serial, next cards.State, operator, reason string) (uint32, error)
}

// An Outcome is what a printer can say of a card it was given.
type Outcome int

// The outcomes. Doubtful is the default: what nobody knows, the volunteer decides.
const (
	Doubtful   Outcome = iota
	NotSent            // not one byte was taken
	Torn               // its end never left, so that no paper is whole
	CameOut            // the printer proved it
	Presumably         // a printer that gives no proof
)

// A Printer puts a picture on paper.
type Printer interface {
	// Prepare makes the printer ready, so that nothing but the card is left to
	// send, and says how it is.
	Prepare(ctx context.Context) Paper
	Print(ctx context.Context, d *face.Drawn) Outcome
}

// ErrPaper reports a printer that can't print now. No number was taken.
var ErrPaper = errors.New("kiosk: the printer is not ready")

// ErrTorn reports a card of which no paper can be whole: it is printed again, or
// a void is asked for.
var ErrTorn = errors.New("kiosk: the end of the card was never sent")

// ErrDecide reports a card about which the volunteer has to say something
// before this can go on.
var ErrDecide = errors.New("kiosk: a card is uncertain: look at the paper first")

// An Issuer hands out cards: write first, act after, acknowledge last. One
// goroutine at a time may use it.
type Issuer struct {
	Journal Journal
	Printer Printer
	Face    *face.Face
	Dots    int    // width of the paper
	Kiosk   string // its name on the card
	Lang    string // of the card
}

// Issue hands out one card for a request. A request that already has a card
// gets no second one: its card is printed if that never began, and else
// returned with the state it is in.
func (i *Issuer) Issue(ctx context.Context, a cards.Allotment, request, operator string) (cards.Issued, error) {
	plain := i.face(a, cards.Card{}, 0)
	if err := i.Face.Check(&plain, i.Dots); err != nil {
		return cards.Issued{}, err
	}
	if p := i.Printer.Prepare(ctx); !p.Ready {
		return cards.Issued{}, fmt.Errorf("%w: %s", ErrPaper, p.Code)
	}
	c, err := i.Journal.Sign(ctx, a, request, operator)
	switch {
	case err != nil:
		return c, err
	case c.State == cards.Printing: // its outcome could not be written down
		c.State = cards.Uncertain
		_, err = i.Journal.Mark(ctx, c.Card.Serial(), cards.Uncertain, operator, "no outcome")
		return c, err
	case c.State != cards.Signed:
		return c, nil
	}
	return i.print(ctx, a, c, operator)
}

// Settle takes the volunteer's word on an uncertain card: it came out whole, or
// the same card is printed again, marked 再印刷.
func (i *Issuer) Settle(ctx context.Context, a cards.Allotment, number uint32, whole bool, operator string) (cards.Issued, error) {
	c, err := i.Journal.Card(ctx, a, number)
	if err != nil {
		return c, err
	}
	if c.State == cards.Printing { // its outcome could not be written down
		c.State = cards.Uncertain
		if _, err := i.Journal.Mark(ctx, c.Card.Serial(), cards.Uncertain, operator, "no outcome"); err != nil {
			return c, err
		}
	}
	if c.State != cards.Uncertain {
		return c, nil // somebody settled it before: a second tap
	}
	if whole && c.Torn {
		return c, ErrTorn
	}
	if whole {
		c.State = cards.Printed
		_, err = i.Journal.Mark(ctx, c.Card.Serial(), cards.Printed, operator, "seen by the operator")
		return c, err
	}
	if p := i.Printer.Prepare(ctx); !p.Ready {
		return c, fmt.Errorf("%w: %s", ErrPaper, p.Code)
	}
	return i.print(ctx, a, c, operator)
}

// print brings a signed or uncertain card to paper. The picture is made before
// anything is written down, so that what can't be drawn leaves no trace.
func (i *Issuer) print(ctx context.Context, a cards.Allotment, c cards.Issued, operator string) (cards.Issued, error) {
	copy := c.Copy
	if c.State == cards.Uncertain {
		copy++
	}
	look := i.face(a, c.Card, copy)
	drawn, err := i.Face.Draw(&look, i.Dots)
	if err != nil {
		return c, err
	}
	serial := c.Card.Serial()
	var came Outcome
	if c.Copy, came, err = i.bring(ctx, serial, drawn, operator); err != nil {
		return c, err
	}
	next, reason := outcome(came, c.State == cards.Uncertain)
	c.State = cards.Printing
	// From here on paper may be out: a cancelled context must not hide it.
	if _, err := i.Journal.Mark(context.WithoutCancel(ctx), serial, next, operator, reason); err != nil {
		return c, err
	}
	c.State, c.Torn = next, reason == cards.NotWhole
	return c, nil
}

func outcome(o Outcome, again bool) (cards.State, string) {
	switch {
	case o == CameOut:
		return cards.Printed, ""
	case o == Presumably:
		return cards.Presumed, ""
	case o == NotSent && !again: // of a reprint the first paper may be out
		return cards.Void, cards.NothingSent
	}
	if o == Torn {
		return cards.Uncertain, cards.NotWhole
	}
	return cards.Uncertain, ""
}

// face says what stands on the paper.
func (i *Issuer) face(a cards.Allotment, c cards.Card, copy uint32) face.Card {
	f := Face(a, c, i.Lang)
	f.Kiosk, f.Reprint = i.Kiosk, int(copy)
	return f
}

// Face says what stands on an allotment's card in a language. Of a card that has
// no number yet it says what stands on all of them.
func Face(a cards.Allotment, c cards.Card, lang string) face.Card {
	e := a.Event
	f := face.Card{
		Municipality: e.Municipality.In(lang), Scheme: e.Scheme.In(lang), Points: int(a.Points),
		Event: e.Name.In(lang), Date: a.Day.Start(), Place: e.Place.In(lang), Expires: a.Expires.Start(),
		Contact: e.Contact.In(lang), Phone: e.Phone, Host: string(e.Host),
		Ticket: a.Kind&^0x08 == cards.KindTicket, Practice: a.Kind.Practice(), Lang: lang,
	}
	if c.Number != 0 {
		f.URL, f.Serial = e.Host.URL(c), c.Serial().String()
	}
	return f
}

// Preview draws the card with this number as it will be printed, dot for dot
// but for its code: of that only the corners are there, since whatever a screen
// shows can be photographed.
func (i *Issuer) Preview(a cards.Allotment, number uint32) (*face.Drawn, error) {
	look := i.face(a, cards.Card{Claims: a.Claims(number)}, 0)
	d, err := i.Face.Draw(&look, i.Dots)
	if err != nil {
		return nil, err
	}
	corner := 7 * d.Module // a finder pattern: ISO/IEC 18004:2015, 6.3.3
	for y := d.QR.Min.Y; y < d.QR.Max.Y; y++ {
		row, top, bottom := d.Row(y), y < d.QR.Min.Y+corner, y >= d.QR.Max.Y-corner
		for x := d.QR.Min.X; x < d.QR.Max.X; x++ {
			left, right := x < d.QR.Min.X+corner, x >= d.QR.Max.X-corner
			if !(top && (left || right) || bottom && left) {
				row[x/8] &^= 0x80 >> (x % 8)
			}
		}
	}
	return d, nil
}
