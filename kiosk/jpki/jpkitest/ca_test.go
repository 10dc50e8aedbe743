package jpkitest_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/packaging/proof"
)

// The same seed deals the same cards, whatever was dealt in between.
func TestSameSeed(t *testing.T) {
	again, err := jpkitest.NewDeck([32]byte{9}, now)
	if err != nil {
		t.Fatal(err)
	}
	first, err := jpkitest.NewDeck([32]byte{9}, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Card("p256"); err != nil || !bytes.Equal(first.CA.DER, again.CA.DER) {
		t.Fatalf("%v, or another authority", err)
	}
	var seen [][]byte
	for _, name := range []string{"good", "good", "p384"} {
		a, err := first.Card(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := again.Card(name)
		if err != nil || !bytes.Equal(a.Certificate(), b.Certificate()) {
			t.Errorf("%s: %v, or another card", name, err)
		}
		for _, other := range seen {
			if bytes.Equal(other, a.Certificate()) {
				t.Error("one card for two persons")
			}
		}
		seen = append(seen, a.Certificate())
	}
}

// The profile is that of certificates on real cards.
func TestProfile(t *testing.T) {
	d, err := deck()
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(deal(t, "good").Certificate())
	if err != nil {
		t.Fatal(err)
	}
	issuer := "3081" // SEQUENCE; C as PrintableString, the rest UTF8String, each in a SET of its own
	if got := hex.EncodeToString(c.RawIssuer); !strings.HasPrefix(got, issuer) || !strings.Contains(got, "310b3009060355040613024a50") ||
		strings.Count(got, "060355040b0c") != 2 || !strings.Contains(got, "060355040a0c09"+hex.EncodeToString([]byte("JPKI-TEST"))) {
		t.Errorf("issuer %s", got)
	}
	ids := map[string]bool{}
	for _, e := range c.Extensions {
		ids[e.Id.String()] = e.Critical
	}
	for id, critical := range map[string]bool{"2.5.29.15": true, "2.5.29.32": false, "2.5.29.31": false, "2.5.29.18": false, "2.5.29.35": false} {
		if got, ok := ids[id]; !ok || got != critical {
			t.Errorf("extension %s: there %v, critical %v", id, ok, got)
		}
	}
	key, isRSA := c.PublicKey.(*rsa.PublicKey)
	switch {
	case !isRSA || key.N.BitLen() != 2048 || key.E != 65537, c.SignatureAlgorithm != x509.SHA256WithRSA:
		t.Error("not RSA-2048 with SHA-256")
	case c.KeyUsage != x509.KeyUsageDigitalSignature, c.IsCA, len(c.Policies) != 1, c.Policies[0].String() != jpkitest.PolicyAuthentication:
		t.Errorf("usage %v, policies %v", c.KeyUsage, c.Policies)
	case !strings.HasSuffix(c.NotAfter.UTC().Format("15:04:05Z"), "14:59:59Z"), len(c.SerialNumber.Bytes()) != 4:
		t.Errorf("until %v, serial of %d bytes", c.NotAfter, len(c.SerialNumber.Bytes()))
	}
	ca, err := x509.ParseCertificate(d.CA.DER)
	if err != nil || c.CheckSignatureFrom(ca) != nil {
		t.Errorf("not the authority's: %v", err)
	}
	other, err := x509.ParseCertificate(deal(t, "unknown-ca").Certificate())
	if err != nil || !bytes.Equal(other.RawIssuer, ca.RawSubject) || other.CheckSignatureFrom(ca) == nil {
		t.Errorf("a strange authority has the same name, and another key: %v", err)
	}
}

func TestFifthBirthday(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct{ issued, born, want string }{
		{"2026-01-10T03:00:00Z", "1985-04-12T00:00:00Z", "2030-04-12T14:59:59Z"},
		{"2026-04-11T03:00:00Z", "1985-04-12T00:00:00Z", "2030-04-12T14:59:59Z"},
		{"2026-04-11T15:00:00Z", "1985-04-12T00:00:00Z", "2031-04-12T14:59:59Z"}, // the birthday itself, in Japan
		{"2026-12-31T03:00:00Z", "1985-04-12T00:00:00Z", "2031-04-12T14:59:59Z"},
		{"2024-04-13T03:00:00Z", "1985-04-12T00:00:00Z", "2029-04-12T14:59:59Z"}, // a leap year
	} {
		if got := jpkitest.FifthBirthday(day(tt.issued), day(tt.born)); !got.Equal(day(tt.want)) {
			t.Errorf("issued %s, born %s: %v, want %s", tt.issued, tt.born, got, tt.want)
		}
	}
}

// openssl is the judge of the list of what was revoked and of the responder's index.
func TestRevocationByOpenSSL(t *testing.T) {
	proof.Needs(t, "openssl")
	d, err := jpkitest.NewDeck([32]byte{2}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"good", "revoked", "expired"} {
		card, err := d.Card(name)
		if err != nil {
			t.Fatal(err)
		}
		leaf := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: card.Certificate()})
		if err := os.WriteFile(filepath.Join(dir, name+".pem"), leaf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.CA.Write(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	openssl := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "openssl", args...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput() // its status says the same as its words
		return string(out)
	}
	for _, tt := range []struct{ name, verdict, status string }{
		{"good", "good.pem: OK", "good.pem: good"},
		{"revoked", "certificate revoked", "revoked.pem: revoked"},
		{"expired", "certificate has expired", "expired.pem: good"},
	} {
		if out := openssl("verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "crl.pem", tt.name+".pem"); !strings.Contains(out, tt.verdict) {
			t.Errorf("%s: %s", tt.name, out)
		}
		openssl("ocsp", "-issuer", "ca.pem", "-cert", tt.name+".pem", "-reqout", "request", "-no_nonce")
		made := openssl("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-reqin", "request", "-respout", "response", "-ndays", "1")
		out := openssl("ocsp", "-issuer", "ca.pem", "-cert", tt.name+".pem", "-respin", "response", "-CAfile", "ca.pem", "-no_nonce")
		if !strings.Contains(out, tt.status) || !strings.Contains(out, "verify OK") {
			t.Errorf("%s: %s\n%s", tt.name, made, out)
		}
	}
}
