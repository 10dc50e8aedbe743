package cards

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
)

// A SignIn opens a sitting by MyKey ID and password, for who has no card. The
// kiosk's live key seals it.
type SignIn struct {
	ID       string `cbor:"1,keyasint"` // as it was typed
	Password []byte `cbor:"2,keyasint"` // of [SealPassword], with the sign-in's [SignIn.Bound]
	Nonce    []byte `cbor:"3,keyasint"` // [SignInNonce]
}

// SignInNonce is the nonce of the sign-in for which an offer's challenge is used
// up: sent again it opens nothing.
func SignInNonce(challenge []byte) []byte {
	sum := sha256.Sum256(challenge)
	return sum[:NonceSize]
}

// Bound is the sign-in without its password, which is sealed for this one alone.
func (s SignIn) Bound() ([]byte, error) {
	s.Password = nil
	return Encode(s)
}

// MaxPut is how many cards one put carries.
const MaxPut = 50

// A Put puts paper cards on the account of a sitting, or ends the sitting. The
// kiosk's live key seals it; the same cards again have the same answer.
type Put struct {
	Token Secret   `cbor:"1,keyasint"`
	Cards []string `cbor:"2,keyasint"` // texts of cards, as [Parse] takes them
	End   bool     `cbor:"3,keyasint"` // the sitting is over
	Nonce []byte   `cbor:"4,keyasint"`
}

// A PutOne is what became of one card.
type PutOne struct {
	Refused string `cbor:"1,keyasint"` // why it gave nothing, as the hub's pages know it; empty if it gave its points
	Before  bool   `cbor:"2,keyasint"` // it is on this account since before
	Points  uint32 `cbor:"3,keyasint"`
	Expires Day    `cbor:"4,keyasint"`
}

// A PutAnswer is the hub's answer, card by card.
type PutAnswer struct {
	Request []byte   `cbor:"1,keyasint"` // SHA-256 of the sealed put
	Over    bool     `cbor:"2,keyasint"` // the sitting is, and no card was looked at
	Cards   []PutOne `cbor:"3,keyasint"` // in the order of the put
	Held    []Held   `cbor:"4,keyasint"`
	At      int64    `cbor:"5,keyasint"`
	Moved   []Moved  `cbor:"6,keyasint"` // the latest first
}

// Check reports what a sign-in lacks.
func (s SignIn) Check() error {
	if len(s.ID) > 100 || len(s.Password) > 1<<10 || len(s.Nonce) != NonceSize {
		return fmt.Errorf("%w: a sign-in that is too long", ErrPaper)
	}
	return nil
}

// Check reports a put of nothing, of too much or of what is no card.
func (p Put) Check() error {
	if p.Token == "" || len(p.Token) > 100 || len(p.Cards) > MaxPut || len(p.Nonce) != NonceSize || (len(p.Cards) == 0) != p.End {
		return fmt.Errorf("%w: a put of nothing, or of too much", ErrPaper)
	}
	for n, text := range p.Cards {
		if _, err := Parse(text); err != nil || slices.Contains(p.Cards[:n], text) {
			return fmt.Errorf("%w: a put of what is no card, or of one twice", ErrPaper)
		}
	}
	return nil
}

// Check reports an answer to nothing.
func (a PutAnswer) Check() error {
	if len(a.Request) != sha256.Size || len(a.Cards) > MaxPut {
		return fmt.Errorf("%w: an answer to no put", ErrPaper)
	}
	return nil
}

// OpenSignIn reads a sign-in, sealed by a key that keys knows.
func OpenSignIn(data []byte, keys func(KeyID) ed25519.PublicKey) (s SignIn, id KeyID, err error) {
	id, err = openChecked(data, PaperSignIn, keys, &s)
	return s, id, err
}

// OpenPut reads a put, sealed by a key that keys knows.
func OpenPut(data []byte, keys func(KeyID) ed25519.PublicKey) (p Put, id KeyID, err error) {
	id, err = openChecked(data, PaperPut, keys, &p)
	return p, id, err
}

// OpenPutAnswer reads the answer to a put, sealed by a hub key of the trust
// list.
func OpenPutAnswer(data []byte, list TrustList, request [sha256.Size]byte) (a PutAnswer, err error) {
	_, err = openChecked(data, PaperPutAnswer, list.Hub, &a)
	return a, answers(err, a.Request, request)
}
