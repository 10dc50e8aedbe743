package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// What the transfers of a ticket are for.
const (
	kindTicket = "ticket" // the resident's account → ticketed
	kindReturn = "return" // ticketed → the resident's account, into the lots they came from
	kindSpend  = "spend"  // ticketed → the partner
)

// stateSpent is how a ticket ends that a shop took.
const stateSpent = "spent"

func ticketedOf(scheme string) string { return "ticketed:" + scheme }

// partnerOf names what is owed to one partner in one scheme.
func partnerOf(id, scheme string) string { return "partner:" + id + ":" + scheme }

// Ticket turns part of an account's points into a ticket that the kiosk with
// this key will sign (VALUE.md, section 2). An empty account is that of a
// sitting that is over. The points, the ticket and the answer are one
// transaction; the same request has the same answer.
func (l *Ledger) Ticket(ctx context.Context, key cards.KeyID, ask cards.TicketAsk, account string) (a cards.TicketAnswer, err error) {
	err = l.update(ctx, func(t *txn) error {
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		a = cards.TicketAnswer{At: t.ms()}
		r := request{key: key, id: ask.Request, asked: []uint32{ask.Allotment, ask.Number}, bare: ask.Token == ""}
		return t.once(r, &a, func() error { return l.grantTicket(t, key, ask, account, &a) })
	})
	return a, err
}

// grantTicket grants the ticket, or puts into the answer why not.
func (l *Ledger) grantTicket(t *txn, key cards.KeyID, ask cards.TicketAsk, account string, a *cards.TicketAnswer) error {
	row, refused, err := l.ticketOf(t, key, ask)
	if err != nil {
		return err
	}
	if account == "" {
		refused = cards.TicketOver
	}
	if refused != "" {
		a.Refuse(refused)
		return nil
	}
	if err := t.expire(account); err != nil {
		return err
	}
	taken, err := t.lotsFor(account, row)
	if err != nil {
		return err
	}
	if taken == nil {
		a.Refuse(cards.TicketShort)
		return nil
	}
	a.Points, a.Expires = row.Points, row.Expires
	return t.takeTicket(row, cards.Serial{Allotment: ask.Allotment, Number: ask.Number}, account, taken)
}

// ticketOf finds the allotment of a ticket that can be granted now, or why none
// can.
func (l *Ledger) ticketOf(t *txn, key cards.KeyID, ask cards.TicketAsk) (a allotmentRow, refused string, err error) {
	stop, err := t.stopped(key)
	if err != nil {
		return a, "", err
	}
	a, found, err := l.allotment(t, ask.Allotment)
	if err != nil {
		return a, "", err
	}
	doubted, err := t.doubted(ask.Allotment) // then no shop would take it
	if err != nil {
		return a, "", err
	}
	taken, err := t.one(`SELECT 1 FROM ticket WHERE allotment = $1 AND number = $2 UNION SELECT 1 FROM issued WHERE allotment = $1 AND number = $2`,
		[]any{int64(ask.Allotment), int64(ask.Number)}, new(int64))
	switch {
	case err != nil:
		return a, "", err
	case stop != "":
		refused = cards.ValueStopped
	case !found || a.Key != key || a.Kind != cards.KindTicket || ask.Number > a.Count:
		refused = cards.TicketOutside
	case !a.Open(t.at) || !t.at.Before(a.Expires.End()) || doubted:
		refused = cards.TicketShut
	case taken:
		refused = cards.TicketNumber
	}
	return a, refused, nil
}

// A lotShare is points out of one lot.
type lotShare struct{ lot, points int64 }

// lotsFor finds the points of a ticket: out of the lots that expire first, of
// those that the ticket does not outlast. It returns nil if they are too few.
func (t *txn) lotsFor(account string, a allotmentRow) (taken []lotShare, err error) {
	missing := int64(a.Points)
	err = t.each(`SELECT o.transfer, `+lotLeft+` FROM lot o WHERE o.account = $1 AND o.scheme = $2 AND o.expires >= $3 AND `+lotLeft+` > 0
		ORDER BY o.expires, o.transfer`, []any{account, a.scheme, int64(max(a.Expires, cards.DayOf(t.at)))}, func(scan func(...any) error) error {
		var o lotShare
		err := scan(&o.lot, &o.points)
		if o.points = min(o.points, missing); o.points > 0 {
			taken = append(taken, o)
			missing -= o.points
		}
		return err
	})
	if missing > 0 {
		return nil, err
	}
	return taken, err
}

// takeTicket moves the points out of their lots.
func (t *txn) takeTicket(a allotmentRow, s cards.Serial, account string, taken []lotShare) error {
	seq, err := t.move(kindTicket, reference(s), int64(a.Points), accountOf(account, a.scheme), ticketedOf(a.scheme))
	if err != nil {
		return err
	}
	if err := t.useLots(seq, taken); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO ticket (allotment, number, account, transfer, at) VALUES ($1, $2, $3, $4, $5)`,
		int64(s.Allotment), int64(s.Number), account, seq, t.ms())
	return err
}

// useLots writes down what a transfer took out of lots; below zero, what it gave
// back to them.
func (t *txn) useLots(seq int64, shares []lotShare) error {
	for _, o := range shares {
		if _, err := t.exec(`INSERT INTO lot_use (lot, transfer, points) VALUES ($1, $2, $3)`, o.lot, seq, o.points); err != nil {
			return err
		}
	}
	return nil
}

// ticket finds whose points a ticket is; found is false if none was granted
// under this number.
func (t *txn) ticket(s cards.Serial) (account string, transfer int64, found bool, err error) {
	found, err = t.one(`SELECT account, transfer FROM ticket WHERE allotment = $1 AND number = $2`, []any{int64(s.Allotment), int64(s.Number)}, &account, &transfer)
	return account, transfer, found, err
}

// giveBack returns the points of a ticket that was voided just now to the lots
// they came from. What is past its day there is expired at once (DECISIONS 17).
func (t *txn) giveBack(a allotmentRow, s cards.Serial) error {
	account, took, found, err := t.ticket(s)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("ledger: ticket %s is void and was never granted", s)
	}
	var back []lotShare
	err = t.each(`SELECT lot, points FROM lot_use WHERE transfer = $1 ORDER BY lot`, []any{took}, func(scan func(...any) error) error {
		var o lotShare
		err := scan(&o.lot, &o.points)
		o.points = -o.points
		back = append(back, o)
		return err
	})
	if err != nil {
		return err
	}
	seq, err := t.move(kindReturn, reference(s), int64(a.Points), ticketedOf(a.scheme), accountOf(account, a.scheme))
	if err != nil {
		return err
	}
	return errorOr(t.useLots(seq, back), t.expire(account))
}

// noDigest stands where a ticket ends before anything was heard of its paper.
func noDigest() []byte { return make([]byte, 32) }

// knownTicket makes a ticket's end possible before its entry came.
func (t *txn) knownTicket(s cards.Serial) error {
	_, err := t.exec(`INSERT INTO issued (allotment, number, source, digest, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (allotment, number) DO NOTHING`,
		int64(s.Allotment), int64(s.Number), sourceTicket, noDigest(), t.ms())
	return err
}

// ErrMayBeSpent reports a ticket that a shop may have taken in what was lost when
// a backup was put back.
var ErrMayBeSpent = errors.New("ledger: the ticket may have been spent in what was lost: ask the shops")

// VoidTicket ends a ticket that no shop took, by a person's word: its kiosk is
// gone, or the paper is. Its points go back. It returns a [RefusedError] for one
// that has ended, and [ErrMayBeSpent] where the book can't know that.
func (l *Ledger) VoidTicket(ctx context.Context, s cards.Serial, person, reason string) (points uint32, err error) {
	return l.voidTicket(ctx, s, person, reason, false)
}

// VoidUnspent is [Ledger.VoidTicket] by somebody who has asked the shops.
func (l *Ledger) VoidUnspent(ctx context.Context, s cards.Serial, person, reason string) (points uint32, err error) {
	return l.voidTicket(ctx, s, person, reason, true)
}

func (l *Ledger) voidTicket(ctx context.Context, s cards.Serial, person, reason string, asked bool) (points uint32, err error) {
	if person == "" || reason == "" {
		return 0, fmt.Errorf("%w: who voids a ticket has a name and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleDecide); err != nil {
			return err
		}
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		a, err := l.voidable(t, s)
		if err != nil {
			return err
		}
		if doubted, err := t.doubted(a.ID); err != nil || doubted && !asked {
			return errorOr(err, ErrMayBeSpent)
		}
		if err := t.knownTicket(s); err != nil {
			return err
		}
		points = a.Points
		_, err = t.void(a, s, person, reason)
		return err
	})
	return points, err
}

// voidable finds a ticket that was granted and has not ended.
func (l *Ledger) voidable(t *txn, s cards.Serial) (a allotmentRow, err error) {
	if a, _, err = l.allotment(t, s.Allotment); err != nil {
		return a, err
	}
	if _, _, found, err := t.ticket(s); err != nil || !found {
		return a, errorOr(err, fmt.Errorf("%w: no ticket %s was granted", ErrBadRequest, s))
	}
	if e, found, err := t.ended(s); err != nil || found {
		return a, errorOr(err, t.refusal(s, e))
	}
	if !t.at.Before(a.Expires.End()) {
		err = &RefusedError{Why: Lapsed, At: a.Expires.End()}
	}
	return a, err
}

// An OpenTicket is a ticket that was granted and has not ended.
type OpenTicket struct {
	Serial  cards.Serial
	Kiosk   string
	Points  uint32
	Granted time.Time
	Expires cards.Day
	Journal cards.State // where the kiosk's journal has it; empty if it was not signed, as far as was heard
}

// OpenTickets returns them, those that lapse first first: one that was granted
// long ago and never signed was lost between hub and kiosk, and a person voids
// it before its last day.
func (l *Ledger) OpenTickets(ctx context.Context) (list []OpenTicket, err error) {
	err = l.view(ctx, func(t *txn) error {
		return t.each(`SELECT x.allotment, x.number, k.kiosk, a.points, x.at, a.expires, COALESCE((SELECT j.state FROM judged j
				WHERE j.allotment = x.allotment AND j.number = x.number AND j.verdict = 'accepted' ORDER BY j.seq DESC LIMIT 1), '')
			FROM ticket x JOIN allotment a ON a.id = x.allotment JOIN signing_key k ON k.id = a.key_id
			LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number WHERE e.allotment IS NULL ORDER BY a.expires, x.at, x.allotment, x.number`, nil,
			func(scan func(...any) error) error {
				var one OpenTicket
				var at int64
				err := scan(&one.Serial.Allotment, &one.Serial.Number, &one.Kiosk, &one.Points, &at, &one.Expires, &one.Journal)
				one.Granted = time.UnixMilli(at)
				list = append(list, one)
				return err
			})
	})
	return list, err
}
