package revocation

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
	"pointkiosk/packaging/proof"
)

func parse(t testing.TB, c catest.Card) *x509.Certificate {
	t.Helper()
	leaf, err := x509.ParseCertificate(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

// responder makes a certificate that may answer for the CA.
func responder(t testing.TB, ca *catest.CA, now time.Time) catest.Card {
	return ca.Issue(t, now, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} })
}

// A real responder says good, revoked and nothing, with the nonce.
func TestOpenSSL(t *testing.T) {
	proof.Needs(t, "openssl")
	now := time.Now()
	ca := catest.New(t, now)
	good, gone, strange := parse(t, ca.Issue(t, now, nil)), parse(t, ca.Issue(t, now, nil)), parse(t, ca.Issue(t, now, nil))
	url := startOpenSSL(t, ca, responder(t, ca, now), []string{
		fmt.Sprintf("V\t350101000000Z\t\t%X\tunknown\t/CN=good", good.SerialNumber),
		fmt.Sprintf("R\t350101000000Z\t%sZ\t%X\tunknown\t/CN=gone", now.UTC().Add(-time.Hour).Format("060102150405"), gone.SerialNumber),
	})
	o := NewOCSP(url, &Opts{})
	for _, tt := range []struct {
		leaf *x509.Certificate
		want cards.Standing
		err  bool
	}{{good, cards.StandingGood, false}, {gone, cards.StandingRevoked, false}, {strange, cards.StandingNotChecked, true}} {
		if got, err := o.Check(t.Context(), tt.leaf, ca.Certificate); got != tt.want || (err != nil) != tt.err {
			t.Errorf("%v: %s, %v, want %s", tt.leaf.SerialNumber, got, err, tt.want)
		}
	}
	if got, err := NewOCSP(url, &Opts{}).Check(t.Context(), good, catest.New(t, now).Certificate); got != cards.StandingNotChecked || err == nil {
		t.Errorf("for another CA: %s, %v", got, err)
	}
}

// startOpenSSL runs openssl ocsp on loopback and returns its address.
func startOpenSSL(t *testing.T, ca *catest.CA, signer catest.Card, index []string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := x509.MarshalPKCS8PrivateKey(signer.Key)
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	for _, line := range index {
		lines.WriteString(line + "\n")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, "openssl", "ocsp", "-index", write("index.txt", lines.Bytes()), "-port", fmt.Sprint(port), "-nmin", "5",
		"-CA", write("ca.pem", catest.PEM(ca.Certificate)), "-rsigner", write("signer.pem", catest.PEM(parse(t, signer))),
		"-rkey", write("signer.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		cmd.Wait() //nolint:errcheck // it was killed
	})
	heard := bufio.NewScanner(said)
	for heard.Scan() {
		if strings.Contains(heard.Text(), "waiting for OCSP client") { // a connection to see whether it answers would hold it up
			go io.Copy(io.Discard, said) //nolint:errcheck // it ends with the program
			return fmt.Sprintf("http://127.0.0.1:%d/", port)
		}
	}
	t.Fatal("openssl ocsp does not answer")
	return ""
}

// What a false responder, an old answer or a stranger in between says is never
// taken for good.
func TestOCSPRefuses(t *testing.T) {
	now := time.Now()
	ca, other := catest.New(t, now), catest.New(t, now)
	card, neighbour, helper := ca.Issue(t, now, nil), ca.Issue(t, now, nil), responder(t, ca, now)
	leaf := parse(t, card)
	oldHelper := ca.Issue(t, now, func(c *x509.Certificate) {
		c.ExtKeyUsage, c.NotAfter = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}, now.Add(-time.Hour)
	})
	by := func(c catest.Card) func(*ocsp.Response) (*x509.Certificate, crypto.Signer) {
		return func(r *ocsp.Response) (*x509.Certificate, crypto.Signer) {
			r.Certificate = parse(t, c)
			return r.Certificate, c.Key
		}
	}
	same := by(helper)
	for _, tt := range []struct {
		name string
		mend func(*ocsp.Response) (*x509.Certificate, crypto.Signer)
		want cards.Standing
	}{
		{"a responder of the CA", same, cards.StandingGood},
		{"the CA itself", func(*ocsp.Response) (*x509.Certificate, crypto.Signer) { return ca.Certificate, ca.Key }, cards.StandingGood},
		{"revoked", func(r *ocsp.Response) (*x509.Certificate, crypto.Signer) {
			r.Status, r.RevokedAt = ocsp.Revoked, now
			return same(r)
		}, cards.StandingRevoked},
		{"unknown", func(r *ocsp.Response) (*x509.Certificate, crypto.Signer) { r.Status = ocsp.Unknown; return same(r) }, cards.StandingNotChecked},
		{"the resident's own card", by(card), cards.StandingNotChecked},
		{"another resident's card", by(neighbour), cards.StandingNotChecked},
		{"a responder that has expired", by(oldHelper), cards.StandingNotChecked},
		{"another CA", func(*ocsp.Response) (*x509.Certificate, crypto.Signer) { return other.Certificate, other.Key }, cards.StandingNotChecked},
		{"of yesterday", func(r *ocsp.Response) (*x509.Certificate, crypto.Signer) {
			r.ThisUpdate, r.NextUpdate = now.Add(-26*time.Hour), now.Add(-2*time.Hour)
			return same(r)
		}, cards.StandingNotChecked},
		{"of tomorrow", func(r *ocsp.Response) (*x509.Certificate, crypto.Signer) {
			r.ThisUpdate, r.NextUpdate = now.Add(26*time.Hour), now.Add(28*time.Hour)
			return same(r)
		}, cards.StandingNotChecked},
		{"without an end, two hours old", func(r *ocsp.Response) (*x509.Certificate, crypto.Signer) {
			r.ThisUpdate, r.NextUpdate = now.Add(-2*time.Hour), time.Time{}
			return same(r)
		}, cards.StandingNotChecked},
		{"about another certificate", func(r *ocsp.Response) (*x509.Certificate, crypto.Signer) {
			r.SerialNumber = big.NewInt(7)
			return same(r)
		}, cards.StandingNotChecked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := ocsp.Response{Status: ocsp.Good, SerialNumber: leaf.SerialNumber, ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(time.Hour)}
			signer, key := tt.mend(&r)
			body, err := ocsp.CreateResponse(ca.Certificate, signer, r, key)
			if err != nil {
				t.Fatal(err)
			}
			got, err := answering(t, "application/ocsp-response", body).Check(t.Context(), leaf, ca.Certificate)
			if got != tt.want || (err == nil) != (tt.want != cards.StandingNotChecked) {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
	for _, tt := range []struct {
		name, kind string
		body       []byte
	}{
		{"a captive portal", "text/html", []byte("<h1>Free Wi-Fi</h1>")}, {"nothing", "application/ocsp-response", nil},
		{"rubbish", "application/ocsp-response", []byte("rubbish")}, {"no end of it", "application/ocsp-response", make([]byte, maxOCSP+1)},
		{"try later", "application/ocsp-response", ocsp.TryLaterErrorResponse},
	} {
		if got, err := answering(t, tt.kind, tt.body).Check(t.Context(), leaf, ca.Certificate); got != cards.StandingNotChecked || err == nil {
			t.Errorf("%s: %s, %v", tt.name, got, err)
		}
	}
	if got, err := NewOCSP("http://127.0.0.1:1/", &Opts{}).Check(t.Context(), leaf, ca.Certificate); got != cards.StandingNotChecked || err == nil {
		t.Errorf("nobody there: %s, %v", got, err)
	}
}

// scoped gives a list a critical IssuingDistributionPoint.
func scoped(text string) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		value, err := hex.DecodeString(text)
		if err != nil {
			panic(err)
		}
		l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: value}}
	}
}

func answering(t *testing.T, kind string, body []byte) *OCSP {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Write(body)
	}))
	t.Cleanup(server.Close)
	return NewOCSP(server.URL, &Opts{})
}

// The nonce of another question is refused; an answer is asked for once until
// it is due.
func TestNonceAndCache(t *testing.T) {
	now := time.Now()
	ca := catest.New(t, now)
	leaf := parse(t, ca.Issue(t, now, nil))
	q, err := newQuestion(leaf, ca.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := newQuestion(leaf, ca.Certificate)
	if bytes.Equal(q.nonce, other.nonce) || !bytes.Contains(q.der, q.nonce) {
		t.Error("the nonce is not in the request, or always the same")
	}
	asked := 0
	clock := now
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		body, _ := io.ReadAll(r.Body)
		if _, err := ocsp.ParseRequest(body); err != nil {
			t.Errorf("the request: %v", err)
		}
		answer, _ := ocsp.CreateResponse(ca.Certificate, ca.Certificate, ocsp.Response{Status: ocsp.Good, SerialNumber: leaf.SerialNumber,
			ThisUpdate: clock.Add(-time.Minute), NextUpdate: clock.Add(time.Hour)}, ca.Key)
		w.Header().Set("Content-Type", "application/ocsp-response")
		w.Write(answer)
	}))
	defer server.Close()
	o := NewOCSP(server.URL, &Opts{Clock: func() time.Time { return clock }})
	for _, tt := range []struct {
		wait time.Duration
		want int
	}{{0, 1}, {30 * time.Minute, 1}, {31 * time.Minute, 2}} {
		clock = clock.Add(tt.wait)
		if got, err := o.Check(t.Context(), leaf, ca.Certificate); got != cards.StandingGood || err != nil || asked != tt.want {
			t.Errorf("%s, %v, asked %d times", got, err, asked)
		}
	}
}

// A list that the CA signed, for now and for this certificate, knows who is on it.
func TestCRL(t *testing.T) {
	now := time.Now()
	ca, other := catest.New(t, now), catest.New(t, now)
	good, gone := parse(t, ca.Issue(t, now, nil)), parse(t, ca.Issue(t, now, nil))
	for _, tt := range []struct {
		name         string
		mend         func(*x509.RevocationList)
		by           *catest.CA
		clean, taken cards.Standing
	}{
		{"as it should be", func(*x509.RevocationList) {}, ca, cards.StandingGood, cards.StandingRevoked},
		{"another CA's", func(*x509.RevocationList) {}, other, cards.StandingNotChecked, cards.StandingNotChecked},
		{"of last week", func(l *x509.RevocationList) {
			l.ThisUpdate, l.NextUpdate = now.AddDate(0, 0, -8), now.AddDate(0, 0, -1)
		}, ca, cards.StandingNotChecked, cards.StandingNotChecked},
		{"of a part of the certificates", scoped("300DA00BA0098607687474703A2F78"), ca, cards.StandingNotChecked, cards.StandingRevoked},
		{"of CAs only", scoped("30038201FF"), ca, cards.StandingNotChecked, cards.StandingRevoked},
		{"of residents only", scoped("30038101FF"), ca, cards.StandingGood, cards.StandingRevoked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(24 * time.Hour),
				RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: gone.SerialNumber, RevocationTime: now}}}
			tt.mend(l)
			der, err := x509.CreateRevocationList(rand.Reader, l, tt.by.Certificate, tt.by.Key)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "list.crl")
			if err := os.WriteFile(path, der, 0o600); err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/pkix-crl")
				w.Write(der)
			}))
			defer server.Close()
			for _, from := range []string{path, server.URL + "/list.crl"} {
				c := NewCRL(from, &Opts{})
				clean, _ := c.Check(t.Context(), good, ca.Certificate)
				taken, _ := c.Check(t.Context(), gone, ca.Certificate)
				if clean != tt.clean || taken != tt.taken {
					t.Errorf("%s, %s, want %s, %s", clean, taken, tt.clean, tt.taken)
				}
			}
		})
	}
	broken := Any{NewOCSP("http://127.0.0.1:1/", &Opts{}), NewCRL(filepath.Join(t.TempDir(), "none"), &Opts{})}
	if got, err := broken.Check(t.Context(), good, ca.Certificate); got != cards.StandingNotChecked || err == nil {
		t.Errorf("nobody knows: %s, %v", got, err)
	}
}

// Nothing that a responder sends is taken for an answer to this question but
// what the CA signed, which the fuzzer can't.
func FuzzRead(f *testing.F) {
	now := time.Now()
	ca := catest.New(f, now)
	leaf := parse(f, ca.Issue(f, now, nil))
	q, err := newQuestion(leaf, ca.Certificate)
	if err != nil {
		f.Fatal(err)
	}
	good, err := ocsp.CreateResponse(ca.Certificate, ca.Certificate, ocsp.Response{Status: ocsp.Good, SerialNumber: leaf.SerialNumber,
		ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(time.Hour)}, ca.Key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(q.der)
	f.Fuzz(func(t *testing.T, body []byte) {
		if a, err := q.read(body, leaf, ca.Certificate, now); err == nil && a.SerialNumber.Cmp(leaf.SerialNumber) != 0 {
			t.Errorf("about another certificate")
		}
		q.answered(body) //nolint:errcheck // it must not panic
	})
}
