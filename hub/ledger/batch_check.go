package ledger

import (
	"bytes"
	"strconv"

	"pointkiosk/cards"
)

// batchRules are about cards that are printed beforehand.
func batchRules() []rule {
	const (
		activated = `batch_range x JOIN allotment a ON a.id = x.allotment`
		refRange  = `CAST(x.n AS TEXT)`
		claim     = `batch_claim x LEFT JOIN batch_claim_end w ON w.allotment = x.allotment AND w.number = x.number AND w.account = x.account AND w.claimed = x.at
			LEFT JOIN issued i ON i.allotment = x.allotment AND i.number = x.number LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number`
	)
	usual := strconv.Itoa(usualWait)
	return []rule{
		{"activate", "range %s has not its one transfer", fact(activated, `x.state = 'activated' AND x.cards > 0`, refRange, kindActivate,
			`'funding:' || a.scheme`, `'allotment:' || CAST(a.id AS TEXT)`, `a.points * x.cards`)},
		{"activate", "transfer %s has no range", stray(kindActivate, activated+` WHERE x.state = 'activated' AND x.cards > 0`, refRange)},
		{"budget", "event %s has cost more than it may", `SELECT r.subject FROM money_rule r WHERE r.name = 'budget'
			AND r.n = (SELECT MAX(n.n) FROM money_rule n WHERE n.name = r.name AND n.subject = r.subject) AND r.value <> 0 AND r.value < (` + usedOf(`r.subject`) + `)`},
		{"may", "what was taken back as %s is no part of what was granted, or by nobody's word", `SELECT CAST(x.n AS TEXT) FROM batch_grant_end x WHERE x.person = '' OR x.reason = ''
			OR NOT EXISTS (SELECT 1 FROM batch_grant g WHERE g.n = x.granted AND g.first_number <= x.first_number AND x.first_number <= x.last_number AND x.last_number <= g.last_number)`},
		{"batch", "batch %s has cards in its account that nobody activated", `SELECT a.account FROM posting a JOIN allotment b ON a.account = 'allotment:' || CAST(b.id AS TEXT)
			WHERE b.batch = 1 GROUP BY a.account HAVING SUM(a.amount) <> 0`},
		{"batch", "card %s is active, and of no batch", `SELECT ` + refCard + ` FROM issued x JOIN allotment a ON a.id = x.allotment WHERE (x.source = 'activated') <> (a.batch = 1)`},
		{"batch", "it is not known which card was redeemed under %s", `SELECT ` + refCard + ` FROM ended x JOIN allotment a ON a.id = x.allotment AND a.batch = 1
			LEFT JOIN batch_card c ON c.allotment = x.allotment AND c.number = x.number WHERE x.state = 'redeemed' AND c.allotment IS NULL`},
		{"batch", "the batch key %s holds something else", `SELECT CAST(a.key_id AS TEXT) FROM allotment a WHERE a.practice = 0 GROUP BY a.key_id HAVING MIN(a.batch) <> MAX(a.batch)`},
		{"waiting claim", "card %s is active or withdrawn, and a claim of it still waits", `SELECT ` + refCard + ` FROM ` + claim + ` WHERE w.allotment IS NULL
			AND (i.allotment IS NOT NULL OR EXISTS (SELECT 1 FROM batch_range b WHERE b.allotment = x.allotment AND b.state IN ('withdrawn', 'lost')
				AND x.number BETWEEN b.first_number AND b.last_number AND NOT ` + thiefs + `))`},
		{"waiting claim", "a claim of card %s waits again, and no compromised key had ended it", `SELECT ` + refCard + ` FROM batch_claim_again x WHERE NOT EXISTS (SELECT 1 FROM batch_range b
			WHERE b.allotment = x.allotment AND b.state IN ('withdrawn', 'lost') AND x.number BETWEEN b.first_number AND b.last_number AND b.at = x.ended AND ` + thiefs + `)`},
		{"range", "range %s takes back something by nobody's word", `SELECT ` + refRange + ` FROM batch_range x WHERE x.state = 'kept' AND (x.key_id <> 0 OR x.seq <> 0 OR x.person = '' OR x.reason = '')`},
		{"waiting claim", "a claim of card %s ended in points that are not there", `SELECT ` + refCard + ` FROM ` + claim + `
			WHERE w.how = 'given' AND (e.state IS NULL OR e.state <> 'redeemed' OR e.account <> x.account OR e.at <> w.at)`},
		{"waiting claim", "a claim of card %s ended as withdrawn, and nobody withdrew it", `SELECT ` + refCard + ` FROM ` + claim + ` WHERE w.how = 'withdrawn'
			AND NOT EXISTS (SELECT 1 FROM batch_range r WHERE r.allotment = x.allotment AND r.state IN ('withdrawn', 'lost') AND r.at = w.at
				AND x.number BETWEEN r.first_number AND r.last_number)`},
		{"waiting claim", "a claim of card %s ended in no way known here", `SELECT ` + refCard + ` FROM ` + claim + `
			WHERE w.how NOT IN ('given', 'used', 'once', 'withdrawn', 'late', 'lapsed', 'other', 'person') OR w.how IN ('used', 'once', 'lapsed', 'other', 'person') AND i.allotment IS NULL`},
		{"waiting claim", "a claim of card %s ended as late, and no rule ever was that it is so soon", `SELECT ` + refCard + ` FROM ` + claim + ` WHERE w.how = 'late'
			AND w.at < x.at + 86400000 * COALESCE((SELECT MIN(r.value) FROM money_rule r WHERE r.name = 'wait' AND r.value < ` + usual + `), ` + usual + `)`},
		{"waiting claim", "a claim of card %s waits for a person, and is not among those", `SELECT ` + refCard + ` FROM ` + claim + `
			LEFT JOIN kept_claim k ON k.allotment = x.allotment AND k.number = x.number AND k.account = x.account WHERE w.how = 'person' AND k.allotment IS NULL`},
		{"range", "the ranges of key %s are not those of its journal", `SELECT CAST(j.key_id AS TEXT) FROM judged j
			LEFT JOIN batch_range b ON b.key_id = j.key_id AND b.seq = j.seq AND b.state = j.state
			WHERE j.verdict = 'accepted' AND j.state IN ('making', 'made', 'opened', 'activated', 'withdrawn', 'lost') GROUP BY j.key_id
			HAVING COUNT(*) <> COUNT(b.n) OR COUNT(*) <> (SELECT COUNT(*) FROM batch_range o WHERE o.key_id = j.key_id)`},
	}
}

// batches tells what was said of each batch again, from the beginning, and looks
// whether that leaves active what is.
func (a *audit) batches() error {
	var ids []int64
	counts := map[int64]int64{}
	err := a.each(`SELECT id, cards FROM allotment WHERE batch = 1 ORDER BY id`, nil, func(scan func(...any) error) error {
		var id, count int64
		err := scan(&id, &count)
		ids, counts[id] = append(ids, id), count
		return err
	})
	for _, id := range ids {
		err = errorOr(err, a.retell(id, counts[id]))
	}
	return errorOr(err, a.rangesOfEntries())
}

func (a *audit) retell(id, count int64) error {
	doubted := map[int64]bool{}
	err := a.each(`SELECT b.n FROM batch_range b WHERE b.allotment = $1 AND `+thiefs, []any{id}, func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		doubted[n] = true
		return err
	})
	is := make([]byte, count+1)
	making := int64(0)
	err = errorOr(err, a.eachRange(`WHERE allotment = $1`, []any{id}, func(r saidRange) {
		if r.First < 1 || r.Last < r.First || r.Last > count {
			a.fault("range", "range %d is none of batch %d", r.N, id)
			return
		}
		if changed := r.tell(is, doubted[r.N]); changed != r.Cards {
			a.fault("range", "range %d changed %d cards, and says %d", r.N, changed, r.Cards)
		}
		if r.State == string(cards.Making) {
			if r.First != making+1 {
				a.fault("range", "range %d begins at %d, and %d were taken before", r.N, r.First, making)
			}
			making = r.Last
		}
	}))
	return errorOr(err, a.compareActive(id, is))
}

// tell does what was said of a range, by a thief or not, and counts the numbers that it
// changed.
func (r saidRange) tell(is []byte, thief bool) (changed int64) {
	for n := r.First; n <= r.Last; n++ {
		before, now := is[n], &is[n]
		switch r.State {
		case string(cards.Activated):
			if before == isInactive {
				*now = isActive
			}
		case string(cards.Withdrawn), string(cards.Lost):
			if before == isInactive {
				*now = isDoubted
			}
			if *now == isDoubted && !thief {
				*now = isGone
			}
		case stateKept:
			if before == isDoubted {
				*now = isInactive
			}
		}
		changed += bit(before == isInactive && *now != isInactive || before != isInactive && *now == isInactive)
	}
	return changed
}

// compareActive looks whether the cards are active that should be.
func (a *audit) compareActive(id int64, is []byte) error {
	err := a.each(`SELECT number FROM issued WHERE allotment = $1`, []any{id}, func(scan func(...any) error) error {
		var n int
		if err := scan(&n); err != nil {
			return err
		}
		if n < 1 || n >= len(is) || is[n] != isActive {
			a.fault("batch", "card %d/%d is active by the word of nobody", id, n)
			return nil
		}
		is[n] = isInactive
		return nil
	})
	for n, state := range is {
		if state == isActive {
			a.fault("batch", "card %d/%d was activated and is not", id, n)
		}
	}
	return err
}

// rangesOfEntries looks whether each range is what its entry says.
func (a *audit) rangesOfEntries() error {
	type of struct{ key, seq int64 }
	said := map[of]saidRange{}
	err := a.eachRange(`WHERE key_id <> 0`, nil, func(r saidRange) { said[of{r.Key, r.Seq}] = r })
	if err != nil {
		return err
	}
	return a.each(`SELECT j.key_id, j.seq, e.data FROM judged j JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq
		WHERE j.verdict = 'accepted' AND j.state IN ('making', 'made', 'opened', 'activated', 'withdrawn', 'lost')`, nil, func(scan func(...any) error) error {
		var key, seq int64
		var data []byte
		if err := scan(&key, &seq, &data); err != nil {
			return err
		}
		var e cards.Entry // whose signature was checked when it came
		err := cards.Unsealed(data, cards.PaperEntry, &e)
		r := said[of{key, seq}]
		if err == nil && (r.Allotment != int64(e.Allotment) || r.First != int64(e.Number) || r.Last != int64(e.Last) || r.State != string(e.State) ||
			r.Person != plain(e.Operator) || r.Partner != "" || r.Reason != plain(e.Reason) || r.Request != plain(e.Request) || r.Copy != int64(e.Copy) || !bytes.Equal(r.Digest, e.Digest)) {
			a.fault("range", "range %d is not what entry %d of key %d says", r.N, seq, key)
		}
		return err
	})
}

// eachRange calls f for what was said of some ranges, in its order.
func (t *txn) eachRange(where string, args []any, f func(saidRange)) error {
	return t.each(`SELECT n, allotment, first_number, last_number, state, cards, key_id, seq, person, partner, reason, request, copy, digest, at FROM batch_range `+where+` ORDER BY n`,
		args, func(scan func(...any) error) error {
			var r saidRange
			err := scan(&r.N, &r.Allotment, &r.First, &r.Last, &r.State, &r.Cards, &r.Key, &r.Seq, &r.Person, &r.Partner, &r.Reason, &r.Request, &r.Copy, &r.Digest, &r.At)
			if r.Digest == nil {
				r.Digest = []byte{}
			}
			f(r)
			return err
		})
}

// ranges hashes again what was said of every range.
func (a *audit) ranges() (n int, err error) {
	var all []saidRange
	err = a.eachRange(``, nil, func(r saidRange) { all = append(all, r) })
	for _, r := range all {
		err = errorOr(err, a.links(kindRange, r.N, r))
	}
	return len(all), err
}

// moneyRules hashes again what people set.
func (a *audit) moneyRules() (n int, err error) {
	return a.rehash(kindRule, `SELECT n, name, subject, value, person, at, reason FROM money_rule ORDER BY n`, nil, func(scan func(...any) error) (saying, error) {
		var s saidRule
		err := scan(&s.N, &s.Name, &s.Subject, &s.Value, &s.Person, &s.At, &s.Reason)
		return saying{s.N, s}, err
	})
}

// mays hashes again which kiosk may activate what.
func (a *audit) mays() (n int, err error) {
	return a.rehash(kindMay, `SELECT n, allotment, first_number, last_number, kiosk, partner, person, at FROM batch_grant ORDER BY n`, nil, func(scan func(...any) error) (saying, error) {
		var s saidMay
		err := scan(&s.N, &s.Allotment, &s.First, &s.Last, &s.Kiosk, &s.Partner, &s.Person, &s.At)
		return saying{s.N, s}, err
	})
}
