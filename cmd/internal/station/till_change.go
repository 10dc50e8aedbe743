package station

import (
	"context"
	"errors"
	"slices"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
	"pointkiosk/kiosk/prize"
)

// wordOpen: what became of an earlier prize is not known yet, or its card is not
// out. Nothing new is begun before.
const wordOpen = "open"

// change is the first of these allotments of which a card can be issued; 0 if there
// is none.
func (t *till) change(ctx context.Context, ids []uint32) uint32 {
	a, err := t.payable(ctx, func(a cards.Allotment) bool { return slices.Contains(ids, a.ID) })
	if err != nil && !errors.Is(err, ErrNoAllotment) {
		t.c.s.opts.Log.Error("allotments", "error", err)
	}
	return a.ID
}

// payable is the first allotment that fits, is open now and has a number left here.
func (t *till) payable(ctx context.Context, fits func(cards.Allotment) bool) (cards.Allotment, error) {
	all, err := t.c.s.Allotments(ctx)
	if err != nil {
		return cards.Allotment{}, err
	}
	now := t.c.s.calendar()
	for _, a := range all {
		if fits(a) && now.open(a) && t.c.s.Journal.Tally(a.ID).Signed < a.Count && t.c.s.lasts(a) == nil && t.c.s.mayIssue(ctx) {
			return a, nil
		}
	}
	return cards.Allotment{}, ErrNoAllotment
}

// becomes says what becomes of the surplus of a take. Where no card can pay it back
// any more, that is stored, and then the hub is told so: it is owed, a person pays
// it, and no card ever does, whether the hub's answer is heard or not. A hub that
// promises no card any more was told by a person that none comes: only one of which
// a byte may have been sent did.
func (t *till) becomes(ctx context.Context, r *take, change uint32) (string, error) {
	if change == 0 && r.Change == 0 {
		return surplusGiven, nil
	}
	if r.Became != surplusOwed {
		if change == 0 {
			if err := t.takeBack(ctx, *r); err != nil {
				return surplusCard, err
			}
		}
		_, _, err := t.payer(ctx, *r, change)
		if !errors.Is(err, ErrNoAllotment) {
			return surplusCard, err
		}
		r.Became, r.Printed = surplusOwed, false // what a slip said before is not so
		if err := t.store(*r); err != nil {
			return surplusOwed, err
		}
	}
	answer, err := t.ask(ctx, *r, nil, true)
	if err == nil && answer.Refused != "" {
		err = errors.New("station: what is owed on a slip is " + answer.Refused)
	}
	if err == nil {
		t.c.s.opts.Log.Error("prize: no card over the surplus", "slip", answer.Slip)
	}
	return surplusOwed, err
}

// takeBack voids the card over the surplus if no byte of it was sent.
func (t *till) takeBack(ctx context.Context, r take) error {
	t.c.s.press.Lock()
	defer t.c.s.press.Unlock()
	s, _, err := t.over(ctx, r)
	if errors.Is(err, journal.ErrUnknown) || errors.Is(err, ErrNoAllotment) {
		return nil
	}
	if err != nil {
		return err
	}
	state, _, err := t.c.s.Journal.State(ctx, s)
	switch {
	case err != nil || state != cards.Signed:
		return err
	case t.c.s.broken.Load(): // the journal takes no void
		return errStopped
	}
	_, err = t.c.s.Journal.Mark(ctx, s, cards.Void, "", cards.NothingSent)
	t.c.s.Wake()
	return err
}

// payer is the allotment of the card over the surplus, and the request: of the card
// that was signed, or of the next one where no byte of that was sent. That is of the
// allotment that the hub named, or of another one as good. ErrNoAllotment says that
// none comes. A card that the hub voided has paid: its number leads to what takes its
// place, as with any other.
func (t *till) payer(ctx context.Context, r take, change uint32) (a cards.Allotment, request string, err error) {
	s, request, err := t.over(ctx, r)
	switch {
	case err == nil:
		a, err = t.c.s.AllotmentOf(ctx, s)
	case errors.Is(err, journal.ErrUnknown) && change != 0:
		a, err = t.asGood(ctx, change)
	case errors.Is(err, journal.ErrUnknown):
		err = ErrNoAllotment
	}
	return a, request, err
}

// over finds the card over the surplus that was signed, but for those of which no byte
// was sent; [journal.ErrUnknown] says that there is none, and the request that of the
// next one. ErrNoAllotment says that too many came to nothing.
func (t *till) over(ctx context.Context, r take) (s cards.Serial, request string, err error) {
	for n := range cards.MaxChange {
		request = r.changeRequest(n)
		if s, err = t.c.s.Journal.Requested(ctx, request); err != nil {
			return s, request, err
		}
		if unsent, err := t.c.s.Journal.Unsent(ctx, s); err != nil || !unsent {
			return s, request, err
		}
	}
	return s, "", ErrNoAllotment
}

// asGood is the allotment that the hub named, or one whose cards are worth the same.
func (t *till) asGood(ctx context.Context, change uint32) (cards.Allotment, error) {
	named, err := t.c.s.AllotmentOf(ctx, cards.Serial{Allotment: change, Number: 1})
	if err != nil {
		return named, err
	}
	a, err := t.payable(ctx, func(a cards.Allotment) bool { return a.ID == change })
	if !errors.Is(err, ErrNoAllotment) {
		return a, err
	}
	return t.payable(ctx, func(a cards.Allotment) bool {
		return a.Kind == named.Kind && a.Key == named.Key && a.Points == named.Points && a.Event.Scheme.Ja == named.Event.Scheme.Ja
	})
}

// changeRequest is that of the n-th card over the surplus; each but the last is
// void, and no byte of it was sent.
func (r take) changeRequest(n int) string { return cards.ChangeRequest(r.Request, n) }

// pay issues the card over the surplus once, however often it is called. The paper
// is the press's meanwhile.
func (t *till) pay(ctx context.Context, r take, change uint32) (issued cards.Issued, err error) {
	defer t.c.s.Wake()
	a, request, err := t.payer(ctx, r, change)
	if err == nil && !t.c.s.mayIssue(ctx) {
		err = errStopped
	}
	if err != nil {
		return issued, err
	}
	if issued, err = t.c.s.Issuer(false).Issue(ctx, a, request, r.Operator); err != nil {
		return issued, err
	}
	unsent, err := t.c.s.Journal.Unsent(ctx, issued.Card.Serial())
	if err == nil && unsent {
		err = errUnsent
	}
	return issued, err
}

// stands adds to what the screen says of a prize where the card over its surplus
// stands now. Of one that is not known it says nothing: the desk looks.
func (t *till) stands(ctx context.Context, r take, out prize.TakenIs) prize.TakenIs {
	if !out.Change {
		return out
	}
	s, _, err := t.over(ctx, r)
	if err != nil {
		return out
	}
	if state, _, err := t.c.s.Journal.State(ctx, s); err == nil {
		out = changeIs(out, s, state)
	}
	return out
}

// errUnsent reports a card of which the printer took no byte. The next one may come.
var errUnsent = errors.New("station: the printer took nothing of the card")

// owns reports whether a request is that of a card over the surplus of the prize that
// is open: nobody else gets it. One that can't be read may own any.
func (t *till) owns(request string) bool {
	r, found, err := stored(t.file())
	if err != nil {
		t.c.s.opts.Log.Error("prize", "error", err)
		return true
	}
	for n := range cards.MaxChange {
		if found && r.changeRequest(n) == request {
			return true
		}
	}
	return false
}
