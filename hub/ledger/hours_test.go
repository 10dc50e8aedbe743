package ledger_test

import (
	"context"
	"errors"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// Cards are issued while the event is open, not all day.
func TestAllotmentKeepsTheHours(t *testing.T) {
	b := newBook(t)
	e := ledger.Event{
		Event:  cards.Event{ID: "hours", Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "バル"}, Opens: "11:00", Closes: "17:00"},
		Points: 200, Day: held, CardDays: 30, PointDays: 100,
	}
	check(t, b.AddEvent(context.Background(), e))
	a := b.grant(ledger.Grant{Kiosk: "station-1", Event: "hours", Count: 1})
	if from, until := a.From-held.Start().Unix(), a.Until-held.Start().Unix(); from != 11*3600 || until != 17*3600 {
		t.Errorf("issued from %d s to %d s of the day", from, until)
	}
	for _, bad := range [][2]string{{"nonsense", "17:00"}, {"11:00", "yesterday"}, {"17:00", "11:00"}} {
		e.Opens, e.Closes = bad[0], bad[1]
		if err := b.AddEvent(context.Background(), e); !errors.Is(err, ledger.ErrBadRequest) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
