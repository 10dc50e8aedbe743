package cards

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Only the hub's key opens a provisional, and nothing of it may change.
func TestProvisional(t *testing.T) {
	kem := hpke.DHKEM(ecdh.X25519())
	ours, theirs := must(kem.GenerateKey()), must(kem.GenerateKey())
	p := Provisional{Application: must(Encode(application())), Certificate: ones(1200), Signature: ones(256)}
	sealed := must(SealProvisional(ours.PublicKey().Bytes(), p))
	if got, err := OpenProvisional(ours, sealed); err != nil || !bytes.Equal(must(Encode(got)), must(Encode(p))) {
		t.Errorf("%+v, %v", got, err)
	}
	if bytes.Contains(sealed, p.Certificate[:32]) {
		t.Error("the certificate is to be read")
	}
	if _, err := OpenProvisional(theirs, sealed); !errors.Is(err, ErrPaper) {
		t.Errorf("by another key: %v", err)
	}
	for _, n := range []int{0, 31, 32, len(sealed) / 2, len(sealed) - 1} {
		changed := bytes.Clone(sealed)
		changed[n] ^= 1
		if _, err := OpenProvisional(ours, changed); !errors.Is(err, ErrPaper) {
			t.Errorf("byte %d changed: %v", n, err)
		}
	}
	if _, err := SealProvisional(ours.PublicKey().Bytes()[1:], p); err == nil {
		t.Error("sealed to no key")
	}
}

func FuzzOpenProvisional(f *testing.F) {
	private := must(hpke.DHKEM(ecdh.X25519()).NewPrivateKey(ones(32)))
	f.Add(must(SealProvisional(private.PublicKey().Bytes(), Provisional{Certificate: ones(3)})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if p, err := OpenProvisional(private, sealed); err == nil && len(p.Certificate) != 3 {
			t.Error("the fuzzer has sealed one")
		}
	})
}

func TestSlipCode(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"ABCD-EFGH-JKMN", "ABCDEFGHJKMN"}, {"abcd efgh jkmn", "ABCDEFGHJKMN"}, {"ＡＢＣＤ－ＥＦＧＨ－ＪＫＭＮ", "ABCDEFGHJKMN"},
		{"ABCDEFGHJKM", ""}, {"ABCDEFGHJKMNP", ""}, {"ABCDEFGHJKM0", ""}, {"", ""}, {strings.Repeat(" ", 101), ""},
	} {
		c, err := NormalizeSlipCode(tt.typed)
		if c.Text() != tt.want || (err == nil) != (tt.want != "") || err != nil && !errors.Is(err, ErrSlipCode) {
			t.Errorf("%q: %q, %v", tt.typed, c.Text(), err)
		}
	}
	code := must(SlipCodeFrom(bytes.Repeat([]byte{0, 31, 30, 29, 28, 7}, 8)))
	if code.Text() != "2Z92Z92Z92Z9" || code.Printed() != "2Z92-Z92Z-92Z9" {
		t.Errorf("%s", code.Text())
	}
	if _, err := SlipCodeFrom(bytes.Repeat([]byte{31}, 32)); err == nil {
		t.Error("a code of nothing")
	}
	if text := fmt.Sprintf("%v %s %d", code, code, Secret("ABCD")); strings.Contains(text, "Z92") || strings.Contains(text, "ABCD") {
		t.Errorf("shown: %s", text)
	}
}

func FuzzParseSlipCode(f *testing.F) {
	f.Add("ABCDEFGHJKMN")
	f.Add("abcd-efgh-jkmn")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseSlipCode(text); err == nil && c.Text() != text {
			t.Errorf("two texts for one code: %q", text)
		}
		if c, err := NormalizeSlipCode(text); err == nil {
			if again, err := NormalizeSlipCode(c.Printed()); err != nil || again != c {
				t.Errorf("%q: what is printed is not what was typed", text)
			}
		}
	})
}
