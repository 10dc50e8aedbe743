package ledger

import (
	"time"

	"pointkiosk/cards"
)

// sweep raises an alarm for each card that was redeemed though it never left
// the kiosk, as far as the journal says (DECISIONS 5). Printing is journalled
// before the first byte goes to the printer: a journal that is known here up to
// a moment after the claim, and knows nothing of a printing, says just that.
//
// It is known up to the moment that the upload heard of from the hub, if all
// that it had written by then has been judged. A kiosk that sends sticks alone
// hears of no moment: then its newest entry counts, for allotments that were
// over by then, if its clock was not suspect.
func (in *intake) sweep(u cards.Upload) error {
	heard := int64(0)
	if u.Top > 0 && u.Top <= in.cursor {
		heard = min(u.Heard, in.ms())
	}
	if heard == 0 && in.newest.At == 0 {
		return nil
	}
	open, err := in.unswept()
	for _, s := range open {
		a, _, lookErr := in.allotmentOf(cards.Entry{Allotment: s.allotment})
		through := max(heard, in.closed(a))
		if err = errorOr(err, lookErr); err == nil && s.through < through {
			err = in.sweepOne(a, s.through, through)
		}
	}
	return err
}

// clockSlack is how far a kiosk's clock may be off before it calls it suspect.
const clockSlack = 2 * time.Minute

// closed is up to when, by its own clock, the kiosk's newest entry closes an
// allotment; 0 if it does not.
func (in *intake) closed(a allotmentRow) int64 {
	slack := clockSlack.Milliseconds()
	if at := in.newest.At; at >= a.Until*1000 && at <= in.ms()+slack {
		return at - slack
	}
	return 0
}

// A sweeping is up to when an allotment was swept.
type sweeping struct {
	allotment uint32
	through   int64
}

// unswept returns the key's allotments of which a claim may still be looked at.
func (in *intake) unswept() (open []sweeping, err error) {
	err = in.each(`SELECT a.id, a.expires, COALESCE((SELECT MAX(s.through) FROM swept s WHERE s.allotment = a.id AND s.through <= $2), 0)
		FROM allotment a WHERE a.key_id = $1 AND a.practice = 0 ORDER BY a.id`, []any{int64(in.key.id), in.ms()},
		func(scan func(...any) error) error {
			var s sweeping
			var expires cards.Day
			err := scan(&s.allotment, &expires, &s.through)
			if s.through < expires.End().UnixMilli() {
				open = append(open, s)
			}
			return err
		})
	return open, err
}

// sweepOne looks at the claims of an allotment's cards from one moment until
// before another. What a person decided is decided.
func (in *intake) sweepOne(a allotmentRow, from, through int64) error {
	claims := 0
	var unprinted []cards.Serial
	made, err := in.made(a.ID)
	if err != nil {
		return err
	}
	err = in.each(`SELECT e.number, CASE WHEN i.source <> $4 AND NOT EXISTS (SELECT 1 FROM judged j WHERE j.allotment = e.allotment
			AND j.number = e.number AND j.key_id = $5 AND j.state NOT IN ('signed', 'void')) THEN 1 ELSE 0 END
		FROM ended e JOIN issued i ON i.allotment = e.allotment AND i.number = e.number
		WHERE e.allotment = $1 AND e.at >= $2 AND e.at < $3 AND e.state IN ('redeemed', 'spent') ORDER BY e.number`,
		[]any{int64(a.ID), from, through, sourceWord, int64(in.key.id)}, func(scan func(...any) error) error {
			s, alarming := cards.Serial{Allotment: a.ID}, false
			err := scan(&s.Number, &alarming)
			if a.Batch { // its cards have no entries of their own
				alarming = s.Number > made
			}
			if claims++; alarming {
				unprinted = append(unprinted, s)
			}
			return err
		})
	for _, s := range unprinted {
		err = errorOr(err, in.notOut(0, s, "a card was redeemed, and the journal, whole as it is, does not say that it was ever printed"))
	}
	if err != nil || claims == 0 && through < a.Expires.End().UnixMilli() {
		return err
	}
	_, err = in.exec(`INSERT INTO swept (allotment, through) VALUES ($1, $2) ON CONFLICT (allotment, through) DO NOTHING`, int64(a.ID), through)
	return err
}

// made is how many cards of a batch are made, as far as its journal says.
func (t *txn) made(allotment uint32) (top uint32, err error) {
	_, err = t.one(`SELECT COALESCE(MAX(last_number), 0) FROM batch_range WHERE allotment = $1 AND state = 'making'`, []any{int64(allotment)}, &top)
	return top, err
}

// notOut raises the alarm of a card that was redeemed and never left the
// kiosk, once for each card.
func (in *intake) notOut(seq uint64, s cards.Serial, words string) error {
	raised, err := in.one(`SELECT 1 FROM alarm WHERE kind = $1 AND key_id = $2 AND allotment = $3 AND number = $4`,
		[]any{alarmNotOut, int64(in.key.id), int64(s.Allotment), int64(s.Number)}, new(int64))
	if err != nil || raised {
		return err
	}
	return in.alarm(alarmNotOut, in.key.id, seq, s, words)
}
