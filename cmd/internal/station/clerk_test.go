package station

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry"
	"pointkiosk/hub/revocation"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A handReader is a reader on which the test lays cards down.
type handReader struct {
	mu   sync.Mutex
	card *jpkitest.Card
	tell chan func(pcsc.Event)
	open sync.WaitGroup // sessions that did not end
	yank func() error   // what happens in the command in which the card goes; nil: it is pulled away
}

func (r *handReader) Run(ctx context.Context, tell func(pcsc.Event)) error {
	r.tell <- tell
	<-ctx.Done()
	return nil
}

func (r *handReader) Connect(string) (session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.card == nil {
		return nil, pcsc.ErrGone
	}
	r.card.PowerUp()
	r.open.Add(1)
	return &handSession{virtualCard{r.card}, r, sync.Once{}}, nil
}

// A handSession powers its card down, and not the one that lies there next.
type handSession struct {
	virtualCard
	r    *handReader
	once sync.Once
}

func (s *handSession) Transmit(apdu []byte) ([]byte, error) {
	answer, err := s.virtualCard.Transmit(apdu)
	if errors.Is(err, pcsc.ErrGone) && s.r.yank != nil {
		err = s.r.yank()
	}
	return answer, err
}

func (s *handSession) End() error {
	s.once.Do(func() {
		_ = s.virtualCard.End()
		s.r.open.Done()
	})
	return nil
}

func (*handReader) Done() {}

func (r *handReader) put(card *jpkitest.Card) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.card = card; card != nil {
		card.PutBack()
	}
}

// A diary is a log that many write, and that is read at the same time.
type diary struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (d *diary) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all.Write(b)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all.String()
}

// A counter is a market whose kiosk has a card reader, and a hub that trusts a
// deck of cards.
type counter struct {
	*market
	deck   *jpkitest.Deck
	reader *handReader
	tell   func(pcsc.Event)
	log    *diary   // of the kiosk, all of it
	secret []string // what may be in no log
	stop   context.CancelFunc
	clock  ahead        // how far the kiosk's is ahead
	after  atomic.Int64 // so many bytes from now the printer is switched off; 0: never
}

// newCounter deals the cards of these kinds before the hub opens: its CRL is of
// then.
func newCounter(t *testing.T, kinds ...string) (c *counter, dealt []*jpkitest.Card) {
	t.Helper()
	return newCounterAt(t, func(*counter) {}, kinds...)
}

// newCounterAt is newCounter with other settings of the hub.
func newCounterAt(t *testing.T, mend func(*counter), kinds ...string) (c *counter, dealt []*jpkitest.Card) {
	t.Helper()
	c = &counter{market: &market{t: t}, reader: &handReader{tell: make(chan func(pcsc.Event), 1)}, log: new(diary)}
	var err error
	c.deck, err = jpkitest.NewDeck(sha256.Sum256([]byte(t.Name())), time.Now())
	c.ok(err)
	for _, kind := range kinds {
		card, err := c.deck.Card(kind)
		c.ok(err)
		dealt = append(dealt, card)
	}
	crl, err := c.deck.CA.CRL(time.Now())
	c.ok(err)
	file := filepath.Join(t.TempDir(), "crl")
	c.ok(os.WriteFile(file, crl, 0o600))
	root, err := x509.ParseCertificate(c.deck.CA.DER)
	c.ok(err)
	c.people = registry.Opts{
		Key: make([]byte, 32), Roots: func() ([]*x509.Certificate, error) { return []*x509.Certificate{root}, nil },
		Revocation: revocation.NewCRL(file, &revocation.Opts{}),
	}
	mend(c)
	c.open(printer.ProcessID, c.fault, func(o *Opts) {
		o.Settings.Card.Reader = "pcsc:"
		o.Now = c.clock.now
		o.Log = slog.New(slog.NewTextHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	c.desk.clerk.readers = c.reader
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.desk.clerk.watch(ctx, func(e kiosk.Event) { c.do(e) }) }()
	c.tell = <-c.reader.tell
	c.stop = sync.OnceFunc(func() {
		stop()
		c.ok(<-ended)
	})
	t.Cleanup(func() { c.stop(); c.logsNothing() })
	return c, dealt
}

// fault switches the printer off, once.
func (c *counter) fault(int64) printertest.Fault {
	if c.after.Load() > 0 && c.after.Add(-1) == 0 {
		return printertest.SwitchedOff
	}
	return printertest.None
}

// logsNothing looks for what no log may hold, the PINs among it.
func (c *counter) logsNothing() {
	c.t.Helper()
	if found := leaks(c.log.String(), append(c.secret, "1234", "0000", "MIID")); len(found) > 0 {
		c.t.Errorf("the log holds %q:\n%s", found, c.log)
	}
}

func leaks(log string, secrets []string) (found []string) {
	log = strings.ToUpper(log)
	for _, s := range secrets {
		if s != "" && strings.Contains(log, strings.ToUpper(s)) {
			found = append(found, s)
		}
	}
	return found
}

// secrets adds what belongs to a card.
func (c *counter) secrets(card *jpkitest.Card) {
	if der := card.Certificate(); der != nil {
		leaf, err := x509.ParseCertificate(der)
		c.ok(err)
		c.secret = append(c.secret, hex.EncodeToString(der[:16]), leaf.Subject.CommonName, leaf.SerialNumber.String())
	}
}

func (c *counter) lay(card *jpkitest.Card) {
	c.secrets(card)
	c.reader.put(card)
	c.tell(pcsc.Inserted{Reader: "hand"})
}

func (c *counter) takeAway() {
	c.reader.put(nil)
	c.tell(pcsc.Removed{})
	c.reader.open.Wait() // nobody lays a card down before
}

// sit goes from Home to the card.
func (c *counter) sit(card *jpkitest.Card) {
	c.t.Helper()
	c.do(kiosk.TapMyKey{}, wizard.TapNext{})
	c.lay(card)
}

func (c *counter) pinIs(digits string) {
	c.do(wizard.TypedPIN{PIN: wizard.NewTyped([]byte(digits))})
}

func (c *counter) shows(want wizard.Step) {
	c.t.Helper()
	if c.state.Step != kiosk.MyKey || c.state.MyKey.Step != want {
		c.t.Fatalf("screen %d, step %d (%q %q), not %d\n%s", c.state.Step, c.state.MyKey.Step, c.state.MyKey.Reason, c.state.MyKey.Word, want, c.log)
	}
}

// register goes on from the PIN that is asked for, and returns the ID and the code.
func (c *counter) register() (id, code string) {
	c.t.Helper()
	c.shows(wizard.PIN)
	c.pinIs("1234")
	c.shows(wizard.Choose)
	c.agree()
	return c.state.MyKey.Account.ID, c.state.MyKey.Code
}

// agree takes the first ID that is proposed, and a code.
func (c *counter) agree() {
	c.t.Helper()
	c.do(wizard.TapID{ID: c.state.MyKey.IDs[0]}, wizard.TapCode{}, wizard.TapNext{}, wizard.TapNext{})
	c.shows(wizard.Done)
	c.secret = append(c.secret, c.state.MyKey.Account.ID, c.state.MyKey.Code, strings.ReplaceAll(c.state.MyKey.Code, "-", ""))
}

// home takes the card away, and finds nothing left of who sat there.
func (c *counter) home() {
	c.t.Helper()
	c.takeAway()
	if c.at(kiosk.Home); c.state.MyKey.Step != wizard.Needs || c.state.MyKey.Account.ID != "" || c.desk.clerk.now != nil {
		c.t.Fatalf("left behind: %+v", c.state.MyKey)
	}
}

// pins counts the PINs that a card was given.
func pins(card *jpkitest.Card) (n int) {
	for _, line := range card.Log() {
		if strings.HasPrefix(line, "verify PIN") {
			n++
		}
	}
	return n
}

// From the tile to the slip, and the same card again: its ID is shown, its slip
// printed again, changed, retired.
func TestCounter(t *testing.T) {
	c, dealt := newCounter(t, "good")
	card := dealt[0]
	if !c.state.Site.Counter {
		t.Fatal("no tile")
	}
	c.sit(card)
	id, code := c.register()
	if c.state.MyKey.Slip != wizard.Printed || card.Verified() {
		t.Errorf("slip %d, the card still signs: %v", c.state.MyKey.Slip, card.Verified())
	}
	c.wantSlip(1, id)
	c.do(wizard.TapEnd{})
	c.shows(wizard.Take)
	c.home()
	c.secret = append(c.secret, "natsu-no-umi-2026")
	if s, err := c.accounts.SetPassword(t.Context(), netip.MustParseAddr("192.0.2.9"), id, code, "natsu-no-umi-2026", "a phone"); err != nil {
		t.Errorf("the code on the slip: %v, %v", s.ID, err)
	}
	if _, err := c.accounts.SignIn(t.Context(), id, "natsu-no-umi-2026", "a phone"); err != nil {
		t.Errorf("sign in: %v", err)
	}

	c.sit(card)
	c.pinIs("1234")
	c.shows(wizard.Held)
	if c.state.MyKey.Account.ID != id {
		t.Errorf("held %q, not %q", c.state.MyKey.Account.ID, id)
	}
	c.do(wizard.TapSlip{})
	c.wantSlip(2, id)
	c.do(wizard.TapChange{}, wizard.TapOwn{}, wizard.TypedID{ID: id})
	if c.shows(wizard.Own); c.state.MyKey.Taken != string(cards.RulingTaken) {
		t.Errorf("one's own ID is %q", c.state.MyKey.Taken)
	}
	c.do(wizard.TypedID{ID: "NATS2345"})
	c.shows(wizard.Confirm)
	c.do(wizard.TapNext{})
	c.shows(wizard.Done)
	c.wantSlip(3, "NATS2345")
	c.secret = append(c.secret, "NATS2345")
	c.home()

	c.sit(card)
	c.pinIs("1234")
	c.shows(wizard.Held)
	c.do(wizard.TapRetire{}, wizard.TapNext{})
	c.shows(wizard.Take)
	c.home()
	c.sit(card)
	c.pinIs("1234")
	c.shows(wizard.Choose)
	c.home()
	if n := pins(card); n != 4 {
		t.Errorf("%d PINs in four visits", n)
	}
	onlyOurs(t, card)
}

// wantSlip reads the n-th paper.
func (c *counter) wantSlip(n int, id string) {
	c.t.Helper()
	pages := slices.DeleteFunc(c.printer.Pages(), func(p printertest.Page) bool { return p.Bounds().Dy() < 300 })
	if len(pages) != n {
		c.t.Fatalf("%d slips, not %d", len(pages), n)
	}
	wantCode(c.t, pages[n-1], id)
}

// A password that is typed here: a weak one is asked for again, the next one
// signs in, and the slip has no code.
func TestCounterPassword(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	var wire bytes.Buffer // all that leaves the kiosk
	hub := c.road.hub
	c.road.divert(func(w http.ResponseWriter, r *http.Request) {
		r.Body = io.NopCloser(io.TeeReader(r.Body, &wire))
		hub.ServeHTTP(w, r)
	})
	c.sit(dealt[0])
	c.pinIs("1234")
	c.do(wizard.TapID{ID: c.state.MyKey.IDs[1]}, wizard.TapTyped{}, wizard.TapNext{}, wizard.TapNext{})
	for _, p := range []struct {
		text string
		next wizard.Step
	}{{"password", wizard.Typing}, {"aki-no-yama-2026", wizard.Done}} {
		c.shows(wizard.Typing)
		typed := wizard.NewTyped([]byte(p.text))
		c.do(wizard.TypedPass{Pass: typed})
		c.shows(p.next)
		if len(bytes.Trim(typed.Take(), "\x00")) > 0 {
			t.Error("the password is still there")
		}
		if id := c.state.MyKey.ID; bytes.Contains(wire.Bytes(), []byte(p.text)) || !bytes.Contains(wire.Bytes(), []byte(id)) {
			t.Errorf("the password left the kiosk unsealed, or nothing did: %d bytes", wire.Len())
		}
		c.secret = append(c.secret, p.text)
	}
	c.secret = append(c.secret, c.state.MyKey.Account.ID)
	if c.state.MyKey.Code != "" {
		t.Error("a code beside a password")
	}
	if _, err := c.accounts.SignIn(t.Context(), c.state.MyKey.Account.ID, "aki-no-yama-2026", "a phone"); err != nil {
		t.Error(err)
	}
}

// A card that was renewed is bound to the ID of before: by its password, or by
// staff who vouched. The card of before opens nothing any more. Who forgot the
// password sets another with a new code.
func TestCounterBefore(t *testing.T) {
	c, dealt := newCounter(t, "good", "p256", "p384")
	c.secret = append(c.secret, "natsu-no-umi-2026", "aki-no-sora-2026")
	c.sit(dealt[0])
	id, code := c.register()
	c.home()
	_, err := c.accounts.SetPassword(t.Context(), netip.Addr{}, id, code, "natsu-no-umi-2026", "a phone")
	c.ok(err)
	before := func(pass string) {
		c.do(wizard.TapBefore{}, wizard.TypedID{ID: id}, wizard.TapNext{})
		c.shows(wizard.Typing)
		if pass == "" {
			c.do(wizard.TapVouch{})
			return
		}
		c.do(wizard.TypedPass{Pass: wizard.NewTyped([]byte(pass))})
	}

	c.sit(dealt[1])
	c.pinIs("1234")
	before("aki-no-sora-2026")
	if c.shows(wizard.Own); c.state.MyKey.Taken != string(cards.RulingWrong) {
		t.Errorf("a wrong password: %q", c.state.MyKey.Taken)
	}
	c.do(wizard.TapBack{}) // and what was there before goes on
	before("natsu-no-umi-2026")
	if c.shows(wizard.Done); c.state.MyKey.Account.ID != id || c.state.MyKey.Code != "" {
		t.Errorf("bound to %q", c.state.MyKey.Account.ID)
	}
	c.home()
	c.sit(dealt[0])
	c.pinIs("1234")
	if c.shows(wizard.Stopped); c.state.MyKey.Word != string(cards.RulingReplaced) {
		t.Errorf("the card of before: %q", c.state.MyKey.Word)
	}
	c.home()

	c.sit(dealt[2])
	c.pinIs("1234")
	before("")
	if c.shows(wizard.Own); c.state.MyKey.Taken != string(cards.RulingWrong) {
		t.Errorf("nobody vouched: %q", c.state.MyKey.Taken)
	}
	_, err = c.accounts.AllowRebind(t.Context(), id, "KSZ-014", "sato", "saw the passport")
	c.ok(err)
	c.do(wizard.TypedID{ID: id}, wizard.TapNext{}, wizard.TapVouch{})
	c.shows(wizard.Done)
	c.home()

	c.sit(dealt[2])
	c.pinIs("1234")
	c.shows(wizard.Held)
	c.do(wizard.TapForgot{})
	code = c.state.MyKey.Code
	if c.shows(wizard.Done); code == "" || dealt[2].Verified() {
		t.Errorf("code %t, the card still signs: %v", code != "", dealt[2].Verified())
	}
	_, err = c.accounts.SetPassword(t.Context(), netip.Addr{}, id, code, "aki-no-sora-2026", "a phone")
	c.ok(err)
	c.home()
}

// Who went to the ID of before by mistake registers after all.
func TestCounterBeforeAfterAll(t *testing.T) {
	c, dealt := newCounter(t, "good")
	c.sit(dealt[0])
	c.pinIs("1234")
	c.do(wizard.TapBefore{}, wizard.TypedID{ID: "NATS2345"}, wizard.TapNext{}, wizard.TypedPass{Pass: wizard.NewTyped([]byte("natsu-no-umi-2026"))})
	c.shows(wizard.Own)
	c.do(wizard.TapBack{})
	c.shows(wizard.Choose)
	c.agree()
	c.home()
}

// Each wrong PIN is sent once; before the last try staff are asked.
func TestCounterWrongPIN(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	card := dealt[0]
	c.sit(card)
	for n, want := range []wizard.Step{wizard.PIN, wizard.LastTry, wizard.Stopped} {
		if c.state.MyKey.Tries != 3-n {
			t.Errorf("%d tries are shown after %d", c.state.MyKey.Tries, n)
		}
		if c.state.MyKey.Step == wizard.LastTry {
			c.pinIs("0000") // staff did not say yes
			if pins(card) != n {
				t.Fatal("the last try was spent unasked")
			}
			c.do(wizard.TapNext{})
			c.pinIs("0000")
			if pins(card) != n {
				t.Fatal("the last try was spent before staff said who they are")
			}
			c.pin("2468")
		}
		c.pinIs("0000")
		c.shows(want)
		if pins(card) != n+1 {
			t.Fatalf("%d PINs after %d", pins(card), n+1)
		}
	}
	if c.state.MyKey.Reason != wizard.Unusable || card.Verified() {
		t.Errorf("%+v", c.state.MyKey)
	}
	c.home()
	onlyOurs(t, card)
}

// What ends before a PIN is asked for, and what the hub refuses.
func TestCounterStops(t *testing.T) {
	rows := []struct {
		kind   string
		pin    bool
		reason wizard.Reason
		word   cards.Ruling
	}{
		{"locked", false, wizard.Unusable, ""},
		{"expired", false, wizard.Expired, ""},
		{"renewed", false, wizard.Renewed, ""},
		{"transit", false, wizard.OtherCard, ""},
		{"old", false, wizard.OtherCard, ""},
		{"android", false, wizard.Phone, ""},
		{"none", false, wizard.NoCertificate, ""},
		{"rsa1024", false, wizard.Weak, ""},
		{"mute@3", false, wizard.Mute, ""},
		{"revoked", true, wizard.Refused, cards.RulingRevoked},
		{"unknown-ca", true, wizard.Refused, cards.RulingUnknownCA},
		{"wrong-policy", true, wizard.Refused, cards.RulingWeak},
		{"garbled", true, wizard.Broken, ""},
	}
	var kinds []string
	for _, r := range rows {
		kinds = append(kinds, r.kind)
	}
	c, dealt := newCounter(t, kinds...)
	for n, r := range rows {
		c.sit(dealt[n])
		want := 0
		if r.pin {
			c.shows(wizard.PIN)
			c.pinIs("1234")
			want = 1
		}
		c.shows(wizard.Stopped)
		if c.state.MyKey.Reason != r.reason || c.state.MyKey.Word != string(r.word) || pins(dealt[n]) != want || dealt[n].Verified() {
			t.Errorf("%s: %q %q, %d PINs", r.kind, c.state.MyKey.Reason, c.state.MyKey.Word, pins(dealt[n]))
		}
		onlyOurs(t, dealt[n])
		c.home()
	}
}

// The hub is away, from the start or from any question on: nothing can be
// promised, and the card is powered down.
func TestCounterOffline(t *testing.T) {
	for n, name := range []string{"before the card", "before the PIN", "before the ID", "before the end"} {
		c, dealt := newCounter(t, "p256")
		away := func(at int) {
			if at == n {
				c.server.Close()
			}
		}
		away(0)
		c.sit(dealt[0])
		c.shows(wizard.PIN)
		away(1)
		c.pinIs("1234")
		if away(2); n == 2 {
			c.do(wizard.TapOwn{}, wizard.TypedID{ID: "NATS2345"})
		}
		if n == 3 {
			c.do(wizard.TapID{ID: c.state.MyKey.IDs[0]}, wizard.TapCode{}, wizard.TapNext{})
			away(3)
			c.do(wizard.TapNext{})
		}
		c.shows(wizard.Stopped)
		if c.state.MyKey.Reason != wizard.Offline || pins(dealt[0]) != 1 || dealt[0].Verified() {
			t.Errorf("%s: %q, %d PINs", name, c.state.MyKey.Reason, pins(dealt[0]))
		}
		c.home()
	}
}

// Two people, one after the other: the second sees nothing of the first, and an
// effect of somebody who left does nothing to their card.
func TestCounterNext(t *testing.T) {
	c, dealt := newCounter(t, "p256", "p256")
	c.sit(dealt[0])
	first, _ := c.register()
	c.home()
	c.sit(dealt[1])
	second, _ := c.register()
	if first == second {
		t.Error("two people, one ID")
	}
	c.home()
	if planted := leaks("msg="+strings.ToLower(first), c.secret); !slices.Equal(planted, []string{first}) {
		t.Errorf("an ID in a log is found as %q", planted)
	}
	pin := wizard.NewTyped([]byte("1234"))
	if e := c.desk.Do(t.Context(), wizard.Check{PIN: pin}); e != nil || string(pin.Take()) != "\x00\x00\x00\x00" {
		t.Errorf("%v", e)
	}
	if pins(dealt[1]) != 1 {
		t.Error("a PIN for nobody's card")
	}
}

// A virtual hand lays a card down, takes it away a while after its visit is over,
// and lays down the next person's.
func TestVirtualReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := Card{Reader: "virtual:p256"}.open(Opts{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		begun := time.Now()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- r.Run(ctx, func(e pcsc.Event) { told = append(told, fmt.Sprintf("%T at %v", e, time.Since(begun))) })
		}()
		synctest.Wait()
		var people []string
		for range 2 {
			time.Sleep(10 * time.Second) // somebody sits there
			card, err := r.Connect("virtual")
			if err != nil {
				t.Fatal(err)
			}
			people = append(people, string(card.(virtualCard).Certificate()))
			if _, err := card.Transmit([]byte{0, 0x20, 0, 0x80}); err != nil || card.End() != nil {
				t.Error(err)
			}
			if _, err := card.Transmit([]byte{0, 0x20, 0, 0x80}); !errors.Is(err, pcsc.ErrEnded) {
				t.Errorf("after the end: %v", err)
			}
			r.Done()
			time.Sleep(4 * time.Second)
			if _, err := r.Connect("virtual"); !errors.Is(err, pcsc.ErrGone) {
				t.Errorf("taken away: %v", err)
			}
			r.Done() // about no card
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		stop()
		if err := <-ended; err != nil || people[0] == people[1] {
			t.Errorf("%v; the same person: %v", err, people[0] == people[1])
		}
		want := "pcsc.Inserted at 0s, pcsc.Removed at 13s, pcsc.Inserted at 16s, pcsc.Removed at 29s, pcsc.Inserted at 32s, pcsc.Removed at 32s"
		if got := strings.Join(told, ", "); got != want {
			t.Errorf("told %s\nwant %s", got, want)
		}
	})
}
