package cards

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
)

// NonceSize is the size of the random bytes that make no two papers alike.
const NonceSize = 16

// An Ask begins an application at a kiosk. The kiosk's live key seals it.
type Ask struct {
	Purpose Purpose `cbor:"1,keyasint"`
	Scheme  string  `cbor:"2,keyasint"` // of the account, as an event's scheme names it in Japanese
	Wanted  string  `cbor:"3,keyasint"` // a MyKey ID of one's own choice, as it was typed; may be empty
	At      int64   `cbor:"4,keyasint"` // the kiosk's clock, Unix milliseconds
	Nonce   []byte  `cbor:"5,keyasint"`
}

// Terms are what a resident agrees to, and with whom.
type Terms struct {
	Version      string `cbor:"1,keyasint"`
	Municipality Text   `cbor:"2,keyasint"`
	Scheme       Text   `cbor:"3,keyasint"`
	Body         Text   `cbor:"4,keyasint"`
	Contact      Text   `cbor:"5,keyasint"`
	Phone        string `cbor:"6,keyasint"`
}

// An Offer is the hub's answer to an ask: what may be signed.
type Offer struct {
	Request   []byte   `cbor:"1,keyasint"` // SHA-256 of the sealed ask
	Challenge []byte   `cbor:"2,keyasint"` // for one application, of this kiosk and purpose
	Ends      int64    `cbor:"3,keyasint"` // the challenge does, by the hub's clock; Unix milliseconds
	Proposals []string `cbor:"4,keyasint"` // MyKey IDs that are free; nobody keeps them
	Wanted    Ruling   `cbor:"5,keyasint"` // on the ID that was wanted: ok, taken, offensive or malformed; empty if none was
	Terms     Terms    `cbor:"6,keyasint"`
	Revokes   bool     `cbor:"7,keyasint"` // the hub can ask whether a certificate was revoked
	At        int64    `cbor:"8,keyasint"` // the hub's clock, Unix milliseconds
	Seal      []byte   `cbor:"9,keyasint"` // the hub's public sealing key, X25519
}

// An Apply carries what the card signed. The kiosk's live key seals it, and the
// same bytes sent again have the same answer.
type Apply struct {
	Application []byte `cbor:"1,keyasint"` // as [Encode] wrote it
	Certificate []byte `cbor:"2,keyasint"` // X.509, DER
	Signature   []byte `cbor:"3,keyasint"` // over [Application.Digest]: RSA PKCS #1 v1.5 or ECDSA in ASN.1, by the key
	Password    []byte `cbor:"4,keyasint"` // of [SealPassword], with Application: to be set; to rebind, the one that is set; or empty
	Code        bool   `cbor:"5,keyasint"` // a slip code is wanted, to set the password by
	Staff       string `cbor:"6,keyasint"` // who helped; empty if nobody did
}

// A Held is points of one day that an account holds.
type Held struct {
	Scheme  string `cbor:"1,keyasint"`
	Points  int64  `cbor:"2,keyasint"`
	Expires Day    `cbor:"3,keyasint"`
}

// A Moved is points that came or went.
type Moved struct {
	At      int64  `cbor:"1,keyasint"` // Unix milliseconds
	Kind    string `cbor:"2,keyasint"` // redeem, expire, ticket, return
	Points  int64  `cbor:"3,keyasint"` // negative when they went
	Event   Text   `cbor:"4,keyasint"`
	Expires Day    `cbor:"5,keyasint"`
}

// An Answer is what the hub says to an application.
type Answer struct {
	Request   []byte   `cbor:"1,keyasint"` // SHA-256 of the sealed apply, or of a deposit's application
	Ruling    Ruling   `cbor:"2,keyasint"`
	ID        string   `cbor:"3,keyasint"` // the MyKey ID that the account has now; empty if it has none, or it is nobody's business
	Code      Secret   `cbor:"4,keyasint"` // for the slip, where one was asked for
	CodeEnds  int64    `cbor:"5,keyasint"` // Unix milliseconds; 0 without a code
	Standing  Standing `cbor:"6,keyasint"` // of the certificate; empty if it came to no check
	Held      []Held   `cbor:"7,keyasint"` // to show: in order of their last day
	Moved     []Moved  `cbor:"8,keyasint"` // to show: the latest first
	Token     Secret   `cbor:"9,keyasint"` // to show: opens the sitting at this kiosk
	TokenEnds int64    `cbor:"10,keyasint"`
	Wait      uint32   `cbor:"11,keyasint"` // busy: seconds
	At        int64    `cbor:"12,keyasint"` // the hub's clock, Unix milliseconds
	Joined    bool     `cbor:"13,keyasint"` // to show: the account is one of this scheme
}

// Check reports what an ask lacks.
func (a Ask) Check() error {
	switch {
	case !slices.Contains([]Purpose{Register, Show, Change, Retire, Rebind}, a.Purpose):
		return fmt.Errorf("%w: purpose %q", ErrPaper, a.Purpose)
	case a.Scheme == "" || len(a.Nonce) != NonceSize || len(a.Wanted) > 100:
		return fmt.Errorf("%w: an ask without a scheme or a nonce", ErrPaper)
	}
	return nil
}

// Check reports what an offer lacks.
func (o Offer) Check() error {
	if len(o.Request) != sha256.Size || len(o.Challenge) != ChallengeSize || o.Terms.Version == "" {
		return fmt.Errorf("%w: an offer of nothing", ErrPaper)
	}
	for _, id := range o.Proposals {
		if _, err := ParseMyKeyID(id); err != nil {
			return err
		}
	}
	if _, err := ecdh.X25519().NewPublicKey(o.Seal); err != nil {
		return fmt.Errorf("%w: an offer without a sealing key", ErrPaper)
	}
	if o.Wanted != "" && !slices.Contains([]Ruling{RulingOK, RulingTaken, RulingOffensive, RulingMalformed}, o.Wanted) {
		return fmt.Errorf("%w: ruling %q on an ID", ErrPaper, o.Wanted)
	}
	return nil
}

// The most bytes of what a card gives: twice what today's have.
const (
	MaxCertificate = 4 << 10
	MaxSignature   = 1 << 10
)

// Check reports what an apply lacks. What the application says is read apart.
func (a Apply) Check() error {
	switch {
	case len(a.Application) == 0 || len(a.Certificate) == 0 || len(a.Signature) == 0:
		return fmt.Errorf("%w: an apply without an application, a certificate or a signature", ErrPaper)
	case len(a.Application) > 1<<10 || len(a.Certificate) > MaxCertificate || len(a.Signature) > MaxSignature || len(a.Staff) > 64 || len(a.Password) > 1<<10:
		return fmt.Errorf("%w: an apply that is too long", ErrPaper)
	}
	return nil
}

// Check reports an answer that says nothing, or more than one may.
func (a Answer) Check() error {
	if len(a.Request) != sha256.Size || !slices.Contains(Rulings(), a.Ruling) {
		return fmt.Errorf("%w: an answer without a request or a ruling", ErrPaper)
	}
	if _, err := ParseMyKeyID(a.ID); err != nil && a.ID != "" {
		return err
	}
	if _, err := ParseSlipCode(string(a.Code)); err != nil && a.Code != "" {
		return err
	}
	return nil
}

// A form reports what it lacks.
type form interface{ Check() error }

// openChecked is [Open] with the paper's own check.
func openChecked(data []byte, paper Paper, keys func(KeyID) ed25519.PublicKey, v form) (KeyID, error) {
	id, err := Open(data, paper, keys, v)
	if err != nil {
		return id, err
	}
	return id, v.Check()
}

// OpenAsk reads an ask, sealed by a key that keys knows.
func OpenAsk(data []byte, keys func(KeyID) ed25519.PublicKey) (a Ask, id KeyID, err error) {
	id, err = openChecked(data, PaperAsk, keys, &a)
	return a, id, err
}

// OpenApply reads an apply, sealed by a key that keys knows.
func OpenApply(data []byte, keys func(KeyID) ed25519.PublicKey) (a Apply, id KeyID, err error) {
	id, err = openChecked(data, PaperApply, keys, &a)
	return a, id, err
}

// OpenOffer reads the answer to an ask, sealed by a hub key of the trust list.
func OpenOffer(data []byte, list TrustList, request [sha256.Size]byte) (o Offer, err error) {
	_, err = openChecked(data, PaperOffer, list.Hub, &o)
	return o, answers(err, o.Request, request)
}

// OpenAnswer reads the answer to what has this SHA-256, sealed by a hub key of
// the trust list.
func OpenAnswer(data []byte, list TrustList, request [sha256.Size]byte) (a Answer, err error) {
	_, err = openChecked(data, PaperAnswer, list.Hub, &a)
	return a, answers(err, a.Request, request)
}

// answers reports an answer that is not to this request.
func answers(err error, names []byte, request [sha256.Size]byte) error {
	if err == nil && !bytes.Equal(names, request[:]) {
		return fmt.Errorf("%w: it answers something else", ErrPaper)
	}
	return err
}
