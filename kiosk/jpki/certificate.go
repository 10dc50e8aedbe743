package jpki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"log/slog"
	"time"
)

// maxCertificate bounds a certificate, in bytes. Today's are about 1300.
const maxCertificate = 8192

// A Certificate is the user-authentication certificate. Whether it is to be
// trusted, and not revoked, the hub knows; a kiosk can tell a resident that it
// has expired, or is so new that the hub may not know it yet.
type Certificate struct {
	DER       []byte
	Key       crypto.PublicKey // *rsa.PublicKey or *ecdsa.PublicKey
	NotBefore time.Time
	NotAfter  time.Time
}

// Format hides the certificate: it names a person, in its way.
func (Certificate) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("jpki.Certificate")) }

// LogValue hides the certificate from logs.
func (Certificate) LogValue() slog.Value { return slog.StringValue("jpki.Certificate") }

// Certificate reads the certificate, once; it needs no PIN.
func (t *Token) Certificate() (*Certificate, error) {
	if t.cert != nil {
		return t.cert, nil
	}
	err := t.selectFile(SelectCertificate, fileCertificate)
	if status(err) == 0x6A82 {
		return nil, ErrNoCertificate
	}
	if err != nil {
		return nil, err
	}
	der, err := t.readCertificate()
	if err != nil {
		return nil, err
	}
	t.cert, err = parseCertificate(der)
	return t.cert, err
}

// readCertificate reads as far as the DER header says: the file is larger, and
// filled up. The first block has the header in it, which saves a command.
func (t *Token) readCertificate() ([]byte, error) {
	der, err := t.read(ReadCertificate, 0, shortBlock)
	if status(err) == 0x6B00 || err == nil && len(der) == 0 { // offset past the file: it has no length
		return nil, ErrNoCertificate
	}
	if err != nil {
		return nil, err
	}
	if der, err = t.fill(ReadCertificate, der, derHead); err != nil {
		return nil, err
	}
	size, err := certificateSize(der)
	if err != nil {
		return nil, err
	}
	der, err = t.fill(ReadCertificate, der, size)
	if err != nil {
		return nil, err
	}
	return der[:size:size], nil
}

// derHead is the size of a SEQUENCE's header with a length of two bytes.
const derHead = 4

// certificateSize returns the size of the certificate at the front of its file,
// header and all.
func certificateSize(file []byte) (int, error) {
	if len(file) < derHead {
		return 0, ErrCertificate
	}
	switch string(file[:derHead]) {
	case "\x00\x00\x00\x00", "\xFF\xFF\xFF\xFF":
		return 0, ErrNoCertificate
	}
	size := derHead + int(file[2])<<8 + int(file[3])
	if file[0] != 0x30 || file[1] != 0x82 || size > maxCertificate {
		return 0, ErrCertificate
	}
	return size, nil
}

// parseCertificate keeps back why x509 refuses one: its words may quote a name.
func parseCertificate(der []byte) (*Certificate, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, ErrCertificate
	}
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < 2048 || bits > 4096 {
			return nil, ErrKey
		}
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			return nil, ErrKey
		}
	default:
		return nil, ErrKey
	}
	return &Certificate{DER: der, Key: c.PublicKey, NotBefore: c.NotBefore, NotAfter: c.NotAfter}, nil
}

// proves reports whether signature is one over digest by the certificate's key.
func (c *Certificate) proves(digest, signature []byte) bool {
	switch key := c.Key.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest, signature)
	}
	return false
}
