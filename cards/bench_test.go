package cards

import (
	"crypto/ed25519"
	"testing"
	"time"
)

func BenchmarkSign(b *testing.B) {
	a, key := sampleAllotment(), vectorPrivate(keyLive)
	var n uint32
	for b.Loop() {
		n++
		if card, err := Sign(a.Claims(n), key); err != nil || len(card.Text()) != textSize {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify reads a scanned URL and checks the card by a list of 1000 keys.
func BenchmarkVerify(b *testing.B) {
	var l TrustList
	for n := range KeyID(1000) {
		l.Issuers = append(l.Issuers, Issuer{Key: n + 1, Public: vectorPrivate(keyLive).Public().(ed25519.PublicKey), HonouredUntil: 1 << 40, Kinds: []Kind{KindCard}})
	}
	url := vectorHost.URL(signedBy(keyLive, vectorClaims(func(c *Claims) { c.Key = 1000 })))
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, Japan)
	for b.Loop() {
		text, err := Normalize(url, vectorHost)
		if err != nil {
			b.Fatal(err)
		}
		card, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Verify(card, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealEntry(b *testing.B) {
	e, key := sampleEntry(), paperKey(paperKiosk)
	for b.Loop() {
		if _, err := Seal(key, PaperEntry, e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenEntry(b *testing.B) {
	key := paperKey(paperKiosk)
	sealed, public := must(Seal(key, PaperEntry, sampleEntry())), key.Public()
	for b.Loop() {
		if _, _, err := OpenEntry(sealed, func(KeyID) ed25519.PublicKey { return public }); err != nil {
			b.Fatal(err)
		}
	}
}
