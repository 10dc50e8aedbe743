package station

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/hub/api"
	"pointkiosk/hub/registry"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/uplink"
	"pointkiosk/kiosk/wizard"
)

// A road lies between kiosk and hub.
type road struct {
	hub  http.Handler
	cut  atomic.Bool                      // nothing gets through
	lose atomic.Pointer[string]           // the next answer from this path does not come back, and then nothing gets through
	late sync.Mutex                       // held while the hub is at what the kiosk waits for no more
	way  atomic.Pointer[http.HandlerFunc] // what stands in the road; it may let through to the hub
	weak atomic.Int32                     // so many times: does not come back, and then all is well; or the hub never hears of it
}

// divert puts something into the road, until it is called back.
func (w *road) divert(h http.HandlerFunc) (back func()) {
	w.way.Store(&h)
	return func() { w.way.Store(nil) }
}

func (w *road) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	if h := w.way.Load(); h != nil {
		(*h)(to, r)
		return
	}
	if w.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	if n := w.weak.Load(); n > 0 && r.URL.Path == "/"+api.PathApply {
		if w.weak.Add(-1); n%2 == 0 {
			w.deaf(r)
		}
		panic(http.ErrAbortHandler)
	}
	if path := w.lose.Load(); path != nil && r.URL.Path == "/"+*path {
		w.late.Lock()
		defer w.late.Unlock()
		w.cut.Store(true)
		w.deaf(r)
		panic(http.ErrAbortHandler)
	}
	w.hub.ServeHTTP(to, r)
}

// rest waits until the hub has done all that was asked.
func (w *road) rest() {
	w.late.Lock()
	defer w.late.Unlock()
}

// deaf lets the hub do what is asked, though nobody waits for its answer.
func (w *road) deaf(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // it never came
	}
	again := r.Clone(context.WithoutCancel(r.Context()))
	again.Body = io.NopCloser(bytes.NewReader(body))
	w.hub.ServeHTTP(httptest.NewRecorder(), again)
}

// carry does once what the running kiosk does all the time.
func (c *counter) carry() {
	c.t.Helper()
	ctx, stop := context.WithCancel(c.t.Context())
	defer stop()
	up, err := c.desk.Uplink(func(n uplink.News) {
		if n.Online && n.MyKey != nil {
			c.t.Errorf("%+v", n)
		}
		stop()
	})
	c.ok(err)
	up.Run(ctx)
}

// leased is a counter whose kiosk holds leased IDs.
func leased(t *testing.T, kinds ...string) (*counter, []*jpkitest.Card) {
	c, dealt := newCounter(t, kinds...)
	c.desk.clerk.limit = 3 * time.Second // long enough for a busy machine
	c.carry()
	if n := c.held(); n != 20 {
		t.Fatalf("%d leased IDs", n)
	}
	return c, dealt
}

// held counts the IDs that may be given.
func (c *counter) held() int {
	c.t.Helper()
	scheme, err := c.desk.scheme(c.t.Context())
	c.ok(err)
	l, err := c.desk.Journal.Leased(c.t.Context(), scheme)
	c.ok(err)
	return len(l.Leased)
}

func (c *counter) waiting() int {
	c.t.Helper()
	n, refused, err := c.desk.Journal.Provisional(c.t.Context())
	if c.ok(err); refused > 0 {
		c.t.Errorf("the hub refused %d", refused)
	}
	return n
}

// deeds are what the hub has written down about an ID.
func (c *counter) deeds(id string) (out string) {
	c.t.Helper()
	err := c.accounts.Deeds(c.t.Context(), id, func(d registry.Deed) error {
		out += d.What + " "
		return nil
	})
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(out)
}

// The hub is away, from the start or from any question on, or its answer is
// lost: a leased ID is given, its slip says that it is provisional, and when the
// hub is back it is registered, once.
func TestCounterLater(t *testing.T) {
	choose := func(c *counter) { c.shows(wizard.Choose) }
	apply := func(c *counter) {
		choose(c)
		c.do(wizard.TapID{ID: c.state.MyKey.IDs[0]}, wizard.TapCode{}, wizard.TapNext{})
		c.shows(wizard.Confirm)
	}
	lose := func(c *counter, path string) { c.road.lose.Store(&path) }
	for _, tt := range []struct {
		name  string
		do    func(c *counter, card *jpkitest.Card)
		deeds string
	}{
		{"before the card", func(c *counter, card *jpkitest.Card) { c.road.cut.Store(true); c.sit(card); c.pinIs("1234") }, "register"},
		{"before the PIN", func(c *counter, card *jpkitest.Card) { c.sit(card); c.road.cut.Store(true); c.pinIs("1234") }, "register"},
		{"the answer to the PIN is lost", func(c *counter, card *jpkitest.Card) { c.sit(card); lose(c, api.PathApply); c.pinIs("1234") }, "register"},
		{"before the ID", func(c *counter, card *jpkitest.Card) {
			c.sit(card)
			c.pinIs("1234")
			c.do(wizard.TapOwn{})
			c.road.cut.Store(true)
			c.do(wizard.TypedID{ID: "NATS2345"})
		}, "register"},
		{"before the end", func(c *counter, card *jpkitest.Card) {
			c.sit(card)
			c.pinIs("1234")
			apply(c)
			c.road.cut.Store(true)
			c.do(wizard.TapNext{})
		}, "register"},
		{"the last answer is lost", func(c *counter, card *jpkitest.Card) {
			c.sit(card)
			c.pinIs("1234")
			apply(c)
			lose(c, api.PathApply)
			c.do(wizard.TapNext{})
		}, "register replace"},
		{"the last answer is lost, to a password", func(c *counter, card *jpkitest.Card) {
			c.sit(card)
			c.pinIs("1234")
			choose(c)
			c.do(wizard.TapID{ID: c.state.MyKey.IDs[0]}, wizard.TapTyped{}, wizard.TapNext{}, wizard.TapNext{})
			lose(c, api.PathApply)
			c.do(wizard.TypedPass{Pass: wizard.NewTyped([]byte("haru-no-kawa-2026"))})
		}, "register replace"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, dealt := leased(t, "good")
			card := dealt[0]
			tt.do(c, card)
			if c.shows(wizard.Choose); !c.state.MyKey.Later || len(c.state.MyKey.IDs) != proposals || c.state.MyKey.Terms.Body["ja"] == "" {
				t.Fatalf("%+v", c.state.MyKey)
			}
			c.agree()
			id, code := c.state.MyKey.Account.ID, c.state.MyKey.Code
			if !c.state.MyKey.Later || code == "" || c.state.MyKey.Slip != wizard.Printed || card.Verified() || pins(card) != 1 {
				t.Errorf("%+v", c.state.MyKey)
			}
			c.wantSlip(1, id)
			onlyOurs(t, card)
			c.home()
			c.back(id, code, tt.deeds)
		})
	}
}

// back brings the hub back: the ID is registered, its code sets a password, and
// nothing of the person is left at the kiosk.
func (c *counter) back(id, code, deeds string) {
	c.t.Helper()
	all, err := c.desk.Journal.Deposits(c.t.Context())
	if c.ok(err); len(all) != 1 || c.held() != 19 {
		c.t.Fatalf("%d deposits, %d leased IDs", len(all), c.held())
	}
	if c.onDisk(all[0].Sealed[40:80]) == 0 {
		c.t.Error("the deposit is not on the disk")
	}
	c.secretless(map[string]string{"the ID": id, "the code": code})
	c.road.rest()
	c.carry() // in vain
	if got := c.waiting(); got != 1 {
		c.t.Errorf("%d wait", got)
	}
	c.road.lose.Store(nil)
	c.road.cut.Store(false)
	c.carry()
	if c.waiting() != 0 || c.deeds(id) != deeds {
		c.t.Errorf("%d wait; at the hub: %s, want %s", c.waiting(), c.deeds(id), deeds)
	}
	c.secretless(map[string]string{"the deposit": string(all[0].Sealed[40:80]), "the ID": id, "the code": code})
	c.secret = append(c.secret, "natsu-no-umi-2026", "haru-no-kawa-2026")
	if _, err := c.accounts.SignIn(c.t.Context(), id, "haru-no-kawa-2026", "a phone"); err == nil {
		c.t.Error("the password that was given up signs in")
	}
	if _, err := c.accounts.SetPassword(c.t.Context(), netip.MustParseAddr("192.0.2.9"), id, code, "natsu-no-umi-2026", "a phone"); err != nil {
		c.t.Errorf("the code on the slip: %v", err)
	}
	c.carry()
	if n := c.held(); n != 20 {
		c.t.Errorf("%d leased IDs", n)
	}
}

// secretless wants none of this to stand in the kiosk's files.
func (c *counter) secretless(secrets map[string]string) {
	c.t.Helper()
	for what, secret := range secrets {
		if n := c.onDisk([]byte(strings.ReplaceAll(secret, "-", ""))); n > 0 {
			c.t.Errorf("%s stands on the kiosk's disk, %d times", what, n)
		}
	}
}

// onDisk counts where a text stands in the kiosk's files.
func (c *counter) onDisk(text []byte) (n int) {
	c.t.Helper()
	files, err := filepath.Glob(filepath.Join(c.opts.Dir, "*"))
	c.ok(err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		c.ok(err)
		n += bytes.Count(data, text)
	}
	return n
}

// What the hub refuses is counted, and the next one is registered all the same.
func TestCounterLaterRefused(t *testing.T) {
	c, dealt := leased(t, "revoked", "p256")
	c.road.cut.Store(true)
	for _, card := range dealt {
		c.sit(card)
		c.register()
		c.home()
	}
	c.road.cut.Store(false)
	c.carry()
	waiting, refused, err := c.desk.Journal.Provisional(t.Context())
	if c.ok(err); waiting != 0 || refused != 1 {
		t.Errorf("%d wait, %d were refused", waiting, refused)
	}
	entries := 0
	records, err := c.desk.Journal.Records(t.Context(), 0, 100)
	c.ok(err)
	for _, r := range records {
		var e cards.Entry
		if c.ok(cards.Unsealed(r.Data, cards.PaperEntry, &e)); e.State == cards.Given {
			entries++
		}
	}
	if r, err := c.desk.Journal.Receipt(t.Context()); entries != 2 || err != nil || r.Cursor != uint64(len(records)) {
		t.Errorf("%d entries; the hub has %d of %d, %v", entries, r.Cursor, len(records), err)
	}
}

// What can't be written down is not given: nothing is said, and no slip printed.
func TestCounterLaterNotWritten(t *testing.T) {
	c, dealt := leased(t, "p256")
	c.road.cut.Store(true)
	c.sit(dealt[0])
	c.pinIs("1234")
	c.do(wizard.TapID{ID: c.state.MyKey.IDs[0]}, wizard.TapCode{}, wizard.TapNext{})
	c.ok(c.desk.Journal.Close())
	c.do(wizard.TapNext{})
	if c.shows(wizard.Stopped); c.state.MyKey.Reason != wizard.Broken || len(c.printer.Pages()) > 0 || dealt[0].Verified() {
		t.Errorf("%+v, %d papers", c.state.MyKey, len(c.printer.Pages()))
	}
}

// The slip of a leased ID says so, and has the code of the lease.
func TestSlipLater(t *testing.T) {
	c, dealt := leased(t, "p256")
	codes := map[string]string{}
	l, err := c.desk.Journal.Leased(t.Context(), "らづポイント")
	c.ok(err)
	for _, one := range l.Leased {
		code, err := cards.ParseSlipCode(string(one.Code))
		c.ok(err)
		codes[one.ID] = code.Printed()
	}
	c.road.cut.Store(true)
	c.sit(dealt[0])
	c.pinIs("1234")
	c.agree()
	id, today := c.state.MyKey.Account.ID, time.Now().In(cards.Japan)
	want, err := c.desk.clerk.face.Slip(&face.Slip{
		Scheme: "らづポイント", ID: id, Code: codes[id], CodeEnds: today.Add(14 * 24 * time.Hour), Host: "p.example.jp", Later: true,
		Kiosk: "KSZ-014", Date: today, Lang: "ja",
	}, c.desk.dots)
	c.ok(err)
	page := c.printer.Pages()[0].Image()
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			r, _, _, _ := want.At(x, y).RGBA()
			if p, _, _, _ := page.At(x, y).RGBA(); p != r {
				t.Fatalf("the slip differs at %d, %d of %v, %v", x, y, want.Bounds(), page.Bounds())
			}
		}
	}
}
