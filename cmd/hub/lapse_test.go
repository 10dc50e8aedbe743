package main

import (
	"bytes"
	"crypto/ed25519"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A clock that is far ahead ends no card; one that goes on does, on a hub where
// nothing moves too.
func TestLapseDoubtsTheClock(t *testing.T) {
	s, err := openStore(t.Context(), t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	if n, err := lapseOnce(t.Context(), s, time.Now(), log); n != (lapses{}) || err != nil || said.Len() > 0 {
		t.Fatalf("an empty hub: %d, %v, %s", n, err, &said)
	}
	if err := s.ledger.SetHost(t.Context(), "p.example.jp"); err != nil {
		t.Fatal(err)
	}
	moveSome(t, s)
	for _, tt := range []struct {
		ahead time.Duration
		doubt bool
	}{
		{100 * 365 * 24 * time.Hour, true}, {clockTrust + time.Hour, true}, {0, false}, {clockTrust - time.Hour, false},
		{2*clockTrust - 2*time.Hour, false}, // it went on from there, and nothing moved
		{3*clockTrust - time.Hour, true},
		{0, false},
	} {
		said.Reset()
		if _, err := lapseOnce(t.Context(), s, time.Now().Add(tt.ahead), log); err != nil {
			t.Fatal(err)
		}
		if doubted := strings.Contains(said.String(), "clock"); doubted != tt.doubt {
			t.Errorf("%v ahead: doubted %v", tt.ahead, doubted)
		}
	}
}

// moveSome grants a kiosk cards, which moves points.
func moveSome(t *testing.T, s *store) {
	t.Helper()
	key := func(seed byte) ed25519.PrivateKey {
		return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	}
	secret, _, err := s.ledger.AddKiosk(t.Context(), "KSZ-014")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := cards.SealEnrolment(secret, key('l'), key('p'))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ledger.Enrol(t.Context(), sealed); err != nil {
		t.Fatal(err)
	}
	if err := s.ledger.AddEvent(t.Context(), ledger.Event{
		Event:  cards.Event{ID: "bar", Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "バル"}},
		Points: 200, Day: cards.DayOf(time.Now()), CardDays: 30, PointDays: 100,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Count: 5}); err != nil {
		t.Fatal(err)
	}
}
