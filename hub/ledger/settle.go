package ledger

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// A Settled is what a partner took in one month, and so what it is owed: a point
// is a yen, in full (DECISIONS 22).
type Settled struct {
	Partner string
	Scheme  string
	Month   string // 2026-11, in Japan
	Tickets int
	Points  int64
}

// Settlement returns what partners took from one moment until before another,
// by partner, month and scheme; of all partners if none is named.
func (l *Ledger) Settlement(ctx context.Context, partner string, from, until time.Time) (list []Settled, err error) {
	err = l.view(ctx, func(t *txn) error {
		return t.each(`SELECT s.partner, a.scheme, s.at, a.points FROM spent s JOIN allotment a ON a.id = s.allotment
			WHERE ($1 = '' OR s.partner = $1) AND s.at >= $2 AND s.at < $3 ORDER BY s.partner, a.scheme, s.at`,
			[]any{partner, from.UnixMilli(), until.UnixMilli()}, func(scan func(...any) error) error {
				var one Settled
				var at int64
				if err := scan(&one.Partner, &one.Scheme, &at, &one.Points); err != nil {
					return err
				}
				one.Month, one.Tickets = time.UnixMilli(at).In(cards.Japan).Format("2006-01"), 1
				if n := len(list) - 1; n >= 0 && list[n].Partner == one.Partner && list[n].Scheme == one.Scheme && list[n].Month == one.Month {
					list[n].Tickets, list[n].Points = list[n].Tickets+1, list[n].Points+one.Points
					return nil
				}
				list = append(list, one)
				return nil
			})
	})
	return list, err
}

// Hosts returns the sites where cards are, or were, claimed.
func (l *Ledger) Hosts(ctx context.Context) (hosts []cards.Host, err error) {
	err = l.view(ctx, func(t *txn) error { hosts, err = t.hosts(); return err })
	return hosts, err
}
