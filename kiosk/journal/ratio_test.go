package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// most is how much longer a large journal may take than one of a thousand
// entries, to start and to issue (DECISIONS 18).
const most = 1.5

// A large journal starts and issues as fast as a small one.
func TestLargeJournal(t *testing.T) {
	entries := proof.Times(10_000, 50_000, 1_000_000)
	small, large := testOpts(t.TempDir()), testOpts(t.TempDir())
	grow(t, small, 1_000)
	grow(t, large, entries)
	a, b := open(t, small), open(t, large)
	compare(t, "cards", 400, issuing(t, a), issuing(t, b)) // the first ones too
	if x, y := pages(t, a), pages(t, b); y > most*x {
		t.Errorf("a card writes %.1f pages behind the large journal and %.1f behind the small one", y, x)
	}
	if err := errors.Join(a.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	level(t, small)
	level(t, large)
	compare(t, "start-up", 20, starting(t, small), starting(t, large))
}

// compare lets two journals do the same in turns, so that whatever else the
// machine does falls on both. The medians count. A journal that is slower is so
// in each of three rounds, or in one by far.
func compare(t *testing.T, what string, times int, small, large func()) {
	t.Helper()
	var ratios []float64
	for len(ratios) < 3 && (len(ratios) == 0 || slices.Min(ratios) > most && slices.Max(ratios) < 2*most) {
		var took [2][]time.Duration
		for range times {
			for n, do := range []func(){small, large} {
				began := time.Now()
				do()
				took[n] = append(took[n], time.Since(began))
			}
		}
		slices.Sort(took[0])
		slices.Sort(took[1])
		a, b := took[0][times/2], took[1][times/2]
		ratios = append(ratios, float64(b)/float64(a))
		t.Logf("%s: %v and %v", what, a, b)
	}
	if slices.Min(ratios) > most {
		t.Errorf("%s take %.2f times as long behind the large journal, want at most %.1f", what, ratios, most)
	}
}

// pages is how many pages of the file a card writes: unlike time it is the same
// on every machine.
func pages(t *testing.T, j *Journal) float64 {
	t.Helper()
	if _, err := j.db.Exec("PRAGMA wal_autocheckpoint=0"); err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		info, err := os.Stat(j.opts.Path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	var busy, was, moved int
	if err := j.db.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &was, &moved); err != nil || busy != 0 {
		t.Fatal(err, busy)
	}
	const cards, page = 100, 4096 + 24 // SQLite, "WAL File Format"
	for issue, n := issuing(t, j), 0; n < cards; n++ {
		issue()
	}
	return float64(size()) / page / cards
}

// level issues until half the entries between two checkpoints follow the last
// one: they are what start-up reads.
func level(t *testing.T, opts Opts) {
	t.Helper()
	j := open(t, opts)
	for issue := issuing(t, j); j.seq%checkpointEvery/3 != checkpointEvery/6; {
		issue()
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func starting(t *testing.T, opts Opts) func() {
	return func() {
		j, err := OpenFile(context.Background(), opts)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func issuing(t *testing.T, j *Journal) func() {
	a := testAllotment()
	a.Count = cards.MaxNumber
	return func() {
		top, _ := j.Head()
		c, err := j.Sign(context.Background(), a, fmt.Sprint("ratio", top), "op")
		if err != nil {
			t.Fatal(err)
		}
		mark(t, j, c.Card.Serial(), cards.Printing, cards.Printed)
	}
}
