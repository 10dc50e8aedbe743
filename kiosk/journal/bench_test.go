package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// grow fills a journal with cards that were printed, without syncing each. It
// is synced as a whole: while hundreds of megabytes are on their way to the
// disk, a plain file's sync takes several times as long too.
func grow(tb testing.TB, opts Opts, entries int) {
	tb.Helper()
	j, err := OpenFile(context.Background(), opts)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() {
		if err := errors.Join(j.Close(), syncFile(opts.Path)); err != nil {
			tb.Fatal(err)
		}
	}()
	if _, err := j.db.Exec(`PRAGMA synchronous=OFF`); err != nil {
		tb.Fatal(err)
	}
	a := testAllotment()
	a.Count = cards.MaxNumber
	for n := 0; int(j.seq) < entries; n++ {
		var rows []row
		number := j.sum.tallies[a.ID].Signed
		for len(rows) < 3000 { // one commit for many
			number++
			digest := make([]byte, 32)
			for _, e := range []cards.Entry{
				{State: cards.Signed, Allotment: a.ID, Number: number, Digest: digest, Request: fmt.Sprint("g", number), Operator: "op"},
				{State: cards.Printing, Allotment: a.ID, Number: number, Operator: "op"},
				{State: cards.Printed, Allotment: a.ID, Number: number},
			} {
				made, err := j.seal(e)
				if err != nil {
					tb.Fatal(err)
				}
				rows = append(rows, made...)
				for _, r := range made {
					j.seq, j.hash, j.at = r.entry.Seq, cards.EntryHash(r.sealed), r.entry.At
					j.sum.add(r.entry)
				}
			}
		}
		if err := j.insert(context.Background(), rows); err != nil {
			tb.Fatal(err)
		}
	}
	if err := j.head.set(j.seq, j.hash); err != nil {
		tb.Fatal(err)
	}
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// sizes of journals that are compared: the small one is the baseline of the run.
func sizes() []int { return []int{1_000, proof.Times(100_000, 100_000, 1_000_000)} }

func BenchmarkOpen(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			opts := testOpts(b.TempDir())
			grow(b, opts, n)
			for b.Loop() {
				j, err := OpenFile(context.Background(), opts)
				if err != nil {
					b.Fatal(err)
				}
				_ = j.Close()
			}
		})
	}
}

func BenchmarkSignAndPrint(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			opts := testOpts(b.TempDir())
			grow(b, opts, n)
			j := open(b, opts)
			a := testAllotment()
			a.Count = cards.MaxNumber
			for i := 0; b.Loop(); i++ {
				c, err := j.Sign(context.Background(), a, fmt.Sprint("b", i), "op")
				if err != nil {
					b.Fatal(err)
				}
				mark(b, j, c.Card.Serial(), cards.Printing, cards.Printed)
			}
		})
	}
}

// BenchmarkPlainSync is the baseline: a file, appended to and synced.
func BenchmarkPlainSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "plain"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	line := make([]byte, 400)
	for b.Loop() {
		if _, err := f.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}
