package uplink

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// A counterpart answers about MyKey IDs as it is told, and keeps no book.
type counterpart struct {
	err      error
	answer   cards.Answer
	leases   []time.Time
	deposits []time.Time
	wants    []uint32
	given    uint32 // the first so many IDs are somebody's
}

func (c *counterpart) Lease(_ context.Context, sealed []byte) ([]byte, error) {
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
			if waiting, refused, err := j.Provisional(context.Background()); waiting != 0 || refused != 0 || err != nil || len(c.deposits) != 1 || len(c.leases) != 2 {
				t.Errorf("%d wait, %d were refused, %d deposits, %d asks, %v", waiting, refused, len(c.deposits), len(c.leases), err)
			}
			sleep(3*time.Hour - time.Minute)
			if n := len(c.leases); n != 4 {
				t.Errorf("%d asks in three hours", n)
			}
			if l, err := j.Leased(context.Background(), radu); err != nil || len(l.Leased) != 5 {
				t.Errorf("%d held, %v", len(l.Leased), err)
			}
		})
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
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, c, u, j, give := counterPost(t)
				var last News
				u.opts.Tell = func(n News) { last = n }
				beside(u, func(sleep func(time.Duration)) {
					sleep(time.Second)
					tt.fail(c)
					give()
					sleep(time.Second)
					if d.cursor != 2 || !last.Online || last.Waiting != 1 || last.MyKey == nil || last.Err != nil {
						t.Errorf("the cursor is %d, told %+v", d.cursor, last)
					}
					c.deposits = nil
					before := len(d.calls)
					sleep(10 * time.Minute)
					for n := 1; n < len(c.deposits); n++ {
						if gap := c.deposits[n].Sub(c.deposits[n-1]); gap < tt.least {
							t.Errorf("asked again after %v", gap)
						}
					}
					if n := len(c.deposits); n < 10 || n > 110 {
						t.Errorf("%d deposits in ten minutes", n)
					}
					if n := len(d.calls) - before; n < 40 || n > 120 {
						t.Errorf("%d uploads in ten minutes", n)
					}
					c.err, c.answer = nil, cards.Answer{Ruling: cards.RulingRevoked}
					sleep(45 * time.Second)
					if waiting, refused, err := j.Provisional(context.Background()); waiting != 0 || refused != 1 || err != nil {
						t.Errorf("%d wait, %d were refused, %v", waiting, refused, err)
					}
				})
			})
		})
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
