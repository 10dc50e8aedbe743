package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pointkiosk/cards"
)

// From the grant of a batch to what is left of it: the commands of staff.
func TestBatchCommands(t *testing.T) {
	data, _, _ := market(t)
	enrol(t, ok(t, "", "kiosk", "add", "office", "--data", data))
	out := ok(t, "", strings.Fields("kiosk grant office --event natural-bar --count 100 --batch --data "+data)...)
	ok(t, "melon-bread-2026\n", "partner", "add", "bakery", "--name", "パンのきさらぎ", "--password-stdin", "--data", data)
	var id uint32
	if n, err := fmt.Sscanf(out, "allotment %d:", &id); n != 1 || !strings.Contains(out, "None is worth anything until it is activated") {
		t.Fatalf("%s%v", out, err)
	}
	serial := func(n uint32) string { return cards.Serial{Allotment: id, Number: n}.String() }
	for _, tt := range []struct {
		line string
		want int
		says string
	}{
		{"kiosk grant office --event natural-bar --count 1", 1, "holds nothing else"},
		{"kiosk grant station-1 --event natural-bar --count 1 --batch", 1, "holds nothing else"},
		{"person add 佐藤 --may people,decide,grant", 0, ""},
		{"event budget natural-bar", 0, "no budget; 100,000 yen are used"},
		{"event budget natural-bar 99999 --by 佐藤", 1, "used already"},
		{"event budget natural-bar 104000 --by 佐藤", 0, ""},
		{"event budget natural-bar", 0, "budget: 104,000 yen, used: 100,000, left: 4,000"},
		{"event budget natural-bar 103000 --by 佐藤", 1, "has a reason"},
		{"event budget natural-bar 103000 --by 佐藤 --reason less", 0, ""},
		{"event budget natural-bar --end --by 佐藤", 2, "--reason"},
		{"event budget natural-bar 5 --end --by 佐藤 --reason mistake", 2, "no number of yen"},
		{"event budget natural-bar --end --by 佐藤 --reason mistake", 0, ""},
		{"event budget natural-bar", 0, "no budget; 100,000 yen are used"},
		{"event budget natural-bar 104000 --by 佐藤", 0, ""},
		{"event budget nothing", 1, "no such event"},
		{"event budget natural-bar none", 2, "no number of yen"},
		{"event most らづポイント 0 --by 佐藤", 2, "no number of points"},
		{"event most らづポイント 200 --by 佐藤", 0, ""},
		{"kiosk grant office --event natural-bar --count 1 --points 201 --batch --by 佐藤", 1, "where the scheme allows 200"},
		{"event wait", 0, "waits 14 days"},
		{"event wait 0 --by 佐藤", 2, "no number of days"},
		{"event wait 21 --by 佐藤", 0, ""},
		{"event wait", 0, "waits 21 days"},
		{"batch grant ID 1 50 --by 佐藤", 2, "either --kiosk or --partner"},
		{"batch grant ID 1 50 --kiosk station-1 --by 佐藤", 0, "numbers 1 to 50"},
		{"batch grant ID 1 50 --partner nobody --by 佐藤", 1, "no such shop"},
		{"batch grant ID 1 50 --partner bakery --kiosk station-1 --by 佐藤", 2, "either --kiosk or --partner"},
		{"batch grant ID 51 60 --partner bakery --by 佐藤", 0, "bakery may activate numbers 51 to 60"},
		{"batch grant ID 1 101 --kiosk station-1 --by 佐藤", 1, "numbers 1 to 100"},
		{"batch ungrant ID 1 10 --by 佐藤 --reason stolen", 2, "either --kiosk or --partner"},
		{"batch ungrant ID 1 10 --kiosk station-1 --by 佐藤", 2, "--reason"},
		{"batch ungrant ID 1 10 --kiosk station-1 --reason stolen", 2, "--by"},
		{"batch ungrant ID 61 70 --kiosk station-1 --by 佐藤 --reason stolen", 1, "none of these"},
		{"batch ungrant ID 41 70 --kiosk station-1 --by 佐藤 --reason stolen", 0, "station-1 may activate none of these any more: 10 cards. Active, and staying so: 0; inactive: 10 (2,000 yen)."},
		{"batch ungrant ID --partner nobody --by 佐藤 --reason stolen", 1, "none of these"},
		{"batch ungrant --partner bakery --by 佐藤 --reason stolen", 0, "bakery may activate none of these any more: 10 cards"},
		{"batch keep ID 1 10 --by 佐藤", 2, "--reason"},
		{"batch keep ID 1 10 --by 佐藤 --reason there --cards 10", 1, "no compromised key"},
		{"batch activate ID 1 10", 2, "--by"},
		{"batch activate ID 1 10 --by 鈴木", 1, "does not have the role grant"},
		{"batch activate ID 1 10 --by 佐藤", 0, "Active now: 10 cards (2,000 yen)"},
		{"batch activate ID 1 10 --by 佐藤", 0, "Active now: 0 cards (0 yen)"},
		{"batch activate S11 S20 --by 佐藤", 0, "Active now: 10 cards (2,000 yen)"},
		{"batch activate S21 S21 --by 佐藤", 1, "200 yen more are beyond the event's budget of 104,000"},
		{"batch activate ID S11 20 --by 佐藤", 0, "0 cards"},
		{"batch activate 999 S11 20 --by 佐藤", 2, "no card of allotment 999"},
		{"batch activate 20 10 --by 佐藤", 2, "say the allotment"},
		{"batch activate ID 20 10 --by 佐藤", 2, "say the allotment"},
		{"batch activate ID 1 x --by 佐藤", 2, "neither a number nor a serial"},
		{"batch activate x 1 2 --by 佐藤", 2, "no allotment's number"},
		{"batch activate 999 1 2 --by 佐藤", 1, "999 is no batch"},
		{"batch lost ID 11 30 --by 佐藤", 2, "--reason"},
		{"batch lost ID 11 30 --by 佐藤 --reason box", 0, "Withdrawn: 10 cards. Void, as they were active: 10. Redeemed already: 0."},
		{"batch withdraw ID 31 40 --by 佐藤 --reason left", 0, "Withdrawn for good: 10 cards (2,000 yen)"},
		{"batch withdraw ID --by 佐藤 --reason over", 0, "Withdrawn for good: 60 cards (12,000 yen)"},
		{"event budget natural-bar 200000 --by 佐藤", 0, ""},
		{"batch activate ID 1 100 --by 佐藤", 0, "0 cards"},
		{"batch list 999", 1, "none that is printed beforehand"},
		{"batch list x", 2, "no allotment's number"},
		{"check", 0, "clean"},
	} {
		line := strings.Replace(tt.line, " ID", fmt.Sprintf(" %d", id), 1)
		line = regexp.MustCompile(`\bS\d+`).ReplaceAllStringFunc(line, func(s string) string {
			n, _ := strconv.Atoi(s[1:])
			return serial(uint32(n))
		})
		out, err := try(t, "", append(strings.Fields(line), "--data", data)...)
		if status(err) != tt.want || err == nil && !strings.Contains(out, tt.says) || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %d, %v\n%s", line, status(err), err, out)
		}
	}
	var line batchLine
	if err := json.Unmarshal([]byte(ok(t, "", "batch", "list", "--json", "--data", data)), &line); err != nil {
		t.Fatal(err)
	}
	if line.Count != 100 || line.Inactive != 0 || line.Withdrawn != 80 || line.Active != 20 || line.Void != 10 || line.Outstanding != 10 {
		t.Errorf("%+v", line)
	}
	for _, lang := range []string{"ja", "en"} {
		out := ok(t, "", "batch", "list", fmt.Sprint(id), "--lang", lang, "--data", data)
		if strings.Contains(out, "‹") || strings.Count(out, "\n") < 12 {
			t.Errorf("%s", out)
		}
		t.Log(out)
		t.Log(ok(t, "", "kiosk", "list", "--lang", lang, "--data", data))
	}
}

// What a stolen batch key withdrew is shown, with its yen, and taken back.
func TestBatchKeep(t *testing.T) {
	data, _, _ := market(t)
	office, client := enrol(t, ok(t, "", "kiosk", "add", "office", "--data", data))
	ok(t, "", strings.Fields("kiosk grant office --event natural-bar --count 100 --batch --data "+data)...)
	if err := cards.Unsealed(office.send(client).Allotments[0], cards.PaperAllotment, &office.grant); err != nil {
		t.Fatal(err)
	}
	office.send(client, office.ranges(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}),
		office.ranges(cards.Entry{State: cards.Withdrawn, Allotment: office.grant.ID, Number: 1, Last: 40, Reason: "sheets.end.reason"}))
	out := ok(t, "", "kiosk", "revoke", "office", "--compromised", "--since", "2", "--data", data)
	if !strings.Contains(out, "Withdrawn where the kiosk was already compromised: 40 cards printed beforehand (8,000 yen)") {
		t.Errorf("%s", out)
	}
	for _, lang := range []string{"ja", "en"} {
		if out = ok(t, "", "batch", "list", "--lang", lang, "--data", data); !strings.Contains(out, "8,000") || strings.Contains(out, "‹") {
			t.Errorf("%s", out)
		}
	}
	if !strings.Contains(out, fmt.Sprintf("held back: %d, numbers 1–40, withdrawn (office, entry 2)", office.grant.ID)) {
		t.Errorf("%s", out)
	}
	ok(t, "", "person", "add", "佐藤", "--may", "people,decide", "--data", data)
	keep := strings.Fields(fmt.Sprintf("batch keep %d --by 佐藤 --reason thief --data %s", office.grant.ID, data))
	if _, err := try(t, "", keep...); err == nil || !strings.Contains(err.Error(), "8,000") {
		t.Errorf("unseen: %v", err)
	}
	if out = ok(t, "", append(keep, "--cards", "40")...); !strings.Contains(out, "Inactive again, as before: 40 cards (8,000 yen)") {
		t.Errorf("%s", out)
	}
	if out = ok(t, "", "batch", "list", fmt.Sprint(office.grant.ID), "--data", data); strings.Contains(out, "held back") || !strings.Contains(out, "not withdrawn") || !strings.Contains(out, "the order was ended") {
		t.Errorf("%s", out)
	}
	if out = ok(t, "", "check", "--data", data); !strings.Contains(out, "clean") {
		t.Errorf("%s", out)
	}
}

// ranges writes an entry of a range.
func (k *kiosk) ranges(e cards.Entry) cards.Record {
	k.t.Helper()
	k.seq++
	e.Seq, e.Prev, e.Operator = k.seq, k.prev, "佐藤"
	r := cards.Record{Seq: k.seq, Data: k.sealed(e, cards.PaperEntry)}
	hash := cards.EntryHash(r.Data)
	k.prev = hash[:]
	return r
}

// By the network: the office makes a batch and hears of it, the venue hears what it
// hands out and activates it, and what it was not granted waits for a person.
func TestBatchByTheNetwork(t *testing.T) {
	data, station, send := market(t)
	office, client := enrol(t, ok(t, "", "kiosk", "add", "office", "--data", data))
	ok(t, "", strings.Fields("kiosk grant office --event natural-bar --count 100 --batch --data "+data)...)
	if err := cards.Unsealed(office.send(client).Allotments[0], cards.PaperAllotment, &office.grant); err != nil || !office.grant.Batch {
		t.Fatal(office.grant, err)
	}
	id := office.grant.ID
	of := func(s cards.State, first, last uint32) cards.Entry {
		return cards.Entry{State: s, Allotment: id, Number: first, Last: last}
	}
	making := of(cards.Making, 1, 100)
	making.Request = "order 1"
	office.send(client, office.ranges(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), office.ranges(making))
	ok(t, "", strings.Fields(fmt.Sprintf("batch grant %d 1 50 --kiosk station-1 --data %s", id, data))...)
	heard := station.send(client)
	var paper cards.Allotment
	if len(heard.Ranges) != 1 || heard.Ranges[0] != (cards.Range{Allotment: id, First: 1, Last: 50}) || len(heard.Batches) != 1 {
		t.Fatalf("%+v", heard)
	}
	if err := cards.Unsealed(heard.Batches[0], cards.PaperAllotment, &paper); err != nil || paper.ID != id || !paper.Batch {
		t.Fatal(paper, err)
	}
	send(station.ranges(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), station.ranges(of(cards.Activated, 1, 20)), station.ranges(of(cards.Activated, 41, 60)))
	out := ok(t, "", "batch", "list", "--data", data)
	if !strings.Contains(out, fmt.Sprintf("held back: %d, numbers 41–60, activated (station-1, entry 3)", id)) || !strings.Contains(out, "20 cards (4,000 yen) that it would change") {
		t.Errorf("%s", out)
	}
	ok(t, "", strings.Fields(fmt.Sprintf("batch activate %d 41 60 --by 佐藤 --data %s", id, data))...)
	if out = ok(t, "", "batch", "list", "--data", data); strings.Contains(out, "held back") {
		t.Errorf("%s", out)
	}
	if out = ok(t, "", "check", "--data", data); !strings.Contains(out, "clean") {
		t.Errorf("%s", out)
	}
}
