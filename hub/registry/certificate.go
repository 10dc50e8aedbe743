package registry

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"pointkiosk/cards"
)

// UserAuthentication is the policy of the certificates that a My Number card
// signs in with (J-LIS, class 30).
func UserAuthentication() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 392, 200149, 8, 5, 1, 3, 30}
}

// A holder is a certificate that counts, with the CA that issued it.
type holder struct {
	leaf, ca *x509.Certificate
	policy   asn1.ObjectIdentifier
}

// caName is how a CA stands in the records: SHA-256 of its public key.
func (h holder) caName() string {
	if h.ca == nil {
		return ""
	}
	sum := sha256.Sum256(h.ca.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// recognize reads a certificate and says whether it is one of user
// authentication, by the hub's clock. x509.Verify alone would take a CA, another
// usage, another policy and a short key.
func (r *Registry) recognize(der []byte, now time.Time) (h holder, ruling cards.Ruling, err error) {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return h, cards.RulingWeak, nil //nolint:nilerr // what can't be read is no certificate of ours
	}
	roots, err := r.roots()
	if err != nil {
		return h, "", err
	}
	h = holder{leaf: leaf, ca: issuerOf(leaf, roots, now), policy: r.opts.Policy}
	switch {
	case h.ca == nil:
		return h, cards.RulingUnknownCA, nil
	case !h.fit():
		return h, cards.RulingWeak, nil
	case now.Before(leaf.NotBefore):
		return h, cards.RulingNotYet, nil
	case now.After(leaf.NotAfter):
		return h, cards.RulingExpired, nil
	}
	return h, cards.RulingOK, nil
}

func (r *Registry) roots() ([]*x509.Certificate, error) {
	if r.opts.Roots == nil {
		return nil, nil
	}
	roots, err := r.opts.Roots()
	if err != nil {
		return nil, fmt.Errorf("registry: read the CAs: %w", err)
	}
	return roots, nil
}

// issuerOf finds the CA whose key signed a certificate. Generations of a CA
// share one name, so that each of that name is tried. An expired CA vouches for
// nobody.
func issuerOf(leaf *x509.Certificate, roots []*x509.Certificate, now time.Time) *x509.Certificate {
	for _, root := range roots {
		if bytes.Equal(root.RawSubject, leaf.RawIssuer) && !now.Before(root.NotBefore) && !now.After(root.NotAfter) && leaf.CheckSignatureFrom(root) == nil {
			return root
		}
	}
	return nil
}

// fit reports usage, policy and key of user authentication, and nothing critical
// that is not understood.
func (h holder) fit() bool {
	c := h.leaf
	usable := len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	policy := slices.ContainsFunc(c.PolicyIdentifiers, h.policy.Equal)
	return !c.IsCA && c.KeyUsage == x509.KeyUsageDigitalSignature && usable && policy && len(c.UnhandledCriticalExtensions) == 0 && strong(c.PublicKey)
}

// strong reports RSA of 2048 to 4096 bits, P-256 or P-384.
func strong(key any) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() >= 2048 && key.N.BitLen() <= 4096 && key.E >= 65537
	case *ecdsa.PublicKey:
		return key.Curve == elliptic.P256() || key.Curve == elliptic.P384()
	}
	return false
}

// signed reports whether the certificate's key signed the application.
func (h holder) signed(a cards.Application, signature []byte) bool {
	digest, err := a.Digest()
	if err != nil {
		return false
	}
	switch key := h.leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest[:], signature)
	}
	return false
}

// signature rules on a signature: right, over another of the IDs that were
// offered, or wrong.
func (h holder) signature(a cards.Application, signature []byte, offered []string) cards.Ruling {
	if h.signed(a, signature) {
		return cards.RulingOK
	}
	for _, id := range offered {
		other := a
		if other.ID = id; id != a.ID && h.signed(other, signature) {
			return cards.RulingOtherID
		}
	}
	return cards.RulingSignature
}
