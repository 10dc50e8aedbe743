package cards

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
)

// Parse takes what Text writes, and no two texts name one card.
func FuzzParse(f *testing.F) {
	good := signedBy(keyLive, vectorClaims(nil)).Text()
	for _, text := range []string{good, strings.ToLower(good), good[:129] + "B", good[:64] + "\n" + good[64:], good[:64] + "\r" + good[65:], ""} {
		f.Add(text)
	}
	public := vectorPrivate(keyLive).Public().(ed25519.PublicKey)
	f.Fuzz(func(t *testing.T, text string) {
		card, err := Parse(text)
		if err != nil {
			return
		}
		if card.Text() != text {
			t.Fatalf("%q and %q name one card", text, card.Text())
		}
		again, err := Sign(card.Claims, vectorPrivate(keyLive))
		if err != nil {
			t.Fatalf("Parse took claims that Sign refuses: %+v", card.Claims)
		}
		if card.SignedBy(public) != (again == card) {
			t.Fatalf("signed, and not as Sign does it: %s", text)
		}
	})
}

// Each card in range has a text and comes back from it; no other is signed.
func FuzzSign(f *testing.F) {
	f.Add(byte(KindCard), uint32(1), uint32(1), uint32(1), uint32(1), uint16(0))
	f.Add(byte(KindPracticeTicket), uint32(FirstTestKey), uint32(1<<32-1), uint32(MaxNumber), uint32(MaxPoints), uint16(1<<16-1))
	f.Add(byte(0x14), uint32(0), uint32(0), uint32(MaxNumber+1), uint32(MaxPoints+1), uint16(7))
	f.Fuzz(func(t *testing.T, kind byte, key, allotment, number, points uint32, day uint16) {
		c := Claims{Kind(kind), KeyID(key), allotment, number, points, Day(day)}
		inRange := strings.Contains("\x11\x12\x13\x19\x1A\x1B", string([]byte{kind})) &&
			key > 0 && allotment > 0 && number > 0 && number < 1<<24 && points > 0 && points < 1<<24
		card, err := Sign(c, vectorPrivate(keyLive))
		if (err == nil) != inRange {
			t.Fatalf("Sign(%+v) = %v", c, err)
		}
		if err != nil {
			return
		}
		if got, err := Parse(card.Text()); err != nil || got != card || got.Claims != c {
			t.Fatalf("Parse(Text()) = %+v, %v, want %+v", got.Claims, err, c)
		}
	})
}

// A genuine card with any character or byte changed is not genuine any more.
func FuzzChange(f *testing.F) {
	good := signedBy(keyLive, vectorClaims(nil))
	public := vectorPrivate(keyLive).Public().(ed25519.PublicKey)
	f.Add(uint8(0), byte('A'), uint8(0), byte(1))
	f.Add(uint8(129), byte('B'), uint8(80), byte(0x80))
	f.Add(uint8(64), byte('\n'), uint8(16), byte(0xFF))
	f.Fuzz(func(t *testing.T, place uint8, char byte, at uint8, bits byte) {
		text := []byte(good.Text())
		text[int(place)%len(text)] = char
		if card, err := Parse(string(text)); err == nil && card.SignedBy(public) != (string(text) == good.Text()) {
			t.Fatalf("changed to %q: good is %v", text, card.SignedBy(public))
		}
		raw, _ := tokenText.DecodeString(good.Text())
		raw[int(at)%len(raw)] ^= bits
		if card, err := Parse(tokenText.EncodeToString(raw)); err == nil && card.SignedBy(public) != (bits == 0) {
			t.Fatalf("byte %d changed by %#x: good is %v", int(at)%len(raw), bits, card.SignedBy(public))
		}
	})
}

// Normalize accepts exactly what the grammar of TOKEN.md, section 4 allows.
func FuzzNormalize(f *testing.F) {
	hosts := []Host{vectorHost, "kiosk.test:8443"}
	for _, s := range makeScans().Cases {
		f.Add(s.Scan)
	}
	f.Fuzz(func(t *testing.T, scan string) {
		text, err := Normalize(scan, hosts...)
		if want, ok := normalizedByGrammar(scan); ok != (err == nil) || want != text {
			t.Fatalf("Normalize(%q) = %q, %v, want %q, %v", scan, text, err, want, ok)
		}
		if err != nil {
			if text != "" {
				t.Fatalf("text %q with an error", text)
			}
			return
		}
		if len(scan) > 400 {
			t.Fatalf("%d bytes are taken", len(scan))
		}
		if _, err := Parse(text); err != nil {
			t.Fatalf("%q can't be parsed: %v", text, err)
		}
		if again, err := Normalize(text); err != nil || again != text {
			t.Fatalf("again: %q, %v", again, err)
		}
		if other, err := Normalize(scan, "other.test"); err == nil && len(strings.TrimRight(scan, "\r\n\t ")) != 130 {
			t.Fatalf("%q is taken from a host that is not ours: %q", scan, other)
		}
	})
}

// normalizedByGrammar takes the scan apart from behind, as Normalize does not:
// the last 130 characters, and before them nothing or one of few heads.
func normalizedByGrammar(scan string) (string, bool) {
	body := strings.TrimRight(scan, "\t\n\r ")
	if len(scan) > 400 || len(body) < 130 {
		return "", false
	}
	upper := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 32
		}
		return r
	}, body[len(body)-130:])
	if _, err := Parse(upper); err != nil {
		return "", false
	}
	head := body[:len(body)-130]
	if head == "" {
		return upper, true
	}
	for _, colon := range []string{":", "+", "'"} {
		for _, site := range []string{"p.example.jp", "kiosk.test:8443", "kiosk.test+8443", "kiosk.test'8443"} {
			if lowerASCII(head) == "https"+colon+"//"+site+"/c/" {
				return upper, true
			}
		}
	}
	return "", false
}

// lowerASCII leaves a text with anything else as no head can be.
func lowerASCII(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r > 0x7E }) {
		return ""
	}
	return strings.ToLower(s)
}

func FuzzParseSerial(f *testing.F) {
	for _, s := range makeSerials().Cases {
		f.Add(s.Typed, s.Allotment, s.Number)
	}
	f.Fuzz(func(t *testing.T, text string, allotment, number uint32) {
		s, err := ParseSerial(text)
		if err == nil && (s.String() != text || s.Allotment == 0 || s.Number == 0 || s.Number > MaxNumber) {
			t.Fatalf("ParseSerial(%q) = %+v, %v", text, s, s)
		}
		n, errN := NormalizeSerial(text)
		if err == nil && (errN != nil || n != s) {
			t.Fatalf("NormalizeSerial(%q) = %v, %v, want %v", text, n, errN, s)
		}
		if errN == nil {
			if again, err := ParseSerial(n.String()); err != nil || again != n {
				t.Fatalf("ParseSerial(%v) = %v, %v", n, again, err)
			}
		}
		own := Serial{allotment, number & MaxNumber}
		if got, err := ParseSerial(own.String()); allotment != 0 && own.Number != 0 && (err != nil || got != own) {
			t.Fatalf("ParseSerial(%v) = %v, %v", own, got, err)
		}
	})
}

func FuzzParseDay(f *testing.F) {
	for _, text := range []string{"2026-11-22", "1970-01-01", "2149-06-06", "2149-06-07", "0000-00-00", "-001-01-01"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDay(text); err == nil && d.String() != text {
			t.Fatalf("%q and %q name one day", text, d)
		}
	})
}

// A host that is taken fits the code, is alphanumeric, and its URL comes back.
func FuzzParseHost(f *testing.F) {
	for _, text := range []string{"p.example.jp", "kiosk.test:8443", "a", strings.Repeat("a", 37), "a..b", "K\u0131osk"} {
		f.Add(text)
	}
	card := signedBy(keyLive, vectorClaims(nil))
	f.Fuzz(func(t *testing.T, text string) {
		host, err := ParseHost(text)
		if err != nil {
			return
		}
		url := host.URL(card)
		if len(url) > 178 || strings.Trim(url, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") != "" || string(host) != text {
			t.Fatalf("ParseHost(%q): %q", text, url)
		}
		for _, scan := range []string{url, strings.ToLower(url), strings.ReplaceAll(url, ":", "+"), strings.ReplaceAll(url, ":", "'")} {
			if got, err := Normalize(scan, host); err != nil || got != card.Text() {
				t.Fatalf("Normalize(%q) = %q, %v", scan, got, err)
			}
		}
		if _, err := Normalize(url, host+"x", "x"+host); err == nil {
			t.Fatalf("%q is taken for another host", url)
		}
	})
}

// Whatever opens is, to the byte, what Seal and Encode write.
func FuzzOpen(f *testing.F) {
	publics := map[KeyID]ed25519.PublicKey{}
	for n := range keyUnlisted {
		publics[FirstTestKey+KeyID(n)] = paperKey(n).Public()
	}
	for _, s := range samples() {
		f.Add(must(Seal(s.key, s.paper, s.v)))
		f.Add(must(Encode(s.v)))
	}
	for _, w := range wrongSheets()[:12] {
		f.Add(w.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range samples() {
			v := blank(s.paper)
			if err := Decode(data, v); err == nil && !bytes.Equal(must(Encode(v)), data) {
				t.Fatalf("%s: two forms of one value: %x", s.paper, data)
			}
			if err := openAs(s.paper, data, publics); err == nil && s.key.ID != 0 {
				resealed(t, s.paper, data)
			}
		}
	})
}

// resealed checks that the key's own seal over what was read gives these bytes:
// the fuzzer has no key, so that what opens can be a sample only.
func resealed(t *testing.T, paper Paper, data []byte) {
	t.Helper()
	v := blank(paper)
	if err := Unsealed(data, paper, v); err != nil {
		t.Fatalf("%s opens and can't be read: %v", paper, err)
	}
	id, err := Signer(data, paper)
	if err != nil {
		t.Fatal(err)
	}
	if again := must(Seal(paperKey(int(id-FirstTestKey)), paper, v)); !bytes.Equal(again, data) {
		t.Fatalf("%s: two envelopes: %x and %x", paper, data, again)
	}
}

func blank(paper Paper) any {
	return map[Paper]any{
		PaperTrustList: new(TrustList), PaperAllotment: new(Allotment), PaperEntry: new(Entry), PaperUpload: new(Upload),
		PaperReceipt: new(Receipt), PaperEnrolment: new(Enrolment), PaperWelcome: new(Welcome),
		PaperAsk: new(Ask), PaperOffer: new(Offer), PaperApply: new(Apply), PaperAnswer: new(Answer), PaperLeaseAsk: new(LeaseAsk), PaperLease: new(Lease),
		PaperDeposit: new(Deposit), PaperSignIn: new(SignIn), PaperPut: new(Put), PaperPutAnswer: new(PutAnswer),
		PaperLook: new(Look), PaperLooked: new(Looked),
		PaperTicketAsk: new(TicketAsk), PaperTicketAnswer: new(TicketAnswer), PaperPrizeLook: new(PrizeLook), PaperPrizeOffer: new(PrizeOffer),
		PaperPrizeTake: new(PrizeTake), PaperPrizeAnswer: new(PrizeAnswer),
	}[paper]
}

// A sealed paper with any byte changed, added or cut is refused.
func FuzzFlip(f *testing.F) {
	publics := map[KeyID]ed25519.PublicKey{}
	for n := range keyUnlisted {
		publics[FirstTestKey+KeyID(n)] = paperKey(n).Public()
	}
	list := sampleTrustList()
	var sealed [][]byte
	for _, s := range samples() {
		sealed = append(sealed, must(Seal(s.key, s.paper, s.v)))
	}
	sealed[0] = must(Seal(paperKey(paperTrust), PaperTrustList, list))
	f.Add(uint8(0), uint16(0), byte(1), uint8(0))
	f.Add(uint8(5), uint16(70), byte(0x80), uint8(1))
	f.Add(uint8(6), uint16(3), byte(0), uint8(2))
	f.Fuzz(func(t *testing.T, which uint8, place uint16, bits byte, cut uint8) {
		n := int(which) % len(sealed)
		data := bytes.Clone(sealed[n])
		data[int(place)%len(data)] ^= bits
		data = data[:len(data)-min(int(cut), len(data))]
		err := openAs(samples()[n].paper, data, publics)
		if want := bytes.Equal(data, sealed[n]); (err == nil) != want {
			t.Fatalf("%s, byte %d changed by %#x, %d cut: %v", samples()[n].paper, int(place)%len(sealed[n]), bits, cut, err)
		}
	})
}
