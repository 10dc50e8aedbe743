package ledger

import "pointkiosk/cards"

// couldCost is what cards of an event cost at most if their key is stolen: those
// of a batch are inactive, but its key activates them too, as far as the event has
// money.
func (t *txn) couldCost(event string, yen int64, batch bool) (int64, error) {
	budget, said, err := t.moneyRule(ruleBudget, event)
	if err != nil || !said || !batch {
		return yen, err
	}
	used, err := t.budgetUsed(event)
	return min(yen, max(budget-used, 0)), err
}

// rangeWithinCap returns a [CapError] if a range is too much beside what the kiosk
// holds: who steals it steals the sheets that lie beside it, and can activate them.
func (t *txn) rangeWithinCap(kiosk string, a allotmentRow, r Range) error {
	limit, err := t.unboundCap()
	if err != nil || limit == 0 {
		return err
	}
	fresh, _, err := t.inactive(saidRange{Allotment: int64(a.ID), First: int64(r.First), Last: int64(r.Last)})
	if err != nil {
		return err
	}
	yen, err := t.couldCost(a.Event.ID, int64(len(fresh))*int64(a.Points), true)
	return errorOr(err, t.withinCapOf(kiosk, limit, yen))
}

// sumUpBatches adds what a key has of batches, and what of it is at risk. The paper
// alone, or the files, are worth nothing before they are activated. But the holder's
// key activates what it likes, and a kiosk's what it was granted, so that who steals
// the key and has the cards gets what is inactive too, as far as the event's budget
// goes; and who steals the holder's can sign the active ones again. Once the key is
// known as compromised it activates nothing more.
func (t *txn) sumUpBatches(k *Kiosk, key signer) error {
	could, err := t.batchesOf(k)
	if err != nil || key.revoked == cards.Compromised {
		return err
	}
	granted, err := t.grantedTo(holder{kiosk: key.kiosk, key: key.id})
	if err != nil {
		return err
	}
	for _, g := range granted {
		fresh, _, err := t.inactive(saidRange{Allotment: int64(g.ID), First: int64(g.first), Last: int64(g.last)})
		if err != nil {
			return err
		}
		could[g.Event.ID] += int64(len(fresh)) * int64(g.Points)
	}
	for event, yen := range could {
		yen, err := t.couldCost(event, yen, true)
		if err != nil {
			return err
		}
		k.AtRisk += yen
	}
	return nil
}

// batchesOf counts a key's batches, and returns by event the yen of what is
// inactive.
func (t *txn) batchesOf(k *Kiosk) (could map[string]int64, err error) {
	could = map[string]int64{}
	return could, t.each(`SELECT a.event, a.cards, a.points, a.expires, (SELECT COUNT(*) FROM issued i WHERE i.allotment = a.id),
			(SELECT COUNT(*) FROM ended e WHERE e.allotment = a.id),
			(`+withdrawnOf+`)
		FROM allotment a WHERE a.key_id = $1 AND a.batch = 1`, []any{int64(k.Key)}, func(scan func(...any) error) error {
		var event string
		var count, points, active, ended, withdrawn int64
		var expires cards.Day
		if err := scan(&event, &count, &points, &expires, &active, &ended, &withdrawn); err != nil {
			return err
		}
		k.Batch = true
		k.Granted += uint32(count)
		k.Withdrawn += uint32(withdrawn)
		k.Inactive += uint32(count - active - withdrawn)
		if t.at.Before(expires.End()) {
			k.AtRisk += (active - ended) * points
			could[event] += (count - active - withdrawn) * points
		}
		return nil
	})
}

// A grantedRange is a range that somebody may activate.
type grantedRange struct {
	cards.Allotment
	first, last uint32
	sealed      []byte
}
