package ledger

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// Honoured are the cards of a kiosk that one operator asked to void and that
// somebody has redeemed all the same (DECISIONS 13).
type Honoured struct {
	Kiosk, Operator string
	Points          int64
	Cards           []HonouredCard
}

// A HonouredCard is one of them.
type HonouredCard struct {
	Serial   cards.Serial
	Key      cards.KeyID
	Entry    uint64 // that asked to void it
	Reason   string
	Second   string // the second person, where it took one
	Redeemed time.Time
}

// HonouredCards returns them by kiosk and operator.
func (l *Ledger) HonouredCards(ctx context.Context) (list []Honoured, err error) {
	place := map[[2]string]int{}
	err = l.view(ctx, func(t *txn) error {
		return t.each(`SELECT k.kiosk, j.key_id, j.seq, a.points, n.at, e.data FROM judged j
			JOIN ended n ON n.allotment = j.allotment AND n.number = j.number AND n.state IN ('redeemed', 'spent')
			JOIN allotment a ON a.id = j.allotment JOIN signing_key k ON k.id = j.key_id JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq
			WHERE j.state = 'void asked' AND j.verdict = 'accepted' ORDER BY k.kiosk, j.key_id, j.seq`, nil, func(scan func(...any) error) error {
			var kiosk string
			var c HonouredCard
			var points, at int64
			var data []byte
			if err := scan(&kiosk, &c.Key, &c.Entry, &points, &at, &data); err != nil {
				return err
			}
			var e cards.Entry // whose signature was checked when it came
			if err := cards.Unsealed(data, cards.PaperEntry, &e); err != nil {
				return err
			}
			c.Serial, c.Reason, c.Second, c.Redeemed = e.Serial(), e.Reason, e.Second, time.UnixMilli(at)
			who := [2]string{kiosk, e.Operator}
			if _, held := place[who]; !held {
				place[who] = len(list)
				list = append(list, Honoured{Kiosk: kiosk, Operator: e.Operator})
			}
			h := &list[place[who]]
			h.Points, h.Cards = h.Points+points, append(h.Cards, c)
			return nil
		})
	})
	return list, err
}
