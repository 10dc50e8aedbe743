package cards_test

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/cards/qr"
)

// The limits of a host are those of the code on the paper.
func TestHostLimits(t *testing.T) {
	card, err := cards.Sign(cards.Claims{Kind: cards.KindCard, Key: 1, Allotment: 1, Number: 1, Points: 1}, ed25519.NewKeyFromSeed(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	if cards.HostVersion6 != 13 || cards.MaxHost != 37 {
		t.Errorf("limits %d and %d", cards.HostVersion6, cards.MaxHost)
	}
	for _, tt := range []struct{ host, length, version int }{{13, 154, 6}, {14, 155, 7}, {37, 178, 7}} {
		host, err := cards.ParseHost(strings.Repeat("a", tt.host))
		if err != nil {
			t.Fatal(err)
		}
		m, err := qr.Encode(host.URL(card))
		if err != nil || len(host.URL(card)) != tt.length || m.Version != tt.version {
			t.Errorf("host of %d: %d characters, %+v, %v", tt.host, len(host.URL(card)), m, err)
		}
		if v, err := qr.Version(tt.length); v != tt.version || err != nil {
			t.Errorf("qr.Version(%d) = %d, %v", tt.length, v, err)
		}
	}
	if v, _ := qr.Version(179); v != 8 {
		t.Errorf("one character more is version %d", v)
	}
	if _, err := cards.ParseHost(strings.Repeat("a", cards.MaxHost+1)); err == nil {
		t.Error("a host that needs version 8 is taken")
	}
	if got := cards.Host("p.example.jp").Site(); got != "HTTPS://P.EXAMPLE.JP/C/" {
		t.Errorf("Site = %s", got)
	}
}

func TestParseHost(t *testing.T) {
	for text, good := range map[string]bool{
		"p.example.jp": true, "localhost:8080": true, "192.168.1.20:8443": true, "a": true, "xn--r8jz45g.jp": true, "a-b.jp": true,
		"": false, "P.example.jp": false, ".jp": false, "a..jp": false, "a.jp.": false, "-a.jp": false, "a-.jp": false, "a.-b.jp": false,
		"a_b.jp": false, "a.jp/": false, "a@b.jp": false, "a.jp:": false, ":80": false, "a.jp:0": false, "a.jp:080": false,
		"a.jp:65536": false, "a.jp:+80": false, "a.jp:80:80": false, "k\u0131osk.jp": false, "例.jp": false, "a.jp ": false, "a.jp\n": false, "[::1]": false,
	} {
		if host, err := cards.ParseHost(text); (err == nil) != good || good && string(host) != text {
			t.Errorf("ParseHost(%q) = %q, %v", text, host, err)
		}
	}
}
