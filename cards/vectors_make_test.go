package cards

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

const (
	vectorHost = Host("p.example.jp")
	noon       = "2026-11-22T12:00:00+09:00"
	honoured   = "2031-01-01T00:00:00+09:00"
	lastDay    = Day(20779) // 2026-11-22
)

// The keys of the vectors, counted from FirstTestKey.
const (
	keyLive = iota
	keyPractice
	keyRetired
	keyCompromised
	keyCardsOnly
	keyOver
	keyUnlisted
)

func vectorKeys() []vectorKey {
	live, practice := "111213", "191a1b"
	keys := []vectorKey{
		keyLive:        {KindBytes: live},
		keyPractice:    {KindBytes: practice},
		keyRetired:     {KindBytes: live, Revoked: string(Retired)},
		keyCompromised: {KindBytes: live, Revoked: string(Compromised)},
		keyCardsOnly:   {KindBytes: "11"},
		keyOver:        {KindBytes: live, HonouredUntil: "2026-11-22T11:00:00+09:00"},
		keyUnlisted:    {KindBytes: live},
	}
	for n := range keys {
		k := &keys[n]
		k.Key, k.Label, k.Listed = FirstTestKey+KeyID(n), fmt.Sprintf("pointkiosk test vector key %d", n), n != keyUnlisted
		seed := sha256.Sum256([]byte(k.Label))
		k.Seed, k.Public = fmt.Sprintf("%x", seed), fmt.Sprintf("%x", vectorPrivate(n).Public())
		if k.HonouredUntil == "" {
			k.HonouredUntil = honoured
		}
	}
	return keys
}

func vectorPrivate(n int) ed25519.PrivateKey {
	seed := sha256.Sum256(fmt.Appendf(nil, "pointkiosk test vector key %d", n))
	return ed25519.NewKeyFromSeed(seed[:])
}

// vectorClaims are those of the plain card; mend changes them.
func vectorClaims(mend func(*Claims)) Claims {
	c := Claims{Kind: KindCard, Key: FirstTestKey, Allotment: 7, Number: 42, Points: 200, Expires: lastDay}
	if mend != nil {
		mend(&c)
	}
	return c
}

// signedBy makes a card even of claims that Sign refuses.
func signedBy(n int, c Claims) Card {
	return Card{Claims: c, signature: hide(ed25519.Sign(vectorPrivate(n), append([]byte(domain), c.bytes()...)))}
}

func partsOf(host Host, c Card) *vectorPart {
	return &vectorPart{
		Kind: fmt.Sprintf("%02x", byte(c.Kind)), Key: c.Key, Allotment: c.Allotment, Number: c.Number, Points: c.Points,
		Expires: c.Expires.String(), Bytes: fmt.Sprintf("%x", c.Claims.bytes()), Signature: fmt.Sprintf("%x", c.signed()),
		Serial: c.Serial().String(), Digest: fmt.Sprintf("%x", c.Digest()), URL: host.URL(c),
	}
}

func vectorsOf(about string, cases []vectorCard) cardVectors {
	return cardVectors{About: about, Domain: fmt.Sprintf("%x", domain), Host: vectorHost, Keys: vectorKeys(), Cases: cases}
}

func genuineVectors() cardVectors {
	v := vectorsOf("Cards that are signed as they should be, with all parts.", nil)
	add := func(name, now, want string, key int, mend func(*Claims)) {
		c := vectorClaims(func(c *Claims) { c.Key += KeyID(key); mend(c) })
		card := signedBy(key, c)
		v.Cases = append(v.Cases, vectorCard{Name: name, Claims: partsOf(vectorHost, card), Text: card.Text(), Now: now, Want: want})
	}
	for _, k := range []Kind{KindCard, KindVenue, KindTicket} {
		add(k.String(), noon, "good", keyLive, func(c *Claims) { c.Kind = k })
		add("practice "+k.String(), noon, "practice", keyPractice, func(c *Claims) { c.Kind = k | 0x08 })
	}
	add("smallest values", "1970-01-01T12:00:00+09:00", "good", keyLive, func(c *Claims) { c.Allotment, c.Number, c.Points, c.Expires = 1, 1, 1, 0 })
	add("largest values", noon, "good", keyLive, func(c *Claims) {
		c.Allotment, c.Number, c.Points, c.Expires = 1<<32-1, MaxNumber, MaxPoints, 1<<16-1
	})
	add("last second of the last day", "2026-11-22T23:59:59+09:00", "good", keyLive, func(*Claims) {})
	return v
}

func malformedVectors() cardVectors {
	good := signedBy(keyLive, vectorClaims(nil)).Text()
	v := vectorsOf("Texts that are no cards, whatever their signature.", nil)
	text := func(name, text string) {
		v.Cases = append(v.Cases, vectorCard{Name: name, Text: text, Want: "malformed"})
	}
	claims := func(name string, mend func(*Claims)) { text(name, signedBy(keyLive, vectorClaims(mend)).Text()) }
	text("empty", "")
	text("one character short", good[:129])
	text("one character long", good+"A")
	text("padded", good+"======")
	text("lower case", strings.ToLower(good))
	text("digit outside the alphabet", "1"+good[1:])
	text("blank inside", good[:64]+" "+good[65:])
	text("line feed inside, 130 characters", good[:64]+"\n"+good[65:])
	text("line feed inside, 130 characters beside it", good[:64]+"\n"+good[64:])
	text("spare bits 01", spare(good, 1))
	text("spare bits 10", spare(good, 2))
	text("spare bits 11", spare(good, 3))
	for _, k := range []Kind{0x00, 0x01, 0x10, 0x14, 0x18, 0x1C, 0x21, 0x91} {
		claims(fmt.Sprintf("kind %02x", byte(k)), func(c *Claims) { c.Kind = k })
	}
	claims("key 0", func(c *Claims) { c.Key = 0 })
	claims("allotment 0", func(c *Claims) { c.Allotment = 0 })
	claims("number 0", func(c *Claims) { c.Number = 0 })
	claims("points 0", func(c *Claims) { c.Points = 0 })
	return v
}

// spare sets the two bits of the last character that stand for nothing.
func spare(text string, bits int) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	last := strings.IndexByte(digits, text[129])
	return text[:129] + string(digits[last|bits])
}

func refusedVectors() cardVectors {
	v := vectorsOf("Cards that are refused without a network, in the order in which the reasons are found.", nil)
	add := func(name, now, want string, card Card) {
		v.Cases = append(v.Cases, vectorCard{Name: name, Claims: partsOf(vectorHost, card), Text: card.Text(), Now: now, Want: want})
	}
	by := func(key int, mend func(*Claims)) Card {
		return signedBy(key, vectorClaims(func(c *Claims) {
			c.Key += KeyID(key)
			if mend != nil {
				mend(c)
			}
		}))
	}
	add("unknown key", noon, "unknown key", by(keyUnlisted, nil))
	add("unknown key, lapsed", "2027-01-01T00:00:00+09:00", "unknown key", by(keyUnlisted, nil))
	for _, f := range forgeries() {
		add(f.name, noon, "bad signature", f.card)
	}
	add("bad signature, revoked", noon, "bad signature", signedBy(keyLive, vectorClaims(func(c *Claims) { c.Key += keyRetired })))
	add("a kind the key may not sign", noon, "outside", by(keyCardsOnly, func(c *Claims) { c.Kind = KindTicket }))
	add("a live key signs practice", noon, "outside", by(keyLive, func(c *Claims) { c.Kind = KindPracticeCard }))
	add("a practice key signs live", noon, "outside", by(keyPractice, nil))
	add("practice, past its day", "2027-01-01T00:00:00+09:00", "practice", by(keyPractice, func(c *Claims) { c.Kind = KindPracticeCard }))
	add("retired key", noon, "revoked", by(keyRetired, nil))
	add("compromised key", noon, "revoked", by(keyCompromised, nil))
	add("revoked, past its day", "2027-01-01T00:00:00+09:00", "revoked", by(keyRetired, nil))
	add("first second after the last day", "2026-11-23T00:00:00+09:00", "lapsed", by(keyLive, nil))
	add("the same second by UTC", "2026-11-22T15:00:00Z", "lapsed", by(keyLive, nil))
	add("key no longer honoured", "2026-11-22T11:00:00+09:00", "lapsed", by(keyOver, nil))
	return v
}

type forgery struct {
	name string
	card Card
}

// forgeries changes each region of a genuine card, and signs in ways that look
// nearly right.
func forgeries() (all []forgery) {
	good := signedBy(keyLive, vectorClaims(nil))
	add := func(name string, mend func(*Card)) {
		c := good
		mend(&c)
		all = append(all, forgery{name, c})
	}
	add("kind changed", func(c *Card) { c.Kind = KindVenue })
	add("key changed to another that is listed", func(c *Card) { c.Key += keyCardsOnly })
	add("allotment changed", func(c *Card) { c.Allotment ^= 1 << 31 })
	add("number changed", func(c *Card) { c.Number++ })
	add("points changed", func(c *Card) { c.Points |= 1 << 23 })
	add("expiry changed", func(c *Card) { c.Expires++ })
	flip := func(at int, bit byte) func(*Card) {
		return func(c *Card) {
			s := c.signed()
			s[at] ^= bit
			c.signature = hide(s)
		}
	}
	add("R: first bit", flip(0, 1))
	add("R: last bit", flip(31, 0x80))
	add("S: first bit", flip(32, 1))
	add("S: last bit", flip(63, 0x80))
	add("S + L, which RFC 8032 refuses (5.1.7)", func(c *Card) {
		s := c.signed()
		c.signature = hide(append(s[:32:32], plusOrder(s[32:])...))
	})
	add("all zero", func(c *Card) { c.signature = hide(make([]byte, 64)) })
	add("signed without the domain", func(c *Card) {
		c.signature = hide(ed25519.Sign(vectorPrivate(keyLive), c.Claims.bytes()))
	})
	add("signed with the domain less its zero byte", func(c *Card) {
		c.signature = hide(ed25519.Sign(vectorPrivate(keyLive), append([]byte(domain[:len(domain)-1]), c.Claims.bytes()...)))
	})
	add("signed by another key that is listed", func(c *Card) { *c = signedBy(keyCardsOnly, c.Claims) })
	return all
}

// plusOrder adds the order of the group: the same number modulo L.
func plusOrder(s []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	little := slices.Clone(s)
	slices.Reverse(little)
	sum := new(big.Int).Add(new(big.Int).SetBytes(little), order).FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	return sum
}

func outsideVectors() cardVectors {
	v := vectorsOf("Cards that are genuine by their signature, compared with the hub's allotment.", nil)
	key := FirstTestKey
	v.Allotments = []vectorAllotment{
		{Name: "500 cards", ID: 7, Key: key, Kind: KindCard, Points: 200, Count: 500, Expires: lastDay.String()},
	}
	add := func(name, want string, mend func(*Claims)) {
		c := vectorClaims(mend)
		card := signedBy(int(c.Key-FirstTestKey), c)
		v.Cases = append(v.Cases, vectorCard{Name: name, Claims: partsOf(vectorHost, card), Text: card.Text(), Allotment: "500 cards", Want: want})
	}
	add("first", "good", func(c *Claims) { c.Number = 1 })
	add("last", "good", func(c *Claims) { c.Number = 500 })
	add("another allotment", "outside", func(c *Claims) { c.Allotment = 8 })
	add("another holder", "outside", func(c *Claims) { c.Key += keyCardsOnly })
	add("another kind", "outside", func(c *Claims) { c.Kind = KindTicket })
	add("more points", "outside", func(c *Claims) { c.Points = 201 })
	add("fewer points", "outside", func(c *Claims) { c.Points = 199 })
	add("a later expiry", "outside", func(c *Claims) { c.Expires++ })
	add("an earlier expiry", "outside", func(c *Claims) { c.Expires-- })
	add("one number too many", "outside", func(c *Claims) { c.Number = 501 })
	return v
}
