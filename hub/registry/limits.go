package registry

import (
	"sync"
	"time"
)

// A Rate allows Burst tries at once and then one in every Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limits slow guessing down. A try is given back when the password was right,
// so that whoever knows it is never slowed.
type Limits struct {
	Known   Rate // one device that signed in to this account before
	Strange Rate // all other devices together, on this account
	Device  Rate // one strange device, over all accounts
}

// DefaultLimits gives strangers at most 10 + 12 guesses at an account in the
// first hour and 12 in each that follows. A wait ends after five minutes at
// most. Whoever guesses without a pause can take those tries from a device that
// the holder never used before; the known ones, and the counter, stay open.
func DefaultLimits() Limits {
	return Limits{
		Known:   Rate{Burst: 10, Every: 30 * time.Second},
		Strange: Rate{Burst: 10, Every: 5 * time.Minute},
		Device:  Rate{Burst: 10, Every: time.Minute},
	}
}

// throttle counts tries in memory. A restart forgets them: it gives strangers
// one more burst and takes nothing from anybody.
type throttle struct {
	mu    sync.Mutex
	full  map[string]time.Time // when each token bucket will be full again; a full one may be missing
	sweep int                  // look for full ones when there are this many
}

// A try asks one bucket for one token.
type try struct {
	key  string
	rate Rate
}

const firstSweep = 1024

// take takes a token from every bucket, or from none and says how long to wait.
func (l *throttle) take(now time.Time, tries []try) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var wait time.Duration
	for _, t := range tries {
		// No bucket is emptier than empty, but by a clock that was ahead: nobody
		// is to wait for that.
		if empty := now.Add(time.Duration(t.rate.Burst) * t.rate.Every); l.full[t.key].After(empty) {
			l.full[t.key] = empty.Add(-t.rate.Every)
		}
		missing := max(0, l.full[t.key].Sub(now))
		wait = max(wait, missing-time.Duration(t.rate.Burst-1)*t.rate.Every)
	}
	if wait > 0 {
		return wait
	}
	l.tidy(now)
	for _, t := range tries {
		from := now
		if full := l.full[t.key]; full.After(now) {
			from = full
		}
		l.full[t.key] = from.Add(t.rate.Every)
	}
	return 0
}

// giveBack returns what take took.
func (l *throttle) giveBack(tries []try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range tries {
		if full, ok := l.full[t.key]; ok {
			l.full[t.key] = full.Add(-t.rate.Every)
		}
	}
}

// tidy forgets full buckets whenever their number has doubled, so that memory
// follows the tries of the last hour: argon2id bounds those.
func (l *throttle) tidy(now time.Time) {
	if len(l.full) < max(l.sweep, firstSweep) {
		return
	}
	for key, full := range l.full {
		if !full.After(now) {
			delete(l.full, key)
		}
	}
	l.sweep = 2 * len(l.full)
}
