package cards

import (
	"bytes"
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

// ErrOldList reports a trust list older than the one held, another of the same
// version, or one so much newer that its number can't be right.
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

// An Issuer is a key that may sign cards. Times are Unix seconds. From and
// SignsUntil bound what the hub grants the key; a card does not say when it
// was signed, so that HonouredUntil alone can be held against it.
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
	switch {
	case len(i.Kinds) == 0:
		return fmt.Errorf("cards: trust list: key %d may sign nothing", i.Key)
	case i.From >= i.SignsUntil || i.SignsUntil > i.HonouredUntil:
		return fmt.Errorf("cards: trust list: key %d: its times are out of order", i.Key)
	case (i.RevokedAt == 0) != (i.Revocation == ""),
		i.Revocation != "" && i.Revocation != Retired && i.Revocation != Compromised:
		return fmt.Errorf("cards: trust list: key %d is neither good nor revoked", i.Key)
	}
	for n, k := range i.Kinds {
		if !k.Known() || k.Practice() != i.Practice() || n > 0 && i.Kinds[n-1] >= k {
			return fmt.Errorf("cards: trust list: key %d: kinds unknown, out of order, or live beside practice", i.Key)
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
	if err := l.check(trust); err != nil {
		return TrustList{}, err
	}
	return l, nil
}

// check reports the first thing that no list may say. One key has one id and
// one use: a key that could be taken for another would vouch for what it was
// never granted.
func (l TrustList) check(trust ed25519.PublicKey) error {
	if l.Version == 0 {
		return errors.New("cards: trust list: no version")
	}
	ids, publics := map[KeyID]bool{}, map[string]bool{string(trust): true}
	for n, i := range l.Issuers {
		if !i.Key.Usable() || !usablePublic(i.Public) || publics[string(i.Public)] {
			return fmt.Errorf("cards: trust list: key %d can't be used", i.Key)
		}
		if n > 0 && l.Issuers[n-1].Key >= i.Key {
			return fmt.Errorf("cards: trust list: key %d is out of order", i.Key)
		}
		if err := i.check(); err != nil {
			return err
		}
		ids[i.Key], publics[string(i.Public)] = true, true
	}
	for n, h := range l.Hubs {
		if !h.Key.Usable() || !usablePublic(h.Public) || ids[h.Key] || publics[string(h.Public)] {
			return fmt.Errorf("cards: trust list: hub key %d can't be used", h.Key)
		}
		if n > 0 && l.Hubs[n-1].Key >= h.Key {
			return fmt.Errorf("cards: trust list: hub key %d is out of order", h.Key)
		}
		publics[string(h.Public)] = true
	}
	for _, h := range l.Hosts {
		if _, err := ParseHost(string(h)); err != nil {
			return fmt.Errorf("cards: trust list: %w", err)
		}
	}
	return nil
}

// Follows returns an error unless the list may take the place of the older
// one: a higher version within the step, or the very same list. Of two lists
// of one version at most one is right.
func (l TrustList) Follows(older TrustList) error {
	if l.Version < older.Version || l.Version-older.Version > maxVersionStep {
		return fmt.Errorf("%w: %d after %d", ErrOldList, l.Version, older.Version)
	}
	if l.Version > older.Version {
		return nil
	}
	a, errA := Encode(l)
	b, errB := Encode(older)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		return fmt.Errorf("%w: another list of version %d", ErrOldList, l.Version)
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
// whether it was redeemed shows when the hub is asked. The errors are found in
// the order of TOKEN.md, section 6.
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
