// Package catest is a certification authority of user authentication, and the
// My Number cards that it issues, for the hub's tests.
//
// Its certificates have the profile of the real ones as far as the hub looks at
// it. It speaks to no card reader.
package catest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"pointkiosk/cards"
)

// policy is that of user authentication (J-LIS, class 30).
var policy = asn1.ObjectIdentifier{1, 2, 392, 200149, 8, 5, 1, 3, 30}

// A CA signs certificates.
type CA struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
	serial      int64
}

// A Card is a My Number card: its certificate, and what it signs with.
type Card struct {
	DER []byte
	Key crypto.Signer
}

// New makes a CA that is good at this time. All have one name, as the
// generations of the real one do.
func New(t testing.TB, now time.Time) *CA {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name := pkix.Name{Country: []string{"JP"}, Organization: []string{"JPKI"}, OrganizationalUnit: []string{"JPKI for user authentication, a test"}}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: name, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	ca := &CA{Key: key, serial: 1000}
	ca.Certificate = parsed(t, template, template, key.Public(), key)
	return ca
}

// Issue makes a card of the real profile; mend changes it.
func (ca *CA) Issue(t testing.TB, now time.Time, mend func(*x509.Certificate)) Card {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return ca.IssueTo(t, now, key, mend)
}

// IssueTo is [CA.Issue] for a key.
func (ca *CA) IssueTo(t testing.TB, now time.Time, key crypto.Signer, mend func(*x509.Certificate)) Card {
	t.Helper()
	ca.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(ca.serial), Subject: pkix.Name{Country: []string{"JP"}, CommonName: "997794E9AGCIEG13221003A"},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, Policies: oids(t, policy), BasicConstraintsValid: true,
	}
	if mend != nil {
		mend(template)
	}
	return Card{DER: parsed(t, template, ca.Certificate, key.Public(), ca.Key).Raw, Key: key}
}

func oids(t testing.TB, ids ...asn1.ObjectIdentifier) (all []x509.OID) {
	t.Helper()
	for _, id := range ids {
		parts := make([]uint64, len(id))
		for n := range id {
			parts[n] = uint64(id[n])
		}
		oid, err := x509.OIDFromInts(parts)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, oid)
	}
	return all
}

func parsed(t testing.TB, template, parent *x509.Certificate, public any, signer crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// PEM returns a certificate as a file has it.
func PEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// Sign signs an application, as the card does after its PIN.
func (c Card) Sign(t testing.TB, a cards.Application) []byte {
	t.Helper()
	digest, err := a.Digest()
	if err != nil {
		t.Fatal(err)
	}
	signature, err := c.Key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// RSA makes a key of so many bits.
func RSA(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
