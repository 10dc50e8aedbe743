package cards

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
)

// A samplePaper is one paper with the key that seals it.
type samplePaper struct {
	paper Paper
	key   SigningKey
	v     any
}

func ones(size int) []byte { return bytes.Repeat([]byte{1}, size) }

// openedRequest is what the sample answers answer.
func openedRequest() (sum [sha256.Size]byte) {
	copy(sum[:], ones(sha256.Size))
	return sum
}

func sampleTerms() Terms {
	return Terms{Version: "1", Municipality: Text{"木更津市", "Kisarazu"}, Scheme: Text{"らづポイント", "Radu Point"}, Body: Text{"きまり", "Terms"},
		Contact: Text{"地域政策課", ""}, Phone: "0438-00-0000"}
}

func sampleAsk() Ask {
	return Ask{Purpose: Register, Scheme: "らづポイント", Wanted: "k7m4 w2hn", At: 1795312800000, Nonce: ones(NonceSize)}
}

func sampleOffer() Offer {
	return Offer{Request: ones(32), Challenge: ones(ChallengeSize), Ends: 1795312920000, Proposals: []string{"K7M4W2HP", "K7M4W2HQ", "K7M4W2HR"},
		Wanted: RulingTaken, Terms: sampleTerms(), Revokes: true, At: 1795312800100, Seal: nobody(20)}
}

func sampleApply() Apply {
	return Apply{Application: must(Encode(application())), Certificate: []byte{0x30, 0}, Signature: ones(256), Password: ones(112), Staff: "山田"}
}

func sampleAnswer() Answer {
	return Answer{Request: ones(32), Ruling: RulingOK, ID: "K7M4W2HN", Code: "ABCDEFGHJKMN", CodeEnds: 1796522400000, Standing: StandingNotChecked,
		Held:  []Held{{"らづポイント", 200, lastDay}},
		Moved: []Moved{{At: 1795312700000, Kind: "redeem", Points: 200, Event: Text{"ナチュラルバル", ""}, Expires: lastDay}}, At: 1795312801000, Joined: true}
}

func sampleLeaseAsk() LeaseAsk {
	return LeaseAsk{Scheme: "らづポイント", Want: 20, Back: []string{"K7M4W2HS"}, At: 1795312800000, Nonce: ones(NonceSize)}
}

func sampleLease() Lease {
	return Lease{Request: ones(32), Leased: []Leased{{ID: "K7M4W2HT", Challenge: ones(ChallengeSize), Code: "ABCDEFGHJKMP", Ends: 1797904800000}},
		Terms: sampleTerms(), Seal: nobody(20), At: 1795312800100}
}

func samplePut() Put {
	return Put{Token: "c0ffee", Cards: []string{signedBy(keyLive, vectorClaims(nil)).Text()}, Nonce: ones(NonceSize)}
}

func samplePutAnswer() PutAnswer {
	return PutAnswer{Request: ones(32), Cards: []PutOne{{Points: 200, Expires: lastDay}, {Refused: "used"}},
		Held: []Held{{"らづポイント", 400, lastDay}}, At: 1795312801000,
		Moved: []Moved{{At: 1795312801000, Kind: "redeem", Points: 200, Event: Text{"ナチュラルバル", ""}, Expires: lastDay}}}
}

func sampleLooked() Looked {
	return Looked{Request: ones(32), Refused: "used", Since: 1795312700000, Points: 200, Event: Text{"ナチュラルバル", ""}, Day: lastDay - 1, Expires: lastDay, At: 1795312801000}
}

// myKeySamples are the papers about MyKey IDs.
func myKeySamples() []samplePaper {
	kiosk, hub := paperKey(paperKiosk), paperKey(paperHub)
	return []samplePaper{
		{PaperAsk, kiosk, sampleAsk()}, {PaperOffer, hub, sampleOffer()}, {PaperApply, kiosk, sampleApply()}, {PaperAnswer, hub, sampleAnswer()},
		{PaperLeaseAsk, kiosk, sampleLeaseAsk()}, {PaperLease, hub, sampleLease()},
		{PaperDeposit, kiosk, Deposit{Sealed: ones(600), Staff: "山田", Nonce: ones(NonceSize)}},
		{PaperDeposit, kiosk, Deposit{Sealed: ones(600), Nonce: ones(NonceSize), Lost: ones(32)}},
		{PaperSignIn, kiosk, SignIn{ID: "k7m4 w2hn", Password: ones(112), Nonce: ones(NonceSize)}},
		{PaperPut, kiosk, samplePut()}, {PaperPutAnswer, hub, samplePutAnswer()},
		{PaperLook, kiosk, Look{Card: samplePut().Cards[0], Nonce: ones(NonceSize)}}, {PaperLooked, hub, sampleLooked()},
	}
}

// wrongMyKeys are papers about MyKey IDs that are sealed as they should be and
// say what none may.
func wrongMyKeys() (all []vectorPaper) {
	add := func(name string, paper Paper, key int, v any) {
		s := paperKey(key)
		err := openAs(paper, must(Seal(s, paper, v)), vectorPublics())
		all = append(all, vectorPaper{name, paper, s.ID, diagnose(must(Encode(v))), fmt.Sprintf("%x", must(Seal(s, paper, v))), word(err)})
	}
	ask := func(name string, mend func(*Ask)) {
		a := sampleAsk()
		mend(&a)
		add(name, PaperAsk, paperKiosk, a)
	}
	ask("no purpose", func(a *Ask) { a.Purpose = "pay" })
	ask("no scheme", func(a *Ask) { a.Scheme = "" })
	ask("short nonce", func(a *Ask) { a.Nonce = a.Nonce[1:] })
	ask("a long wish", func(a *Ask) { a.Wanted = string(make([]byte, 101)) })
	offer := func(name string, mend func(*Offer)) {
		o := sampleOffer()
		mend(&o)
		add(name, PaperOffer, paperHub, o)
	}
	offer("to nothing", func(o *Offer) { o.Request = nil })
	offer("to something else", func(o *Offer) { o.Request = bytes.Repeat([]byte{2}, 32) })
	offer("short challenge", func(o *Offer) { o.Challenge = o.Challenge[1:] })
	offer("no terms", func(o *Offer) { o.Terms.Version = "" })
	offer("no MyKey ID", func(o *Offer) { o.Proposals[2] = "K7M4W2H0" })
	offer("no sealing key", func(o *Offer) { o.Seal = o.Seal[1:] })
	offer("another ruling", func(o *Offer) { o.Wanted = RulingBusy })
	apply := func(name string, mend func(*Apply)) {
		a := sampleApply()
		mend(&a)
		add(name, PaperApply, paperKiosk, a)
	}
	apply("no application", func(a *Apply) { a.Application = nil })
	apply("no certificate", func(a *Apply) { a.Certificate = nil })
	apply("no signature", func(a *Apply) { a.Signature = nil })
	apply("long certificate", func(a *Apply) { a.Certificate = make([]byte, MaxCertificate+1) })
	apply("long password", func(a *Apply) { a.Password = make([]byte, 1<<10+1) })
	apply("long signature", func(a *Apply) { a.Signature = make([]byte, MaxSignature+1) })
	answer := func(name string, mend func(*Answer)) {
		a := sampleAnswer()
		mend(&a)
		add(name, PaperAnswer, paperHub, a)
	}
	answer("to nothing", func(a *Answer) { a.Request = nil })
	answer("to something else", func(a *Answer) { a.Request = bytes.Repeat([]byte{2}, 32) })
	answer("no ruling", func(a *Answer) { a.Ruling = "" })
	answer("no MyKey ID", func(a *Answer) { a.ID = "K7M4W2H0" })
	answer("no code", func(a *Answer) { a.Code = "ABCDEFGHJKM0" })
	wrongLeases(add)
	wrongValues(add)
	return all
}

func wrongLeases(add func(string, Paper, int, any)) {
	ask := func(name string, mend func(*LeaseAsk)) {
		a := sampleLeaseAsk()
		mend(&a)
		add(name, PaperLeaseAsk, paperKiosk, a)
	}
	ask("no scheme", func(a *LeaseAsk) { a.Scheme = "" })
	ask("too many", func(a *LeaseAsk) { a.Want = MaxLeased + 1 })
	ask("no MyKey ID back", func(a *LeaseAsk) { a.Back[0] = "x" })
	lease := func(name string, mend func(*Lease)) {
		l := sampleLease()
		mend(&l)
		add(name, PaperLease, paperHub, l)
	}
	lease("to something else", func(l *Lease) { l.Request = bytes.Repeat([]byte{2}, 32) })
	lease("no MyKey ID", func(l *Lease) { l.Leased[0].ID = "" })
	lease("no code", func(l *Lease) { l.Leased[0].Code = "" })
	lease("short challenge", func(l *Lease) { l.Leased[0].Challenge = nil })
	lease("no sealing key", func(l *Lease) { l.Seal = l.Seal[1:] })
	add("of nothing", PaperDeposit, paperKiosk, Deposit{Nonce: ones(NonceSize)})
	add("after half an apply", PaperDeposit, paperKiosk, Deposit{Sealed: ones(600), Nonce: ones(NonceSize), Lost: ones(16)})
	add("no nonce", PaperSignIn, paperKiosk, SignIn{ID: "K7M4W2HN"})
	put := samplePut()
	put.Cards = append(put.Cards, put.Cards[0])
	add("one card twice", PaperPut, paperKiosk, put)
	put.Cards = []string{"x"}
	add("no card", PaperPut, paperKiosk, put)
	put.Cards = nil
	add("of nothing", PaperPut, paperKiosk, put)
	add("to nothing", PaperPutAnswer, paperHub, PutAnswer{})
	add("at no card", PaperLook, paperKiosk, Look{Card: "x", Nonce: ones(NonceSize)})
	add("no nonce", PaperLook, paperKiosk, Look{Card: samplePut().Cards[0]})
	add("to nothing", PaperLooked, paperHub, Looked{})
}

func vectorPublics() map[KeyID]ed25519.PublicKey {
	publics := map[KeyID]ed25519.PublicKey{}
	for n := range keyUnlisted {
		publics[FirstTestKey+KeyID(n)] = paperKey(n).Public()
	}
	return publics
}

// openMyKey opens a paper about MyKey IDs as its reader does.
func openMyKey(paper Paper, data []byte, keys func(KeyID) ed25519.PublicKey, list TrustList) (err error) {
	switch paper {
	case PaperAsk:
		_, _, err = OpenAsk(data, keys)
	case PaperOffer:
		_, err = OpenOffer(data, list, openedRequest())
	case PaperApply:
		_, _, err = OpenApply(data, keys)
	case PaperAnswer:
		_, err = OpenAnswer(data, list, openedRequest())
	case PaperLeaseAsk:
		_, _, err = OpenLeaseAsk(data, keys)
	case PaperLease:
		_, err = OpenLease(data, list, openedRequest())
	case PaperDeposit:
		_, _, err = OpenDeposit(data, keys)
	case PaperSignIn:
		_, _, err = OpenSignIn(data, keys)
	case PaperPut:
		_, _, err = OpenPut(data, keys)
	case PaperPutAnswer:
		_, err = OpenPutAnswer(data, list, openedRequest())
	case PaperLook:
		_, _, err = OpenLook(data, keys)
	case PaperLooked:
		_, err = OpenLooked(data, list, openedRequest())
	default:
		err = openValue(paper, data, keys, list)
	}
	return err
}
