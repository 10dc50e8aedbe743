package registry

import (
	"sync"
	"time"
)

// throttle counts tries in memory. A restart forgets them: it gives strangers
// one more burst and takes nothing from anybody.
type throttle struct {
	mu    sync.Mutex
	full  map[string]time.Time // when each token bucket will be full again; a full one may be missing
	lines map[string]line      // by bucket
	sweep int                  // look for full ones when there are this many
}

func newThrottle() throttle {
	return throttle{full: map[string]time.Time{}, lines: map[string]line{}}
}

// A line says whose turn is when. A turn's token is taken when the turn is
// given, so that nobody can be faster.
type line map[string]time.Time

// A try asks one bucket for one token. Where it names a line, who finds the
// bucket empty is given a turn in it, one at a time.
type try struct {
	key  string
	rate Rate
	line string    // who stands in the line
	turn time.Time // the turn that was taken, if one was
}

const (
	firstSweep = 1024
	holdTurn   = 15 * time.Minute // a turn that is not taken by then is lost
	longest    = 480              // turns in one line
)

// first takes the tokens of the first way that has them all, and returns those;
// or it says how long to wait for the nearest.
func (l *throttle) first(now time.Time, ways [][]try) (taken []try, wait time.Duration) {
	for n, tries := range ways {
		w := l.take(now, tries)
		if w == 0 {
			return tries, 0
		}
		if n == 0 || w < wait {
			wait = w
		}
	}
	return nil, wait
}

// take takes a token from every bucket, or from none and says how long to wait.
func (l *throttle) take(now time.Time, tries []try) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var wait time.Duration
	for _, t := range tries {
		w := l.wait(now, t)
		if wait == 0 && w > 0 { // the line stands last: whoever has to wait elsewhere is given no turn
			l.queue(now, t, w)
		}
		wait = max(wait, w)
	}
	if wait > 0 {
		return wait
	}
	l.tidy(now)
	for n, t := range tries {
		turn, waited := l.lines[t.key][t.line]
		if !waited {
			l.draw(now, t)
			continue
		}
		tries[n].turn = turn
		delete(l.lines[t.key], t.line)
	}
	return 0
}

// wait returns when a bucket has a token for this try.
func (l *throttle) wait(now time.Time, t try) time.Duration {
	if turn, waited := l.lines[t.key][t.line]; waited && !l.void(now, t, turn) {
		return max(0, turn.Sub(now))
	}
	l.mend(now, t)
	missing := max(0, l.full[t.key].Sub(now)) // a bucket that is missing is full
	return max(0, missing-time.Duration(t.rate.Burst-1)*t.rate.Every)
}

// void reports a turn that is past, or further away than its line is long: that
// one was given by a clock that was ahead.
func (l *throttle) void(now time.Time, t try, turn time.Time) bool {
	return now.After(turn.Add(holdTurn)) || turn.After(now.Add(time.Duration(len(l.lines[t.key])+1)*t.rate.Every))
}

// mend forgets void turns, and what else a clock that was ahead left: no bucket
// is emptier than empty but by the turns that were given on it. Nobody is to
// wait for that.
func (l *throttle) mend(now time.Time, t try) {
	held := l.lines[t.key]
	for who, turn := range held {
		if l.void(now, t, turn) {
			delete(held, who)
		}
	}
	if empty := now.Add(time.Duration(t.rate.Burst+len(held)) * t.rate.Every); l.full[t.key].After(empty) {
		l.full[t.key] = empty.Add(-t.rate.Every)
	}
}

// queue gives a turn to who has none, if there is a line and it is not too long.
func (l *throttle) queue(now time.Time, t try, wait time.Duration) {
	held := l.lines[t.key]
	if _, waited := held[t.line]; waited || t.line == "" || len(held) >= longest {
		return
	}
	if held == nil {
		held = line{}
		l.lines[t.key] = held
	}
	held[t.line] = now.Add(wait)
	l.draw(now, t)
}

func (l *throttle) draw(now time.Time, t try) {
	from := now
	if full := l.full[t.key]; full.After(now) {
		from = full
	}
	l.full[t.key] = from.Add(t.rate.Every)
}

// giveBack returns what take took.
func (l *throttle) giveBack(tries []try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range tries {
		if held := l.lines[t.key]; held != nil && !t.turn.IsZero() {
			held[t.line] = t.turn
		} else if full, ok := l.full[t.key]; ok {
			l.full[t.key] = full.Add(-t.rate.Every)
		}
	}
}

// tidy forgets full buckets whenever their number has doubled, so that memory
// follows the tries of the last hours: argon2id bounds those.
func (l *throttle) tidy(now time.Time) {
	if len(l.full) < max(l.sweep, firstSweep) {
		return
	}
	for key, full := range l.full {
		if !full.After(now) {
			delete(l.full, key)
			delete(l.lines, key)
		}
	}
	l.sweep = 2 * len(l.full)
}
