package cards

import (
	"bytes"
	"encoding/hex"
	"strings"
)

type wrongList struct {
	name string
	list TrustList
}

// wrongLists are lists that are sealed as they should be and say what none may.
func wrongLists() (all []wrongList) {
	add := func(name string, mend func(*TrustList)) {
		l := sampleTrustList()
		mend(&l)
		all = append(all, wrongList{name, l})
	}
	issuer := func(name string, mend func(*Issuer)) { add(name, func(l *TrustList) { mend(&l.Issuers[0]) }) }
	add("no version", func(l *TrustList) { l.Version = 0 })
	issuer("issuer without id", func(i *Issuer) { i.Key = 0 })
	add("issuer with the first test id", func(l *TrustList) { l.Issuers[2].Key = FirstTestKey })
	add("issuer with the last test id", func(l *TrustList) { l.Issuers[2].Key = 1<<32 - 1 })
	add("hub key with a test id", func(l *TrustList) { l.Hubs[0].Key = FirstTestKey + 7 })
	add("issuers out of order", func(l *TrustList) { l.Issuers[0], l.Issuers[1] = l.Issuers[1], l.Issuers[0] })
	add("one id twice", func(l *TrustList) { l.Issuers[1].Key = 3 })
	add("one id for issuer and hub", func(l *TrustList) { l.Hubs[0].Key = 3 })
	add("one hub id twice", func(l *TrustList) { l.Hubs = append(l.Hubs, HubKey{2, nobody(9)}) })
	add("hub keys out of order", func(l *TrustList) { l.Hubs = append(l.Hubs, HubKey{1, nobody(9)}) })
	add("one key for live and practice", func(l *TrustList) { l.Issuers[1].Public = nobody(3) })
	add("one key for issuer and hub", func(l *TrustList) { l.Hubs[0].Public = nobody(3) })
	add("the trust key as an issuer", func(l *TrustList) { l.Issuers[0].Public = paperKey(paperTrust).Public() })
	add("the trust key as a hub key", func(l *TrustList) { l.Hubs[0].Public = paperKey(paperTrust).Public() })
	issuer("public key too short", func(i *Issuer) { i.Public = i.Public[:31] })
	add("hub key too short", func(l *TrustList) { l.Hubs[0].Public = l.Hubs[0].Public[:31] })
	add("hub key empty", func(l *TrustList) { l.Hubs[0].Public = nil })
	issuer("small order: the neutral point", func(i *Issuer) { i.Public = append([]byte{1}, make([]byte, 31)...) })
	issuer("small order: the neutral point, not reduced", func(i *Issuer) {
		i.Public = append([]byte{0xEE}, append(bytes.Repeat([]byte{0xFF}, 30), 0x7F)...)
	})
	issuer("small order: 8, x negative", func(i *Issuer) { i.Public = []byte(smallOrder[96:128]); i.Public[31] |= 0x80 })
	issuer("no kinds", func(i *Issuer) { i.Kinds = nil })
	issuer("kind unknown", func(i *Issuer) { i.Kinds = []Kind{0x14} })
	issuer("live and practice", func(i *Issuer) { i.Kinds = []Kind{KindCard, KindPracticeCard} })
	issuer("practice and live", func(i *Issuer) { i.Kinds = []Kind{KindPracticeCard, KindCard} })
	issuer("one kind twice", func(i *Issuer) { i.Kinds = []Kind{KindCard, KindCard} })
	issuer("ends before it begins", func(i *Issuer) { i.SignsUntil = i.From })
	issuer("honoured shorter than it signs", func(i *Issuer) { i.HonouredUntil = i.SignsUntil - 1 })
	issuer("revoked without a reason", func(i *Issuer) { i.RevokedAt = 1 })
	issuer("a reason without a date", func(i *Issuer) { i.Revocation = Retired })
	issuer("unknown reason", func(i *Issuer) { i.RevokedAt, i.Revocation = 1, "lost" })
	add("host in upper case", func(l *TrustList) { l.Hosts[0] = "P.EXAMPLE.JP" })
	add("host that a fold makes ours", func(l *TrustList) { l.Hosts[0] = "k\u0131osk.test" })
	add("host too long", func(l *TrustList) { l.Hosts[0] = Host(strings.Repeat("a", MaxHost+1)) })
	return all
}

type wrongSheet struct {
	name string
	want string
	data []byte
}

// wrongSheets are entries with a right signature in an envelope, or over a
// payload, that Seal would not have written.
func wrongSheets() (all []wrongSheet) {
	add := func(name, want string, mend func(*sheet)) {
		s := newSheet(PaperEntry, paperKiosk, must(Encode(sampleEntry())))
		mend(&s)
		all = append(all, wrongSheet{name, want, s.bytes()})
	}
	no := "not this paper"
	add("only the envelope is made by hand", "good", func(*sheet) {})
	add("another key signed", "bad signature", func(s *sheet) { s.key = paperOther })
	add("signature changed", "bad signature", func(s *sheet) {
		s.signature = func(b []byte) []byte { b[0] ^= 1; return b }
	})
	add("S + L", "bad signature", func(s *sheet) {
		s.signature = func(b []byte) []byte { return append(b[:32:32], plusOrder(b[32:])...) }
	})
	add("key unknown", "unknown key", func(s *sheet) { s.protected = protected(PaperEntry, 77) })
	add("another paper", no, func(s *sheet) { s.protected = protected(PaperReceipt, FirstTestKey+paperKiosk) })
	for _, p := range wrongHeaders() {
		add(p.name, no, func(s *sheet) { s.protected = p.data })
	}
	add("key id not protected as well", no, func(s *sheet) { s.unprotected = unhexed("a10444ffffff02") })
	add("unprotected header is null", no, func(s *sheet) { s.unprotected = unhexed("f6") })
	add("unprotected header of indefinite length", no, func(s *sheet) { s.unprotected = unhexed("bfff") })
	add("no tag", no, func(s *sheet) { s.prefix = unhexed("84") })
	add("tag twice", no, func(s *sheet) { s.prefix = unhexed("d2d284") })
	add("tag of COSE_Mac0", no, func(s *sheet) { s.prefix = unhexed("d184") })
	add("tag in two bytes", no, func(s *sheet) { s.prefix = unhexed("d81284") })
	add("array length in two bytes", no, func(s *sheet) { s.prefix = unhexed("d29804") })
	add("five parts", no, func(s *sheet) {
		s.prefix = unhexed("d285")
		s.wrap = func(b []byte) []byte { return append(b, 0x40) }
	})
	add("signature too short", no, func(s *sheet) { s.signature = func(b []byte) []byte { return b[:63] } })
	add("signature too long", no, func(s *sheet) { s.signature = func(b []byte) []byte { return append(b, 0) } })
	add("no signature", no, func(s *sheet) { s.signature = func([]byte) []byte { return nil } })
	add("payload detached", no, func(s *sheet) { s.wrap = func([]byte) []byte { return unhexed("f6") } })
	add("payload is text", no, func(s *sheet) {
		s.wrap = func(b []byte) []byte { b[0] |= 0x20; return b }
	})
	for _, p := range wrongPayloads() {
		add(p.name, no, func(s *sheet) { s.payload = p.data })
	}
	return all
}

type wrongBytes struct {
	name string
	data []byte
}

func wrongHeaders() []wrongBytes {
	const kid = "0444ffffff02"
	ct := hex.EncodeToString(must(Encode(string(PaperEntry))))
	return []wrongBytes{
		{"no algorithm", unhexed("a203" + ct + kid)},
		{"another header for the algorithm", unhexed("a303" + ct + kid + "1863" + "01")},
		{"algorithm ES256", unhexed("a30126" + "03" + ct + kid)},
		{"algorithm Ed25519 (RFC 9864), which is another number", unhexed("a30132" + "03" + ct + kid)},
		{"algorithm as text", unhexed("a3016545644453" + "41" + "03" + ct + kid)},
		{"algorithm not in one byte", unhexed("a3013807" + "03" + ct + kid)},
		{"a fourth header", unhexed("a40127" + "03" + ct + kid + "054100")},
		{"critical header", unhexed("a40127" + "028104" + "03" + ct + kid)},
		{"content type as a number", unhexed("a30127" + "03" + "183c" + kid)},
		{"no content type", unhexed("a20127" + kid)},
		{"no key id", unhexed("a20127" + "03" + ct)},
		{"key id of three bytes", unhexed("a30127" + "03" + ct + "0443ffff02")},
		{"key id of five bytes", unhexed("a30127" + "03" + ct + "044500ffffff02")},
		{"key id as a number", unhexed("a30127" + "03" + ct + "041affffff02")},
		{"headers out of order", unhexed("a303" + ct + "0127" + kid)},
		{"header twice", unhexed("a40127" + "03" + ct + kid + kid)},
		{"headers of indefinite length", unhexed("bf0127" + "03" + ct + kid + "ff")},
		{"header label in two bytes", unhexed("a3180127" + "03" + ct + kid)},
		{"byte behind the headers", unhexed("a30127" + "03" + ct + kid + "00")},
		{"empty protected header", nil},
	}
}

// wrongPayloads changes the sample entry's CBOR; its map has 8 pairs, the
// first is 1: 2.
func wrongPayloads() (all []wrongBytes) {
	good := must(Encode(sampleEntry()))
	add := func(name, old, new string) {
		changed := bytes.Replace(good, unhexed(old), unhexed(new), 1)
		if bytes.Equal(changed, good) {
			panic(name)
		}
		all = append(all, wrongBytes{name, changed})
	}
	add("number in two bytes", "a90102", "a9011802")
	add("number as a float", "a90102", "a901f94000")
	add("unknown field", "a90102", "aa0102181e00")
	add("field missing", "a90102", "a8")
	add("field twice", "a90102", "aa01020102")
	add("label as text", "a90102", "a9613102")
	add("label in two bytes", "a90102", "a9180102")
	add("tag in front of a number", "a90102", "a901c002")
	add("null for a number", "a90102", "a901f6")
	add("undefined for a number", "a90102", "a901f7")
	add("false for a number", "a90102", "a901f4")
	add("map of indefinite length", "a90102", "bf0102")
	add("bytes as text", "025820", "027820")
	add("text as bytes", "0366", "0346")
	add("text that is no UTF-8", "03667369", "0366ff69")
	add("number past its size", "0407", "041b0000000100000007")
	add("negative number", "0407", "0426")
	add("unknown state", "03667369", "03667069")
	add("number 0", "05182a", "0500")
	add("number past three bytes", "05182a", "051a01000001")
	all = append(all,
		wrongBytes{"byte behind the payload", append(bytes.Clone(good), 0)},
		wrongBytes{"empty field written out", must(hex.DecodeString(strings.Replace(hex.EncodeToString(good), "a9", "aa", 1) + "0cf4"))},
		wrongBytes{"payload null", unhexed("f6")}, wrongBytes{"payload empty", []byte{}}, wrongBytes{"payload an array", unhexed("80")},
		wrongBytes{"digest missing", must(Encode(mended(func(e *Entry) { e.Digest = nil })))},
		wrongBytes{"digest too short", must(Encode(mended(func(e *Entry) { e.Digest = e.Digest[:31] })))},
		wrongBytes{"digest with another state", must(Encode(mended(func(e *Entry) { e.State = Printing })))},
		wrongBytes{"no place", must(Encode(mended(func(e *Entry) { e.Seq = 0 })))},
		wrongBytes{"no predecessor", must(Encode(mended(func(e *Entry) { e.Prev = nil })))},
		wrongBytes{"clock with a card", must(Encode(mended(func(e *Entry) { e.State, e.Digest = ClockSet, nil })))},
		wrongBytes{"clock with half a card", must(Encode(mended(func(e *Entry) { e.State, e.Digest, e.Number = ClockSet, nil, 0 })))},
		wrongBytes{"clock with a copy", must(Encode(mended(func(e *Entry) { *e = Entry{Seq: 2, Prev: e.Prev, State: ClockSet, Copy: 1} })))},
		wrongBytes{"given without a digest", must(Encode(Entry{Seq: 2, Prev: sampleEntry().Prev, State: Given, At: sampleEntry().At}))},
		wrongBytes{"given with a card", must(Encode(mended(func(e *Entry) { e.State = Given })))},
		wrongBytes{"a state that only the hub knows", must(Encode(mended(func(e *Entry) { e.State, e.Digest = "redeemed", nil })))},
		wrongBytes{"null for an empty list", bytes.Replace(must(Encode(Entry{Seq: 256, Prev: sampleEntry().Prev, State: Checkpoint, Sum: &Sum{}})),
			unhexed("0ea201800280"), unhexed("0ea201f60280"), 1)},
		wrongBytes{"sum beside a card", must(Encode(mended(func(e *Entry) { e.Sum = &Sum{} })))},
		wrongBytes{"checkpoint without a sum", must(Encode(Entry{Seq: 256, Prev: sampleEntry().Prev, State: Checkpoint}))},
		wrongBytes{"begun without a name", must(Encode(Entry{Seq: 1, Prev: make([]byte, 32), State: Begun}))},
	)
	return all
}

func mended(mend func(*Entry)) Entry {
	e := sampleEntry()
	mend(&e)
	return e
}

func unhexed(text string) []byte { return must(hex.DecodeString(text)) }
