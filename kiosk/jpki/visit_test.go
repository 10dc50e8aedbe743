package jpki_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/jpki"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/packaging/proof"
)

var now = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)

var application = cards.Application{
	Purpose: cards.Register, ID: "ABCD2345", Scheme: "健康ポイント", Kiosk: "kiosk-1",
	At: now.UnixMilli(), Terms: "2026-11", Challenge: []byte("0123456789abcdef0123456789abcdef"),
}

// deck is one for all tests: a key takes a while.
var deck = sync.OnceValues(func() (*jpkitest.Deck, error) { return jpkitest.NewDeck([32]byte{1}, now) })

func deal(t testing.TB, name string) *jpkitest.Card {
	t.Helper()
	d, err := deck()
	if err != nil {
		t.Fatal(err)
	}
	card, err := d.Card(name)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func pin(t testing.TB, digits string) jpki.PIN {
	t.Helper()
	p, err := jpki.NewPIN([]byte(digits))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A visit is one card at the kiosk, and its listing: each call with what came of
// it, and below the commands that it sent.
type visit struct {
	t       testing.TB
	card    *jpkitest.Card
	token   *jpki.Token
	listing strings.Builder
	seen    int
	errs    []error
}

func (v *visit) call(name string, f func() (string, error)) bool {
	said, err := f()
	if err != nil {
		said = err.Error()
		v.errs = append(v.errs, err)
	}
	fmt.Fprintf(&v.listing, "%s: %s\n", name, said)
	log := v.card.Log()
	for _, line := range log[v.seen:] {
		fmt.Fprintf(&v.listing, "    %s\n", line)
	}
	v.seen = len(log)
	return err == nil
}

// run goes the way of a visitor who has these PINs in mind, until one is right or
// nothing more is to be tried.
func (v *visit) run(opts *jpki.Opts, pins ...string) {
	defer v.call("end", func() (string, error) { v.card.PowerDown(); return "powered down", nil })
	if !v.call("Open", func() (said string, err error) { v.token, err = jpki.Open(v.card, opts); return "ok", err }) ||
		!v.call("Certificate", v.certificate) {
		return
	}
	for _, p := range pins {
		left := 0
		if !v.call("Tries", func() (said string, err error) { left, err = v.token.Tries(); return fmt.Sprint(left), err }) || left == 0 {
			return
		}
		if !v.call("Verify", func() (string, error) { return "ok", v.token.Verify(pin(v.t, p)) }) {
			continue
		}
		v.call("Sign", func() (string, error) {
			s, err := v.token.Sign(application)
			return fmt.Sprintf("%d bytes", len(s)), err
		})
		return
	}
}

func (v *visit) certificate() (string, error) {
	c, err := v.token.Certificate()
	if err != nil {
		return "", err
	}
	if string(c.DER) != string(v.card.Certificate()) {
		v.t.Error("another certificate than the card's")
	}
	return fmt.Sprintf("%T, %s to %s", c.Key, c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339)), nil
}

// visits are every wrong turn.
var visits = []struct {
	name, card string
	extended   bool
	pins       []string
	left       int // tries, afterwards
}{
	{"good", "good", false, []string{"1234"}, 3},
	{"good-p256", "p256", false, []string{"1234"}, 3},
	{"good-p384", "p384", false, []string{"1234"}, 3},
	{"good-extended", "rsa3072", true, []string{"1234"}, 3},
	{"extended-refused", "good", true, []string{"1234"}, 3},
	{"t0", "t0", false, []string{"1234"}, 3},
	{"reader-returns-less", "short@300", false, []string{"1234"}, 3},
	{"first-command-after-power", "cold", false, []string{"1234"}, 3},
	{"wrong-then-right", "good", false, []string{"0000", "1234"}, 3},
	{"wrong-to-the-end", "good", false, []string{"0000", "1111", "2222", "1234"}, 0},
	{"two-tries", "two-tries", false, []string{"0000"}, 1},
	{"last-try-wrong", "last-try", false, []string{"0000"}, 0},
	{"last-try-right", "last-try", false, []string{"1234"}, 3},
	{"locked", "locked", false, []string{"1234"}, 0},
	{"pinless", "pinless", false, []string{"1234"}, 0},
	{"pulled-in-the-certificate", "pulled@7", false, []string{"1234"}, 3},
	{"pulled-in-verify", "pulled@13", false, []string{"0000", "1234"}, 2},
	{"mute-in-verify", "mute@13", false, []string{"1234", "1234"}, 3},
	{"transit-card", "transit", false, []string{"1234"}, 3},
	{"card-of-before", "old", false, []string{"1234"}, 3},
	{"android", "android", false, []string{"1234"}, 3},
	{"iphone", "iphone", false, []string{"1234"}, 3},
	{"no-certificate", "none", false, []string{"1234"}, 3},
	{"no-certificate-zero", "none-zero", false, []string{"1234"}, 3},
	{"expired", "expired", false, []string{"1234"}, 3},
	{"renewed", "renewed", false, []string{"1234"}, 3},
	{"rsa-1024", "rsa1024", false, []string{"1234"}, 3},
	{"garbled-signature", "garbled", false, []string{"1234"}, 3},
}

// The exact commands that were sent, and what came of each call.
func TestVisits(t *testing.T) {
	for _, tt := range visits {
		t.Run(tt.name, func(t *testing.T) {
			v := &visit{t: t, card: deal(t, tt.card)}
			v.run(&jpki.Opts{Extended: tt.extended}, tt.pins...)
			proof.Golden(t, tt.name+".txt", v.listing.String())
			if left := v.card.Tries(); left != tt.left {
				t.Errorf("%d tries left, want %d", left, tt.left)
			}
			v.discreet()
		})
	}
}

// discreet checks that nothing was touched that is nobody's business, and that
// no error says more than a step and a status word.
func (v *visit) discreet() {
	v.t.Helper()
	allowed := []string{
		"00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01 ->",
		"00 A4 02 0C 02 00 06 ->", "00 A4 02 0C 02 00 0A ->", "00 A4 02 0C 02 00 17 ->", "00 A4 02 0C 02 00 18 ->",
		"00 B0 ", "00 20 00 80 ", "80 2A 00 80 ", "00 C0 00 00 ",
	}
lines:
	for _, line := range v.card.Log() {
		for _, a := range allowed {
			if at := strings.Index(line, a); at == 17 && !strings.Contains(line[at:at+8], "00 B0 8") { // no file named in a READ
				continue lines
			}
		}
		if line != "power down" {
			v.t.Errorf("not the kiosk's business: %s", line)
		}
	}
	for _, err := range v.errs {
		for _, secret := range []string{"1234", "0000", "31 32", "D392", "D3 92", "13221"} {
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
				v.t.Errorf("%v tells %s", err, secret)
			}
		}
	}
}

// Whatever a card is, and in whichever command it is pulled away or falls mute:
// no VERIFY comes twice, none of these is a wrong PIN, and the step says whether a
// try may be spent.
func TestPulledAnywhere(t *testing.T) {
	d, err := deck()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := d.CA.Issue(jpkitest.Profile{Issued: now, Born: now})
	if err != nil {
		t.Fatal(err)
	}
	for kind, fault := range map[string]func(n int) jpkitest.Faults{
		"pulled": func(n int) jpkitest.Faults { return jpkitest.Faults{Pull: n} },
		"mute":   func(n int) jpkitest.Faults { return jpkitest.Faults{Mute: n} },
	} {
		for n := 1; ; n++ {
			v := &visit{t: t, card: jpkitest.New(jpkitest.Opts{Leaf: leaf, Faults: fault(n)})}
			v.run(&jpki.Opts{}, "1234", "1234")
			v.discreet()
			if sent := strings.Count(strings.Join(v.card.Log(), "\n"), "verify PIN"); sent > 1 {
				t.Errorf("%s in command %d: %d VERIFY", kind, n, sent)
			}
			if len(v.errs) == 0 {
				if n < 15 {
					t.Errorf("only %d commands", n)
				}
				break
			}
			lost, ok := errors.AsType[*jpki.LostError](v.errs[0])
			if wrong := (*jpki.PINError)(nil); !ok || errors.As(v.errs[0], &wrong) || errors.Is(v.errs[0], jpki.ErrLocked) {
				t.Fatalf("%s in command %d: %v", kind, n, v.errs[0])
			}
			if spent := strings.Contains(v.listing.String(), "verify PIN ****"); spent != (lost.Step == jpki.VerifyPIN || lost.Step == jpki.SelectKey || lost.Step == jpki.SignDigest) {
				t.Errorf("%s in command %d: step %q\n%s", kind, n, lost.Step, v.listing.String())
			}
		}
	}
}

// Whatever other cards there are, the kiosk touches what it may.
func TestEveryCard(t *testing.T) {
	visited := map[string]bool{"pulled": true, "mute": true, "short": true}
	for _, tt := range visits {
		visited[tt.card] = true
	}
	for _, name := range jpkitest.Names() {
		if visited[name] {
			continue
		}
		if name == "slow" {
			name += "@1ms"
		}
		v := &visit{t: t, card: deal(t, name)}
		v.run(&jpki.Opts{}, "1234")
		v.discreet()
		if len(v.errs) > 0 || v.card.Verified() {
			t.Errorf("%s: %v, open after the visit: %v", name, v.errs, v.card.Verified())
		}
	}
}
