package ledger

import (
	"context"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// What the transfers of a surplus are for that no card could pay back.
const (
	kindOwe = "owe" // change → owed
	kindPay = "pay" // owed → change: a person paid it back
)

func owedOf(scheme string) string { return "owed:" + scheme }

// owe writes down that the kiosk will never issue the card over a slip's surplus.
// Said again, it stays as it is.
func (t *txn) owe(slip int64) error {
	scheme, surplus, change, err := t.surplus(slip)
	if err != nil {
		return err
	}
	known, err := t.one(`SELECT 1 FROM prize_owed WHERE slip = $1`, []any{slip}, new(int64))
	if err != nil || known || change == 0 {
		return err
	}
	if _, err := t.exec(`INSERT INTO prize_owed (slip, at) VALUES ($1, $2)`, slip, t.ms()); err != nil {
		return err
	}
	_, err = t.move(kindOwe, fmt.Sprint(slip), surplus, changeOf(scheme), owedOf(scheme))
	return err
}

func (t *txn) surplus(slip int64) (scheme string, surplus, change int64, err error) {
	found, err := t.one(`SELECT scheme, surplus, change FROM prize_slip WHERE slip = $1`, []any{slip}, &scheme, &surplus, &change)
	if err == nil && !found {
		err = fmt.Errorf("%w: no slip %d", ErrBadRequest, slip)
	}
	return scheme, surplus, change, err
}

// PayOwed ends what is owed on a slip, by a person's word: the reason says how it
// was paid back. It returns the points.
func (l *Ledger) PayOwed(ctx context.Context, slip uint64, person, reason string) (points uint32, err error) {
	if person == "" || reason == "" || slip > 1<<62 {
		return 0, fmt.Errorf("%w: who pays a surplus back has a name and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleDecide); err != nil {
			return err
		}
		scheme, surplus, _, err := t.surplus(int64(slip))
		if err != nil {
			return err
		}
		open, err := t.one(`SELECT 1 FROM prize_owed o WHERE o.slip = $1 AND NOT EXISTS (SELECT 1 FROM prize_paid p WHERE p.slip = o.slip)`,
			[]any{int64(slip)}, new(int64))
		if err != nil || !open {
			return errorOr(err, fmt.Errorf("%w: nothing is owed on slip %d", ErrBadRequest, slip))
		}
		if err := t.paidAlready(slip); err != nil {
			return err
		}
		said := saidPaid{int64(slip), person, reason, t.ms()}
		if _, err := t.exec(`INSERT INTO prize_paid (slip, person, reason, at) VALUES ($1, $2, $3, $4)`, said.Slip, said.Person, said.Reason, said.At); err != nil {
			return err
		}
		points = uint32(surplus)
		_, err = t.move(kindPay, fmt.Sprint(slip), surplus, owedOf(scheme), changeOf(scheme))
		return errorOr(err, t.chain(kindPaid, said.Slip, said))
	})
	return points, err
}

// An Owed is a surplus that no card could pay back and nobody has yet.
type Owed struct {
	Slip     uint64
	Kiosk    string
	Scheme   string
	Points   uint32
	Operator string // who handed the prize out
	Prize    cards.Text
	At       time.Time // of the slip
}

// Owed returns what is owed, the oldest first.
func (l *Ledger) Owed(ctx context.Context) (list []Owed, err error) {
	err = l.view(ctx, func(t *txn) error {
		return t.each(`SELECT s.slip, k.kiosk, s.scheme, s.surplus, s.operator, p.name_ja, p.name_en, s.at FROM prize_owed o
			JOIN prize_slip s ON s.slip = o.slip JOIN signing_key k ON k.id = s.key_id JOIN prize p ON p.id = s.prize AND p.revision = s.revision
			LEFT JOIN prize_paid d ON d.slip = o.slip WHERE d.slip IS NULL ORDER BY o.slip`, nil, func(scan func(...any) error) error {
			var one Owed
			var at int64
			err := scan(&one.Slip, &one.Kiosk, &one.Scheme, &one.Points, &one.Operator, &one.Prize.Ja, &one.Prize.En, &at)
			one.At = time.UnixMilli(at)
			list = append(list, one)
			return err
		})
	})
	return list, err
}

func owedRules() []rule {
	const (
		refSlip = `CAST(x.slip AS TEXT)`
		owed    = `prize_owed x JOIN prize_slip s ON s.slip = x.slip`
		paid    = `prize_paid x JOIN prize_slip s ON s.slip = x.slip`
		owes    = `'owed:' || s.scheme`
		pays    = `'change:' || s.scheme`
	)
	return []rule{
		{"owed", "what is owed on slip %s has not its one transfer", fact(owed, `1 = 1`, refSlip, kindOwe, pays, owes, `s.surplus`)},
		{"owed", "transfer %s owes for no slip", stray(kindOwe, owed+` WHERE 1 = 1`, refSlip)},
		{"owed", "what was paid back on slip %s has not its one transfer", fact(paid, `1 = 1`, refSlip, kindPay, owes, pays, `s.surplus`)},
		{"owed", "transfer %s pays back for no slip", stray(kindPay, paid+` WHERE 1 = 1`, refSlip)},
		{"owed", "slip %s owes what it promised nobody, or was paid back by nobody", `SELECT ` + refSlip + ` FROM prize_owed x
			LEFT JOIN prize_slip s ON s.slip = x.slip AND s.change <> 0 LEFT JOIN prize_paid p ON p.slip = x.slip
			WHERE s.slip IS NULL OR p.person = '' OR p.reason = ''`},
	}
}
