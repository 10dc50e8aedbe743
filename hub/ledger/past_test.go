package ledger_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// Looking for what is past its day takes long on a large book: nobody who
// writes waits for that.
func TestPastIsLookedForBesideWriters(t *testing.T) {
	b := newBook(t)
	writing, err := b.db.Begin() // has the one connection that writes
	check(t, err)
	defer writing.Rollback() //nolint:errcheck // nothing was written
	for name, job := range map[string]func(context.Context) (int, error){"lapse": b.Lapse, "expire": b.Expire} {
		done := make(chan error, 1)
		go func() { _, err := job(context.Background()); done <- err }()
		select {
		case err := <-done:
			check(t, err)
		case <-time.After(10 * time.Second):
			t.Fatalf("%s waits for the writer, with nothing to write", name)
		}
	}
}

// What two jobs find at once, or a job and a claim, goes once.
func TestPastGoesOnce(t *testing.T) {
	b := newBook(t)
	for n := range uint32(20) {
		b.redeems(b.walk, n+1, []string{"AAAA2222", "BBBB2222"}[n%2])
	}
	b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 21), cards.Signed, cards.Printing, cards.Printed)...)
	b.set((held + 100).End())
	e := event("late", 50, false)
	e.Day = cards.DayOf(b.clock())
	check(t, b.AddEvent(context.Background(), e))
	late := b.grant(ledger.Grant{Kiosk: "station-1", Event: "late", Count: 5})
	var lapsed, expired atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { n, err := b.Lapse(context.Background()); lapsed.Add(int64(n)); report(t, err) })
		all.Go(func() { n, err := b.Expire(context.Background()); expired.Add(int64(n)); report(t, err) })
	}
	all.Go(func() { _, err := b.Claim(context.Background(), b.card(late, 1), "AAAA2222"); report(t, err) })
	all.Wait()
	if n := expired.Load(); lapsed.Load() != 1 || n != 10 && n != 20 {
		t.Errorf("%d cards lapsed, %d lots expired by the job", lapsed.Load(), n)
	}
	b.clean()
}

func report(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}
