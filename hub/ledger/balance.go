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
	Kind    string // redeem
	Points  int64  // negative when they left
	Serial  cards.Serial
	Event   cards.Event
	Expires cards.Day
}

// maxMovements is how many movements a balance shows.
const maxMovements = 50

// Balance returns the points of an account, with their lots and the latest
// movements. An account that never had points has a balance of nothing.
func (l *Ledger) Balance(ctx context.Context, account string) (b Balance, err error) {
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT scheme, expires, SUM(points) FROM lot WHERE account = $1 GROUP BY scheme, expires ORDER BY expires, scheme`,
			[]any{account}, func(scan func(...any) error) error {
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
	err = t.each(`SELECT t.at, t.kind, t.reference, o.points, o.expires FROM lot o JOIN transfer t ON t.seq = o.transfer
		WHERE o.account = $1 ORDER BY t.seq DESC LIMIT $2`, []any{account, maxMovements}, func(scan func(...any) error) error {
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
