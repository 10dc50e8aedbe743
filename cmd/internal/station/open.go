package station

import (
	"cmp"
	"context"
	"errors"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

func (d *Desk) open(ctx context.Context, e kiosk.OpenDesk) kiosk.Event {
	if e.Practice && d.Station.practice == nil {
		return kiosk.DeskClosed{Note: "issue.note.staff"}
	}
	a, err := d.chosen(ctx, e)
	if err == nil && !e.Practice {
		err = d.lasts(a)
	}
	if err != nil {
		return d.closed(err)
	}
	day, err := d.dayOf(ctx, a)
	if err != nil {
		return d.closed(err)
	}
	if e.Practice {
		a = d.sampleOf(a)
		day = eventDay{held: []cards.Allotment{a}}
	}
	d.practice, d.allotment, d.day = e.Practice, a, day
	request, err := d.next()
	if err != nil {
		return d.closed(err)
	}
	preview, err := d.preview()
	if err != nil {
		return d.closed(err)
	}
	return kiosk.DeskReady{
		Site: d.site(ctx, a, e.Practice), Count: d.count(), Request: request, Preview: preview, AskDate: d.book().AskDate(),
	}
}

// errWhich reports that several events are open and none was named.
var errWhich = errors.New("station: which event?")

// chosen returns the allotment of the event that was tapped, as far as cards
// may be handed out of it now.
func (d *Desk) chosen(ctx context.Context, e kiosk.OpenDesk) (cards.Allotment, error) {
	offers, err := d.Offers(ctx)
	if err != nil {
		return cards.Allotment{}, err
	}
	named := d.of(cards.Serial{Allotment: e.Allotment})
	for _, o := range offers {
		switch {
		case e.Allotment == 0 && len(offers) > 1 && !e.Practice:
			return cards.Allotment{}, errWhich
		case e.Allotment == 0 || o.Is(named):
			return o.Allotment, nil
		}
	}
	if e.Practice {
		// Volunteers practise before the day: any allotment shows them the card.
		all, err := d.Allotments(ctx)
		if len(all) > 0 {
			return all[len(all)-1], nil
		}
		return cards.Allotment{}, cmp.Or(err, ErrNoAllotment)
	}
	return cards.Allotment{}, ErrNoAllotment
}

// site says what this kiosk is and issues.
func (s *Station) site(ctx context.Context, a cards.Allotment, practice bool) kiosk.Site {
	risk, err := s.AtRisk(ctx)
	if err != nil {
		s.opts.Log.Error("allotments", "error", err)
	}
	ranges, sheets := s.mayActivate(ctx)
	return kiosk.Site{
		Ranges: ranges, Sheets: sheets,
		Kiosk: s.Identity.Kiosk, Allotment: a, Granted: a.ID != 0, Practice: practice, Doubted: s.Journal.Suspect(), Counter: s.clerk.isOpen(ctx),
		Accounts: s.Identity.Hub != "", Tickets: len(s.ticketDays(ctx)) > 0,
		AtRisk: risk, Contact: a.Event.Contact, Phone: a.Event.Phone,
	}
}

// Arrive says what is open now, for the screen at rest: of several events the
// first that has cards left, and where none is open, today's.
func (s *Station) Arrive(ctx context.Context) kiosk.SiteIs {
	offers, err := s.Offers(ctx)
	if err != nil {
		s.opts.Log.Error("allotments", "error", err)
	}
	var first kiosk.Offer
	for _, o := range offers {
		if first.Left == 0 {
			first = o
		}
	}
	a := first.Allotment
	if len(offers) == 0 {
		if a, err = s.today(ctx); err != nil {
			s.opts.Log.Error("allotments", "error", err)
		}
	}
	open := s.Journal.Open()
	return kiosk.SiteIs{
		Site: s.site(ctx, a, false), Offers: offers,
		Count: kiosk.Count{Today: first.Today, Left: first.Left, Open: open, Tickets: s.ticketsOf(ctx, open)},
	}
}

// today returns the allotment of today that opens next, else the one that was
// over last, for people who come before or after its hours.
func (s *Station) today(ctx context.Context) (a cards.Allotment, err error) {
	c := s.calendar()
	days, err := s.eventDays(ctx)
	if c.suspect {
		return a, err
	}
	for _, d := range days {
		for _, b := range d.held {
			over, was := b.Until <= c.now.Unix(), a.Until <= c.now.Unix()
			switch {
			case b.Day != cards.DayOf(c.now):
			case a.ID == 0, was && !over, was && b.Until > a.Until, !was && !over && b.From < a.From:
				a = b
			}
		}
	}
	return a, err
}
