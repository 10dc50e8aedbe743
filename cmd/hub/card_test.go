package main

import (
	"context"
	"strings"
	"testing"

	"pointkiosk/cards"
)

// A card is voided, and points are moved, by a person who may, who says why.
func TestCardCommands(t *testing.T) {
	data, k, send := market(t)
	ok(t, "melon-bread-2026\n", "account", "add", "HANA2345", "--password-stdin", "--data", data)
	ok(t, "melon-bread-2026\n", "account", "add", "TARB2345", "--password-stdin", "--data", data)
	var serials []string
	var papers []cards.Card
	for n := range uint32(3) {
		c, signed := k.signed(n + 1)
		send(signed, k.says(c, cards.Printing, "佐藤"), k.says(c, cards.Printed, "佐藤"))
		serials, papers = append(serials, c.Serial().String()), append(papers, c)
	}
	s, err := openStore(context.Background(), data, false)
	if err != nil {
		t.Fatal(err)
	}
	for n, id := range []string{"HANA2345", "TARB2345"} {
		account, err := s.registry.Account(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if _, err := s.ledger.Claim(context.Background(), papers[0], account); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line string
		want int
		says string
	}{
		{"card void " + serials[1] + " --by 佐藤 --reason faded", 1, "does not have the role decide"},
		{"person add 佐藤 --may people,decide", 0, ""},
		{"card void " + serials[1] + " --by 佐藤", 2, "--reason"},
		{"card void " + serials[1] + " --reason faded", 2, "--by"},
		{"card void 0000-0000-0001 --by 佐藤 --reason faded", 2, "no serial"},
		{"card void " + strings.ToLower(serials[1]) + " --by 佐藤 --reason faded", 0, ""},
		{"card void " + serials[1] + " --by 佐藤 --reason faded", 1, "it is void"},
		{"card void " + serials[0] + " --by 佐藤 --reason faded", 1, "it was used"},
		{"card reverse " + serials[0] + " --by 佐藤 --reason r", 2, "--to"},
		{"card reverse " + serials[0] + " --to TARB2345 --nobody --by 佐藤 --reason r", 2, "--to"},
		{"card reverse " + serials[0] + " --to ZZZZ9999 --by 佐藤 --reason r", 1, "no such MyKey ID"},
		{"card reverse " + serials[0] + " --to HANA2345 --by 佐藤 --reason r", 1, "in that account already"},
		{"card reverse " + serials[2] + " --to HANA2345 --by 佐藤 --reason r", 1, "nobody's account"},
		{"card reverse " + serials[0] + " --to TARB2345 --by 鈴木 --reason r", 1, "does not have the role decide"},
		{"card reverse " + serials[0] + " --to TARB2345 --by 佐藤 --reason r", 0, ""},
		{"card reverse " + serials[0] + " --nobody --by 佐藤 --reason r", 1, "moved before"},
	} {
		_, err := try(t, "", append(strings.Fields(tt.line), "--data", data)...)
		if status(err) != tt.want || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %d, %v", tt.line, status(err), err)
		}
	}
	if out := ok(t, "", "export", "reversals", "--data", data); strings.Count(out, "\n") != 1 || !strings.Contains(out, `"serial":"`+serials[0]+`"`) || !strings.Contains(out, `"person":"佐藤","reason":"r"`) {
		t.Errorf("%s", out)
	}
	ok(t, "", "check", "--data", data)
}
