package station

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// Errors of a batch.
var (
	ErrNoBatch = errors.New("station: no cards of this event are granted to be printed beforehand")
	ErrEnded   = errors.New("station: the event has ended")
)

// Batch returns the allotment of an event whose cards are printed beforehand (of
// any event if it is empty): the one that has numbers left, else the last one.
func (s *Station) Batch(ctx context.Context, event string) (found cards.Allotment, err error) {
	all, err := s.Allotments(ctx)
	if err != nil {
		return found, err
	}
	over := false
	for _, a := range all {
		if !a.Batch || a.Key != s.live.ID || event != "" && a.Event.ID != event {
			continue
		}
		if !s.opts.Now().Before(time.Unix(a.Until, 0)) {
			over = true
			continue
		}
		if found = a; s.Journal.Tally(a.ID).Signed < a.Count {
			break
		}
	}
	switch {
	case found.ID != 0:
		return found, nil
	case over:
		return found, fmt.Errorf("%w: %s", ErrEnded, event)
	}
	return found, fmt.Errorf("%w: %s", ErrNoBatch, event)
}

// Sheets are the settings of cards that are printed beforehand.
func (s *Station) Sheets() Sheets { return s.opts.Settings.Sheets }
