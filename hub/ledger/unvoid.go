package ledger

import (
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// kindUnvoid: void → outstanding, where the void is not believed.
const kindUnvoid = "unvoid"

// disputedVoid is the entry j that voided card e, of allotment a, where its key
// was compromised already under revocation r: it does not vouch for that
// (DECISIONS 7). Of what was signed there nobody believes anything: such cards
// are no different void.
const disputedVoid = ` FROM revocation r JOIN allotment a ON a.key_id = r.key_id AND a.practice = 0 AND a.kind <> 19
	JOIN judged j ON j.key_id = r.key_id AND j.allotment = a.id AND j.number BETWEEN 1 AND a.cards
	JOIN ended e ON e.allotment = j.allotment AND e.number = j.number AND e.state = 'void' AND e.at = j.at
	LEFT JOIN decided d ON d.allotment = j.allotment AND d.number = j.number
	WHERE r.how = 'compromised' AND j.verdict = 'accepted' AND j.state IN ('void asked', 'void') AND j.seq >= r.since AND d.allotment IS NULL
	AND EXISTS (` + vouched + `) AND NOT EXISTS (SELECT 1 FROM judged b WHERE b.allotment = j.allotment AND b.number = j.number AND b.key_id = j.key_id
		AND b.verdict = 'accepted' AND b.state IN ('void asked', 'void') AND b.seq < r.since)`

// disputedVoids adds the cards that were voided so and that no other takes the
// place of.
func (t *txn) disputedVoids(from, to cards.KeyID, found map[cards.Serial]*DisputedCard) error {
	var voids []*DisputedCard
	since := map[cards.KeyID]uint64{}
	err := t.voidsOf(`SELECT j.key_id, j.allotment, j.number, MIN(j.seq), MAX(j.seq), COUNT(*), MAX(r.at), MAX(r.since), (SELECT COUNT(*) FROM kept_claim k
		WHERE k.allotment = j.allotment AND k.number = j.number)`+disputedVoid+` AND r.key_id BETWEEN $1 AND $2
		GROUP BY j.key_id, j.allotment, j.number`, from, to, func(c *DisputedCard, compromised uint64) {
		voids, since[c.key] = append(voids, c), compromised
	})
	if err != nil {
		return err
	}
	replaced := map[cards.Serial]bool{}
	for key, n := range since { // each journal is read once
		if err := t.replaced(key, n, replaced); err != nil {
			return err
		}
	}
	for _, c := range voids {
		if !replaced[c.Serial] {
			found[c.Serial] = c
		}
	}
	return t.disputedLosses(from, to, found)
}

// voidsOf reads the voids that a query finds, and since when their keys are compromised.
func (t *txn) voidsOf(query string, from, to cards.KeyID, add func(*DisputedCard, uint64)) error {
	return t.each(query, []any{int64(from), int64(to)}, func(scan func(...any) error) error {
		c := &DisputedCard{Why: WhyVoid, Vouched: true}
		var revoked int64
		var compromised uint64
		err := scan(&c.key, &c.Serial.Allotment, &c.Serial.Number, &c.First, &c.Last, &c.Entries, &revoked, &compromised, &c.Claims)
		c.Since = time.UnixMilli(revoked)
		add(c, compromised)
		return err
	})
}

// replaced adds the cards in whose place the entries of a key from since on sign
// another, believed or not. Such a void stands: else the card would be good
// beside the one that was handed out for it.
func (t *txn) replaced(key cards.KeyID, since uint64, found map[cards.Serial]bool) error {
	return t.each(`SELECT e.data FROM judged j JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq WHERE j.key_id = $1 AND j.seq >= $2 AND j.state = $3`,
		[]any{int64(key), int64(since), string(cards.Signed)}, func(scan func(...any) error) error {
			var data []byte
			if err := scan(&data); err != nil {
				return err
			}
			var e cards.Entry // whose signature was checked when it came
			err := cards.Unsealed(data, cards.PaperEntry, &e)
			if s, is := cards.AgainOf(e.Request); is {
				found[s] = true
			}
			return err
		})
}

// mayUnvoid reports whether a person has to decide on the void of a card.
func (t *txn) mayUnvoid(s cards.Serial) (bool, error) {
	var key cards.KeyID
	var since uint64
	disputed, err := t.one(`SELECT j.key_id, r.since`+disputedVoid+` AND j.allotment = $1 AND j.number = $2 LIMIT 1`,
		[]any{int64(s.Allotment), int64(s.Number)}, &key, &since)
	if err != nil {
		return false, err
	}
	if !disputed {
		return t.one(`SELECT 1`+disputedLoss+` AND x.allotment = $1 AND x.number = $2 LIMIT 1`, []any{int64(s.Allotment), int64(s.Number)}, new(int64))
	}
	replaced := map[cards.Serial]bool{}
	err = t.replaced(key, since, replaced)
	return !replaced[s], err
}

// voidOpen reports whether claims of a card may wait for a person: of a void one
// only while they have to decide on its void.
func (t *txn) voidOpen(s cards.Serial, e ending) (bool, error) {
	if e.state != stateVoid {
		return true, nil
	}
	return t.mayUnvoid(s)
}

// waitsVoid reports whether a claim of a void card is kept for a person: one who
// has to decide on its void, of a card that is not past its day.
func (t *txn) waitsVoid(s cards.Serial) (bool, error) {
	inTime, err := t.one(`SELECT 1 FROM allotment a JOIN signing_key k ON k.id = a.key_id WHERE a.id = $1 AND a.expires >= $2 AND k.honoured_until > $3`,
		[]any{int64(s.Allotment), int64(cards.DayOf(t.at)), t.ms()}, new(int64))
	if err != nil || !inTime {
		return false, err
	}
	return t.mayUnvoid(s)
}

// errUnvoided reports a card whose void a person did not believe: it has had its
// one void.
var errUnvoided = errors.New("ledger: a person decided that this card is good")

// unvoid makes a card outstanding again.
func (t *txn) unvoid(a allotmentRow, s cards.Serial) error {
	card := []any{int64(s.Allotment), int64(s.Number)}
	n, err := t.exec(`INSERT INTO unvoided (allotment, number, person, reason, void_at, at)
		SELECT allotment, number, person, reason, at, $3 FROM ended WHERE allotment = $1 AND number = $2 AND state = 'void'`, append(card, t.ms())...)
	if err == nil && n != 1 {
		err = fmt.Errorf("ledger: card %s is not void", s)
	}
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM ended WHERE allotment = $1 AND number = $2`, card...); err != nil {
		return err
	}
	_, err = t.move(kindUnvoid, reference(s), int64(a.Points), voidOf(a.scheme), outstandingOf(a.scheme))
	return err
}

// unvoided reports whether that was done to a card.
func (t *txn) unvoided(s cards.Serial) (bool, error) {
	return t.one(`SELECT 1 FROM unvoided WHERE allotment = $1 AND number = $2`, []any{int64(s.Allotment), int64(s.Number)}, new(int64))
}

func unvoidRules() []rule {
	const (
		unvoided    = `unvoided x JOIN allotment a ON a.id = x.allotment`
		outstanding = `'outstanding:' || a.scheme`
		void        = `'void:' || a.scheme`
	)
	return []rule{
		{"unvoid", "card %s was void until a decision, and has not its one void", fact(unvoided, `1 = 1`, refCard, kindVoid, outstanding, void, `a.points`)},
		{"unvoid", "card %s was void until a decision, and has not its one transfer back", fact(unvoided, `1 = 1`, refCard, kindUnvoid, void, outstanding, `a.points`)},
		{"unvoid", "transfer %s takes back no void", stray(kindUnvoid, unvoided, refCard)},
		{"unvoid", "card %s is void, or nobody decided that it is not", `SELECT ` + refCard + ` FROM unvoided x
			LEFT JOIN decided d ON d.allotment = x.allotment AND d.number = x.number AND d.outcome = 'kept'
			LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number AND e.state = 'void'
			WHERE d.allotment IS NULL OR e.allotment IS NOT NULL`},
		{"time", "card %s is no longer void since another time than its transfer says", dated(unvoided, refCard, `'unvoid'`)},
	}
}
