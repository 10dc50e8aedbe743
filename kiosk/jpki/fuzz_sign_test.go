package jpki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/jpki/jpkitest"
)

// A signing card is a fuzzed one that remembers what it answered to the command to
// sign, and after it.
type signing struct {
	fuzzed
	answers [][]byte
}

func (s *signing) Transmit(apdu []byte) ([]byte, error) {
	answer, err := s.fuzzed.Transmit(apdu)
	if s.answers != nil || apdu[1] == 0x2A {
		s.answers = append(s.answers, bytes.Clone(answer))
	}
	return answer, err
}

// whole is what the card gave for a signature, by the rules of T=0: what came with
// 6Cxx is nothing, and behind 61xx there is more. Only 9000 is its end.
func (s *signing) whole() ([]byte, bool) {
	var data []byte
	for n, a := range s.answers {
		if len(a) < 2 {
			return nil, false
		}
		if word := a[len(a)-2]; n > 0 || word != 0x6C {
			data = append(data, a[:len(a)-2]...)
		}
	}
	return data, len(s.answers) > 0 && bytes.HasSuffix(s.answers[len(s.answers)-1], []byte{0x90, 0x00})
}

// proven is [Certificate.proves] and [inASN1] by other means.
func proven(key crypto.PublicKey, digest, signature []byte) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) == nil
	case *ecdsa.PublicKey:
		if size := (key.Params().BitSize + 7) / 8; len(signature) == 2*size {
			return ecdsa.Verify(key, digest, new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:]))
		}
		return ecdsa.VerifyASN1(key, digest, signature)
	}
	return false
}

// A signed is a certificate with signatures by its key: over the digest, in each
// form that a card may have, and over something else.
type signed struct {
	cert    *Certificate
	right   [][]byte
	strange []byte
}

func newSigned(f *testing.F, deck *jpkitest.Deck, kind jpkitest.Kind, digest []byte) signed {
	leaf, err := deck.CA.Issue(jpkitest.Profile{Kind: kind, Issued: time.Now().AddDate(-1, 0, 0), Born: time.Date(1985, 4, 12, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		f.Fatal(err)
	}
	cert, err := parseCertificate(leaf.DER)
	if err != nil {
		f.Fatal(err)
	}
	sign := func(digest []byte) []byte {
		s, err := leaf.Key.Sign(nil, digest, crypto.SHA256)
		if err != nil {
			f.Fatal(err)
		}
		return s
	}
	out := signed{cert: cert, right: [][]byte{sign(digest)}, strange: sign(make([]byte, len(digest)))}
	if key, ok := cert.Key.(*ecdsa.PublicKey); ok {
		out.right = append(out.right, raw(f, key, out.right[0]))
	}
	return out
}

// seed begins with each of the signatures, in each form of an answer.
func (s signed) seed(f *testing.F, kind byte) {
	for _, one := range append(s.right, s.strange) {
		for _, text := range chains(one) {
			f.Add(text, kind, false)
			f.Add(text, kind, true)
		}
	}
}

// raw is r and s of a signature, as cards give them.
func raw(t testing.TB, key *ecdsa.PublicKey, der []byte) []byte {
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		t.Fatal(err)
	}
	size := (key.Params().BitSize + 7) / 8
	return append(rs.R.FillBytes(make([]byte, size)), rs.S.FillBytes(make([]byte, size))...)
}

// chains are an answer in one piece or in some, as readers give it.
func chains(signature []byte) (texts [][]byte) {
	for _, size := range []int{250, 100, 17} {
		var list []string
		for part := range slices.Chunk(signature, size) {
			list = append(list, string(part)+"\x61\x00")
		}
		last := list[len(list)-1]
		list[len(list)-1] = last[:len(last)-2] + "\x90\x00"
		texts = append(texts, pieces(append([]string{"\x90\x00"}, list...)...), pieces(append([]string{"\x90\x00", "\x6C\x40"}, list...)...),
			pieces(append([]string{"\x90\x00", "\x61\x40"}, list...)...))
	}
	return texts
}

// Whatever a card answers to the command to sign, in however many pieces: what is
// returned is a signature over the digest by the certificate's key, and each of
// those is returned.
func FuzzSignature(f *testing.F) {
	application := cards.Application{Purpose: cards.Show, Scheme: "s", Kiosk: "k", Challenge: make([]byte, cards.ChallengeSize)}
	digest, err := application.Digest()
	if err != nil {
		f.Fatal(err)
	}
	deck, err := jpkitest.NewDeck([32]byte{1}, time.Now())
	if err != nil {
		f.Fatal(err)
	}
	var all []signed
	for n, kind := range []jpkitest.Kind{jpkitest.RSA2048, jpkitest.P256, jpkitest.P384} {
		all = append(all, newSigned(f, deck, kind, digest[:]))
		all[n].seed(f, byte(n))
	}
	for _, text := range []string{"\x02\x90\x00\x02\x69\x82", "\x02\x6A\x82", "\x02\x90\x00\xFF", "\x02\x90\x00\x00", "\x02\x61\x00", "\x02\x90\x00\x02\x90\x00"} {
		f.Add([]byte(text), byte(1), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, kind byte, extended bool) {
		one := all[int(kind)%len(all)]
		card := &signing{fuzzed: fuzzed{text: text}}
		token := &Token{card: card, block: shortBlock, cert: one.cert}
		if extended {
			token.block = maxCertificate
		}
		got, err := token.Sign(application)
		data, ended := card.whole()
		if want := ended && proven(one.cert.Key, digest[:], data); (err == nil) != want || (got == nil) != (err != nil) {
			t.Errorf("%d bytes, ended %v: %v", len(data), ended, err)
		}
		if err == nil && !one.cert.proves(digest[:], got) {
			t.Error("no signature, as the hub would have it")
		}
		if most := 2 * (2 + maxParts); card.asked > most {
			t.Errorf("%d commands", card.asked)
		}
		known(t, err)
	})
}

// known is every error that a signature can end in.
func known(t *testing.T, err error) {
	t.Helper()
	var lost *LostError
	var other *StatusError
	if err != nil && !errors.As(err, &lost) && !errors.As(err, &other) && !errors.Is(err, ErrSignature) && !errors.Is(err, ErrNotVerified) {
		t.Errorf("%v", err)
	}
}

// r and s are the same numbers in ASN.1, and what is not two of that size is left
// as it is. No other form of them is a signature.
func FuzzInASN1(f *testing.F) {
	for _, size := range []int{32, 48} {
		for _, first := range []byte{0x00, 0x01, 0x7F, 0x80, 0xFF} {
			f.Add(append(bytes.Repeat([]byte{first}, size), bytes.Repeat([]byte{^first}, size)...))
		}
	}
	f.Add([]byte{})
	f.Add([]byte("\x30\x06\x02\x01\x01\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, signature []byte) {
		for _, size := range []int{32, 48, 66} {
			der := inASN1(signature, size)
			if len(signature) != 2*size {
				if !bytes.Equal(der, signature) {
					t.Errorf("%d bytes were changed", len(signature))
				}
				continue
			}
			var rs struct{ R, S *big.Int }
			rest, err := asn1.Unmarshal(der, &rs)
			if err != nil || len(rest) > 0 || rs.R.Sign() < 0 || rs.S.Sign() < 0 {
				t.Fatalf("% X: %v", der, err)
			}
			if back := append(rs.R.FillBytes(make([]byte, size)), rs.S.FillBytes(make([]byte, size))...); !bytes.Equal(back, signature) {
				t.Errorf("% X and not\n% X", back, signature)
			}
		}
	})
}
