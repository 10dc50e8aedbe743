package ledger

import (
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// weighRange does what an entry says of a range of a batch. The holder says
// everything; another kiosk activates what it was granted. Of a batch whose key is
// compromised nothing is activated before a person says so (DECISIONS 7), and of a kiosk
// that was told to stop, as its disk may have been copied, nothing changes any card.
func (in *intake) weighRange(e cards.Entry) (reason string, err error) {
	a, own, err := in.allotmentOf(e)
	if err != nil {
		return "", err
	}
	if a.ID == 0 || !a.Batch || e.Last > a.Count {
		return reasonOutside, nil
	}
	if !own {
		granted, err := in.mayActivate(a.ID, holder{kiosk: in.key.kiosk, key: in.key.id}, e.Number, e.Last)
		if err != nil || !granted || e.State != cards.Activated {
			return reasonOutside, err
		}
	}
	revoked, err := in.notVouched(a, e)
	if err != nil || revoked {
		return reasonRevoked, err
	}
	r := saidRange{Allotment: int64(e.Allotment), First: int64(e.Number), Last: int64(e.Last), State: string(e.State),
		Key: int64(in.key.id), Seq: int64(e.Seq), Person: e.Operator, Reason: e.Reason, Request: e.Request, Copy: int64(e.Copy), Digest: e.Digest}
	switch e.State {
	case cards.Making, cards.Made, cards.Opened:
		return in.weighMaking(&r)
	}
	if stop, err := in.stopped(in.key.id); err != nil || stop != "" {
		return reasonStopped, err
	}
	in.looked += int(r.Last - r.First + 1)
	switch e.State {
	case cards.Activated:
		return in.weighActivation(a, &r)
	case cards.Withdrawn:
		_, err = in.withdraw(a, &r, cards.Withdrawn)
	case cards.Lost:
		_, err = in.lose(a, &r)
	}
	return "", err
}

// notVouched reports an entry that a compromised key wrote, or one about the
// cards of a compromised key by another kiosk.
func (in *intake) notVouched(a allotmentRow, e cards.Entry) (bool, error) {
	if in.key.revoked == cards.Compromised && e.Seq >= in.key.since {
		return true, nil
	}
	if a.Key == in.key.id {
		return false, nil
	}
	key, _, err := in.signer(a.Key)
	return key.revoked == cards.Compromised, err
}

// weighMaking keeps that cards are made: their numbers are taken in order, an
// order takes one range, and only what was taken is made and opened.
func (in *intake) weighMaking(r *saidRange) (reason string, err error) {
	var top, ordered int64
	_, err = in.one(`SELECT COALESCE(MAX(last_number), 0), COALESCE(SUM(CASE WHEN request = $2 THEN 1 ELSE 0 END), 0) FROM batch_range
		WHERE allotment = $1 AND state = 'making'`, []any{r.Allotment, r.Request}, &top, &ordered)
	if err != nil {
		return "", err
	}
	making := r.State == string(cards.Making)
	if making && (r.First != top+1 || ordered > 0) || !making && r.Last > top {
		return reasonStep, nil
	}
	return "", in.keepRange(r)
}

func (in *intake) weighActivation(a allotmentRow, r *saidRange) (reason string, err error) {
	_, err = in.activate(a, r)
	if beyond := (*BudgetError)(nil); errors.As(err, &beyond) {
		s := cards.Serial{Allotment: a.ID, Number: uint32(r.First)}
		return reasonBudget, in.alarm(alarmBudget, in.key.id, uint64(r.Seq), s, fmt.Sprintf("%d yen were activated beyond the event's budget", beyond.Yen))
	}
	return "", err
}

// active refuses a card of a batch that nobody has activated.
func (t *txn) active(a allotmentRow, s cards.Serial) error {
	if !a.Batch {
		return nil
	}
	i := []any{int64(s.Allotment), int64(s.Number)}
	active, err := t.one(`SELECT 1 FROM issued WHERE allotment = $1 AND number = $2`, i, new(int64))
	if err != nil || active {
		return err
	}
	is, err := t.numbers(saidRange{Allotment: int64(s.Allotment), First: int64(s.Number), Last: int64(s.Number)})
	if err == nil && is[0] == isGone { // where that is disputed, claims wait
		return refuse(Withdrawn)
	}
	return errorOr(err, refuse(Inactive))
}

// vouching asks for who activated card x: a person, or an entry before its key was
// compromised, as that was known at a time.
func vouching(known string) string { return activatedBefore + known + `))` }

const (
	activatedInTime = activatedBefore + `))`
	activatedBefore = `SELECT 1 FROM batch_range b WHERE b.allotment = x.allotment AND b.state = 'activated' AND x.number BETWEEN b.first_number AND b.last_number
	AND (b.key_id = 0 OR NOT EXISTS (SELECT 1 FROM revocation_step s WHERE s.key_id = b.key_id AND s.how = 'compromised' AND s.since <= b.seq`
)

// vouchedActive refuses a card that only a compromised key has activated.
func (t *txn) vouchedActive(s cards.Serial) error {
	good, err := t.one(`SELECT 1 FROM issued x WHERE x.allotment = $1 AND x.number = $2 AND EXISTS (`+activatedInTime+`)`,
		[]any{int64(s.Allotment), int64(s.Number)}, new(int64))
	if err != nil || good {
		return err
	}
	return refuse(Revoked)
}

// sameBatchCard checks that a card is the one that was redeemed under its number
// before, if one was: only the batch's key can sign a second.
func (t *txn) sameBatchCard(s cards.Serial, digest []byte) error {
	n, err := t.exec(`INSERT INTO batch_card (allotment, number, digest, at) VALUES ($1, $2, $3, $4) ON CONFLICT (allotment, number) DO NOTHING`,
		int64(s.Allotment), int64(s.Number), digest, t.ms())
	if err != nil || n == 1 {
		return err
	}
	same, err := t.one(`SELECT 1 FROM batch_card WHERE allotment = $1 AND number = $2 AND digest = $3`, []any{int64(s.Allotment), int64(s.Number), digest}, new(int64))
	if err == nil && !same {
		err = &RefusedError{Why: Outside, other: true}
	}
	return err
}
