package cards

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// The vectors in testdata/vectors are for a second implementation (TOKEN.md,
// section 9). What is wanted stands in vectors_make_test.go, by hand.
// A vectorKey is a line of the trust list that the vectors suppose.
type vectorKey struct {
	Key           KeyID  `json:"key"`
	Label         string `json:"label"` // the seed is its SHA-256
	Seed          string `json:"seed"`
	Public        string `json:"public"`
	Kinds         []Kind `json:"-"`
	KindBytes     string `json:"kinds"`
	HonouredUntil string `json:"honoured_until"`
	Revoked       string `json:"revoked,omitempty"`
	Listed        bool   `json:"in_trust_list"`
}

type vectorCard struct {
	Name      string      `json:"name"`
	Claims    *vectorPart `json:"claims,omitempty"` // where the text can be read
	Text      string      `json:"text"`
	Now       string      `json:"now,omitempty"`
	Allotment string      `json:"allotment,omitempty"` // the allotment to compare with
	Want      string      `json:"want"`
}

// A vectorPart is a card taken apart.
type vectorPart struct {
	Kind      string `json:"kind"`
	Key       KeyID  `json:"key"`
	Allotment uint32 `json:"allotment"`
	Number    uint32 `json:"number"`
	Points    uint32 `json:"points"`
	Expires   string `json:"expires"`
	Bytes     string `json:"bytes"`
	Signature string `json:"signature"`
	Serial    string `json:"serial"`
	Digest    string `json:"digest"`
	URL       string `json:"url"`
}

type vectorAllotment struct {
	Name    string `json:"name"`
	ID      uint32 `json:"id"`
	Key     KeyID  `json:"key"`
	Kind    Kind   `json:"kind"`
	Points  uint32 `json:"points"`
	Count   uint32 `json:"count"`
	Expires string `json:"expires"`
}

type vectorScan struct {
	Name string `json:"name"`
	Scan string `json:"scan"`
	Text string `json:"text,omitempty"`
	Want string `json:"want"`
}

type vectorSerial struct {
	Name      string `json:"name"`
	Typed     string `json:"typed"`
	Serial    string `json:"serial,omitempty"`
	Allotment uint32 `json:"allotment,omitempty"`
	Number    uint32 `json:"number,omitempty"`
	Want      string `json:"want"`
}

type vectorPaper struct {
	Name    string `json:"name"`
	Type    Paper  `json:"type"`
	Key     KeyID  `json:"key"`
	Payload string `json:"payload,omitempty"` // CBOR diagnostic notation (RFC 8949, section 8)
	Sealed  string `json:"sealed"`
	Want    string `json:"want"`
}

type cardVectors struct {
	About      string            `json:"about"`
	Domain     string            `json:"domain"`
	Host       Host              `json:"host"`
	Keys       []vectorKey       `json:"keys"`
	Allotments []vectorAllotment `json:"allotments,omitempty"`
	Cases      []vectorCard      `json:"cases"`
}

type scanVectors struct {
	About string       `json:"about"`
	Hosts []Host       `json:"hosts"`
	Cases []vectorScan `json:"cases"`
}

type serialVectors struct {
	About string         `json:"about"`
	Cases []vectorSerial `json:"cases"`
}

type paperVectors struct {
	About string        `json:"about"`
	Keys  []vectorKey   `json:"keys"`
	Cases []vectorPaper `json:"cases"`
}

// word is the vectors' name of a result.
func word(err error) string {
	for _, w := range []struct {
		err  error
		word string
	}{
		{ErrMalformed, "malformed"}, {ErrHost, "another host"}, {ErrUnknownKey, "unknown key"},
		{ErrSignature, "bad signature"}, {ErrLapsed, "lapsed"}, {ErrRevoked, "revoked"},
		{ErrPractice, "practice"}, {ErrOutside, "outside"}, {ErrSerial, "no serial"}, {ErrPaper, "not this paper"},
	} {
		if errors.Is(err, w.err) {
			return w.word
		}
	}
	if err == nil {
		return "good"
	}
	return "refused"
}

// readVectors reads a file of vectors; with -update it is written first.
func readVectors[T any](t testing.TB, name string, make func() T) (v T) {
	t.Helper()
	file := filepath.Join("testdata", "vectors", name)
	if proof.Update() {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "\t")
		if err := e.Encode(make()); err != nil {
			t.Fatal(err)
		}
		writeFile(t, file, b.Bytes())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

func writeFile(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, data, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// list is the trust list of the vectors. It can't be opened from a paper, as
// its key ids are the tests' own.
func list(t testing.TB, keys []vectorKey) (l TrustList) {
	t.Helper()
	for _, k := range keys {
		seed := sha256.Sum256([]byte(k.Label))
		if hex.EncodeToString(seed[:]) != k.Seed {
			t.Fatalf("key %d: the seed is not the label's SHA-256", k.Key)
		}
		public := unhex(t, k.Public)
		if !bytes.Equal(public, ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)) {
			t.Fatalf("key %d: the public key is not the seed's", k.Key)
		}
		if !k.Listed {
			continue
		}
		i := Issuer{Key: k.Key, Public: public, SignsUntil: 1, HonouredUntil: at(t, k.HonouredUntil).Unix()}
		for _, b := range unhex(t, k.KindBytes) {
			i.Kinds = append(i.Kinds, Kind(b))
		}
		if i.Revocation = Revocation(k.Revoked); i.Revocation != "" {
			i.RevokedAt = 1
		}
		l.Issuers = append(l.Issuers, i)
	}
	return l
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectorsOfCards(t *testing.T) {
	for _, file := range []struct {
		name string
		make func() cardVectors
	}{
		{"cards.json", genuineVectors}, {"malformed.json", malformedVectors}, {"refused.json", refusedVectors}, {"outside.json", outsideVectors},
	} {
		v := readVectors(t, file.name, file.make)
		if v.Domain != fmt.Sprintf("%x", domain) {
			t.Fatalf("%s: domain %q", file.name, v.Domain)
		}
		l := list(t, v.Keys)
		for _, c := range v.Cases {
			t.Run(file.name+"/"+c.Name, func(t *testing.T) {
				card, err := Parse(c.Text)
				if err == nil {
					checkParts(t, v.Host, card, c.Claims)
					err = judge(t, v, l, card, c)
				}
				if word(err) != c.Want {
					t.Errorf("%v, want %s", err, c.Want)
				}
			})
		}
	}
}

// judge checks a card the way the vector asks: by its allotment or by the list.
func judge(t *testing.T, v cardVectors, l TrustList, card Card, c vectorCard) error {
	if c.Allotment == "" {
		return l.Verify(card, at(t, c.Now))
	}
	for _, a := range v.Allotments {
		if a.Name == c.Allotment {
			day, err := ParseDay(a.Expires)
			if err != nil {
				t.Fatal(err)
			}
			if issuer, _ := l.Issuer(card.Key); !card.SignedBy(issuer.Public) {
				t.Fatal("not signed: it would be refused for another reason")
			}
			return Allotment{ID: a.ID, Key: a.Key, Kind: a.Kind, Points: a.Points, Count: a.Count, Expires: day}.Covers(card.Claims)
		}
	}
	t.Fatalf("no allotment %q", c.Allotment)
	return nil
}

func checkParts(t *testing.T, host Host, card Card, want *vectorPart) {
	t.Helper()
	if want == nil {
		t.Fatal("the vector says nothing of a text that can be read")
	}
	if got := partsOf(host, card); *got != *want {
		t.Errorf("parts\n%+v, want\n%+v", *got, *want)
	}
}

func TestVectorsOfScans(t *testing.T) {
	v := readVectors(t, "scans.json", makeScans)
	for _, c := range v.Cases {
		t.Run(c.Name, func(t *testing.T) {
			if got, err := Normalize(c.Scan, v.Hosts...); word(err) != c.Want || got != c.Text {
				t.Errorf("Normalize = %q, %v, want %q, %s", got, err, c.Text, c.Want)
			}
		})
	}
}

func TestVectorsOfSerials(t *testing.T) {
	for _, c := range readVectors(t, "serials.json", makeSerials).Cases {
		t.Run(c.Name, func(t *testing.T) {
			s, err := NormalizeSerial(c.Typed)
			if word(err) != c.Want || s != (Serial{c.Allotment, c.Number}) || err == nil && s.String() != c.Serial {
				t.Errorf("NormalizeSerial = %v, %v, want %s, %s", s, err, c.Serial, c.Want)
			}
			if _, err := ParseSerial(c.Typed); (err == nil) != (c.Want == "good" && c.Typed == c.Serial) {
				t.Errorf("ParseSerial = %v", err)
			}
		})
	}
}
