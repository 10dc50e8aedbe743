package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/prize"
	"pointkiosk/packaging/proof"
)

// A member of staff gives a bag for two paper cards: the real window under a real X
// server, a hand scanner that types what stands on them, and a hub; from the staff
// door to the slip, and the same cards are worth nothing the second time.
func TestPrize(t *testing.T) {
	proof.Needs(t, "Xvfb", "xdotool", "zbarimg", "go")
	bin, data, _ := opened(t)
	hub := filepath.Join(filepath.Dir(data), "hub")
	said(t, "", bin+"hub", "prize", "add", "--data", hub, "bag", "--name", "マイバッグ", "--points", "400", "--scheme", "らづポイント", "--stock", "3")
	said(t, "", bin+"hub", "prize", "rule", "--data", hub, "2")
	said(t, "", bin+"kioskctl", "issue", "--data", data, "--operator", "sato", "--count", "2")
	said(t, "", bin+"kioskctl", "queue", "sync", "--data", data)
	papers := scans(t, data, 2)

	f := atWindow(t, bin, data, nil)
	f.toPrizes()
	f.scan(papers[0])
	f.scan(papers[1])
	f.look("prize-scanned")
	radu := prize.Name{Ja: "マイバッグ"}
	bag := prize.Prize{ID: "bag", Name: radu, Points: 400, Stock: 3}
	f.state, _ = f.state.Next(prize.BasketIs{N: 2, Sum: 400, Prizes: []prize.Prize{bag},
		Lines: []prize.Line{{Serial: "ABCD-EFGH-JKMN", Points: 200}, {Serial: "ABCD-EFGH-JKMN", Points: 200}}})
	f.tap("賞品を選ぶ", prize.TapChoose{})
	f.look("prize-choose")
	f.tap("マイバッグ", prize.TapPrize{ID: "bag"})
	f.look("prize-sure")
	f.tap("交換する", prize.TapTake{})
	await(t, "the slip", func() bool { return papersIn(t, data) == 3 })
	redeemed(t, bin, data, 2)
	time.Sleep(time.Second)
	f.look("prize-done")
	stock(t, bin, hub, `"stock":2`)

	f.state, _ = f.state.Next(prize.TakenIs{Slip: 1, Prize: radu, Points: 400, Printed: true})
	f.tap("終わる", prize.TapEnd{})
	f.tap("賞品交換", kiosk.TapPrizes{})
	f.scan(papers[0]) // handed in before
	f.look("prize-used")
	stock(t, bin, hub, `"stock":2`)
	if n := papersIn(t, data); n != 3 {
		t.Errorf("%d papers", n)
	}
}

func stock(t *testing.T, bin, hub, want string) {
	t.Helper()
	if got := said(t, "", bin+"hub", "prize", "list", "--data", hub, "--json"); !strings.Contains(got, want) {
		t.Errorf("the hub has %s, not %s", got, want)
	}
}

// toPrizes goes from Home through the staff door to 賞品交換.
func (f *finger) toPrizes() {
	f.t.Helper()
	f.door()
	f.look("menu")
	f.tap("賞品交換", kiosk.TapPrizes{})
	f.look("prize")
}
