package jpkitest

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"
)

// A CA is an authority for user authentication, with the profile of the real
// one and the organization's name of its test cards.
type CA struct {
	DER []byte // its certificate
	Key crypto.Signer

	cert    *x509.Certificate
	random  io.Reader
	issued  []*Leaf
	revoked map[string]time.Time // by serial
}

// A Leaf is a certificate with the key that it is for.
type Leaf struct {
	DER    []byte
	Key    crypto.Signer
	Serial *big.Int

	subject string // as openssl writes it
	until   time.Time
}

// A Profile says what a certificate is like. Zero but for Issued and Born, it is
// like every other.
type Profile struct {
	Kind   Kind
	Issued time.Time
	Born   time.Time     // of whom it is; only the day counts
	Until  time.Time     // zero: end of the fifth birthday
	Usage  x509.KeyUsage // zero: digitalSignature
	Policy string        // empty: the user-authentication certificate's
	CA     bool          // the certificate of an authority, on a card
	OCSP   string        // address of the responder; empty: none is named
}

// The policies of certificates.
const (
	PolicyAuthentication = "1.2.392.200149.8.5.1.3.30"
	PolicySignature      = "1.2.392.200149.8.5.1.1.20"
)

// The names of an authority: each OU in a part of its own, C as PrintableString,
// the rest as UTF8String.
var (
	caName = distinguished{
		{oidC, "JP"}, {oidO, "JPKI-TEST"}, {oidOU, "JPKI for user authentication"},
		{oidOU, "Japan Agency for Local Authority Information Systems"},
	}
	caAltName = distinguished{{oidC, "JP"}, {oidO, "公的個人認証サービス（試験）"}}
	crlName   = append(append(distinguished{}, caName...), attribute{oidCN, "CRL"})
)

// NewCA makes an authority, older than what has expired on any card. What it
// draws comes from random, and the same bytes make the same authority.
func NewCA(random io.Reader, now time.Time) (*CA, error) {
	key, err := newKey(random, RSA2048)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial(random)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, RawSubject: caName.der(),
		NotBefore: now.AddDate(-7, 0, 0), NotAfter: now.AddDate(7, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtraExtensions: []pkix.Extension{{Id: oidSubjectAltName, Value: caAltName.generalNames()}},
	}
	ca := &CA{Key: key, random: random, revoked: map[string]time.Time{}}
	if ca.DER, err = x509.CreateCertificate(nil, template, template, key.Public(), key); err != nil {
		return nil, fmt.Errorf("jpkitest: make an authority: %w", err)
	}
	ca.cert, err = x509.ParseCertificate(ca.DER)
	return ca, err
}

// Issue makes a key and the certificate for it.
func (ca *CA) Issue(p Profile) (*Leaf, error) {
	key, err := newKey(ca.random, p.Kind)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial(ca.random)
	if err != nil {
		return nil, err
	}
	cn := make([]byte, 6)
	if _, err := io.ReadFull(ca.random, cn); err != nil {
		return nil, fmt.Errorf("jpkitest: draw a name: %w", err)
	}
	subject := distinguished{{oidC, "JP"}, {oidCN, strings.ToUpper(hex.EncodeToString(cn)) + "13221001A"}}
	template, err := p.template(serial, subject)
	if err != nil {
		return nil, err
	}
	leaf := &Leaf{Key: key, Serial: serial, subject: subject.String(), until: template.NotAfter}
	leaf.DER, err = x509.CreateCertificate(nil, template, ca.cert, key.Public(), ca.Key)
	if err != nil {
		return nil, fmt.Errorf("jpkitest: issue a certificate: %w", err)
	}
	ca.issued = append(ca.issued, leaf)
	return leaf, nil
}

func (p Profile) template(serial *big.Int, subject distinguished) (*x509.Certificate, error) {
	if p.Until.IsZero() {
		p.Until = FifthBirthday(p.Issued, p.Born)
	}
	if p.Usage == 0 {
		p.Usage = x509.KeyUsageDigitalSignature
	}
	if p.Policy == "" {
		p.Policy = PolicyAuthentication
	}
	policy, err := x509.ParseOID(p.Policy)
	if err != nil {
		return nil, fmt.Errorf("jpkitest: policy: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, RawSubject: subject.der(),
		NotBefore: p.Issued, NotAfter: p.Until,
		IsCA: p.CA, BasicConstraintsValid: p.CA,
		KeyUsage: p.Usage, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		Policies: []x509.OID{policy},
		ExtraExtensions: []pkix.Extension{
			{Id: oidIssuerAltName, Value: caAltName.generalNames()},
			{Id: oidCRLPoints, Value: crlName.crlPoints()},
		},
	}
	if p.OCSP != "" {
		template.OCSPServer = []string{p.OCSP}
	}
	return template, nil
}

// FifthBirthday returns the last second of the fifth birthday after the day of
// issue, in Japan: the end of a certificate.
func FifthBirthday(issued, born time.Time) time.Time {
	japan := time.FixedZone("JST", 9*60*60)
	day := issued.In(japan)
	birthday := time.Date(day.Year(), born.Month(), born.Day(), 23, 59, 59, 0, japan)
	years := 4
	if birthday.YearDay() <= day.YearDay() {
		years = 5
	}
	return time.Date(day.Year()+years, born.Month(), born.Day(), 23, 59, 59, 0, japan).UTC()
}

// newSerial draws four bytes, the highest bit clear.
func newSerial(random io.Reader) (*big.Int, error) {
	b := make([]byte, 4)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("jpkitest: draw a serial: %w", err)
	}
	b[0] = b[0]&0x7F | 0x01
	return new(big.Int).SetBytes(b), nil
}
