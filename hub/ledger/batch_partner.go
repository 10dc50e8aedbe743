package ledger

import (
	"context"

	"pointkiosk/cards"
)

// A RangeView is how a range stands that a partner hands out.
type RangeView struct {
	Allotment   cards.Allotment
	First, Last uint32
	Inactive    int // would become active
	Active      int // are, or were
	Withdrawn   int
	Gone        []cards.Range // which those are
}

// Yen is what activating it costs at most.
func (v RangeView) Yen() int64 { return int64(v.Inactive) * int64(v.Allotment.Points) }

// PartnerRanges returns what a partner may activate, in the order in which it was
// granted.
func (l *Ledger) PartnerRanges(ctx context.Context, partner string) (list []RangeView, err error) {
	err = l.view(ctx, func(t *txn) error {
		granted, err := t.grantedTo(holder{partner: partner})
		for _, g := range granted {
			v, viewErr := t.rangeView(g.Allotment, g.first, g.last)
			err = errorOr(err, viewErr)
			list = append(list, v)
		}
		return err
	})
	return list, err
}

// LookRange says how a range stands, if the partner may activate it: else it is
// refused as [Outside].
func (l *Ledger) LookRange(ctx context.Context, r Range, partner string) (v RangeView, err error) {
	err = l.view(ctx, func(t *txn) error {
		a, err := l.partnerBatch(t, &r, partner)
		if err == nil {
			v, err = t.rangeView(a.Allotment, r.First, r.Last)
		}
		return err
	})
	return v, err
}

func (t *txn) rangeView(a cards.Allotment, first, last uint32) (RangeView, error) {
	fresh, gone, err := t.inactive(saidRange{Allotment: int64(a.ID), First: int64(first), Last: int64(last)})
	all := int(last-first) + 1
	return RangeView{a, first, last, len(fresh), all - len(fresh) - len(gone), len(gone), runs(a.ID, gone)}, err
}

// partnerBatch finds the batch of a range that a partner may activate now.
func (l *Ledger) partnerBatch(t *txn, r *Range, partner string) (a allotmentRow, err error) {
	if closed, err := t.closed(); err != nil || closed {
		return a, errorOr(err, refuse(Closed))
	}
	a, found, err := l.allotment(t, r.Allotment)
	if err != nil {
		return a, err
	}
	if !found || !a.Batch || partner == "" || r.First < 1 || r.Last < r.First || r.Last > a.Count {
		return a, refuse(Outside)
	}
	granted, err := t.mayActivate(a.ID, holder{partner: partner}, r.First, r.Last)
	if err != nil || !granted {
		return a, errorOr(err, refuse(Outside))
	}
	key, _, err := t.signer(a.Key)
	switch {
	case err != nil:
		return a, err
	case key.revoked == cards.Compromised: // a person decides
		return a, refuse(Revoked)
	case !t.at.Before(a.Expires.End()):
		return a, &RefusedError{Why: Lapsed, At: a.Expires.End()}
	}
	return a, nil
}

// ActivateBy activates a range that a partner hands out. Doing it again is
// harmless. Its errors are a [RefusedError] and a [BudgetError].
func (l *Ledger) ActivateBy(ctx context.Context, r Range, partner string) (done RangeDone, err error) {
	err = l.update(ctx, func(t *txn) error {
		a, err := l.partnerBatch(t, &r, partner)
		if err != nil {
			return err
		}
		v, err := t.rangeView(a.Allotment, r.First, r.Last)
		if err != nil || v.Inactive == 0 && v.Withdrawn == 0 { // nothing to say twice
			return err
		}
		done, err = t.activate(a, &saidRange{Allotment: int64(a.ID), First: int64(r.First), Last: int64(r.Last), Partner: partner})
		return err
	})
	return done, err
}
