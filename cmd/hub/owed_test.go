package main

import (
	"context"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// What no card could pay back is shown until somebody with the role has paid it.
func TestOwed(t *testing.T) {
	data, k, _ := market(t)
	ctx := context.Background()
	ok(t, "", "prize", "add", "bag", "--name", "マイバッグ", "--points", "150", "--scheme", "らづポイント", "--stock", "5", "--data", data)
	ok(t, "", "person", "add", "佐藤", "--may", "decide", "--data", data)
	s, err := openStore(ctx, data, false)
	if err != nil {
		t.Fatal(err)
	}
	change, err := s.ledger.Grant(ctx, ledger.Grant{Kiosk: "station-1", Event: "natural-bar", Count: 5, Points: 50})
	if err != nil {
		t.Fatal(err)
	}
	paper, err := cards.Sign(k.grant.Claims(1), k.key.Private)
	if err != nil {
		t.Fatal(err)
	}
	take := cards.PrizeTake{Request: make([]byte, cards.RequestSize), Operator: "山田", Cards: []string{paper.Text()}, Prize: "bag", Points: 150, Surplus: 50, Change: change.ID}
	for range 2 {
		if a, err := s.ledger.TakePrize(ctx, k.key.ID, take); err != nil || a.Slip != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		take.Cards, take.Unpaid = nil, true
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	says := func(want bool, command ...string) {
		t.Helper()
		out := ok(t, "", append(command, "--data", data)...)
		if strings.Contains(out, "50") != want {
			t.Errorf("%q: %s", command, out)
		}
	}
	says(true, "check")
	says(true, "prize", "owed")
	says(true, "prize", "owed", "--json")
	says(true, "prize", "paid", "1", "--by", "佐藤", "--reason", "another card")
	says(false, "check")
	says(false, "prize", "owed")
	if _, err := try(t, "", "prize", "paid", "1", "--by", "佐藤", "--reason", "again", "--data", data); err == nil {
		t.Error("paid twice")
	}
}
