package station

import (
	"crypto/sha256"
	"errors"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/kiosk/wizard"
)

// An unreached is a hub that did not answer what was sent to it, as far as is
// known here: it may have done what was asked all the same.
type unreached struct {
	error
	request [sha256.Size]byte // of what was sent
}

func (e unreached) Unwrap() error { return e.error }

// notReached says so of an error that the hub itself did not give: a gate of
// somebody else's network answers too.
func notReached(err error, request [sha256.Size]byte) error {
	if p, ok := errors.AsType[*api.Problem](err); ok && (p.Type != "" || p.Status == 400 || p.Status == 415) {
		return err
	}
	return unreached{err, request}
}

// proposals is how many leased IDs a person may choose from.
const proposals = 3

// turn goes on without a network: from now on this person is given a leased ID.
// It reports whether there is one, and whether that is why err came.
func (c *clerk) turn(sit *sitting, err error) bool {
	if _, ok := errors.AsType[unreached](err); !ok || sit.ctx.Err() != nil || c.s.opts.Settings.Card.Leases == 0 {
		return false
	}
	if !c.s.mayIssue(sit.ctx) || !c.leases(sit) { // the hub takes nothing from who is stopped
		return false
	}
	c.s.opts.Log.Info("MyKey ID: given without a network", "error", err)
	return true
}

// leases looks for leased IDs to choose from.
func (c *clerk) leases(sit *sitting) bool {
	l, err := c.s.Journal.Leased(sit.ctx, sit.scheme)
	if err != nil {
		c.s.opts.Log.Error("leased MyKey IDs", "error", err)
	}
	if err != nil || len(l.Leased) == 0 {
		return false
	}
	l.Leased = l.Leased[:min(len(l.Leased), proposals)]
	sit.lease, sit.offer = &l, cards.Offer{Terms: l.Terms}
	return true
}

// choice are the leased IDs that may be chosen.
func (sit *sitting) choice() (ids []string) {
	for _, one := range sit.lease.Leased {
		ids = append(ids, one.ID)
	}
	return ids
}

// later asks for the choice of a leased ID.
func (sit *sitting) later() kiosk.Event {
	return wizard.PINRight{IDs: sit.choice(), Later: true, Terms: termsOf(sit.offer.Terms)}
}

// wentAway asks for it anew, where there was a network before.
func (sit *sitting) wentAway() kiosk.Event {
	return wizard.WentAway{IDs: sit.choice(), Terms: termsOf(sit.offer.Terms)}
}

// give gives a leased ID: the card signs, and what it signed waits for the hub
// on the disk before anything is said or printed.
func (c *clerk) give(sit *sitting, id string) kiosk.Event {
	if !c.s.mayIssue(sit.ctx) { // found broken since the ID was proposed
		return c.broken(errStopped)
	}
	var one cards.Leased
	for _, l := range sit.lease.Leased {
		if l.ID == id {
			one = l
		}
	}
	sealed, err := c.provisional(sit, one)
	if err != nil {
		return c.unheard(err)
	}
	switch err := c.s.Journal.GiveWith(sit.ctx, one, sealed, sit.lost, sit.staff); {
	case errors.Is(err, journal.ErrLease) && c.leases(sit): // it has just gone back to the hub
		return wizard.Answered{Word: string(cards.RulingTaken), IDs: sit.choice()}
	case err != nil:
		return c.broken(err)
	}
	if err := c.s.Journal.Sweep(sit.ctx); err != nil {
		c.s.opts.Log.Warn("leased MyKey IDs", "error", err)
	}
	c.s.Wake()
	c.powerDown(sit.card) // nothing more is signed
	code, err := cards.ParseSlipCode(string(one.Code))
	if err != nil {
		return c.broken(err)
	}
	sit.answer = cards.Answer{ID: one.ID}
	return wizard.Answered{Account: wizard.Account{ID: one.ID}, Code: code.Printed(), Later: true}
}

// provisional has the card sign for a leased ID, and seals it to the hub.
func (c *clerk) provisional(sit *sitting, one cards.Leased) ([]byte, error) {
	a := cards.Application{
		Purpose: cards.Register, ID: one.ID, Scheme: sit.scheme, Kiosk: c.s.Identity.Kiosk, At: c.s.opts.Now().UnixMilli(),
		Terms: sit.offer.Terms.Version, Challenge: one.Challenge,
	}
	body, err := cards.Encode(a)
	if err != nil {
		return nil, err
	}
	signature, err := sit.token.Sign(a)
	if err != nil {
		return nil, cardError{err}
	}
	return cards.SealProvisional(sit.lease.Seal, cards.Provisional{Application: body, Certificate: sit.cert.DER, Signature: signature})
}
