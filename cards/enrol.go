package cards

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
)

// proofDomain precedes the live public key in an enrolment's proof.
const proofDomain = "pointkiosk enrolment, practice key\x00"

// SealEnrolment asks for a kiosk's two keys to be known. The id in the paper
// is 0: the hub gives ids.
func SealEnrolment(secret []byte, live, practice ed25519.PrivateKey) ([]byte, error) {
	public := live.Public().(ed25519.PublicKey)
	return Seal(SigningKey{Private: live}, PaperEnrolment, Enrolment{
		Secret:   secret,
		Live:     public,
		Practice: practice.Public().(ed25519.PublicKey),
		Proof:    ed25519.Sign(practice, append([]byte(proofDomain), public...)),
	})
}

// OpenEnrolment reads an enrolment that proves to hold both keys it names. It
// says nothing about the secret.
func OpenEnrolment(data []byte) (Enrolment, error) {
	var e Enrolment
	if err := Unsealed(data, PaperEnrolment, &e); err != nil {
		return Enrolment{}, err
	}
	if !usablePublic(e.Live) || !usablePublic(e.Practice) || bytes.Equal(e.Live, e.Practice) {
		return Enrolment{}, fmt.Errorf("%w: it names no two keys", ErrPaper)
	}
	id, err := Open(data, PaperEnrolment, func(KeyID) ed25519.PublicKey { return e.Live }, &e)
	if err != nil {
		return Enrolment{}, err
	}
	if id != 0 {
		return Enrolment{}, fmt.Errorf("%w: a key id that the hub has not given", ErrPaper)
	}
	if !ed25519.Verify(e.Practice, append([]byte(proofDomain), e.Live...), e.Proof) {
		return Enrolment{}, ErrSignature
	}
	return e, nil
}

// OpenWelcome reads the answer to an enrolment, sealed by the trust key with
// the pinned fingerprint (SHA-256 of the public key).
func OpenWelcome(data []byte, fingerprint [sha256.Size]byte) (Welcome, error) {
	var w Welcome
	if err := Unsealed(data, PaperWelcome, &w); err != nil {
		return Welcome{}, err
	}
	sum := sha256.Sum256(w.TrustKey)
	if len(w.TrustKey) != ed25519.PublicKeySize || subtle.ConstantTimeCompare(sum[:], fingerprint[:]) != 1 {
		return Welcome{}, fmt.Errorf("%w: another hub's trust key", ErrUnknownKey)
	}
	if _, err := Open(data, PaperWelcome, func(KeyID) ed25519.PublicKey { return w.TrustKey }, &w); err != nil {
		return Welcome{}, err
	}
	if w.Kiosk == "" || !w.Live.Usable() || !w.Practice.Usable() || w.Live == w.Practice {
		return Welcome{}, fmt.Errorf("%w: it gives no name and two key ids", ErrPaper)
	}
	return w, nil
}
