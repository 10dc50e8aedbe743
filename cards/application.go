package cards

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// A Purpose is what an application asks for.
type Purpose string

// The purposes.
const (
	Register Purpose = "register" // a MyKey ID and its account in a scheme
	Show     Purpose = "show"     // the account that this card's holder has, for as long as the card lies there
	Change   Purpose = "change"   // another MyKey ID in place of the one held
	Retire   Purpose = "retire"   // the MyKey ID held ends
	Rebind   Purpose = "rebind"   // a renewed certificate takes the place of the one before
)

// An Application is what a resident asks the hub for at a kiosk, and what their
// My Number card signs: the record shows what was agreed to. It names nobody
// but the MyKey ID that it asks for.
type Application struct {
	Purpose   Purpose `cbor:"1,keyasint"`
	ID        string  `cbor:"2,keyasint"` // the MyKey ID asked for; empty to show or retire the one held
	Scheme    string  `cbor:"3,keyasint"` // of the account, as an event's scheme names it in Japanese
	Kiosk     string  `cbor:"4,keyasint"`
	At        int64   `cbor:"5,keyasint"` // the kiosk's clock, Unix milliseconds: no order, and no proof of time
	Terms     string  `cbor:"6,keyasint"` // version of the terms agreed to; empty where nothing is
	Challenge []byte  `cbor:"7,keyasint"` // 32 random bytes of the hub's, for one use
}

// ChallengeSize is the size of a challenge in bytes.
const ChallengeSize = 32

// applicationDomain precedes an application in what is signed, so that the
// signature is one for nothing else.
const applicationDomain = "pointkiosk application v1\x00"

// ErrApplication reports an application that asks for nothing that can be given.
var ErrApplication = errors.New("cards: not an application")

// Check reports what an application lacks.
func (a Application) Check() error {
	_, err := ParseMyKeyID(a.ID)
	named := err == nil
	switch {
	case !slices.Contains([]Purpose{Register, Show, Change, Retire, Rebind}, a.Purpose):
		return fmt.Errorf("%w: purpose %q", ErrApplication, a.Purpose)
	case named != (a.Purpose == Register || a.Purpose == Change || a.Purpose == Rebind) || !named && a.ID != "":
		return fmt.Errorf("%w: its MyKey ID", ErrApplication)
	case (a.Terms != "") != (a.Purpose == Register):
		return fmt.Errorf("%w: its terms", ErrApplication)
	case a.Scheme == "" || a.Kiosk == "" || len(a.Challenge) != ChallengeSize:
		return fmt.Errorf("%w: no scheme, no kiosk or no challenge", ErrApplication)
	}
	return nil
}

// Digest is the SHA-256 of what the card signs: the domain, and the application
// as deterministic CBOR. It is made here alone, on both sides.
func (a Application) Digest() ([sha256.Size]byte, error) {
	if err := a.Check(); err != nil {
		return [sha256.Size]byte{}, err
	}
	body, err := Encode(a)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(append([]byte(applicationDomain), body...)), nil
}

// ParseApplication reads an application as [Encode] wrote it.
func ParseApplication(data []byte) (Application, error) {
	var a Application
	if err := Decode(data, &a); err != nil {
		return Application{}, err
	}
	return a, a.Check()
}
