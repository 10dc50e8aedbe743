package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/hub/ledger"
)

// accepts accepts every window that a database which was put back waits for.
func (b *book) accepts() (n int) {
	b.t.Helper()
	list, err := b.Restores(context.Background())
	check(b.t, err)
	for _, r := range list {
		if r.Accepted.IsZero() {
			_, err := b.AcceptRestore(context.Background(), r.Since.Truncate(time.Minute), "佐藤", "disk")
			check(b.t, err)
			n++
		}
	}
	return n
}

// A backup may have been made while the hub waited to be accepted. Put back
// later, it asks anew: what was granted while it waited may have been redeemed
// since, and gives no points a second time.
func TestPutBackWhileItWaited(t *testing.T) {
	for _, lost := range []bool{false, true} {
		b, p := markedBook(t)
		yesterday := b.backup()
		b.set(b.clock().Add(time.Hour))
		b.redeems(b.walk, 1, "AAAA2222")
		b.set(b.clock().Add(time.Hour))
		b.reopen(yesterday, p) // waits to be accepted
		b.set(b.clock().Add(time.Hour))
		granted := b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 9})
		tonight := b.backup()
		b.set(b.clock().Add(time.Hour))
		if n := b.accepts(); n != 1 {
			t.Fatalf("%d windows", n)
		}
		b.redeems(granted, 1, "AAAA2222")
		b.set(b.clock().Add(time.Hour))
		p.held = !lost
		b.reopen(tonight, p)
		b.refused(ledger.Closed, granted, 1, "BBBB2222")
		if n := b.accepts(); n == 0 {
			t.Fatal("there is nothing to accept")
		}
		b.refused(ledger.Restored, granted, 1, "BBBB2222")
	}
}

// While it waits, starting it again and again asks for nothing more, and what
// is granted meanwhile needs nobody's word.
func TestWaitingAsksOnce(t *testing.T) {
	b, p := markedBook(t)
	yesterday := b.backup()
	b.redeems(b.walk, 1, "AAAA2222")
	b.set(b.clock().Add(time.Hour))
	b.reopen(yesterday, p)
	b.set(b.clock().Add(time.Hour))
	granted := b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 9})
	for range 2 {
		b.reopen(b.backup(), p)
		b.set(b.clock().Add(time.Hour))
	}
	if n := b.accepts(); n != 1 {
		t.Errorf("%d windows to accept", n)
	}
	b.redeems(granted, 1, "AAAA2222")
	b.clean()
}

// stuckMark can't be put.
type stuckMark struct{ *paperMark }

var errStuck = errors.New("read only")

func (stuckMark) Put(ledger.Mark) error { return errStuck }

// A restore whose mark can't be written is not accepted: all of it, or nothing.
func TestAcceptWithoutAMark(t *testing.T) {
	b, p := markedBook(t)
	path := b.backup()
	p.held = false
	b.db = openDB(t, path, true)
	var err error
	b.Ledger, err = ledger.Open(b.db, openDB(t, path, false), &ledger.Opts{Clock: b.clock, Trust: key("t"), Hub: key("h"), Marks: stuckMark{p}})
	check(t, err)
	list, err := b.Restores(context.Background())
	check(t, err)
	if _, err := b.AcceptRestore(context.Background(), list[0].Since.Truncate(time.Minute), "佐藤", "disk"); !errors.Is(err, errStuck) {
		t.Errorf("AcceptRestore: %v", err)
	}
	b.refused(ledger.Closed, b.walk, 1, "AAAA2222")
	b.reopen(path, p)
	if n := b.accepts(); n != 1 {
		t.Errorf("%d windows to accept", n)
	}
	b.set(b.clock().Add(time.Minute))
	if a := b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 5}); a.ID <= b.walk.ID+1000 {
		t.Errorf("allotment %d", a.ID)
	}
	b.redeems(b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 5}), 1, "AAAA2222")
}
