package cards

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
)

// A Look asks what a paper card is worth, and changes nothing. The kiosk's live
// key seals it.
type Look struct {
	Card  string `cbor:"1,keyasint"` // as [Parse] takes it
	Nonce []byte `cbor:"2,keyasint"`
}

// A Looked is the hub's answer to a look.
type Looked struct {
	Request []byte `cbor:"1,keyasint"` // SHA-256 of the sealed look
	Refused string `cbor:"2,keyasint"` // why it would give nothing now, in the words of a [PutOne]; empty if it would give its points
	Since   int64  `cbor:"3,keyasint"` // when that came about, Unix milliseconds; 0 if nobody knows
	Points  uint32 `cbor:"4,keyasint"` // the allotment's, never the paper's; 0 where there is no allotment
	Event   Text   `cbor:"5,keyasint"`
	Day     Day    `cbor:"6,keyasint"` // of the event
	Expires Day    `cbor:"7,keyasint"` // the card's last day
	At      int64  `cbor:"8,keyasint"`
}

// Check reports a look at what is no card.
func (l Look) Check() error {
	if _, err := Parse(l.Card); err != nil || len(l.Nonce) != NonceSize {
		return fmt.Errorf("%w: a look at no card", ErrPaper)
	}
	return nil
}

// Check reports an answer to nothing.
func (l Looked) Check() error {
	if len(l.Request) != sha256.Size {
		return fmt.Errorf("%w: an answer to no look", ErrPaper)
	}
	return nil
}

// OpenLook reads a look, sealed by a key that keys knows.
func OpenLook(data []byte, keys func(KeyID) ed25519.PublicKey) (l Look, id KeyID, err error) {
	id, err = openChecked(data, PaperLook, keys, &l)
	return l, id, err
}

// OpenLooked reads the answer to a look, sealed by a hub key of the trust list.
func OpenLooked(data []byte, list TrustList, request [sha256.Size]byte) (l Looked, err error) {
	_, err = openChecked(data, PaperLooked, list.Hub, &l)
	return l, answers(err, l.Request, request)
}
