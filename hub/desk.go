package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// counted is what the desk needs of the ledger.
type counted interface {
	Sealer(ctx context.Context, sealed []byte, paper cards.Paper) (string, func(cards.KeyID) ed25519.PublicKey, error)
	Seal(paper cards.Paper, v any) ([]byte, error)
	Scheme(ctx context.Context, name string) (cards.Event, error)
	Balance(ctx context.Context, account string) (ledger.Balance, error)
	Claim(ctx context.Context, c cards.Card, account string) (ledger.Claimed, error)
	Look(ctx context.Context, c cards.Card) (ledger.View, error)
}

// A desk answers what residents do at a kiosk: the registry says who they are,
// the ledger what they hold.
type desk struct {
	points counted
	value  valued
	people *registry.Registry
}

// requests are the desk's answers by their paths.
func (d *desk) requests() map[string]func(context.Context, []byte) ([]byte, error) {
	return map[string]func(context.Context, []byte) ([]byte, error){
		api.PathAsk: d.ask, api.PathApply: d.apply, api.PathLease: d.lease, api.PathDeposit: d.deposit, api.PathSignIn: d.signIn, api.PathPut: d.put, api.PathCard: d.lookAtCard,
		api.PathTicket: d.ticket, api.PathLook: d.look, api.PathTake: d.take,
	}
}

// TermsVersion is the version of the terms in the word list (terms.body). What
// is agreed to is named by it, so that it grows with every change of the text.
const TermsVersion = "2"

// terms are what a resident agrees to who wants points of a scheme.
func (d *desk) terms(ctx context.Context, scheme string) (cards.Terms, error) {
	e, err := d.points.Scheme(ctx, scheme)
	body := cards.Text{Ja: words.In("ja").Say("terms.body"), En: words.In("en").Say("terms.body")}
	return cards.Terms{Version: TermsVersion, Municipality: e.Municipality, Scheme: e.Scheme, Body: body, Contact: e.Contact, Phone: e.Phone}, err
}

// opened says what a paper that does not open is: no kiosk's.
func opened(err error) error {
	if err != nil {
		return errors.Join(ledger.ErrKiosk, err)
	}
	return nil
}

func (d *desk) ask(ctx context.Context, sealed []byte) ([]byte, error) {
	kiosk, keys, err := d.points.Sealer(ctx, sealed, cards.PaperAsk)
	if err != nil {
		return nil, err
	}
	a, _, err := cards.OpenAsk(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	terms, err := d.terms(ctx, a.Scheme)
	if err != nil {
		return nil, err
	}
	o, err := d.people.Ask(ctx, kiosk, a, terms)
	if err != nil {
		return nil, err
	}
	request := sha256.Sum256(sealed)
	o.Request = request[:]
	return d.points.Seal(cards.PaperOffer, o)
}

func (d *desk) apply(ctx context.Context, sealed []byte) ([]byte, error) {
	kiosk, keys, err := d.points.Sealer(ctx, sealed, cards.PaperApply)
	if err != nil {
		return nil, err
	}
	a, _, err := cards.OpenApply(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	done, err := d.people.Apply(ctx, kiosk, sha256.Sum256(sealed), a)
	return d.answer(ctx, done, err)
}

func (d *desk) deposit(ctx context.Context, sealed []byte) ([]byte, error) {
	kiosk, keys, err := d.points.Sealer(ctx, sealed, cards.PaperDeposit)
	if err != nil {
		return nil, err
	}
	a, _, err := cards.OpenDeposit(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	done, err := d.people.Deposit(ctx, kiosk, a)
	return d.answer(ctx, done, err)
}

func (d *desk) signIn(ctx context.Context, sealed []byte) ([]byte, error) {
	kiosk, keys, err := d.points.Sealer(ctx, sealed, cards.PaperSignIn)
	if err != nil {
		return nil, err
	}
	a, _, err := cards.OpenSignIn(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	done, err := d.people.Sit(ctx, kiosk, sha256.Sum256(sealed), a)
	return d.answer(ctx, done, err)
}

func (d *desk) lease(ctx context.Context, sealed []byte) ([]byte, error) {
	kiosk, keys, err := d.points.Sealer(ctx, sealed, cards.PaperLeaseAsk)
	if err != nil {
		return nil, err
	}
	a, _, err := cards.OpenLeaseAsk(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	terms, err := d.terms(ctx, a.Scheme)
	if err != nil {
		return nil, err
	}
	l, err := d.people.Lease(ctx, kiosk, a, terms)
	if err != nil {
		return nil, err
	}
	request := sha256.Sum256(sealed)
	l.Request = request[:]
	return d.points.Seal(cards.PaperLease, l)
}

// answer adds what the account holds where a sitting was opened, and seals it.
func (d *desk) answer(ctx context.Context, done registry.Applied, err error) ([]byte, error) {
	if err == nil && done.Answer.Token != "" {
		done.Answer.Held, done.Answer.Moved, err = d.holds(ctx, done.Account)
	}
	if err != nil {
		return nil, err
	}
	return d.points.Seal(cards.PaperAnswer, done.Answer)
}

// holds returns the points of an account as a kiosk shows them.
func (d *desk) holds(ctx context.Context, account string) (held []cards.Held, moved []cards.Moved, err error) {
	b, err := d.points.Balance(ctx, account)
	for _, o := range b.Lots {
		held = append(held, cards.Held{Scheme: o.Scheme, Points: o.Points, Expires: o.Expires})
	}
	for _, m := range b.Movements {
		moved = append(moved, cards.Moved{At: m.At.UnixMilli(), Kind: m.Kind, Points: m.Points, Event: m.Event.Name, Expires: m.Expires})
	}
	return held, moved, err
}

// put claims cards for the account of a sitting, one by one: each is a claim of
// its own, and the same card again has the same answer.
func (d *desk) put(ctx context.Context, sealed []byte) ([]byte, error) {
	kiosk, keys, err := d.points.Sealer(ctx, sealed, cards.PaperPut)
	if err != nil {
		return nil, err
	}
	p, _, err := cards.OpenPut(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	account, err := d.people.Sitting(ctx, kiosk, p.Token)
	if err == nil && p.End {
		account, err = "", d.people.Rise(ctx, kiosk, p.Token)
	}
	if err != nil {
		return nil, err
	}
	request := sha256.Sum256(sealed)
	a := cards.PutAnswer{Request: slices.Clone(request[:]), Over: account == "", At: d.people.Now().UnixMilli()}
	for _, text := range p.Cards {
		if a.Over {
			break
		}
		one, err := d.putOne(ctx, text, account)
		if err != nil {
			return nil, err
		}
		a.Cards = append(a.Cards, one)
	}
	if !a.Over {
		if a.Held, a.Moved, err = d.holds(ctx, account); err != nil {
			return nil, err
		}
	}
	return d.points.Seal(cards.PaperPutAnswer, a)
}

func (d *desk) putOne(ctx context.Context, text, account string) (one cards.PutOne, err error) {
	card, err := cards.Parse(text)
	if err != nil {
		return one, opened(err)
	}
	claimed, err := d.points.Claim(ctx, card, account)
	refused := (*ledger.RefusedError)(nil)
	if errors.As(err, &refused) {
		return cards.PutOne{Refused: string(refused.Why)}, nil
	}
	return cards.PutOne{Before: claimed.Before, Points: claimed.Points, Expires: claimed.Expires}, err
}

// lookAtCard says what a card is worth, and nothing of whose it became.
func (d *desk) lookAtCard(ctx context.Context, sealed []byte) ([]byte, error) {
	_, keys, err := d.points.Sealer(ctx, sealed, cards.PaperLook)
	if err != nil {
		return nil, err
	}
	l, _, err := cards.OpenLook(sealed, keys)
	if err != nil {
		return nil, opened(err)
	}
	card, err := cards.Parse(l.Card)
	if err != nil {
		return nil, opened(err)
	}
	request := sha256.Sum256(sealed)
	a := cards.Looked{Request: request[:], At: d.people.Now().UnixMilli()}
	view, err := d.points.Look(ctx, card)
	refused := (*ledger.RefusedError)(nil)
	switch {
	case errors.As(err, &refused):
		a.Refused, a.Since = string(refused.Why), unixMilli(refused.At)
	case err != nil:
		return nil, err
	case !view.RedeemedAt.IsZero():
		a.Refused, a.Since = string(ledger.Used), view.RedeemedAt.UnixMilli()
	}
	if of := view.Allotment; of.ID != 0 {
		a.Points, a.Event, a.Day, a.Expires = of.Points, of.Event.Name, of.Day, of.Expires
	}
	return d.points.Seal(cards.PaperLooked, a)
}

// unixMilli is 0 for a time that nobody knows.
func unixMilli(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}
