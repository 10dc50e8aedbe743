package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// ErrUnfinished reports an order whose files are not whole: it is made whole or
// withdrawn before there is another of its batch.
var ErrUnfinished = errors.New("journal: another order of this batch is not finished")

// An Order is a range that somebody ordered on paper, and how far it came.
type Order struct {
	cards.Range
	Request string
	State   cards.State // making, made, withdrawn or lost
	Copy    uint32      // of the newest files: 0 the first ones, k the reprint
	Digest  []byte      // of the manifest, SHA-256; nil until the files are whole
}

// Order takes the next numbers of a batch, and commits that before anything is
// signed (TOKEN.md 8). The same request has the same range again, and of a batch
// one order is made at a time: nothing is ever in between.
func (j *Journal) Order(ctx context.Context, a cards.Allotment, count uint32, request, operator string) (Order, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return Order{}, err
	}
	defer end()
	if request == "" || a.Key != j.opts.Key.ID || !a.Batch {
		return Order{}, fmt.Errorf("journal: order: allotment %d is another key's or no batch, or the request is empty", a.ID)
	}
	all, err := j.orders(ctx)
	if err != nil {
		return Order{}, err
	}
	for _, o := range all {
		switch {
		case o.Request == request && o.Allotment == a.ID && o.Count() == int(count):
			return o, nil
		case o.Request == request:
			return Order{}, fmt.Errorf("%w: order %s is of %d cards of allotment %d", ErrState, request, o.Count(), o.Allotment)
		case o.State == cards.Making && o.Allotment == a.ID:
			return Order{}, fmt.Errorf("%w: %s", ErrUnfinished, o.Request)
		}
	}
	taken := j.sum.tallies[a.ID].Signed
	switch {
	case j.apart != nil:
		return Order{}, j.apart
	case !j.mayOpen(a):
		return Order{}, fmt.Errorf("%w: allotment %d", ErrOver, a.ID)
	case count == 0 || count > a.Count-taken:
		return Order{}, &LeftError{Allotment: a.ID, Count: int(count), Left: int(a.Count - taken)}
	}
	o := Order{Range: cards.Range{Allotment: a.ID, First: taken + 1, Last: taken + count}, Request: request, State: cards.Making}
	return o, j.append(ctx, cards.Entry{State: cards.Making, Allotment: a.ID, Number: o.First, Last: o.Last, Request: request, Operator: operator})
}

// A LeftError is an order of more cards than its allotment has left. It is
// [ErrUsedUp].
type LeftError struct {
	Allotment   uint32
	Count, Left int // cards
}

func (e *LeftError) Error() string {
	return fmt.Sprintf("%v: %d cards of allotment %d, which has %d left", ErrUsedUp, e.Count, e.Allotment, e.Left)
}

func (e *LeftError) Unwrap() error { return ErrUsedUp }

// CardOf signs a card of a range that was ordered: Ed25519 gives the same bytes
// each time.
func (j *Journal) CardOf(a cards.Allotment, o Order, number uint32) (cards.Card, error) {
	if a.ID != o.Allotment || number < o.First || number > o.Last {
		return cards.Card{}, fmt.Errorf("%w: number %d is not of order %s", ErrUnknown, number, o.Request)
	}
	return cards.Sign(a.Claims(number), j.opts.Key.Private)
}

// Orders returns all orders, the oldest first.
func (j *Journal) Orders(ctx context.Context) ([]Order, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return j.orders(ctx)
}

func (j *Journal) orders(ctx context.Context) (all []Order, err error) {
	err = j.eachRange(ctx, `state IN ($1, $2, $3, $4)`,
		[]any{string(cards.Making), string(cards.Made), string(cards.Withdrawn), string(cards.Lost)}, func(e cards.Entry) {
			if e.State == cards.Making {
				all = append(all, Order{Range: rangeOf(e), Request: e.Request, State: e.State})
				return
			}
			for i := range all {
				o := &all[i]
				switch {
				case e.State == cards.Made && o.Holds(rangeOf(e)):
					o.State, o.Copy, o.Digest = e.State, e.Copy, e.Digest
				case o.Range == rangeOf(e):
					o.State = e.State
				}
			}
		})
	return all, err
}

// eachRange visits the entries of ranges of which this holds, the oldest first.
func (j *Journal) eachRange(ctx context.Context, where string, args []any, visit func(cards.Entry)) error {
	rows, err := j.db.QueryContext(ctx, `SELECT record FROM entry WHERE `+where+` ORDER BY seq`, args...)
	if err != nil {
		return fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			return fmt.Errorf("journal: read: %w", err)
		}
		e, _, err := cards.OpenEntry(sealed, j.keys)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		visit(e)
	}
	return rows.Err()
}

func rangeOf(e cards.Entry) cards.Range {
	return cards.Range{Allotment: e.Allotment, First: e.Number, Last: e.Last}
}

// Made writes down that the files of an order are whole, with the SHA-256 of
// their manifest: the first time, or as a reprint of the same cards, or of some.
func (j *Journal) Made(ctx context.Context, o Order, part cards.Range, digest [32]byte, operator string) (Order, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return o, err
	}
	defer end()
	now, err := j.order(ctx, o.Request)
	switch {
	case err != nil:
		return o, err
	case now.Range != o.Range || !o.Holds(part) || now.State == cards.Making && part != o.Range || now.State != cards.Making && now.State != cards.Made:
		return o, fmt.Errorf("%w: order %s is %s", ErrState, o.Request, now.State)
	case now.State == cards.Made:
		now.Copy++
	}
	now.State, now.Digest = cards.Made, digest[:]
	return now, j.append(ctx, cards.Entry{State: cards.Made, Allotment: o.Allotment, Number: part.First, Last: part.Last, Copy: now.Copy, Digest: digest[:], Operator: operator})
}

func (j *Journal) order(ctx context.Context, request string) (Order, error) {
	all, err := j.orders(ctx)
	for _, o := range all {
		if o.Request == request {
			return o, err
		}
	}
	return Order{}, errors.Join(err, fmt.Errorf("%w: order %s", ErrUnknown, request))
}

// Printed returns the range of the files that have this manifest, as it was written
// down when they were whole.
func (j *Journal) Printed(ctx context.Context, digest [32]byte) (r cards.Range, err error) {
	end, err := j.begin(ctx)
	if err != nil {
		return r, err
	}
	defer end()
	err = j.eachRange(ctx, `state = $1`, []any{string(cards.Made)}, func(e cards.Entry) {
		if bytes.Equal(e.Digest, digest[:]) {
			r = rangeOf(e)
		}
	})
	if err == nil && r == (cards.Range{}) {
		err = fmt.Errorf("%w: files with this manifest", ErrUnknown)
	}
	return r, err
}

// MarkRange writes down what becomes of a range: opened, activated, withdrawn or
// lost. The hub judges it; what was withdrawn before becomes no more than that.
func (j *Journal) MarkRange(ctx context.Context, r cards.Range, state cards.State, operator, reason string) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if !state.OfRange() || state == cards.Making || state == cards.Made || r.Allotment == 0 || r.First == 0 || r.Last < r.First || r.Last > cards.MaxNumber {
		return fmt.Errorf("%w: %v %s", ErrState, r, state)
	}
	return j.append(ctx, cards.Entry{State: state, Allotment: r.Allotment, Number: r.First, Last: r.Last, Operator: operator, Reason: reason})
}
