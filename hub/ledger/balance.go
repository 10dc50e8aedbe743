package ledger

import (
	"context"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// A Balance is what one MyKey ID holds.
type Balance struct {
	Points    int64
	Lots      []Lot      // the one that expires first, first
	Movements []Movement // the latest first, at most [maxMovements]
}

// A Lot is points with one origin and one last day.
type Lot struct {
	Scheme  string
	Points  int64
	Expires cards.Day
}

// A Movement is one transfer as the account's holder sees it.
type Movement struct {
	At      time.Time
	Kind    string // redeem, expire, ticket, return, reverse
	Points  int64  // negative when they left
	Serial  cards.Serial
	Event   cards.Event
	Expires cards.Day
}

// maxMovements is how many movements a balance shows.
const maxMovements = 50

// Balance returns the points of an account, with their lots and the latest
// movements. What is past its last day is not among them, even before
// [Ledger.Expire] has moved it. An account that never had points has a balance of nothing.
func (l *Ledger) Balance(ctx context.Context, account string) (b Balance, err error) {
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT o.scheme, o.expires, SUM(`+lotLeft+`) FROM lot o WHERE o.account = $1 AND o.expires >= $2 AND `+lotLeft+` > 0
			GROUP BY o.scheme, o.expires ORDER BY o.expires, o.scheme`, []any{account, int64(cards.DayOf(t.at))}, func(scan func(...any) error) error {
			var o Lot
			err := scan(&o.Scheme, &o.Expires, &o.Points)
			b.Lots = append(b.Lots, o)
			b.Points += o.Points
			return err
		})
		if err == nil {
			b.Movements, err = l.movements(t, account)
		}
		return err
	})
	return b, err
}

func (l *Ledger) movements(t *txn, account string) (list []Movement, err error) {
	err = t.each(`SELECT x.at, x.kind, g.reference, x.points, x.expires FROM (
			SELECT t.seq, o.transfer AS lot, t.at, t.kind, o.points, o.expires FROM lot o JOIN transfer t ON t.seq = o.transfer WHERE o.account = $1
			UNION ALL SELECT t.seq, CASE WHEN t.kind = 'expire' THEN MIN(o.transfer) ELSE t.seq END, t.at, t.kind, -SUM(u.points), MIN(o.expires)
				FROM lot o JOIN lot_use u ON u.lot = o.transfer JOIN transfer t ON t.seq = u.transfer WHERE o.account = $1 GROUP BY t.seq, t.at, t.kind) x
		JOIN transfer g ON g.seq = x.lot ORDER BY x.seq DESC LIMIT $2`, []any{account, maxMovements}, func(scan func(...any) error) error {
		var m Movement
		var at int64
		var ref string
		if err := scan(&at, &m.Kind, &ref, &m.Points, &m.Expires); err != nil {
			return err
		}
		m.At = time.UnixMilli(at)
		list = append(list, m)
		_, err := fmt.Sscanf(ref, "%d/%d", &list[len(list)-1].Serial.Allotment, &list[len(list)-1].Serial.Number)
		return err
	})
	if err != nil {
		return nil, err
	}
	events := map[uint32]cards.Event{}
	for n, m := range list {
		e, held := events[m.Serial.Allotment]
		if !held {
			a, _, err := l.allotment(t, m.Serial.Allotment)
			if err != nil {
				return nil, err
			}
			e = a.Event
			events[m.Serial.Allotment] = e
		}
		list[n].Event = e
	}
	return list, nil
}
