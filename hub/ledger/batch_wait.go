package ledger

import (
	"context"
	"errors"
	"slices"
	"time"

	"pointkiosk/cards"
)

// How a claim ends that waited for its card to be activated.
const (
	WaitGiven     = "given"     // it has the points
	WaitUsed      = "used"      // somebody claimed the card before
	WaitOnce      = "once"      // the account had points of this event day
	waitWithdrawn = "withdrawn" // the card was
	WaitLate      = "late"      // nobody activated it within the days that claims wait
	waitLapsed    = "lapsed"    // its key's cards are not honoured any more
	waitOther     = "other"     // another card goes under its number, or a person refused it
	waitPerson    = "person"    // a person has to decide, as of any claim that is kept
)

// openWait asks for claims k that wait.
const openWait = ` FROM batch_claim k LEFT JOIN batch_claim_end w ON w.allotment = k.allotment AND w.number = k.number AND w.account = k.account AND w.claimed = k.at
	WHERE w.allotment IS NULL AND k.allotment = $1 AND k.number BETWEEN $2 AND $3`

// dayMs is a day in milliseconds.
const dayMs = 24 * 60 * 60 * 1000

// A wait is a claim of a card that is not active yet.
type wait struct {
	number  uint32
	account string
	at      int64
	digest  []byte
}

// manyWaits is how many cards of a batch one account may wait for before somebody
// should look: who has the files of a batch, or its key, could claim all of it before
// it is handed out. A family has a handful.
const manyWaits = 20

// keepWait keeps a claim, once for each card and account while it waits.
func (t *txn) keepWait(a allotmentRow, s cards.Serial, account string, digest []byte) error {
	waits, err := t.one(`SELECT 1`+openWait+` AND k.account = $4`, []any{int64(s.Allotment), int64(s.Number), int64(s.Number), account}, new(int64))
	if err != nil || waits {
		return err
	}
	_, err = t.exec(`INSERT INTO batch_claim (allotment, number, account, at, digest) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (allotment, number, account, at) DO NOTHING`, int64(s.Allotment), int64(s.Number), account, t.ms(), digest)
	if err != nil {
		return err
	}
	var n int
	_, err = t.one(`SELECT COUNT(*)`+openWait+` AND k.account = $4`, []any{int64(s.Allotment), 1, int64(a.Count), account}, &n)
	if err != nil || n != manyWaits {
		return err
	}
	return t.alarm(alarmHoard, a.Key, 0, s, "one account waits for many cards of a batch that are not handed out: are its files or its key stolen?")
}

// openWaits returns the claims of a range that wait, in the order in which they came.
func (t *txn) openWaits(r saidRange) (open []wait, err error) {
	err = t.each(`SELECT k.number, k.account, k.at, k.digest`+openWait+` ORDER BY k.at, k.number, k.account`,
		[]any{r.Allotment, r.First, r.Last}, func(scan func(...any) error) error {
			var w wait
			err := scan(&w.number, &w.account, &w.at, &w.digest)
			open = append(open, w)
			return err
		})
	return open, err
}

func (t *txn) endWait(allotment int64, w wait, how string) error {
	_, err := t.exec(`INSERT INTO batch_claim_end (allotment, number, account, claimed, how, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		allotment, int64(w.number), w.account, w.at, how, t.ms())
	return err
}

// endWaits ends every claim of a range that waits.
func (t *txn) endWaits(r saidRange, how string) error {
	open, err := t.openWaits(r)
	for _, w := range open {
		err = errorOr(err, t.endWait(r.Allotment, w, how))
	}
	return err
}

// completeWaits does for each claim that waited for a card of a range that is active now
// what Claim would have done then, in the order in which they came.
func (t *txn) completeWaits(a allotmentRow, r saidRange, active []uint32) (given int, err error) {
	open, err := t.openWaits(r)
	open = slices.DeleteFunc(open, func(w wait) bool { // it waits for a person's word on its withdrawal
		_, is := slices.BinarySearch(active, w.number)
		return !is
	})
	if err != nil || len(open) == 0 {
		return 0, err
	}
	days, err := t.waitDays()
	for _, w := range open {
		if err != nil {
			return given, err
		}
		how, oneErr := t.completeWait(a, w, days)
		given += int(bit(how == WaitGiven))
		err = errorOr(oneErr, t.endWait(r.Allotment, w, how))
	}
	return given, err
}

// tooLong reports whether a claim has waited too long.
func (w wait) tooLong(now time.Time, days int64) bool {
	return now.UnixMilli() >= w.at+days*dayMs
}

func (t *txn) completeWait(a allotmentRow, w wait, days int64) (how string, err error) {
	s := cards.Serial{Allotment: a.ID, Number: w.number}
	if _, found, err := t.ended(s); err != nil || found {
		return WaitUsed, err
	}
	if w.tooLong(t.at, days) {
		return WaitLate, nil
	}
	if err := t.standing(a, s, time.UnixMilli(w.at)); err != nil {
		return t.forPerson(err, s, w)
	}
	err = t.attempt(func() error { return t.giveWait(a, s, w) })
	if refused := (*RefusedError)(nil); errors.As(err, &refused) {
		if refused.Why == OncePerDay {
			return WaitOnce, nil
		}
		return waitOther, t.note(err, a, s, w.account, w.digest)
	}
	return WaitGiven, err
}

// giveWait redeems a card for who waited for it.
func (t *txn) giveWait(a allotmentRow, s cards.Serial, w wait) error {
	if err := t.sameCard(a, s, sourceActivated, w.digest); err != nil {
		return err
	}
	if err := t.takeDay(a, s, w.account); err != nil {
		return err
	}
	if _, err := t.end(s, ending{state: stateRedeemed, account: w.account, at: t.at}); err != nil {
		return err
	}
	if err := t.expire(w.account); err != nil {
		return err
	}
	_, err := t.redeem(a, s, w.account)
	return err
}

// forPerson keeps a claim for a person, as it was when it came, if its card may
// have been redeemed in what was lost, or is no more good than its key. Otherwise
// it has ended.
func (t *txn) forPerson(why error, s cards.Serial, w wait) (how string, err error) {
	refused := (*RefusedError)(nil)
	switch {
	case !errors.As(why, &refused):
		return "", why
	case refused.Why == Lapsed:
		return waitLapsed, nil
	case refused.Why == ByPerson:
		return waitOther, nil
	}
	_, err = t.exec(`INSERT INTO kept_claim (allotment, number, account, at, digest) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (allotment, number, account) DO NOTHING`, int64(s.Allotment), int64(s.Number), w.account, w.at, w.digest)
	return waitPerson, err
}

// EndWaits ends the claims that have waited too long for their cards to be
// activated, and returns how many.
func (l *Ledger) EndWaits(ctx context.Context) (total int, err error) {
	err = l.update(ctx, func(t *txn) error {
		days, err := t.waitDays()
		if err != nil {
			return err
		}
		var late []wait
		var of []int64
		err = t.each(`SELECT k.allotment, k.number, k.account, k.at FROM batch_claim k LEFT JOIN batch_claim_end w ON w.allotment = k.allotment
			AND w.number = k.number AND w.account = k.account AND w.claimed = k.at WHERE w.allotment IS NULL AND k.at <= $1 ORDER BY k.at LIMIT 10000`,
			[]any{t.ms() - days*dayMs}, func(scan func(...any) error) error {
				var w wait
				var allotment int64
				err := scan(&allotment, &w.number, &w.account, &w.at)
				late, of = append(late, w), append(of, allotment)
				return err
			})
		for n, w := range late {
			err = errorOr(err, t.endWait(of[n], w, WaitLate))
		}
		total = len(late)
		return err
	})
	return total, err
}

// An EndedWait is what became of a claim that waited for its card.
type EndedWait struct {
	Serial cards.Serial
	Event  cards.Event
	Points uint32
	At     time.Time
	How    string // WaitGiven, WaitUsed, WaitOnce, WaitLate, or another: it gives nothing
}

// EndedWaits returns what became of an account's claims that waited for their
// cards, the latest first. Of one that a person decides on, [Ledger.DecidedClaims] tells.
func (l *Ledger) EndedWaits(ctx context.Context, account string, most int) (list []EndedWait, err error) {
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT w.allotment, w.number, w.at, w.how FROM batch_claim_end w JOIN batch_claim k ON w.allotment = k.allotment AND w.number = k.number
			AND w.account = k.account AND w.claimed = k.at WHERE k.account = $1 AND w.how <> $2 ORDER BY w.at DESC, w.allotment, w.number LIMIT $3`,
			[]any{account, waitPerson, most}, func(scan func(...any) error) error {
				var e EndedWait
				var at int64
				err := scan(&e.Serial.Allotment, &e.Serial.Number, &at, &e.How)
				e.At = time.UnixMilli(at)
				list = append(list, e)
				return err
			})
		for n := range list {
			if err == nil {
				list[n].Event, list[n].Points, err = l.eventOf(t, list[n].Serial)
			}
		}
		return err
	})
	return list, err
}
