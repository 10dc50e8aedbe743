package hub

import (
	"context"
	"crypto/sha256"

	"pointkiosk/cards"
)

// valued is what the desk needs of the ledger to turn points into things.
type valued interface {
	Ticket(ctx context.Context, key cards.KeyID, ask cards.TicketAsk, account string) (cards.TicketAnswer, error)
	LookPrizes(ctx context.Context, key cards.KeyID, look cards.PrizeLook) (cards.PrizeOffer, error)
	TakePrize(ctx context.Context, key cards.KeyID, take cards.PrizeTake) (cards.PrizeAnswer, error)
}

// ticket turns points of a sitting's account into a ticket. Whether the sitting
// is over matters to a new request alone: what was granted is told for ever.
func (d *desk) ticket(ctx context.Context, sealed []byte) ([]byte, error) {
	kiosk, keys, err := d.points.Sealer(ctx, sealed, cards.PaperTicketAsk)
	if err != nil {
		return nil, err
	}
	ask, key, err := cards.OpenTicketAsk(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	account := ""
	if ask.Token != "" {
		if account, err = d.people.Sitting(ctx, kiosk, ask.Token); err != nil {
			return nil, err
		}
	}
	a, err := d.value.Ticket(ctx, key, ask, account)
	if err == nil && account != "" {
		a.Held, _, err = d.holds(ctx, account)
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(sealed)
	a.Answers = sum[:]
	return d.points.Seal(cards.PaperTicketAnswer, a)
}

// look says what cards are worth and which prizes they buy.
func (d *desk) look(ctx context.Context, sealed []byte) ([]byte, error) {
	_, keys, err := d.points.Sealer(ctx, sealed, cards.PaperPrizeLook)
	if err != nil {
		return nil, err
	}
	look, key, err := cards.OpenPrizeLook(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	o, err := d.value.LookPrizes(ctx, key, look)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(sealed)
	o.Answers = sum[:]
	return d.points.Seal(cards.PaperPrizeOffer, o)
}

// take hands cards in for a prize.
func (d *desk) take(ctx context.Context, sealed []byte) ([]byte, error) {
	_, keys, err := d.points.Sealer(ctx, sealed, cards.PaperPrizeTake)
	if err != nil {
		return nil, err
	}
	take, key, err := cards.OpenPrizeTake(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	a, err := d.value.TakePrize(ctx, key, take)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(sealed)
	a.Answers = sum[:]
	return d.points.Seal(cards.PaperPrizeAnswer, a)
}
