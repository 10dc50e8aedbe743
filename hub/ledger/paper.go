package ledger

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// What is wrong with a paper that is no upload.
var (
	ErrKiosk  = errors.New("ledger: not the paper of a kiosk whose key is good")
	ErrScheme = errors.New("ledger: no event is of this scheme")
)

// Sealer names the kiosk whose live key, not revoked and not too old, a paper
// says it is sealed by, and knows that key alone: to open the paper with.
// [ErrClosed] while a database that was put back waits to be accepted.
func (l *Ledger) Sealer(ctx context.Context, sealed []byte, paper cards.Paper) (kiosk string, keys func(cards.KeyID) ed25519.PublicKey, err error) {
	id, err := cards.Signer(sealed, paper)
	if err != nil {
		return "", nil, errors.Join(ErrKiosk, err)
	}
	var key signer
	err = l.view(ctx, func(t *txn) error {
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		var found bool
		key, found, err = t.signer(id)
		if err == nil && (!found || key.role != roleLive || key.revoked != "" || t.ms() >= key.signsUntil) {
			err = fmt.Errorf("%w: key %d", ErrKiosk, id)
		}
		return err
	})
	return key.kiosk, key.lookup, err
}

// Seal signs a paper with the hub's key.
func (l *Ledger) Seal(paper cards.Paper, v any) ([]byte, error) { return cards.Seal(l.hub, paper, v) }

// Scheme returns the event that was entered last of those that give points of
// this scheme, which is named in Japanese: it says whose scheme it is.
func (l *Ledger) Scheme(ctx context.Context, name string) (e cards.Event, err error) {
	found := false
	err = l.view(ctx, func(t *txn) error {
		return t.each(selectEvent+` ORDER BY e.at, e.id`, nil, func(scan func(...any) error) error {
			one, err := scanEvent(scan)
			if one.Scheme.Ja == name {
				e, found = one.Event, true
			}
			return err
		})
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: %q", ErrScheme, name)
	}
	return e, err
}

// May returns a [RoleError] unless the person has the role.
func (l *Ledger) May(ctx context.Context, person, role string) error {
	return l.view(ctx, func(t *txn) error { return t.may(person, role) })
}
