package ledger

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// A Kiosk is what the hub knows of one kiosk under one of its keys: who was
// enrolled again has had several, each with its journal and its cards.
type Kiosk struct {
	Name      string
	Key       cards.KeyID // 0 until it is enrolled
	Revoked   cards.Revocation
	RevokedBy string // who said so last
	Stop      string // why it was told to stop; empty if it may issue
	Cursor    uint64 // entries kept without a gap
	Heard     time.Time
	Granted   uint32 // cards, live
	Batch     bool   // they are printed beforehand
	Inactive  uint32 // of those: of batches, and not activated yet
	Withdrawn uint32 // of those: of batches, and never to be
	Cards     CardCount
	AtRisk    int64 // yen: what the key can still give away, at most
}

// A CardCount counts cards twice over. Each is outstanding or has ended:
// Issued is Redeemed, Void, Lapsed and Outstanding. And Paper says what the
// journal knows of their papers, redeemed or not: signed, printing, printed,
// presumed, uncertain, void asked. Honoured are the redeemed ones of which a
// void was asked.
type CardCount struct {
	Issued, Redeemed, Void, Lapsed, Honoured uint32
	Paper                                    map[cards.State]uint32
}

// Outstanding counts the cards that have not ended.
func (c CardCount) Outstanding() uint32 { return c.Issued - c.Redeemed - c.Void - c.Lapsed }

// Kiosks returns every kiosk under each of its keys, in order of name, the
// newest key first.
func (l *Ledger) Kiosks(ctx context.Context) (kiosks []Kiosk, err error) {
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT i.name, COALESCE(k.id, 0) FROM kiosk i LEFT JOIN signing_key k ON k.kiosk = i.name AND k.role = $1
			ORDER BY i.name, k.id DESC`, []any{roleLive}, func(scan func(...any) error) error {
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
	_, err = t.one(`SELECT COALESCE((SELECT MAX(seq) FROM judged WHERE key_id = $1), 0), COALESCE((SELECT MAX(received) FROM entry WHERE key_id = $1), 0),
		COALESCE((SELECT person FROM revocation_step WHERE key_id = $1 ORDER BY id DESC LIMIT 1), '')`,
		[]any{int64(k.Key)}, &k.Cursor, &heard, &k.RevokedBy)
	if err != nil {
		return err
	}
	if heard > 0 {
		k.Heard = time.UnixMilli(heard)
	}
	return errorOr(t.count(k), t.sumUp(k, key))
}

// count counts the cards of a key by what the journal says last of each, as
// far as it was accepted, and by how it ended.
func (t *txn) count(k *Kiosk) error {
	k.Cards.Paper = map[cards.State]uint32{}
	return t.each(`SELECT x.journal, x.ending, COUNT(*) FROM (SELECT COALESCE((SELECT j.state FROM judged j
			WHERE j.allotment = i.allotment AND j.number = i.number AND j.verdict = 'accepted' ORDER BY j.seq DESC LIMIT 1), '') AS journal,
			COALESCE(e.state, '') AS ending FROM allotment a JOIN issued i ON i.allotment = a.id
			LEFT JOIN ended e ON e.allotment = i.allotment AND e.number = i.number WHERE a.key_id = $1 AND a.kind <> 19) x GROUP BY x.journal, x.ending`,
		[]any{int64(k.Key)}, func(scan func(...any) error) error {
			var journal cards.State
			var ending string
			var n uint32
			err := scan(&journal, &ending, &n)
			k.Cards.add(journal, ending, n)
			return err
		})
}

func (c *CardCount) add(journal cards.State, ending string, n uint32) {
	c.Issued += n
	switch ending {
	case stateRedeemed:
		c.Redeemed += n
	case stateVoid:
		c.Void += n
	case stateLapsed:
		c.Lapsed += n
	}
	switch {
	case ending == stateRedeemed && (journal == cards.VoidAsked || journal == cards.Honoured):
		c.Honoured += n
	case ending != stateVoid && journal != "" && journal != cards.Void && journal != cards.Honoured:
		c.Paper[journal] += n
	}
}

// sumUp counts what the key was granted, and what is at risk if it is stolen
// now (DECISIONS 10): of each allotment whose cards are not past their last day,
// the points of every number that is not redeemed, void or lapsed here. Those
// that were handed out are among them, as a thief signs the same texts again,
// and so are those of an event that is over, as a card does not say when it was
// signed. Of a compromised key only those that it vouched for in time and those
// that a person accepted are left. Of tickets those count that were granted and
// not spent: others are worth nothing. Of batches [txn.sumUpBatches] says more.
func (t *txn) sumUp(k *Kiosk, key signer) error {
	compromised := key.revoked == cards.Compromised
	_, err := t.one(`SELECT COALESCE(SUM(a.points), 0) FROM ticket x JOIN allotment a ON a.id = x.allotment
		LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number WHERE a.key_id = $1 AND a.expires >= $2 AND e.allotment IS NULL`,
		[]any{int64(k.Key), int64(cards.DayOf(t.at))}, &k.AtRisk)
	if err != nil {
		return err
	}
	if err := t.sumUpBatches(k, key); err != nil {
		return err
	}
	return t.each(`SELECT a.cards, a.points, a.expires, (SELECT COUNT(*) FROM ended e WHERE e.allotment = a.id),
		(SELECT COUNT(*) FROM judged j LEFT JOIN ended e ON e.allotment = j.allotment AND e.number = j.number
			WHERE j.allotment = a.id AND j.state = 'signed' AND j.verdict = 'accepted' AND j.seq < $2 AND e.allotment IS NULL
			AND NOT EXISTS (SELECT 1 FROM decided d WHERE d.allotment = j.allotment AND d.number = j.number))
		+ (SELECT COUNT(*) FROM decided d LEFT JOIN ended e ON e.allotment = d.allotment AND e.number = d.number
			WHERE d.allotment = a.id AND d.outcome IN ('good', 'kept') AND e.allotment IS NULL)
		FROM allotment a WHERE a.key_id = $1 AND a.practice = 0 AND a.kind <> 19 AND a.batch = 0`, []any{int64(k.Key), int64(key.since)},
		func(scan func(...any) error) error {
			var count, points, ended, vouched int64
			var expires cards.Day
			if err := scan(&count, &points, &expires, &ended, &vouched); err != nil {
				return err
			}
			k.Granted += uint32(count)
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
