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
	data := surplus(t, true)
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

// A kiosk died before its card over a surplus: it is owed once its key has ended.
func TestPrizeOwe(t *testing.T) {
	data := surplus(t, false)
	owe := []string{"prize", "owe", "1", "--by", "佐藤", "--reason", "it fell into the water", "--data", data}
	if _, err := try(t, "", owe...); status(err) != 1 {
		t.Errorf("the kiosk may still issue it: %v", err)
	}
	ok(t, "", "kiosk", "revoke", "station-1", "--retired", "--data", data)
	if out := ok(t, "", owe...); !strings.Contains(out, "slip 1: 50 points are owed") {
		t.Error(out)
	}
	if out := ok(t, "", "prize", "owed", "--data", data); !strings.Contains(out, "owed") || strings.Contains(out, "no card heard of") {
		t.Error(out)
	}
	ok(t, "", "prize", "paid", "1", "--by", "佐藤", "--reason", "in cash", "--data", data)
	ok(t, "", "check", "--data", data)
}

// surplus makes a slip over which 50 points are owed, or promised.
func surplus(t *testing.T, owed bool) (data string) {
	t.Helper()
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
	times := 1
	if owed { // a second time, bare
		times = 2
	}
	for range times {
		if a, err := s.ledger.TakePrize(ctx, k.key.ID, take); err != nil || a.Slip != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		take.Cards, take.Unpaid = nil, true
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}
