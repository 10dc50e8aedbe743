package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// An Event is one occurrence of a program with the rules of its points.
type Event struct {
	cards.Event
	Points    uint32    // a card
	Day       cards.Day // when it is held
	CardDays  uint32    // a card is good this long after the day
	PointDays uint32    // points are good this long after the claim
}

// hours returns when the event opens and closes on a day: all day where it does
// not say.
func (e Event) hours(day cards.Day) (opens, closes time.Time, err error) {
	if opens, err = day.At(cmp.Or(e.Opens, "00:00")); err == nil {
		closes, err = day.At(cmp.Or(e.Closes, "24:00"))
	}
	if err == nil && !opens.Before(closes) {
		err = errors.New("it closes before it opens")
	}
	if err != nil {
		return opens, closes, fmt.Errorf("%w: event %s: %w", ErrBadRequest, e.ID, err)
	}
	return opens, closes, nil
}

func (e Event) check() error {
	if _, _, err := e.hours(e.Day); err != nil {
		return err
	}
	switch {
	case e.ID == "" || e.Name.Ja == "" || e.Scheme.Ja == "":
		return fmt.Errorf("%w: an event has an id, a name and a scheme", ErrBadRequest)
	case e.Points == 0 || e.Points > cards.MaxPoints:
		return fmt.Errorf("%w: event %s: %d points a card can't be", ErrBadRequest, e.ID, e.Points)
	case e.PointDays == 0 || e.CardDays > lastDay-uint32(e.Day) || e.PointDays > lastDay/2:
		return fmt.Errorf("%w: event %s: its days are out of range", ErrBadRequest, e.ID)
	}
	return nil
}

// lastDay is the greatest [cards.Day].
const lastDay = 1<<16 - 1

// AddEvent keeps an event. One with the same id takes the place of the one
// before, for allotments granted from now on.
func (l *Ledger) AddEvent(ctx context.Context, e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	body, err := cards.Encode(e.Event)
	if err != nil {
		return err
	}
	return l.update(ctx, func(t *txn) error {
		if err := t.onPaper(e.ID, e.Day, e.Day+cards.Day(e.CardDays)); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO event (id, revision, body, points, day, card_days, point_days, at)
			SELECT $1, (SELECT COALESCE(MAX(revision), 0) + 1 FROM event WHERE id = $1), $2, $3, $4, $5, $6, $7`,
			e.ID, body, int64(e.Points), int64(e.Day), int64(e.CardDays), int64(e.PointDays), t.ms())
		return err
	})
}

const selectEvent = `SELECT body, points, day, card_days, point_days FROM event e
	WHERE revision = (SELECT MAX(n.revision) FROM event n WHERE n.id = e.id)`

func scanEvent(scan func(...any) error) (e Event, err error) {
	var body []byte
	if err := scan(&body, &e.Points, &e.Day, &e.CardDays, &e.PointDays); err != nil {
		return e, err
	}
	return e, cards.Decode(body, &e.Event)
}

// Events returns every event, in order of day and id.
func (l *Ledger) Events(ctx context.Context) (events []Event, err error) {
	err = l.view(ctx, func(t *txn) error {
		return t.each(selectEvent+` ORDER BY day, id`, nil, func(scan func(...any) error) error {
			e, err := scanEvent(scan)
			events = append(events, e)
			return err
		})
	})
	return events, err
}

func (t *txn) event(id string) (e Event, err error) {
	found := false
	err = t.each(selectEvent+` AND id = $1`, []any{id}, func(scan func(...any) error) (err error) {
		found = true
		e, err = scanEvent(scan)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: %q", ErrNoEvent, id)
	}
	return e, err
}
