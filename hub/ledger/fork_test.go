package ledger_test

import (
	"bytes"
	"context"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// forks counts the alarms of a second journal.
func (b *book) forks() (n int) {
	b.t.Helper()
	alarms, err := b.Alarms(context.Background())
	check(b.t, err)
	for _, a := range alarms {
		if a.Kind == "fork" {
			n++
		}
	}
	return n
}

// Where an upload says that its journal ends shows a copy, or proves nothing.
func TestHeads(t *testing.T) {
	for _, tt := range []struct {
		name string
		say  func(top uint64, head []byte) cards.Upload // of 3 entries, all kept at the hub
		want int
	}{
		{"the same end", func(top uint64, head []byte) cards.Upload { return cards.Upload{Top: top, Head: head, Seen: top} }, 0},
		{"before the answer came", func(top uint64, head []byte) cards.Upload { return cards.Upload{Top: top, Head: head} }, 0},
		{"an old one", func(uint64, []byte) cards.Upload { return cards.Upload{Top: 1, Head: make([]byte, 32)[:0], Seen: 1} }, 0},
		{"entries that have not come", func(top uint64, _ []byte) cards.Upload {
			return cards.Upload{Top: top + 9, Head: make([]byte, 32), Seen: top}
		}, 0},
		{"a hub that knew more before it was restored", func(top uint64, _ []byte) cards.Upload {
			return cards.Upload{Top: top + 90, Head: make([]byte, 32), Seen: top + 90}
		}, 0},
		{"says nothing", func(uint64, []byte) cards.Upload { return cards.Upload{} }, 0},
		{"another end", func(top uint64, _ []byte) cards.Upload {
			return cards.Upload{Top: top, Head: bytes.Repeat([]byte{7}, 32), Seen: top}
		}, 1},
		{"another end below", func(uint64, []byte) cards.Upload { return cards.Upload{Top: 2, Head: bytes.Repeat([]byte{7}, 32)} }, 1},
		{"it has heard of more than it has", func(uint64, []byte) cards.Upload { return cards.Upload{Top: 2, Seen: 3} }, 1},
		{"it is empty, and has heard of entries", func(uint64, []byte) cards.Upload { return cards.Upload{Seen: 3} }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			b.take(b.kiosk, b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed)...)
			stop := ""
			if tt.want > 0 {
				stop = ledger.StopConflict
			}
			u := tt.say(b.kiosk.seq, b.kiosk.prev)
			for range 2 {
				if r := b.ask(b.kiosk, u); r.Stop != stop {
					t.Errorf("stop %q, want %q", r.Stop, stop)
				}
			}
			if got := b.forks(); got != tt.want {
				t.Errorf("%d alarms, want %d", got, tt.want)
			}
			if tt.want == 0 {
				return
			}
			check(t, b.Clear(context.Background(), "station-1", "佐藤"))
			if r := b.ask(b.kiosk, u); r.Stop != "" {
				t.Errorf("the copy that a person knows of stops the kiosk again: %q", r.Stop)
			}
		})
	}
}

// A record that came damaged is no other entry.
func TestHeadOverDamage(t *testing.T) {
	for _, first := range []bool{false, true} { // whether it waits for those before
		b := newBook(t)
		records := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed)
		records[2] = garble(records[2])
		if first {
			records = records[2:]
		}
		b.take(b.kiosk, records...)
		if r := b.ask(b.kiosk, cards.Upload{Top: b.kiosk.seq, Head: b.kiosk.prev}); r.Stop != "" || b.forks() != 0 {
			t.Errorf("stop %q, %d alarms", r.Stop, b.forks())
		}
	}
}
