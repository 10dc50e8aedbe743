package jpki

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"math/big"

	"pointkiosk/cards"
)

// digestInfo precedes a SHA-256 in what RSA signs (RFC 8017, 9.2, note 1). The
// card pads whatever it is given, unlooked at.
const digestInfo = "\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"

// Sign has the card sign an application and returns the signature over its
// digest, checked against the certificate: RSA PKCS #1 v1.5 with SHA-256, or
// ECDSA with SHA-256 in ASN.1 (as [ecdsa.VerifyASN1] takes it).
//
// For ECDSA there is no public evidence of the next card's command. Assumed is
// today's, with the bare digest for data and r and s, each as long as the curve's
// field, for an answer (ISO/IEC 7816-8 leaves the form to the card; ASN.1 is
// taken as well). A card that does it otherwise ends in [ErrSignature].
func (t *Token) Sign(a cards.Application) ([]byte, error) {
	digest, err := a.Digest()
	if err != nil {
		return nil, fmt.Errorf("jpki: sign: %w", err)
	}
	c, err := t.Certificate()
	if err != nil {
		return nil, err
	}
	if err := t.selectFile(SelectKey, fileKey); err != nil {
		return nil, err
	}
	sign := command{head: [4]byte{0x80, 0x2A, 0x00, 0x80}, data: digest[:], le: 256}
	if key, ok := c.Key.(*rsa.PublicKey); ok {
		sign.data = append([]byte(digestInfo), digest[:]...)
		if t.block > shortBlock {
			sign.le = key.Size()
		}
	}
	signature, err := t.do(SignDigest, sign)
	if status(err) == 0x6982 {
		return nil, ErrNotVerified
	}
	if err != nil {
		return nil, err
	}
	if key, ok := c.Key.(*ecdsa.PublicKey); ok {
		signature = inASN1(signature, (key.Params().BitSize+7)/8)
	}
	if !c.proves(digest[:], signature) {
		return nil, ErrSignature
	}
	return signature, nil
}

// inASN1 turns r and s of size bytes each into an ECDSA signature in ASN.1
// (RFC 3279, 2.2.3), and leaves anything else as it is.
func inASN1(signature []byte, size int) []byte {
	if len(signature) != 2*size {
		return signature
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{
		new(big.Int).SetBytes(signature[:size]),
		new(big.Int).SetBytes(signature[size:]),
	})
	if err != nil {
		return signature
	}
	return der
}
