package ledger_test

import (
	"context"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// whole is an upload of all that a pen has not sent, by a kiosk that heard of
// a moment from the hub just before it was packed.
func (p *pen) whole(heard time.Time, records ...cards.Record) cards.Upload {
	return cards.Upload{Records: records, Top: p.seq, Head: p.prev, Heard: heard.UnixMilli()}
}

// unprinted counts the alarms of cards that never left the kiosk.
func (b *book) unprinted() (n int) {
	b.t.Helper()
	alarms, err := b.Alarms(context.Background())
	check(b.t, err)
	for _, a := range alarms {
		if a.Kind == "never printed" {
			n++
		}
	}
	return n
}

// A card is redeemed at noon; the kiosk is heard from later. The alarm comes
// when the journal is whole up to a moment after the claim, once.
func TestRedeemedNeverOut(t *testing.T) {
	noon := held.Start().Add(12 * time.Hour)
	over := held.End().Add(time.Minute)
	begun := cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}
	say := func(b *book, at time.Time, states ...cards.State) []cards.Record {
		records := append([]cards.Record{b.kiosk.write(begun)}, b.kiosk.steps(b.card(b.cards, 1), states...)...)
		return append(records, b.kiosk.write(cards.Entry{State: cards.ClockSet, At: at.UnixMilli()}))
	}
	for _, tt := range []struct {
		name string
		send func(*book) cards.Upload
		want int
	}{
		{"the number is in no entry", func(b *book) cards.Upload { return b.kiosk.whole(over, say(b, noon)...) }, 1},
		{"only signed", func(b *book) cards.Upload { return b.kiosk.whole(over, say(b, noon, cards.Signed)...) }, 1},
		{"void by the kiosk alone", func(b *book) cards.Upload { return b.kiosk.whole(over, say(b, noon, cards.Signed, cards.Void)...) }, 1},
		{"heard of just after the claim", func(b *book) cards.Upload { return b.kiosk.whole(noon.Add(time.Millisecond), say(b, noon)...) }, 1},
		{"a stick, with an entry from after the day", func(b *book) cards.Upload {
			return cards.Upload{Records: say(b, over.Add(time.Minute), cards.Signed)}
		}, 1},
		{"printing", func(b *book) cards.Upload { return b.kiosk.whole(over, say(b, noon, cards.Signed, cards.Printing)...) }, 0},
		{"printed", func(b *book) cards.Upload {
			return b.kiosk.whole(over, say(b, over.Add(time.Minute), cards.Signed, cards.Printing, cards.Printed)...)
		}, 0},
		{"printing came damaged, printed did not", func(b *book) cards.Upload {
			records := say(b, noon, cards.Signed, cards.Printing, cards.Printed)
			records[2] = garble(records[2])
			return b.kiosk.whole(over, records...)
		}, 0},
		{"packed before the claim", func(b *book) cards.Upload { return b.kiosk.whole(noon, say(b, noon, cards.Signed)...) }, 0},
		{"more is unsent", func(b *book) cards.Upload {
			records := say(b, noon)
			b.kiosk.step(cards.Signed, b.card(b.cards, 1))
			return b.kiosk.whole(over, records...)
		}, 0},
		{"a gap", func(b *book) cards.Upload { return b.kiosk.whole(over, say(b, over.Add(time.Minute))[1:]...) }, 0},
		{"a stick, with entries of the day alone", func(b *book) cards.Upload { return cards.Upload{Records: say(b, noon.Add(time.Hour))} }, 0},
		{"a stick, with a suspect clock", func(b *book) cards.Upload {
			return cards.Upload{Records: append(say(b, noon), b.kiosk.write(cards.Entry{State: cards.ClockSet, At: over.UnixMilli(), Suspect: true}))}
		}, 0},
		{"a stick, with a clock that is ahead", func(b *book) cards.Upload { return cards.Upload{Records: say(b, over.Add(24*time.Hour))} }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			_, err := b.Claim(context.Background(), b.card(b.cards, 1), "AAAA2222")
			check(t, err)
			b.set(over.Add(2 * time.Minute))
			u := tt.send(b)
			for range 2 {
				b.ask(b.kiosk, u)
				b.set(b.clock().Add(time.Minute))
			}
			if got := b.unprinted(); got != tt.want {
				t.Errorf("%d alarms, want %d", got, tt.want)
			}
			b.clean()
		})
	}
}

// Claims between two looks are looked at, none twice, and those of a card that
// is void only afterwards raise no second alarm.
func TestSweepGoesOn(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	begun := b.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})
	for n := range uint32(4) {
		_, err := b.Claim(ctx, b.card(b.walk, n+1), "AAAA2222")
		check(t, err)
		b.set(b.clock().Add(15 * time.Second))
		b.ask(b.kiosk, b.kiosk.whole(b.clock(), begun))
		if got := b.unprinted(); got != int(n)+1 {
			t.Errorf("%d alarms after %d claims", got, n+1)
		}
	}
	b.ask(b.kiosk, b.kiosk.whole(b.clock(), b.kiosk.steps(b.card(b.walk, 1), cards.Signed, cards.Void)...))
	if got := b.unprinted(); got != 4 {
		t.Errorf("%d alarms of 4 cards", got)
	}
	b.set(b.walk.Expires.End().Add(time.Hour))
	for range 2 {
		b.ask(b.kiosk, b.kiosk.whole(b.clock()))
	}
	var last int64
	check(t, b.db.QueryRow(`SELECT MAX(through) FROM swept WHERE allotment = $1`, b.walk.ID).Scan(&last))
	if last != b.clock().UnixMilli() {
		t.Errorf("swept until %d after the cards had lapsed", last)
	}
	b.clean()
}

// Another kiosk's uploads say nothing of this one's cards.
func TestSweepOfAnother(t *testing.T) {
	b := newBook(t)
	other := b.enrol("station-2", key("m"), key("q"))
	_, err := b.Claim(context.Background(), b.card(b.cards, 1), "AAAA2222")
	check(t, err)
	b.grant(ledger.Grant{Kiosk: "station-2", Event: "bar", Count: 10})
	b.set(held.End().Add(time.Hour))
	b.ask(other, other.whole(b.clock(), other.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})))
	if got := b.unprinted(); got != 0 {
		t.Errorf("%d alarms", got)
	}
}
