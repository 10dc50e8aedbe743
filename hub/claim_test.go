package hub

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

func TestClaim(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	card := town.card(bar, 1)
	want := func(s screen, status int, path, title string) {
		t.Helper()
		if s.status != status || s.path != path || s.title() != title {
			t.Errorf("%d %s %q, want %d %s %q", s.status, s.path, s.title(), status, path, title)
		}
	}
	s := p.open(card)
	want(s, 200, "/claim", "200ポイントを受け取れます")
	for _, text := range []string{"ナチュラルバル", "令和8年11月22日(日)", "令和9年3月31日(水)まで", "暗証番号は聞きません", "このポイント制度だけのもの", `autocomplete="username"`, `autocomplete="current-password"`} {
		if !strings.Contains(s.html, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	s = p.signIn(s, "k7m4 w2hn", residentPassword)
	want(s, 200, "/claim", "200ポイントを受け取れます")
	if !strings.Contains(s.html, "200ポイントを受け取る") || !strings.Contains(s.html, "W2HN") || strings.Contains(s.html, residentID) {
		t.Errorf("no button, or not whose account, or the whole ID: %s", s.html)
	}
	offer := s
	s = p.post(offer, "/claim", nil)
	want(s, 200, "/done", "200ポイントを受け取りました")
	if !strings.Contains(s.html, "<b>200</b>") || !strings.Contains(s.html, "令和9年11月22日(月)まで使えます") {
		t.Errorf("no balance or no last day: %s", s.html)
	}
	for name, again := range map[string]screen{"second press": p.post(offer, "/claim", nil), "reload": p.get("/done")} {
		want(again, 200, "/done", "200ポイントを受け取りました")
		if !strings.Contains(again.html, "<b>200</b>") {
			t.Errorf("%s: another balance: %s", name, again.html)
		}
	}
	want(p.open(card), 200, "/claim", "このポイントカードは受け取り済みです")
	s = p.get("/account")
	want(s, 200, "/account", "ポイントの残高")
	for _, text := range []string{"<b>200</b>", "令和9年11月22日(月)まで", "&#43;200ポイント", "ナチュラルバル", "新しい端末でサインイン"} {
		if !strings.Contains(s.html, text) {
			t.Errorf("the account does not say %q: %s", text, s.html)
		}
	}
	want(p.post(s, "/signout", nil), 200, "/signedout", "サインアウトしました")
	want(p.get("/account"), 200, "/signin", "サインイン")
	want(p.get("/done"), 200, "/signin", "サインイン")
}

// Each reason why a card gives nothing has words of its own.
func TestRefusals(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	s := p.signIn(p.open(town.card(bar, 1)), residentID, residentPassword)
	if s = p.post(s, "/claim", nil); s.path != "/done" {
		t.Fatalf("%d %s", s.status, s.html)
	}
	forged := town.allotments[bar].Claims(7)
	forged.Points = 9999
	for _, tt := range []struct {
		name  string
		card  cards.Card
		title string
		text  string
	}{
		{"mine", town.card(bar, 1), "このポイントカードは受け取り済みです", "令和8年11月22日(日) 11:05に、あなたの口座に"},
		{"another key's", must(cards.Sign(town.allotments[bar].Claims(2), town.samples))(t), "このポイントカードを確認できません", "職員にお声がけ"},
		{"outside", must(cards.Sign(forged, town.live))(t), "このポイントカードを確認できません", "職員にお声がけ"},
		{"sample", town.card(sample, 1), "これは見本です", "練習用"},
		{"good", town.card(walk, 1), "1,500ポイントを受け取れます", "朝の清掃ボランティア"},
	} {
		if s := p.open(tt.card); s.status != 200 || s.title() != tt.title || !strings.Contains(s.html, tt.text) {
			t.Errorf("%s: %d %q", tt.name, s.status, s.title())
		}
	}
	s = p.open(town.card(barAgain, 1))
	if s = p.post(s, "/claim", nil); s.status != http.StatusConflict || s.title() != "この日の分は受け取り済みです" {
		t.Errorf("once a day: %d %q", s.status, s.title())
	}
	other := town.phone("en-GB,en;q=0.8,ja;q=0.5")
	if s := other.open(town.card(bar, 1)); s.title() != "This point card has been used" || !strings.Contains(s.html, "Sun 22 Nov 2026 11:05") {
		t.Errorf("used: %q", s.title())
	}
	if err := town.ledger.Revoke(t.Context(), ledger.Revocation{Kiosk: "K-01", How: cards.Compromised}); err != nil {
		t.Fatal(err)
	}
	if s := p.open(town.card(bar, 3)); s.title() != "職員の確認が必要です" {
		t.Errorf("revoked: %q", s.title())
	}
	town.clock.wait(200 * 24 * time.Hour)
	p = town.phone("ja")
	if s := p.open(town.card(sample, 2)); s.title() != "これは見本です" {
		t.Errorf("an old sample: %q", s.title())
	}
}

// A card that a person has to check is asked for once, and then is good or not.
func TestAskForTheCheck(t *testing.T) {
	for _, accept := range []bool{true, false} {
		town := newTown(t, nil)
		if err := town.ledger.Revoke(t.Context(), ledger.Revocation{Kiosk: "K-01", How: cards.Compromised}); err != nil {
			t.Fatal(err)
		}
		p, card := town.phone("ja"), town.card(bar, 1)
		s := p.open(card)
		if s.title() != "職員の確認が必要です" || strings.Contains(s.html, "確認を申し込む</button>") {
			t.Errorf("signed out: %q", s.html)
		}
		if s = p.signIn(s, residentID, "wrong"); s.title() != "職員の確認が必要です" || s.status != http.StatusUnprocessableEntity {
			t.Errorf("wrong password: %d %q", s.status, s.title())
		}
		if s = p.signIn(s, residentID, residentPassword); s.path != "/claim" || !strings.Contains(s.html, "確認を申し込む</button>") {
			t.Fatalf("signed in: %s", s.html)
		}
		for name, got := range map[string]screen{"asked": p.post(s, "/claim", nil), "asked again": p.post(s, "/claim", nil), "reload": p.get("/claim")} {
			if got.status != 200 || got.path != "/claim" || got.title() != "受け付けました" || !strings.Contains(got.html, "職員が確かめます") {
				t.Errorf("%s: %d %s %q", name, got.status, got.path, got.title())
			}
		}
		town.clock.wait(130 * 24 * time.Hour) // past the card's last day: it was asked for in time
		p = town.phone("ja")
		if s := p.signIn(p.get("/signin"), residentID, residentPassword); s.path != "/account" {
			t.Fatalf("signed in again: %s", s.html)
		}
		if s := p.open(card); s.title() != "受け付けました" {
			t.Errorf("waits past its last day: %q", s.title())
		}
		if s := town.phone("en").open(card); s.title() != "This point card is past its last day" {
			t.Errorf("another phone, too late: %q", s.title())
		}
		if s := p.get("/account"); strings.Contains(s.html, card.Serial().String()) {
			t.Errorf("told before it is decided: %s", s.html)
		}
		town.clock.wait(time.Hour)
		p = town.phone("ja")
		p.signIn(p.get("/signin"), residentID, residentPassword)
		p.open(card)
		town.clock.wait(time.Minute)
		_, err := town.ledger.Decide(t.Context(), ledger.Decision{Accept: accept, Serials: []cards.Serial{card.Serial()}, Cards: 1, Person: "佐藤", Reason: "名簿"})
		if err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{true: "このポイントカードは受け取り済みです", false: "このポイントカードでは受け取れません"}[accept]
		if s := p.get("/claim"); s.title() != want {
			t.Errorf("decided %v: %q", accept, s.title())
		}
		told := map[bool]string{true: "200ポイントが口座に入りました", false: "ポイントは入りませんでした"}[accept]
		if s := p.get("/account"); strings.Contains(s.html, "<b>200</b>") != accept || !strings.Contains(s.html, told) ||
			strings.Index(s.html, told) > strings.Index(s.html, "新しい端末") || !strings.Contains(s.html, card.Serial().String()) {
			t.Errorf("decided %v: %s", accept, s.html)
		}
		neighbour := town.phone("ja")
		if s := neighbour.signIn(neighbour.get("/signin"), neighbourID, residentPassword); s.path != "/account" || strings.Contains(s.html, card.Serial().String()) {
			t.Errorf("the neighbour is told: %s", s.html)
		}
	}
}

func TestVoidAndLapsed(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	// As the ledger's own rows stand after a void; how they come there is its tests' matter.
	for _, row := range []string{
		`INSERT INTO issued (allotment, number, source, digest, at) VALUES ($1, 9, 'entry', x'00', 0)`,
		`INSERT INTO ended (allotment, number, state, account, person, reason, at) VALUES ($1, 9, 'void', '', 'tanaka', 'torn', 0)`,
	} {
		if _, err := town.db.Exec(schematest.Spelled(t, row), town.allotments[bar].ID); err != nil {
			t.Fatal(err)
		}
	}
	if s := p.open(town.card(bar, 9)); s.title() != "このポイントカードは取り消されています" {
		t.Errorf("void: %q", s.title())
	}
	town.clock.wait(130 * 24 * time.Hour)
	if s := p.open(town.card(bar, 1)); s.title() != "有効期限が過ぎています" || !strings.Contains(s.html, "令和9年3月31日(水)まででした") {
		t.Errorf("lapsed: %q", s.title())
	}
}

// Every refusal that the ledger knows, and one that it may learn, has words.
func TestEveryRefusalHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, why := range []ledger.Refusal{ledger.UnknownKey, ledger.BadSignature, ledger.Outside, ledger.Practice, ledger.Used, ledger.VoidCard,
		ledger.Lapsed, ledger.Withdrawn, ledger.Revoked, ledger.Restored, ledger.ByPerson, ledger.OncePerDay, "one more"} {
		for _, lang := range words.Languages() {
			v := &visit{Request: httptest.NewRequest(http.MethodPost, "/claim", nil), Words: words.In(lang)}
			p, err := v.refused(ledger.View{}, fmt.Errorf("wrapped: %w", &ledger.RefusedError{Why: why, At: eventDay.Start()}))
			if err != nil || p.Status != http.StatusConflict || p.Title == "" || strings.ContainsAny(p.Title+p.Text, "‹%") {
				t.Errorf("%s in %s: %q, %q, %v", why, lang, p.Title, p.Text, err)
			}
			seen[p.Title] = true
		}
	}
	if len(seen) != 2*10 { // unknown, forged and outside are one to a resident
		t.Errorf("%d titles", len(seen))
	}
	if _, err := new(visit).refused(ledger.View{}, errors.New("disk")); err == nil {
		t.Error("a broken disk is no refusal")
	}
}

func TestOpenCard(t *testing.T) {
	town := newTown(t, func(o *Opts) { o.Secure = true })
	card := town.card(bar, 1)
	once := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, tt := range []struct {
		name, method, path string
		status             int
		cookie             bool
	}{
		{"as printed", "GET", "/C/" + card.Text(), 303, true},
		{"lower case", "GET", "/c/" + strings.ToLower(card.Text()), 303, true},
		{"HEAD", "HEAD", "/C/" + card.Text(), 303, false},
		{"cut short", "GET", "/C/" + card.Text()[:129], 404, false},
		{"one character changed", "GET", "/C/" + strings.Replace(card.Text(), card.Text()[:2], "99", 1), 404, false},
		{"nothing", "GET", "/C/", 404, false},
		{"POST", "POST", "/C/" + card.Text(), 404, false},
	} {
		answer := must(once.Do(must(http.NewRequest(tt.method, town.server.URL+tt.path, nil))(t)))(t)
		answer.Body.Close()
		cookie := answer.Header.Get("Set-Cookie")
		if answer.StatusCode != tt.status || tt.status == 303 && answer.Header.Get("Location") != "/claim" || (cookie != "") != tt.cookie {
			t.Errorf("%s: %d to %q, cookie %q", tt.name, answer.StatusCode, answer.Header.Get("Location"), cookie)
		}
		for _, part := range []string{"__Host-card=", "; Path=/;", "; Max-Age=1800;", "; HttpOnly;", "; Secure;", "; SameSite=Lax"} {
			if tt.cookie && !strings.Contains(cookie, part) {
				t.Errorf("%s: %q lacks %q", tt.name, cookie, part)
			}
		}
		if strings.Contains(strings.ToUpper(cookie), card.Text()) {
			t.Errorf("%s: the card's text stands in the cookie", tt.name)
		}
	}
}

// Half an hour after the scan the card has to be scanned again.
func TestCardCookieEnds(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	p.open(town.card(bar, 1))
	town.clock.wait(29 * time.Minute)
	if s := p.get("/claim"); s.title() != "200ポイントを受け取れます" {
		t.Errorf("after 29 minutes: %q", s.title())
	}
	town.clock.wait(time.Minute)
	if s := p.get("/claim"); s.title() != "ポイントカードのQRコードを読み取ってください" {
		t.Errorf("after 30 minutes: %q", s.title())
	}
}
