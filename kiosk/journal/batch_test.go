package journal

import (
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
)

func testBatch() cards.Allotment {
	a := testAllotment()
	a.ID, a.Batch, a.Count = 8, true, 30
	return a
}

// An order takes numbers once, whatever is asked again, and of a batch nothing is
// in between: one order is whole or withdrawn before the next.
func TestOrder(t *testing.T) {
	opts := testOpts(t.TempDir())
	j, a := open(t, opts), testBatch()
	order := func(request string, count uint32, want error) Order {
		t.Helper()
		o, err := j.Order(t.Context(), a, count, request, "op")
		if !errors.Is(err, want) {
			t.Fatalf("%s: %v, want %v", request, err, want)
		}
		return o
	}
	first := order("one", 10, nil)
	if first.Range != numbers(8, 1, 10) || first.State != cards.Making {
		t.Errorf("%+v", first)
	}
	if again := order("one", 10, nil); again.Range != first.Range {
		t.Errorf("the same order: %+v", again)
	}
	order("one", 11, ErrState)
	order("two", 10, ErrUnfinished)
	made := func(o Order, part cards.Range, copy uint32) {
		t.Helper()
		if got, err := j.Made(t.Context(), o, part, [32]byte{1}, "op"); err != nil || got.Copy != copy || got.State != cards.Made {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, err := j.Made(t.Context(), first, numbers(8, 1, 5), [32]byte{1}, "op"); !errors.Is(err, ErrState) {
		t.Errorf("a part is made before the whole: %v", err)
	}
	made(first, first.Range, 0)
	made(first, first.Range, 1)
	made(first, numbers(8, 4, 6), 2)
	if _, err := j.Made(t.Context(), first, numbers(8, 4, 11), [32]byte{1}, "op"); !errors.Is(err, ErrState) {
		t.Errorf("more than was ordered is made: %v", err)
	}
	order("two", 21, ErrUsedUp)
	order("none", 0, ErrUsedUp)
	second := order("two", 20, nil)
	if second.Range != numbers(8, 11, 30) {
		t.Errorf("%+v", second)
	}
	if err := j.MarkRange(t.Context(), second.Range, cards.Withdrawn, "op", "cut off"); err != nil {
		t.Error(err)
	}
	if _, err := j.Made(t.Context(), second, second.Range, [32]byte{2}, "op"); !errors.Is(err, ErrState) {
		t.Errorf("made after it was withdrawn: %v", err)
	}
	order("three", 1, ErrUsedUp)
	if _, err := j.Sign(t.Context(), a, "card", "op"); err == nil {
		t.Error("a batch gives single cards")
	}
	if _, _, err := j.State(t.Context(), cards.Serial{Allotment: 8, Number: 1}); !errors.Is(err, ErrUnknown) {
		t.Errorf("the first card of a range has a state: %v", err)
	}
	if n, err := j.Verify(t.Context()); err != nil {
		t.Errorf("%d, %v", n, err)
	}
	_ = j.Close()
	j = open(t, opts)
	all, err := j.Orders(t.Context())
	if err != nil || len(all) != 2 || all[0].Copy != 2 || all[0].Digest == nil || all[1].State != cards.Withdrawn || j.Tally(8).Signed != 30 {
		t.Errorf("%+v, %v", all, err)
	}
}

// The same cards are made each time, and none but those of the order.
func TestCardOf(t *testing.T) {
	j, a := open(t, testOpts(t.TempDir())), testBatch()
	o, err := j.Order(t.Context(), a, 3, "one", "op")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []error{ErrUnknown, nil, nil, nil, ErrUnknown} {
		c, err := j.CardOf(a, o, uint32(n))
		if again, _ := j.CardOf(a, o, uint32(n)); !errors.Is(err, want) || again != c {
			t.Errorf("number %d: %v, %v", n, c, err)
		}
	}
}

// What is over, or somebody else's, is not printed beforehand.
func TestOrderRefused(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	for name, change := range map[string]func(a *cards.Allotment){
		"no batch":      func(a *cards.Allotment) { a.Batch = false },
		"another key":   func(a *cards.Allotment) { a.Key = 4 },
		"the event end": func(a *cards.Allotment) { a.Until = noon.Add(-time.Second).Unix() },
	} {
		a := testBatch()
		change(&a)
		if o, err := j.Order(t.Context(), a, 1, "one", "op"); err == nil {
			t.Errorf("%s: %v", name, o)
		}
	}
}

func numbers(allotment, first, last uint32) cards.Range {
	return cards.Range{Allotment: allotment, First: first, Last: last}
}
