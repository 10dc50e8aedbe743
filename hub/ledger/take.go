package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// kindPrize: prize → prized, and what is left over → surplus, if it was given
// up, or → change, if a new card pays it back.
const kindPrize = "prize"

func prizeOf(scheme string) string   { return "prize:" + scheme } // cards taken in, on their way
func prizedOf(scheme string) string  { return "prized:" + scheme }
func surplusOf(scheme string) string { return "surplus:" + scheme }
func changeOf(scheme string) string  { return "change:" + scheme }

// OtherScheme refuses a card beside those of another scheme.
const OtherScheme Refusal = "scheme"

// A handful is cards that somebody hands in for a prize, and what they are
// worth together.
type handful struct {
	rows   []allotmentRow
	cards  []cards.Card
	said   []cards.PrizeCard // in their order
	scheme cards.Text        // of the good ones
	sum    int64
	bad    bool // not all are good
	second bool // more are of one event day than one person may take in alone
}

// LookPrizes says what cards are worth and which prizes they buy, to the kiosk
// with this key, and changes nothing (VALUE.md, section 3).
func (l *Ledger) LookPrizes(ctx context.Context, key cards.KeyID, look cards.PrizeLook) (o cards.PrizeOffer, err error) {
	err = l.view(ctx, func(t *txn) error {
		h, err := l.handful(t, look.Cards)
		if err != nil {
			return err
		}
		o = cards.PrizeOffer{Cards: h.said, Scheme: h.scheme, Sum: h.sum, Second: h.second, At: t.ms()}
		prizes, err := t.prizes()
		for _, p := range prizes {
			fits := len(look.Cards) == 0 || p.Scheme == h.scheme.Ja && int64(p.Points) <= h.sum
			if err != nil || !fits || p.Stock < 1 {
				continue
			}
			var pays []uint32
			if len(look.Cards) > 0 {
				pays, err = l.changeFor(t, key, p.Scheme, h.sum-int64(p.Points))
			}
			o.Prizes = append(o.Prizes, cards.Prize{ID: p.ID, Name: p.Name, Points: p.Points, Stock: uint32(p.Stock), Change: pays})
		}
		return err
	})
	return o, err
}

// handful looks at cards and changes nothing.
func (l *Ledger) handful(t *txn, texts []string) (h handful, err error) {
	type eventDay struct {
		event string
		day   cards.Day
	}
	aDay, err := t.prizeRule()
	if err != nil {
		return h, err
	}
	days := map[eventDay]uint32{}
	for _, text := range texts {
		c, err := cards.Parse(text)
		if err != nil {
			return h, err
		}
		a, why, err := l.worth(t, c)
		if err != nil {
			return h, err
		}
		one := cards.PrizeCard{Refused: string(why), Event: a.Event.Name, Day: a.Day}
		if why == "" && h.sum > 0 && a.scheme != h.scheme.Ja {
			one.Refused = string(OtherScheme)
		}
		if one.Refused == "" {
			one.Points, h.scheme = a.Points, a.Event.Scheme
			h.sum += int64(a.Points)
			days[eventDay{a.Event.ID, a.Day}]++
			h.second = h.second || days[eventDay{a.Event.ID, a.Day}] > aDay
		}
		h.bad = h.bad || one.Refused != ""
		h.rows, h.cards, h.said = append(h.rows, a), append(h.cards, c), append(h.said, one)
	}
	return h, nil
}

// worth says why a card gives nothing, as [Ledger.Claim] would.
func (l *Ledger) worth(t *txn, c cards.Card) (a allotmentRow, why Refusal, err error) {
	a, err = l.admit(t, c, cards.KindCard)
	if err == nil {
		err = t.unclaimed(a, c)
	}
	if refused := (*RefusedError)(nil); errors.As(err, &refused) {
		return a, refused.Why, nil
	}
	return a, "", err
}

// unclaimed says why a genuine card can't be redeemed now.
func (t *txn) unclaimed(a allotmentRow, c cards.Card) error {
	e, found, err := t.ended(c.Serial())
	if err != nil || found {
		return errorOr(err, t.refusal(c.Serial(), e))
	}
	if err := t.standing(a, c.Serial(), t.at); err != nil {
		return err
	}
	if a.Batch { // what activates a card knows no digest
		return nil
	}
	var held []byte
	known, err := t.one(`SELECT digest FROM issued WHERE allotment = $1 AND number = $2`, []any{int64(c.Allotment), int64(c.Number)}, &held)
	if digest := c.Digest(); err == nil && known && !bytes.Equal(held, digest[:]) {
		err = &RefusedError{Why: Outside, other: true}
	}
	return err
}

// changeFor returns the kiosk's allotments, open now, of which one card is worth
// a surplus.
func (l *Ledger) changeFor(t *txn, key cards.KeyID, scheme string, surplus int64) (ids []uint32, err error) {
	if surplus == 0 {
		return nil, nil
	}
	err = t.each(`SELECT id FROM allotment WHERE key_id = $1 AND scheme = $2 AND kind = $3 AND points = $4 AND day = $5 AND batch = 0 ORDER BY id`,
		[]any{int64(key), scheme, int64(cards.KindCard), surplus, int64(cards.DayOf(t.at))}, func(scan func(...any) error) error {
			var id uint32
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	var open []uint32
	for _, id := range ids {
		a, _, openErr := l.allotment(t, id)
		if err = errorOr(err, openErr); err == nil && a.Open(t.at) {
			open = append(open, id)
		}
	}
	return open, err
}

// TakePrize hands cards in for a prize at the kiosk with this key: all of it, or
// nothing, is one transaction with its answer. The same request has the same
// answer.
func (l *Ledger) TakePrize(ctx context.Context, key cards.KeyID, take cards.PrizeTake) (a cards.PrizeAnswer, err error) {
	err = l.update(ctx, func(t *txn) error {
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		a = cards.PrizeAnswer{At: t.ms()}
		asked := []any{take.Operator, take.Second, take.Prize, take.Points, take.Surplus, take.Change}
		r := request{key: key, id: take.Request, asked: asked, cards: take.Cards, bare: len(take.Cards) == 0}
		err := t.once(r, &a, func() error { return l.takePrize(t, key, take, &a) })
		if err == nil && take.Unpaid && a.Refused == "" {
			err = t.owe(int64(a.Slip))
		}
		if err == nil && a.Change != 0 {
			err = t.unpromised(&a)
		}
		return err
	})
	return a, err
}

// takePrize does it, or puts into the answer why not.
func (l *Ledger) takePrize(t *txn, key cards.KeyID, take cards.PrizeTake, a *cards.PrizeAnswer) error {
	h, err := l.handful(t, take.Cards)
	if err != nil {
		return err
	}
	if h.bad {
		a.Refuse(cards.PrizeCards)
		for _, one := range h.said {
			a.Cards = append(a.Cards, one.Refused)
		}
		return nil
	}
	p, refused, err := l.prizeFor(t, key, take, h)
	if err != nil {
		return err
	}
	if refused != "" {
		a.Refuse(refused)
		return nil
	}
	slip, err := t.next(`SELECT COALESCE(MAX(slip), 0) FROM prize_slip`)
	if err != nil {
		return err
	}
	a.Slip, a.Prize, a.Points, a.Surplus, a.Change = uint64(slip), p.Name, take.Points, take.Surplus, take.Change
	if err := t.handIn(h, slip); err != nil {
		return err
	}
	return t.handOut(key, take, h.scheme.Ja, p, slip)
}

// prizeFor finds the prize, or why nobody gets it.
func (l *Ledger) prizeFor(t *txn, key cards.KeyID, take cards.PrizeTake, h handful) (p Prize, refused string, err error) {
	stop, err := t.stopped(key)
	if err != nil {
		return p, "", err
	}
	p, found, err := t.prize(take.Prize)
	if err != nil {
		return p, "", err
	}
	pays := take.Change == 0
	if !pays {
		ids, err := l.changeFor(t, key, h.scheme.Ja, int64(take.Surplus))
		if err != nil {
			return p, "", err
		}
		for _, id := range ids {
			pays = pays || id == take.Change
		}
	}
	switch {
	case stop != "":
		refused = cards.ValueStopped
	case !found || p.Scheme != h.scheme.Ja:
		refused = cards.PrizeNone
	case p.Points != take.Points || h.sum-int64(p.Points) != int64(take.Surplus):
		refused = cards.PrizePrice
	case p.Stock < 1:
		refused = cards.PrizeStock
	case h.second && (take.Second == "" || take.Second == take.Operator):
		refused = cards.PrizeSecond
	case !pays:
		refused = cards.PrizeChange
	}
	return p, refused, nil
}

// handedIn stands where others have the account: a card was handed in for a prize.
func handedIn(slip int64) string { return fmt.Sprintf("prize:%d", slip) }

// handIn redeems the cards to no account.
func (t *txn) handIn(h handful, slip int64) error {
	for n, c := range h.cards {
		a, s, digest := h.rows[n], c.Serial(), c.Digest()
		if err := t.sameCard(a, s, sourceCard, digest[:]); err != nil {
			return err
		}
		won, err := t.end(s, ending{state: stateRedeemed, account: handedIn(slip), at: t.at})
		if err == nil && !won {
			err = fmt.Errorf("ledger: card %s ended while it was handed in", s)
		}
		if err != nil {
			return err
		}
		if _, err := t.move(kindRedeem, reference(s), int64(a.Points), outstandingOf(a.scheme), prizeOf(a.scheme)); err != nil {
			return err
		}
	}
	return nil
}

// handOut posts what the cards' points became, and takes the prize off the shelf.
func (t *txn) handOut(key cards.KeyID, take cards.PrizeTake, scheme string, p Prize, slip int64) error {
	said := saidSlip{slip, p.ID, p.revision, int64(take.Points), int64(take.Surplus), int64(take.Change), int64(key), take.Operator, take.Second, t.ms()}
	_, err := t.exec(`INSERT INTO prize_slip (slip, prize, revision, scheme, points, surplus, change, key_id, operator, second, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, said.Slip, said.Prize, said.Revision, scheme, said.Points, said.Surplus,
		said.Change, said.Key, said.Operator, said.Second, said.At)
	if err := errorOr(err, t.chain(kindSlip, slip, said)); err != nil {
		return err
	}
	postings := []posting{{prizeOf(scheme), -int64(take.Points) - int64(take.Surplus)}, {prizedOf(scheme), int64(take.Points)}}
	switch {
	case take.Change != 0:
		postings = append(postings, posting{changeOf(scheme), int64(take.Surplus)})
	case take.Surplus != 0:
		postings = append(postings, posting{surplusOf(scheme), int64(take.Surplus)})
	}
	_, err = t.post(kindPrize, fmt.Sprint(slip), postings)
	return errorOr(err, t.restock(p.ID, -1, slip, take.Operator))
}
