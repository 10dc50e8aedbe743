package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pointkiosk/cards"
)

// kindReverse: the account that has a card's points → the one that should have
// them, or → reversed.
const kindReverse = "reverse"

func reversedOf(scheme string) string { return "reversed:" + scheme }

// Why a card's points can't be moved.
var (
	ErrNotRedeemed = errors.New("ledger: nobody has the points of this card")
	ErrReversed    = errors.New("ledger: the points of this card were moved before")
	ErrHasIt       = errors.New("ledger: the points of this card are there already")
	ErrNothingLeft = errors.New("ledger: the points of this card are spent, or past their day")
)

// A Reversal moves the points of a redeemed card to another account, as far as
// they are neither spent nor past their day; the day stays theirs.
type Reversal struct {
	Serial         cards.Serial
	To             string // the account; empty: nobody's, the points are given up
	Person, Reason string
}

// A Reversed is a reversal that was done.
type Reversed struct {
	Serial         cards.Serial
	From, To       string
	Points         int64
	Expires        cards.Day
	Event          cards.Event
	Person, Reason string
	At             time.Time
}

// Reverse does it, once for a card and for good. The card stays redeemed: whose
// it was stays in the book beside whose it is.
func (l *Ledger) Reverse(ctx context.Context, r Reversal) (done Reversed, err error) {
	if r.Person == "" || r.Reason == "" || strings.Contains(r.To, ":") {
		return done, fmt.Errorf("%w: a reversal has a person and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(r.Person, RoleDecide); err != nil {
			return err
		}
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		a, from, err := l.reversible(t, r)
		if err != nil {
			return err
		}
		done, err = t.reverse(a, from, r)
		return err
	})
	return done, err
}

// reversible finds whose points a card's are, or why they can't be moved.
func (l *Ledger) reversible(t *txn, r Reversal) (a allotmentRow, from string, err error) {
	e, found, err := t.ended(r.Serial)
	if err != nil {
		return a, "", err
	}
	before, err := t.one(`SELECT 1 FROM reversal WHERE allotment = $1 AND number = $2`, []any{int64(r.Serial.Allotment), int64(r.Serial.Number)}, new(int64))
	switch {
	case err != nil:
		return a, "", err
	case before:
		return a, "", ErrReversed
	case !found || e.state != stateRedeemed || strings.Contains(e.account, ":"): // what bought a prize is no account's
		return a, "", ErrNotRedeemed
	case e.account == r.To:
		return a, "", ErrHasIt
	}
	a, _, err = l.allotment(t, r.Serial.Allotment)
	return a, e.account, err
}

// reverse moves what is left of the card's lot, and the account's day with it.
func (t *txn) reverse(a allotmentRow, from string, r Reversal) (done Reversed, err error) {
	if err := t.expire(from); err != nil {
		return done, err
	}
	o := lotShare{}
	done = Reversed{Serial: r.Serial, From: from, To: r.To, Event: a.Event, Person: r.Person, Reason: r.Reason, At: time.UnixMilli(t.ms())}
	_, err = t.one(`SELECT o.transfer, `+lotLeft+`, o.expires FROM lot o JOIN transfer t ON t.seq = o.transfer WHERE t.kind = $1 AND t.reference = $2`,
		[]any{kindRedeem, reference(r.Serial)}, &o.lot, &o.points, &done.Expires)
	if err != nil || o.points <= 0 {
		return done, errorOr(err, ErrNothingLeft)
	}
	if err := t.moveDay(a, r, o.points == int64(a.Points)); err != nil {
		return done, err
	}
	done.Points = o.points
	target := reversedOf(a.scheme)
	if r.To != "" {
		target = accountOf(r.To, a.scheme)
	}
	seq, err := t.move(kindReverse, reference(r.Serial), o.points, accountOf(from, a.scheme), target)
	if err != nil {
		return done, err
	}
	if err := t.useLots(seq, []lotShare{o}); err != nil {
		return done, err
	}
	if r.To != "" {
		if _, err := t.exec(`INSERT INTO lot (transfer, account, scheme, points, expires) VALUES ($1, $2, $3, $4, $5)`,
			seq, r.To, a.scheme, o.points, int64(done.Expires)); err != nil {
			return done, err
		}
	}
	said := saidReversal{int64(r.Serial.Allotment), int64(r.Serial.Number), from, r.To, o.points, seq, r.Person, r.Reason, t.ms()}
	_, err = t.exec(`INSERT INTO reversal (allotment, number, account, heir, points, transfer, person, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		said.Allotment, said.Number, said.Account, said.Heir, said.Points, said.Transfer, said.Person, said.Reason, said.At)
	return done, errorOr(err, t.chain(kindReversal, seq, said))
}

// moveDay gives a once-a-day event's day back to who had the card, and uses up
// that of who has it now; a [RefusedError] says that they have had one. Who kept
// any of the points has had the day: it is not given back then.
func (t *txn) moveDay(a allotmentRow, r Reversal, whole bool) error {
	if !a.Event.OncePerDay {
		return nil
	}
	if whole {
		if _, err := t.exec(`DELETE FROM claimed_day WHERE allotment = $1 AND number = $2`, int64(r.Serial.Allotment), int64(r.Serial.Number)); err != nil {
			return err
		}
	}
	if r.To == "" {
		return nil
	}
	return t.takeDay(a, r.Serial, r.To)
}

// heir says whose a redeemed card is now, where its points were moved.
func (t *txn) heir(s cards.Serial, account *string) error {
	_, err := t.one(`SELECT heir FROM reversal WHERE allotment = $1 AND number = $2`, []any{int64(s.Allotment), int64(s.Number)}, account)
	return err
}

// Reversals returns those that concern an account, the latest first, at most so
// many; of all accounts if it is empty.
func (l *Ledger) Reversals(ctx context.Context, account string, most int) (list []Reversed, err error) {
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT r.allotment, r.number, r.account, r.heir, r.points, o.expires, r.person, r.reason, r.at FROM reversal r
			JOIN transfer t ON t.kind = 'redeem' AND t.reference = CAST(r.allotment AS TEXT) || '/' || CAST(r.number AS TEXT) JOIN lot o ON o.transfer = t.seq
			WHERE $1 = '' OR r.account = $1 OR r.heir = $1 ORDER BY r.transfer DESC LIMIT $2`, []any{account, most}, func(scan func(...any) error) error {
			var r Reversed
			var at int64
			err := scan(&r.Serial.Allotment, &r.Serial.Number, &r.From, &r.To, &r.Points, &r.Expires, &r.Person, &r.Reason, &at)
			r.At = time.UnixMilli(at)
			list = append(list, r)
			return err
		})
		for n := range list {
			if err == nil {
				var a allotmentRow
				a, _, err = l.allotment(t, list[n].Serial.Allotment)
				list[n].Event = a.Event
			}
		}
		return err
	})
	return list, err
}

// reversalRules are about points that were moved to another account.
func reversalRules() []rule {
	const (
		moved   = `reversal x JOIN allotment a ON a.id = x.allotment`
		lots    = moved + ` JOIN transfer t ON t.kind = 'redeem' AND t.reference = ` + refCard + ` LEFT JOIN lot o ON o.transfer = t.seq AND o.account = x.account`
		lotEnds = `(o.expires + 1) * 86400000 - 32400000` // as in expireRules
	)
	return []rule{
		{"reverse", "reversal of card %s has not its one transfer", fact(moved, `1 = 1`, refCard, kindReverse, `'account:' || x.account || ':' || a.scheme`,
			`CASE WHEN x.heir = '' THEN 'reversed:' || a.scheme ELSE 'account:' || x.heir || ':' || a.scheme END`, `x.points`)},
		{"reverse", "transfer %s has no reversal", stray(kindReverse, `reversal x WHERE x.transfer = t.seq`, refCard)},
		{"reverse", "card %s was reversed and was not redeemed by who had its points, or by nobody's word", `SELECT ` + refCard + ` FROM ` + moved + `
			LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number AND e.state = 'redeemed' AND e.account = x.account AND e.at <= x.at
			WHERE e.allotment IS NULL OR x.heir = x.account OR x.points <= 0 OR x.points > a.points OR x.person = '' OR x.reason = ''`},
		{"reverse", "reversal of card %s took other points than were left of its own", `SELECT ` + refCard + ` FROM ` + lots + `
			WHERE o.transfer IS NULL OR x.at >= ` + lotEnds + ` OR 1 <> (SELECT COUNT(*) FROM lot_use u WHERE u.transfer = x.transfer)
			OR 1 <> (SELECT COUNT(*) FROM lot_use u WHERE u.transfer = x.transfer AND u.lot = o.transfer AND u.points = x.points)`},
		{"reverse", "reversal of card %s gave other points than it took, or with another day", `SELECT ` + refCard + ` FROM ` + lots + `
			LEFT JOIN lot h ON h.transfer = x.transfer WHERE (x.heir = '') <> (h.transfer IS NULL)
			OR h.account <> x.heir OR h.points <> x.points OR h.expires <> o.expires OR h.scheme <> a.scheme`},
		{"once a day", "who used points of card %s before its rest was moved has the day again", `SELECT ` + refCard + ` FROM ` + moved + `
			LEFT JOIN claimed_day c ON c.account = x.account AND c.event = a.event AND c.day = a.day
			WHERE a.once_per_day = 1 AND x.points < a.points AND c.account IS NULL
			AND x.transfer > (SELECT MIN(t.seq) FROM transfer t WHERE t.kind = 'terms')`}, // books that have none gave the day back
	}
}
