package journal

import (
	"errors"
	"testing"

	"pointkiosk/cards"
)

// A range is judged in the order in which it was said: what was withdrawn before
// never becomes active, and what is active stays so until it is lost.
func TestJudge(t *testing.T) {
	said := func(state cards.State, first, last uint32) Said { return Said{numbers(8, first, last), state} }
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
			if active, withdrawn := Judge(numbers(8, 10, 20), tt.said); active != tt.active || withdrawn != tt.withdrawn {
				t.Errorf("%d active, %d withdrawn", active, withdrawn)
			}
		})
	}
}

// A range is handed out once, however often somebody says so; of what overlaps, the
// rest is.
func TestActivate(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	for _, tt := range []struct {
		r     cards.Range
		fresh int
	}{
		{numbers(8, 10, 20), 11}, {numbers(8, 10, 20), 0}, {numbers(8, 12, 14), 0}, {numbers(8, 15, 25), 5}, {numbers(9, 10, 20), 11},
	} {
		if fresh, err := j.Activate(t.Context(), tt.r, "op"); err != nil || fresh != tt.fresh {
			t.Errorf("%v: %d, %v; want %d", tt.r, fresh, err, tt.fresh)
		}
	}
	for _, r := range []cards.Range{{}, numbers(8, 0, 4), numbers(8, 5, 4), numbers(8, 1, cards.MaxNumber+1)} {
		if _, err := j.Activate(t.Context(), r, "op"); !errors.Is(err, ErrState) {
			t.Errorf("%v: %v", r, err)
		}
	}
	said, err := j.Said(t.Context(), 8)
	if err != nil || len(said) != 2 || said[1].Range != numbers(8, 15, 25) || said[1].State != cards.Activated {
		t.Errorf("%v, %v", said, err)
	}
}

// What the hub did not believe made nothing active: it can be handed out again, once
// the reason is gone.
func TestActivateAgain(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	r := numbers(8, 10, 20)
	if fresh, err := j.Activate(t.Context(), r, "op"); err != nil || fresh != 11 {
		t.Fatal(fresh, err)
	}
	if _, err := j.db.ExecContext(t.Context(), `INSERT INTO aside (seq, verdict, reason) VALUES ($1, $2, 'budget')`, j.seq, string(cards.Disputed)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{11, 0} {
		if fresh, err := j.Activate(t.Context(), r, "op"); err != nil || fresh != want {
			t.Errorf("%d, %v; want %d", fresh, err, want)
		}
	}
}
