package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// paperMark is a mark without a disk.
type paperMark struct {
	mark ledger.Mark
	held bool
}

func (p *paperMark) Mark() (ledger.Mark, error) {
	if !p.held {
		return ledger.Mark{}, ledger.ErrNoMark
	}
	return p.mark, nil
}

func (p *paperMark) Move(f func(*ledger.Mark)) error {
	if !p.held {
		return ledger.ErrNoMark
	}
	f(&p.mark)
	return nil
}

func (p *paperMark) Put(m ledger.Mark) error {
	p.mark, p.held = m, true
	return nil
}

// reopen opens the book's ledger again on another file, with the mark.
func (b *book) reopen(path string, p *paperMark) {
	b.t.Helper()
	b.db = openDB(b.t, path, true)
	var err error
	b.Ledger, err = ledger.Open(b.db, openDB(b.t, path, false), &ledger.Opts{Clock: b.clock, Trust: key("t"), Hub: key("h"), Marks: p})
	check(b.t, err)
}

// backup copies the database as it is.
func (b *book) backup() (path string) {
	b.t.Helper()
	path = filepath.Join(b.t.TempDir(), "backup.db")
	_, err := b.db.Exec(`VACUUM INTO $1`, path)
	check(b.t, err)
	return path
}

// markedBook has a mark from the first.
func markedBook(t *testing.T) (*book, *paperMark) {
	t.Helper()
	b, p := newBook(t), new(paperMark)
	p.Put(ledger.Mark{}) //nolint:errcheck // on paper
	b.reopen(b.backup(), p)
	// Everything that the book holds is given once, so that the mark knows it.
	b.cards = b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 100})
	b.walk = b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 100})
	return b, p
}

func trustVersion(t *testing.T, db *sql.DB) (n uint32) {
	t.Helper()
	check(t, db.QueryRow(`SELECT MAX(version) FROM trust_list`).Scan(&n))
	return n
}

// No id is given a second time by a hub that was put back from a backup, and
// a kiosk that was ahead takes its next trust list.
func TestPutBackGivesNoIDTwice(t *testing.T) {
	b, p := markedBook(t)
	yesterday := b.backup()
	b.set(b.clock().Add(time.Hour))
	lost := b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 5})
	second := b.enrol("station-2", key("m"), key("q"))
	before := trustVersion(t, b.db)
	b.reopen(yesterday, p)
	again := b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 5})
	if again.ID <= lost.ID {
		t.Errorf("allotment %d was given before %d: two cards have one serial", again.ID, lost.ID)
	}
	third := b.enrol("station-3", key("n"), key("r"))
	if third.key.ID <= second.key.ID+1 {
		t.Errorf("key %d was given before %d", third.key.ID, second.key.ID)
	}
	older, newer := cards.TrustList{Version: before}, cards.TrustList{Version: trustVersion(t, b.db)}
	if newer.Version == before || newer.Follows(older) != nil {
		t.Errorf("trust list %d does not follow on %d", newer.Version, before)
	}
}

// An id is on the disk before the commit that uses it: a crash between the two
// uses it up, and is not taken for a backup put back.
func TestCrashBeforeCommit(t *testing.T) {
	b, p := markedBook(t)
	p.mark.Given.Key++
	p.mark.Given.Allotment++
	b.reopen(b.backup(), p)
	if list, err := b.Restores(context.Background()); err != nil || len(list) != 0 {
		t.Fatalf("a crash is taken for a backup: %v, %v", list, err)
	}
	if a := b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 5}); a.ID != b.walk.ID+2 {
		t.Errorf("allotment %d after %d, with one used up", a.ID, b.walk.ID)
	}
	b.clean()
}

// A hub that was put back redeems nothing until a person has accepted what is
// lost, having seen it; then a card that may have been redeemed in between gives
// points by a person's decision alone, and one granted since as always.
func TestPutBackIsClosed(t *testing.T) {
	b, p := markedBook(t)
	ctx := context.Background()
	_, err := b.Claim(ctx, b.card(b.walk, 1), "AAAA2222")
	check(t, err)
	since := b.clock()
	yesterday := b.backup()
	b.set(since.Add(2 * time.Hour))
	_, err = b.Claim(ctx, b.card(b.walk, 2), "AAAA2222") // will be lost
	check(t, err)
	b.set(since.Add(3 * time.Hour))
	for range 2 { // a restart changes nothing
		b.reopen(yesterday, p)
		b.refused(ledger.Closed, b.walk, 2, "BBBB2222")
	}
	if c, err := b.Claim(ctx, b.card(b.walk, 1), "AAAA2222"); err != nil || !c.Before {
		t.Errorf("what is known to be redeemed: %+v, %v", c, err)
	}
	if _, err := b.Decide(ctx, ledger.Decision{Person: "佐藤", Reason: "x", Kiosk: "station-1", From: 1, To: 1}); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("a decision while it is closed: %v", err)
	}
	faults, err := b.Check(ctx)
	if err != nil || len(faults) != 1 || faults[0].Rule != "restore" {
		t.Errorf("check: %v, %v", faults, err)
	}
	window := (*ledger.WindowError)(nil)
	if _, err := b.AcceptRestore(ctx, b.clock(), "佐藤", "disk"); !errors.As(err, &window) || !window.Since.Equal(since) {
		t.Errorf("another window is accepted: %v", err)
	}
	if _, err := b.AcceptRestore(ctx, since.Truncate(time.Minute), "田中", "disk"); !errors.As(err, new(*ledger.RoleError)) {
		t.Errorf("accepted by somebody without the role: %v", err)
	}
	r, err := b.AcceptRestore(ctx, since.Truncate(time.Minute), "佐藤", "disk")
	if err != nil || r.Lost || !r.Since.Equal(since) {
		t.Fatalf("AcceptRestore = %+v, %v", r, err)
	}
	b.set(b.clock().Add(time.Minute))
	b.refused(ledger.Restored, b.walk, 2, "BBBB2222")
	b.refused(ledger.Restored, b.walk, 3, "CCCC2222")
	b.redeems(b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 9}), 1, "BBBB2222")
	b.decidesRestored()
	b.reopen(b.backup(), p)
	if list, err := b.Restores(ctx); err != nil || len(list) != 1 {
		t.Errorf("noticed again: %v, %v", list, err)
	}
	b.clean()
	b.misses("restored", `PRAGMA foreign_keys = 0; DELETE FROM decided`)
}

// decidesRestored lets a person accept one of the two cards that wait, and
// refuse the other, of which an entry comes later.
func (b *book) decidesRestored() {
	b.t.Helper()
	ctx := context.Background()
	list, err := b.Disputes(ctx)
	if err != nil || len(list) != 1 || len(list[0].Cards) != 2 || strings.Join(list[0].Why, " ") != ledger.WhyRestored {
		b.t.Fatalf("disputes: %+v, %v", list, err)
	}
	for number, accept := range map[uint32]bool{2: true, 3: false} {
		s := cards.Serial{Allotment: b.walk.ID, Number: number}
		_, err := b.Decide(ctx, ledger.Decision{Accept: accept, Serials: []cards.Serial{s}, Cards: 1, Person: "佐藤", Reason: "asked"})
		check(b.t, err)
	}
	b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 3), cards.Signed, cards.Printing, cards.Printed)...)
	b.redeems(b.walk, 2, "BBBB2222")
	b.refused(ledger.ByPerson, b.walk, 3, "CCCC2222")
	b.clean()
}

func (b *book) refused(why ledger.Refusal, a cards.Allotment, number uint32, account string) {
	b.t.Helper()
	refused := (*ledger.RefusedError)(nil)
	if _, err := b.Claim(context.Background(), b.card(a, number), account); !errors.As(err, &refused) || refused.Why != why {
		b.t.Errorf("card %d: %v, want %s", number, err, why)
	}
}

func (b *book) redeems(a cards.Allotment, number uint32, account string) {
	b.t.Helper()
	if _, err := b.Claim(context.Background(), b.card(a, number), account); err != nil {
		b.t.Errorf("card %d: %v", number, err)
	}
}

// Without its mark a hub gives no ids and redeems nothing; accepted, it goes on
// well above what the database knows.
func TestLostMark(t *testing.T) {
	b, p := markedBook(t)
	ctx := context.Background()
	p.held = false
	b.reopen(b.backup(), p)
	if _, err := b.Grant(ctx, ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 5}); !errors.Is(err, ledger.ErrNoMark) {
		t.Errorf("a grant without a mark: %v", err)
	}
	b.refused(ledger.Closed, b.walk, 2, "BBBB2222")
	list, err := b.Restores(ctx)
	if err != nil || len(list) != 1 || !list[0].Lost {
		t.Fatalf("Restores = %+v, %v", list, err)
	}
	_, err = b.AcceptRestore(ctx, list[0].Since.Truncate(time.Minute), "佐藤", "a new machine")
	check(t, err)
	if a := b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 5}); a.ID != b.walk.ID+1001 {
		t.Errorf("allotment %d after %d", a.ID, b.walk.ID)
	}
	b.clean()
	b.misses("restore", `UPDATE restore_accepted SET person = '田中'`)
}

// A database that goes on otherwise than what was kept was put back too, even
// if it has as much by now.
func TestPutBackAndGrown(t *testing.T) {
	b, p := markedBook(t)
	yesterday := b.backup()
	_, err := b.Claim(context.Background(), b.card(b.walk, 1), "AAAA2222")
	check(t, err)
	b.reopen(yesterday, idle())
	_, err = b.Claim(context.Background(), b.card(b.walk, 9), "BBBB2222")
	check(t, err)
	b.reopen(yesterday, p)
	b.refused(ledger.Closed, b.walk, 2, "BBBB2222")
}

// idle is a mark that knows nothing.
func idle() *paperMark { return &paperMark{held: true} }
