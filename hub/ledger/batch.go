package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pointkiosk/cards"
)

// A batch is an allotment whose cards are printed beforehand (DECISIONS 24). No
// points move when it is granted: a card of it is inactive, and worth nothing,
// until its number is activated, and what is withdrawn before never is.
const (
	kindActivate = "activate" // funding → allotment, by the range
	kindRange    = "range"    // what was said of a range
	kindMay      = "may"      // a kiosk may activate a range

	sourceActivated = "activated" // its range was
)

// maxBatch bounds a batch, and so what one entry or person activates at once: all
// of it in one transaction, while everybody else's writing waits. After so many
// numbers (maxLooked) the next entry is left to the next transaction, whatever it
// changed: who says the same again and again stops nobody else's work.
const (
	maxBatch  = 50_000
	maxLooked = 10_000
)

// ErrBatchKey reports a key that would hold batches and other allotments: a key
// whose cards are good at once, beside others that are not, could be mistaken.
var ErrBatchKey = errors.New("ledger: a key that holds batches holds nothing else: enrol a machine of its own for them")

// A Range is some of a batch's cards, with who says something of them.
type Range struct {
	Allotment, First, Last uint32
	Person, Reason         string
	Seen                   int // cards that are inactive, as the person saw; asked for where the key is compromised
}

// A RangeDone is what became of a range.
type RangeDone struct {
	Cards     int           // that changed: active now, or withdrawn
	Yen       int64         // of those
	Withdrawn int           // that were withdrawn before, and stay so
	Gone      []cards.Range // which those are
	Void      int           // that were active, and are void now
	Honoured  int           // that were active, and are redeemed
	Given     int           // claims that waited and have their points now
}

// What a number of a batch is.
const (
	isInactive = iota
	isActive
	isGone    // withdrawn, before it was active
	isDoubted // withdrawn by a compromised key alone: a person decides
)

// A saidRange is what was said of a range, as its hash covers it.
type saidRange struct {
	N, Allotment, First, Last int64
	State                     string
	Cards, Key, Seq           int64
	Person, Partner           string
	Reason, Request           string
	Copy                      int64
	Digest                    []byte
	At                        int64
}

// keepRange writes down what was said, after all before it.
func (t *txn) keepRange(r *saidRange) (err error) {
	if r.N, err = t.next(`SELECT COALESCE(MAX(n), 0) FROM batch_range`); err != nil {
		return err
	}
	if r.Digest == nil {
		r.Digest = []byte{}
	}
	r.At = t.ms()
	r.Person, r.Reason, r.Request = plain(r.Person), plain(r.Reason), plain(r.Request)
	_, err = t.exec(`INSERT INTO batch_range (n, allotment, first_number, last_number, state, cards, key_id, seq, person, partner, reason, request, copy, digest, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.N, r.Allotment, r.First, r.Last, r.State, r.Cards, r.Key, r.Seq, r.Person, r.Partner, r.Reason, r.Request, r.Copy, r.Digest, r.At)
	return errorOr(err, t.chain(kindRange, r.N, *r))
}

// inactive returns the numbers of a range that are neither active nor withdrawn,
// and those that are withdrawn.
func (t *txn) inactive(r saidRange) (fresh, gone []uint32, err error) {
	is, err := t.numbers(r)
	for n, state := range is {
		switch number := uint32(r.First) + uint32(n); state {
		case isInactive:
			fresh = append(fresh, number)
		case isGone, isDoubted:
			gone = append(gone, number)
		}
	}
	return fresh, gone, err
}

// plain is a text as PostgreSQL can keep it, so that what is hashed is what is kept.
func plain(text string) string { return strings.ReplaceAll(text, "\x00", "\uFFFD") }

// runs puts numbers of an allotment, in their order, together into ranges.
func runs(allotment uint32, numbers []uint32) (list []cards.Range) {
	for _, n := range numbers {
		if last := len(list) - 1; last >= 0 && list[last].Last == n-1 {
			list[last].Last = n
		} else {
			list = append(list, cards.Range{Allotment: allotment, First: n, Last: n})
		}
	}
	return list
}

// activate makes those numbers of a range active that are neither active nor
// withdrawn, all or, beyond the budget, none. Claims that waited for them
// complete.
func (t *txn) activate(a allotmentRow, r *saidRange) (done RangeDone, err error) {
	fresh, gone, err := t.inactive(*r)
	if err != nil {
		return done, err
	}
	yen := int64(len(fresh)) * int64(a.Points)
	if err := t.withinBudget(a.Event.ID, yen); err != nil {
		return done, err
	}
	r.State, r.Cards = string(cards.Activated), int64(len(fresh))
	if err := t.keepRange(r); err != nil {
		return done, err
	}
	if len(gone) > 0 {
		words := fmt.Sprintf("%d withdrawn cards were handed out", len(gone))
		if err := t.alarm(alarmWithdrawn, cards.KeyID(r.Key), uint64(r.Seq), cards.Serial{Allotment: a.ID, Number: gone[0]}, words); err != nil {
			return done, err
		}
	}
	done = RangeDone{Cards: len(fresh), Yen: yen, Withdrawn: len(gone), Gone: runs(a.ID, gone)}
	if len(fresh) == 0 {
		return done, nil
	}
	if _, err := t.move(kindActivate, fmt.Sprint(r.N), yen, fundingOf(a.scheme), allotmentOf(a.ID)); err != nil {
		return done, err
	}
	for _, n := range fresh {
		t.add(tableIssued, int64(a.ID), int64(n), sourceActivated, noDigest(), t.ms())
		if err := t.moveOut(a, cards.Serial{Allotment: a.ID, Number: n}); err != nil {
			return done, err
		}
	}
	done.Given, err = t.completeWaits(a, *r, fresh)
	return done, err
}

// withdraw ends those numbers of a range that are not active. Claims that waited
// for them end.
func (t *txn) withdraw(a allotmentRow, r *saidRange, state cards.State) (done RangeDone, err error) {
	fresh, gone, err := t.inactive(*r)
	if err != nil {
		return done, err
	}
	r.State, r.Cards = string(state), int64(len(fresh))
	if err := t.keepRange(r); err != nil {
		return done, err
	}
	done = RangeDone{Cards: len(fresh), Yen: int64(len(fresh)) * int64(a.Points), Withdrawn: len(gone), Gone: runs(a.ID, gone)}
	return done, t.endWaits(*r, waitWithdrawn)
}

// lose withdraws a range, and makes void what is active of it: but for the cards
// that are redeemed, or past their day, or on which a person has to decide.
func (t *txn) lose(a allotmentRow, r *saidRange) (done RangeDone, err error) {
	if done, err = t.withdraw(a, r, cards.Lost); err != nil {
		return done, err
	}
	var open []cards.Serial
	err = t.each(`SELECT i.number, COALESCE(e.state, ''), CASE WHEN `+waits+` THEN 1 ELSE 0 END FROM issued i
		LEFT JOIN ended e ON e.allotment = i.allotment AND e.number = i.number
		LEFT JOIN unvoided u ON u.allotment = i.allotment AND u.number = i.number
		WHERE i.allotment = $1 AND i.number BETWEEN $2 AND $3 AND (e.allotment IS NOT NULL OR u.allotment IS NULL) ORDER BY i.number`,
		[]any{r.Allotment, r.First, r.Last}, func(scan func(...any) error) error {
			var n uint32
			var state string
			var waiting bool
			err := scan(&n, &state, &waiting)
			switch {
			case state == stateRedeemed:
				done.Honoured++
			case state == "" && !waiting && t.at.Before(a.Expires.End()):
				open = append(open, cards.Serial{Allotment: a.ID, Number: n})
			}
			return err
		})
	for _, s := range open {
		if err != nil {
			return done, err
		}
		_, err = t.void(a, s, r.Person, r.Reason)
		done.Void++
	}
	return done, err
}

// Activate activates a range at hand-out, by a person's word. Doing it again is
// harmless. It is never too late: who claimed a card in time has its points, and the
// rest lapse. Where the batch's key is compromised, that is a decision, by who may
// decide and has seen how many cards it is about (DECISIONS 7).
func (l *Ledger) Activate(ctx context.Context, r Range) (done RangeDone, err error) {
	return l.sayRange(ctx, r, RoleGrant, func(t *txn, a allotmentRow, said *saidRange) (err error) {
		key, _, err := t.signer(a.Key)
		if err == nil && key.revoked == cards.Compromised {
			err = t.decideRange(a, r, *said)
		}
		if err == nil {
			done, err = t.activate(a, said)
		}
		return err
	}, &done)
}

// decideRange refuses who may not decide, or has not seen what it is about.
func (t *txn) decideRange(a allotmentRow, r Range, said saidRange) error {
	if err := t.may(r.Person, RoleDecide); err != nil {
		return err
	}
	fresh, _, err := t.inactive(said)
	if err != nil || len(fresh) == r.Seen {
		return err
	}
	open, err := t.openWaits(said)
	return errorOr(err, &SeenError{Cards: len(fresh), Claims: len(open), Yen: int64(len(fresh)) * int64(a.Points)})
}

// errNoReason reports that a range is ended without a reason.
var errNoReason = fmt.Errorf("%w: who ends a range has a reason", ErrBadRequest)

// Withdraw ends what is not active of a range, for good.
func (l *Ledger) Withdraw(ctx context.Context, r Range) (done RangeDone, err error) {
	if r.Reason == "" {
		return done, errNoReason
	}
	return l.sayRange(ctx, r, RoleGrant, func(t *txn, a allotmentRow, said *saidRange) (err error) {
		done, err = t.withdraw(a, said, cards.Withdrawn)
		return err
	}, &done)
}

// Lose withdraws a range of which a box was lost, and makes void what is active
// of it and not redeemed.
func (l *Ledger) Lose(ctx context.Context, r Range) (done RangeDone, err error) {
	if r.Reason == "" {
		return done, errNoReason
	}
	return l.sayRange(ctx, r, RoleDecide, func(t *txn, a allotmentRow, said *saidRange) (err error) {
		done, err = t.lose(a, said)
		return err
	}, &done)
}

// sayRange does what a person says of a range, if they may. A range that ends at
// 0 is all from its first number on.
func (l *Ledger) sayRange(ctx context.Context, r Range, role string, do func(*txn, allotmentRow, *saidRange) error, done *RangeDone) (RangeDone, error) {
	if r.Person == "" {
		return RangeDone{}, fmt.Errorf("%w: who says something of a range has a name", ErrBadRequest)
	}
	err := l.update(ctx, func(t *txn) error {
		if err := t.may(r.Person, role); err != nil {
			return err
		}
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		a, err := l.batch(t, &r)
		if err != nil {
			return err
		}
		return do(t, a, &saidRange{Allotment: int64(a.ID), First: int64(r.First), Last: int64(r.Last), Person: r.Person, Reason: r.Reason})
	})
	if err != nil {
		return RangeDone{}, err
	}
	return *done, nil
}

// batch finds the batch of a range, if it has the numbers.
func (l *Ledger) batch(t *txn, r *Range) (a allotmentRow, err error) {
	a, found, err := l.allotment(t, r.Allotment)
	if err != nil {
		return a, err
	}
	if !found || !a.Batch {
		return a, fmt.Errorf("%w: %d is no batch", ErrBadRequest, r.Allotment)
	}
	if r.Last == 0 {
		r.First, r.Last = max(r.First, 1), a.Count
	}
	if r.First < 1 || r.Last < r.First || r.Last > a.Count {
		return a, fmt.Errorf("%w: batch %d has the numbers 1 to %d", ErrBadRequest, a.ID, a.Count)
	}
	return a, nil
}
