package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/cards"
)

// market serves a new hub with a kiosk that has 500 cards.
func market(t *testing.T) (data string, k *kiosk, send func(...cards.Record)) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "hub")
	start(t, data)
	ok(t, "", "event", "add", "--data", data, "--preset", "kisarazu", "--open-today")
	k, client := enrol(t, ok(t, "", "kiosk", "add", "station-1", "--data", data))
	ok(t, "", "kiosk", "grant", "station-1", "--data", data, "--event", "natural-bar", "--count", "500")
	if err := cards.Unsealed(k.send(client).Allotments[0], cards.PaperAllotment, &k.grant); err != nil {
		t.Fatal(err)
	}
	return data, k, func(records ...cards.Record) { k.send(client, records...) }
}

// Who may decide, revoke and grant is a list; the first one on it makes it.
func TestPerson(t *testing.T) {
	data, _, _ := market(t)
	for _, tt := range []struct {
		line string
		want int
		says string
	}{
		{"kiosk grant station-1 --event natural-bar --count 1", 0, ""},
		{"dispute refuse 0000-0080-008V --cards 1 --by 佐藤 --reason r", 1, `"佐藤" does not have the role decide`},
		{"kiosk clear station-1 --by 佐藤", 1, "does not have the role decide"},
		{"person add 佐藤 --may people,decide,grant", 0, ""},
		{"person add 鈴木 --may revoke", 1, "somebody with the role people"},
		{"person add 鈴木 --may revoke --by 鈴木", 1, `"鈴木" does not have the role people`},
		{"person add 鈴木 --may king --by 佐藤", 1, `no role "king"`},
		{"person add 鈴木 --may revoke --by 佐藤", 0, ""},
		{"kiosk grant station-1 --event natural-bar --count 1", 1, "somebody with the role grant"},
		{"kiosk grant station-1 --event natural-bar --count 1 --by 鈴木", 1, "does not have the role grant"},
		{"kiosk grant station-1 --event natural-bar --count 1 --by 佐藤", 0, ""},
		{"kiosk cap 100000 --by 佐藤", 0, ""},
		{"kiosk grant station-1 --event natural-bar --count 1 --by 佐藤", 1, "100,600 yen if it is stolen, and the cap is 100,000"},
		{"kiosk revoke station-1 --compromised --by 佐藤", 1, "does not have the role revoke"},
		{"kiosk revoke station-1 --compromised --by 鈴木", 0, ""},
		{"kiosk clear station-1 --by 佐藤", 1, "not enrolled"}, // he may; but there is no such key any more
		{"person remove 鈴木 --by 佐藤", 0, ""},
		{"person remove 鈴木 --by 佐藤", 1, "has no role"},
	} {
		_, err := try(t, "", append(strings.Fields(tt.line), "--data", data)...)
		if status(err) != tt.want || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %d, %v", tt.line, status(err), err)
		}
	}
	var p personLine
	lines := strings.Split(strings.TrimSpace(ok(t, "", "person", "list", "--json", "--data", data)), "\n")
	if err := json.Unmarshal([]byte(lines[0]), &p); err != nil || len(lines) != 3 || p.Name != "佐藤" || p.Role != "decide" {
		t.Errorf("%+v, %v of %q", p, err, lines)
	}
	var k kioskLine
	if err := json.Unmarshal([]byte(ok(t, "", "kiosk", "list", "--json", "--data", data)), &k); err != nil || k.RevokedBy != "鈴木" || k.Cap != 100000 {
		t.Errorf("%+v, %v", k, err)
	}
}

// A kiosk that was enrolled again has had several keys: an older one can be
// named, and an entry number takes a key.
func TestRevokeByKey(t *testing.T) {
	data, k, send := market(t)
	_, one := k.signed(1)
	_, two := k.signed(2)
	send(one, two)
	ok(t, "", "kiosk", "revoke", "station-1", "--retired", "--data", data)
	enrol(t, ok(t, "", "kiosk", "add", "station-1", "--data", data))
	_, err := try(t, "", "kiosk", "revoke", "station-1", "--compromised", "--since", "2", "--data", data)
	if status(err) != 1 || !strings.Contains(err.Error(), "has had the keys [3 5]: say --key") {
		t.Errorf("since without a key: %v", err)
	}
	ok(t, "", "kiosk", "revoke", "station-1", "--key", "3", "--compromised", "--since", "2", "--data", data)
	out := ok(t, "", "kiosk", "list", "--data", data)
	if lines := strings.Split(out, "\n"); !strings.Contains(lines[1], "station-1  5    good") || !strings.Contains(lines[2], "station-1  3    compromised  2") ||
		!strings.Contains(lines[2], "at most 200 yen") {
		t.Errorf("list:\n%s", out)
	}
}

// What became of the cards, apart; and who asked to void one that was used.
func TestHonouredReport(t *testing.T) {
	data, k, send := market(t)
	first, r := k.signed(1)
	send(r, k.says(first, cards.Printing, ""), k.says(first, cards.Presumed, ""))
	claimed(t, data, first, "")
	second, r := k.signed(2)
	send(r, k.says(second, cards.Printing, ""), k.says(second, cards.Printed, ""))
	third, r := k.signed(3)
	send(r, k.says(third, cards.Printing, ""), k.says(third, cards.Presumed, ""))
	send(k.says(second, cards.VoidAsked, "鈴木"), k.says(first, cards.VoidAsked, "佐藤"))
	if out := ok(t, "", "report", "honoured", "--data", data); out != "KIOSK      OPERATOR  CARDS  POINTS\nstation-1  佐藤      1      200\n" {
		t.Errorf("report:\n%s", out)
	}
	var h honouredLine
	if err := json.Unmarshal([]byte(ok(t, "", "report", "honoured", "--json", "--data", data)), &h); err != nil || h.Operator != "佐藤" || h.Count != 1 ||
		h.Points != 200 || h.Cards[0].Serial != first.Serial().String() || h.Cards[0].Reason != "紙がない" {
		t.Errorf("%+v, %v", h, err)
	}
	var l kioskLine
	if err := json.Unmarshal([]byte(ok(t, "", "kiosk", "list", "--json", "--data", data)), &l); err != nil || l.Issued != 3 ||
		l.Honoured != 1 || l.Void != 1 || l.Redeemed != 1 || l.Outstanding != 1 || l.Paper[cards.Presumed] != 1 {
		t.Errorf("%+v, %v", l, err)
	}
	if out := ok(t, "", "kiosk", "list", "--data", data); !strings.Contains(out, "PRESUMED  UNCERTAIN  VOID  HONOURED") || strings.Contains(out, "‹") {
		t.Errorf("list:\n%s", out)
	}
	if out := ok(t, "", "kiosk", "list", "--lang", "ja", "--data", data); !strings.Contains(out, "取消できず") {
		t.Errorf("list:\n%s", out)
	}
}
