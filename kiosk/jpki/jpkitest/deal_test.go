package jpkitest_test

import (
	"sync"
	"testing"
	"time"

	"pointkiosk/kiosk/jpki/jpkitest"
)

// now is when the tests are, for the cards.
var now = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)

// deck is one for all tests: a key takes a while.
var deck = sync.OnceValues(func() (*jpkitest.Deck, error) { return jpkitest.NewDeck([32]byte{1}, now) })

func deal(t testing.TB, name string) *jpkitest.Card {
	t.Helper()
	d, err := deck()
	if err != nil {
		t.Fatal(err)
	}
	card, err := d.Card(name)
	if err != nil {
		t.Fatal(err)
	}
	return card
}
