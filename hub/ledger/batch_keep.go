package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// stateKept is said of cards that only a compromised key withdrew, by a person who
// does not believe it: they are inactive again. Its seq is the n of what is not believed.
const stateKept = "kept"

// thiefs reports that the key was compromised already with which b was said.
const thiefs = `EXISTS (SELECT 1 FROM revocation_step s WHERE s.key_id = b.key_id AND s.how = 'compromised' AND s.since <= b.seq)`

// withdrawnOf counts the cards of batch a that are withdrawn.
const withdrawnOf = `SELECT COALESCE(SUM(CASE WHEN b.state = 'kept' THEN -b.cards ELSE b.cards END), 0)
	FROM batch_range b WHERE b.allotment = a.id AND b.state IN ('withdrawn', 'lost', 'kept')`

// A withdrawal is what was said of a range that ends what is not active of it.
type withdrawal struct {
	n, first, last int64
	thief          bool // a compromised key said so: a person decides
	kept           map[int64]bool
}

// ends reports whether it stands of a number.
func (w withdrawal) ends(n int64) bool { return w.first <= n && n <= w.last && !w.kept[n] }

// withdrawals returns those of numbers of a range, the oldest first.
func (t *txn) withdrawals(r saidRange) (list []withdrawal, err error) {
	args := []any{r.Allotment, r.First, r.Last}
	of := map[int64]int{}
	err = t.each(`SELECT b.n, b.first_number, b.last_number, CASE WHEN `+thiefs+` THEN 1 ELSE 0 END FROM batch_range b
		WHERE b.allotment = $1 AND b.state IN ('withdrawn', 'lost') AND b.last_number >= $2 AND b.first_number <= $3 ORDER BY b.n`,
		args, func(scan func(...any) error) error {
			w := withdrawal{kept: map[int64]bool{}}
			err := scan(&w.n, &w.first, &w.last, &w.thief)
			of[w.n] = len(list)
			list = append(list, w)
			return err
		})
	return list, errorOr(err, t.each(`SELECT seq, first_number, last_number FROM batch_range WHERE allotment = $1 AND state = 'kept' AND last_number >= $2 AND first_number <= $3`,
		args, func(scan func(...any) error) error {
			var n, first, last int64
			err := scan(&n, &first, &last)
			for at, known := of[n]; known && first <= last; first++ {
				list[at].kept[first] = true
			}
			return err
		}))
}

// numbers says what each number of a range is.
func (t *txn) numbers(r saidRange) (is []byte, err error) {
	is = make([]byte, r.Last-r.First+1)
	list, err := t.withdrawals(r)
	for _, w := range list {
		for n := max(w.first, r.First); n <= min(w.last, r.Last); n++ {
			switch now := &is[n-r.First]; {
			case !w.ends(n):
			case !w.thief:
				*now = isGone
			case *now == isInactive:
				*now = isDoubted
			}
		}
	}
	return is, errorOr(err, t.each(`SELECT number FROM issued WHERE allotment = $1 AND number BETWEEN $2 AND $3`, []any{r.Allotment, r.First, r.Last}, func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		is[n-r.First] = isActive
		return err
	}))
}

// Keep makes cards of a range inactive again that only a compromised key withdrew: a
// person does not believe it, having seen how many that are (DECISIONS 7). Who believes
// it withdraws them too.
func (l *Ledger) Keep(ctx context.Context, r Range) (done RangeDone, err error) {
	if r.Reason == "" {
		return done, errNoReason
	}
	return l.sayRange(ctx, r, RoleDecide, func(t *txn, a allotmentRow, said *saidRange) (err error) {
		done, err = t.keepCards(a, r, said)
		return err
	}, &done)
}

func (t *txn) keepCards(a allotmentRow, r Range, said *saidRange) (done RangeDone, err error) {
	is, err := t.numbers(*said)
	if err != nil {
		return done, err
	}
	for _, state := range is {
		done.Cards += int(bit(state == isDoubted))
	}
	done.Yen = int64(done.Cards) * int64(a.Points)
	if done.Cards != r.Seen || done.Cards == 0 {
		return done, t.unseen(done, is, *said)
	}
	list, err := t.withdrawals(*said)
	for at, w := range list {
		for first := said.First; first <= said.Last && err == nil; first++ {
			k := saidRange{Allotment: said.Allotment, First: first, Last: first - 1, State: stateKept, Seq: w.n, Person: said.Person, Reason: said.Reason}
			for n := first; n <= said.Last && is[n-said.First] == isDoubted && w.ends(n); n++ {
				k.Last = n
				k.Cards += bit(!anyEnds(list[at+1:], n)) // the last one is what it is inactive without
			}
			if k.Last >= k.First {
				err, first = t.keepRange(&k), k.Last
			}
		}
	}
	return done, err
}

func anyEnds(list []withdrawal, n int64) bool {
	for _, w := range list {
		if w.ends(n) {
			return true
		}
	}
	return false
}

// unseen says what a person has to have seen.
func (t *txn) unseen(done RangeDone, is []byte, r saidRange) error {
	if done.Cards == 0 {
		return fmt.Errorf("%w: no compromised key alone withdrew any of these cards", ErrBadRequest)
	}
	open, err := t.openWaits(r)
	claims := 0
	for _, w := range open {
		claims += int(bit(is[int64(w.number)-r.First] == isDoubted))
	}
	return errorOr(err, &SeenError{Cards: done.Cards, Claims: claims, Yen: done.Yen})
}

// waitAgain opens the claims again that ended because a key withdrew their cards which
// was compromised by then: whether they did a person decides.
func (t *txn) waitAgain(key int64) error {
	type ended struct {
		wait
		allotment, at int64
	}
	var list []ended
	err := t.each(`SELECT DISTINCT w.allotment, w.number, w.account, w.claimed, w.at FROM batch_range b
		JOIN batch_claim_end w ON w.allotment = b.allotment AND w.number BETWEEN b.first_number AND b.last_number AND w.at = b.at AND w.how = 'withdrawn'
		WHERE b.key_id = $1 AND b.state IN ('withdrawn', 'lost') AND `+thiefs+` ORDER BY w.allotment, w.number, w.claimed, w.account`,
		[]any{key}, func(scan func(...any) error) error {
			var e ended
			err := scan(&e.allotment, &e.number, &e.account, &e.wait.at, &e.at)
			list = append(list, e)
			return err
		})
	for _, e := range list {
		is, isErr := t.numbers(saidRange{Allotment: e.allotment, First: int64(e.number), Last: int64(e.number)})
		if err = errorOr(err, isErr); err != nil || is[0] != isDoubted {
			continue
		}
		_, again := t.exec(`INSERT INTO batch_claim_again (allotment, number, account, claimed, ended, at) VALUES ($1, $2, $3, $4, $5, $6)`,
			e.allotment, int64(e.number), e.account, e.wait.at, e.at, t.ms())
		_, gone := t.exec(`DELETE FROM batch_claim_end WHERE allotment = $1 AND number = $2 AND account = $3 AND claimed = $4`,
			e.allotment, int64(e.number), e.account, e.wait.at)
		err = errors.Join(again, gone)
	}
	return err
}

// disputedLoss are the cards e that were active, and that a key which was compromised
// already under revocation r voided, with the box b: as with [disputedVoid], a person
// decides, but where a key that was good or a person said so first.
const disputedLoss = ` FROM revocation r JOIN batch_range b ON b.key_id = r.key_id AND b.state = 'lost' AND b.seq >= r.since
	JOIN ended e ON e.allotment = b.allotment AND e.number BETWEEN b.first_number AND b.last_number AND e.state = 'void'
		AND e.at = b.at AND e.person = b.person AND e.reason = b.reason
	JOIN issued x ON x.allotment = e.allotment AND x.number = e.number
	LEFT JOIN decided d ON d.allotment = x.allotment AND d.number = x.number
	WHERE r.how = 'compromised' AND d.allotment IS NULL AND EXISTS (` + activatedInTime + `)
	AND NOT EXISTS (SELECT 1 FROM batch_range g WHERE g.allotment = x.allotment AND g.state = 'lost' AND g.n < b.n AND g.at = b.at
		AND x.number BETWEEN g.first_number AND g.last_number AND (g.key_id <> r.key_id OR g.seq < r.since))`

// disputedLosses adds the cards that were voided so.
func (t *txn) disputedLosses(from, to cards.KeyID, found map[cards.Serial]*DisputedCard) error {
	return t.voidsOf(`SELECT b.key_id, x.allotment, x.number, MIN(b.seq), MAX(b.seq), COUNT(*), MAX(r.at), MAX(r.since), (SELECT COUNT(*) FROM kept_claim k
		WHERE k.allotment = x.allotment AND k.number = x.number)`+disputedLoss+` AND r.key_id BETWEEN $1 AND $2
		GROUP BY b.key_id, x.allotment, x.number`, from, to, func(c *DisputedCard, _ uint64) { found[c.Serial] = c })
}

// cardsOf are the cards of an entry of a range that it would change still: those that
// are inactive, and of a lost box those that are active too and have not ended.
func (t *txn) cardsOf(allotment uint32, d DisputedRange) (n int, err error) {
	r := saidRange{Allotment: int64(allotment), First: int64(d.First), Last: int64(d.Last)}
	fresh, _, err := t.inactive(r)
	if err != nil || d.State != cards.Lost {
		return len(fresh), err
	}
	_, err = t.one(`SELECT COUNT(*) FROM issued x LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number
		WHERE x.allotment = $1 AND x.number BETWEEN $2 AND $3 AND e.allotment IS NULL`, []any{r.Allotment, r.First, r.Last}, &n)
	return len(fresh) + n, err
}

// doubtedRanges finds what compromised keys withdrew, and no person has decided on.
func (t *txn) doubtedRanges(b *Batch) error {
	var all []DisputedRange
	err := t.each(`SELECT b.first_number, b.last_number, b.state, b.seq, b.at, k.kiosk FROM batch_range b JOIN signing_key k ON k.id = b.key_id
		WHERE b.allotment = $1 AND b.state IN ('withdrawn', 'lost') AND `+thiefs+` ORDER BY b.n`, []any{int64(b.Allotment.ID)}, func(scan func(...any) error) error {
		var at int64
		d := DisputedRange{Why: WhySince}
		err := scan(&d.First, &d.Last, &d.State, &d.Seq, &at, &d.Kiosk)
		d.At = time.UnixMilli(at)
		all = append(all, d)
		return err
	})
	for _, d := range all {
		is, isErr := t.numbers(saidRange{Allotment: int64(b.Allotment.ID), First: int64(d.First), Last: int64(d.Last)})
		err = errorOr(err, isErr)
		for _, state := range is {
			d.Cards += int(bit(state == isDoubted))
		}
		b.dispute(d)
	}
	return err
}

// dispute adds what waits for a person, if it is about any card.
func (b *Batch) dispute(d DisputedRange) {
	if d.Cards > 0 {
		d.Yen = int64(d.Cards) * int64(b.Allotment.Points)
		b.Disputed = append(b.Disputed, d)
	}
}
