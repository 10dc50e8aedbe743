package station

import (
	"context"
	"encoding/base32"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// A Desk performs effects for the screen: it is what kiosk.Run calls. One
// effect at a time is under way.
type Desk struct {
	*Station
	practice  bool
	allotment cards.Allotment
	broken    atomic.Bool // the journal did not pass its check
}

// NewDesk returns the desk of a kiosk that has just been switched on.
func (s *Station) NewDesk() *Desk { return &Desk{Station: s} }

// Do performs an effect and returns what came of it.
func (d *Desk) Do(ctx context.Context, e kiosk.Effect) kiosk.Event {
	switch e := e.(type) {
	case kiosk.Unlock:
		return d.unlock(e)
	case kiosk.OpenDesk:
		return d.open(ctx, e.Practice)
	case kiosk.PrintCard:
		if e.Allotment != d.allotment.ID { // the screen shows another desk than this
			return d.not(ctx, "issue.note.state", e.Request)
		}
		if stop, err := d.Stopped(ctx); (stop != "" || d.broken.Load()) && !d.practice || err != nil {
			return d.not(ctx, "issue.note.stopped", e.Request)
		}
		c, err := d.Issuer(d.practice).Issue(ctx, d.allotment, e.Request, e.Operator)
		return d.after(ctx, c, err, e.Request)
	case kiosk.Settle:
		c, err := d.Issuer(d.practice).Settle(ctx, d.of(e.Serial), e.Serial.Number, e.Whole, e.Operator)
		return d.after(ctx, c, err, "")
	case kiosk.Doubt:
		_, err := d.book().Mark(ctx, e.Serial, cards.Uncertain, e.Operator, "did not come out")
		return d.looked(ctx, e.Serial, err)
	case kiosk.AskVoid:
		return d.askVoid(ctx, e)
	case kiosk.ConfirmDate:
		if err := d.book().ConfirmDate(ctx, e.Operator, e.Right); err != nil {
			return d.closed(err)
		}
		return kiosk.DateConfirmed{}
	}
	return nil
}

func (d *Desk) unlock(e kiosk.Unlock) kiosk.Event {
	name, wait, err := d.door.unlock(e.PIN)
	if err != nil {
		d.opts.Log.Error("staff door", "error", err)
	}
	if name == "" {
		return kiosk.DoorRefused{Wait: int((wait + time.Second - 1) / time.Second)}
	}
	return kiosk.DoorOpened{Operator: name}
}

// book is the journal in use.
func (d *Desk) book() *journal.Journal {
	if d.practice {
		return d.Station.practice
	}
	return d.Journal
}

// of returns the allotment of a card: perhaps an earlier one than the desk's.
func (d *Desk) of(s cards.Serial) cards.Allotment {
	if s.Allotment == d.allotment.ID {
		return d.allotment
	}
	all, err := d.Allotments(context.Background())
	if err != nil {
		d.opts.Log.Error("allotments", "error", err)
	}
	for _, a := range all {
		if a.ID == s.Allotment {
			return a
		}
		if p := d.sampleOf(a); p.ID == s.Allotment {
			return p
		}
	}
	return cards.Allotment{}
}

func (d *Desk) open(ctx context.Context, practice bool) kiosk.Event {
	if practice && d.Station.practice == nil {
		return kiosk.DeskClosed{Note: "issue.note.staff"}
	}
	a, err := d.Allotment(ctx, "")
	if practice && errors.Is(err, ErrNoAllotment) {
		// Volunteers practise before the day: any allotment shows them the card.
		var all []cards.Allotment
		if all, err = d.Allotments(ctx); err == nil && len(all) == 0 {
			err = ErrNoAllotment
		} else if err == nil {
			a = all[len(all)-1]
		}
	}
	if err != nil {
		return d.closed(err)
	}
	if practice {
		a = d.sampleOf(a)
	}
	d.practice, d.allotment = practice, a
	request, err := d.next(ctx)
	if err != nil {
		return d.closed(err)
	}
	ready := kiosk.DeskReady{Site: d.site(a, practice), Count: d.count(), Request: request, AskDate: d.book().AskDate()}
	drawn, err := d.Issuer(practice).Preview(a)
	if err != nil {
		return d.closed(err)
	}
	ready.Preview = drawn
	return ready
}

// site says what this kiosk is and issues.
func (s *Station) site(a cards.Allotment, practice bool) kiosk.Site {
	return kiosk.Site{
		Kiosk: s.Identity.Kiosk, Allotment: a, Granted: a.ID != 0, Practice: practice, Doubted: s.Journal.Suspect(),
		Contact: a.Event.Contact, Phone: a.Event.Phone,
	}
}

// Arrive says what is open now, for the screen at rest.
func (s *Station) Arrive(ctx context.Context) kiosk.SiteIs {
	a, err := s.Allotment(ctx, "")
	if err != nil && !errors.Is(err, ErrNoAllotment) {
		s.opts.Log.Error("allotments", "error", err)
	}
	return kiosk.SiteIs{Site: s.site(a, false), Count: countOf(s.Journal, a)}
}

// next returns the entitlement of the next card: that of a card which was
// signed and never printed, else a new one.
func (d *Desk) next(ctx context.Context) (string, error) {
	for _, c := range d.book().Open() {
		if c.State == cards.Signed && c.Allotment == d.allotment.ID {
			return d.book().RequestOf(ctx, c.Serial())
		}
	}
	return NewRequest(d.opts.Rand)
}

// NewRequest makes an entitlement: 80 random bits as text.
func NewRequest(random io.Reader) (string, error) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return base32.StdEncoding.EncodeToString(b), nil
}

func (d *Desk) count() kiosk.Count { return countOf(d.book(), d.allotment) }

func countOf(j *journal.Journal, a cards.Allotment) kiosk.Count {
	t := j.Tally(a.ID)
	return kiosk.Count{Today: t.Out, Left: a.Count - min(t.Signed, a.Count), Open: j.Open()}
}

// after turns what the issuer says into an event.
func (d *Desk) after(ctx context.Context, c cards.Issued, err error, request string) kiosk.Event {
	d.Wake()
	if errors.Is(err, kiosk.ErrPaper) {
		e := d.not(ctx, d.note(err), request)
		e.Paper = d.Paper(ctx)
		return e
	}
	if err != nil {
		return d.not(ctx, d.note(err), request)
	}
	next, err := d.next(ctx)
	if err != nil {
		return d.not(ctx, d.note(err), request)
	}
	switch c.State {
	case cards.Printed, cards.Presumed:
		return kiosk.CardOut{Serial: c.Card.Serial(), Presumed: c.State == cards.Presumed, Count: d.count(), Request: next}
	case cards.Uncertain, cards.Printing:
		open := cards.OpenCard{Allotment: c.Card.Allotment, Number: c.Card.Number, State: c.State, Copy: c.Copy}
		return kiosk.CardDoubtful{Card: open, Count: d.count(), Request: next}
	}
	return kiosk.NotIssued{Note: "issue.note.unsent", Request: next, Count: d.count()}
}

func (d *Desk) not(ctx context.Context, note, request string) kiosk.NotIssued {
	if request == "" {
		if next, err := d.next(ctx); err == nil {
			request = next
		}
	}
	return kiosk.NotIssued{Note: note, Request: request, Count: d.count()}
}

func (d *Desk) looked(ctx context.Context, s cards.Serial, err error) kiosk.Event {
	if err != nil {
		return d.not(ctx, d.note(err), "")
	}
	state, copy, err := d.book().State(ctx, s)
	if err != nil {
		return d.not(ctx, d.note(err), "")
	}
	c := cards.Issued{State: state, Copy: copy}
	c.Card.Allotment, c.Card.Number = s.Allotment, s.Number
	return d.after(ctx, c, nil, "")
}

func (d *Desk) askVoid(ctx context.Context, e kiosk.AskVoid) kiosk.Event {
	err := d.book().AskVoid(ctx, e.Serial, e.Operator, e.Second, e.Reason)
	if errors.Is(err, journal.ErrSecond) {
		return kiosk.NeedSecond{}
	}
	if err != nil {
		return d.not(ctx, d.note(err), "")
	}
	d.Wake()
	next, err := d.next(ctx)
	if err != nil {
		return d.not(ctx, d.note(err), "")
	}
	return kiosk.VoidNoted{Serial: e.Serial, Count: d.count(), Request: next}
}

func (d *Desk) closed(err error) kiosk.Event { return kiosk.DeskClosed{Note: d.note(err)} }

// note turns an error into the word key of what to tell the volunteer.
func (d *Desk) note(err error) string {
	d.opts.Log.Error("desk", "error", err)
	var glyph *face.MissingGlyphError
	var long *face.TooLongError
	switch {
	case errors.Is(err, kiosk.ErrPaper):
		return "issue.note.paper"
	case errors.Is(err, journal.ErrUsedUp):
		return "issue.note.usedup"
	case errors.Is(err, ErrNoAllotment), errors.Is(err, journal.ErrOver):
		return "issue.note.noevent"
	case errors.As(err, &glyph), errors.As(err, &long):
		return "issue.note.names"
	case errors.Is(err, journal.ErrState), errors.Is(err, journal.ErrUnknown):
		return "issue.note.state"
	}
	return "issue.note.staff"
}
