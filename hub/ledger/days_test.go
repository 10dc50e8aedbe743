package ledger_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A card's last day is a day that there is, also where the sum of both would
// overflow.
func TestEventDays(t *testing.T) {
	b := newBook(t)
	for _, tt := range []struct {
		days uint32
		good bool
	}{
		{0, true}, {30, true}, {365, true}, {math.MaxUint16 - uint32(held) + 1, false},
		{math.MaxUint32, false}, {math.MaxUint32 - uint32(held) + 1, false}, {math.MaxUint32 - uint32(held) + 30, false},
	} {
		err := b.AddEvent(context.Background(), ledger.Event{
			Event:  cards.Event{ID: "days", Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "バル"}, Opens: "11:00", Closes: "17:00"},
			Points: 200, Day: held, CardDays: tt.days, PointDays: 100,
		})
		if (err == nil) != tt.good || err != nil && !errors.Is(err, ledger.ErrBadRequest) {
			t.Errorf("%d days: %v", tt.days, err)
		}
	}
}
