package hub

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/registry/catest"
)

const radu = "らづポイント"

// A counter is the town's kiosk with the people who come to it.
type counter struct {
	*town
	client *api.Client
	key    cards.SigningKey
	ca     *catest.CA
	list   cards.TrustList
	seal   []byte // the last offer's
}

func newCounter(t testing.TB) *counter {
	t.Helper()
	c := &counter{town: newTown(t, nil)}
	c.client, c.key = c.kiosk()
	c.ca = catest.New(t, c.clock.now())
	c.roots = append(c.roots, c.ca.Certificate)
	var r cards.Receipt
	if err := cards.Unsealed(must(c.client.Upload(t.Context(), c.upload(c.key, cards.Upload{})))(t), cards.PaperReceipt, &r); err != nil {
		t.Fatal(err)
	}
	c.list = must(cards.OpenTrustList(r.Trust, c.ledger.TrustKey()))(t)
	return c
}

func nonce() []byte {
	b := make([]byte, cards.NonceSize)
	rand.Read(b)
	return b
}

// ask seals an ask and opens its offer.
func (c *counter) ask(p cards.Purpose, wanted string) cards.Offer {
	c.t.Helper()
	sealed := must(cards.Seal(c.key, cards.PaperAsk, cards.Ask{Purpose: p, Scheme: radu, Wanted: wanted, At: c.clock.now().UnixMilli(), Nonce: nonce()}))(c.t)
	answer := must(c.client.Ask(c.t.Context(), sealed))(c.t)
	o := must(cards.OpenOffer(answer, c.list, sha256.Sum256(sealed)))(c.t)
	c.seal = o.Seal
	return o
}

// application is what a card signs on an offer.
func (c *counter) application(p cards.Purpose, id string, o cards.Offer) cards.Application {
	a := cards.Application{Purpose: p, ID: id, Scheme: radu, Kiosk: "K-01", At: c.clock.now().UnixMilli(), Challenge: o.Challenge}
	if p == cards.Register {
		a.Terms = o.Terms.Version
	}
	return a
}

// signedApply puts what the card signs into an apply.
func signedApply(t testing.TB, card catest.Card, a cards.Application) cards.Apply {
	t.Helper()
	return cards.Apply{Application: must(cards.Encode(a))(t), Certificate: card.DER, Signature: card.Sign(t, a)}
}

// send seals an apply and opens its answer.
func (c *counter) send(a cards.Apply) cards.Answer {
	c.t.Helper()
	sealed := must(cards.Seal(c.key, cards.PaperApply, a))(c.t)
	answer := must(c.client.Apply(c.t.Context(), sealed))(c.t)
	return must(cards.OpenAnswer(answer, c.list, sha256.Sum256(sealed)))(c.t)
}

// apply goes the whole way once.
func (c *counter) apply(card catest.Card, p cards.Purpose, id string, mend func(*cards.Apply)) cards.Answer {
	c.t.Helper()
	a := signedApply(c.t, card, c.application(p, id, c.ask(p, id)))
	if mend != nil {
		mend(&a)
	}
	return c.send(a)
}

// password sends one with an apply, sealed.
func (c *counter) password(text string) func(*cards.Apply) {
	return func(a *cards.Apply) {
		a.Password = must(cards.SealPassword(c.seal, a.Application, []byte(text)))(c.t)
	}
}

func (c *counter) withPassword(a *cards.Apply) { c.password(residentPassword)(a) }
func withCode(a *cards.Apply)                  { a.Code = true }

// From the card on the reader to the sign-in on the phone, and what follows: the
// points stay with the account while its ID changes, ends and begins again.
func TestFromCardToPhone(t *testing.T) {
	c := newCounter(t)
	card := c.ca.Issue(t, c.clock.now(), nil)
	o := c.ask(cards.Register, "hana 2345")
	if len(o.Proposals) != 3 || o.Wanted != cards.RulingOK || o.Terms.Scheme.En != "Radu Point" || o.Revokes || !strings.Contains(o.Terms.Body.Ja, "\n") || o.Terms.Municipality.Ja != "木更津市" {
		t.Errorf("%+v", o)
	}
	if got := c.apply(card, cards.Show, "", nil); got.Ruling != cards.RulingNoID || got.Standing != cards.StandingNotChecked {
		t.Errorf("before there is an ID: %+v", got)
	}
	if got := c.apply(card, cards.Register, "HANA2345", c.withPassword); got.Ruling != cards.RulingOK || got.ID != "HANA2345" || got.Code != "" {
		t.Fatalf("%+v", got)
	}
	p := c.phone("ja")
	paper := c.card(walk, 1)
	if s := p.post(p.signIn(p.open(paper), "hana-2345", residentPassword), "/claim", nil); s.path != "/done" {
		t.Fatalf("%d %s: %s", s.status, s.path, s.html)
	}
	show := c.apply(card, cards.Show, "", nil)
	if show.Ruling != cards.RulingOK || show.ID != "HANA2345" || len(show.Held) != 1 || show.Held[0].Points != 1500 || len(show.Moved) != 1 || show.Token == "" {
		t.Errorf("%+v", show)
	}
	if got := c.apply(card, cards.Register, "HANA2346", c.withPassword); got.Ruling != cards.RulingHasID || got.ID != "HANA2345" {
		t.Errorf("a second account: %+v", got)
	}
	if got := c.apply(card, cards.Change, "HANA2346", nil); got.Ruling != cards.RulingOK || got.ID != "HANA2346" {
		t.Errorf("another ID: %+v", got)
	}
	c.signsIn("HANA2345", false)
	c.signsIn("HANA2346", true)
	if got := c.apply(card, cards.Retire, "", nil); got.Ruling != cards.RulingOK || got.ID != "HANA2346" {
		t.Errorf("retire: %+v", got)
	}
	c.signsIn("HANA2346", false)
	if got := c.apply(card, cards.Register, "HANA2345", c.withPassword); got.Ruling != cards.RulingTaken {
		t.Errorf("an ID is given twice: %+v", got)
	}
	if got := c.apply(card, cards.Register, "HANA2347", c.withPassword); got.Ruling != cards.RulingOK {
		t.Errorf("again after the end: %+v", got)
	}
	if got := c.apply(card, cards.Show, "", nil); len(got.Held) != 1 || got.Held[0].Points != 1500 {
		t.Errorf("the points are gone: %+v", got)
	}
	c.signsIn("HANA2347", true)
	if faults, err := c.ledger.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// signsIn tries the password on a new phone, and looks at the page that comes.
func (c *counter) signsIn(id string, want bool) {
	c.t.Helper()
	p := c.phone("ja")
	s := p.signIn(p.get("/signin"), id, residentPassword)
	if (s.path == "/account") != want || want && !strings.Contains(s.html, id[4:]) {
		c.t.Errorf("sign in as %s: %d %s", id, s.status, s.path)
	}
}

// Paper cards go on the account as long as the sitting lasts, at its kiosk.
func TestPut(t *testing.T) {
	c := newCounter(t)
	card := c.ca.Issue(t, c.clock.now(), nil)
	c.apply(card, cards.Register, "HANA2345", c.withPassword)
	show := c.apply(card, cards.Show, "", nil)
	paper := []string{c.card(walk, 1).Text(), c.card(walk, 2).Text(), c.card(sample, 1).Text()}
	for _, again := range []bool{false, true} {
		got := c.put(cards.Put{Token: show.Token, Cards: paper})
		if got.Over || len(got.Cards) != 3 || got.Cards[0].Points != 1500 || got.Cards[0].Before != again || got.Cards[2].Refused != "practice" || len(got.Held) != 1 || got.Held[0].Points != 3000 {
			t.Errorf("again %v: %+v", again, got)
		}
	}
	if got := c.put(cards.Put{Token: show.Token, End: true}); !got.Over {
		t.Errorf("%+v", got)
	}
	if got := c.put(cards.Put{Token: show.Token, Cards: []string{c.card(walk, 3).Text()}}); !got.Over || len(got.Cards) > 0 {
		t.Errorf("after the end: %+v", got)
	}
	wrong, right := c.signInHere("HANA2345", "another-2026"), c.signInHere("hana 2345", residentPassword)
	if wrong.Ruling != cards.RulingWrong || wrong.Token != "" || right.Ruling != cards.RulingOK || len(right.Held) != 1 {
		t.Errorf("by password: %+v, %+v", wrong, right)
	}
	c.clock.wait(16 * time.Minute)
	if got := c.put(cards.Put{Token: right.Token, Cards: []string{c.card(walk, 3).Text()}}); !got.Over {
		t.Errorf("too late: %+v", got)
	}
}

func (c *counter) put(p cards.Put) cards.PutAnswer {
	c.t.Helper()
	p.Nonce = nonce()
	sealed := must(cards.Seal(c.key, cards.PaperPut, p))(c.t)
	answer := must(c.client.Put(context.Background(), sealed))(c.t)
	return must(cards.OpenPutAnswer(answer, c.list, sha256.Sum256(sealed)))(c.t)
}

// A look says what a card is worth before and after it is claimed, and changes
// nothing.
func TestLook(t *testing.T) {
	c := newCounter(t)
	card := c.ca.Issue(t, c.clock.now(), nil)
	c.apply(card, cards.Register, "HANA2345", c.withPassword)
	one, practice := c.card(walk, 1), c.card(sample, 1)
	for range 2 {
		if got := c.look(one); got.Refused != "" || got.Points != 1500 || got.Event.Ja == "" || got.Expires == 0 || got.Since != 0 {
			t.Errorf("before: %+v", got)
		}
	}
	if got := c.look(practice); got.Refused != "practice" {
		t.Errorf("a sample: %+v", got)
	}
	show := c.apply(card, cards.Show, "", nil)
	if put := c.put(cards.Put{Token: show.Token, Cards: []string{one.Text()}}); len(put.Moved) != 1 || put.Moved[0].Points != 1500 {
		t.Errorf("put: %+v", put)
	}
	if got := c.look(one); got.Refused != "used" || got.Since == 0 || got.Points != 1500 {
		t.Errorf("after: %+v", got)
	}
	forged := one
	forged.Number++
	if got := c.look(forged); got.Refused != "bad signature" || got.Points != 0 {
		t.Errorf("forged: %+v", got)
	}
}

func (c *counter) look(card cards.Card) cards.Looked {
	c.t.Helper()
	sealed := must(cards.Seal(c.key, cards.PaperLook, cards.Look{Card: card.Text(), Nonce: nonce()}))(c.t)
	answer := must(c.client.LookAtCard(context.Background(), sealed))(c.t)
	return must(cards.OpenLooked(answer, c.list, sha256.Sum256(sealed)))(c.t)
}

func (c *counter) signInHere(id, password string) cards.Answer {
	c.t.Helper()
	s := cards.SignIn{ID: id, Nonce: cards.SignInNonce(c.ask(cards.Show, "").Challenge)}
	s.Password = must(cards.SealPassword(c.seal, must(s.Bound())(c.t), []byte(password)))(c.t)
	sealed := must(cards.Seal(c.key, cards.PaperSignIn, s))(c.t)
	answer := must(c.client.SignIn(context.Background(), sealed))(c.t)
	return must(cards.OpenAnswer(answer, c.list, sha256.Sum256(sealed)))(c.t)
}

// A kiosk without a network gives a leased ID, and the hub registers it later.
func TestDeposit(t *testing.T) {
	c := newCounter(t)
	card := c.ca.Issue(t, c.clock.now(), nil)
	ask := cards.LeaseAsk{Scheme: radu, Want: 5, At: c.clock.now().UnixMilli(), Nonce: nonce()}
	l := c.lease(ask)
	if again := c.lease(ask); len(l.Leased) != 5 || again.Leased[4].ID != l.Leased[4].ID || again.Leased[4].Code != l.Leased[4].Code {
		t.Fatalf("%+v, %+v", l, again)
	}
	one := l.Leased[0]
	a := c.application(cards.Register, one.ID, cards.Offer{Challenge: one.Challenge, Terms: l.Terms})
	c.clock.wait(20 * 24 * time.Hour)
	if o := c.ask(cards.Register, one.ID); o.Wanted != cards.RulingTaken {
		t.Errorf("a leased ID is %q", o.Wanted)
	}
	p := cards.Provisional{Application: must(cards.Encode(a))(t), Certificate: card.DER, Signature: card.Sign(t, a)}
	sealed := must(cards.SealProvisional(l.Seal, p))(t)
	for range 2 {
		if got := c.deposit(sealed); got.Ruling != cards.RulingOK || got.ID != one.ID || got.Code != one.Code {
			t.Errorf("%+v", got)
		}
	}
	if got := c.deposit(must(cards.SealProvisional(l.Seal, p))(t)); got.Ruling != cards.RulingUsed {
		t.Errorf("sealed anew: %+v", got)
	}
	if got := c.deposit([]byte("rubbish")); got.Ruling != cards.RulingMalformed {
		t.Errorf("rubbish: %+v", got)
	}
	ask.Back = []string{l.Leased[1].ID, l.Leased[2].ID}
	l = c.lease(ask)
	if o := c.ask(cards.Register, ask.Back[0]); len(l.Leased) != 5 || o.Wanted != cards.RulingOK {
		t.Errorf("given back: %s, %+v", o.Wanted, l)
	}
	c.clock.wait(60 * 24 * time.Hour)
	if o := c.ask(cards.Register, l.Leased[0].ID); o.Wanted != cards.RulingTaken {
		t.Errorf("before the last of it may have come: %s", o.Wanted)
	}
	c.clock.wait(31 * 24 * time.Hour)
	c.lease(cards.LeaseAsk{Scheme: radu, Nonce: nonce()})
	if o := c.ask(cards.Register, l.Leased[0].ID); o.Wanted != cards.RulingOK {
		t.Errorf("a lease that is over: %s", o.Wanted)
	}
}

func (c *counter) lease(a cards.LeaseAsk) cards.Lease {
	c.t.Helper()
	sealed := must(cards.Seal(c.key, cards.PaperLeaseAsk, a))(c.t)
	return must(cards.OpenLease(must(c.client.Lease(c.t.Context(), sealed))(c.t), c.list, sha256.Sum256(sealed)))(c.t)
}

func (c *counter) deposit(sealed []byte) cards.Answer {
	c.t.Helper()
	paper := must(cards.Seal(c.key, cards.PaperDeposit, cards.Deposit{Sealed: sealed, Nonce: nonce()}))(c.t)
	return must(cards.OpenAnswer(must(c.client.Deposit(c.t.Context(), paper))(c.t), c.list, sha256.Sum256(sealed)))(c.t)
}

// Papers of no kiosk, of a revoked one, and for no scheme are problems.
func TestDeskRefuses(t *testing.T) {
	c := newCounter(t)
	ask := func(key cards.SigningKey, scheme string) (string, cards.Ruling) {
		sealed := must(cards.Seal(key, cards.PaperAsk, cards.Ask{Purpose: cards.Show, Scheme: scheme, At: 1, Nonce: nonce()}))(t)
		_, err := c.client.Ask(t.Context(), sealed)
		p := (*api.Problem)(nil)
		if !errors.As(err, &p) {
			t.Fatalf("%v", err)
		}
		return p.Type, p.Ruling()
	}
	if kind, ruling := ask(c.key, "another"); kind != api.ProblemScheme || ruling != cards.RulingBusy {
		t.Errorf("no scheme: %s, %s", kind, ruling)
	}
	other := c.key
	other.Private = c.samples
	if kind, ruling := ask(other, radu); kind != api.ProblemKiosk || ruling != cards.RulingKioskUnknown {
		t.Errorf("another key: %s, %s", kind, ruling)
	}
	other.ID++
	if kind, _ := ask(other, radu); kind != api.ProblemKiosk {
		t.Errorf("the practice key: %s", kind)
	}
	if _, err := c.client.Apply(t.Context(), []byte("rubbish")); err == nil {
		t.Error("rubbish is an apply")
	}
}
