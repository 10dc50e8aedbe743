package hub

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

const shopPassword = "melon-bread-2026"

// A mall is a counter with a resident who has 1500 points, 20 tickets of 500
// yen, and two shops.
type mall struct {
	*counter
	tickets cards.Allotment
	token   cards.Secret
	next    uint32
}

func newMall(t testing.TB) *mall {
	t.Helper()
	m := &mall{counter: newCounter(t)}
	ctx := context.Background()
	for _, p := range []registry.Partner{{ID: "bakery", Name: cards.Text{Ja: "パンのきさらぎ", En: "Kisaragi Bakery"}}, {ID: "tofu-ya", Name: cards.Text{Ja: "豆腐店"}}} {
		if err := m.people.AddPartner(ctx, p, shopPassword, "佐藤"); err != nil {
			t.Fatal(err)
		}
	}
	e := ledger.Event{Points: 500, Day: eventDay, CardDays: 30, PointDays: 365, Event: m.allotments[walk].Event}
	e.ID, e.Name, e.OncePerDay = "tickets", cards.Text{Ja: "ポイント券", En: "Point tickets"}, false
	if err := m.ledger.AddEvent(ctx, e); err != nil {
		t.Fatal(err)
	}
	m.tickets = must(m.ledger.Grant(ctx, ledger.Grant{Kiosk: "K-01", Event: "tickets", Kind: cards.KindTicket, Count: 20}))(t)
	must(m.ledger.Claim(ctx, m.card(walk, 1), m.account(residentID)))(t)
	m.sits()
	return m
}

// sits opens a sitting of the resident at the kiosk.
func (m *mall) sits() { m.token = m.signInHere(residentID, residentPassword).Token }

// ask seals an ask for a ticket and opens its answer.
func (m *mall) asksFor(ask cards.TicketAsk) cards.TicketAnswer {
	m.t.Helper()
	sealed := must(cards.Seal(m.key, cards.PaperTicketAsk, ask))(m.t)
	answer := must(m.client.Ticket(m.t.Context(), sealed))(m.t)
	return must(cards.OpenTicketAnswer(answer, m.list, sha256.Sum256(sealed)))(m.t)
}

// buys turns 500 points into the next ticket.
func (m *mall) buys() cards.Card {
	m.t.Helper()
	m.next++
	if a := m.asksFor(cards.TicketAsk{Request: nonce(), Token: m.token, Allotment: m.tickets.ID, Number: m.next}); a.Refused != "" {
		m.t.Fatalf("%+v", a)
	}
	return m.ticket(m.next)
}

func (m *mall) ticket(number uint32) cards.Card {
	m.t.Helper()
	return must(cards.Sign(m.tickets.Claims(number), m.live))(m.t)
}

func (m *mall) owed(partner string) (yen int64) {
	m.t.Helper()
	for _, one := range must(m.ledger.Settlement(m.t.Context(), partner, eventDay.Start().Add(-24*time.Hour), eventDay.End().Add(90*24*time.Hour)))(m.t) {
		yen += one.Points
	}
	return yen
}

// shop is a phone on which a shop has signed in.
func (m *mall) shop(id string) *phone {
	m.t.Helper()
	p := m.phone("ja")
	if s := p.post(p.get("/shop"), "/shop/signin", url.Values{"id": {id}, "password": {shopPassword}}); s.path != "/shop" {
		m.t.Fatalf("%d %s", s.status, s.path)
	}
	return p
}

// scans types a text into the shop's field, as a hand scanner does.
func (p *phone) scans(text string) screen {
	p.t.Helper()
	return p.post(p.get("/shop"), "/shop", url.Values{"ticket": {text}})
}

// presses takes the ticket that is shown.
func (p *phone) presses(from screen, c cards.Card) screen {
	p.t.Helper()
	return p.post(from, "/shop/ticket", url.Values{"serial": {c.Serial().String()}})
}

// The code on a shop's plate is in upper case.
func TestPlateLeadsToSignIn(t *testing.T) {
	if s := newMall(t).phone("ja").get("/SHOP"); s.path != "/shop/signin" || s.status != http.StatusOK {
		t.Errorf("%d %s", s.status, s.path)
	}
}

// From the balance at the kiosk to the shop's yes, and what the city owes; the
// lost answer comes again, and so does the page, and nothing is taken twice.
func TestFromBalanceToShop(t *testing.T) {
	m := newMall(t)
	ask := cards.TicketAsk{Request: nonce(), Token: m.token, Allotment: m.tickets.ID, Number: 1}
	a := m.asksFor(ask)
	if a.Refused != "" || a.Points != 500 || len(a.Held) != 1 || a.Held[0].Points != 1000 {
		t.Fatalf("%+v", a)
	}
	m.put(cards.Put{Token: m.token, End: true})
	if again := m.asksFor(ask); again.Refused != "" || again.Points != 500 || len(again.Held) != 0 {
		t.Errorf("the sitting is over, and the answer another: %+v", again)
	}
	if over := m.asksFor(cards.TicketAsk{Request: nonce(), Token: m.token, Allotment: m.tickets.ID, Number: 2}); over.Refused != cards.TicketOver {
		t.Errorf("%+v", over)
	}
	m.next = 1
	c, p := m.ticket(1), m.shop("bakery")
	for _, scan := range []string{"HTTPS://POINTS.EXAMPLE.JP/C/" + c.Text() + "\r\n", strings.ToLower(c.Text()), "https'//points.example.jp/c/" + c.Text()} {
		if s := p.scans(scan); s.path != "/shop/ticket" || s.title() != "使えます 500ポイント" {
			t.Errorf("%d %s: %s", s.status, s.path, s.title())
		}
	}
	shown := p.scans(c.Text())
	if m.owed("bakery") != 0 {
		t.Error("a look has spent it")
	}
	for range 2 { // a double press
		if s := p.presses(shown, c); s.path != "/shop/done" || s.title() != "500ポイントを受け取りました" {
			t.Errorf("%d %s: %s", s.status, s.path, s.title())
		}
	}
	if s := p.get("/shop/done"); s.title() != "500ポイントを受け取りました" {
		t.Errorf("a reload: %s", s.title())
	}
	if s := p.scans(c.Text()); s.title() != "使えません（受け取り済み）" { // the same paper, or a copy, is shown again
		t.Errorf("again in this shop: %s", s.title())
	}
	if s := m.shop("tofu-ya").scans(c.Text()); s.title() != "使えません（使用済み）" {
		t.Errorf("in another shop: %s", s.title())
	}
	if s := p.get("/shop"); !strings.Contains(s.html, "1枚 500ポイント") {
		t.Errorf("the shop's sum: %s", s.html)
	}
	if m.owed("bakery") != 500 || m.owed("tofu-ya") != 0 {
		t.Errorf("owed: %d and %d", m.owed("bakery"), m.owed("tofu-ya"))
	}
	home := m.phone("ja")
	if s := home.signIn(home.get("/signin"), residentID, residentPassword); !strings.Contains(s.html, "ポイント券にした分") || !strings.Contains(s.html, "−500") {
		t.Errorf("the holder's page: %s", s.html)
	}
	if faults, err := m.ledger.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// Each ticket that a shop must not take has its word, in each language.
func TestShopRefuses(t *testing.T) {
	m := newMall(t)
	void := m.buys()
	must(m.ledger.VoidTicket(t.Context(), void.Serial(), "佐藤", "torn"))(t)
	forged := must(cards.Sign(m.tickets.Claims(5), m.samples))(t)
	practice := m.tickets
	practice.ID, practice.Key, practice.Kind = practice.ID|1<<31, practice.Key+1, cards.KindPracticeTicket
	p := m.shop("bakery")
	for _, tt := range []struct{ text, want string }{
		{void.Text(), "使えません（取り消し）"}, {m.ticket(7).Text(), "使えません（記録がありません）"}, {forged.Text(), "使えません（確認できません）"},
		{must(cards.Sign(practice.Claims(1), m.samples))(t).Text(), "使えません（見本）"}, {m.card(bar, 3).Text(), "ポイント券ではありません"},
		{"rubbish", "ポイント券を受け取る"}, {"HTTPS://OTHER.EXAMPLE/C/" + void.Text(), "ポイント券を受け取る"}, {"", "ポイント券を受け取る"},
	} {
		s := p.scans(tt.text)
		if s.title() != tt.want || strings.Contains(s.html, tt.text) && tt.text != "" {
			t.Errorf("%.20s: %d %s: %s", tt.text, s.status, s.path, s.title())
		}
		p.lang = "en"
		if s := p.get(s.path + "?lang=en"); s.status != http.StatusOK {
			t.Errorf("in English: %d %s", s.status, s.path)
		}
		p.lang = "ja"
		p.get("/shop?lang=ja")
	}
	last := m.buys()
	m.clock.wait(31 * 24 * time.Hour)
	p = m.shop("bakery")
	if s := p.scans(last.Text()); s.title() != "使えません（期限切れ）" {
		t.Errorf("past its day: %s", s.title())
	}
	if s := p.presses(p.get("/shop"), last); s.status != http.StatusConflict {
		t.Errorf("pressed all the same: %d %s", s.status, s.title())
	}
	if m.owed("bakery") != 0 {
		t.Error("something is owed")
	}
}

// The address on a ticket leads a resident to a word and a shop to the button;
// fetching it changes nothing, and no log has it.
func TestTicketAddress(t *testing.T) {
	m := newMall(t)
	c := m.buys()
	shop, watch := m.shop("bakery"), m.watch()
	resident := m.phone("ja")
	resident.signIn(resident.get("/signin"), residentID, residentPassword)
	watch.wrote(t)
	if s := resident.open(c); s.title() != "これはポイント券です" {
		t.Errorf("a resident: %s", s.title())
	}
	if s := resident.post(resident.get("/account"), "/claim", nil); s.title() != "これはポイント券です" {
		t.Errorf("a claim: %s", s.title())
	}
	late := m.phone("ja") // a shop that signs in only now
	if s := late.open(c); !strings.Contains(s.html, "お店の方はこちら") {
		t.Errorf("no way for shops: %s", s.html)
	}
	if s := late.post(late.get("/shop/signin"), "/shop/signin", url.Values{"id": {"tofu-ya"}, "password": {shopPassword}}); s.path != "/shop/ticket" {
		t.Errorf("signed in with a ticket in hand: %s", s.path)
	}
	watch.wrote(t) // a press moves a session on
	if s := shop.open(c); s.path != "/shop/ticket" || s.title() != "使えます 500ポイント" {
		t.Errorf("a shop: %s %s", s.path, s.title())
	}
	for pattern := range must(New(&Opts{Ledger: m.ledger, Registry: m.people, PageKey: make([]byte, 32)}))(t).site.shopRoutes() {
		_, path, _ := strings.Cut(pattern, " ")
		for _, who := range []*phone{shop, resident, m.phone("ja")} {
			if who.get(path); watch.wrote(t) {
				t.Errorf("GET %s changed the database", path)
			}
		}
	}
	if s := shop.presses(shop.get("/shop/ticket"), c); s.path != "/shop/done" {
		t.Errorf("%s %s", s.path, s.title())
	}
	if logs := m.logs.String(); strings.Contains(strings.ToUpper(logs), c.Text()[:40]) || strings.Contains(logs, shopPassword) || strings.Contains(logs, string(m.token)) {
		t.Error("the log repeats the ticket, the password or the sitting")
	}
}

// A shop's session is its own: no form of another page or session spends, the
// end is the end, and a guesser is slowed down.
func TestShopSession(t *testing.T) {
	m := newMall(t)
	c, p := m.buys(), m.shop("bakery")
	shown := p.scans(c.Text())
	forged := p.post(screen{}, "/shop/ticket", url.Values{"serial": {c.Serial().String()}, "token": {"another"}})
	if forged.path != "/shop" || m.owed("bakery") != 0 {
		t.Errorf("a form without the token: %s", forged.path)
	}
	if s := p.presses(shown, m.ticket(9)); s.path != "/shop/ticket" || m.owed("bakery") != 0 {
		t.Errorf("another ticket than the one shown: %s", s.path)
	}
	if err := m.people.AddPartner(t.Context(), registry.Partner{ID: "bakery", Name: cards.Text{Ja: "パンのきさらぎ"}}, "another-2026-bread", "佐藤"); err != nil {
		t.Fatal(err)
	}
	if s := p.presses(shown, c); s.path != "/shop/signin" {
		t.Errorf("after a new password: %s", s.path)
	}
	if s := p.post(p.get("/shop/signin"), "/shop/signin", url.Values{"id": {" ＢＡＫＥＲＹ "}, "password": {"another-2026-bread"}}); s.path != "/shop/ticket" {
		t.Errorf("signed in again, with a ticket in hand: %s", s.path)
	}
	other := m.shop("tofu-ya")
	if err := m.people.EndPartner(t.Context(), "tofu-ya", "佐藤"); err != nil {
		t.Fatal(err)
	}
	if s := other.scans(c.Text()); s.path != "/shop/signin" {
		t.Errorf("a partner that has ended: %s", s.path)
	}
	slow := 0
	for range 40 {
		if s := other.post(other.get("/shop/signin"), "/shop/signin", url.Values{"id": {"bakery"}, "password": {"guess-2026"}}); s.status == http.StatusTooManyRequests {
			slow++
		}
	}
	if slow == 0 {
		t.Error("nobody slows a guesser down")
	}
	if m.owed("bakery") != 0 {
		t.Error("something was spent")
	}
}

// Paper cards become a prize over the wire; the answer comes again.
func TestPrizeAtTheCounter(t *testing.T) {
	m := newMall(t)
	if err := m.ledger.AddPrize(t.Context(), ledger.Prize{ID: "bag", Scheme: radu, Name: cards.Text{Ja: "マイバッグ"}, Points: 1000, Stock: 3}, "佐藤"); err != nil {
		t.Fatal(err)
	}
	texts := []string{m.card(walk, 2).Text()}
	sealed := must(cards.Seal(m.key, cards.PaperPrizeLook, cards.PrizeLook{Cards: texts, Nonce: nonce()}))(t)
	o := must(cards.OpenPrizeOffer(must(m.client.Look(t.Context(), sealed))(t), m.list, sha256.Sum256(sealed)))(t)
	if o.Sum != 1500 || len(o.Prizes) != 1 || o.Prizes[0].Stock != 3 || o.Second {
		t.Fatalf("%+v", o)
	}
	take := cards.PrizeTake{Request: nonce(), Operator: "山田", Cards: texts, Prize: "bag", Points: 1000, Surplus: 500}
	sealed = must(cards.Seal(m.key, cards.PaperPrizeTake, take))(t)
	for range 2 {
		a := must(cards.OpenPrizeAnswer(must(m.client.Take(t.Context(), sealed))(t), m.list, sha256.Sum256(sealed)))(t)
		if a.Refused != "" || a.Slip != 1 || a.Surplus != 500 || a.Prize.Ja != "マイバッグ" {
			t.Errorf("%+v", a)
		}
	}
	p := m.phone("ja")
	if s := p.open(m.card(walk, 2)); s.title() != "このポイントカードは使用済みです" {
		t.Errorf("the card: %s", s.title())
	}
	if faults, err := m.ledger.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}
