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
)

// plugged is the reader that isn't one: its state changes when readers come and go.
const plugged = `\\?PnP?\Notification`

// most is how many states pcsc-lite waits for at once.
const most = 16

// Run tells what happens at the readers, until ctx ends. tell must not wait. No
// reader, and no pcscd, is told and waited out. A program has one Run at a time:
// scard keeps the names of readers in one place.
func (r *Readers) Run(ctx context.Context, tell func(Event)) error {
	t := &table{settle: r.opts.Settle}
	var last string
	for ctx.Err() == nil {
		err := r.watch(ctx, t, tell)
		if ctx.Err() != nil {
			break
		}
		news := t.look(r.opts.Now(), nil)
		for _, e := range news {
			tell(e)
		}
		if text := err.Error(); len(news) > 0 || text != last {
			last = text
			r.opts.Log(err)
		}
		pause(ctx, again)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// watch goes on until the context of pcscd's is of no more use, which is why it
// returns an error unless ctx has ended.
func (r *Readers) watch(ctx context.Context, t *table, tell func(Event)) error {
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
		before := looks(states)
		err := c.GetStatusChange(states, t.due(r.opts.Now(), glance))
		switch {
		case err == nil:
			if states[0].EventState&scard.StateChanged != 0 {
				listed = time.Time{}
			}
			for i := range states {
				states[i].CurrentState, states[i].Atr = states[i].EventState&^scard.StateChanged, nil
			}
		case errors.Is(err, scard.ErrUnknownReader), errors.Is(err, scard.ErrReaderUnavailable):
			listed = time.Time{}
		case !errors.Is(err, scard.ErrTimeout):
			return reason("watch", err)
		}
		seen := looks(states)
		for _, e := range t.look(r.opts.Now(), seen) {
			tell(e)
		}
		if !errors.Is(err, scard.ErrTimeout) && slices.Equal(before, seen) {
			pause(ctx, breath)
		}
	}
	return nil
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

// looks is what the states say of what lies where.
func looks(states []scard.ReaderState) (seen []look) {
	for _, s := range states[1:] {
		seen = append(seen, see(s.Reader, s.CurrentState))
	}
	return seen
}
