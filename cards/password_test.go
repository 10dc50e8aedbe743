package cards

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// Only the hub's key opens a password, for the paper that it was typed for; and
// what was typed is overwritten.
func TestPassword(t *testing.T) {
	kem := hpke.DHKEM(ecdh.X25519())
	ours, theirs := must(kem.GenerateKey()), must(kem.GenerateKey())
	bound := must(Encode(application()))
	for _, typed := range []string{"kisarazu", strings.Repeat("き", 128), strings.Repeat("k", 64)} {
		given := []byte(typed)
		sealed := must(SealPassword(ours.PublicKey().Bytes(), bound, given))
		if got, err := OpenPassword(ours, bound, sealed); err != nil || string(got) != typed {
			t.Errorf("%q, %v", got, err)
		}
		if bytes.Contains(sealed, []byte(typed)) || strings.Trim(string(given), "\x00") != "" || len(sealed)%64 != 32+16 {
			t.Errorf("%d bytes sealed, %q left", len(sealed), given)
		}
		if got, err := OpenPassword(theirs, bound, sealed); !errors.Is(err, ErrPaper) {
			t.Errorf("by another key: %q, %v", got, err)
		}
		if got, err := OpenPassword(ours, bound[1:], sealed); !errors.Is(err, ErrPaper) {
			t.Errorf("for another paper: %q, %v", got, err)
		}
		for _, n := range []int{0, 31, 32, len(sealed) - 1} {
			changed := bytes.Clone(sealed)
			changed[n] ^= 1
			if got, err := OpenPassword(ours, bound, changed); !errors.Is(err, ErrPaper) {
				t.Errorf("byte %d changed: %q, %v", n, got, err)
			}
		}
	}
	for _, typed := range []string{"", "kisa\x00razu"} {
		given := []byte(typed)
		if _, err := SealPassword(ours.PublicKey().Bytes(), bound, given); err == nil || strings.Trim(string(given), "\x00") != "" {
			t.Errorf("%q: %v", given, err)
		}
	}
	given := []byte("kisarazu")
	if _, err := SealPassword(ours.PublicKey().Bytes()[1:], bound, given); err == nil || given[0] != 0 {
		t.Errorf("to no key: %v, %q", err, given)
	}
}

// A password of a sign-in is for this ID and this nonce.
func TestSignInBound(t *testing.T) {
	s := SignIn{ID: "k7m4 w2hn", Nonce: ones(NonceSize)}
	plain := must(s.Bound())
	s.Password = ones(112)
	if sealed := must(s.Bound()); !bytes.Equal(sealed, plain) {
		t.Error("bound to the password itself")
	}
	s.ID = "k7m4w2hn"
	if other := must(s.Bound()); bytes.Equal(other, plain) {
		t.Error("another ID is bound alike")
	}
}

// What the hub opens is what a kiosk of before has sealed, whatever is built anew:
// MYKEY.md, section 5.
func TestPasswordFormat(t *testing.T) {
	private := must(hpke.DHKEM(ecdh.X25519()).NewPrivateKey(ones(32)))
	const sealed = "90dbbe7149fe4015d4356bf219419184df73daffafcc16da3118d6678bd7383dab3b7be5215f89942691d0e188e491b951396b3a4cb95f9b51acb0d3c4a9351e977922f023b6eefa1103712e176b0646dae3d52d47daf0c26ccba8d1946e439369cd135348ca010a673519e55406e62c"
	got, err := OpenPassword(private, must(Encode(application())), must(hex.DecodeString(sealed)))
	if err != nil || string(got) != "kisarazu-2026" {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzOpenPassword(f *testing.F) {
	private := must(hpke.DHKEM(ecdh.X25519()).NewPrivateKey(ones(32)))
	f.Add(must(SealPassword(private.PublicKey().Bytes(), ones(3), []byte("abcdefgh"))))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if p, err := OpenPassword(private, ones(3), sealed); err == nil && string(p) != "abcdefgh" {
			t.Error("the fuzzer has sealed one")
		}
	})
}

// A plaintext that no kiosk seals is no password.
func TestOpenPasswordPadding(t *testing.T) {
	private := must(hpke.DHKEM(ecdh.X25519()).NewPrivateKey(ones(32)))
	for _, plain := range []string{"", "abcdefgh", strings.Repeat("\x00", 64), "abc\x00defgh" + strings.Repeat("\x00", 55), "abcdefgh" + strings.Repeat("\x00", 120)} {
		enc, sender, err := hpke.NewSender(private.PublicKey(), hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(passwordDomain))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := OpenPassword(private, nil, append(enc, must(sender.Seal(nil, []byte(plain)))...)); !errors.Is(err, ErrPaper) {
			t.Errorf("%q: %q, %v", plain, got, err)
		}
	}
}
