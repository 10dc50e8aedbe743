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

// riseLimit is how long the end of a sitting is tried at the hub: if it comes to
// nothing, the hub ends it by itself.
const riseLimit = 3 * time.Second

// doAccount performs an effect of the screens of an account.
func (c *clerk) doAccount(ctx context.Context, e kiosk.Effect) kiosk.Event {
	switch e := e.(type) {
	case account.SignIn:
		return c.signIn(ctx, e)
	case account.LookAt:
		return c.look(ctx, e)
	case account.PutCards:
		if sit := c.sat(e.Sitting); sit != nil {
			return c.put(sit, e)
		}
	case account.PrintSlip:
		if sit := c.sat(e.Sitting); sit != nil {
			return c.balanceSlip(ctx, sit, e)
		}
	case account.ListTickets:
		return c.listTickets(ctx)
	case account.BuyTicket:
		if sit := c.sat(e.Sitting); sit != nil {
			return c.buy(ctx, sit, e)
		}
	case account.SettleTicket:
		return c.settleTicket(ctx, e)
	}
	wipe(e) // they have left
	return nil
}

func (c *clerk) nonce() ([]byte, error) {
	nonce := make([]byte, cards.NonceSize)
	if _, err := io.ReadFull(c.s.opts.Rand, nonce); err != nil {
		return nil, fmt.Errorf("station: draw a nonce: %w", err)
	}
	return nonce, nil
}

// opened remembers what opens the sitting at the hub; where its person has left
// meanwhile, that ends at once.
func (c *clerk) opened(sit *sitting, token cards.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case token == "":
	case c.now == sit:
		sit.tokens = append(sit.tokens, token)
	default:
		c.ends.Go(func() { c.rise(sit.ctx, token) })
	}
}

// token is the good one.
func (c *clerk) token(sit *sitting) cards.Secret {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(sit.tokens) == 0 {
		return ""
	}
	return sit.tokens[len(sit.tokens)-1]
}

// rise ends a sitting at the hub, as far as it can be reached.
func (c *clerk) rise(ctx context.Context, token cards.Secret) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), riseLimit)
	defer cancel()
	nonce, err := c.nonce()
	if err == nil {
		_, err = c.send(ctx, cards.Put{Token: token, End: true, Nonce: nonce})
	}
	if err != nil {
		c.s.opts.Log.Info("the end of a sitting did not reach the hub", "error", err)
	}
}

// send sends a put and opens its answer.
func (c *clerk) send(ctx context.Context, p cards.Put) (answer cards.PutAnswer, err error) {
	err = c.exchange(ctx, cards.PaperPut, p, c.hub.Put, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		answer, err = cards.OpenPutAnswer(sealed, list, request)
		return err
	})
	return answer, err
}

// signIn opens an account by MyKey ID and password.
func (c *clerk) signIn(ctx context.Context, e account.SignIn) kiosk.Event {
	defer e.Pass.Wipe()
	typed, ok := e.Pass.(wizard.Typed)
	scheme, err := c.scheme(ctx)
	if err != nil || !ok {
		c.s.opts.Log.Error("sign-in", "error", err)
		return account.NotOpened{Reason: account.Broken}
	}
	sit := &sitting{scheme: scheme, read: true}
	sit.ctx, sit.leave = context.WithCancel(ctx)
	c.dismiss(c.begin(sit))
	answer, err := c.signedIn(sit, e.ID, typed)
	if err != nil {
		return account.NotOpened{Reason: c.whyNot(err)}
	}
	switch answer.Ruling {
	case cards.RulingOK:
		sit.answer = answer
		c.opened(sit, answer.Token)
		return account.Opened{Account: c.holds(sit, answer.ID, answer.Held, answer.Moved), Sitting: sit.n}
	case cards.RulingWrong, cards.RulingMalformed:
		return account.NotOpened{Wrong: true}
	case cards.RulingBusy, cards.RulingLate:
		if tooOften(answer) {
			return account.NotOpened{Reason: account.Slow}
		}
		return account.NotOpened{Reason: account.Busy}
	}
	c.s.opts.Log.Error("sign-in", "ruling", answer.Ruling)
	return account.NotOpened{Reason: account.Unknown}
}

// tooOften tells a hub that slows somebody down from one that is busy with others.
func tooOften(a cards.Answer) bool { return a.Ruling == cards.RulingBusy && a.Wait > 15 }

// signedIn asks the hub, to which alone the password is sealed.
func (c *clerk) signedIn(sit *sitting, id string, pass wizard.Typed) (answer cards.Answer, err error) {
	if sit.offer, err = c.ask(sit, cards.Show, ""); err != nil {
		return answer, err
	}
	paper := cards.SignIn{ID: id, Nonce: cards.SignInNonce(sit.offer.Challenge)}
	bound, err := paper.Bound()
	if err != nil {
		return answer, err
	}
	if paper.Password, err = cards.SealPassword(sit.offer.Seal, bound, pass.Take()); err != nil {
		return answer, err
	}
	err = c.exchange(sit.ctx, cards.PaperSignIn, paper, c.hub.SignIn, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		answer, err = cards.OpenAnswer(sealed, list, request)
		return err
	})
	return answer, err
}

// whyNot is the screen for a hub that was not reached, or said no.
func (c *clerk) whyNot(err error) account.Reason {
	c.s.opts.Log.Info("account", "error", err)
	problem, ok := errors.AsType[*api.Problem](err)
	_, away := errors.AsType[unreached](err)
	switch {
	case !ok || away: // or it was another machine that answered
		return account.Offline
	case problem.Ruling() == cards.RulingKioskUnknown, problem.Type == api.ProblemNoMyKey, problem.Type == api.ProblemScheme:
		return account.Unknown
	}
	return account.Busy
}

// holds is an account as the screens show it.
func (c *clerk) holds(sit *sitting, id string, held []cards.Held, moved []cards.Moved) account.Account {
	names := map[string]account.Name{}
	all, err := c.s.Allotments(sit.ctx)
	if err != nil {
		c.s.opts.Log.Warn("allotments", "error", err)
	}
	for _, a := range all {
		names[a.Event.Scheme.Ja] = account.Name(a.Event.Scheme)
	}
	name := func(scheme string) account.Name {
		if n, ok := names[scheme]; ok {
			return n
		}
		return account.Name{Ja: scheme}
	}
	out := account.Account{Tail: id[max(0, len(id)-4):], Home: name(sit.scheme)}
	for _, h := range held {
		out.Lots = append(out.Lots, account.Lot{Scheme: name(h.Scheme), Points: h.Points, Expires: h.Expires.Start()})
	}
	for _, m := range moved {
		out.Moves = append(out.Moves, account.Move{
			At: time.UnixMilli(m.At).In(cards.Japan), Kind: m.Kind, Points: m.Points, Event: account.Name(m.Event), Expires: m.Expires.Start(),
		})
	}
	return out
}
