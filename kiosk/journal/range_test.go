package journal

import (
	"testing"

	"pointkiosk/cards"
)

// A range is judged in the order in which it was said: what was withdrawn before
// never becomes active, and what is active stays so until it is lost.
func TestJudge(t *testing.T) {
	said := func(state cards.State, first, last uint32) Said { return Said{Range{8, first, last}, state} }
	for _, tt := range []struct {
		name              string
		said              []Said
		active, withdrawn int
	}{
		{"nothing", nil, 0, 0},
		{"elsewhere", []Said{said(cards.Activated, 1, 9), said(cards.Activated, 21, 30)}, 0, 0},
		{"some", []Said{said(cards.Activated, 1, 12)}, 3, 0},
		{"twice", []Said{said(cards.Activated, 10, 14), said(cards.Activated, 12, 16)}, 7, 0},
		{"withdrawn, then handed out", []Said{said(cards.Withdrawn, 10, 12), said(cards.Activated, 10, 20)}, 8, 3},
		{"handed out, then withdrawn", []Said{said(cards.Activated, 10, 12), said(cards.Withdrawn, 10, 20)}, 3, 8},
		{"handed out, then lost", []Said{said(cards.Activated, 10, 12), said(cards.Lost, 12, 20)}, 2, 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if active, withdrawn := (Range{8, 10, 20}).Judge(tt.said); active != tt.active || withdrawn != tt.withdrawn {
				t.Errorf("%d active, %d withdrawn", active, withdrawn)
			}
		})
	}
}
