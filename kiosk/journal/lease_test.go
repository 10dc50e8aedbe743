package journal

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/cards"
)

const scheme = "らづポイント"

// leasedID is the n-th that a hub leases.
func leasedID(n int, ends time.Time) cards.Leased {
	challenge := sha256.Sum256(fmt.Append(nil, "challenge ", n))
	return cards.Leased{ID: fmt.Sprintf("HANA%04d", n), Challenge: challenge[:], Code: cards.Secret(fmt.Sprintf("CDE%09d", n)), Ends: ends.UnixMilli()}
}

func leaseOf(from, to int) cards.Lease {
	l := cards.Lease{Terms: cards.Terms{Version: "1"}, Seal: bytes.Repeat([]byte{9}, 32), At: noon.UnixMilli()}
	for n := from; n < to; n++ {
		l.Leased = append(l.Leased, leasedID(n, noon.Add(30*24*time.Hour)))
	}
	return l
}

// sealedBy stands for what a card signed for the n-th.
func sealedBy(n int) []byte { return bytes.Repeat(fmt.Append(nil, "sealed ", n, "!"), 200) }

func take(t *testing.T, j *Journal, l cards.Lease, back ...Mark) {
	t.Helper()
	if err := j.TakeLease(t.Context(), scheme, l, back); err != nil {
		t.Fatal(err)
	}
}

func heldIDs(t *testing.T, j *Journal) (ids []string) {
	t.Helper()
	l, err := j.Leased(t.Context(), scheme)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range l.Leased {
		ids = append(ids, one.ID)
	}
	return ids
}

// traces are what Give leaves: entries, deposits, and IDs that can still be given.
func traces(t *testing.T, j *Journal) (entries, deposits, held int) {
	t.Helper()
	records, err := j.Records(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		var e cards.Entry
		if err := cards.Unsealed(r.Data, cards.PaperEntry, &e); err != nil {
			t.Fatal(err)
		}
		if e.State == cards.Given {
			entries++
		}
	}
	all, err := j.Deposits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return entries, len(all), len(heldIDs(t, j))
}

// Giving an ID is one commit: whichever way a failed one ended, all of it is
// there or nothing.
func TestGiveIsOneCommit(t *testing.T) {
	for _, tt := range []struct {
		name  string
		mood  mood
		given bool
	}{
		{"done", mood{}, true},
		{"done and reported as failed", mood{lies: 1}, true},
		{"not done", mood{fails: 1}, false},
		{"done, and the file can't be opened for a while", mood{lies: 1, shut: 1}, true},
		{"not done, and the file can't be opened for a while", mood{fails: 1, shut: 1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := new(moody)
			name := "moody " + t.Name()
			sql.Register(name, m)
			opts := testOpts(t.TempDir())
			opts.Driver = name
			j := open(t, opts)
			take(t, j, leaseOf(0, 3))
			m.mood = tt.mood
			err := j.Give(t.Context(), leasedID(0, noon.Add(30*24*time.Hour)), sealedBy(0), nil)
			if err == nil && !tt.given || err != nil && tt.mood.shut == 0 && tt.given {
				t.Errorf("%v", err)
			}
			want := map[bool][3]int{true: {1, 1, 2}, false: {0, 0, 3}}[tt.given]
			entries, deposits, held := traces(t, j)
			if got := [3]int{entries, deposits, held}; got != want {
				t.Errorf("entries, deposits, held: %v, want %v", got, want)
			}
			if err := j.Give(t.Context(), leasedID(0, noon.Add(30*24*time.Hour)), sealedBy(0), nil); errors.Is(err, ErrLease) != tt.given {
				t.Errorf("again: %v", err)
			}
			if _, err := j.Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// An ID is given once, not after its end by any clock that is known, and not when
// it goes back.
func TestGiveRefuses(t *testing.T) {
	opts := testOpts(t.TempDir())
	now := noon
	opts.Now = func() time.Time { return now }
	j := open(t, opts)
	take(t, j, leaseOf(0, 4))
	one := func(n int) cards.Leased { return leasedID(n, noon.Add(30*24*time.Hour)) }
	give := func(n int, want error) {
		t.Helper()
		if err := j.Give(t.Context(), one(n), sealedBy(n), nil); !errors.Is(err, want) {
			t.Errorf("ID %d: %v, want %v", n, err, want)
		}
	}
	give(0, nil)
	give(0, ErrLease)
	give(7, ErrLease)
	if err := j.Asking(t.Context(), scheme, []Mark{sha256.Sum256(one(1).Challenge)}); err != nil {
		t.Fatal(err)
	}
	give(1, ErrLease)
	if ids := heldIDs(t, j); fmt.Sprint(ids) != fmt.Sprint([]string{one(2).ID, one(3).ID}) && fmt.Sprint(ids) != fmt.Sprint([]string{one(3).ID, one(2).ID}) {
		t.Errorf("%v", ids)
	}
	hear(t, j, noon.Add(31*24*time.Hour)) // the kiosk's clock is behind
	give(2, ErrLease)
	now = noon.Add(31 * 24 * time.Hour)
	give(3, ErrLease)
	if ids := heldIDs(t, j); len(ids) > 0 {
		t.Errorf("%v have ended", ids)
	}
}

// What the hub names is held; what it does not name goes back; what was given
// stays given, whatever it says.
func TestTakeLease(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	take(t, j, leaseOf(0, 5))
	if err := j.Give(t.Context(), leasedID(0, noon.Add(30*24*time.Hour)), sealedBy(0), nil); err != nil {
		t.Fatal(err)
	}
	take(t, j, leaseOf(0, 3)) // it has not heard of the first, and knows no more of the last two
	lent, err := j.Lent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	var back []Mark
	for _, l := range lent {
		states[l.ID] = fmt.Sprint(l.Given, l.Back)
		if l.Back {
			back = append(back, l.Mark)
		}
	}
	want := map[string]string{"": "true false", "HANA0001": "false false", "HANA0002": "false false", "HANA0003": "false true", "HANA0004": "false true"}
	if fmt.Sprint(states) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", states, want)
	}
	take(t, j, leaseOf(0, 5), back[0]) // one was asked back, and all are named again
	if ids := heldIDs(t, j); len(ids) != 3 {
		t.Errorf("%v: what goes back is held again only if it was gone meanwhile", ids)
	}
	late := leaseOf(5, 6)
	late.At = noon.Add(30 * 24 * time.Hour).UnixMilli()
	take(t, j, late)
	if lent, err = j.Lent(t.Context()); err != nil || len(lent) != 5 {
		t.Errorf("what was given and has ended need not be known: %v, %v", lent, err)
	}
}

// Entries about IDs go through checkpoints like any other, and a journal with
// them opens again.
func TestGivenAndCheckpoints(t *testing.T) {
	opts := testOpts(t.TempDir())
	j := open(t, opts)
	for n := range 2*checkpointEvery + 20 {
		if n%40 == 0 {
			l := leaseOf(n, n+40)
			take(t, j, l)
		}
		if err := j.Give(t.Context(), leasedID(n, noon.Add(30*24*time.Hour)), sealedBy(n), nil); err != nil {
			t.Fatalf("ID %d: %v", n, err)
		}
	}
	_ = j.Close()
	j = open(t, opts)
	if n, err := j.Verify(t.Context()); err != nil || n < 2*checkpointEvery+20 {
		t.Errorf("%d entries, %v", n, err)
	}
	if waiting, _, err := j.Provisional(t.Context()); err != nil || waiting != 2*checkpointEvery+20 {
		t.Errorf("%d wait, %v", waiting, err)
	}
}

// What the hub has ruled on is wiped: not deleted alone, and beside a reader as
// soon as that one is gone. Nobody waits for that.
func TestAnsweredIsWiped(t *testing.T) {
	opts := testOpts(t.TempDir())
	j := open(t, opts)
	take(t, j, leaseOf(0, 2))
	if err := j.Give(t.Context(), leasedID(0, noon.Add(30*24*time.Hour)), sealedBy(0), nil); err != nil {
		t.Fatal(err)
	}
	onDisk := func() (n int) {
		files, err := filepath.Glob(opts.Path + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(data, []byte("sealed 0!")) + bytes.Count(data, []byte("HANA0000")) + bytes.Count(data, []byte("CDE000000000"))
		}
		return n
	}
	if onDisk() == 0 {
		t.Fatal("it is not there to begin with")
	}
	reader, err := sql.Open(opts.Driver, "file:"+opts.Path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	tx, err := reader.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM deposit`).Scan(&n); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	for range 2 {
		if err := j.Answered(t.Context(), sha256.Sum256(sealedBy(0)), cards.RulingOK); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	if err := j.Sweep(t.Context()); err != nil || time.Since(began) > time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if onDisk() == 0 {
		t.Error("the reader is in the way: the test shows nothing")
	}
	_ = tx.Rollback()
	if err := j.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := onDisk(); n > 0 {
		t.Errorf("it stands in the files %d times", n)
	}
	if waiting, refused, err := j.Provisional(t.Context()); waiting != 0 || refused != 0 || err != nil {
		t.Errorf("%d, %d, %v", waiting, refused, err)
	}
}

// Who helped goes to the hub with what was signed, and is kept no longer.
func TestGiveWith(t *testing.T) {
	j := open(t, testOpts(t.TempDir()))
	defer j.Close()
	take(t, j, leaseOf(0, 3))
	for n, staff := range []string{"", "sato"} {
		if err := j.GiveWith(t.Context(), leasedID(n, noon.Add(30*24*time.Hour)), sealedBy(n), nil, staff); err != nil {
			t.Fatal(err)
		}
	}
	all, err := j.Deposits(t.Context())
	if err != nil || len(all) != 2 || all[0].Staff != "" || all[1].Staff != "sato" {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := j.Answered(t.Context(), all[1].Hash, cards.RulingOK); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := j.db.QueryRow(`SELECT count(*) FROM helped`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d names are left, %v", left, err)
	}
}
