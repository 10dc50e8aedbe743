package uplink

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// A counterpart answers about MyKey IDs as it is told, and keeps no book.
type counterpart struct {
	mu       sync.Mutex
	err      error
	answer   cards.Answer
	leases   []time.Time
	deposits []time.Time
	wants    []uint32
	given    uint32 // the first so many IDs are somebody's
}

// change lets a test change what it answers.
func (c *counterpart) change(how func(*counterpart)) { c.mu.Lock(); defer c.mu.Unlock(); how(c) }

func (c *counterpart) Lease(_ context.Context, sealed []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leases = append(c.leases, time.Now())
	var a cards.LeaseAsk
	if err := cards.Unsealed(sealed, cards.PaperLeaseAsk, &a); err != nil || c.err != nil {
		return nil, errors.Join(err, c.err)
	}
	c.wants = append(c.wants, a.Want)
	request := sha256.Sum256(sealed)
	l := cards.Lease{Request: request[:], Terms: cards.Terms{Version: "1"}, Seal: make([]byte, 32), At: time.Now().UnixMilli()}
	l.Seal[0] = 9
	for n := c.given; n < c.given+a.Want; n++ {
		challenge := sha256.Sum256(fmt.Append(nil, n))
		l.Leased = append(l.Leased, cards.Leased{ID: "HANA23" + string("23456789ABCDEFGHJKMN"[n]) + "2", Challenge: challenge[:], Code: "ABCDEFGHJKMN",
			Ends: time.Now().Add(30 * 24 * time.Hour).UnixMilli()})
	}
	return cards.Seal(hubKey, cards.PaperLease, l)
}

func (c *counterpart) Deposit(_ context.Context, sealed []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deposits = append(c.deposits, time.Now())
	var d cards.Deposit
	if err := cards.Unsealed(sealed, cards.PaperDeposit, &d); err != nil || c.err != nil {
		return nil, errors.Join(err, c.err)
	}
	if c.answer.Ruling == cards.RulingOK {
		c.given++
	}
	a, sum := c.answer, sha256.Sum256(d.Sealed)
	a.Request = sum[:]
	return cards.Seal(hubKey, cards.PaperAnswer, a)
}

// counterPost is a kiosk that holds IDs, and has given one.
func counterPost(t *testing.T) (*desk, *counterpart, *Uplink, *journal.Journal, func()) {
	t.Helper()
	d, u, j := post(t, 1)
	c := &counterpart{answer: cards.Answer{Ruling: cards.RulingOK}}
	u.opts.MyKey = &MyKey{Desk: c, Leases: 5, Scheme: func(context.Context) (string, error) { return radu, nil }}
	wake := make(chan struct{}, 1)
	u.opts.Wake = wake
	given := 0
	return d, c, u, j, func() {
		l, err := j.Leased(context.Background(), radu)
		check(t, err)
		given++
		first := slices.MinFunc(l.Leased, func(a, b cards.Leased) int { return strings.Compare(a.ID, b.ID) })
		check(t, j.Give(context.Background(), first, fmt.Appendf(nil, "sealed %d", given), nil))
		wake <- struct{}{}
	}
}

// beside runs an uplink while a test looks on.
func beside(u *Uplink, look func(sleep func(time.Duration))) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); u.Run(ctx) }()
	look(func(d time.Duration) { time.Sleep(d); synctest.Wait() })
	stop()
	<-done
}

// All is well: IDs are there at once, one that was given is registered at once
// and replaced, and when there is nothing to ask for, nothing is asked but once an
// hour.
func TestMyKeyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, u, j, give := counterPost(t)
		beside(u, func(sleep func(time.Duration)) {
			sleep(time.Second)
			give()
			sleep(time.Second)
			if waiting, refused, err := j.Provisional(context.Background()); waiting != 0 || refused != 0 || err != nil {
				t.Errorf("%d wait, %d were refused, %v", waiting, refused, err)
			}
			sleep(3*time.Hour - time.Minute)
		})
		if len(c.deposits) != 1 || len(c.leases) != 4 {
			t.Errorf("%d deposits and %d asks in three hours", len(c.deposits), len(c.leases))
		}
		if l, err := j.Leased(context.Background(), radu); err != nil || len(l.Leased) != 5 {
			t.Errorf("%d held, %v", len(l.Leased), err)
		}
	})
}

// A hub that gives no answer about MyKey IDs, or is busy with them, keeps no
// entries waiting, and is not asked in a loop.
func TestMyKeyWaitsApart(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fail  func(*counterpart)
		least time.Duration // between two deposits
	}{
		{"no answer", func(c *counterpart) { c.err = errors.New("no answer") }, firstWait / 2},
		{"busy", func(c *counterpart) { c.answer = cards.Answer{Ruling: cards.RulingBusy, Wait: 40} }, 40 * time.Second},
		{"later", func(c *counterpart) { c.err = later{30 * time.Second} }, 30 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { waitsApart(t, tt.fail, tt.least) }) })
	}
}

func waitsApart(t *testing.T, fail func(*counterpart), least time.Duration) {
	d, c, u, j, give := counterPost(t)
	var last atomic.Pointer[News]
	u.opts.Tell = func(n News) { last.Store(&n) }
	var from, to time.Time
	beside(u, func(sleep func(time.Duration)) {
		sleep(time.Second)
		c.change(fail)
		give()
		sleep(time.Second)
		if n := last.Load(); !n.Online || n.Unsent != 0 || n.Waiting != 1 || n.MyKey == nil || n.Err != nil {
			t.Errorf("told %+v", n)
		}
		from = time.Now()
		sleep(10 * time.Minute)
		to = time.Now()
		c.change(func(c *counterpart) { c.err, c.answer = nil, cards.Answer{Ruling: cards.RulingRevoked} })
		sleep(45 * time.Second)
		if waiting, refused, err := j.Provisional(context.Background()); waiting != 0 || refused != 1 || err != nil {
			t.Errorf("%d wait, %d were refused, %v", waiting, refused, err)
		}
	})
	within := func(calls []time.Time) []time.Time {
		return slices.DeleteFunc(slices.Clone(calls), func(at time.Time) bool { return at.Before(from) || at.After(to) })
	}
	deposits := within(c.deposits)
	for n := 1; n < len(deposits); n++ {
		if gap := deposits[n].Sub(deposits[n-1]); gap < least {
			t.Errorf("asked again after %v", gap)
		}
	}
	if n := len(deposits); n < 10 || n > 110 {
		t.Errorf("%d deposits in ten minutes", n)
	}
	if n := len(within(d.calls)); n < 40 || n > 120 {
		t.Errorf("%d uploads in ten minutes", n)
	}
}

// A kiosk whose setting is 0 gives back what it holds, and asks no more.
func TestLeasesOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, u, j, _ := counterPost(t)
		during(u, time.Second)
		u.opts.MyKey.Leases = 0
		during(u, 3*time.Hour)
		lent, err := j.Lent(context.Background())
		if err != nil || len(lent) != 0 || len(c.leases) != 2 || c.wants[1] != 0 {
			t.Errorf("%d leased, %d asks, %v", len(lent), len(c.leases), err)
		}
	})
}
