package hub

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/hub/registry"
)

func TestSignInAnswers(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	start := p.open(town.card(bar, 1))
	for _, tt := range []struct {
		name, id, password, text string
		status                   int
	}{
		{"wrong password", residentID, "not this one", "マイキーIDかパスワードが違います", 422},
		{"unknown ID", "AAAAAAAA", residentPassword, "マイキーIDかパスワードが違います", 422},
		{"no ID", "mykey", residentPassword, "マイキーIDは英数字8文字です", 422},
		{"markup", `"><script>`, residentPassword, "マイキーIDは英数字8文字です", 422},
	} {
		s := p.signIn(start, tt.id, tt.password)
		if s.status != tt.status || !strings.Contains(s.html, tt.text) || strings.Contains(s.html, tt.password) || strings.Contains(s.html, "<script") {
			t.Errorf("%s: %d %s", tt.name, s.status, s.html)
		}
		if s.title() != "200ポイントを受け取れます" || !strings.Contains(s.html, `role="alert"`) {
			t.Errorf("%s: the card is gone, or nothing is said aloud", tt.name)
		}
	}
	if s := p.signIn(start, strings.ToLower(residentID), residentPassword); s.path != "/claim" || s.status != 200 {
		t.Errorf("right: %d %s", s.status, s.path)
	}
}

func TestFromOf(t *testing.T) {
	for _, tt := range []struct {
		remote string
		named  []string
		want   string
	}{
		{"203.0.113.5:1234", nil, "203.0.113.5"},
		{"203.0.113.5:1234", []string{"198.51.100.7"}, "203.0.113.5"}, // anybody can say so
		{"127.0.0.1:1234", []string{"198.51.100.7"}, "198.51.100.7"},
		{"[::1]:1234", []string{"10.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		{"127.0.0.1:1234", []string{"10.0.0.1", "2001:db8::5"}, "2001:db8::5"},
		{"127.0.0.1:1234", []string{"unknown"}, "127.0.0.1"},
		{"127.0.0.1:1234", nil, "127.0.0.1"},
		{"@", nil, "invalid IP"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/signin", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = tt.remote, tt.named
		if got := fromOf(r).String(); got != tt.want {
			t.Errorf("%s for %q: %s, want %s", tt.remote, tt.named, got, tt.want)
		}
	}
}

// A guesser with fifty addresses, behind a proxy, keeps no new phone out.
func TestNewPhoneBehindTheProxy(t *testing.T) {
	town := newTown(t, nil)
	guesser, resident := town.phone("ja"), town.phone("ja")
	start := guesser.get("/signin")
	for n := range 400 {
		if n%7 == 0 {
			guesser = town.phone("ja") // a new device
			start = guesser.get("/signin")
		}
		guesser.via = fmt.Sprint("203.0.113.", n%50)
		guesser.signIn(start, residentID, "not this one")
	}
	resident.via = "198.51.100.7"
	if s := resident.signIn(resident.get("/signin"), residentID, residentPassword); s.path != "/account" {
		t.Errorf("%d %s", s.status, s.path)
	}
}

// Slow and busy say when to come again, and never that somebody is shut out.
func TestSlowAndBusy(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	start := p.get("/signin")
	var s screen
	for range 10 {
		p.signIn(start, residentID, "not this one")
	}
	p = town.phone("ja") // another device: the first has its own limit
	start = p.get("/signin")
	for range 6 {
		s = p.signIn(start, residentID, "not this one")
	}
	if s.status != http.StatusTooManyRequests || s.header.Get("Retry-After") != "300" || !strings.Contains(s.html, "約5分") {
		t.Errorf("slow: %d, Retry-After %q", s.status, s.header.Get("Retry-After"))
	}
	known := town.phone("ja")
	if s := known.signIn(known.get("/signin"), neighbourID, residentPassword); s.path != "/account" {
		t.Errorf("the neighbour pays for it: %d", s.status)
	}

	// One password that takes a second to check, and one place to check it in.
	const slowID = "SSSSSSS2"
	if err := town.registry(registry.Opts{Cost: registry.Cost{Memory: 64 << 10, Passes: 16}}).Add(t.Context(), slowID, residentPassword); err != nil {
		t.Fatal(err)
	}
	one := town.registry(registry.Opts{Cost: cheap, AtOnce: 1, Wait: time.Millisecond})
	town.restart(func(o *Opts) { o.Registry = one })
	var slow sync.WaitGroup
	slow.Go(func() { one.SignIn(context.Background(), slowID, residentPassword, "a phone") })
	defer slow.Wait()
	s.status = 0
	for n := 0; n < 300 && s.status != http.StatusServiceUnavailable; n++ { // until the slow one has its place
		p = town.phone("en")
		s = p.signIn(p.get("/signin"), "AAAAAAA"+string("23456789ABCDEFGHJKMNPQRSTWXYZ"[n%29]), "not this one") // that nobody has
	}
	if s.status != http.StatusServiceUnavailable || s.header.Get("Retry-After") != "5" || !strings.Contains(s.html, "Very many people") {
		t.Errorf("busy: %d, Retry-After %q", s.status, s.header.Get("Retry-After"))
	}
}

// Only our own forms do anything.
func TestForgedForms(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	start := p.open(town.card(bar, 1))
	if s := p.post(start, "/signin", url.Values{"id": {residentID}, "password": {residentPassword}, "next": {"claim"}, "token": {"guessed"}}); s.status != 422 || !strings.Contains(s.html, "時間がたった") {
		t.Errorf("sign-in without its token: %d %s", s.status, s.path)
	}
	offer := p.signIn(start, residentID, residentPassword)
	for _, tt := range []struct{ path, token string }{{"/claim", "guessed"}, {"/claim", ""}, {"/signout", "guessed"}} {
		p.post(screen{}, tt.path, url.Values{"token": {tt.token}})
		if s := p.get("/claim"); s.title() != "200ポイントを受け取れます" || !strings.Contains(s.html, "W2HN") {
			t.Errorf("%s with the token %q: now %q", tt.path, tt.token, s.title())
		}
	}
	r := must(http.NewRequest(http.MethodPost, town.server.URL+"/claim", strings.NewReader(url.Values{"token": token.FindStringSubmatch(offer.html)[1:]}.Encode())))(t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if s := p.do(r); s.status != http.StatusForbidden || s.title() != "この操作はできません" {
		t.Errorf("from another site: %d %q", s.status, s.title())
	}
	if s := p.post(offer, "/claim", nil); s.path != "/done" {
		t.Errorf("our own: %d %s", s.status, s.path)
	}
}

// Whoever borrowed the phone finds nothing of the last, and keeps the card.
func TestTheNextPerson(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	s := p.signIn(p.open(town.card(bar, 1)), residentID, residentPassword)
	s = p.post(s, "/signout", url.Values{"next": {"claim"}})
	if s.path != "/claim" || !strings.Contains(s.html, `name="password"`) || strings.Contains(s.html, "W2HN") {
		t.Errorf("signed out: %s %s", s.path, s.html)
	}
	if s = p.signIn(s, neighbourID, residentPassword); !strings.Contains(s.html, "XYZ5") {
		t.Errorf("the neighbour: %s", s.html)
	}
	if s = p.post(s, "/claim", nil); s.path != "/done" {
		t.Errorf("claim: %s", s.path)
	}
	if b, err := town.ledger.Balance(t.Context(), town.account(residentID)); err != nil || b.Points != 0 {
		t.Errorf("the first has %d points, %v", b.Points, err)
	}
}

func TestSessionSurvivesARestart(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	p.signIn(p.open(town.card(bar, 1)), residentID, residentPassword)
	town.restart(nil)
	if s := p.get("/claim"); !strings.Contains(s.html, "W2HN") {
		t.Errorf("after a restart: %s", s.html)
	}
}
