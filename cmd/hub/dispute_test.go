package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A stolen kiosk's cards wait for a person, who sees how many they are and what
// they are worth; what was decided is exported.
func TestDispute(t *testing.T) {
	data, k, send := market(t)
	ok(t, "", "person", "add", "佐藤", "--may", "decide", "--data", data)
	_, one := k.signed(1)
	_, two := k.signed(2)
	third, three := k.signed(3)
	send(one)
	ok(t, "", "kiosk", "revoke", "station-1", "--data", data, "--compromised")
	send(two, three)
	claimed(t, data, third, ledger.Revoked)
	if out := ok(t, "", "dispute", "list", "--data", data); !strings.Contains(out, "2 (2-3)") || !strings.Contains(out, "400") || !strings.Contains(out, "late") {
		t.Errorf("list:\n%s", out)
	}
	var line disputeLine
	if err := json.Unmarshal([]byte(ok(t, "", "dispute", "list", "--json", "--data", data)), &line); err != nil || line.Yen != 400 || line.Claims != 1 ||
		len(line.Cards) != 2 || line.Cards[1] != (disputedCard{third.Serial().String(), 3, 1, "late"}) {
		t.Errorf("%+v, %v", line, err)
	}
	accept := []string{"dispute", "accept", "station-1", "--data", data, "--entries", "3-9", "--by", "佐藤", "--reason", "名簿と合う"}
	if out, err := try(t, "", accept...); status(err) != 1 || !strings.Contains(err.Error(), "1 card, 200 yen, 1 claim kept; say --cards 1") {
		t.Errorf("unseen: %v %s", err, out)
	}
	if out := ok(t, "", append(accept, "--cards", "1")...); !strings.Contains(out, "decision 1: 1 card, 200 yen: 1 good, 0 void, 0 refused; with points 1 claim, without 0") {
		t.Errorf("accept: %s", out)
	}
	claimed(t, data, third, "")
	second := cards.Serial{Allotment: k.grant.ID, Number: 2}.String()
	ok(t, "", "dispute", "refuse", second, "--data", data, "--cards", "1", "--by", "佐藤", "--reason", "紙がない")
	if _, err := try(t, "", "dispute", "refuse", second, "--data", data, "--cards", "1", "--by", "佐藤", "--reason", "紙がない"); status(err) != 1 {
		t.Errorf("decided twice: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(ok(t, "", "export", "decisions", "--data", data)), "\n")
	var d ledger.DecisionLine
	if err := json.Unmarshal([]byte(lines[0]), &d); err != nil || len(lines) != 2 || d.Person != "佐藤" || !d.Accepted || d.Of[0].Account != "K7M4W2HN" {
		t.Errorf("%d decisions, the first %+v, %v", len(lines), d, err)
	}
	ok(t, "", "check", "--data", data)
}

// What a thief has voided is told when the key is revoked, and good again by a
// person's word.
func TestThiefsVoids(t *testing.T) {
	data, k, send := market(t)
	ok(t, "", "person", "add", "佐藤", "--may", "decide", "--data", data)
	c, signed := k.signed(1)
	send(signed)
	send(k.says(c, cards.Void, "山田"))
	claimed(t, data, c, ledger.VoidCard)
	if out := ok(t, "", "kiosk", "revoke", "station-1", "--compromised", "--since", "2", "--data", data); !strings.Contains(out, "1 point card (200 yen)") {
		t.Error(out)
	}
	claimed(t, data, c, ledger.Revoked)
	if out := ok(t, "", "dispute", "list", "--data", data); !strings.Contains(out, "1 (2-2)") || !strings.Contains(out, "void") {
		t.Error(out)
	}
	ok(t, "", "dispute", "refuse", c.Serial().String(), "--data", data, "--cards", "1", "--by", "佐藤", "--reason", "本人の紙を見た")
	claimed(t, data, c, "")
	ok(t, "", "check", "--data", data)
}

// claimed claims a card for K7M4W2HN, and wants this refusal.
func claimed(t *testing.T, data string, c cards.Card, want ledger.Refusal) {
	t.Helper()
	s, err := openStore(context.Background(), data, false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.ledger.Claim(context.Background(), c, "K7M4W2HN")
	refused := &ledger.RefusedError{}
	if errors.As(err, &refused); refused.Why != want || err != nil && want == "" {
		t.Errorf("claim: %v, want %q", err, want)
	}
}
