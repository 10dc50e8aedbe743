package journal

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
)

// hear takes a receipt in which the hub says the time.
func hear(t *testing.T, j *Journal, at time.Time) {
	t.Helper()
	r := cards.Receipt{Key: 3, At: at.UnixMilli(), Judgements: []cards.Judgement{}, Outcomes: []cards.Outcome{}, Allotments: [][]byte{}}
	sealed, err := cards.Seal(j.opts.Key, cards.PaperReceipt, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Take(context.Background(), sealed, r); err != nil {
		t.Fatal(err)
	}
}

// The hub's last word is a lower bound of now, across a restart: a clock before
// it is suspect, and no such clock opens what was over by then.
func TestClockBeforeTheHubsLastWord(t *testing.T) {
	opts := testOpts(t.TempDir())
	now := noon
	opts.Now = func() time.Time { return now }
	j := open(t, opts)
	now = noon.Add(24 * time.Hour)
	hear(t, j, now)
	_ = j.Close()
	now = noon.Add(10 * time.Minute) // the battery was empty: it is the day before again, but later than any entry
	j = open(t, opts)
	if got := j.Heard(); !got.Equal(noon.Add(24 * time.Hour)) {
		t.Errorf("the hub was heard at %v", got)
	}
	if !j.Suspect() {
		t.Error("a clock before the hub's last word is trusted")
	}
	if _, err := j.Sign(t.Context(), testAllotment(), "yesterday's", "op"); !errors.Is(err, ErrOver) {
		t.Errorf("a card of the day before the hub's last word: %v, want ErrOver", err)
	}
	a := testAllotment()
	a.From, a.Until = noon.Add(47*time.Hour).Unix(), noon.Add(50*time.Hour).Unix()
	if _, err := j.Sign(t.Context(), a, "tomorrow's", "op"); err != nil {
		t.Errorf("a suspect clock stops a day that may be now: %v", err)
	}
}

// Each day on which the hub was heard is kept, though nothing else was new.
func TestHeardOnceADay(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	for n := range 3 {
		hear(t, j, noon.Add(time.Duration(n)*time.Minute))
	}
	hear(t, j, noon.Add(24*time.Hour))
	kept, err := j.Papers(t.Context(), cards.PaperReceipt)
	if err != nil || len(kept) != 2 {
		t.Errorf("%d receipts kept, %v, want one a day", len(kept), err)
	}
}

// The entry says which day a person confirmed, or denied.
func TestConfirmDay(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	for n, want := range []string{"the date is 2026-11-23", "the date is not 2026-11-23"} {
		if err := j.ConfirmDay(t.Context(), "op", cards.DayOf(noon)+1, n == 0); err != nil {
			t.Fatal(err)
		}
		top, _ := j.Head()
		records, err := j.Records(t.Context(), top-1, 1)
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := cards.OpenEntry(records[0].Data, j.keys)
		if err != nil || e.State != cards.ClockSet || e.Operator != "op" || e.Reason != want {
			t.Errorf("%+v, %v, want %q", e, err, want)
		}
	}
}

// The set count is the kiosk's: another name buys no more voids.
func TestVoidsOfAll(t *testing.T) {
	opts := testOpts(t.TempDir())
	opts.Voids = 1
	j := open(t, opts)
	for n, tt := range []struct {
		operator, second string
		want             error
	}{{"sato", "", nil}, {"suzuki", "", ErrSecond}, {"suzuki", "suzuki", ErrSecond}, {"suzuki", "sato", nil}} {
		s := sign(t, j, string(rune('a'+n)))
		mark(t, j, s, cards.Printing, cards.Printed)
		if err := j.AskVoid(t.Context(), s, tt.operator, tt.second, "void.torn"); !errors.Is(err, tt.want) {
			t.Errorf("void %d by %s and %q: %v, want %v", n+1, tt.operator, tt.second, err, tt.want)
		}
	}
}

// The copy is raised by a reprint, and by nothing else: TOKEN.md 8.
func TestVerifyCopies(t *testing.T) {
	for _, tt := range []struct {
		name   string
		states []cards.State
		copies []uint32
		good   bool
	}{
		{"a reprint", []cards.State{cards.Printing, cards.Uncertain, cards.Printing, cards.Printed}, []uint32{0, 0, 1, 1}, true},
		{"two of them", []cards.State{cards.Printing, cards.Uncertain, cards.Printing, cards.Uncertain, cards.Printing}, []uint32{0, 0, 1, 1, 2}, true},
		{"a reprint that is not marked", []cards.State{cards.Printing, cards.Uncertain, cards.Printing}, []uint32{0, 0, 0}, false},
		{"a first paper that is", []cards.State{cards.Printing}, []uint32{1}, false},
		{"an outcome of another copy", []cards.State{cards.Printing, cards.Printed}, []uint32{0, 1}, false},
		{"a copy left out", []cards.State{cards.Printing, cards.Uncertain, cards.Printing}, []uint32{0, 0, 2}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := open(t, testOpts(t.TempDir()))
			s := sign(t, j, "r")
			for n, state := range tt.states {
				e := cards.Entry{State: state, Allotment: s.Allotment, Number: s.Number, Copy: tt.copies[n]}
				if err := j.append(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := j.Verify(t.Context()); (err == nil) != tt.good || err != nil && !errors.Is(err, ErrBroken) {
				t.Errorf("Verify = %v", err)
			}
		})
	}
}
