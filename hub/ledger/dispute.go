package ledger

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"pointkiosk/cards"
)

// Why a card waits for a person.
const (
	WhyLate     = "late"     // an entry came after the key was revoked as compromised
	WhySince    = "since"    // its entry lies where the key was already compromised
	WhyUnheard  = "unheard"  // somebody claims it, and no entry of it came
	WhyRestored = "restored" // a backup was put back, and it may have been redeemed since
	WhyVoid     = "void"     // the entry that voided it lies where the key was already compromised
)

// A Dispute is what waits for a person of one allotment: cards of a compromised
// key that no entry in time vouches for (DECISIONS 7).
type Dispute struct {
	Kiosk       string
	Key         cards.KeyID
	Allotment   cards.Allotment
	First, Last uint64 // of the entries; 0 if there are none
	Entries     int
	Claims      int // kept until it is decided
	Since       time.Time
	Why         []string // in order of the alphabet
	Cards       []DisputedCard
}

// Yen is what the cards are worth if all are accepted.
func (d Dispute) Yen() int64 { return int64(d.Allotment.Points) * int64(len(d.Cards)) }

// A DisputedCard is one card that waits for a person.
type DisputedCard struct {
	Serial  cards.Serial
	First   uint64 // the first disputed entry; 0 if none came
	Last    uint64
	Entries int
	Claims  int
	Since   time.Time
	Why     string
	Vouched bool // it is good; only whether it is void is disputed, or whether it should be ([WhyVoid])
	key     cards.KeyID
}

// vouched asks for the entry that vouches for the card of j under revocation r.
const vouched = `SELECT 1 FROM judged v WHERE v.allotment = j.allotment AND v.number = j.number AND v.key_id = j.key_id
	AND v.state = 'signed' AND v.verdict = 'accepted' AND v.seq < r.since`

// disputedEntries are the entries of compromised keys that a person has to
// decide on: those that would make a card good, or void one that is good. Of single
// cards of a batch no entry ever says anything.
const disputedEntries = `SELECT j.key_id, j.allotment, j.number, MIN(j.seq), MAX(j.seq), COUNT(*), MIN(j.at), MAX(r.at),
	MAX(CASE WHEN j.verdict = 'accepted' THEN 0 ELSE 1 END), MAX(CASE WHEN EXISTS (` + vouched + `) THEN 1 ELSE 0 END)
	FROM revocation r JOIN allotment a ON a.key_id = r.key_id AND a.practice = 0 AND a.kind <> 19 AND a.batch = 0
	JOIN judged j ON j.key_id = r.key_id AND j.allotment = a.id AND j.number BETWEEN 1 AND a.cards
	LEFT JOIN ended e ON e.allotment = j.allotment AND e.number = j.number
	LEFT JOIN decided d ON d.allotment = j.allotment AND d.number = j.number
	WHERE r.how = 'compromised' AND r.key_id BETWEEN $1 AND $2 AND e.allotment IS NULL AND d.allotment IS NULL
	AND CASE WHEN EXISTS (` + vouched + `) THEN j.reason IN ('revoked', 'chain') AND j.state IN ('void asked', 'void')
		ELSE j.reason IN ('revoked', 'chain') OR j.verdict = 'accepted' AND j.state = 'signed' END
	GROUP BY j.key_id, j.allotment, j.number`

const disputedClaims = `SELECT a.key_id, k.allotment, k.number, COUNT(*), MIN(k.at), MAX(CASE WHEN r.key_id IS NULL AND (a.batch = 0 OR EXISTS (` + lostClaim + `)) THEN 1 ELSE 0 END)
	FROM kept_claim k JOIN allotment a ON a.id = k.allotment LEFT JOIN revocation r ON r.key_id = a.key_id AND r.how = 'compromised'
	LEFT JOIN ended e ON e.allotment = k.allotment AND e.number = k.number
	LEFT JOIN decided d ON d.allotment = k.allotment AND d.number = k.number
	WHERE a.key_id BETWEEN $1 AND $2 AND e.allotment IS NULL AND d.allotment IS NULL
	GROUP BY a.key_id, k.allotment, k.number`

// disputed returns the cards of the keys from one id to another that wait for
// a person, in order of allotment and number.
func (t *txn) disputed(from, to cards.KeyID) ([]DisputedCard, error) {
	found, err := t.disputedByEntries(from, to)
	if err != nil {
		return nil, err
	}
	err = t.disputedVoids(from, to, found)
	if err != nil {
		return nil, err
	}
	err = t.each(disputedClaims, []any{int64(from), int64(to)}, func(scan func(...any) error) error {
		c := DisputedCard{Why: WhyUnheard}
		var at int64
		var good bool // the key is
		if err := scan(&c.key, &c.Serial.Allotment, &c.Serial.Number, &c.Claims, &at, &good); err != nil {
			return err
		}
		if good {
			c.Why = WhyRestored
		}
		if held := found[c.Serial]; held != nil {
			held.Claims = c.Claims
			at = min(at, held.Since.UnixMilli())
		} else {
			found[c.Serial] = &c
		}
		found[c.Serial].Since = time.UnixMilli(at)
		return nil
	})
	list := make([]DisputedCard, 0, len(found))
	for _, c := range found {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b DisputedCard) int {
		return cmp.Or(cmp.Compare(a.Serial.Allotment, b.Serial.Allotment), cmp.Compare(a.Serial.Number, b.Serial.Number))
	})
	return list, err
}

func (t *txn) disputedByEntries(from, to cards.KeyID) (map[cards.Serial]*DisputedCard, error) {
	found := map[cards.Serial]*DisputedCard{}
	err := t.each(disputedEntries, []any{int64(from), int64(to)}, func(scan func(...any) error) error {
		var c DisputedCard
		var at, revoked int64
		var late bool
		err := scan(&c.key, &c.Serial.Allotment, &c.Serial.Number, &c.First, &c.Last, &c.Entries, &at, &revoked, &late, &c.Vouched)
		c.Since, c.Why = time.UnixMilli(max(at, revoked)), WhySince
		if late {
			c.Why = WhyLate
		}
		found[c.Serial] = &c
		return err
	})
	return found, err
}

// anyKey is above every key's id.
const anyKey = cards.KeyID(math.MaxUint32)

// Disputes returns what waits for a person, in order of allotment.
func (l *Ledger) Disputes(ctx context.Context) (list []Dispute, err error) {
	err = l.view(ctx, func(t *txn) error {
		waiting, err := t.disputed(0, anyKey)
		if err != nil {
			return err
		}
		for _, c := range waiting {
			if n := len(list); n == 0 || list[n-1].Allotment.ID != c.Serial.Allotment {
				a, _, err := l.allotment(t, c.Serial.Allotment)
				if err != nil {
					return err
				}
				key, _, err := t.signer(a.Key)
				if err != nil {
					return err
				}
				list = append(list, Dispute{Kiosk: key.kiosk, Key: a.Key, Allotment: a.Allotment})
			}
			list[len(list)-1].add(c)
		}
		return nil
	})
	return list, err
}

func (d *Dispute) add(c DisputedCard) {
	if c.First != 0 && (d.First == 0 || c.First < d.First) {
		d.First = c.First
	}
	d.Last = max(d.Last, c.Last)
	d.Entries, d.Claims = d.Entries+c.Entries, d.Claims+c.Claims
	if d.Since.IsZero() || c.Since.Before(d.Since) {
		d.Since = c.Since
	}
	if n, held := slices.BinarySearch(d.Why, c.Why); !held {
		d.Why = slices.Insert(d.Why, n, c.Why)
	}
	d.Cards = append(d.Cards, c)
}
