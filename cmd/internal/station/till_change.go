package station

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// maxChange is how many cards over one surplus are tried, after those that came to
// nothing.
const maxChange = 8

// payable is the first of these allotments that has a number left here, and is
// open now; 0 if none is.
func (t *till) payable(ctx context.Context, ids ...uint32) uint32 {
	all, err := t.c.s.Allotments(ctx)
	if err != nil {
		t.c.s.opts.Log.Error("allotments", "error", err)
	}
	now := t.c.s.calendar()
	for _, a := range all {
		if slices.Contains(ids, a.ID) && now.open(a) && t.c.s.Journal.Tally(a.ID).Signed < a.Count {
			return a.ID
		}
	}
	return 0
}

// unpaid reports that the card over the surplus never comes: it was not signed in
// time. Staff are told, and the next prize does not wait for it.
func (t *till) unpaid(ctx context.Context, r take, change uint32) bool {
	if change == 0 || t.payable(ctx, change) != 0 {
		return false
	}
	_, err := t.c.s.Journal.Requested(ctx, r.changeRequest(0))
	return errors.Is(err, journal.ErrUnknown)
}

// changeRequest is that of the n-th card over the surplus; each but the last is
// void, and no byte of it was sent.
func (r take) changeRequest(n int) string {
	if n == 0 {
		return cards.RequestText(r.Request)
	}
	sum := sha256.Sum256(append(slices.Clip(r.Request), byte(n)))
	return cards.RequestText(sum[:cards.RequestSize])
}

// pay issues the card over the surplus once, however often it is called.
func (t *till) pay(ctx context.Context, r take, change uint32) (issued cards.Issued, err error) {
	a, err := t.c.s.AllotmentOf(ctx, cards.Serial{Allotment: change, Number: 1})
	for n := 0; err == nil && n < maxChange; n++ {
		issued, err = t.c.s.Issuer(false).Issue(ctx, a, r.changeRequest(n), r.Operator)
		if issued.State != cards.Void {
			break
		}
	}
	t.c.s.Wake()
	return issued, err
}
