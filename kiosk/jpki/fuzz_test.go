package jpki

import (
	"bytes"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/jpki/jpkitest"
)

// A fuzzed card answers with pieces of one text, each after a byte that says how
// long it is, over and over.
type fuzzed struct {
	text      []byte
	at, asked int
	verified  int
}

func (f *fuzzed) Transmit(apdu []byte) ([]byte, error) {
	f.asked++
	if len(apdu) == 9 && apdu[1] == 0x20 {
		f.verified++
	}
	if len(f.text) == 0 {
		return nil, nil
	}
	n := int(f.text[f.at%len(f.text)])
	if n == 0xFF {
		f.at++
		return nil, errors.New("reader")
	}
	answer := make([]byte, n)
	for i := range answer {
		f.at++
		answer[i] = f.text[f.at%len(f.text)]
	}
	f.at++
	return answer, nil
}

func pieces(answers ...string) (text []byte) {
	for _, a := range answers {
		text = append(append(text, byte(len(a))), a...)
	}
	return text
}

// Whatever a card answers: no panic, no end of commands that doesn't come, no
// second VERIFY.
func FuzzCard(f *testing.F) {
	const done, label = "\x90\x00", "JPKIAPICCTOKEN2                 \x90\x00"
	f.Add(pieces(done, done, label, done, "\x30\x82\x05\x00\x90\x00", "\x00\x90\x00"), false)
	f.Add(pieces(done, done, label, done, "\x61\x00"), true)
	f.Add(pieces("\x61\x00"), false)
	f.Add(pieces("\x6C\x00"), true)
	f.Add(pieces("\x00\x61\x01"), false)
	f.Add(pieces("\x6F\x00", done, done, label, done, "\xFF\xFF\xFF\xFF\x90\x00"), false)
	f.Add([]byte{}, false)
	f.Fuzz(func(t *testing.T, text []byte, extended bool) {
		card := &fuzzed{text: text}
		token, err := Open(card, &Opts{Extended: extended})
		if err != nil && token != nil {
			t.Error("a token with an error")
		}
		if err == nil {
			if c, err := token.Certificate(); err == nil && len(c.DER) > maxCertificate {
				t.Errorf("a certificate of %d bytes", len(c.DER))
			}
			_, _ = token.Tries()
			pin, err := NewPIN([]byte("1234"))
			if err != nil {
				t.Fatal(err)
			}
			_ = token.Verify(pin)
			_ = token.Verify(pin)
			_, _ = token.Sign(cards.Application{Purpose: cards.Show, Scheme: "s", Kiosk: "k", Challenge: make([]byte, cards.ChallengeSize)})
		}
		if most := (2 + maxParts) * (2*maxReads + 12); card.asked > most || card.verified > 1 {
			t.Errorf("%d commands, %d VERIFY", card.asked, card.verified)
		}
	})
}

// A size is one that the header says, and within bounds.
func FuzzCertificateSize(f *testing.F) {
	for _, head := range []string{"", "\x30\x82\x05\x4D", "\x30\x82\xFF\xFF", "\x30\x84\xFF\xFF\xFF\xFF", "\xFF\xFF\xFF\xFF", "\x00\x00\x00\x00", "\x30\x80\x00\x00"} {
		f.Add([]byte(head))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		size, err := certificateSize(head)
		if err != nil {
			if size != 0 {
				t.Errorf("% X: %d with %v", head, size, err)
			}
			return
		}
		if size < derHead || size > maxCertificate || !bytes.HasPrefix(head, []byte{0x30, 0x82, byte((size - derHead) >> 8), byte(size - derHead)}) {
			t.Errorf("% X: %d", head, size)
		}
	})
}

func FuzzParseCertificate(f *testing.F) {
	f.Add([]byte("\x30\x82\x00\x00"))
	deck, err := jpkitest.NewDeck([32]byte{1}, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"good", "p384", "rsa1024", "ca-leaf"} {
		card, err := deck.Card(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(card.Certificate())
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := parseCertificate(der)
		if (c == nil) == (err == nil) {
			t.Errorf("%v with %v", c, err)
		}
		if _, other := x509.ParseCertificate(der); other != nil && !errors.Is(err, ErrCertificate) {
			t.Errorf("%v, not %v", err, other)
		}
		if c != nil && c.proves(make([]byte, 32), der) {
			t.Error("anything is a signature")
		}
	})
}

// One label alone is a card's.
func FuzzKind(f *testing.F) {
	for _, label := range []string{"JPKIAPICCTOKEN2", "JPKIAPICCTOKEN", "JPKIAPGPSETOKEN", "JPKIAPIOSTOKEN", ""} {
		f.Add([]byte(label))
	}
	f.Fuzz(func(t *testing.T, label []byte) {
		is := bytes.HasPrefix(label, []byte("JPKIAPICCTOKEN2")) && len(bytes.TrimRight(label, " ")) == 15
		if err := kind(label); (err == nil) != is {
			t.Errorf("%q: %v", label, err)
		}
	})
}

// Every status word of VERIFY is one of five things, and counts nothing that the
// card doesn't.
func TestEveryStatus(t *testing.T) {
	wrong, locked := 0, 0
	for sw := range 0x10000 {
		left, err := tries(VerifyPIN, uint16(sw))
		is, ok := errors.AsType[*PINError](err)
		switch {
		case err == nil && sw != 0x9000:
			t.Errorf("%04X is right", sw)
		case ok && (sw&0xFFF0 != 0x63C0 || is.Left != sw&0x0F || left != is.Left):
			t.Errorf("%04X: %v", sw, err)
		case ok:
			wrong++
		case errors.Is(err, ErrLocked):
			locked++
		case status(err) != uint16(sw) && sw != 0x9000:
			t.Errorf("%04X: %v", sw, err)
		}
	}
	if wrong != 16 || locked != 2 {
		t.Errorf("%d are wrong PINs, %d locked", wrong, locked)
	}
}
