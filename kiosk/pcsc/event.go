package pcsc

import (
	"time"

	"github.com/ebfe/scard"
)

// An Event is what Run tells. A visit begins with Inserted or Mute and ends with
// Removed or NoReader; the next one begins after that, even with the same card. At the start
// there is thought to be a reader, with nothing on it.
type Event interface{ event() }

// The events.
type (
	// Inserted tells that a card has lain still on this reader for Opts.Settle. One
	// that is put down askew and comes and goes until then is one visit, not many.
	Inserted struct{ Reader string }
	// Mute tells the same of a card that doesn't answer: lay it down again.
	Mute struct{ Reader string }
	// Second tells that another card was put down, on this reader. From here to
	// Removed nobody knows whose visit it is. Removed comes when less than two lie
	// there, and then Inserted for the one that is left.
	Second struct{ Reader string }
	// Removed tells that the visit's card was taken away, at once, or moved, or that
	// its reader was, and there is another one.
	Removed struct{}
	// NoReader tells that there is no reader any more, or no pcscd. It ends the visit.
	NoReader struct{}
	// ReaderBack tells that there is one again.
	ReaderBack struct{}
)

func (Inserted) event()   {}
func (Mute) event()       {}
func (Second) event()     {}
func (Removed) event()    {}
func (NoReader) event()   {}
func (ReaderBack) event() {}

// What lies on a reader.
type lies int

const (
	nothing lies = iota
	speaks
	mute
)

// A look is what a reader is seen to have. The count is pcscd's, of insertions
// and removals: it tells one card from the next where nobody looked in between.
type look struct {
	reader string
	lies   lies
	count  uint16
}

// see reads a state of PC/SC. The flags that say who uses a card, or that
// something has changed, are no news of what lies there.
func see(reader string, flags scard.StateFlag) look {
	const away = scard.StateUnknown | scard.StateUnavailable | scard.StateIgnore
	switch {
	case flags&scard.StatePresent == 0 || flags&away != 0:
		return look{reader: reader}
	case flags&scard.StateMute != 0:
		return look{reader, mute, uint16(flags >> 16)}
	}
	return look{reader, speaks, uint16(flags >> 16)}
}

// A place is a reader with what has lain on it since.
type place struct {
	look
	since time.Time
}

// A table has every reader, and the visit that is going on.
type table struct {
	settle time.Duration
	places []place
	away   bool // there is no reader
	visit  place
	crowd  bool // another card has come to it
}

// look takes what is seen now, and returns what is to be told.
func (t *table) look(now time.Time, seen []look) (news []Event) {
	t.take(now, seen)
	if t.away && len(seen) > 0 {
		t.away = false
		news = append(news, ReaderBack{})
	}
	still := t.still(now)
	if t.visit != (place{}) && t.over(still) {
		t.visit, t.crowd = place{}, false
		if len(seen) > 0 { // else NoReader says more
			news = append(news, Removed{})
		}
	}
	if t.visit == (place{}) && len(still) > 0 {
		t.visit = still[0]
		news = append(news, t.visit.told())
	}
	if len(still) > 1 && !t.crowd {
		t.crowd = true
		news = append(news, Second{t.other(still)})
	}
	if !t.away && len(seen) == 0 {
		t.away = true
		news = append(news, NoReader{})
	}
	return news
}

// take replaces the places. What has not changed keeps its time.
func (t *table) take(now time.Time, seen []look) {
	places := make([]place, len(seen))
	for i, s := range seen {
		places[i] = place{s, now}
		for _, p := range t.places {
			if p.look == s {
				places[i] = p
			}
		}
	}
	t.places = places
}

// still returns the places with a card that has settled.
func (t *table) still(now time.Time) (still []place) {
	for _, p := range t.places {
		if p.lies != nothing && now.Sub(p.since) >= t.settle {
			still = append(still, p)
		}
	}
	return still
}

func (t *table) over(still []place) bool {
	if t.crowd {
		return len(still) < 2
	}
	for _, p := range t.places {
		if p == t.visit {
			return false
		}
	}
	return true
}

func (t *table) other(still []place) string {
	if still[0] == t.visit {
		return still[1].reader
	}
	return still[0].reader
}

func (p place) told() Event {
	if p.lies == mute {
		return Mute{p.reader}
	}
	return Inserted{p.reader}
}

// due is when something settles, if nothing moves until then; at most after most.
func (t *table) due(now time.Time, most time.Duration) time.Duration {
	for _, p := range t.places {
		if left := t.settle - now.Sub(p.since); p.lies != nothing && left > 0 {
			most = min(most, left)
		}
	}
	return max(most, time.Millisecond) // shorter ones would be none
}
