package ledger_test

import (
	"context"
	"errors"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// Whatever arrives as an upload leaves a book in which all holds.
func FuzzIngest(f *testing.F) {
	b := newBook(f)
	good := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed)
	sealed := b.kiosk.upload(cards.Upload{Records: good})
	f.Add(sealed)
	f.Add(sealed[:len(sealed)/2])
	f.Add([]byte{0xD2, 0x84})
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := b.Ingest(context.Background(), data); err != nil && !errors.Is(err, ledger.ErrUpload) && !errors.Is(err, ledger.ErrTooLarge) {
			t.Fatal(err)
		}
	})
}

// Whatever stands in a record that the kiosk did send does too.
func FuzzRecord(f *testing.F) {
	b := newBook(f)
	good := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing)
	f.Add(uint64(1), good[0].Data)
	f.Add(uint64(2), good[1].Data)
	f.Add(uint64(1)<<63, []byte("?"))
	f.Fuzz(func(t *testing.T, seq uint64, data []byte) {
		b.kiosk.t = t
		r, err := b.Ingest(context.Background(), b.kiosk.upload(cards.Upload{Records: []cards.Record{{Seq: seq, Data: data}}}))
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range r.Judgements {
			if j.Verdict == cards.Accepted && j.Seq > 2 {
				t.Fatalf("a record nobody wrote was accepted: %+v", j)
			}
		}
	})
}
