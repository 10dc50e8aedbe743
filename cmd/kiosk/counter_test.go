package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// A resident's finger and card: the real window under a real X server, a real
// pcscd with a card on its reader, and a hub; from the tile to the slip, and at the
// next visit to the ID that is held.
func TestCounter(t *testing.T) {
	proof.Needs(t, "Xvfb", "xdotool", "zbarimg", "go")
	d := proof.PCSCD(t, "Counter")
	bin, data, _ := opened(t)
	deck := deckOf(t)
	trust(t, bin, filepath.Join(filepath.Dir(data), "hub"), deck)
	card, err := deck.Card("slow@100ms")
	if err != nil {
		t.Fatal(err)
	}
	slot := jpkitest.NewSlot()
	go func() { _ = slot.Run(t.Context(), d.Address(0)) }()

	f := atCounter(t, d, bin, data)

	began := time.Now()
	f.sit(slot, card)
	ids := []string{"K7M4W2HN", "AB2CD3EF", "XYZ23456"} // the real ones stand in the same places
	f.pin("1234", wizard.PINRight{IDs: ids})
	f.await(card, "sign", 1)
	f.look("choose")
	f.tap("K7M4 W2HN", wizard.TapID{ID: ids[0]})
	f.look("password")
	f.tap("控えの番号で、あとで決める", wizard.TapCode{})
	f.look("terms")
	f.tap("同意して次へ", wizard.TapNext{})
	f.look("confirm")
	f.tap("申しこむ", wizard.TapNext{})
	id := slipOf(t, data, 1)
	time.Sleep(time.Second)
	f.look("done")
	if card.Verified() {
		t.Error("the card can still sign")
	}
	if deeds := said(t, "", bin+"hub", "mykey", "audit", "--json", "--data", filepath.Join(filepath.Dir(data), "hub"), id); !strings.Contains(deeds, `"what":"register"`) {
		t.Errorf("the hub knows of %s: %s", id, deeds)
	}
	f.state, _ = f.state.Next(wizard.Answered{Account: wizard.Account{ID: id}, Code: "2345-6789-ABCD"})
	f.state, _ = f.state.Next(wizard.SlipOut{Printed: true})
	f.tap("終わる", wizard.TapEnd{})
	f.quick(began)
	f.look("take")
	f.leave(slot)

	f.sit(slot, card)
	f.pin("1234", wizard.PINRight{Account: wizard.Account{ID: id}})
	f.await(card, "sign", 3)
	f.look("held")
	f.tap("控えを出す", wizard.TapSlip{})
	if again := slipOf(t, data, 2); again != id {
		t.Errorf("the second slip is %s, not %s", again, id)
	}
	f.leave(slot)
	f.look("home")
	if n := count(card, "verify PIN"); n != 2 {
		t.Errorf("%d PINs in two visits:\n%s", n, strings.Join(card.Log(), "\n"))
	}
}

// quick is what a visit may cost a resident who knows their PIN: 8 touches besides
// its digits, and 60 s, with the time that a person takes to look, to think and to
// point (the keystroke-level model of Card, Moran and Newell: 1.35 + 1.1 + 0.2 s, and
// 1.3 s for each key of a number that is known).
func (f *finger) quick(began time.Time) {
	f.t.Helper()
	const digits, think, key = 4, 2650 * time.Millisecond, 1300 * time.Millisecond
	machine := time.Since(began) - f.sought
	all := machine + time.Duration(f.touches-digits)*think + digits*key
	f.t.Logf("%d touches, %v at the kiosk, %v with a person", f.touches, machine.Round(time.Millisecond), all.Round(time.Millisecond))
	if f.touches-digits > 8 || all > time.Minute {
		f.t.Errorf("%d touches besides the PIN, %v", f.touches-digits, all)
	}
}

// deckOf deals cards that are other ones in each run.
func deckOf(t *testing.T) *jpkitest.Deck {
	t.Helper()
	seed := [32]byte{}
	if _, err := rand.Read(seed[:]); err != nil {
		t.Fatal(err)
	}
	deck, err := jpkitest.NewDeck(seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return deck
}

// atCounter opens the kiosk's window before the reader of a pcscd.
func atCounter(t *testing.T, d *proof.Daemon, bin, data string) *finger {
	t.Helper()
	f := atWindow(t, bin, data, []string{d.Env()}, "--card", "pcsc:Counter")
	f.state.Site.Counter = true
	return f
}

// trust has the hub accept the cards of a deck.
func trust(t *testing.T, bin, hub string, deck *jpkitest.Deck) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, deck.CA.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	said(t, "", bin+"hub", "person", "add", "--data", hub, "--may", "mykey", "sato")
	said(t, "", bin+"hub", "ca", "add", "--data", hub, "--test", "--by", "sato", name)
}

// sit goes from Home to the keys for the PIN.
func (f *finger) sit(slot *jpkitest.Slot, card *jpkitest.Card) {
	f.t.Helper()
	asked := count(card, "ask tries")
	f.look("home")
	f.tap("マイキーIDをつくる", kiosk.TapMyKey{})
	f.look("needs")
	f.tap("15歳以上です", wizard.TapNext{})
	f.look("place")
	slot.Insert(card)
	f.await(card, "ask tries", asked+1)
	f.look("pin")
	for _, e := range []kiosk.Event{wizard.CardIn{}, wizard.CardRead{Tries: card.Tries()}} {
		f.state, _ = f.state.Next(e)
	}
}

func (f *finger) pin(digits string, then kiosk.Event) {
	f.t.Helper()
	for _, d := range digits {
		f.tap(string(d))
	}
	f.tap("決定", wizard.TypedPIN{PIN: wizard.NewTyped([]byte(digits))}, then)
}

// leave takes the card away, and waits until nobody is at the kiosk.
func (f *finger) leave(slot *jpkitest.Slot) {
	slot.Remove()
	f.state, _ = f.state.Next(wizard.CardOut{})
	time.Sleep(2 * time.Second) // pcscd looks every 400 ms
}

// await waits until a card was given so many commands of a kind, and the screen
// has had time for what follows.
func (f *finger) await(card *jpkitest.Card, command string, n int) {
	f.t.Helper()
	await(f.t, fmt.Sprintf("%s %d", command, n), func() bool { return count(card, command) >= n })
	time.Sleep(time.Second)
}

func count(card *jpkitest.Card, command string) (n int) {
	for _, line := range card.Log() {
		if strings.HasPrefix(line, command) {
			n++
		}
	}
	return n
}

// slipOf waits for the n-th paper and returns what its code says.
func slipOf(t *testing.T, data string, n int) (id string) {
	t.Helper()
	await(t, fmt.Sprintf("slip %d", n), func() bool {
		pages, err := filepath.Glob(filepath.Join(data, "paper", "*.png"))
		if err != nil || len(pages) < n {
			return false
		}
		slices.Sort(pages)
		read, err := proof.Zbar(pages[n-1])
		if err != nil || len(read[pages[n-1]]) != 1 {
			return false
		}
		id = read[pages[n-1]][0]
		if dir := os.Getenv("POINTKIOSK_SCREENS"); dir != "" {
			_ = exec.Command("cp", pages[n-1], filepath.Join(dir, fmt.Sprintf("slip-%d.png", n))).Run()
		}
		return true
	})
	return id
}

// look keeps a picture of the screen for eyes, where one is asked for.
func (f *finger) look(name string) {
	f.t.Helper()
	dir := os.Getenv("POINTKIOSK_SCREENS")
	if dir == "" || f.frame == "" {
		return
	}
	time.Sleep(500 * time.Millisecond)
	dump, err := os.ReadFile(f.frame) // XWD: a header of its own size, the colours, the rows
	if err != nil {
		f.t.Fatal(err)
	}
	word := func(n int) int { return int(binary.BigEndian.Uint32(dump[4*n:])) }
	wide, high, stride, at := word(4), word(5), word(12), word(0)+12*word(19)
	picture := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			p := dump[at+y*stride+4*x:]
			picture.SetRGBA(x, y, color.RGBA{p[2], p[1], p[0], 255})
		}
	}
	f.shots++
	file, err := os.Create(filepath.Join(dir, fmt.Sprintf("counter-%02d-%s.png", f.shots, name)))
	if err != nil {
		f.t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, picture); err != nil {
		f.t.Fatal(err)
	}
}
