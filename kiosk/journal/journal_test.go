package journal

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan)

func testOpts(dir string) Opts {
	return Opts{
		Driver: "sqlite", Path: filepath.Join(dir, "journal.db"), Head: filepath.Join(dir, "journal.head"),
		Key: cards.SigningKey{ID: 3, Private: ed25519.NewKeyFromSeed(make([]byte, 32))},
		Now: func() time.Time { return noon },
	}
}

func testAllotment() cards.Allotment {
	return cards.Allotment{
		ID: 7, Key: 3, Kind: cards.KindCard, Points: 200, Count: 500, Day: cards.DayOf(noon), Expires: cards.DayOf(noon) + 100,
		From: noon.Add(-time.Hour).Unix(), Until: noon.Add(time.Hour).Unix(), Event: cards.Event{ID: "e", Host: "p.example.jp"},
	}
}

func open(t testing.TB, opts Opts) *Journal {
	t.Helper()
	j, err := OpenFile(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func sign(t testing.TB, j *Journal, request string) cards.Serial {
	t.Helper()
	c, err := j.Sign(context.Background(), testAllotment(), request, "op")
	if err != nil {
		t.Fatal(err)
	}
	return c.Card.Serial()
}

func mark(t testing.TB, j *Journal, s cards.Serial, states ...cards.State) {
	t.Helper()
	for _, state := range states {
		if _, err := j.Mark(context.Background(), s, state, "op", ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSameRequestSameCard(t *testing.T) {
	opts := testOpts(t.TempDir())
	j := open(t, opts)
	first := sign(t, j, "r1")
	mark(t, j, first, cards.Printing, cards.Printed)
	if again := sign(t, j, "r1"); again != first {
		t.Errorf("a second call gave %v, want %v", again, first)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, opts)
	if again := sign(t, j, "r1"); again != first {
		t.Errorf("after a restart %v, want %v", again, first)
	}
	if next := sign(t, j, "r2"); next.Number != first.Number+1 {
		t.Errorf("the next number is %d, want %d", next.Number, first.Number+1)
	}
	if _, err := j.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestPrintingBecomesUncertain(t *testing.T) {
	opts := testOpts(t.TempDir())
	j := open(t, opts)
	s := sign(t, j, "r1")
	mark(t, j, s, cards.Printing)
	_ = j.Close()
	j = open(t, opts)
	if state, _, err := j.State(context.Background(), s); err != nil || state != cards.Uncertain {
		t.Fatalf("after a restart the card is %q, %v", state, err)
	}
	copy, err := j.Mark(context.Background(), s, cards.Printing, "op", "")
	if err != nil || copy != 1 {
		t.Fatalf("the reprint is copy %d, %v", copy, err)
	}
}

func TestSteps(t *testing.T) {
	for _, tt := range []struct {
		name string
		path []cards.State
		bad  cards.State
	}{
		{"no outcome without printing", nil, cards.Printed},
		{"no void by itself after printing", []cards.State{cards.Printing}, cards.Void},
		{"no reprint of a printed card", []cards.State{cards.Printing, cards.Printed}, cards.Printing},
		{"no way back from void", []cards.State{cards.Void}, cards.Printing},
		{"no uncertain after printed", []cards.State{cards.Printing, cards.Printed}, cards.Uncertain},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := open(t, testOpts(t.TempDir()))
			s := sign(t, j, "r")
			mark(t, j, s, tt.path...)
			if _, err := j.Mark(context.Background(), s, tt.bad, "", ""); !errors.Is(err, ErrState) {
				t.Errorf("to %q: %v, want ErrState", tt.bad, err)
			}
		})
	}
}

func TestUsedUp(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	a := testAllotment()
	a.Count = 2
	for n := range 2 {
		if _, err := j.Sign(context.Background(), a, fmt.Sprint(n), ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := j.Sign(context.Background(), a, "third", ""); !errors.Is(err, ErrUsedUp) {
		t.Errorf("third of two: %v", err)
	}
}

func TestCheckpoints(t *testing.T) {
	opts := testOpts(t.TempDir())
	j := open(t, opts)
	a := testAllotment()
	a.Count = 1000
	for n := range 400 {
		c, err := j.Sign(context.Background(), a, fmt.Sprint(n), "op")
		if err != nil {
			t.Fatal(err)
		}
		if n%50 == 7 {
			continue // stays signed
		}
		mark(t, j, c.Card.Serial(), cards.Printing, cards.Printed)
	}
	want, tally := j.Open(), j.Tally(a.ID)
	if tally.Signed != 400 || tally.Out != 392 || len(want) != 8 {
		t.Fatalf("tally %+v, %d open", tally, len(want))
	}
	_ = j.Close()
	j = open(t, opts)
	if got := j.Open(); fmt.Sprint(got) != fmt.Sprint(want) || j.Tally(a.ID) != tally {
		t.Errorf("after a restart: %v %+v, want %v %+v", got, j.Tally(a.ID), want, tally)
	}
	if n, err := j.Verify(context.Background()); err != nil || n != 1189 {
		t.Errorf("Verify = %d, %v", n, err)
	}
}

// Whatever is done to the files, it is noticed.
func TestTampering(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, opts Opts, yesterday []byte)
		want error
	}{
		{"file put back from yesterday", func(t *testing.T, opts Opts, yesterday []byte) {
			write(t, opts.Path, yesterday)
		}, ErrBehind},
		{"head file gone", func(t *testing.T, opts Opts, _ []byte) {
			if err := os.Remove(opts.Head); err != nil {
				t.Fatal(err)
			}
		}, ErrBehind},
		{"last entry gone", func(t *testing.T, opts Opts, _ []byte) {
			edit(t, opts, `DROP TRIGGER entry_stays`, `DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)`)
		}, ErrBehind},
		{"column changed", func(t *testing.T, opts Opts, _ []byte) {
			edit(t, opts, `DROP TRIGGER entry_kept`, `UPDATE entry SET number = 9 WHERE seq = 2`)
		}, ErrBroken},
		{"record changed", func(t *testing.T, opts Opts, _ []byte) {
			edit(t, opts, `DROP TRIGGER entry_kept`, `UPDATE entry SET record = CAST(substr(record, 1, 40) || x'00' || substr(record, 42) AS BLOB) WHERE seq = 3`)
		}, ErrBroken},
		{"entry in the middle gone", func(t *testing.T, opts Opts, _ []byte) {
			edit(t, opts, `DROP TRIGGER entry_stays`, `DELETE FROM entry WHERE seq = 3`)
		}, ErrBroken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := testOpts(t.TempDir())
			j := open(t, opts)
			mark(t, j, sign(t, j, "r1"), cards.Printing, cards.Printed)
			_ = j.Close()
			yesterday, err := os.ReadFile(opts.Path)
			if err != nil {
				t.Fatal(err)
			}
			j = open(t, opts)
			mark(t, j, sign(t, j, "r2"), cards.Printing, cards.Printed)
			_ = j.Close()
			tt.do(t, opts, yesterday)
			for _, opts.ReadOnly = range []bool{false, true} {
				if _, err := OpenFile(context.Background(), opts); !errors.Is(err, tt.want) {
					t.Errorf("opened with %v, want %v (to look only: %v)", err, tt.want, opts.ReadOnly)
				}
			}
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, opts Opts, statements ...string) {
	t.Helper()
	db, err := sql.Open(opts.Driver, opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

// Above the set count a day one person alone can't have a card voided.
func TestSecondPerson(t *testing.T) {
	opts := testOpts(t.TempDir())
	opts.Voids = 2
	now := noon
	opts.Now = func() time.Time { return now }
	j := open(t, opts)
	a := testAllotment()
	a.Until = noon.Add(72 * time.Hour).Unix()
	n := 0
	void := func(second string) error {
		n++
		c, err := j.Sign(context.Background(), a, fmt.Sprint(n), "sato")
		if err != nil {
			t.Fatal(err)
		}
		mark(t, j, c.Card.Serial(), cards.Printing, cards.Printed)
		return j.AskVoid(context.Background(), c.Card.Serial(), "sato", second, "void.torn")
	}
	for _, tt := range []struct {
		name, second string
		later        time.Duration
		want         error
	}{
		{"first", "", 0, nil},
		{"second", "", 0, nil},
		{"third alone", "", 0, ErrSecond},
		{"third with oneself", "sato", 0, ErrSecond},
		{"third with another", "suzuki", 0, nil},
		{"the next day", "", 24 * time.Hour, nil},
	} {
		now = now.Add(tt.later)
		if err := void(tt.second); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := j.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}

// Whoever checks the journal beside the kiosk finds no fault in what is added
// meanwhile.
func TestVerifyBeside(t *testing.T) {
	opts := testOpts(t.TempDir())
	j := open(t, opts)
	mark(t, j, sign(t, j, "r1"), cards.Printing, cards.Printed)
	opts.ReadOnly = true
	beside := open(t, opts)
	mark(t, j, sign(t, j, "r2"), cards.Printing, cards.Printed)
	if n, err := beside.Verify(t.Context()); err != nil || n != 4 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// A lost head is made anew only when somebody says so.
func TestRehead(t *testing.T) {
	opts := testOpts(t.TempDir())
	j := open(t, opts)
	sign(t, j, "r1")
	_ = j.Close()
	if err := os.Remove(opts.Head); err != nil {
		t.Fatal(err)
	}
	opts.Rehead = true
	_ = open(t, opts).Close()
	opts.Rehead = false
	sign(t, open(t, opts), "r2")
}

// A suspect clock never stops issuing within the count; the volunteer is asked
// once a start; only the hub's receipt ends the doubt.
func TestSuspectClock(t *testing.T) {
	opts := testOpts(t.TempDir())
	now := noon
	opts.Now = func() time.Time { return now }
	j := open(t, opts)
	sign(t, j, "on time")
	now = noon.Add(-48 * time.Hour) // the battery was empty
	if !j.Suspect() || !j.AskDate() {
		t.Fatal("a clock that ran backwards is not suspect")
	}
	if err := j.ConfirmDay(context.Background(), "op", cards.DayOf(now), false); err != nil {
		t.Fatal(err)
	}
	sign(t, j, "within the count")
	if j.AskDate() {
		t.Error("the volunteer is asked twice")
	}
	_ = j.Close()
	j = open(t, opts)
	if !j.Suspect() || !j.AskDate() { // it may be another day
		t.Errorf("after a restart: suspect %v, ask again %v", j.Suspect(), j.AskDate())
	}
	sign(t, j, "after the restart")
	now = noon
	r := cards.Receipt{Key: 3, At: noon.UnixMilli(), Judgements: []cards.Judgement{}, Outcomes: []cards.Outcome{}, Allotments: [][]byte{}}
	sealed, err := cards.Seal(opts.Key, cards.PaperReceipt, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Take(context.Background(), sealed, r); err != nil {
		t.Fatal(err)
	}
	if j.Suspect() {
		t.Error("the hub's time agrees and the clock is still suspect")
	}
	now = noon.Add(2 * time.Hour)
	if _, err := j.Sign(context.Background(), testAllotment(), "too late", "op"); !errors.Is(err, ErrOver) {
		t.Errorf("a good clock past the window: %v, want ErrOver", err)
	}
}
