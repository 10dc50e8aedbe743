package station

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// How long the screen waits for the hub to rule on a void, and how often it
// looks whether the uplink has brought that home.
const (
	rulingWait = 12 * time.Second // as long as one call of the uplink may take, and its pause
	rulingLook = 200 * time.Millisecond
)

// find tells what the journal knows of a card whose number somebody typed.
func (d *Desk) find(ctx context.Context, s cards.Serial) kiosk.Event {
	d.practice, d.allotment, d.day = false, cards.Allotment{}, eventDay{}
	c, err := d.known(ctx, s)
	if err != nil {
		d.opts.Log.Error("card by number", "error", err)
	}
	return kiosk.CardFound{Card: c}
}

// known touches nothing of the desk: it may run beside another effect.
func (s *Station) known(ctx context.Context, serial cards.Serial) (c kiosk.FoundCard, err error) {
	c.Serial = serial
	a, err := s.AllotmentOf(ctx, serial)
	if errors.Is(err, journal.ErrUnknown) {
		return c, nil
	}
	if err != nil || a.Key != s.live.ID || serial.Number < 1 || serial.Number > a.Count { // signed by another key: the hub knows more
		return c, err
	}
	c.Of = a
	c.State, _, err = s.Journal.State(ctx, serial)
	if errors.Is(err, journal.ErrUnknown) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if c.Unsent, err = s.Journal.Unsent(ctx, serial); err != nil {
		return c, err
	}
	request, out, err := s.again(ctx, serial)
	if err != nil {
		return c, err
	}
	c.Again = out
	c.Left, err = s.leftOf(ctx, a, request)
	return c, err
}

// leftOf counts the numbers left for the other card: the one it has is left to it.
func (s *Station) leftOf(ctx context.Context, a cards.Allotment, request string) (left uint32, err error) {
	_, unsigned := s.Journal.Requested(ctx, request)
	if unsigned != nil && !errors.Is(unsigned, journal.ErrUnknown) {
		return 0, unsigned
	}
	offers, err := s.Offers(ctx)
	for _, o := range offers {
		if o.Is(a) && s.lasts(o.Allotment) == nil {
			if left = o.Left; unsigned == nil {
				left = max(left, 1)
			}
		}
	}
	return left, err
}

// again is the entitlement to the one card that takes the place of a void one:
// the same for ever, so that asking twice gives no second card. Of a card of which
// no byte was sent nobody has anything: then the next in line counts. In the place
// of one that the hub voided comes what takes its place, so that all of a chain lead
// to one card. With the request comes the card that is out for it, the zero one if
// none is.
func (s *Station) again(ctx context.Context, serial cards.Serial) (request string, out cards.Serial, err error) {
	for n := 1; ; n++ {
		request = cards.AgainRequest(serial, n)
		other, err := s.Journal.Requested(ctx, request)
		if errors.Is(err, journal.ErrUnknown) {
			return request, cards.Serial{}, nil
		}
		if err != nil {
			return request, cards.Serial{}, err
		}
		state, _, err := s.Journal.State(ctx, other)
		switch {
		case err != nil:
			return request, cards.Serial{}, err
		case state == cards.Void:
			if unsent, err := s.Journal.Unsent(ctx, other); err != nil {
				return request, cards.Serial{}, err
			} else if !unsent {
				return s.again(ctx, other)
			}
		case state == cards.Signed, state == cards.Printing, state == cards.Uncertain:
			return request, cards.Serial{}, nil
		default:
			return request, other, nil
		}
	}
}

// awaitRuling waits until the uplink has brought the hub's word on a void, or for
// as long as a person waits.
func (d *Desk) awaitRuling(ctx context.Context, e kiosk.AwaitRuling) kiosk.Event {
	until := time.Now().Add(rulingWait)
	for d.Wake(); ; {
		c, err := d.known(ctx, e.Serial)
		if err != nil {
			d.opts.Log.Error("card by number", "error", err)
		}
		if c.State != cards.VoidAsked || !e.Online || time.Now().After(until) {
			return kiosk.Ruled{Card: c}
		}
		select {
		case <-ctx.Done():
			return kiosk.Ruled{Card: c}
		case <-time.After(rulingLook):
		}
	}
}

// reissue hands out the card that takes the place of a void one, of the same
// event and day.
func (d *Desk) reissue(ctx context.Context, e kiosk.Reissue) kiosk.Event {
	c, err := d.known(ctx, e.Serial)
	if err == nil && !c.MayAgain() {
		err = fmt.Errorf("%w: no card takes the place of %v, %s", journal.ErrState, e.Serial, c.State)
	}
	if err != nil {
		return d.not(ctx, d.note(err), "")
	}
	if d.day, err = d.dayOf(ctx, c.Of); err != nil {
		return d.not(ctx, d.note(err), "")
	}
	request, _, err := d.again(ctx, e.Serial)
	if err != nil {
		return d.not(ctx, d.note(err), "")
	}
	d.practice, d.allotment = false, c.Of
	return d.print(ctx, kiosk.PrintCard{Request: request, Operator: e.Operator, Allotment: c.Of.ID})
}
