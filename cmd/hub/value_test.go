package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
)

// Partners, prizes and tickets at the command line: who may, and what is said.
func TestValueCommands(t *testing.T) {
	data, _, _ := market(t)
	for _, tt := range []struct {
		line string
		want int
		says string
	}{
		{"partner add bakery --name パンのきさらぎ --password-stdin", 0, ""},
		{"partner add ba --name 短い --password-stdin", 1, "no such shop"},
		{"partner add bakery --password-stdin", 2, "--name"},
		{"partner end butcher", 1, "no such shop"},
		{"prize add bag --name マイバッグ --points 150 --scheme らづポイント --stock 5", 0, ""},
		{"prize add bag --name マイバッグ --points 150", 2, "--scheme"},
		{"prize add bag --name マイバッグ --points 150 --scheme こまポ", 1, "no event is of this scheme"},
		{"prize stock bag --less 6", 1, "not possible"},
		{"prize stock bag --less 2", 0, ""},
		{"prize stock bag --less 2 --more 1", 2, "one of --more and --less"},
		{"prize rule 3", 0, ""},
		{"prize rule none", 2, "no number of cards"},
		{"kiosk grant station-1 --event natural-bar --count 5 --kind venue", 2, "no kind"},
		{"kiosk grant station-1 --event natural-bar --count 5 --kind ticket --points 100", 0, ""},
		{"ticket void 0000-0080-008V --by 佐藤 --reason r", 1, "does not have the role decide"},
		{"ticket list", 0, ""},
		{"person add 佐藤 --may people,decide,grant", 0, ""},
		{"ticket void 0000-0080-008V --by 佐藤 --reason r", 1, "was granted"},
		{"ticket void rubbish --by 佐藤 --reason r", 2, "no serial"},
		{"prize owed", 0, ""},
		{"prize paid 1 --by 佐藤 --reason r", 1, "not possible"},
		{"prize owe 1 --by 佐藤 --reason r", 1, "not possible"},
		{"prize owe 1 --by 佐藤", 2, "--reason"},
		{"prize paid one --by 佐藤 --reason r", 2, "no number of a slip"},
		{"prize paid 1 --reason r", 2, "--by"},
		{"partner end bakery", 1, "somebody with the role grant"},
		{"prize stock bag --more 2", 1, "somebody with the role grant"},
		{"report settlement --month 2026", 2, "no month"},
	} {
		_, err := try(t, "melon-bread-2026\n", append(strings.Fields(tt.line), "--data", data)...)
		if status(err) != tt.want || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %d, %v", tt.line, status(err), err)
		}
	}
	if out := ok(t, "", "prize", "list", "--data", data); !strings.Contains(out, "bag  らづポイント  マイバッグ  150     3") || !strings.Contains(out, "3 point cards") {
		t.Errorf("%s", out)
	}
	if out := ok(t, "", "partner", "list", "--json", "--data", data); !strings.Contains(out, `"id":"bakery","name":"パンのきさらぎ"`) || strings.Contains(out, "ended") {
		t.Errorf("%s", out)
	}
	ok(t, "", "partner", "end", "bakery", "--by", "佐藤", "--data", data)
	if out := ok(t, "", "partner", "list", "--json", "--data", data); !strings.Contains(out, "ended") {
		t.Errorf("%s", out)
	}
}

// What a shop took this month is owed in full; 0 where it took nothing, - where
// it was no partner.
func TestSettlement(t *testing.T) {
	data, k, _ := market(t)
	ok(t, "melon-bread-2026\n", "partner", "add", "bakery", "--name", "パンのきさらぎ", "--password-stdin", "--data", data)
	ok(t, "melon-bread-2026\n", "partner", "add", "tofu-ya", "--name", "豆腐店", "--password-stdin", "--data", data)
	ok(t, "", "kiosk", "grant", "station-1", "--event", "natural-bar", "--count", "5", "--kind", "ticket", "--points", "150", "--data", data)
	s, err := openStore(context.Background(), data, false)
	if err != nil {
		t.Fatal(err)
	}
	spent := spendOne(t, s, k)
	ask := cards.TicketAsk{Request: []byte("sixteen bytes ok"), Token: "open", Allotment: spent.Allotment, Number: 2}
	if a, err := s.ledger.Ticket(context.Background(), k.key.ID, ask, "BBBB2222"); err != nil || a.Refused != cards.TicketShort {
		t.Errorf("%+v, %v", a, err)
	}
	paper, err := cards.Sign(k.grant.Claims(2), k.key.Private)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ledger.Claim(context.Background(), paper, "BBBB2222"); err != nil {
		t.Fatal(err)
	}
	ask.Request = []byte("another 16 bytes")
	if a, err := s.ledger.Ticket(context.Background(), k.key.ID, ask, "BBBB2222"); err != nil || a.Refused != "" {
		t.Errorf("%+v, %v", a, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out := ok(t, "", "ticket", "list", "--data", data); !strings.Contains(out, "not signed") || strings.Count(out, "station-1") != 1 {
		t.Errorf("%s", out)
	}
	if out := ok(t, "", "ticket", "list", "--json", "--data", data); !strings.Contains(out, `"points":150`) || !strings.Contains(out, `"journal":""`) {
		t.Errorf("%s", out)
	}
	month := time.Now().In(cards.Japan).Format("2006-01")
	out := ok(t, "", "report", "settlement", "--month", month, "--data", data)
	for _, want := range []string{"bakery   パンのきさらぎ  " + month + "  らづポイント  1        150          150", "tofu-ya  豆腐店          " + month + "                0        0            0"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if out := ok(t, "", "report", "settlement", "--month", "2019-05", "--data", data); !strings.Contains(out, "-        -            -") {
		t.Errorf("before there were partners:\n%s", out)
	}
	var line settlementLine
	first, _, _ := strings.Cut(ok(t, "", "report", "settlement", "--month", month, "--json", "--data", data), "\n")
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Yen == nil || *line.Yen != 150 || *line.Points != 150 || *line.Tickets != 1 {
		t.Errorf("%v, %s", err, first)
	}
	ok(t, "", "person", "add", "佐藤", "--may", "decide", "--data", data)
	if _, err := try(t, "", "ticket", "void", spent.String(), "--by", "佐藤", "--reason", "r", "--data", data); err == nil || !strings.Contains(err.Error(), "a shop has taken it") {
		t.Errorf("%v", err)
	}
	ok(t, "", "check", "--data", data)
}

// spendOne goes from a card to a ticket that the bakery has taken.
func spendOne(t *testing.T, s *store, k *kiosk) cards.Serial {
	t.Helper()
	ctx := context.Background()
	tickets := k.grant
	tickets.ID, tickets.Kind, tickets.Points = k.grant.ID+1, cards.KindTicket, 150
	paper, errCard := cards.Sign(k.grant.Claims(1), k.key.Private)
	ticket, errTicket := cards.Sign(tickets.Claims(1), k.key.Private)
	_, errClaim := s.ledger.Claim(ctx, paper, "AAAA2222")
	a, errAsk := s.ledger.Ticket(ctx, k.key.ID, cards.TicketAsk{Request: make([]byte, cards.RequestSize), Token: "open", Allotment: tickets.ID, Number: 1}, "AAAA2222")
	_, errSpend := s.ledger.Spend(ctx, ticket, "bakery", "press")
	if err := errors.Join(errCard, errTicket, errClaim, errAsk, errSpend); err != nil || a.Refused != "" {
		t.Fatalf("%v, %+v", err, a)
	}
	faults, err := s.ledger.Check(ctx)
	if err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
	return ticket.Serial()
}
