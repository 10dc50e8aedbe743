package jpkitest

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Deck makes cards of every kind by name. The same seed makes the same
// authority and, each in its turn, the same cards; each is another person's.
type Deck struct {
	CA *CA // that a hub trusts

	seed  [32]byte
	now   time.Time
	dealt map[string]int
}

// NewDeck makes the authority; its cards are what they are called at now.
func NewDeck(seed [32]byte, now time.Time) (*Deck, error) {
	d := &Deck{seed: seed, now: now, dealt: map[string]int{}}
	ca, err := NewCA(d.draw("authority"), now)
	d.CA = ca
	return d, err
}

// draw returns random bytes that depend on what they are for alone.
func (d *Deck) draw(purpose string) io.Reader {
	d.dealt[purpose]++
	seed := sha256.Sum256(fmt.Appendf(d.seed[:], "%s %d", purpose, d.dealt[purpose]))
	return rand.NewChaCha8(seed)
}

// A hand is a card in the making.
type hand struct {
	Opts

	now     time.Time
	profile Profile
	none    bool // no certificate
	unknown bool // by an authority that nobody trusts
	revoked bool
}

// made are the kinds of cards. Those with a number or a time after an @ have it in n.
var made = map[string]func(h *hand, n string) error{
	"good":       func(*hand, string) error { return nil },
	"p256":       func(h *hand, _ string) error { h.profile.Kind = P256; return nil },
	"p384":       func(h *hand, _ string) error { h.profile.Kind = P384; return nil },
	"rsa3072":    func(h *hand, _ string) error { h.profile.Kind, h.Faults.Extended = RSA3072, true; return nil },
	"two-tries":  func(h *hand, _ string) error { h.Wrong = 1; return nil },
	"last-try":   func(h *hand, _ string) error { h.Wrong = 2; return nil },
	"locked":     func(h *hand, _ string) error { h.Wrong = MaxTries; return nil },
	"pinless":    func(h *hand, _ string) error { h.Wrong = MaxTries; return nil }, // 顔認証マイナンバーカード: locked by design
	"slow":       func(h *hand, n string) (err error) { h.Faults.Delay, err = time.ParseDuration(n); return err },
	"pulled":     func(h *hand, n string) (err error) { h.Faults.Pull, err = strconv.Atoi(n); return err },
	"mute":       func(h *hand, n string) (err error) { h.Faults.Mute, err = strconv.Atoi(n); return err },
	"done":       func(h *hand, _ string) error { h.Faults.Done = true; return nil },
	"short":      func(h *hand, n string) (err error) { h.Faults.Short, err = strconv.Atoi(n); return err },
	"t0":         func(h *hand, _ string) error { h.Faults.T0, h.Faults.Short = true, 200; return nil },
	"cold":       func(h *hand, _ string) error { h.Faults.Cold = true; return nil },
	"told":       func(h *hand, _ string) error { h.Faults.Told = true; return nil },
	"garbled":    func(h *hand, _ string) error { h.Faults.Garbled = true; return nil },
	"extended":   func(h *hand, _ string) error { h.Faults.Extended = true; return nil },
	"transit":    func(h *hand, _ string) error { h.Other, h.none, h.ATR = true, true, []byte(atrFeliCa); return nil },
	"old":        func(h *hand, _ string) error { h.Label = LabelOld; return nil },
	"android":    func(h *hand, _ string) error { h.Label = LabelAndroid; return nil },
	"iphone":     func(h *hand, _ string) error { h.Label = LabelIPhone; return nil },
	"none":       func(h *hand, _ string) error { h.none = true; return nil },
	"none-zero":  func(h *hand, _ string) error { h.none, h.Fill = true, 0x00; return nil },
	"expired":    func(h *hand, _ string) error { h.profile.Issued = h.now.AddDate(-6, 0, 0); return nil },
	"renewed":    func(h *hand, _ string) error { h.profile.Issued = h.now.Add(-time.Hour); return nil },
	"revoked":    func(h *hand, _ string) error { h.revoked = true; return nil },
	"unknown-ca": func(h *hand, _ string) error { h.unknown = true; return nil },
	"ca-leaf": func(h *hand, _ string) error {
		h.profile.CA, h.profile.Usage = true, x509.KeyUsageDigitalSignature|x509.KeyUsageCertSign
		return nil
	},
	"wrong-usage":  func(h *hand, _ string) error { h.profile.Usage = x509.KeyUsageKeyEncipherment; return nil },
	"wrong-policy": func(h *hand, _ string) error { h.profile.Policy = PolicySignature; return nil },
	"rsa1024":      func(h *hand, _ string) error { h.profile.Kind = RSA1024; return nil },
}

// atrFeliCa is what a reader makes up for a card of public transport (PC/SC part 3, 3.1.3.2.3).
const atrFeliCa = "\x3B\x8F\x80\x01\x80\x4F\x0C\xA0\x00\x00\x03\x06\x11\x00\x3B\x00\x00\x00\x00\x42"

// Names returns what Card knows.
func Names() []string { return slices.Sorted(maps.Keys(made)) }

// Card makes the next card of a kind, with PIN 1234. slow@300ms answers so late,
// pulled@7 is pulled away in the 7th command, mute@7 answers no more from there,
// mute@7+done does the 7th all the same, and of short@100 a READ gets 100 bytes at
// most. Other kinds are joined by a + as well.
func (d *Deck) Card(name string) (*Card, error) {
	h := &hand{
		Opts: Opts{CA: d.CA.DER, Fill: 0xFF}, now: d.now,
		profile: Profile{Issued: d.now.AddDate(-1, 0, 0), Born: time.Date(1985, 4, 12, 0, 0, 0, 0, time.UTC)},
	}
	for each := range strings.SplitSeq(name, "+") {
		kind, n, _ := strings.Cut(each, "@")
		make, ok := made[kind]
		if !ok {
			return nil, fmt.Errorf("jpkitest: no card %q; there are %s", each, strings.Join(Names(), " "))
		}
		if err := make(h, n); err != nil {
			return nil, fmt.Errorf("jpkitest: card %q: %w", name, err)
		}
	}
	if err := d.certify(h, name); err != nil {
		return nil, err
	}
	return New(h.Opts), nil
}

// certify gives the card in the making its certificate.
func (d *Deck) certify(h *hand, name string) error {
	if h.none {
		return nil
	}
	ca, random := d.CA, d.draw(name)
	if h.unknown {
		var err error
		if ca, err = NewCA(random, d.now); err != nil {
			return err
		}
		h.CA = ca.DER
	}
	ca.random = random
	leaf, err := ca.Issue(h.profile)
	if err != nil {
		return err
	}
	h.Leaf = leaf
	if h.revoked {
		ca.Revoke(leaf, d.now.AddDate(0, -1, 0))
	}
	return nil
}
