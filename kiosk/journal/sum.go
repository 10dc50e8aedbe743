package journal

import (
	"cmp"
	"slices"

	"pointkiosk/cards"
)

// sum folds entries into where the journal stands. A checkpoint is this sum,
// signed; start-up begins with the last one.
type sum struct {
	tallies map[uint32]cards.Tally
	open    map[cards.Serial]cards.OpenCard
}

func newSum(from *cards.Sum) *sum {
	s := &sum{tallies: map[uint32]cards.Tally{}, open: map[cards.Serial]cards.OpenCard{}}
	if from != nil {
		for _, t := range from.Tallies {
			s.tallies[t.Allotment] = t
		}
		for _, c := range from.Open {
			s.open[c.Serial()] = c
		}
	}
	return s
}

// add takes in one entry.
func (s *sum) add(e cards.Entry) {
	if e.State == cards.Making { // its numbers are taken
		t := s.tallies[e.Allotment]
		t.Allotment, t.Signed = e.Allotment, e.Last
		s.tallies[e.Allotment] = t
	}
	if !e.State.OfCard() {
		return
	}
	_, wasOpen := s.open[e.Serial()]
	t := s.tallies[e.Allotment]
	t.Allotment = e.Allotment
	switch e.State {
	case cards.Signed:
		t.Signed++
	case cards.Void:
		t.Void++
	}
	if !wasOpen && e.State != cards.Signed {
		t.Out-- // it was printed or presumed: no other final state goes on
	}
	if e.State == cards.Printed || e.State == cards.Presumed || e.State == cards.Honoured {
		t.Out++
	}
	s.tallies[e.Allotment] = t
	if e.State.Final() {
		delete(s.open, e.Serial())
	} else {
		s.open[e.Serial()] = cards.OpenCard{Allotment: e.Allotment, Number: e.Number, State: e.State, Copy: e.Copy, Torn: e.State == cards.Uncertain && e.Reason == cards.NotWhole}
	}
}

// signed returns the checkpoint's form, in one order.
func (s *sum) signed() *cards.Sum {
	out := &cards.Sum{Tallies: []cards.Tally{}, Open: s.cards()}
	for _, t := range s.tallies {
		out.Tallies = append(out.Tallies, t)
	}
	slices.SortFunc(out.Tallies, func(a, b cards.Tally) int { return cmp.Compare(a.Allotment, b.Allotment) })
	return out
}

// cards returns the open cards in the order of their serials.
func (s *sum) cards() []cards.OpenCard {
	out := make([]cards.OpenCard, 0, len(s.open))
	for _, c := range s.open {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b cards.OpenCard) int {
		return cmp.Or(cmp.Compare(a.Allotment, b.Allotment), cmp.Compare(a.Number, b.Number))
	})
	return out
}
