package hub

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
)

// The code on the slip sets a password once, for its own ID, for 14 days; and
// what the old password opened is closed.
func TestPasswordByCode(t *testing.T) {
	c := newCounter(t)
	card := c.ca.Issue(t, c.clock.now(), nil)
	made := c.apply(card, cards.Register, "HANA2345", withCode)
	if made.Ruling != cards.RulingOK || made.Code == "" || made.CodeEnds != c.clock.now().Add(14*24*time.Hour).UnixMilli() {
		t.Fatalf("%+v", made)
	}
	code := string(made.Code)
	c.signsIn("HANA2345", false)
	for _, tt := range []struct{ name, id, code, password, says, path string }{
		{"no ID", "HANA", code, residentPassword, "マイキーIDは英数字8文字です", "/password"},
		{"no code", "HANA2345", "ABC", residentPassword, "コードは英数字12文字です", "/password"},
		{"another code", "HANA2345", "ABCDEFGHJKMN", residentPassword, "コードが違うか", "/password"},
		{"another's ID", neighbourID, code, residentPassword, "コードが違うか", "/password"},
		{"an ID that nobody has", "HANA2346", code, residentPassword, "コードが違うか", "/password"},
		{"short", "HANA2345", code, "short", "8文字から128文字で決めて", "/password"},
		{"weak", "HANA2345", code, "password123", "当てられやすい", "/password"},
		{"the ID itself", "HANA2345", code, "hana2345", "当てられやすい", "/password"},
		{"right", "hana 2345", code[:4] + "-" + strings.ToLower(code[4:]), residentPassword, "2345", "/account"},
		{"a second time", "HANA2345", code, "another-2026", "コードが違うか", "/password"},
	} {
		p := c.phone("ja")
		s := p.setPassword(tt.id, tt.code, tt.password)
		if s.path != tt.path || !strings.Contains(s.html, tt.says) || strings.Contains(s.html, code) || strings.Contains(s.html, residentPassword) {
			t.Errorf("%s: %d %s: %s", tt.name, s.status, s.path, s.html)
		}
	}
	c.signsIn("HANA2345", true)
	p := c.phone("ja")
	p.signIn(p.get("/signin"), "HANA2345", residentPassword)
	again := c.apply(card, cards.Show, "", withCode)
	if s := c.phone("ja").setPassword("HANA2345", string(again.Code), "another-2026"); s.path != "/account" {
		t.Errorf("forgotten: %d %s", s.status, s.path)
	}
	if s := p.get("/account"); s.path != "/signin" {
		t.Errorf("a session outlives its password: %s", s.path)
	}
	c.signsIn("HANA2345", false)
	fromCard := c.phone("ja")
	fromCard.open(c.card(walk, 9))
	next := c.apply(card, cards.Show, "", withCode)
	if s := fromCard.setPassword("HANA2345", string(next.Code), "another-2027"); s.path != "/claim" || !strings.Contains(s.html, "1,500") {
		t.Errorf("from a card: %d %s", s.status, s.path)
	}
	late := c.apply(card, cards.Show, "", withCode)
	c.clock.wait(14*24*time.Hour + time.Second)
	if s := c.phone("ja").setPassword("HANA2345", string(late.Code), residentPassword); s.path != "/password" {
		t.Errorf("a code of long ago: %s", s.path)
	}
}

// setPassword fills in the form as a resident does.
func (p *phone) setPassword(id, code, password string) screen {
	return p.post(p.get("/password"), "/password", url.Values{"id": {id}, "code": {code}, "password": {password}})
}

// Codes are guessed no faster than passwords, and with the same tries.
func TestCodesAreGuessedSlowly(t *testing.T) {
	c := newCounter(t)
	p := c.phone("ja")
	for n := range 12 {
		s := p.setPassword(residentID, "ABCDEFGHJKM"+string("23456789ABCD"[n]), residentPassword)
		if slow := s.status == 429; slow != (n >= 10) {
			t.Errorf("try %d: %d", n, s.status)
		}
	}
}
