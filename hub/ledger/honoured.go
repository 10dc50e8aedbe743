package ledger

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// Honoured are the cards of a kiosk that one operator asked to void, or said are lost, and that
// somebody has redeemed all the same (DECISIONS 13).
type Honoured struct {
	Kiosk, Operator string // no kiosk: at the hub
	Points          int64
	Cards           []HonouredCard
}

// A HonouredCard is one of them.
type HonouredCard struct {
	Serial   cards.Serial
	Key      cards.KeyID
	Entry    uint64 // that asked to void it; 0: a person did, at the hub
	Reason   string
	Second   string // the second person, where it took one
	Redeemed time.Time
}

// honouring gathers them by kiosk and operator.
type honouring struct {
	list  []Honoured
	place map[[2]string]int
}

func (h *honouring) add(kiosk, operator string, points int64, c HonouredCard) {
	who := [2]string{kiosk, operator}
	if _, held := h.place[who]; !held {
		h.place[who] = len(h.list)
		h.list = append(h.list, Honoured{Kiosk: kiosk, Operator: operator})
	}
	one := &h.list[h.place[who]]
	one.Points, one.Cards = one.Points+points, append(one.Cards, c)
}

// HonouredCards returns them by kiosk and operator: first those that were asked
// for one by one, then those of lost boxes.
func (l *Ledger) HonouredCards(ctx context.Context) (list []Honoured, err error) {
	h := &honouring{place: map[[2]string]int{}}
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT k.kiosk, j.key_id, j.seq, a.points, n.at, e.data FROM judged j
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
			h.add(kiosk, e.Operator, points, c)
			return nil
		})
		return errorOr(err, t.honouredOfLost(h))
	})
	return h.list, err
}

// honouredOfLost adds the redeemed cards of boxes that somebody said are lost, each
// once: by who said so first.
func (t *txn) honouredOfLost(h *honouring) error {
	seen := map[cards.Serial]bool{}
	return t.each(`SELECT COALESCE(k.kiosk, ''), b.person, b.reason, b.key_id, b.seq, a.points, n.at, n.allotment, n.number FROM batch_range b
		JOIN allotment a ON a.id = b.allotment
		JOIN ended n ON n.allotment = b.allotment AND n.number BETWEEN b.first_number AND b.last_number AND n.state = 'redeemed' AND n.at <= b.at
		LEFT JOIN signing_key k ON k.id = b.key_id WHERE b.state = 'lost' ORDER BY b.n, n.number`, nil, func(scan func(...any) error) error {
		var kiosk, person string
		var c HonouredCard
		var points, at int64
		err := scan(&kiosk, &person, &c.Reason, &c.Key, &c.Entry, &points, &at, &c.Serial.Allotment, &c.Serial.Number)
		if c.Redeemed = time.UnixMilli(at); err == nil && !seen[c.Serial] {
			seen[c.Serial] = true
			h.add(kiosk, person, points, c)
		}
		return err
	})
}
