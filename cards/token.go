// Package cards defines the card a kiosk hands out: a short text, signed with
// Ed25519, small enough for a QR code and checked without a network. Beside it
// stand the larger signed papers that kiosk and hub share: trust list,
// allotment, journal entry, the hub's receipt.
//
// A card never changes once signed. Whether it was redeemed or is void only
// the hub knows; the paper cannot.
//
// The bytes are specified in TOKEN.md. This package does no I/O.
package cards

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"unique"
)

// A Kind says what a token is. The byte on the wire carries the format in its
// upper four bits; bit 3 marks practice (TOKEN.md, section 2).
type Kind byte

// The kinds of format 1. A practice kind is its live kind with bit 3 set.
const (
	KindCard           Kind = 0x11
	KindVenue          Kind = 0x12
	KindTicket         Kind = 0x13
	KindPracticeCard   Kind = 0x19
	KindPracticeVenue  Kind = 0x1A
	KindPracticeTicket Kind = 0x1B
)

// Practice reports whether the kind is a sample without worth.
func (k Kind) Practice() bool { return k&0x08 != 0 }

// Known reports whether format 1 defines the kind.
func (k Kind) Known() bool {
	live := k &^ 0x08
	return live >= KindCard && live <= KindTicket
}

// String returns the word for the kind.
func (k Kind) String() string {
	name := map[Kind]string{KindCard: "card", KindVenue: "venue", KindTicket: "ticket"}[k&^0x08]
	switch {
	case name == "":
		return fmt.Sprintf("kind(%#02x)", byte(k))
	case k.Practice():
		return "practice " + name
	}
	return name
}

// A KeyID names a key, for ever. The hub assigns it; it is never derived from
// the key, because four bytes can be ground.
type KeyID uint32

// FirstTestKey is where the key ids of the test vectors begin. A trust list
// that names one of them does not open.
const FirstTestKey KeyID = 0xFFFFFF00

// Usable reports whether the hub may assign the id.
func (id KeyID) Usable() bool { return id != 0 && id < FirstTestKey }

// Claims are what a card says: 17 bytes on the wire.
type Claims struct {
	Kind      Kind
	Key       KeyID
	Allotment uint32
	Number    uint32 // 1..MaxNumber
	Points    uint32 // 1..MaxPoints; a point is a yen
	Expires   Day    // the last day, inclusive, Japan time
}

// Sizes in bytes, and the largest values of the three-byte fields.
const (
	claimsSize = 17
	tokenSize  = claimsSize + ed25519.SignatureSize
	textSize   = 130 // base32 characters of tokenSize bytes; the two spare bits are 0
	MaxNumber  = 1<<24 - 1
	MaxPoints  = 1<<24 - 1
)

// domain stands before the claims under the signature, so that no other paper
// of ours can be taken for a card.
const domain = "pointkiosk card token, format 1\x00"

// Serial returns the card's public name.
func (c Claims) Serial() Serial { return Serial{Allotment: c.Allotment, Number: c.Number} }

func (c Claims) valid() bool {
	return c.Kind.Known() && c.Key != 0 && c.Allotment != 0 &&
		c.Number != 0 && c.Number <= MaxNumber && c.Points != 0 && c.Points <= MaxPoints
}

func (c Claims) bytes() []byte {
	b := make([]byte, 0, tokenSize)
	b = append(b, byte(c.Kind))
	b = binary.BigEndian.AppendUint32(b, uint32(c.Key))
	b = binary.BigEndian.AppendUint32(b, c.Allotment)
	b = append(b, byte(c.Number>>16), byte(c.Number>>8), byte(c.Number))
	b = append(b, byte(c.Points>>16), byte(c.Points>>8), byte(c.Points))
	return binary.BigEndian.AppendUint16(b, uint16(c.Expires))
}

func parseClaims(b []byte) Claims {
	u24 := func(b []byte) uint32 { return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]) }
	return Claims{
		Kind:      Kind(b[0]),
		Key:       KeyID(binary.BigEndian.Uint32(b[1:])),
		Allotment: binary.BigEndian.Uint32(b[5:]),
		Number:    u24(b[9:]),
		Points:    u24(b[12:]),
		Expires:   Day(binary.BigEndian.Uint16(b[15:])),
	}
}

// A Card is claims with their signature. Its text is a bearer secret: who
// shows it first has the points. Formatting it prints the serial alone.
type Card struct {
	Claims
	signature hidden
}

// In an unexported field fmt can't ask String and prints what is there: of a
// handle that is an address. Equal signatures have equal handles.
type (
	signature [ed25519.SignatureSize]byte
	hidden    = unique.Handle[signature]
)

func hide(s []byte) hidden { return unique.Make(signature(s)) }

// ErrMalformed reports a text that is no card of ours.
var ErrMalformed = errors.New("cards: not a card")

// Sign returns the card with these claims. Ed25519 is deterministic (RFC 8032,
// section 5.1.6): the same claims and key give the same card.
func Sign(c Claims, key ed25519.PrivateKey) (Card, error) {
	if !c.valid() {
		return Card{}, fmt.Errorf("cards: sign %v: a field is out of range", c.Serial())
	}
	s := ed25519.Sign(key, append([]byte(domain), c.bytes()...))
	return Card{Claims: c, signature: hide(s)}, nil
}

// signed returns the signature, of the zero card 64 zeros.
func (c Card) signed() []byte {
	var s signature
	if c.signature != (hidden{}) {
		s = c.signature.Value()
	}
	return s[:]
}

// SignedBy reports whether the card carries a signature of this key.
func (c Card) SignedBy(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize &&
		ed25519.Verify(key, append([]byte(domain), c.Claims.bytes()...), c.signed())
}

var tokenText = base32.StdEncoding.WithPadding(base32.NoPadding)

// Text returns the canonical text: 130 upper-case base32 characters (RFC 4648,
// section 6), the inverse of [Parse].
func (c Card) Text() string {
	return tokenText.EncodeToString(append(c.Claims.bytes(), c.signed()...))
}

// Digest returns the SHA-256 of the canonical text: it names the card in
// journals and manifests without being worth anything.
func (c Card) Digest() [32]byte { return sha256.Sum256([]byte(c.Text())) }

// String returns the serial; the secret text has to be asked for by [Card.Text].
func (c Card) String() string { return c.Claims.Serial().String() }

// GoString is String, so that %#v shows no secret either.
func (c Card) GoString() string { return "cards.Card{" + c.String() + "}" }

// Parse reads what [Card.Text] wrote, and nothing else. It does not check the
// signature.
func Parse(text string) (Card, error) {
	if len(text) != textSize {
		return Card{}, ErrMalformed
	}
	b, err := tokenText.DecodeString(text) // skips \r and \n and ignores the spare bits; the last check does not
	if err != nil || len(b) != tokenSize {
		return Card{}, ErrMalformed
	}
	card := Card{Claims: parseClaims(b), signature: hide(b[claimsSize:])}
	if !card.valid() || card.Text() != text {
		return Card{}, ErrMalformed
	}
	return card, nil
}
