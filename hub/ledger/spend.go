package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pointkiosk/cards"
)

// A TicketView is what a ticket is worth, and which partner took it.
type TicketView struct {
	Allotment cards.Allotment
	Serial    cards.Serial
	SpentAt   time.Time // zero until it is
	SpentBy   string    // the partner's id
	Press     string    // by which press of a button
}

// LookTicket says what a ticket is worth and changes nothing. With a
// [RefusedError] the view is filled as far as it is known.
func (l *Ledger) LookTicket(ctx context.Context, c cards.Card) (v TicketView, err error) {
	v.Serial = c.Serial()
	err = l.view(ctx, func(t *txn) error {
		a, err := l.admit(t, c, cards.KindTicket)
		v.Allotment = a.Allotment
		if err != nil {
			return err
		}
		e, found, err := t.ended(c.Serial())
		switch {
		case err != nil:
			return err
		case found && e.state == stateSpent:
			v.SpentAt, v.SpentBy = e.at, e.account
			_, err := t.one(`SELECT press FROM spent WHERE allotment = $1 AND number = $2`, []any{int64(c.Allotment), int64(c.Number)}, &v.Press)
			return err
		case found:
			return t.refusal(c.Serial(), e)
		}
		return t.spendable(a, c)
	})
	return v, err
}

// spendable says why a ticket that has not ended can't be taken now.
func (t *txn) spendable(a allotmentRow, c cards.Card) error {
	if err := t.standing(a, c.Serial(), t.at); err != nil {
		return err
	}
	_, _, found, err := t.ticket(c.Serial())
	if err == nil && !found {
		err = refuse(NotGranted)
	}
	return err
}

// Spend takes a ticket at a partner's, once: the yen that it says are owed to
// the partner from then on. The same press of a button again changes nothing;
// any other is refused, the same partner's too.
func (l *Ledger) Spend(ctx context.Context, c cards.Card, partner, press string) (v TicketView, err error) {
	if partner == "" || strings.Contains(partner, ":") || press == "" {
		return v, fmt.Errorf("%w: %q is no partner, or pressed nothing", ErrBadRequest, partner)
	}
	var a allotmentRow
	if err := l.view(ctx, func(t *txn) (err error) { a, err = l.admit(t, c, cards.KindTicket); return err }); err != nil {
		return v, err
	}
	v = TicketView{Allotment: a.Allotment, Serial: c.Serial(), SpentBy: partner, Press: press}
	var refused error
	err = l.together(ctx, func(t *txn) error {
		err := t.attempt(func() (err error) { v.SpentAt, err = t.spend(a, c, partner, press); return err })
		if err == nil {
			return nil
		}
		refused = err
		return t.noteTicket(err, a, c.Serial())
	})
	if err != nil || refused != nil {
		return TicketView{Allotment: a.Allotment, Serial: c.Serial()}, errorOr(err, refused)
	}
	return v, nil
}

// noteTicket raises the alarms that a refused ticket tells of: only the key's
// holder can have signed it. It returns an error that is no refusal.
func (t *txn) noteTicket(err error, a allotmentRow, s cards.Serial) error {
	refused := (*RefusedError)(nil)
	switch {
	case !errors.As(err, &refused):
		return err
	case refused.other:
		return t.alarm(alarmDigest, a.Key, 0, s, "the ticket that somebody shows is not the one journalled under its number")
	case refused.Why == NotGranted:
		return t.alarm(alarmNotGranted, a.Key, 0, s, "a ticket is signed that was never granted")
	}
	return nil
}

// spend is Spend for a ticket that is genuine, in one transaction.
func (t *txn) spend(a allotmentRow, c cards.Card, partner, press string) (at time.Time, err error) {
	s := c.Serial()
	e, found, err := t.ended(s)
	if err != nil {
		return at, err
	}
	if found {
		return t.spentBefore(e, s, partner, press)
	}
	if err := t.spendable(a, c); err != nil {
		return at, err
	}
	digest := c.Digest()
	if err := t.sameCard(a, s, sourceCard, digest[:]); err != nil {
		return at, err
	}
	won, err := t.end(s, ending{state: stateSpent, account: partner, at: t.at})
	if err != nil {
		return at, err
	}
	if !won { // between the look and the write another was faster
		if e, _, err = t.ended(s); err != nil {
			return at, err
		}
		return t.spentBefore(e, s, partner, press)
	}
	if _, err := t.move(kindSpend, reference(s), int64(a.Points), ticketedOf(a.scheme), partnerOf(partner, a.scheme)); err != nil {
		return at, err
	}
	_, err = t.exec(`INSERT INTO spent (allotment, number, partner, press, at) VALUES ($1, $2, $3, $4, $5)`,
		int64(s.Allotment), int64(s.Number), partner, press, t.ms())
	return time.UnixMilli(t.ms()), err
}

// spentBefore answers for a ticket that has ended.
func (t *txn) spentBefore(e ending, s cards.Serial, partner, press string) (at time.Time, err error) {
	same, err := t.one(`SELECT 1 FROM spent WHERE allotment = $1 AND number = $2 AND partner = $3 AND press = $4`,
		[]any{int64(s.Allotment), int64(s.Number), partner, press}, new(int64))
	if err != nil || same {
		return e.at, err
	}
	return at, t.refusal(s, e)
}

// lapseTickets ends granted tickets past their last day that nobody took, and
// returns how many. Their points are expired: only a void gives points back
// (DECISIONS 17).
func (l *Ledger) lapseTickets(ctx context.Context) (total int, err error) {
	var past []cards.Serial
	if err := l.view(ctx, func(t *txn) (err error) { past, err = t.pastTickets(); return err }); err != nil {
		return 0, err
	}
	return l.lapseAll(ctx, past, l.lapseTicket)
}

func (t *txn) pastTickets() (past []cards.Serial, err error) {
	err = t.each(`SELECT x.allotment, x.number FROM ticket x JOIN allotment a ON a.id = x.allotment
		LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number WHERE a.expires < $1 AND e.allotment IS NULL ORDER BY x.allotment, x.number`,
		[]any{int64(cards.DayOf(t.at))}, func(scan func(...any) error) error {
			var s cards.Serial
			err := scan(&s.Allotment, &s.Number)
			past = append(past, s)
			return err
		})
	return past, err
}

func (l *Ledger) lapseTicket(t *txn, s cards.Serial) (done bool, err error) {
	a, _, err := l.allotment(t, s.Allotment)
	if err != nil || t.at.Before(a.Expires.End()) { // the clock was set back
		return false, err
	}
	if err := t.knownTicket(s); err != nil {
		return false, err
	}
	won, err := t.end(s, ending{state: stateLapsed, at: t.at})
	if err != nil || !won {
		return false, err
	}
	_, err = t.move(kindLapse, reference(s), int64(a.Points), ticketedOf(a.scheme), expiredOf(a.scheme))
	return true, err
}
