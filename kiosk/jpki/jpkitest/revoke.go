package jpkitest

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Revoke has the CRL and the responder say from now on that a certificate isn't
// valid since then.
func (ca *CA) Revoke(leaf *Leaf, since time.Time) {
	ca.revoked[leaf.Serial.String()] = since
}

// CRL returns the authority's list of what it has revoked, in DER, good for a week.
func (ca *CA) CRL(now time.Time) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(now.Unix()), ThisUpdate: now, NextUpdate: now.AddDate(0, 0, 7)}
	for _, leaf := range ca.issued {
		if since, ok := ca.revoked[leaf.Serial.String()]; ok {
			list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
				x509.RevocationListEntry{SerialNumber: leaf.Serial, RevocationTime: since})
		}
	}
	der, err := x509.CreateRevocationList(nil, list, ca.cert, ca.Key)
	if err != nil {
		return nil, fmt.Errorf("jpkitest: make a CRL: %w", err)
	}
	return der, nil
}

// Write puts what `openssl ocsp` needs for a responder into a folder: ca.pem,
// ca.key and index.txt, and crl.pem beside it.
//
//	openssl ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -port 2560
func (ca *CA) Write(dir string, now time.Time) error {
	key, err := x509.MarshalPKCS8PrivateKey(ca.Key)
	if err != nil {
		return fmt.Errorf("jpkitest: write an authority: %w", err)
	}
	crl, err := ca.CRL(now)
	if err != nil {
		return err
	}
	write := func(name string, data []byte) error { return os.WriteFile(filepath.Join(dir, name), data, 0o600) }
	return errors.Join(
		write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.DER})),
		write("ca.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
		write("crl.pem", pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: crl})),
		write("index.txt", []byte(ca.index())),
	)
}

// index lists the certificates as `openssl ca` does: status, end, revocation,
// serial, file, name.
func (ca *CA) index() string {
	const clock = "060102150405Z"
	var b strings.Builder
	for _, leaf := range ca.issued {
		status, since := "V", ""
		if at, ok := ca.revoked[leaf.Serial.String()]; ok {
			status, since = "R", at.UTC().Format(clock)
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\tunknown\t%s\n", status, leaf.until.UTC().Format(clock), since, leaf.hex(), leaf.subject)
	}
	return b.String()
}

// hex is the serial in whole bytes, as openssl looks it up.
func (l *Leaf) hex() string { return fmt.Sprintf("%X", l.Serial.Bytes()) }
