package cards

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"
)

func testKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(seed)), ed25519.SeedSize)))
}

func testCard(t testing.TB) Card {
	t.Helper()
	c, err := Sign(Claims{Kind: KindCard, Key: FirstTestKey, Allotment: 7, Number: 42, Points: 200, Expires: 20543}, testKey('k'))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRoundTrip(t *testing.T) {
	c := testCard(t)
	if len(c.Text()) != 130 {
		t.Fatalf("text has %d characters, want 130", len(c.Text()))
	}
	got, err := Parse(c.Text())
	if err != nil || got != c {
		t.Fatalf("Parse(Text()) = %v, %v", got, err)
	}
	if !got.SignedBy(testKey('k').Public().(ed25519.PublicKey)) {
		t.Fatal("its own key did not sign it")
	}
}

func TestSeal(t *testing.T) {
	key := SigningKey{ID: 9, Private: testKey('h')}
	data, err := Seal(key, PaperTrustList, TrustList{Version: 3, Issuers: []Issuer{}, Hubs: []HubKey{}, Hosts: []Host{}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := OpenTrustList(data, key.Public())
	if err != nil || l.Version != 3 {
		t.Fatalf("OpenTrustList = %+v, %v", l, err)
	}
	for n := range data {
		bad := append([]byte(nil), data...)
		bad[n] ^= 1
		if _, err := OpenTrustList(bad, key.Public()); err == nil {
			t.Fatalf("byte %d changed and the list still opens", n)
		}
	}
}

func TestVerify(t *testing.T) {
	c := testCard(t)
	day := c.Expires
	issuer := Issuer{Key: FirstTestKey, Public: testKey('k').Public().(ed25519.PublicKey), HonouredUntil: 1 << 40, Kinds: []Kind{KindCard}}
	for _, tt := range []struct {
		name string
		mend func(*Issuer)
		now  time.Time
		want error
	}{
		{"genuine", func(*Issuer) {}, day.Start(), nil},
		{"last second", func(*Issuer) {}, day.End().Add(-time.Second), nil},
		{"lapsed", func(*Issuer) {}, day.End(), ErrLapsed},
		{"no longer honoured", func(i *Issuer) { i.HonouredUntil = 1 }, day.Start(), ErrLapsed},
		{"revoked", func(i *Issuer) { i.RevokedAt = 1 }, day.Start(), ErrRevoked},
		{"another kind", func(i *Issuer) { i.Kinds = []Kind{KindTicket} }, day.Start(), ErrOutside},
		{"unknown key", func(i *Issuer) { i.Key++ }, day.Start(), ErrUnknownKey},
		{"bad signature", func(i *Issuer) { i.Public = testKey('x').Public().(ed25519.PublicKey) }, day.Start(), ErrSignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i := issuer
			tt.mend(&i)
			if err := (TrustList{Issuers: []Issuer{i}}).Verify(c, tt.now); !errors.Is(err, tt.want) {
				t.Errorf("Verify = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestNormalize(t *testing.T) {
	c := testCard(t)
	url := Host("p.example.jp").URL(c)
	if len(url) != 8+12+3+130 {
		t.Fatalf("URL has %d characters", len(url))
	}
	for _, tt := range []struct {
		name, scan string
		want       error
	}{
		{"URL", url, nil},
		{"bare", c.Text(), nil},
		{"lower case", strings.ToLower(url), nil},
		{"CR", url + "\r", nil},
		{"TAB", url + "\t", nil},
		{"US keys on a Japanese host", strings.ReplaceAll(url, ":", "+"), nil},
		{"Japanese keys on a US host", strings.ReplaceAll(url, ":", "'"), nil},
		{"another site", strings.ReplaceAll(url, "EXAMPLE", "EVIL"), ErrHost},
		{"http", strings.Replace(url, "HTTPS", "HTTP", 1), ErrMalformed},
		{"another path", strings.Replace(url, "/C/", "/D/", 1), ErrMalformed},
		{"cut", url[:len(url)-1], ErrMalformed},
		{"too long", url + strings.Repeat(" ", 400), ErrMalformed},
		{"dotless i", strings.Replace(strings.ToLower(url), "i", "ı", 1), ErrMalformed},
		{"empty", "", ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Normalize(tt.scan, "p.example.jp")
			if !errors.Is(err, tt.want) || err == nil && got != c.Text() {
				t.Errorf("Normalize = %q, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestSerial(t *testing.T) {
	for _, s := range []Serial{{1, 1}, {1<<32 - 1, MaxNumber}, {7, 42}} {
		got, err := ParseSerial(s.String())
		if err != nil || got != s {
			t.Errorf("ParseSerial(%q) = %v, %v", s, got, err)
		}
		got, err = NormalizeSerial(strings.ToLower(strings.ReplaceAll(s.String(), "-", " ")))
		if err != nil || got != s {
			t.Errorf("NormalizeSerial(%q) = %v, %v", s, got, err)
		}
	}
}
