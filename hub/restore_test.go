package hub

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/hub/ledger"
)

// While a database that was put back waits to be accepted, pages say to come
// again: 503, never that the card is bad.
func TestClosedHasWords(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, lang := range words.Languages() {
			v := &visit{Request: httptest.NewRequest(method, "/claim", nil), Words: words.In(lang)}
			p, err := v.refused(ledger.View{}, fmt.Errorf("wrapped: %w", &ledger.RefusedError{Why: ledger.Closed}))
			if err != nil || p.Status != http.StatusServiceUnavailable || p.Retry != retryClosed || p.Title == v.Say("page.no.later.title") || strings.ContainsAny(p.Title+p.Text, "‹%") {
				t.Errorf("%s in %s: %d, %q, %q, %v", method, lang, p.Status, p.Title, p.Text, err)
			}
		}
	}
	town := newTown(t, nil)
	p := town.phone("en")
	if _, err := town.db.Exec(`INSERT INTO restore (id, lost, since, at) VALUES (1, 0, 0, 0)`); err != nil {
		t.Fatal(err)
	}
	if s := p.open(town.card(bar, 1)); s.status != http.StatusServiceUnavailable || s.header.Get("Retry-After") != "600" || s.title() != "Receiving points is paused" {
		t.Errorf("%d, %q", s.status, s.title())
	}
	if _, err := town.db.Exec(`INSERT INTO restore_accepted (restore, person, reason, at) VALUES (1, 'Sato', 'disk', 0)`); err != nil {
		t.Fatal(err)
	}
	if s := p.open(town.card(bar, 1)); s.status != http.StatusOK { // granted since
		t.Errorf("accepted: %d, %q", s.status, s.title())
	}
}

// What expired is among the movements, and says so.
func TestExpiredOnTheAccount(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("en")
	if s := p.post(p.signIn(p.open(town.card(walk, 1)), residentID, residentPassword), "/claim", nil); s.path != "/done" {
		t.Fatal(s.html)
	}
	town.clock.wait(367 * 24 * time.Hour)
	if n, err := town.ledger.Expire(t.Context()); n != 1 || err != nil {
		t.Fatalf("Expire = %d, %v", n, err)
	}
	p.signIn(p.get("/signin"), residentID, residentPassword)
	if s := p.get("/account"); !strings.Contains(s.html, "(expired)") {
		t.Errorf("%s", s.html)
	}
}
