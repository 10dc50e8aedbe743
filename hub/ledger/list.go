package ledger

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// A Kiosk is what the hub knows of one kiosk.
type Kiosk struct {
	Name    string
	Key     cards.KeyID // 0 until it is enrolled
	Revoked cards.Revocation
	Stop    string // why it was told to stop; empty if it may issue
	Cursor  uint64 // entries kept without a gap
	Heard   time.Time
	Granted uint32 // cards, live
	Issued  uint32
	Ended   uint32 // redeemed, void or lapsed
	AtRisk  int64  // yen: if stolen now, at most this
}

// Kiosks returns every kiosk with its newest key, in order of name.
func (l *Ledger) Kiosks(ctx context.Context) (kiosks []Kiosk, err error) {
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT i.name, COALESCE((SELECT MAX(k.id) FROM signing_key k WHERE k.kiosk = i.name AND k.role = $1), 0)
			FROM kiosk i ORDER BY i.name`, []any{roleLive}, func(scan func(...any) error) error {
			var k Kiosk
			err := scan(&k.Name, &k.Key)
			kiosks = append(kiosks, k)
			return err
		})
		for n := range kiosks {
			err = errorOr(err, t.fill(&kiosks[n]))
		}
		return err
	})
	return kiosks, err
}

func (t *txn) fill(k *Kiosk) error {
	key, found, err := t.signer(k.Key)
	if err != nil || !found {
		return err
	}
	k.Revoked = key.revoked
	if k.Stop, err = t.stopped(k.Key); err != nil {
		return err
	}
	var heard int64
	_, err = t.one(`SELECT COALESCE((SELECT MAX(seq) FROM judged WHERE key_id = $1), 0), COALESCE((SELECT MAX(received) FROM entry WHERE key_id = $1), 0)`,
		[]any{int64(k.Key)}, &k.Cursor, &heard)
	if err != nil {
		return err
	}
	if heard > 0 {
		k.Heard = time.UnixMilli(heard)
	}
	return t.sumUp(k, key)
}

// sumUp counts the cards of a key's allotments, and what is still at risk: all
// that have not ended, or of a compromised key those that it vouched for in
// time and those that a person accepted.
func (t *txn) sumUp(k *Kiosk, key signer) error {
	compromised := key.revoked == cards.Compromised
	return t.each(`SELECT a.cards, a.points, a.expires, (SELECT COUNT(*) FROM issued i WHERE i.allotment = a.id),
		(SELECT COUNT(*) FROM ended e WHERE e.allotment = a.id),
		(SELECT COUNT(*) FROM judged j LEFT JOIN ended e ON e.allotment = j.allotment AND e.number = j.number
			WHERE j.allotment = a.id AND j.state = 'signed' AND j.verdict = 'accepted' AND j.seq < $2 AND e.allotment IS NULL
			AND NOT EXISTS (SELECT 1 FROM decided d WHERE d.allotment = j.allotment AND d.number = j.number))
		+ (SELECT COUNT(*) FROM decided d LEFT JOIN ended e ON e.allotment = d.allotment AND e.number = d.number
			WHERE d.allotment = a.id AND d.outcome IN ('good', 'kept') AND e.allotment IS NULL)
		FROM allotment a WHERE a.key_id = $1`, []any{int64(k.Key), int64(key.since)},
		func(scan func(...any) error) error {
			var count, points, issued, ended, vouched int64
			var expires cards.Day
			if err := scan(&count, &points, &expires, &issued, &ended, &vouched); err != nil {
				return err
			}
			k.Granted, k.Issued, k.Ended = k.Granted+uint32(count), k.Issued+uint32(issued), k.Ended+uint32(ended)
			switch {
			case !t.at.Before(expires.End()):
			case compromised:
				k.AtRisk += vouched * points
			default:
				k.AtRisk += (count - ended) * points
			}
			return nil
		})
}

// An Alarm is something that a person should look at.
type Alarm struct {
	Kind   string
	Key    cards.KeyID
	Seq    uint64
	Serial cards.Serial // zero if it is about no card
	Words  string
	At     time.Time
}

// Alarms returns every alarm, the latest first.
func (l *Ledger) Alarms(ctx context.Context) (alarms []Alarm, err error) {
	err = l.view(ctx, func(t *txn) error {
		return t.each(`SELECT kind, key_id, seq, allotment, number, words, at FROM alarm ORDER BY at DESC, kind, key_id, seq`, nil,
			func(scan func(...any) error) error {
				var a Alarm
				var at int64
				err := scan(&a.Kind, &a.Key, &a.Seq, &a.Serial.Allotment, &a.Serial.Number, &a.Words, &at)
				a.At = time.UnixMilli(at)
				alarms = append(alarms, a)
				return err
			})
	})
	return alarms, err
}
