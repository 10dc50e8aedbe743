package journal

import (
	"context"
	"fmt"

	"pointkiosk/cards"
)

// A Said is what this journal says became of a range.
type Said struct {
	cards.Range
	State cards.State // activated, withdrawn or lost
}

// Said returns what was said of a batch's ranges here, the oldest first, but for what
// the hub set aside: that changed nothing.
func (j *Journal) Said(ctx context.Context, allotment uint32) ([]Said, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return j.said(ctx, allotment)
}

func (j *Journal) said(ctx context.Context, allotment uint32) (all []Said, err error) {
	err = j.eachRange(ctx, `state IN ($1, $2, $3) AND seq NOT IN (SELECT seq FROM aside)`,
		[]any{string(cards.Activated), string(cards.Withdrawn), string(cards.Lost)}, func(e cards.Entry) {
			if e.Allotment == allotment {
				all = append(all, Said{rangeOf(e), e.State})
			}
		})
	return all, err
}

// Judge counts the cards of a range that are active, and those that were withdrawn
// before they were, as far as this journal knows: in the order in which it was said,
// as the hub judges it.
func Judge(r cards.Range, said []Said) (active, withdrawn int) {
	is := make([]cards.State, r.Count())
	for _, s := range said {
		for n := max(s.First, r.First); n <= min(s.Last, r.Last); n++ {
			switch now := &is[n-r.First]; {
			case *now == "" || s.State == cards.Lost:
				*now = s.State
			}
		}
	}
	for _, state := range is {
		switch state {
		case cards.Activated:
			active++
		case cards.Withdrawn, cards.Lost:
			withdrawn++
		}
	}
	return active, withdrawn
}

// Activate writes down that a range is handed out, and returns how many of its
// cards were not before. Where there are none, nothing is written: a second tap is no
// second hand-out.
func (j *Journal) Activate(ctx context.Context, r cards.Range, operator string) (fresh int, err error) {
	end, err := j.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	if r.Allotment == 0 || r.First == 0 || r.Last < r.First || r.Last > cards.MaxNumber {
		return 0, fmt.Errorf("%w: %v", ErrState, r)
	}
	said, err := j.said(ctx, r.Allotment)
	if err != nil {
		return 0, err
	}
	active, withdrawn := Judge(r, said)
	if fresh = r.Count() - active - withdrawn; fresh == 0 {
		return 0, nil
	}
	return fresh, j.append(ctx, cards.Entry{State: cards.Activated, Allotment: r.Allotment, Number: r.First, Last: r.Last, Operator: operator})
}
