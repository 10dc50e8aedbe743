package cards

import (
	"bytes"
	"fmt"
	"testing"

	"pointkiosk/packaging/proof"
)

// The table of what may follow what is a golden file, so that a change of it
// is seen by a person (DECISIONS 13).
func TestMay(t *testing.T) {
	states := []State{"", Signed, Printing, Printed, Presumed, Uncertain, VoidAsked, Void, Honoured, Begun, Checkpoint, ClockSet, Given, "redeemed"}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%-11s", "from \\ to")
	for _, to := range states[1:] {
		fmt.Fprintf(&b, " %-10s", to)
	}
	for _, from := range states {
		fmt.Fprintf(&b, "\n%-11s", fmt.Sprintf("%.10q", from)[1:len(fmt.Sprintf("%.10q", from))-1])
		for _, to := range states[1:] {
			mark := "."
			if from.May(to) {
				mark = "yes"
			}
			fmt.Fprintf(&b, " %-10s", mark)
		}
	}
	b.WriteByte('\n')
	proof.Golden(t, "states.txt", b.String())
}

func TestStateWords(t *testing.T) {
	for _, tt := range []struct {
		state                State
		known, ofCard, final bool
	}{
		{Signed, true, true, false},
		{Printing, true, true, false},
		{Printed, true, true, true},
		{Presumed, true, true, true},
		{Uncertain, true, true, false},
		{VoidAsked, true, true, false},
		{Void, true, true, true},
		{Honoured, true, true, true},
		{Begun, true, false, false},
		{Checkpoint, true, false, false},
		{ClockSet, true, false, false},
		{Given, true, false, false},
		{"redeemed", false, true, false}, // the hub's alone
		{"lapsed", false, true, false},
		{"", false, true, false},
	} {
		if tt.state.Known() != tt.known || tt.state.OfCard() != tt.ofCard || tt.state.Final() != tt.final {
			t.Errorf("%q: Known %v, OfCard %v, Final %v", tt.state, tt.state.Known(), tt.state.OfCard(), tt.state.Final())
		}
		if tt.known && tt.ofCard && tt.state.Final() && tt.state.May(Printing) {
			t.Errorf("%q is final and may be printed again", tt.state)
		}
	}
}
