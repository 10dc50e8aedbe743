package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/registry/catest"
)

// A bench is a running hub's kiosk, at which people apply.
type bench struct {
	*kiosk
	client *api.Client
}

func (b bench) ask(p cards.Purpose, scheme string) (o cards.Offer) {
	b.t.Helper()
	offer, err := b.client.Ask(b.t.Context(), b.sealed(cards.Ask{Purpose: p, Scheme: scheme, Nonce: random()}, cards.PaperAsk))
	if err = errors.Join(err, cards.Unsealed(offer, cards.PaperOffer, &o)); err != nil {
		b.t.Fatal(err)
	}
	return o
}

// apply goes from the ask to the answer.
func (b bench) apply(card catest.Card, p cards.Purpose, id string, mend func(*cards.Apply, cards.Offer)) cards.Answer {
	b.t.Helper()
	const scheme = "らづポイント"
	var answer cards.Answer
	o := b.ask(p, scheme)
	app := cards.Application{Purpose: p, ID: id, Scheme: scheme, Kiosk: "station-1", At: time.Now().UnixMilli(), Challenge: o.Challenge}
	if p == cards.Register {
		app.Terms = o.Terms.Version
	}
	body, err := cards.Encode(app)
	if err != nil {
		b.t.Fatal(err)
	}
	a := cards.Apply{Application: body, Certificate: card.DER, Signature: card.Sign(b.t, app)}
	if mend != nil {
		mend(&a, o)
	}
	sealed := b.sealed(a, cards.PaperApply)
	data, err := b.client.Apply(b.t.Context(), sealed)
	if err == nil {
		err = cards.Unsealed(data, cards.PaperAnswer, &answer)
	}
	if sum := sha256.Sum256(sealed); err != nil || string(answer.Request) != string(sum[:]) {
		b.t.Fatalf("%+v, %v", answer, err)
	}
	return answer
}

// Staff add a CA, let who has a renewed certificate be bound again, delete, and
// read who did what; a hub that runs takes it at once.
func TestMyKey(t *testing.T) {
	data := filepath.Join(t.TempDir(), "hub")
	start(t, data)
	ok(t, "", "event", "add", "--data", data, "--preset", "kisarazu", "--open-today")
	k, client := enrol(t, ok(t, "", "kiosk", "add", "station-1", "--data", data))
	b := bench{k, client}
	now := time.Now()
	ca := catest.New(t, now)
	card, renewed := ca.Issue(t, now, nil), ca.Issue(t, now, nil)
	file := filepath.Join(t.TempDir(), "ca.cer")
	if err := os.WriteFile(file, ca.Certificate.Raw, 0o600); err != nil {
		t.Fatal(err)
	}
	password := func(a *cards.Apply, o cards.Offer) {
		var err error
		if a.Password, err = cards.SealPassword(o.Seal, a.Application, []byte("kisarazu-2026")); err != nil {
			t.Fatal(err)
		}
	}
	code := func(a *cards.Apply, _ cards.Offer) { a.Code = true }
	if got := b.apply(card, cards.Register, "HANA2345", password); got.Ruling != cards.RulingUnknownCA {
		t.Errorf("before the CA is known: %s", got.Ruling)
	}
	do := func(line string, want int, says string) string {
		t.Helper()
		out, err := try(t, "", append(strings.Fields(line), "--data", data)...)
		if status(err) != want || err != nil && !strings.Contains(err.Error(), says) || err == nil && !strings.Contains(out, says) {
			t.Errorf("%s: %d, %v: %s", line, status(err), err, out)
		}
		return out
	}
	do("ca add "+file+" --test --by 佐藤", 1, "does not have the role mykey")
	do("person add 佐藤 --may people,mykey", 0, "")
	do("ca add "+file+" --by 佐藤", 1, "--test")
	do("ca add "+file+" --test --by 佐藤", 0, "Added: ")
	do("ca add "+file+" --test --by 佐藤", 0, "")
	do("ca list", 0, "JPKI")
	if got := b.apply(card, cards.Register, "HANA2345", password); got.Ruling != cards.RulingOK {
		t.Fatalf("%s", got.Ruling)
	}
	if got := b.apply(renewed, cards.Rebind, "HANA2345", nil); got.Ruling != cards.RulingWrong {
		t.Errorf("nobody allowed it: %s", got.Ruling)
	}
	ok(t, "", "kiosk", "add", "station-2", "--data", data) // and it never enrolled
	do("mykey rebind HANA2345 --kiosk station-1 --by 鈴木 --reason seen", 1, "does not have the role mykey")
	do("mykey rebind HANA2345 --kiosk station-1 --by 佐藤", 2, "--reason")
	do("mykey rebind HANA2345 --by 佐藤 --reason seen", 2, "--kiosk")
	do("mykey rebind HANA2345 --kiosk station-2 --by 佐藤 --reason seen", 1, "no such kiosk")
	do("mykey rebind HANA2346 --kiosk station-1 --by 佐藤 --reason seen", 1, "no such MyKey ID")
	do("mykey rebind hana2345 --kiosk station-1 --by 佐藤 --reason seen", 0, "at station-1 until")
	if got := b.apply(renewed, cards.Rebind, "HANA2345", code); got.Ruling != cards.RulingOK || got.Code == "" {
		t.Errorf("%s", got.Ruling)
	}
	if got := b.apply(card, cards.Show, "", nil); got.Ruling != cards.RulingReplaced {
		t.Errorf("the old certificate: %s", got.Ruling)
	}
	if out := do("mykey audit HANA2345", 0, "bind again"); strings.Count(out, "\n") != 5 { // head, register, allow, bind, slip
		t.Errorf("%s", out)
	}
	b.apply(renewed, cards.Retire, "", nil)
	do("mykey audit HANA2345", 0, "retire")
	do("mykey delete HANA2345 --by 佐藤 --reason asked", 0, "Deleted")
	if got := b.apply(renewed, cards.Show, "", nil); got.Ruling != cards.RulingNoID {
		t.Errorf("after the end: %s", got.Ruling)
	}
	do("mykey audit --json", 0, `"what":"delete"`)
	do("account add HANA2345 --password-stdin", 1, "no password")
	if _, err := try(t, "kisarazu-2026\n", "account", "add", "HANA2345", "--password-stdin", "--data", data); err == nil {
		t.Error("an ID is given again after its holder had it deleted")
	}
	do("check", 0, "")
}

// What is no CA of user authentication is not taken for one.
func TestReadCA(t *testing.T) {
	now := time.Now()
	ca := catest.New(t, now)
	card := ca.Issue(t, now, nil)
	for _, tt := range []struct {
		name string
		data []byte
		ok   bool
	}{
		{"DER", ca.Certificate.Raw, true}, {"PEM", catest.PEM(ca.Certificate), true},
		{"two in a file", append(catest.PEM(ca.Certificate), catest.PEM(ca.Certificate)...), false},
		{"a resident's", card.DER, false}, {"rubbish", []byte("rubbish"), false}, {"nothing", nil, false},
		{"a key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ca.Certificate.Raw}), false},
	} {
		if _, err := readCA(tt.data); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	sign := *ca.Certificate
	sign.Subject.OrganizationalUnit = []string{"JPKI for digital signature", "Japan Agency for Local Authority Information Systems"}
	real := x509.Certificate{}
	real.Subject.OrganizationalUnit = []string{"JPKI for user authentication", "Japan Agency for Local Authority Information Systems"}
	if suits(&sign, true) == nil || suits(ca.Certificate, false) == nil || suits(&real, false) != nil {
		t.Error("another CA is taken, or the right one is not")
	}
}

// Whatever stands in the audit log has words.
func TestDeedsHaveWords(t *testing.T) {
	deed := regexp.MustCompile(`(?:What: |noted\(t, f, |change\(t, f, )"([a-z ]+)"`)
	found := map[string]bool{}
	for _, folder := range []string{".", "../../hub/registry"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range deed.FindAllStringSubmatch(string(source), -1) {
				found[m[1]] = true
			}
		}
	}
	if len(found) < 14 {
		t.Errorf("only %v were found", found)
	}
	for what := range found {
		for _, lang := range words.Languages() {
			if said := words.In(lang).Say("hub.deed." + what); strings.Contains(said, "hub.deed.") {
				t.Errorf("%q has no words in %s: %s", what, lang, said)
			}
		}
	}
}
