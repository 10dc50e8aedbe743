package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// planted builds the kiosk once more, with nothing that is secret of a resident
// overwritten, and with a log that says too much.
func planted(t *testing.T) (program string) {
	t.Helper()
	const pass = "if e.Pass != nil {"
	faults := []proof.Fault{{File: "cmd/internal/station/counter.go", Right: pass, Wrong: "c.s.opts.Log.Info(\"apply\", \"id\", e.ID)\n\t" + pass}}
	for _, name := range []string{"cards/password.go", "kiosk/jpki/verify.go", "kiosk/jpki/pin.go", "kiosk/pcsc/session.go", "kiosk/wizard/typed.go",
		"ui/pin.go", "ui/mykey_password.go"} {
		faults = append(faults, proof.Fault{File: name, Right: "clear(", Wrong: "func(...any) {}("})
	}
	program = filepath.Join(t.TempDir(), "kiosk")
	said(t, "", "go", "build", "-tags", proof.Tags, "-overlay", proof.Plant(t, faults...), "-o", program, ".")
	return program
}

// A hall is where a kiosk stands with all its parts, to be searched.
type hall struct {
	*finger
	pid  int
	said string // the file with all that it printed
	slot *jpkitest.Slot
	keys map[byte]fyne.Position
}

// enter starts a kiosk; leave ends it.
func enter(t *testing.T, program, data string, d *proof.Daemon, slot *jpkitest.Slot) (h *hall, leave func()) {
	t.Helper()
	h = &hall{slot: slot, said: filepath.Join(t.TempDir(), "said"), keys: map[byte]fyne.Position{}}
	out, err := os.Create(h.said)
	if err != nil {
		t.Fatal(err)
	}
	h.finger = &finger{t: t, display: xServer(t), state: stateOf(t, data)}
	h.state.Site.Counter = true
	c := exec.Command(program, "--data", data, "--config", filepath.Join(filepath.Dir(data), "kiosk.toml"), "--card", "pcsc:Leftover")
	c.Env = append(os.Environ(), "DISPLAY="+h.display, "LANG=ja_JP.UTF-8", "LC_ALL=ja_JP.UTF-8", d.Env())
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	h.pid = c.Process.Pid
	leave = sync.OnceFunc(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		if err := c.Wait(); err != nil {
			t.Errorf("the kiosk ended: %v", err)
		}
		_ = out.Close()
	})
	t.Cleanup(leave)
	await(t, "the window", func() bool { return h.windows() > 0 })
	time.Sleep(2 * time.Second) // its first picture
	return h, leave
}

// key touches a key of the keyboard.
func (h *hall) key(c byte) {
	h.t.Helper()
	at, ok := h.keys[c]
	if !ok {
		at = find(h.t, h.state, string(c))
		h.keys[c] = at
	}
	h.touch(at)
	time.Sleep(60 * time.Millisecond)
}

var ids = []string{"K7M4W2HN", "AB2CD3EF", "XYZ23456"} // the real ones stand in the same places

// register goes from Home to the last question before the card signs. It returns
// how often the command with the PIN is in memory once the card has answered it.
func (h *hall) register(card *jpkitest.Card, how string, tap wizard.Event, last string) (verify int) {
	h.t.Helper()
	h.sit(h.slot, card)
	h.pin(leftoverPIN, wizard.PINRight{IDs: ids})
	h.await(card, "sign", 1)
	verify = h.search(map[string][][]byte{"": presented(leftoverPIN)})[""]
	h.tap("K7M4 W2HN", wizard.TapID{ID: ids[0]})
	h.tap(how, tap)
	h.tap("同意して次へ", wizard.TapNext{})
	h.tap(last, wizard.TapNext{})
	return verify
}

// gone is the end of a visit.
func (h *hall) gone(id, code string) {
	h.t.Helper()
	h.state, _ = h.state.Next(wizard.Answered{Account: wizard.Account{ID: id}, Code: code})
	h.state, _ = h.state.Next(wizard.SlipOut{Printed: true})
	h.tap("終わる", wizard.TapEnd{})
	h.leave(h.slot)
}

// search counts in the kiosk's memory, while it holds still.
func (h *hall) search(wants map[string][][]byte) map[string]int {
	h.t.Helper()
	if err := syscall.Kill(h.pid, syscall.SIGSTOP); err != nil {
		h.t.Fatal(err)
	}
	found, err := inMemory(h.pid, wants)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := syscall.Kill(h.pid, syscall.SIGCONT); err != nil {
		h.t.Fatal(err)
	}
	return found
}

// letters draws a password of 16 letters that stand on the first keys.
func letters() string {
	b := make([]byte, 16)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz"[rand.IntN(26)]
	}
	return string(b)
}

const leftoverPIN = "1357"

// typed is a visit of somebody who types a password; it is found while it is
// typed. What is left of their PIN after the card's answer, and of both after the
// visit, is returned.
func (h *hall) typed(card *jpkitest.Card, e *ear, n int) (password, id string, left map[string]int) {
	h.t.Helper()
	password = letters()
	wants := map[string][][]byte{"VERIFY": presented(leftoverPIN), "password": written(password)}
	verify := h.register(card, "ここで決める", wizard.TapTyped{}, "次へ")
	for range 2 {
		for i := range len(password) {
			h.key(password[i])
		}
		if found := h.search(wants); found["password"] == 0 {
			h.t.Errorf("the search does not even find a password that is being typed: %v", found)
		}
		h.tap("決定")
	}
	h.state, _ = h.state.Next(wizard.TypedPass{Pass: wizard.NewTyped(nil)})
	id = e.last(h.t, n).ID
	time.Sleep(2 * time.Second) // the slip
	h.gone(id, "")
	left = h.search(wants)
	if verify > 0 {
		left["VERIFY"] += verify
	}
	return password, id, left
}

// coded is a visit of somebody who takes a code with them.
func (h *hall) coded(card *jpkitest.Card, e *ear, n int) (code cards.SlipCode, id string) {
	h.t.Helper()
	if n := h.register(card, "控えの番号で、あとで決める", wizard.TapCode{}, "申しこむ"); n > 0 {
		h.t.Errorf("the PIN is in memory %d times after the card's answer", n)
	}
	a := e.last(h.t, n)
	code, err := cards.ParseSlipCode(string(a.Code))
	if err != nil {
		h.t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	h.gone(a.ID, code.Printed())
	return code, a.ID
}

// signedIn is a visit of somebody who has no card with them: their points are shown
// by MyKey ID and password. How often the password is in memory before and after
// is returned.
func (h *hall) signedIn(id, password string) (before, after int) {
	h.t.Helper()
	wants := map[string][][]byte{"password": written(password)}
	before = h.search(wants)["password"]
	h.tap("残高を見る", kiosk.TapBalance{})
	h.tap("マイキーIDで見る", account.TapID{})
	h.keys = map[byte]fyne.Position{}
	for i := range len(id) {
		h.key(id[i])
	}
	h.tap("決定", account.TypedID{ID: id})
	h.keys = map[byte]fyne.Position{}
	for i := range len(password) {
		h.key(password[i])
	}
	if h.search(wants)["password"] == 0 {
		h.t.Error("the search does not even find a password that is being typed")
	}
	h.tap("決定", account.TypedPass{Pass: wizard.NewTyped(nil)}, account.Opened{Account: account.Account{Tail: id[4:]}})
	time.Sleep(3 * time.Second) // argon2id
	h.tap("終わる", account.TapEnd{})
	time.Sleep(time.Second)
	return before, h.search(wants)["password"]
}

// kept lists which of some texts, in any case, stand in a log or a file. A PIN is
// found where its digits stand alone, and as it is given to a card.
func kept(where, text string, texts ...string) (found []string) {
	upper := strings.ToUpper(text)
	for _, want := range texts {
		if strings.Contains(upper, strings.ToUpper(want)) {
			found = append(found, where+": "+want)
		}
	}
	verify := presented(leftoverPIN)[0]
	for _, form := range []string{string(verify), fmt.Sprintf("%X", verify), fmt.Sprintf("% X", verify)} {
		if strings.Contains(upper, form) {
			found = append(found, where+": VERIFY")
		}
	}
	return found
}

// traces looks for them in all that a kiosk printed and keeps, and at pcscd's.
func (h *hall) traces(data, pcscd string, texts ...string) (found []string, looked int) {
	h.t.Helper()
	log, err := os.ReadFile(h.said)
	if err != nil {
		h.t.Fatal(err)
	}
	found = append(kept("log", string(log), texts...), kept("pcscd", pcscd, texts...)...)
	if alone := regexp.MustCompile(`\b` + leftoverPIN + `\b`); alone.Match(log) {
		found = append(found, "log: PIN")
	}
	err = filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		file, err := os.ReadFile(path)
		found = append(found, kept(d.Name(), string(file), texts...)...)
		looked += len(file)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if !bytes.Contains(log, []byte("level=")) || !strings.Contains(pcscd, "daemon ready") || looked < 10_000 {
		h.t.Errorf("there was nothing to look at: %d bytes of files, the log %q", looked, log)
	}
	return found, looked
}

// residents are cards with a PIN that is looked for.
func residents(t *testing.T, deck *jpkitest.Deck, n int) (all []*jpkitest.Card) {
	t.Helper()
	for range n {
		leaf, err := deck.CA.Issue(jpkitest.Profile{Kind: jpkitest.P256, Issued: time.Now().AddDate(-1, 0, 0), Born: time.Date(1985, 4, 12, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, jpkitest.New(jpkitest.Opts{Leaf: leaf, CA: deck.CA.DER, PIN: leftoverPIN}))
	}
	return all
}

// When a resident has left, neither the command with their PIN nor their password
// is anywhere in the kiosk's memory; and no log and no file of it ever says either,
// or their ID, or a code (DECISIONS 34). The same search finds both in a kiosk that
// overwrites nothing.
func TestNothingIsLeft(t *testing.T) {
	proof.Needs(t, "Xvfb", "xdotool", "go")
	proof.NeedsRoot(t) // a kiosk's memory is for nobody else to read
	d := proof.PCSCD(t, "Leftover")
	bin, data, _ := opened(t)
	e := listen(t, data)
	deck, err := jpkitest.NewDeck([32]byte{3}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	trust(t, bin, filepath.Join(filepath.Dir(data), "hub"), deck)
	people := residents(t, deck, 3)
	slot := jpkitest.NewSlot()
	go func() { _ = slot.Run(t.Context(), d.Address(0)) }()

	h, leave := enter(t, bin+"kiosk", data, d, slot)
	password, id, left := h.typed(people[0], e, 1)
	if len(left) > 0 {
		t.Errorf("in memory after the visit: %v", left)
	}
	code, second := h.coded(people[1], e, 2)
	if left = h.search(map[string][][]byte{"VERIFY": presented(leftoverPIN), "password": written(password)}); len(left) > 0 {
		t.Errorf("in memory after the next visit: %v", left)
	}
	if _, n := h.signedIn(id, password); n > 0 {
		t.Errorf("in memory after signing in: the password %d times", n)
	}
	if n := e.times(api.PathSignIn); n != 1 {
		t.Errorf("%d passwords were asked about", n)
	}
	leave()
	texts := []string{password, id, id[:4] + " " + id[4:], second, second[:4] + " " + second[4:], code.Text(), code.Printed()}
	if found, _ := h.traces(data, d.Log(), texts...); len(found) > 0 {
		t.Errorf("kept: %q", found)
	}
	if bytes.Contains(e.asked.Bytes(), []byte(password)) || !bytes.Contains(e.asked.Bytes(), []byte(id)) {
		t.Errorf("the password left the kiosk to be read, or nothing did: %d bytes", e.asked.Len())
	}

	h, leave = enter(t, planted(t), data, d, slot)
	if before, after := h.signedIn(id, password); before != 0 || after == 0 {
		t.Errorf("of who signs in at a kiosk that overwrites nothing the search finds %d, then %d", before, after)
	}
	h.finds(data, d, e, people[2], leave)
}

// finds is the search in a kiosk that overwrites nothing and logs too much.
func (h *hall) finds(data string, d *proof.Daemon, e *ear, card *jpkitest.Card, leave func()) {
	h.t.Helper()
	password, id, left := h.typed(card, e, 3)
	h.t.Logf("a kiosk that overwrites nothing: %v", left)
	if left["VERIFY"] == 0 || left["password"] == 0 {
		h.t.Errorf("of a kiosk that overwrites nothing the search finds %v", left)
	}
	leave()
	if found, _ := h.traces(data, d.Log(), password, id); !slices.Contains(found, "log: "+id) {
		h.t.Errorf("of a log that names an ID is found %q", found)
	}
}
