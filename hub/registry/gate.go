package registry

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A gate lets a few in at a time. Those who wait go in by turns of their places,
// and within a place in order: a crowd at one place is one among others.
type gate struct {
	mu      sync.Mutex
	free    int
	waiting []queueAt // whose place is next stands first; none is empty
}

// A queueAt is who waits at one place.
type queueAt struct {
	place string
	calls []chan struct{} // closed to let one in
}

// enter waits to be let in, for so long; it reports false if that was too short.
// Whoever was let in has to leave.
func (g *gate) enter(ctx context.Context, patience time.Duration, place string) (bool, error) {
	call := g.knock(place)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-call:
		return true, nil
	case <-timer.C:
		return g.giveUp(place, call), nil
	case <-ctx.Done():
		if g.giveUp(place, call) {
			g.leave()
		}
		return false, ctx.Err()
	}
}

// knock returns what is closed when it is one's turn.
func (g *gate) knock(place string) chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	call := make(chan struct{})
	if g.free > 0 {
		g.free--
		close(call)
		return call
	}
	n := slices.IndexFunc(g.waiting, func(q queueAt) bool { return q.place == place })
	if n < 0 {
		n = len(g.waiting)
		g.waiting = append(g.waiting, queueAt{place: place})
	}
	g.waiting[n].calls = append(g.waiting[n].calls, call)
	return call
}

// giveUp ends the waiting, or reports true if the turn has just come.
func (g *gate) giveUp(place string, call chan struct{}) (in bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for n := range g.waiting {
		if at := slices.Index(g.waiting[n].calls, call); g.waiting[n].place == place && at >= 0 {
			if g.waiting[n].calls = slices.Delete(g.waiting[n].calls, at, at+1); len(g.waiting[n].calls) == 0 {
				g.waiting = slices.Delete(g.waiting, n, n+1)
			}
			return false
		}
	}
	return true
}

// leave lets the next one in.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.free++
		return
	}
	next := g.waiting[0]
	close(next.calls[0])
	g.waiting = g.waiting[1:]
	if next.calls = next.calls[1:]; len(next.calls) > 0 {
		g.waiting = append(g.waiting, next)
	}
}
