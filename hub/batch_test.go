package hub

import (
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A press holds a batch of the first event, of which nothing is active yet.
type press struct {
	*town
	batch cards.Allotment
	key   ed25519.PrivateKey
}

func (c *town) press() *press {
	c.t.Helper()
	seed := func(s string) ed25519.PrivateKey {
		return ed25519.NewKeyFromSeed([]byte(strings.Repeat(s, ed25519.SeedSize)))
	}
	p := &press{town: c, key: seed("b")}
	secret, _, err := c.ledger.AddKiosk(c.t.Context(), "office")
	if err != nil {
		c.t.Fatal(err)
	}
	must(c.ledger.Enrol(c.t.Context(), must(cards.SealEnrolment(secret, p.key, seed("c")))(c.t)))(c.t)
	p.batch = must(c.ledger.Grant(c.t.Context(), ledger.Grant{Kiosk: "office", Event: "natural-bar", Count: 100, Batch: true}))(c.t)
	return p
}

func (p *press) printed(number uint32) cards.Card {
	p.t.Helper()
	return must(cards.Sign(p.batch.Claims(number), p.key))(p.t)
}

func (p *press) of(first, last uint32) ledger.Range {
	return ledger.Range{Allotment: p.batch.ID, First: first, Last: last, Person: "佐藤", Reason: "配布"}
}

// A claim of a card that is not active yet is received, and completes by itself;
// whoever comes second is told.
func TestWaitingClaim(t *testing.T) {
	p := newTown(t, nil).press()
	for _, tt := range []struct{ lang, id, offer, title string }{
		{"ja", residentID, "200ポイントを受け取れます", "受け付けました"}, {"en", neighbourID, "You can receive 200 points", "We have received it"},
	} {
		phone := p.phone(tt.lang)
		s := phone.open(p.printed(7))
		if s.title() != tt.offer {
			t.Fatalf("%q", s.title())
		}
		if s = phone.signIn(s, tt.id, "not this one"); s.title() != tt.offer {
			t.Errorf("after a wrong password: %q", s.title())
		}
		s = phone.post(phone.signIn(s, tt.id, residentPassword), "/claim", nil)
		if s.title() != tt.title || s.status != 200 {
			t.Fatalf("%d %q", s.status, s.title())
		}
		if s = phone.open(p.printed(7)); s.title() != tt.title { // again says so again
			t.Errorf("%q", s.title())
		}
		p.clock.wait(time.Minute)
	}
	must(p.ledger.Activate(t.Context(), p.of(1, 50)))(t)
	first, second := p.phone("ja"), p.phone("ja")
	first.signIn(first.get("/signin"), residentID, residentPassword)
	s := first.open(p.printed(7))
	if s.title() != "このポイントカードは受け取り済みです" {
		t.Errorf("%q", s.title())
	}
	if s = first.get("/account"); !strings.Contains(s.html, "会場の記録が届きました。「ナチュラルバル」の200ポイントが口座に入りました。") {
		t.Errorf("%s", s.html)
	}
	second.signIn(second.get("/signin"), neighbourID, residentPassword)
	if s = second.get("/account"); !strings.Contains(s.html, "先に別の口座で使われていました") {
		t.Errorf("%s", s.html)
	}
}

// A claim that waits can be seen by everybody to wait, and so can how it ends.
func TestWaitingClaimInChromium(t *testing.T) {
	p := newTown(t, nil).press()
	b := newBrowser(t, p.town)
	press := func(button string) {
		t.Helper()
		must(chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(button))))(t)
	}
	open := func(number uint32) {
		t.Helper()
		b.run(chromedp.Navigate(b.server.URL + "/C/" + p.printed(number).Text()))
	}
	open(7)
	b.shows("200ポイントを受け取れます")
	b.run(chromedp.SendKeys(chromedp.CSS("#id"), residentID), chromedp.SendKeys(chromedp.CSS("#password"), residentPassword))
	press(".signin button")
	b.shows("200ポイントを受け取れます")
	press("button.take")
	b.shows("受け付けました")
	b.shot("30-waiting")
	b.run(chromedp.Reload())
	b.shows("受け付けました")
	for _, number := range []uint32{8, 60, 61} { // once a day; withdrawn; too late
		open(number)
		press("button.take")
		b.shows("受け付けました")
	}
	must(p.ledger.Activate(t.Context(), p.of(1, 50)))(t)
	p.clock.wait(time.Hour)
	must(p.ledger.Withdraw(t.Context(), p.of(60, 60)))(t)
	p.clock.wait(14 * 24 * time.Hour)
	must(p.ledger.EndWaits(t.Context()))(t)
	b.run(chromedp.Navigate(b.server.URL + "/signin"))
	b.run(chromedp.SendKeys(chromedp.CSS("#id"), residentID), chromedp.SendKeys(chromedp.CSS("#password"), residentPassword))
	press(".signin button")
	b.run(chromedp.Navigate(b.server.URL + "/account"))
	b.shows("ポイントの残高")
	b.shot("31-ended")
	press("nav a")
	b.shows("Your points")
	b.shot("32-ended-en")
	open(60)
	b.shows("This point card can't be used")
	b.shot("33-withdrawn-en")
	open(7)
	b.shows("You already received these points")
}
