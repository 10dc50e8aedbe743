package main

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"pointkiosk/assets/unfit"
	"pointkiosk/cards"
	"pointkiosk/kiosk/jpki/jpkitest"
)

// What the demo makes up. None of it opens anything but the demo.
const (
	kioskName = "KSZ-014"
	staffName = "demo"
	staffPIN  = "2468"
	cardPIN   = "1234" // of every virtual card
	account   = "K7M4W2HN"
	password  = "demo-password"
	event     = "natural-bar"
)

// freeAddress is the usual address, or another one where that is taken.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:8080")
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// address waits for the line in which the hub says where it is.
func address(said io.Reader) (string, error) {
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return "", err
	}
	for _, word := range strings.Fields(line) {
		if strings.HasPrefix(word, "http://") {
			return strings.TrimSuffix(word, "/") + "/", nil
		}
	}
	return "", fmt.Errorf("it said %q", line)
}

// prepare brings hub and kiosk to a market morning. What an earlier run made
// is used again; only the day is new.
func (d *demo) prepare() error {
	hub := func(in string, args ...string) (string, error) {
		return d.say(in, "hub", append(args, "--data", d.path("hub"))...)
	}
	if _, err := hub("", "event", "add", "--preset", "kisarazu", "--open-today"); err != nil {
		return err
	}
	if _, err := os.Stat(d.path("kiosk", "identity.toml")); errors.Is(err, fs.ErrNotExist) {
		if _, err := hub(password+"\n", "account", "add", account, "--password-stdin"); err != nil {
			return err
		}
		code, err := hub("", "kiosk", "add", kioskName)
		if err != nil {
			return err
		}
		if _, err := d.say(code, "kioskctl", "enroll", "--data", d.path("kiosk"), "--code", "-"); err != nil {
			return err
		}
		if err := d.settings(); err != nil {
			return err
		}
	}
	open, err := d.open()
	if err != nil || open {
		return err
	}
	if _, err := hub("", "kiosk", "grant", kioskName, "--event", event, "--count", "500"); err != nil {
		return err
	}
	_, err = d.say("", "kioskctl", "queue", "sync", "--data", d.path("kiosk"))
	return err
}

// trust has the hub accept the virtual My Number cards.
func (d *demo) trust() error {
	deck, err := jpkitest.DemoDeck(time.Now())
	if err != nil {
		return err
	}
	name := d.path("ca.pem")
	if err := os.WriteFile(name, deck.CA.PEM(), 0o600); err != nil {
		return err
	}
	if _, err := d.say("", "hub", "person", "add", "--data", d.path("hub"), "--may", "mykey", staffName); err != nil {
		return err
	}
	_, err = d.say("", "hub", "ca", "add", "--data", d.path("hub"), "--test", "--by", staffName, name)
	return err
}

// settings writes the kiosk's settings, with a staff PIN that the demo names.
func (d *demo) settings() error {
	hash, err := d.say(staffPIN+"\n", "kioskctl", "pin")
	if err != nil {
		return err
	}
	text := fmt.Sprintf("[printer]\nuri = \"virtual:paper?rows=1200\"\n\n[[staff]]\nname = %q\npin = %q\n", staffName, strings.TrimSpace(hash))
	return os.WriteFile(d.path("kiosk.toml"), []byte(text), 0o600)
}

// alone does the volunteer's and the resident's job without a window.
func (d *demo) alone() error {
	fmt.Fprintln(d.out, d.words.Say("demo.alone"))
	paper := d.path("kiosk", "paper")
	before, err := papers(paper)
	if err != nil {
		return err
	}
	said, err := d.say("", "kioskctl", "issue", "--data", d.path("kiosk"), "--config", d.path("kiosk.toml"), "--count", "3")
	if err != nil {
		return err
	}
	fmt.Fprint(d.out, said)
	pages, err := papers(paper)
	if err != nil {
		return err
	}
	if pages = pages[len(before):]; len(pages) != 3 {
		return fmt.Errorf("%d papers came out, not 3", len(pages))
	}
	var codes []string
	for _, page := range pages {
		code, err := d.lay(page)
		if err != nil {
			return err
		}
		codes = append(codes, code)
	}
	if err := d.claimTwice(codes[0]); err != nil {
		return err
	}
	if _, err := d.say("", "kioskctl", "queue", "sync", "--data", d.path("kiosk")); err != nil {
		return err
	}
	checked, err := d.say("", "hub", "check", "--data", d.path("hub"))
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, d.words.Say("demo.ledger", strings.TrimSpace(checked)))
	return nil
}

// claimTwice lets one resident take the points of a card, and another one try
// the same card again.
func (d *demo) claimTwice(address string) error {
	for n, want := range []int{http.StatusOK, http.StatusConflict} {
		id, err := d.newAccount()
		if err != nil {
			return err
		}
		got, err := newResident(d).claim(address, id)
		if err != nil {
			return err
		}
		if got.status != want {
			return fmt.Errorf("claim %d was answered with %d (%s), not %d", n+1, got.status, got.heading(), want)
		}
		fmt.Fprintln(d.out, d.words.Say("demo.claim", n+1, got.heading()))
	}
	return nil
}

// newAccount adds a resident who was never here.
func (d *demo) newAccount() (string, error) {
	id, err := cards.NewMyKeyID(rand.Reader)
	for err == nil && unfit.ID(id.String()) {
		id, err = cards.NewMyKeyID(rand.Reader)
	}
	if err != nil {
		return "", err
	}
	_, err = d.say(password+"\n", "hub", "account", "add", id.String(), "--password-stdin", "--data", d.path("hub"))
	return id.String(), err
}

// open reports whether the kiosk holds an allotment for now.
func (d *demo) open() (bool, error) {
	said, err := d.say("", "kioskctl", "status", "--json", "--data", d.path("kiosk"))
	if err != nil {
		return false, err
	}
	type allotment struct {
		Open bool `json:"open"`
	}
	var status struct {
		Allotments []allotment `json:"allotments"`
	}
	if err := json.Unmarshal([]byte(said), &status); err != nil {
		return false, err
	}
	return slices.ContainsFunc(status.Allotments, func(a allotment) bool { return a.Open }), nil
}
