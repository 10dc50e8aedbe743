package hub

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// A stall hands out cards of a batch, at a table without a kiosk.
type stall struct {
	*phone
	made *press
}

func newStall(t testing.TB) *stall {
	t.Helper()
	p := newTown(t, nil).press()
	for _, id := range []string{"table", "bakery"} {
		if err := p.people.AddPartner(t.Context(), registry.Partner{ID: id, Name: cards.Text{Ja: "会場の受付", En: "Venue desk"}}, shopPassword, "佐藤"); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.ledger.GrantPartner(t.Context(), p.of(1, 50), "table"); err != nil {
		t.Fatal(err)
	}
	return &stall{phone: p.phone("ja"), made: p}
}

func (s *stall) serial(n uint32) string {
	return cards.Serial{Allotment: s.made.batch.ID, Number: n}.String()
}

func (s *stall) signInShop(id string) screen {
	s.t.Helper()
	return s.post(s.get("/shop/signin"), "/shop/signin", url.Values{"id": {id}, "password": {shopPassword}})
}

// enter types the first and the last, and returns what the page says of them.
func (s *stall) enter(first, last string) screen {
	s.t.Helper()
	return s.post(s.get("/shop/range"), "/shop/range", url.Values{"first": {first}, "last": {last}})
}

// seen is what the button of a page is about.
func seen(s screen) string {
	_, after, _ := strings.Cut(s.html, `name="seen" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// Staff at a table activate the cards that they hand out, and no others.
func TestPartnerActivates(t *testing.T) {
	s := newStall(t)
	if got := s.get("/shop/range"); got.path != "/shop/signin" {
		t.Fatalf("signed out: %s", got.path)
	}
	if got := s.signInShop("table"); !strings.Contains(got.html, `href="/shop/range"`) {
		t.Fatalf("%s", got.html)
	}
	for _, tt := range []struct{ name, first, last, says string }{
		{"rubbish", "rubbish", s.serial(10), "番号を読み取れませんでした"},
		{"a mistyped last one", s.serial(1), strings.Replace(s.serial(10), s.serial(10)[13:], "X", 1), "番号を読み取れませんでした"},
		{"the wrong way round", s.serial(10), s.serial(1), "番号の小さいほうと大きいほう"},
		{"of two sets", cards.Serial{Allotment: 1, Number: 1}.String(), s.serial(10), "番号の小さいほうと大きいほう"},
		{"beyond what is theirs", s.serial(50), s.serial(51), "まかされていません"},
		{"no batch", cards.Serial{Allotment: 1, Number: 1}.String(), cards.Serial{Allotment: 1, Number: 2}.String(), "まかされていません"},
	} {
		if got := s.enter(tt.first, tt.last); !strings.Contains(got.html, tt.says) || got.status < 400 || strings.Contains(got.html, "rubbish") {
			t.Errorf("%s: %d %s", tt.name, got.status, got.html)
		}
	}
	check := s.enter(strings.ToLower(strings.ReplaceAll(s.serial(1), "-", " ")), "https://points.example.jp/C/"+s.made.printed(10).Text())
	if check.title() != "10枚を有効にします" || !strings.Contains(check.html, "2,000円分") {
		t.Fatalf("%s", check.html)
	}
	if strings.Contains(check.html, s.made.printed(10).Text()) || strings.Contains(s.logs.String(), s.made.printed(10).Text()) {
		t.Error("the page or the log repeats a card")
	}
	for range 2 { // nothing is done before the press, nor by a press of another page
		if got := s.post(check, "/shop/range/check", url.Values{"seen": {"0000 0000 10"}}); got.title() != "10枚を有効にします" {
			t.Errorf("%q", got.title())
		}
	}
	if got := s.post(check, "/shop/range/check", url.Values{"token": {"x"}, "seen": {seen(check)}}); got.path != "/shop" {
		t.Errorf("a form of somebody else's: %s", got.path)
	}
	if got := s.post(check, "/shop/range/check", url.Values{"seen": {seen(check)}}); got.title() != "10枚が有効です" {
		t.Fatalf("%s", got.html)
	}
	if got := s.get("/shop/range/check"); got.title() != "10枚が有効です" {
		t.Errorf("again: %q", got.title())
	}
	if _, err := s.ledger.Claim(t.Context(), s.made.printed(10), s.account(residentID)); err != nil {
		t.Error(err)
	}
	must(s.ledger.Withdraw(t.Context(), s.made.of(15, 16)))(t)
	if got := s.enter(s.serial(11), s.serial(20)); got.title() != "8枚を有効にします" || !strings.Contains(got.html, s.serial(15)+"</span> – <span>"+s.serial(16)) || !strings.Contains(got.html, "このうち次の2枚は、使わないことになっています") {
		t.Errorf("%s", got.html)
	}
	s.refusals(t)
}

// refusals are what can speak against a range that is theirs.
func (s *stall) refusals(t *testing.T) {
	t.Helper()
	must(s.ledger.Activate(t.Context(), s.made.of(11, 20)))(t)
	if err := s.ledger.SetBudget(t.Context(), "natural-bar", 200*200+18*200, "佐藤", "会議で"); err != nil { // none is left
		t.Fatal(err)
	}
	check := s.enter(s.serial(21), s.serial(30))
	if got := s.post(check, "/shop/range/check", url.Values{"seen": {seen(check)}}); !strings.Contains(got.html, "イベントの予算をこえる") {
		t.Errorf("%s", got.html)
	}
	if err := s.ledger.Revoke(t.Context(), ledger.Revocation{Kiosk: "office", How: cards.Compromised}); err != nil {
		t.Fatal(err)
	}
	if got := s.enter(s.serial(21), s.serial(30)); !strings.Contains(got.html, "担当の確認が必要です") {
		t.Errorf("%s", got.html)
	}
	s.signOutShop()
	s.signInShop("bakery")
	if got := s.get("/shop"); strings.Contains(got.html, "/shop/range") {
		t.Error("who hands nothing out is offered the page")
	}
	if got := s.enter(s.serial(1), s.serial(2)); !strings.Contains(got.html, "まかされていません") {
		t.Errorf("%s", got.html)
	}
	s.clock.wait(200 * 24 * time.Hour)
	s.signInShop("table")
	if got := s.enter(s.serial(21), s.serial(30)); !strings.Contains(got.html, "有効期限を過ぎた") && !strings.Contains(got.html, "担当の確認") {
		t.Errorf("%s", got.html)
	}
	faults := must(s.ledger.Check(t.Context()))(t)
	for _, f := range faults {
		t.Errorf("check: %v", f)
	}
}

func (s *stall) signOutShop() { s.post(s.get("/shop"), "/shop/signout", nil) }

// The same with a phone's browser.
func TestPartnerActivatesInChromium(t *testing.T) {
	s := newStall(t)
	b := newBrowser(t, s.town)
	press := func(button string) {
		t.Helper()
		must(chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(button))))(t)
	}
	b.run(chromedp.Navigate(b.server.URL + "/shop"))
	b.run(chromedp.SendKeys(chromedp.CSS("#shop"), "table"), chromedp.SendKeys(chromedp.CSS("#password"), shopPassword))
	press(".signin button")
	b.shows("ポイント券を受け取る")
	b.shot("50-shop-with-ranges")
	press("a.way")
	b.shows("ポイントカードを有効にする")
	b.shot("51-range")
	b.run(chromedp.SendKeys(chromedp.CSS("#first"), s.serial(1)), chromedp.SendKeys(chromedp.CSS("#last"), s.serial(60)))
	press(".signin button")
	b.shows("ポイントカードを有効にする")
	b.shot("52-range-outside")
	must(s.ledger.Withdraw(t.Context(), s.made.of(4, 5)))(t)
	b.run(chromedp.Clear(chromedp.CSS("#first")), chromedp.SendKeys(chromedp.CSS("#first"), s.serial(1)), chromedp.SendKeys(chromedp.CSS("#last"), s.serial(50)))
	press(".signin button")
	b.shows("48枚を有効にします")
	b.shot("53-range-check")
	press("nav a")
	b.shows("Activate 48 point cards")
	b.shot("54-range-check-en")
	press("button.take")
	b.shows("48 point cards are active")
	b.shot("55-range-done-en")
	b.run(chromedp.Reload())
	b.shows("48 point cards are active")
	press("a.button")
	b.shows("Activate point cards")
	b.shot("56-range-en")
}
