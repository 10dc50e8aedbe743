package station

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// ErrNoAllotment reports that nothing may be issued now.
var ErrNoAllotment = errors.New("station: no allotment is open now")

// ErrFades reports cards that would be good for longer than what is on their
// paper can be read.
var ErrFades = errors.New("station: these cards outlast their paper")

// lasts returns [ErrFades] for an allotment whose cards outlast this kiosk's paper.
func (s *Station) lasts(a cards.Allotment) error {
	if int(a.Expires)-int(a.Day) > s.opts.Settings.Printer.PaperDays {
		return ErrFades
	}
	return nil
}

// A calendar says which allotments are for now. A clock that can't be trusted
// is held against the hub's last word, before which now is not.
type calendar struct {
	now     time.Time
	heard   time.Time
	suspect bool
	any     bool // the time says nothing: whatever was not over at the hub's last word may be for now
}

func (s *Station) calendar() calendar {
	c := calendar{now: s.opts.Now(), heard: s.Journal.Heard(), suspect: s.Journal.Suspect()}
	if !c.suspect {
		s.denied.Store(false)
	} else if c.now.Before(c.heard) {
		c.now = c.heard
	}
	return c
}

func (c calendar) open(a cards.Allotment) bool {
	if c.any {
		return c.heard.Unix() < a.Until
	}
	return a.Open(c.now)
}

// An eventDay is all that this kiosk was granted for one event on one day, in
// cards of so many points each.
type eventDay struct {
	held []cards.Allotment // oldest first
}

func (d eventDay) of(a cards.Allotment) bool { return kiosk.Offer{Allotment: d.held[0]}.Is(a) }

// dayOf returns all that was granted for an allotment's event and day.
func (s *Station) dayOf(ctx context.Context, a cards.Allotment) (eventDay, error) {
	days, err := s.eventDays(ctx)
	for _, d := range days {
		if d.of(a) {
			return d, nil
		}
	}
	return eventDay{}, err
}

func (s *Station) eventDays(ctx context.Context) (days []eventDay, err error) {
	all, err := s.Allotments(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Key != s.live.ID || a.Kind != cards.KindCard || a.Batch { // a ticket is signed when the hub has granted it, and a batch by the sheet: neither by a tap
			continue
		}
		n := slices.IndexFunc(days, func(d eventDay) bool { return d.of(a) })
		if n < 0 {
			days, n = append(days, eventDay{}), len(days)
		}
		days[n].held = append(days[n].held, a)
	}
	return days, nil
}

// offer counts the cards of an event's day: all that are out, and the numbers
// left of what is for now. It is false where nothing is.
func (d eventDay) offer(j *journal.Journal, c calendar) (o kiosk.Offer, open bool) {
	for _, a := range d.held {
		t := j.Tally(a.ID)
		o.Today += t.Out
		if !c.open(a) {
			continue
		}
		if left := a.Count - min(t.Signed, a.Count); !open || o.Left == 0 {
			o.Allotment, o.Left, open = a, left, true
		} else {
			o.Left += left
		}
	}
	return o, open
}

// desk is the same for a desk that is open: a suspect clock does not shut it.
func (c calendar) desk() calendar {
	c.any = c.suspect
	return c
}

// Offers returns what cards may be handed out of now, one offer for each event,
// day and worth. A suspect clock closes nothing: where it leaves none open, or
// somebody said that its date is wrong, all that has numbers left and was not
// over at the hub's last word is offered, the next day first.
func (s *Station) Offers(ctx context.Context) ([]kiosk.Offer, error) {
	days, err := s.eventDays(ctx)
	if err != nil {
		return nil, err
	}
	c := s.calendar()
	offers := offersOf(days, s.Journal, c)
	if c.suspect && (len(offers) == 0 || s.denied.Load()) {
		c.any = true
		offers = slices.DeleteFunc(offersOf(days, s.Journal, c), func(o kiosk.Offer) bool { return o.Left == 0 })
		slices.SortStableFunc(offers, func(a, b kiosk.Offer) int { return cmp.Compare(a.Allotment.Day, b.Allotment.Day) })
	}
	return offers, nil
}

func offersOf(days []eventDay, j *journal.Journal, c calendar) (offers []kiosk.Offer) {
	for _, d := range days {
		if o, open := d.offer(j, c); open {
			offers = append(offers, o)
		}
	}
	return offers
}

// Allotment returns the allotment to issue from now: the first of the event
// (any event if it is empty) that has numbers left, else the last one.
func (s *Station) Allotment(ctx context.Context, event string) (a cards.Allotment, err error) {
	offers, err := s.Offers(ctx)
	if err != nil {
		return a, err
	}
	err = ErrNoAllotment
	for _, o := range offers {
		if event != "" && o.Allotment.Event.ID != event {
			continue
		}
		if a, err = o.Allotment, nil; o.Left > 0 {
			break
		}
	}
	if err == nil {
		err = s.lasts(a)
	}
	return a, err
}

// OpenEvents names the events of which cards may be handed out now.
func (s *Station) OpenEvents(ctx context.Context) (events []string, err error) {
	offers, err := s.Offers(ctx)
	for _, o := range offers {
		if !slices.Contains(events, o.Allotment.Event.ID) {
			events = append(events, o.Allotment.Event.ID)
		}
	}
	return events, err
}

// AtRisk is what a theft of this kiosk would cost now, in yen, beyond the cards
// that people hold already: the points of every number whose card never left
// it, of each allotment that has not lapsed. Whoever has the key can sign such a
// number, its event's day past or to come, and the hub pays for it; not so for
// one that is void. A card in somebody's hand costs no more when a thief signs
// it again: it is paid once, and to the thief if they are the faster. The hub's
// list counts those too, until they are claimed (hub/ledger, Kiosk.AtRisk).
func (s *Station) AtRisk(ctx context.Context) (yen uint64, err error) {
	days, err := s.eventDays(ctx)
	c := s.calendar()
	if c.suspect { // nothing lapses by a clock that can't be trusted
		c.now = c.heard
	}
	for _, d := range days {
		for _, a := range d.held {
			if t := s.Journal.Tally(a.ID); c.now.Before(a.Expires.End()) {
				yen += uint64(a.Count-min(a.Count, t.Out+t.Void)) * uint64(a.Points)
			}
		}
	}
	return yen, err
}
