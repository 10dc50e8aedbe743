package station

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// hubLimit is how long a person waits for the hub.
const hubLimit = 8 * time.Second

// who asks for the account of this card, and for IDs to choose from.
func (c *clerk) who(sit *sitting, aim wizard.Aim) kiosk.Event {
	answer, err := c.signed(sit, cards.Application{Purpose: cards.Show}, cards.Apply{}, nil)
	switch {
	case aim == wizard.Make && c.turn(sit, err):
		return sit.later()
	case err != nil:
		return c.unheard(err)
	}
	next := cards.Register
	switch answer.Ruling {
	case cards.RulingOK:
		if next = cards.Change; aim == wizard.Open {
			c.powerDown(sit.card) // nothing more is signed
			return account.Opened{Account: c.holds(sit, answer.ID, answer.Held, answer.Moved), Sitting: sit.n}
		}
		if aim == wizard.Make && !answer.Joined {
			next = cards.Register
		}
	case cards.RulingNoID:
	default:
		return wizard.Answered{Word: string(answer.Ruling)}
	}
	sit.offer, err = c.ask(sit, next, "")
	switch {
	case next == cards.Register && c.turn(sit, err):
		return sit.later()
	case err != nil:
		return c.unheard(err)
	}
	return wizard.PINRight{
		Account: accountOf(answer), IDs: sit.offer.Proposals, Terms: termsOf(sit.offer.Terms),
		Join: answer.Ruling == cards.RulingOK && next == cards.Register,
	}
}

// termsOf are the terms that are signed, and no others.
func termsOf(t cards.Terms) wizard.Agreement {
	in := func(x cards.Text) map[string]string {
		return map[string]string{"ja": x.In("ja"), "en": x.In("en")}
	}
	return wizard.Agreement{Municipality: in(t.Municipality), Scheme: in(t.Scheme), Body: in(t.Body)}
}

func accountOf(a cards.Answer) wizard.Account {
	out := wizard.Account{ID: a.ID}
	for _, h := range a.Held {
		if out.Points == nil {
			out.Points = map[string]int64{}
		}
		out.Points[h.Scheme] += h.Points
	}
	return out
}

// lookAt asks whether an ID of one's own choice is free.
func (c *clerk) lookAt(sit *sitting, typed string) kiosk.Event {
	purpose := cards.Register
	if sit.answer.ID != "" {
		purpose = cards.Change
	}
	o, err := c.ask(sit, purpose, typed)
	switch {
	case purpose == cards.Register && c.turn(sit, err):
		return sit.wentAway()
	case err != nil:
		return c.unheard(err)
	}
	sit.offer = o
	id, err := cards.NormalizeMyKeyID(typed)
	switch {
	case err != nil:
		return wizard.IDFree{ID: typed, Word: string(cards.RulingMalformed), Terms: termsOf(o.Terms)}
	case o.Wanted != cards.RulingOK:
		return wizard.IDFree{ID: id.String(), Word: string(o.Wanted), Terms: termsOf(o.Terms)}
	}
	return wizard.IDFree{ID: id.String(), Terms: termsOf(o.Terms)}
}

// apply lets the card sign what was agreed to, and sends it.
func (c *clerk) apply(sit *sitting, e wizard.Apply) kiosk.Event {
	if e.Pass != nil {
		defer e.Pass.Wipe()
	}
	if sit.lease != nil && e.Purpose == string(cards.Register) {
		return c.give(sit, e.ID)
	}
	a := cards.Application{Purpose: cards.Purpose(e.Purpose), ID: e.ID}
	more := cards.Apply{Code: a.Purpose == cards.Show || a.Purpose == cards.Register && e.Pass == nil}
	switch a.Purpose {
	case cards.Register:
		a.Terms = sit.offer.Terms.Version
	case cards.Retire, cards.Show, cards.Rebind:
		var err error
		if sit.offer, err = c.ask(sit, a.Purpose, ""); err != nil {
			return c.unheard(err)
		}
	}
	answer, err := c.signed(sit, a, more, e.Pass)
	switch {
	case a.Purpose == cards.Register && c.turn(sit, err):
		if lost, ok := errors.AsType[unreached](err); ok {
			sit.lost = lost.request[:]
		}
		return sit.wentAway()
	case err != nil:
		return c.unheard(err)
	}
	return c.answered(sit, a, answer)
}

// answered says what the hub ruled on an application.
func (c *clerk) answered(sit *sitting, a cards.Application, answer cards.Answer) kiosk.Event {
	out := wizard.Answered{Account: accountOf(answer)}
	switch answer.Ruling {
	case cards.RulingOK:
		c.powerDown(sit.card) // nothing more is signed
		if code, err := cards.ParseSlipCode(string(answer.Code)); err == nil {
			out.Code = code.Printed()
		}
		if a.Purpose == cards.Retire {
			out.Account = wizard.Account{}
		}
	case cards.RulingTaken, cards.RulingOffensive, cards.RulingWrong: // the challenge is used up, too
		next := a.Purpose
		if next == cards.Rebind { // they may have none, after all
			next = cards.Register
		}
		var err error
		sit.offer, err = c.ask(sit, next, "")
		switch {
		case a.Purpose == cards.Register && c.turn(sit, err):
			return sit.wentAway()
		case err != nil:
			return c.unheard(err)
		}
		out.IDs, out.Terms = sit.offer.Proposals, termsOf(sit.offer.Terms)
		fallthrough
	default:
		if out.Word = string(answer.Ruling); tooOften(answer) {
			return wizard.CardStops{Reason: wizard.Slow}
		}
	}
	return out
}

// signed has the card sign an application under the offer at hand, and returns
// what the hub says to it. A password is sealed, and overwritten, before the card
// takes its time.
func (c *clerk) signed(sit *sitting, a cards.Application, more cards.Apply, pass wizard.Secret) (answer cards.Answer, err error) {
	a.Scheme, a.Kiosk, a.At, a.Challenge = sit.scheme, c.s.Identity.Kiosk, c.s.opts.Now().UnixMilli(), sit.offer.Challenge
	if more.Application, err = cards.Encode(a); err != nil {
		return answer, err
	}
	if typed, ok := pass.(wizard.Typed); ok {
		if more.Password, err = cards.SealPassword(sit.offer.Seal, more.Application, typed.Take()); err != nil {
			return answer, err
		}
	}
	if more.Signature, err = sit.token.Sign(a); err != nil {
		return answer, cardError{err}
	}
	more.Certificate, more.Staff = sit.cert.DER, sit.staff
	err = c.exchange(sit.ctx, cards.PaperApply, more, c.hub.Apply, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		answer, err = cards.OpenAnswer(sealed, list, request)
		return err
	})
	if err == nil && answer.Ruling == cards.RulingOK {
		sit.answer = answer
		c.opened(sit, answer.Token)
	}
	return answer, err
}

// ask asks the hub what may be signed.
func (c *clerk) ask(sit *sitting, purpose cards.Purpose, wanted string) (offer cards.Offer, err error) {
	nonce := make([]byte, cards.NonceSize)
	if _, err := io.ReadFull(c.s.opts.Rand, nonce); err != nil {
		return offer, fmt.Errorf("station: draw a nonce: %w", err)
	}
	a := cards.Ask{Purpose: purpose, Scheme: sit.scheme, Wanted: wanted, At: c.s.opts.Now().UnixMilli(), Nonce: nonce}
	err = c.exchange(sit.ctx, cards.PaperAsk, a, c.hub.Ask, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		offer, err = cards.OpenOffer(sealed, list, request)
		return err
	})
	return offer, err
}

// exchange sends a paper and opens the answer. An application is sent again, the
// same bytes, while there is time: it has the same answer.
func (c *clerk) exchange(ctx context.Context, paper cards.Paper, v any, send func(context.Context, []byte) ([]byte, error),
	open func([]byte, cards.TrustList, [sha256.Size]byte) error) error {
	list, err := c.s.TrustList(ctx)
	if err != nil {
		return err
	}
	sealed, err := cards.Seal(c.s.live, paper, v)
	if err != nil {
		return err
	}
	request := sha256.Sum256(sealed)
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	for {
		try, end := context.WithTimeout(ctx, c.limit/2)
		answer, err := send(try, sealed)
		if end(); err == nil {
			err = open(answer, list, request)
		}
		if err == nil {
			return nil
		}
		err = notReached(err, request)
		_, away := errors.AsType[unreached](err)
		if away {
			c.s.Wake() // the uplink finds that the network is away: the pill says so beside the screen
		}
		if !away || paper != cards.PaperApply {
			return err
		}
		if pause(ctx, c.limit/20); ctx.Err() != nil {
			return err
		}
	}
}

// A cardError is the card's part in an application that came to nothing.
type cardError struct{ error }

func (e cardError) Unwrap() error { return e.error }

// unheard is a hub that was not reached or said no, or a card that did not sign.
func (c *clerk) unheard(err error) kiosk.Event {
	if card, ok := errors.AsType[cardError](err); ok {
		return c.trouble(card.error)
	}
	_, away := errors.AsType[unreached](err)
	if problem, ok := errors.AsType[*api.Problem](err); ok && !away {
		if problem.Type == api.ProblemBusy {
			return wizard.Answered{Word: string(cards.RulingBusy)}
		}
		c.s.opts.Log.Error("MyKey ID", "error", err)
		return wizard.Answered{Word: string(cards.RulingKioskUnknown)}
	}
	c.s.opts.Log.Info("MyKey ID", "error", err)
	return wizard.CardStops{Reason: wizard.Offline}
}

// scheme is the one that accounts are made in; empty while none was granted.
func (s *Station) scheme(ctx context.Context) (string, error) {
	if s := s.opts.Settings.Card.Scheme; s != "" {
		return s, nil
	}
	all, err := s.Allotments(ctx)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[len(all)-1].Event.Scheme.Ja, nil
}

// scheme is the station's, or an error where there is none.
func (c *clerk) scheme(ctx context.Context) (string, error) {
	scheme, err := c.s.scheme(ctx)
	if err == nil && scheme == "" {
		err = errors.New("station: no scheme: [card] scheme is not set, and no allotment was granted")
	}
	return scheme, err
}
