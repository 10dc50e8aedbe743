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

// disputedVoids adds the cards that were voided so.
func (t *txn) disputedVoids(from, to cards.KeyID, found map[cards.Serial]*DisputedCard) error {
	return t.each(`SELECT j.key_id, j.allotment, j.number, MIN(j.seq), MAX(j.seq), COUNT(*), MAX(r.at), (SELECT COUNT(*) FROM kept_claim k
		WHERE k.allotment = j.allotment AND k.number = j.number)`+disputedVoid+` AND r.key_id BETWEEN $1 AND $2
		GROUP BY j.key_id, j.allotment, j.number`, []any{int64(from), int64(to)}, func(scan func(...any) error) error {
		c := DisputedCard{Why: WhyVoid, Vouched: true}
		var revoked int64
		err := scan(&c.key, &c.Serial.Allotment, &c.Serial.Number, &c.First, &c.Last, &c.Entries, &revoked, &c.Claims)
		c.Since = time.UnixMilli(revoked)
		found[c.Serial] = &c
		return err
	})
}

// mayUnvoid reports whether a person has to decide on the void of a card.
func (t *txn) mayUnvoid(s cards.Serial) (bool, error) {
	return t.one(`SELECT 1`+disputedVoid+` AND j.allotment = $1 AND j.number = $2`, []any{int64(s.Allotment), int64(s.Number)}, new(int64))
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
