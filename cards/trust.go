package cards

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What a check without a network can say of a card that is not simply genuine.
var (
	ErrLapsed   = errors.New("cards: past its last day")
	ErrRevoked  = errors.New("cards: its key is revoked: ask the hub")
	ErrPractice = errors.New("cards: a practice card, without worth")
	ErrOutside  = errors.New("cards: outside what its key was granted")
)

// ErrOldList reports a trust list older than the one held, or so much newer
// that its number can't be right.
var ErrOldList = errors.New("cards: the trust list's version does not follow the one held")

// maxVersionStep bounds how far a trust list's version grows at once, so that
// one bad list can't use up all versions.
const maxVersionStep = 10_000

// A Revocation says why a key no longer signs.
type Revocation string

// A retired key's cards stay good; of a compromised one's, those that the hub
// had heard of before.
const (
	Retired     Revocation = "retired"
	Compromised Revocation = "compromised"
)

// An Issuer is a key that may sign cards. Times are Unix seconds.
type Issuer struct {
	Key           KeyID      `cbor:"1,keyasint"`
	Public        []byte     `cbor:"2,keyasint"` // Ed25519, 32 bytes
	Holder        string     `cbor:"3,keyasint"` // the kiosk's name
	From          int64      `cbor:"4,keyasint"`
	SignsUntil    int64      `cbor:"5,keyasint"`
	HonouredUntil int64      `cbor:"6,keyasint"`
	Kinds         []Kind     `cbor:"7,keyasint"` // what it may sign: live kinds or practice kinds, never both
	RevokedAt     int64      `cbor:"8,keyasint,omitempty"`
	Revocation    Revocation `cbor:"9,keyasint,omitempty"`
}

// Practice reports whether the key signs samples.
func (i Issuer) Practice() bool { return len(i.Kinds) > 0 && i.Kinds[0].Practice() }

func (i Issuer) check() error {
	if !i.Key.Usable() || len(i.Public) != ed25519.PublicKeySize || len(i.Kinds) == 0 {
		return fmt.Errorf("cards: trust list: key %d can't be used", i.Key)
	}
	for _, k := range i.Kinds {
		if !k.Known() || k.Practice() != i.Practice() {
			return fmt.Errorf("cards: trust list: key %d mixes live and practice kinds", i.Key)
		}
	}
	return nil
}

// A HubKey is a key with which the hub signs allotments and receipts.
type HubKey struct {
	Key    KeyID  `cbor:"1,keyasint"`
	Public []byte `cbor:"2,keyasint"`
}

// A TrustList names every key that counts. The hub's trust key signs it.
type TrustList struct {
	Version uint32   `cbor:"1,keyasint"` // only grows
	Issued  int64    `cbor:"2,keyasint"` // Unix seconds
	Issuers []Issuer `cbor:"3,keyasint"`
	Hubs    []HubKey `cbor:"4,keyasint"`
	Hosts   []Host   `cbor:"5,keyasint"` // where cards are claimed
}

// OpenTrustList reads a list signed by the pinned trust key.
func OpenTrustList(data []byte, trust ed25519.PublicKey) (TrustList, error) {
	var l TrustList
	if _, err := Open(data, PaperTrustList, func(KeyID) ed25519.PublicKey { return trust }, &l); err != nil {
		return TrustList{}, err
	}
	for n, i := range l.Issuers {
		if err := i.check(); err != nil {
			return TrustList{}, err
		}
		if n > 0 && l.Issuers[n-1].Key >= i.Key {
			return TrustList{}, fmt.Errorf("cards: trust list: key %d is out of order", i.Key)
		}
	}
	return l, nil
}

// Follows returns an error unless the list may take the place of the older one.
func (l TrustList) Follows(older TrustList) error {
	if l.Version < older.Version || l.Version-older.Version > maxVersionStep {
		return fmt.Errorf("%w: %d after %d", ErrOldList, l.Version, older.Version)
	}
	return nil
}

// Issuer returns the issuer with this key id.
func (l TrustList) Issuer(id KeyID) (Issuer, bool) {
	n := slices.IndexFunc(l.Issuers, func(i Issuer) bool { return i.Key == id })
	if n < 0 {
		return Issuer{}, false
	}
	return l.Issuers[n], true
}

// Hub returns the public key of a hub key, nil if there is none.
func (l TrustList) Hub(id KeyID) ed25519.PublicKey {
	for _, h := range l.Hubs {
		if h.Key == id {
			return h.Public
		}
	}
	return nil
}

// Verify checks a card without a network. Nil means genuine, and no more:
// whether it was redeemed shows when the hub is asked.
func (l TrustList) Verify(c Card, now time.Time) error {
	issuer, ok := l.Issuer(c.Key)
	if !ok {
		return fmt.Errorf("%w: %d", ErrUnknownKey, c.Key)
	}
	if !c.SignedBy(issuer.Public) {
		return ErrSignature
	}
	switch {
	case !slices.Contains(issuer.Kinds, c.Kind):
		return ErrOutside
	case c.Kind.Practice():
		return ErrPractice
	case issuer.RevokedAt != 0:
		return ErrRevoked
	case !now.Before(c.Expires.End()), now.Unix() >= issuer.HonouredUntil:
		return ErrLapsed
	}
	return nil
}
