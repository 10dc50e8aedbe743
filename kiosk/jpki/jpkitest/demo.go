package jpkitest

import (
	"crypto/sha256"
	"encoding/pem"
	"time"
)

// DemoDeck is the one that every demo has. Whoever reads this can make its
// authority and its cards: a hub that trusts them is for practice.
func DemoDeck(now time.Time) (*Deck, error) {
	return NewDeck(sha256.Sum256([]byte("pointkiosk demo: the cards of nobody")), now)
}

// PEM returns the authority's certificate as a hub is given it.
func (ca *CA) PEM() []byte { return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.DER}) }
