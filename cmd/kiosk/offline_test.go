package main

import (
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// The hub goes away before one resident's card is laid down, and before the next
// one's application is sent: in the real window, with a real pcscd, each takes a
// provisional slip home. When the hub is back it registers both, the kiosk's disk
// has nothing left of them, and the code on the slip sets a password.
func TestCounterOffline(t *testing.T) {
	proof.Needs(t, "Xvfb", "xdotool", "zbarimg", "go")
	d := proof.PCSCD(t, "Counter")
	bin, data, hub := openedHub(t)
	deck := deckOf(t)
	trust(t, bin, hub.data, deck)
	slot := jpkitest.NewSlot()
	go func() { _ = slot.Run(t.Context(), d.Address(0)) }()
	f := atCounter(t, d, bin, data)
	disk := diskOf(t, data)
	await(t, "leased IDs", func() bool { return len(disk.codes()) == 20 })
	codes := disk.codes()

	ids := []string{"K7M4W2HN", "AB2CD3EF", "XYZ23456"} // the real ones stand in the same places
	one := deal(t, deck)
	hub.stop()
	f.sit(slot, one)
	f.pin("1234", wizard.PINRight{IDs: ids, Later: true})
	f.await(one, "verify PIN", 1)
	time.Sleep(time.Second)
	first := f.later(slot, one, data, 1, ids)
	disk.waits(first, codes)
	hub.start()
	disk.done()
	f.registered(bin, hub, first)

	two := deal(t, deck)
	f.sit(slot, two)
	f.pin("1234", wizard.PINRight{IDs: ids})
	f.await(two, "sign", 1)
	f.tap("K7M4 W2HN", wizard.TapID{ID: ids[0]})
	f.tap("控えの番号で、あとで決める", wizard.TapCode{})
	f.tap("同意して次へ", wizard.TapNext{})
	hub.stop()
	f.tap("申しこむ", wizard.TapNext{})
	f.look("applying")
	f.await(two, "sign", 2)
	time.Sleep(9 * time.Second) // with the second before, longer than a person waits for the hub
	f.state, _ = f.state.Next(wizard.WentAway{IDs: ids})
	second := f.later(slot, two, data, 2, ids)
	disk.waits(second, codes)
	hub.start()
	disk.done()
	f.registered(bin, hub, second)
	for _, id := range []string{first, second} {
		if !setsPassword(t, "http://"+hub.addr, id, codes[id]) {
			t.Errorf("the code on the slip of %s sets no password", id)
		}
	}
	for _, card := range []*jpkitest.Card{one, two} {
		if n := count(card, "verify PIN"); n != 1 || card.Verified() {
			t.Errorf("%d PINs:\n%s", n, strings.Join(card.Log(), "\n"))
		}
	}
}

func deal(t *testing.T, deck *jpkitest.Deck) *jpkitest.Card {
	t.Helper()
	card, err := deck.Card("good")
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// later goes on from the choice of a leased ID to the slip, and takes the card
// away.
func (f *finger) later(slot *jpkitest.Slot, card *jpkitest.Card, data string, n int, ids []string) (id string) {
	f.t.Helper()
	f.look("choose-later")
	signed := count(card, "sign")
	f.tap("AB2C D3EF", wizard.TapID{ID: ids[1]})
	f.look("password-later")
	f.tap("控えの番号で、あとで決める", wizard.TapCode{})
	f.tap("同意して次へ", wizard.TapNext{})
	f.tap("申しこむ", wizard.TapNext{})
	f.await(card, "sign", signed+1)
	id = slipOf(f.t, data, n)
	time.Sleep(time.Second)
	f.look("done-later")
	f.leave(slot)
	return id
}

// registered asks the hub.
func (f *finger) registered(bin string, hub *hubRun, id string) {
	f.t.Helper()
	deeds := said(f.t, "", bin+"hub", "mykey", "audit", "--json", "--data", hub.data, id)
	if strings.Count(deeds, `"what":"register"`) != 1 {
		f.t.Errorf("the hub knows of %s: %s", id, deeds)
	}
	f.state, _ = f.state.Next(kiosk.NetworkIs{Network: kiosk.Network{Online: true}})
}

// A disk is what the kiosk has in its database.
type disk struct {
	t  *testing.T
	db *sql.DB
}

func diskOf(t *testing.T, data string) disk {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "journal.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return disk{t, db}
}

// codes are those of the leased IDs.
func (d disk) codes() map[string]string {
	d.t.Helper()
	rows, err := d.db.QueryContext(d.t.Context(), `SELECT id, code FROM lease WHERE state = 'held'`)
	if err != nil {
		return nil // there is no such table yet
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var id, code string
		if err := rows.Scan(&id, &code); err != nil {
			d.t.Fatal(err)
		}
		all[id] = code
	}
	return all
}

func (d disk) count(query string) (n int) {
	d.t.Helper()
	if err := d.db.QueryRowContext(d.t.Context(), query).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

// waits wants what was signed for a leased ID to wait for the hub.
func (d disk) waits(id string, codes map[string]string) {
	d.t.Helper()
	if codes[id] == "" {
		d.t.Fatalf("the slip is of %s, which was not leased", id)
	}
	if n := d.count(`SELECT count(*) FROM deposit`); n != 1 || d.codes()[id] != "" {
		d.t.Fatalf("%d deposits; %s may be given again: %v", n, id, d.codes()[id] != "")
	}
}

// done waits until the hub has ruled on everything.
func (d disk) done() {
	d.t.Helper()
	await(d.t, "the hub's ruling", func() bool { return d.count(`SELECT count(*) FROM deposit`) == 0 })
	if n := d.count(`SELECT count(*) FROM ruled WHERE ruling <> 'ok'`); n > 0 {
		d.t.Errorf("%d were refused", n)
	}
}

// setsPassword fills in the hub's page as a resident does.
func setsPassword(t *testing.T, base, id, code string) bool {
	t.Helper()
	alone := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	asked, err := alone.Get(base + "/password")
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Body.Close()
	html, err := io.ReadAll(asked.Body)
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindSubmatch(html)
	if token == nil {
		t.Fatalf("no form: %s", html)
	}
	form := url.Values{"id": {id}, "code": {code}, "password": {"haru-no-kawa-2026"}, "token": {string(token[1])}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/password", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range asked.Cookies() { // a jar would keep them for https
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	set, err := alone.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Body.Close()
	return set.StatusCode == http.StatusSeeOther && set.Header.Get("Location") == "/account"
}
