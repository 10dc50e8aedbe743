package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pointkiosk/cards"
)

// Where the hub first heard of a card.
const (
	sourceEntry = "entry"
	sourceCard  = "card" // the phone was online before the kiosk was
	sourceWord  = "word" // a person's, who decided a dispute

	sourceTicket = "ticket" // its grant alone: it ended before anything was heard of its paper
)

// How a card ends.
const (
	stateRedeemed = "redeemed"
	stateVoid     = "void"
	stateLapsed   = "lapsed"
)

// An ending is what became of a card for good.
type ending struct {
	state, account, person, reason string
	at                             time.Time
}

// refusal says why a card that has ended gives no points.
func (t *txn) refusal(s cards.Serial, e ending) error {
	if outcome, err := t.decided(s); err != nil || outcome == decidedRefused {
		return errorOr(err, &RefusedError{Why: ByPerson, At: e.at})
	}
	if e.state == stateVoid {
		if waits, err := t.waitsVoid(s); err != nil || waits {
			return errorOr(err, &RefusedError{Why: Revoked, At: e.at})
		}
	}
	why := map[string]Refusal{stateRedeemed: Used, stateSpent: Used, stateVoid: VoidCard, stateLapsed: Lapsed}[e.state]
	return &RefusedError{Why: why, At: e.at}
}

// issue makes a card known and moves its points out of the allotment. It
// reports false if the card was known already.
func (t *txn) issue(a allotmentRow, s cards.Serial, source string, digest []byte) (fresh bool, err error) {
	n, err := t.exec(`INSERT INTO issued (allotment, number, source, digest, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (allotment, number) DO NOTHING`, int64(s.Allotment), int64(s.Number), source, digest, t.ms())
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.moveOut(a, s)
}

// moveOut moves a card's points out of its allotment. A ticket's have left a
// balance when it was granted.
func (t *txn) moveOut(a allotmentRow, s cards.Serial) error {
	if a.Kind == cards.KindTicket {
		return nil
	}
	_, err := t.move(kindIssue, reference(s), int64(a.Points), allotmentOf(a.ID), outstandingOf(a.scheme))
	return err
}

// end writes how a card ends, if it has not ended. The key decides.
func (t *txn) end(s cards.Serial, e ending) (won bool, err error) {
	n, err := t.exec(`INSERT INTO ended (allotment, number, state, account, person, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (allotment, number) DO NOTHING`,
		int64(s.Allotment), int64(s.Number), e.state, e.account, e.person, e.reason, e.at.UnixMilli())
	return n == 1, err
}

// ended says how a card ended, and whose it is now.
func (t *txn) ended(s cards.Serial) (e ending, found bool, err error) {
	var at int64
	found, err = t.one(`SELECT state, account, person, reason, at FROM ended WHERE allotment = $1 AND number = $2`,
		[]any{int64(s.Allotment), int64(s.Number)}, &e.state, &e.account, &e.person, &e.reason, &at)
	e.at = time.UnixMilli(at)
	if err == nil && found && e.state == stateRedeemed {
		err = t.heir(s, &e.account)
	}
	return e, found, err
}

// void ends a card that was not redeemed and has not lapsed, and returns how
// it ended.
func (t *txn) void(a allotmentRow, s cards.Serial, person, reason string) (ending, error) {
	e := ending{state: stateVoid, person: person, reason: reason, at: t.at}
	won, err := t.end(s, e)
	if err != nil {
		return e, err
	}
	switch {
	case won && a.Kind == cards.KindTicket:
		return e, t.giveBack(a, s)
	case won:
		_, err = t.move(kindVoid, reference(s), int64(a.Points), outstandingOf(a.scheme), voidOf(a.scheme))
		return e, err
	}
	e, _, err = t.ended(s)
	return e, err
}

// ErrUnheard reports a card of which no entry has come.
var ErrUnheard = errors.New("ledger: no entry about this card has come yet")

// VoidCard ends a card that nobody redeemed, by a person's word: its paper can't
// be read, and its kiosk can't ask any more. It returns a [RefusedError] for one
// that has ended.
func (l *Ledger) VoidCard(ctx context.Context, s cards.Serial, person, reason string) (points uint32, err error) {
	if person == "" || reason == "" {
		return 0, fmt.Errorf("%w: who voids a card has a name and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleDecide); err != nil {
			return err
		}
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		a, found, err := l.allotment(t, s.Allotment)
		if err != nil {
			return err
		}
		if !found || a.Kind != cards.KindCard || s.Number < 1 || s.Number > a.Count {
			return fmt.Errorf("%w: %s is no card that the hub granted", ErrBadRequest, s)
		}
		points = a.Points
		if err := t.active(a, s); err != nil { // nothing is to be void yet: it can be withdrawn
			return err
		}
		return t.voidByWord(a, s, person, reason)
	})
	return points, err
}

func (t *txn) voidByWord(a allotmentRow, s cards.Serial, person, reason string) error {
	if e, found, err := t.ended(s); err != nil || found {
		return errorOr(err, t.refusal(s, e))
	}
	if good, err := t.unvoided(s); err != nil || good {
		return errorOr(err, errors.Join(ErrBadRequest, errUnvoided))
	}
	i := []any{int64(s.Allotment), int64(s.Number)}
	known, err := t.one(`SELECT 1 FROM issued WHERE allotment = $1 AND number = $2`, i, new(int64))
	if err != nil || !known {
		return errorOr(err, ErrUnheard)
	}
	waiting, err := t.one(`SELECT 1 FROM issued i WHERE i.allotment = $1 AND i.number = $2 AND `+waits, i, new(int64))
	switch {
	case err != nil:
		return err
	case waiting:
		return fmt.Errorf("%w: somebody has claimed card %s and waits for a decision", ErrBadRequest, s)
	case !t.at.Before(a.Expires.End()):
		return &RefusedError{Why: Lapsed, At: a.Expires.End()}
	}
	_, err = t.void(a, s, person, reason)
	return err
}

// decided returns what a person decided of a card; "" if nobody did.
func (t *txn) decided(s cards.Serial) (outcome string, err error) {
	_, err = t.one(`SELECT outcome FROM decided WHERE allotment = $1 AND number = $2`, []any{int64(s.Allotment), int64(s.Number)}, &outcome)
	return outcome, err
}

// lapseBatch bounds how long one transaction keeps the writer.
const lapseBatch = 500

// LastMoved returns when points were last moved, the zero time if never: by it
// a clock that is far ahead is recognized.
func (l *Ledger) LastMoved(ctx context.Context) (at time.Time, err error) {
	var ms int64
	if err := l.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(at), 0) FROM transfer`).Scan(&ms); err != nil {
		return at, fmt.Errorf("ledger: read: %w", err)
	}
	if ms > 0 {
		at = time.UnixMilli(ms)
	}
	return at, nil
}

// used reports that its value was given to somebody.
func (e ending) used() bool { return e.state == stateRedeemed || e.state == stateSpent }

// Lapse ends the cards and tickets that are past their last day, and returns how many. One
// that was claimed in time and waits for a person goes on waiting. They are
// looked for before the one writer is taken up: of all that ever were, few are
// past their day and not ended.
func (l *Ledger) Lapse(ctx context.Context) (total int, err error) {
	var past []cards.Serial
	if err := l.view(ctx, func(t *txn) (err error) { past, err = t.past(); return err }); err != nil {
		return 0, err
	}
	if total, err = l.lapseAll(ctx, past, l.lapseOne); err != nil {
		return total, err
	}
	n, err := l.lapseTickets(ctx)
	return total + n, err
}

// lapseAll ends cards by the batch, and counts those that one ended.
func (l *Ledger) lapseAll(ctx context.Context, past []cards.Serial, one func(*txn, cards.Serial) (bool, error)) (total int, err error) {
	for some := range slices.Chunk(past, lapseBatch) {
		n := 0
		err := l.update(ctx, func(t *txn) error {
			if closed, err := t.closed(); err != nil || closed { // some may have been redeemed in time
				return err
			}
			for _, s := range some {
				done, err := one(t, s)
				if err != nil {
					return err
				}
				n += int(bit(done))
			}
			return nil
		})
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// waits finds a claim of card i that waits for a person.
const waits = `EXISTS (SELECT 1 FROM kept_claim k LEFT JOIN decided d ON d.allotment = k.allotment AND d.number = k.number
	WHERE k.allotment = i.allotment AND k.number = i.number AND d.allotment IS NULL)`

// past returns the cards that lapse now.
func (t *txn) past() (past []cards.Serial, err error) {
	err = t.each(`SELECT i.allotment, i.number FROM allotment a JOIN issued i ON i.allotment = a.id
		LEFT JOIN ended e ON e.allotment = i.allotment AND e.number = i.number
		WHERE a.expires < $1 AND a.kind <> $2 AND e.allotment IS NULL AND NOT `+waits, []any{int64(cards.DayOf(t.at)), int64(cards.KindTicket)},
		func(scan func(...any) error) error {
			var s cards.Serial
			err := scan(&s.Allotment, &s.Number)
			past = append(past, s)
			return err
		})
	return past, err
}

// lapseOne ends a card, unless it has ended or was claimed since it was found.
func (l *Ledger) lapseOne(t *txn, s cards.Serial) (done bool, err error) {
	a, _, err := l.allotment(t, s.Allotment)
	if err != nil {
		return false, err
	}
	waiting, err := t.one(`SELECT 1 FROM issued i WHERE i.allotment = $1 AND i.number = $2 AND `+waits, []any{int64(s.Allotment), int64(s.Number)}, new(int64))
	if err != nil || waiting || t.at.Before(a.Expires.End()) { // or the clock was set back
		return false, err
	}
	won, err := t.end(s, ending{state: stateLapsed, at: t.at})
	if err != nil || !won {
		return false, err
	}
	_, err = t.move(kindLapse, reference(s), int64(a.Points), outstandingOf(a.scheme), lapsedOf(a.scheme))
	return true, err
}
