package cards

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/veraison/go-cose"
)

// The keys of the papers: the trust key, the hub's, a kiosk's two.
const (
	paperTrust = keyLive
	paperHub   = keyCardsOnly
	paperKiosk = keyRetired
	paperOther = keyPractice
)

func paperKey(n int) SigningKey {
	return SigningKey{ID: FirstTestKey + KeyID(n), Private: vectorPrivate(n)}
}

// nobody is a public key of which nobody has the private half.
func nobody(n int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "pointkiosk, a key that nobody has, %d", n))
	return sum[:]
}

func sampleTrustList() TrustList {
	return TrustList{
		Version: 3, Issued: 1795312800,
		Issuers: []Issuer{
			{Key: 3, Public: nobody(3), Holder: "木更津 1", From: 1795312800, SignsUntil: 1858384800, HonouredUntil: 1889920800, Kinds: []Kind{KindCard, KindTicket}},
			{Key: 4, Public: nobody(4), Holder: "木更津 1", From: 1795312800, SignsUntil: 1858384800, HonouredUntil: 1889920800, Kinds: []Kind{KindPracticeCard}},
			{Key: 5, Public: nobody(5), Holder: "木更津 2", From: 1795312800, SignsUntil: 1858384800, HonouredUntil: 1889920800, Kinds: []Kind{KindCard}, RevokedAt: 1795316400, Revocation: Compromised},
		},
		Hubs:  []HubKey{{Key: 2, Public: nobody(2)}},
		Hosts: []Host{vectorHost, "kiosk.test:8443"},
	}
}

func sampleAllotment() Allotment {
	return Allotment{
		ID: 7, Key: 3, Kind: KindCard, Points: 200, Count: 500, Day: lastDay, Expires: lastDay + 100, From: 1795273200, Until: 1795359600,
		Event: Event{
			ID: "natural-bar", Municipality: Text{"木更津市", "Kisarazu"}, Scheme: Text{"らづポイント", "Radu Point"}, Name: Text{"ナチュラルバル", ""},
			Place: Text{"JR木更津駅西口広場", ""}, Condition: Text{"食器か袋を持参した人", ""}, OncePerDay: true,
			Contact: Text{"地域政策課", ""}, Phone: "0438-00-0000", Opens: "11:00", Closes: "17:00", Host: vectorHost,
		},
	}
}

func sampleEntry() Entry {
	digest := signedBy(keyLive, vectorClaims(nil)).Digest()
	return Entry{
		Seq: 2, Prev: bytes.Repeat([]byte{0xAB}, 32), State: Signed, Allotment: 7, Number: 42, Digest: digest[:],
		Request: "c0ffee", Operator: "山田", At: 1795312800123,
	}
}

func sampleReceipt() Receipt {
	return Receipt{
		Request: bytes.Repeat([]byte{1}, 32), Key: 3, Cursor: 2, Head: bytes.Repeat([]byte{2}, 32), BackedUp: 1,
		Judgements: []Judgement{{Seq: 2, Hash: bytes.Repeat([]byte{2}, 32), Verdict: Accepted}, {Seq: 3, Hash: bytes.Repeat([]byte{3}, 32), Verdict: Disputed, Reason: "chain"}},
		Outcomes:   []Outcome{{Allotment: 7, Number: 41, State: Void}}, At: 1795312801000,
	}
}

func sampleBatch() Allotment {
	a := sampleAllotment()
	a.ID, a.Batch = 8, true
	return a
}

// grantingReceipt lets a kiosk activate ranges.
func grantingReceipt() Receipt {
	r := sampleReceipt()
	r.Ranges, r.Batches = []Range{{8, 1, 100}, {8, 201, 300}}, [][]byte{{0xD2}}
	return r
}

func sampleEnrolment(live, practice int) Enrolment {
	a, b := vectorPrivate(live), vectorPrivate(practice)
	public := a.Public().(ed25519.PublicKey)
	return Enrolment{
		Secret: bytes.Repeat([]byte{5}, 20), Live: public, Practice: b.Public().(ed25519.PublicKey),
		Proof: ed25519.Sign(b, append([]byte("pointkiosk enrolment, practice key\x00"), public...)),
	}
}

// samples are one of each paper, with the key that seals it.
func samples() []samplePaper {
	return append([]samplePaper{
		{PaperTrustList, paperKey(paperTrust), sampleTrustList()},
		{PaperAllotment, paperKey(paperHub), sampleAllotment()},
		{PaperEntry, paperKey(paperKiosk), sampleEntry()},
		{PaperEntry, paperKey(paperKiosk), Entry{Seq: 2, Prev: ones(32), State: Given, Digest: ones(32), At: 1795312800123}},
		{PaperUpload, paperKey(paperKiosk), Upload{
			Records: []Record{{Seq: 2, Data: []byte{0xD2}}}, Trust: 3, Held: []uint32{7}, Asked: []Serial{{7, 41}}, At: 1795312800456, Nonce: bytes.Repeat([]byte{4}, 16),
			Top: 2, Head: bytes.Repeat([]byte{2}, 32), Seen: 1, Heard: 1795312799000,
		}},
		{PaperReceipt, paperKey(paperHub), sampleReceipt()},
		{PaperAllotment, paperKey(paperHub), sampleBatch()},
		{PaperEntry, paperKey(paperKiosk), Entry{Seq: 2, Prev: ones(32), State: Making, Allotment: 8, Number: 1, Last: 500, Request: "order 1", At: 1795312800123}},
		{PaperEntry, paperKey(paperKiosk), Entry{Seq: 3, Prev: ones(32), State: Made, Allotment: 8, Number: 1, Last: 10, Copy: 1, Digest: ones(32), At: 1795312800124}},
		{PaperEntry, paperKey(paperKiosk), Entry{Seq: 4, Prev: ones(32), State: Activated, Allotment: 8, Number: 1, Last: 100, Operator: "山田", At: 1795312800125}},
		{PaperReceipt, paperKey(paperHub), grantingReceipt()},
		{PaperEnrolment, SigningKey{Private: vectorPrivate(paperKiosk)}, sampleEnrolment(paperKiosk, paperOther)},
		{PaperWelcome, paperKey(paperTrust), Welcome{Kiosk: "木更津 1", Live: 3, Practice: 4, Trust: []byte{0xD2}, TrustKey: paperKey(paperTrust).Public()}},
	}, append(myKeySamples(), valueSamples()...)...)
}

// A sheet is an envelope in parts, to be put together wrongly: the signature
// is right over whatever stands in it.
type sheet struct {
	prefix, protected, unprotected, payload []byte
	key                                     int
	signature                               func([]byte) []byte // what becomes of the right one
	wrap                                    func([]byte) []byte // what becomes of the payload's byte string
}

func newSheet(paper Paper, key int, payload []byte) sheet {
	return sheet{prefix: []byte{0xD2, 0x84}, protected: protected(paper, FirstTestKey+KeyID(key)), unprotected: []byte{0xA0}, payload: payload, key: key}
}

func protected(paper Paper, id KeyID) []byte {
	return must(Encode(map[int64]any{1: -8, 3: string(paper), 4: binary.BigEndian.AppendUint32(nil, uint32(id))}))
}

func (s sheet) bytes() []byte {
	same := func(b []byte) []byte { return b }
	if s.signature == nil {
		s.signature = same
	}
	if s.wrap == nil {
		s.wrap = same
	}
	toSign := must(cbor.Marshal([]any{"Signature1", s.protected, []byte{}, s.payload}))
	return bytes.Join([][]byte{
		s.prefix, must(cbor.Marshal(s.protected)), s.unprotected, s.wrap(must(cbor.Marshal(s.payload))),
		must(cbor.Marshal(s.signature(ed25519.Sign(vectorPrivate(s.key), toSign)))),
	}, nil)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func makePapers() paperVectors {
	v := paperVectors{About: "One of each signed paper, and papers that are refused though the signature in them is right.", Keys: vectorKeys()}
	for _, s := range samples() {
		v.Cases = append(v.Cases, vectorPaper{"good", s.paper, s.key.ID, diagnose(must(Encode(s.v))), fmt.Sprintf("%x", must(Seal(s.key, s.paper, s.v))), "good"})
	}
	for _, l := range wrongLists() {
		key := paperKey(paperTrust)
		v.Cases = append(v.Cases, vectorPaper{l.name, PaperTrustList, key.ID, diagnose(must(Encode(l.list))), fmt.Sprintf("%x", must(Seal(key, PaperTrustList, l.list))), "refused"})
	}
	v.Cases = append(v.Cases, wrongMyKeys()...)
	for _, w := range wrongSheets() {
		v.Cases = append(v.Cases, vectorPaper{Name: w.name, Type: PaperEntry, Key: FirstTestKey + paperKiosk, Sealed: fmt.Sprintf("%x", w.data), Want: w.want})
	}
	return v
}

func diagnose(payload []byte) string { return must(cbor.Diagnose(payload)) }

func TestVectorsOfPapers(t *testing.T) {
	v := readVectors(t, "papers.json", makePapers)
	publics := map[KeyID]ed25519.PublicKey{}
	for _, k := range v.Keys {
		publics[k.Key] = unhex(t, k.Public)
	}
	for _, c := range v.Cases {
		t.Run(string(c.Type[len("application/vnd.pointkiosk."):])+"/"+c.Name, func(t *testing.T) {
			data := unhex(t, c.Sealed)
			if err := openAs(c.Type, data, publics); word(err) != c.Want {
				t.Errorf("%v, want %s", err, c.Want)
			}
			if c.Payload == "" {
				return
			}
			var m cose.Sign1Message
			if err := m.UnmarshalCBOR(data); err != nil || diagnose(m.Payload) != c.Payload {
				t.Errorf("payload %s, %v", diagnose(m.Payload), err)
			}
		})
	}
}

// openAs opens a paper as its reader does.
func openAs(paper Paper, data []byte, publics map[KeyID]ed25519.PublicKey) error {
	keys := func(id KeyID) ed25519.PublicKey { return publics[id] }
	trust, hub := publics[FirstTestKey+paperTrust], FirstTestKey+KeyID(paperHub)
	var err error
	switch paper {
	case PaperTrustList:
		_, err = OpenTrustList(data, trust)
	case PaperAllotment:
		_, err = OpenAllotment(data, TrustList{Hubs: []HubKey{{hub, publics[hub]}}})
	case PaperEntry:
		_, _, err = OpenEntry(data, keys)
	case PaperUpload:
		_, err = Open(data, paper, keys, new(Upload))
	case PaperReceipt:
		_, err = Open(data, paper, keys, new(Receipt))
	case PaperEnrolment:
		_, err = OpenEnrolment(data)
	case PaperWelcome:
		_, err = OpenWelcome(data, sha256.Sum256(trust))
	default:
		err = openMyKey(paper, data, keys, TrustList{Hubs: []HubKey{{hub, publics[hub]}}})
	}
	return err
}
