package ledger_test

import (
	"slices"
	"testing"

	"pointkiosk/cards"
)

// A paper is a step of a card with the number of the paper it speaks of.
type paper struct {
	state cards.State
	copy  uint32
}

// TOKEN.md, section 8: uncertain to printing raises the copy by one, every
// other step keeps it. What is legal passes whole, in one upload and in many.
func TestCopies(t *testing.T) {
	const (
		signed, printing, printed, presumed = cards.Signed, cards.Printing, cards.Printed, cards.Presumed
		uncertain, asked, void              = cards.Uncertain, cards.VoidAsked, cards.Void
	)
	good, step := "accepted", "disputed step"
	for _, tt := range []struct {
		name  string
		steps []paper
		last  string // the verdict on the last step; all others are good
	}{
		{"the first paper", []paper{{signed, 0}, {printing, 0}, {printed, 0}}, good},
		{"one reprint", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 1}, {printed, 1}}, good},
		{"two reprints", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 1}, {uncertain, 1}, {printing, 2}, {presumed, 2}}, good},
		{"seen after all", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 1}, {uncertain, 1}, {printed, 1}}, good},
		{"it did not come out", []paper{{signed, 0}, {printing, 0}, {presumed, 0}, {uncertain, 0}, {printing, 1}}, good},
		{"a reprint asked back", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 1}, {printed, 1}, {asked, 1}, {void, 1}}, good},
		{"an uncertain one asked back", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {asked, 0}, {void, 0}}, good},
		{"never printed", []paper{{signed, 0}, {void, 0}}, good},
		{"signed as a reprint", []paper{{signed, 1}}, step},
		{"the first paper is a reprint", []paper{{signed, 0}, {printing, 1}}, step},
		{"a reprint without its mark", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 0}}, step},
		{"a jump", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 2}}, step},
		{"back", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 1}, {uncertain, 1}, {printing, 1}}, step},
		{"another paper is printed", []paper{{signed, 0}, {printing, 0}, {printed, 1}}, step},
		{"another paper is uncertain", []paper{{signed, 0}, {printing, 0}, {uncertain, 1}}, step},
		{"another paper is asked back", []paper{{signed, 0}, {printing, 0}, {uncertain, 0}, {printing, 1}, {printed, 1}, {asked, 0}}, step},
		{"another paper is void", []paper{{signed, 0}, {void, 1}}, step},
		{"the largest", []paper{{signed, 0}, {printing, 1<<32 - 1}}, step},
	} {
		for _, each := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				b := newBook(t)
				c := b.card(b.cards, 1)
				var records []cards.Record
				for _, s := range tt.steps {
					e := cards.Entry{State: s.state, Allotment: c.Allotment, Number: c.Number, Copy: s.copy}
					if s.state == cards.Signed {
						digest := c.Digest()
						e.Digest = digest[:]
					}
					records = append(records, b.kiosk.write(e))
				}
				want := slices.Repeat([]string{good}, len(records))
				want[len(want)-1] = tt.last
				var got []string
				if each {
					for _, r := range records {
						got = append(got, verdicts(b.take(b.kiosk, r))...)
					}
				} else {
					got = verdicts(b.take(b.kiosk, records...))
				}
				if !slices.Equal(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
				b.clean()
			})
		}
	}
}
