package pcsc

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ebfe/scard"
)

const (
	glance = 500 * time.Millisecond // the longest wait for a change; Run ends within it
	relist = 2 * time.Second        // readers are listed so often, since not every system tells of new ones
	again  = 500 * time.Millisecond // until pcscd is tried anew
	breath = 100 * time.Millisecond // after a change that was none: there are systems that report one at once, always
	stall  = 5 * time.Second        // a pcscd that says nothing for so long is as good as none
)

// plugged is the reader that isn't one: its state changes when readers come and go.
const plugged = `\\?PnP?\Notification`

// most is how many states pcsc-lite waits for at once.
const most = 16

var errStalled = errors.New("pcsc: pcscd hangs")

// A sight is what the watch has seen, or why it sees nothing.
type sight struct {
	seen []look
	err  error
}

// Run tells what happens at the readers, until ctx ends. tell must not wait. No
// reader, and no pcscd or one that hangs, is told and waited out. A program has
// one Run: scard keeps the names of readers in one place.
func (r *Readers) Run(ctx context.Context, tell func(Event)) error {
	sights, ended := make(chan sight), make(chan struct{})
	go func() { r.watch(ctx, sights); close(ended) }()
	t := &table{settle: r.opts.Settle}
	s, last := sight{}, r.opts.Now()
	for {
		due := time.NewTimer(t.due(r.opts.Now(), stall))
		before := s.err
		select {
		case s = <-sights:
			last = r.opts.Now()
		case <-due.C:
			if r.opts.Now().Sub(last) >= stall {
				s = sight{err: errStalled}
			}
		case <-ctx.Done():
			due.Reset(stall)
			select {
			case <-ended:
			case <-due.C: // pcscd hangs, and the watch with it
			}
			return nil
		}
		due.Stop()
		if s.err != nil && (before == nil || before.Error() != s.err.Error()) {
			r.opts.Log(s.err)
		}
		for _, e := range t.look(r.opts.Now(), s.seen) {
			tell(e)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// watch says at least twice a second what it sees, until ctx ends. No one else
// has its context.
func (r *Readers) watch(ctx context.Context, sights chan<- sight) {
	say := func(s sight) {
		select {
		case sights <- s:
		case <-ctx.Done():
		}
	}
	for ctx.Err() == nil {
		if err := r.follow(ctx, say); err != nil {
			say(sight{err: err})
		}
		pause(ctx, again)
	}
}

// follow goes on with one context of pcscd's, until it is of no more use.
func (r *Readers) follow(ctx context.Context, say func(sight)) error {
	c, err := scard.EstablishContext()
	if err != nil {
		return reason("watch", err)
	}
	defer func() { _ = c.Release() }() // of one that is dead there is nothing to release
	states := []scard.ReaderState{{Reader: plugged}}
	var listed time.Time
	for ctx.Err() == nil {
		if now := r.opts.Now(); listed.IsZero() || now.Sub(listed) >= relist {
			if states, err = r.list(c, states); err != nil {
				return reason("list", err)
			}
			listed = now
		}
		before, start := looks(states), time.Now()
		moved, err := await(c, states)
		if err != nil {
			return err
		}
		if moved {
			listed = time.Time{}
		}
		seen := looks(states)
		say(sight{seen: seen})
		if time.Since(start) < breath && slices.Equal(before, seen) {
			pause(ctx, breath)
		}
	}
	return nil
}

// await waits for a change and takes it over into the states. It reports whether
// readers have come or gone.
func await(c *scard.Context, states []scard.ReaderState) (bool, error) {
	err := c.GetStatusChange(states, glance)
	switch {
	case errors.Is(err, scard.ErrTimeout):
		return false, nil
	case errors.Is(err, scard.ErrUnknownReader), errors.Is(err, scard.ErrReaderUnavailable):
		return true, nil
	case err != nil:
		return false, reason("watch", err)
	}
	for i := range states {
		states[i].CurrentState, states[i].Atr = states[i].EventState&^scard.StateChanged, nil
	}
	return states[0].EventState&scard.StateChanged != 0, nil
}

// list returns the states to wait for: that of the readers that were there
// before as it is known, and of new ones as unknown, which returns at once.
func (r *Readers) list(c *scard.Context, known []scard.ReaderState) ([]scard.ReaderState, error) {
	names, err := c.ListReaders()
	if err != nil && !errors.Is(err, scard.ErrNoReadersAvailable) {
		return nil, err
	}
	states := known[:1:1]
	for _, name := range names {
		if !strings.Contains(name, r.opts.Reader) || len(states) == most {
			continue
		}
		s := scard.ReaderState{Reader: name}
		if i := slices.IndexFunc(known, func(k scard.ReaderState) bool { return k.Reader == name }); i > 0 {
			s = known[i]
		}
		states = append(states, s)
	}
	return states, nil
}

// looks is what the states say of what lies where. A reader that isn't known yet
// has nothing on it.
func looks(states []scard.ReaderState) (seen []look) {
	for _, s := range states[1:] {
		seen = append(seen, see(s.Reader, s.CurrentState))
	}
	return seen
}
