package station

import (
	"context"
	"encoding/base32"
	"errors"
	"image"
	"io"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// A Desk performs effects for the screen: it is what kiosk.Run calls. One
// effect at a time is under way, beside those of the MyKey ID screens.
type Desk struct {
	*Station
	practice  bool
	allotment cards.Allotment // the one on the screen: it names the event and its day
	day       eventDay        // what cards come from
	sheets    sheetsRun
}

// NewDesk returns the desk of a kiosk that has just been switched on.
func (s *Station) NewDesk() *Desk { return &Desk{Station: s} }

// Do performs an effect and returns what came of it.
func (d *Desk) Do(ctx context.Context, e kiosk.Effect) kiosk.Event {
	switch e := e.(type) {
	case kiosk.Beep:
		d.beep(ctx)
		return nil
	case kiosk.Unlock:
		return d.unlock(e)
	case kiosk.OpenDesk:
		return d.open(ctx, e)
	case kiosk.Review:
		d.practice, d.allotment, d.day = false, cards.Allotment{}, eventDay{}
		return kiosk.Reviewing{Count: d.count()}
	case kiosk.PrintCard:
		return d.print(ctx, e)
	case kiosk.Settle:
		d.press.Lock()
		defer d.press.Unlock()
		c, err := d.Issuer(d.practice).Settle(ctx, d.of(e.Serial), e.Serial.Number, e.Whole, e.Operator)
		return d.after(ctx, c, err, "")
	case kiosk.Doubt:
		_, err := d.book().Mark(ctx, e.Serial, cards.Uncertain, e.Operator, "did not come out")
		return d.looked(ctx, e.Serial, err)
	case kiosk.AskVoid:
		return d.askVoid(ctx, e)
	case kiosk.FindCard:
		return d.find(ctx, e.Serial)
	case kiosk.AwaitRuling:
		return d.awaitRuling(ctx, e)
	case kiosk.Reissue:
		return d.reissue(ctx, e)
	case kiosk.ConfirmDate:
		return d.confirmed(ctx, e)
	}
	return d.doBatch(ctx, e)
}

func (d *Desk) print(ctx context.Context, e kiosk.PrintCard) kiosk.Event {
	if e.Allotment != d.allotment.ID { // the screen shows another desk than this
		return d.not(ctx, "issue.note.state", e.Request)
	}
	if !d.practice && !d.mayIssue(ctx) {
		return d.not(ctx, "issue.note.stopped", e.Request)
	}
	a, err := d.from(ctx, e.Request)
	if err != nil {
		return d.not(ctx, d.note(err), e.Request)
	}
	d.press.Lock()
	defer d.press.Unlock()
	c, err := d.Issuer(d.practice).Issue(ctx, a, e.Request, e.Operator)
	return d.after(ctx, c, err, e.Request)
}

// from returns the allotment that a request's card is of: of a card that was
// signed before its own, else the first that has numbers left.
func (d *Desk) from(ctx context.Context, request string) (cards.Allotment, error) {
	switch s, err := d.book().Requested(ctx, request); {
	case err == nil:
		return d.of(s), nil
	case !errors.Is(err, journal.ErrUnknown):
		return cards.Allotment{}, err
	}
	o, open := d.offer()
	if o.Left == 0 && !d.practice { // perhaps more was granted since
		day, err := d.dayOf(ctx, d.allotment)
		if err != nil {
			return cards.Allotment{}, err
		}
		d.day = day
		o, open = d.offer()
	}
	if !open {
		return cards.Allotment{}, ErrNoAllotment
	}
	if d.practice {
		return o.Allotment, nil
	}
	return o.Allotment, d.lasts(o.Allotment)
}

func (d *Desk) offer() (kiosk.Offer, bool) { return d.day.offer(d.book(), d.calendar().desk()) }

func (d *Desk) confirmed(ctx context.Context, e kiosk.ConfirmDate) kiosk.Event {
	if err := d.book().ConfirmDay(ctx, e.Operator, e.Day, e.Right); err != nil {
		return d.closed(err)
	}
	if e.Right || d.practice {
		return kiosk.DateConfirmed{}
	}
	d.denied.Store(true)
	offers, err := d.Offers(ctx)
	if err != nil {
		return d.closed(err)
	}
	return kiosk.DateConfirmed{Offers: offers}
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

// waiting returns a card of this desk that was signed and never printed, and its
// request: it is the next, unless it is somebody's. It has no request if none waits.
func (d *Desk) waiting() (s cards.Serial, request string) {
	for _, c := range d.book().Open() {
		if c.State != cards.Signed || !slices.ContainsFunc(d.day.held, func(a cards.Allotment) bool { return a.ID == c.Allotment }) {
			continue
		}
		request, err := d.book().RequestOf(context.Background(), c.Serial())
		_, again := cards.AgainOf(request)
		switch {
		case err != nil:
			d.opts.Log.Error("a card that waits", "error", err)
		case !again && !d.clerk.till.owns(request):
			return c.Serial(), request
		}
	}
	return cards.Serial{}, ""
}

// next returns the entitlement of the next card.
func (d *Desk) next() (string, error) {
	if _, request := d.waiting(); request != "" {
		return request, nil
	}
	return NewRequest(d.opts.Rand)
}

// preview draws the next card; nil where there is none.
func (d *Desk) preview() (image.Image, error) {
	o, _ := d.offer()
	a, number := o.Allotment, d.book().Tally(o.Allotment.ID).Signed+1
	if s, request := d.waiting(); request != "" {
		a, number = d.of(s), s.Number
	}
	if a.ID == 0 || number > a.Count {
		return nil, nil
	}
	return d.Issuer(d.practice).Preview(a, number)
}

// look is the preview beside a card that is out: no fault of it may hide that.
func (d *Desk) look() image.Image {
	p, err := d.preview()
	if err != nil {
		d.opts.Log.Error("preview", "error", err)
		return nil
	}
	return p
}

// NewRequest makes an entitlement: 80 random bits as text.
func NewRequest(random io.Reader) (string, error) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return base32.StdEncoding.EncodeToString(b), nil
}

func (d *Desk) count() kiosk.Count {
	o, _ := d.offer()
	open := d.book().Open()
	return kiosk.Count{Today: o.Today, Left: o.Left, Open: open, Tickets: d.ticketsOf(context.Background(), open)}
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
	next, err := d.next()
	if err != nil {
		return d.not(ctx, d.note(err), request)
	}
	switch c.State {
	case cards.Printed, cards.Presumed:
		return kiosk.CardOut{Serial: c.Card.Serial(), Presumed: c.State == cards.Presumed, Count: d.count(), Request: next, Preview: d.look()}
	case cards.Uncertain, cards.Printing:
		open := cards.OpenCard{Allotment: c.Card.Allotment, Number: c.Card.Number, State: c.State, Copy: c.Copy, Torn: c.Torn}
		return kiosk.CardDoubtful{Card: open, Count: d.count(), Request: next, Preview: d.look()}
	}
	return kiosk.NotIssued{Note: "issue.note.unsent", Request: next, Count: d.count(), Preview: d.look()}
}

func (d *Desk) not(ctx context.Context, note, request string) kiosk.NotIssued {
	if request == "" {
		if next, err := d.next(); err == nil {
			request = next
		}
	}
	return kiosk.NotIssued{Note: note, Request: request, Count: d.count(), Preview: d.look()}
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
	next, err := d.next()
	if err != nil {
		return d.not(ctx, d.note(err), "")
	}
	return kiosk.VoidNoted{Serial: e.Serial, Count: d.count(), Request: next, Preview: d.look()}
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
	case errors.Is(err, ErrFades):
		return "issue.note.fades"
	case errors.Is(err, errWhich):
		return "issue.note.which"
	case errors.Is(err, ErrNoAllotment), errors.Is(err, journal.ErrOver):
		return "issue.note.noevent"
	case errors.As(err, &glyph), errors.As(err, &long):
		return "issue.note.names"
	case errors.Is(err, journal.ErrState), errors.Is(err, journal.ErrUnknown):
		return "issue.note.state"
	}
	return "issue.note.staff"
}
