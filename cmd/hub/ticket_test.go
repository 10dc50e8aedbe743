package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/cards"
)

// Where a shop may have taken a ticket in what is lost, the command says so, and
// voids it only for who says that they have asked.
func TestTicketVoidAfterRestore(t *testing.T) {
	data, k, _ := market(t)
	ok(t, "", "person", "add", "佐藤", "--may", "decide", "--data", data)
	ok(t, "", "kiosk", "grant", "station-1", "--event", "natural-bar", "--count", "5", "--kind", "ticket", "--points", "150", "--data", data)
	s, err := openStore(context.Background(), data, false)
	fatal(t, err)
	paper, err := cards.Sign(k.grant.Claims(1), k.key.Private)
	fatal(t, err)
	_, err = s.ledger.Claim(context.Background(), paper, "AAAA2222")
	fatal(t, err)
	ask := cards.TicketAsk{Request: make([]byte, cards.RequestSize), Token: "open", Allotment: k.grant.ID + 1, Number: 1}
	if a, err := s.ledger.Ticket(context.Background(), k.key.ID, ask, "AAAA2222"); err != nil || a.Refused != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	fatal(t, s.Close())
	fatal(t, os.Remove(filepath.Join(data, "keys", "mark")))
	_, since, _ := strings.Cut(ok(t, "", "restore", "list", "--data", data), `--since "`)
	since, _, _ = strings.Cut(since, `"`)
	ok(t, "", "restore", "accept", "--data", data, "--by", "佐藤", "--reason", "the mark was lost", "--since", since)
	serial := cards.Serial{Allotment: ask.Allotment, Number: 1}.String()
	void := []string{"ticket", "void", serial, "--by", "佐藤", "--reason", "the paper is lost", "--data", data}
	if _, err := try(t, "", void...); status(err) != 1 || !strings.Contains(err.Error(), "--after-restore") {
		t.Errorf("%v", err)
	}
	if out := ok(t, "", append(void, "--after-restore")...); !strings.Contains(out, "150") {
		t.Error(out)
	}
	ok(t, "", "check", "--data", data)
}
