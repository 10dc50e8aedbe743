package hub

import (
	"bytes"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
)

// visitDesk goes through every request of a desk, right and wrong, and returns
// what is secret of who did.
func visitDesk(t *testing.T, c *counter) map[string]string {
	t.Helper()
	card := c.ca.Issue(t, c.clock.now(), nil)
	password := c.password(canaryPassword)
	o := c.ask(cards.Register, "canary77")
	a := signedApply(t, card, c.application(cards.Register, "CANARY77", o))
	password(&a)
	broken := a
	broken.Signature = bytes.Repeat([]byte("sig"), 20)
	c.send(broken)
	c.apply(c.ca.Issue(t, c.clock.now(), func(c *x509.Certificate) { c.IsCA = true }), cards.Register, "CANARY77", password)
	if got := c.apply(card, cards.Register, "CANARY77", password); got.Ruling != cards.RulingOK {
		t.Fatalf("%+v", got)
	}
	c.apply(card, cards.Register, "CANARY78", password)
	show := c.apply(card, cards.Show, "", withCode)
	c.put(cards.Put{Token: show.Token, Cards: []string{c.card(walk, 77).Text()}})
	c.signInHere("CANARY77", canaryPassword)
	c.signInHere("CANARY77", canaryPassword+"!")
	l := c.lease(cards.LeaseAsk{Scheme: radu, Want: 2, Nonce: nonce()})
	p := cards.Provisional{Application: a.Application, Certificate: card.DER, Signature: a.Signature}
	c.deposit(must(cards.SealProvisional(l.Seal, p))(t))
	c.phone("ja").setPassword("CANARY77", "ABCDEFGHJKMN", canaryPassword)
	c.phone("ja").setPassword("CANARY77", string(show.Code), canaryPassword)
	sealed := must(cards.Seal(c.key, cards.PaperApply, a))(t)
	for path := range c.desk() {
		for _, body := range [][]byte{sealed, sealed[:len(sealed)-1], card.DER, []byte(canaryPassword), nil} {
			r := must(http.NewRequest(http.MethodPost, c.server.URL+"/"+path, bytes.NewReader(body)))(t)
			r.Header.Set("Content-Type", api.TypeCOSE)
			must(http.DefaultClient.Do(r))(t).Body.Close()
		}
	}
	leaf := must(x509.ParseCertificate(card.DER))(t)
	return map[string]string{
		"certificate": string(card.DER[60:84]), "key": string(leaf.RawSubjectPublicKeyInfo[40:64]), "name": leaf.Subject.CommonName,
		"signature": string(a.Signature[10:34]), "password": canaryPassword, "code": string(show.Code), "leased code": string(l.Leased[0].Code), "token": string(show.Token),
	}
}

func (c *counter) desk() map[string]bool {
	all := map[string]bool{}
	for path := range (&desk{}).requests() {
		all[path] = true
	}
	return all
}

// leftovers is the log and the database, after everything.
func (c *counter) leftovers() trail {
	left := trail{"log": []byte(c.logs.String())}
	for _, file := range must(filepath.Glob(filepath.Join(c.folder, "*")))(c.t) {
		left["database"] = append(left["database"], must(os.ReadFile(file))(c.t)...)
	}
	return left
}

// What a My Number card gave, and what opens an account, stands in no log and
// not in the database; and the log names nobody.
func TestDeskCanary(t *testing.T) {
	c := newCounter(t)
	secrets := visitDesk(t, c)
	left := c.leftovers()
	if places := left.found(secrets); len(places) > 0 {
		t.Errorf("found: %q", places)
	}
	if bytes.Contains(left["log"], []byte("CANARY7")) || bytes.Contains(left["log"], []byte("canary7")) {
		t.Error("the log names a MyKey ID")
	}
	if len(left["log"]) < 2000 || !bytes.Contains(left["log"], []byte("POST /"+api.PathApply)) || !bytes.Contains(left["database"], []byte("CANARY77")) {
		t.Error("the search looked at nothing")
	}
}

// The search must find each fault that it is there for (DECISIONS 33).
func TestDeskCanaryFindsFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault func(c *counter, body []byte)
		want  []string
	}{
		{"a log of requests", func(c *counter, body []byte) {
			slog.New(slog.NewTextHandler(c.logs, nil)).Info("request", "body", string(bytes.ToValidUTF8(body, nil)))
		}, []string{"password in log"}},
		{"a table of certificates", func(c *counter, body []byte) {
			c.db.Exec(`INSERT INTO mykey_audit SELECT 1000 + COUNT(*), $1, '', '', '', '', 0 FROM mykey_audit`, body)
		},
			[]string{"certificate in database", "key in database", "signature in database"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCounter(t)
			right := c.handler.Load().(http.Handler)
			c.handler.Store(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := new(bytes.Buffer)
				body.ReadFrom(r.Body)
				tt.fault(c, body.Bytes())
				r.Body = readCloser{bytes.NewReader(body.Bytes())}
				right.ServeHTTP(w, r)
			}))
			places := c.leftoversOf(visitDesk(t, c))
			for _, want := range tt.want {
				if !slices.Contains(places, want) {
					t.Errorf("found %q, want %q", places, want)
				}
			}
		})
	}
}

func (c *counter) leftoversOf(secrets map[string]string) []string {
	return c.leftovers().found(secrets)
}
