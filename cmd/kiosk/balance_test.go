package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// A resident sees their points: the real window under a real X server, a real
// pcscd with a card on its reader, a hand scanner that types what stands on a
// printed card, and a hub; from the tile to the balance, with a paper card put on
// it, to the slip.
func TestBalance(t *testing.T) {
	proof.Needs(t, "Xvfb", "xdotool", "zbarimg", "go")
	d := proof.PCSCD(t, "Counter")
	bin, data, _ := opened(t)
	hub := filepath.Join(filepath.Dir(data), "hub")
	said(t, "", bin+"hub", "kiosk", "grant", "--data", hub, "KSZ-014", "--event", "natural-bar", "--kind", "ticket", "--points", "100", "--count", "5")
	said(t, "", bin+"kioskctl", "queue", "sync", "--data", data)
	said(t, "", bin+"kioskctl", "issue", "--data", data, "--operator", "sato", "--count", "2")
	papers := scans(t, data, 2)
	deck := deckOf(t)
	trust(t, bin, hub, deck)
	card, err := deck.Card("good")
	if err != nil {
		t.Fatal(err)
	}
	slot := jpkitest.NewSlot()
	go func() { _ = slot.Run(t.Context(), d.Address(0)) }()

	f := atCounter(t, d, bin, data)

	f.look("home")
	f.place(slot, card)
	ids := []string{"K7M4W2HN", "AB2CD3EF", "XYZ23456"} // the real ones stand in the same places
	f.pin("1234", wizard.PINRight{IDs: ids})
	f.await(card, "sign", 1)
	f.look("none")
	f.tap("15歳以上です。つくる", wizard.TapNext{})
	f.tap("K7M4 W2HN", wizard.TapID{ID: ids[0]})
	f.tap("控えの番号で、あとで決める", wizard.TapCode{})
	f.tap("同意して次へ", wizard.TapNext{})
	f.tap("申しこむ", wizard.TapNext{})
	slipOf(t, data, 3)
	f.leave(slot)

	f.place(slot, card)
	f.pin("1234", account.Opened{Account: account.Account{Tail: "W2HN", Home: account.Name{Ja: "らづポイント"}}})
	f.await(card, "sign", 3)
	f.look("balance")
	if card.Verified() {
		t.Error("the card can still sign")
	}
	f.scan(papers[0])
	f.look("put")
	redeemed(t, bin, data, 1)
	f.state, _ = f.state.Next(account.PutDone{Lines: []account.Line{{N: 1, Serial: "ABCD-EFGH-JKMN", Points: 200}}})
	f.tap("もどる", account.TapBack{})
	f.tap("残高を印刷する", account.TapSlip{})
	await(t, "the balance slip", func() bool { return papersIn(t, data) == 4 })
	f.look("slip")
	radu := account.Name{Ja: "らづポイント"}
	lots := []account.Lot{{Scheme: radu, Points: 200, Expires: time.Now().AddDate(1, 0, 0)}}
	f.state, _ = f.state.Next(account.SlipOut{Printed: true})
	f.state.Account.Account.Lots = lots
	f.tap("券にする", account.TapSell{}, account.TicketsAre{Tickets: []account.Ticket{{Allotment: 1, Scheme: radu, Points: 100}}})
	f.look("tickets")
	f.tap("100", account.TapTicket{Allotment: 1})
	f.look("sure")
	f.tap("印刷する", account.TapYes{})
	await(t, "the ticket", func() bool { return papersIn(t, data) == 5 })
	time.Sleep(time.Second)
	f.look("ticket")
	f.leave(slot)
	sum := said(t, "", bin+"hub", "export", "ledger", "--data", hub)
	if !strings.Contains(sum, `"kind":"ticket"`) {
		t.Errorf("the hub knows of no ticket:\n%s", sum)
	}
	f.look("home")

	before := f.picture()
	f.scan(papers[1]) // nobody sits there: it is looked at, and stays as it is
	f.look("looked")
	if f.picture() == before {
		t.Error("a scan on Home shows nothing")
	}
	redeemed(t, bin, data, 1)
	if n := count(card, "verify PIN"); n != 2 {
		t.Errorf("%d PINs in two visits:\n%s", n, strings.Join(card.Log(), "\n"))
	}
}

// place goes from Home to the keys for the PIN of who wants to see their points.
func (f *finger) place(slot *jpkitest.Slot, card *jpkitest.Card) {
	f.t.Helper()
	asked := count(card, "ask tries")
	f.tap("残高を見る", kiosk.TapBalance{})
	f.look("ways")
	slot.Insert(card)
	f.await(card, "ask tries", asked+1)
	f.look("pin")
	for _, e := range []kiosk.Event{wizard.CardIn{}, wizard.CardRead{Tries: card.Tries()}} {
		f.state, _ = f.state.Next(e)
	}
}

// scan types as a hand scanner does.
func (f *finger) scan(text string) {
	f.t.Helper()
	for _, args := range [][]string{{"type", "--delay", "2", text}, {"key", "Return"}} {
		if _, err := f.do(args...); err != nil {
			f.t.Fatalf("xdotool: %v", err)
		}
	}
	f.state, _ = f.state.Next(account.Scanned{Text: wizard.NewTyped([]byte(text))})
	time.Sleep(2 * time.Second)
}

// picture is what the X server shows, but for the bar, which has its own news.
func (f *finger) picture() string {
	f.t.Helper()
	dump, err := os.ReadFile(f.frame)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(dump[len(dump)/4:])
}

// scans reads the codes of papers that were printed.
func scans(t *testing.T, data string, n int) (texts []string) {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(data, "paper", "*.png"))
	if err != nil || len(pages) != n {
		t.Fatalf("%d papers: %v", len(pages), err)
	}
	for _, page := range pages {
		texts = append(texts, strings.TrimSpace(said(t, "", "zbarimg", "-q", "--raw", page)))
	}
	return texts
}

func papersIn(t *testing.T, data string) int {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(data, "paper", "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	return len(pages)
}

// redeemed waits for the hub to know of so many cards that were claimed.
func redeemed(t *testing.T, bin, data string, n int) {
	t.Helper()
	hub := filepath.Join(filepath.Dir(data), "hub")
	await(t, fmt.Sprintf("%d redeemed", n), func() bool {
		return strings.Count(said(t, "", bin+"hub", "export", "cards", "--data", hub), `"state":"redeemed"`) == n
	})
}
