package ledger_test

import (
	"testing"

	"pointkiosk/cards"
)

// After printing a kiosk may call a card void by itself only because no byte
// was sent, and never a reprint, whose first paper may be out.
func TestVoidAfterPrinting(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		copy         uint32
		want         cards.Verdict
	}{
		{"no byte was sent", cards.NothingSent, 0, cards.Accepted},
		{"no reason", "", 0, cards.Disputed},
		{"another reason", "torn", 0, cards.Disputed},
		{"a reprint", cards.NothingSent, 1, cards.Disputed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			card := b.card(b.cards, 1)
			b.take(b.kiosk, b.kiosk.steps(card, cards.Signed, cards.Printing)...)
			r := b.take(b.kiosk, b.kiosk.write(cards.Entry{
				State: cards.Void, Allotment: card.Allotment, Number: card.Number, Copy: tt.copy, Reason: tt.reason,
			}))
			if len(r.Judgements) != 1 || r.Judgements[0].Verdict != tt.want {
				t.Errorf("%+v, want %s", r.Judgements, tt.want)
			}
			b.clean()
		})
	}
}

// A text with a NUL is none for PostgreSQL; it must not stop the kiosk's journal.
func TestVoidWithANUL(t *testing.T) {
	b := newBook(t)
	card := b.card(b.cards, 1)
	b.take(b.kiosk, b.kiosk.steps(card, cards.Signed, cards.Printing, cards.Printed)...)
	r := b.take(b.kiosk, b.kiosk.write(cards.Entry{
		State: cards.VoidAsked, Allotment: card.Allotment, Number: card.Number, Operator: "\x00佐藤", Reason: "紙\x00",
	}))
	if len(r.Judgements) != 1 || r.Judgements[0].Verdict != cards.Accepted || r.Cursor != 4 {
		t.Errorf("%+v", r)
	}
	b.clean()
}
