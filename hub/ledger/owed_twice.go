package ledger

import (
	"fmt"

	"pointkiosk/cards"
)

// mayBeGood holds for a disputed entry j that signs a card which was claimed, or
// which a person may make good.
const mayBeGood = `j.reason IN ('` + reasonRevoked + `', '` + reasonChain + `', '` + reasonDigest + `')`

// paidAlready refuses to pay back what is owed on a slip if a card may have.
func (t *txn) paidAlready(slip uint64) error {
	list, err := t.promised(`s.slip = $1`, int64(slip))
	if err != nil || len(list) == 0 {
		return err
	}
	kept, err := t.paidByCard()
	if err == nil && list[0].kept(kept) {
		err = fmt.Errorf("%w: the card over the surplus of slip %d was signed after all", ErrBadRequest, slip)
	}
	if err != nil {
		return err
	}
	byWord, err := t.one(`SELECT 1 FROM prize_owed_said WHERE slip = $1`, []any{int64(slip)}, new(int64))
	if err != nil || !byWord {
		return err
	}
	return t.claimedUnheard(list[0])
}

// claimedUnheard refuses if somebody has claimed a card that may be the one over
// a surplus: its kiosk signed it since, and the entry that says what for never came.
// One that was handed in for that very prize was signed before.
func (t *txn) claimedUnheard(p promise) error {
	var s cards.Serial
	found, err := t.one(`SELECT x.allotment, x.number FROM (SELECT allotment, number, at FROM issued WHERE source IN ($1, $2)
			UNION SELECT allotment, number, at FROM kept_claim) x JOIN allotment a ON a.id = x.allotment
		LEFT JOIN decided d ON d.allotment = x.allotment AND d.number = x.number AND d.outcome = $3
		WHERE a.key_id = $4 AND a.scheme = $5 AND a.points = $6 AND a.kind = $7 AND x.at >= $8 AND d.allotment IS NULL
		AND NOT EXISTS (SELECT 1 FROM ended e WHERE e.allotment = x.allotment AND e.number = x.number AND e.account = $11)
		AND NOT EXISTS (SELECT 1 FROM judged j WHERE j.allotment = x.allotment AND j.number = x.number AND j.state = $9 AND (j.verdict = $10 OR `+mayBeGood+`))
		ORDER BY x.allotment, x.number LIMIT 1`, []any{sourceCard, sourceWord, decidedRefused, int64(p.key), p.Scheme, int64(p.Points), int64(cards.KindCard),
		p.At.UnixMilli(), string(cards.Signed), string(cards.Accepted), handedIn(int64(p.Slip))}, &s.Allotment, &s.Number)
	if err == nil && found {
		err = fmt.Errorf("%w: card %s was claimed, and no entry says what it was signed for: it may be the one over the surplus of slip %d", ErrBadRequest, s, p.Slip)
	}
	return err
}

// paysOwed raises an alarm if an entry signs the card over a surplus of which a
// person said that it never came.
func (in *intake) paysOwed(e cards.Entry) error {
	if e.State != cards.Signed || e.Request == "" {
		return nil
	}
	if in.owed == nil {
		list, err := in.promised(`w.slip IS NOT NULL AND s.key_id = $1`, int64(in.key.id))
		if err != nil {
			return err
		}
		in.owed = map[string]bool{}
		for _, p := range list {
			for n := range cards.MaxChange {
				in.owed[cards.ChangeRequest(p.request, n)] = true
			}
		}
	}
	if !in.owed[e.Request] {
		return nil
	}
	return in.alarm(alarmOwed, in.key.id, e.Seq, e.Serial(), "the card over a surplus is signed that a person said never came")
}

// owedTwice reports what is owed by a person's word, or was paid back by one, and
// was paid by a card too.
func (a *audit) owedTwice() error {
	list, err := a.promised(`w.slip IS NOT NULL OR d.slip IS NOT NULL`)
	if err != nil || len(list) == 0 {
		return err
	}
	kept, err := a.paidByCard()
	for _, p := range list {
		if err == nil && p.kept(kept) {
			a.fault("owed", "slip %d is owed or paid back by a person's word, and its card was signed", p.Slip)
		}
	}
	return err
}
