package ledger

import (
	"context"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// stateKept is said of cards that only a compromised key withdrew, by a person who
// does not believe it: they are inactive again, whatever was said before.
const stateKept = "kept"

// thiefs reports that the key was compromised already with which b was said.
const thiefs = `EXISTS (SELECT 1 FROM revocation_step s WHERE s.key_id = b.key_id AND s.how = 'compromised' AND s.since <= b.seq)`

// withdrawnOf counts the cards of batch a that are withdrawn.
const withdrawnOf = `SELECT COALESCE(SUM(CASE WHEN b.state = 'kept' THEN -b.cards ELSE b.cards END), 0)
	FROM batch_range b WHERE b.allotment = a.id AND b.state IN ('withdrawn', 'lost', 'kept')`

// numbers says what each number of a range is.
func (t *txn) numbers(r saidRange) (is []byte, err error) {
	is = make([]byte, r.Last-r.First+1)
	args := []any{r.Allotment, r.First, r.Last}
	err = t.each(`SELECT b.first_number, b.last_number, CASE WHEN b.state = 'kept' THEN `+fmt.Sprint(isInactive)+` WHEN `+thiefs+` THEN `+fmt.Sprint(isDoubted)+` ELSE `+fmt.Sprint(isGone)+` END
		FROM batch_range b WHERE b.allotment = $1 AND b.state IN ('withdrawn', 'lost', 'kept') AND b.last_number >= $2 AND b.first_number <= $3 ORDER BY b.n`,
		args, func(scan func(...any) error) error {
			var first, last int64
			var to byte
			err := scan(&first, &last, &to)
			for n := max(first, r.First); n <= min(last, r.Last); n++ {
				if now := &is[n-r.First]; *now != isGone {
					*now = to
				}
			}
			return err
		})
	return is, errorOr(err, t.each(`SELECT number FROM issued WHERE allotment = $1 AND number BETWEEN $2 AND $3`, args, func(scan func(...any) error) error {
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
	for at := 0; at < len(is) && err == nil; at++ {
		k := saidRange{Allotment: said.Allotment, First: said.First + int64(at), State: stateKept, Person: said.Person, Reason: said.Reason}
		for ; at < len(is) && is[at] == isDoubted; at++ {
			k.Cards++
		}
		if k.Last = k.First + k.Cards - 1; k.Cards > 0 {
			err = t.keepRange(&k)
		}
	}
	return done, err
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
// is compromised now, and nobody else: whether it did a person decides.
func (t *txn) waitAgain(key int64) error {
	type ended struct {
		wait
		allotment, at, count int64
	}
	var list []ended
	err := t.each(`SELECT w.allotment, a.cards, w.number, w.account, w.claimed, w.at FROM batch_claim_end w JOIN allotment a ON a.id = w.allotment AND a.batch = 1
		WHERE a.key_id = $1 AND w.how = 'withdrawn' ORDER BY w.allotment, w.number, w.claimed, w.account`, []any{key}, func(scan func(...any) error) error {
		var e ended
		err := scan(&e.allotment, &e.count, &e.number, &e.account, &e.wait.at, &e.at)
		list = append(list, e)
		return err
	})
	of, is := int64(0), []byte(nil)
	for _, e := range list {
		if err == nil && e.allotment != of {
			of = e.allotment
			is, err = t.numbers(saidRange{Allotment: of, First: 1, Last: e.count})
		}
		if err != nil {
			return err
		}
		if is[e.number-1] == isDoubted {
			err = t.openAgain(e.allotment, e.wait, e.at)
		}
	}
	return err
}

func (t *txn) openAgain(allotment int64, w wait, ended int64) error {
	_, err := t.exec(`INSERT INTO batch_claim_again (allotment, number, account, claimed, ended, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		allotment, int64(w.number), w.account, w.at, ended, t.ms())
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM batch_claim_end WHERE allotment = $1 AND number = $2 AND account = $3 AND claimed = $4`, allotment, int64(w.number), w.account, w.at)
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

// numbersOf says what each number of a batch is, from 1, and which are active and have
// not ended.
func (t *txn) numbersOf(b *Batch) (is []byte, open []bool, err error) {
	is, err = t.numbers(saidRange{Allotment: int64(b.Allotment.ID), First: 1, Last: int64(b.Allotment.Count)})
	open = make([]bool, len(is))
	return is, open, errorOr(err, t.each(`SELECT x.number FROM issued x LEFT JOIN ended e ON e.allotment = x.allotment AND e.number = x.number
		WHERE x.allotment = $1 AND e.allotment IS NULL`, []any{int64(b.Allotment.ID)}, func(scan func(...any) error) error {
		var n int
		err := scan(&n)
		open[n-1] = true
		return err
	}))
}

// changes counts what an entry of a range would change still: cards that are inactive,
// and of a lost box those that are active too and have not ended.
func (d DisputedRange) changes(is []byte, open []bool) (n int) {
	for at := d.First - 1; at < d.Last; at++ {
		n += int(bit(is[at] == isInactive || d.State == cards.Lost && open[at]))
	}
	return n
}

// doubtedRanges finds what compromised keys withdrew, and no person has decided on.
func (t *txn) doubtedRanges(b *Batch, is []byte) error {
	return t.each(`SELECT b.first_number, b.last_number, b.state, b.seq, b.at, k.kiosk FROM batch_range b JOIN signing_key k ON k.id = b.key_id
		WHERE b.allotment = $1 AND b.state IN ('withdrawn', 'lost') AND `+thiefs+` ORDER BY b.n`, []any{int64(b.Allotment.ID)}, func(scan func(...any) error) error {
		var at int64
		d := DisputedRange{Why: WhySince}
		err := scan(&d.First, &d.Last, &d.State, &d.Seq, &at, &d.Kiosk)
		d.At = time.UnixMilli(at)
		for n := d.First; n <= d.Last; n++ {
			d.Cards += int(bit(is[n-1] == isDoubted))
		}
		b.dispute(d)
		return err
	})
}

// dispute adds what waits for a person, if it is about any card.
func (b *Batch) dispute(d DisputedRange) {
	if d.Cards > 0 {
		d.Yen = int64(d.Cards) * int64(b.Allotment.Points)
		b.Disputed = append(b.Disputed, d)
	}
}
