package pcsc_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"pointkiosk/cards"
	"pointkiosk/kiosk/jpki"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/packaging/proof"
)

// A session is what jpki talks to.
var _ jpki.Card = (*pcsc.Session)(nil)

const name = "Counter"

// soon is what a test waits for something to happen; how long it really takes is
// asked only where it matters, since a test's machine is busy.
const soon = 15 * time.Second

// socket leads to the daemon of each test in turn: the library keeps the path
// that it reads first.
var socket string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pcsc-")
	if err != nil {
		panic(err)
	}
	socket = filepath.Join(dir, "socket")
	if err := os.Setenv("PCSCLITE_CSOCK_NAME", socket); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// A counter has a real pcscd, two slots, and Run.
type counter struct {
	*pcsc.Readers
	t      *testing.T
	d      *proof.Daemon
	slots  [2]*jpkitest.Slot
	events chan pcsc.Event
	stop   func() // ends Run, and waits for it
}

// open sets one up. At the end of the test no goroutine is left of it.
func open(t *testing.T, opts pcsc.Opts) *counter {
	t.Helper()
	c := lay(t, opts)
	c.run()
	return c
}

// lay is open without Run.
func lay(t *testing.T, opts pcsc.Opts) *counter {
	t.Helper()
	proof.Needs(t, "pcscd")
	before := runtime.NumGoroutine()
	t.Cleanup(func() { settled(t, before) })
	if opts.Log == nil {
		opts.Log = func(err error) { t.Log(err) } // Run has ended when the test ends
	}
	c := &counter{t: t, Readers: pcsc.New(&opts), d: proof.PCSCD(t, name), events: make(chan pcsc.Event, 1000), stop: func() {}}
	_ = os.Remove(socket)
	if err := os.Symlink(c.d.Socket(), socket); err != nil {
		t.Fatal(err)
	}
	for i := range c.slots {
		c.slots[i] = jpkitest.NewSlot()
		background(t, func(ctx context.Context) error { return c.slots[i].Run(ctx, c.d.Address(i)) })
	}
	return c
}

func (c *counter) run() {
	c.stop = background(c.t, func(ctx context.Context) error {
		return c.Run(ctx, func(e pcsc.Event) { c.events <- e })
	})
}

// background runs f until the test ends or the function is called.
func background(t *testing.T, f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// settled waits until there are no more goroutines than before.
func settled(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(soon); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// want waits for these events, in this order, and none between.
func (c *counter) want(events ...pcsc.Event) {
	c.t.Helper()
	for _, want := range events {
		select {
		case got := <-c.events:
			if got != want {
				c.t.Fatalf("told %T%v, not %T%v%s", got, got, want, want, c.says())
			}
		case <-time.After(soon):
			c.t.Fatalf("never told: %T%v%s", want, want, c.says())
		}
	}
}

// says is all there is to know where something has gone wrong: what pcscd says to
// somebody new, unless it hangs, its log, and who waits for what.
func (c *counter) says() string {
	states := []scard.ReaderState{{Reader: c.d.Reader(0)}, {Reader: c.d.Reader(1)}}
	said := make(chan error, 1)
	go func() {
		ctx, err := scard.EstablishContext()
		if err == nil {
			err = ctx.GetStatusChange(states, 0)
			_ = ctx.Release()
		}
		said <- err
	}()
	text := "pcscd hangs"
	select {
	case err := <-said:
		text = fmt.Sprintf("%08X %08X (%v)", states[0].EventState, states[1].EventState, err)
	case <-time.After(2 * time.Second):
	}
	stacks := make([]byte, 1<<20)
	return fmt.Sprintf("\npcscd: %s\n%s\n%s", text, c.d.Log(), stacks[:runtime.Stack(stacks, true)])
}

// quiet waits that long for no event.
func (c *counter) quiet(d time.Duration) {
	c.t.Helper()
	select {
	case got := <-c.events:
		c.t.Fatalf("told %T%v", got, got)
	case <-time.After(d):
	}
}

func (c *counter) inserted(slot int) pcsc.Event { return pcsc.Inserted{Reader: c.d.Reader(slot)} }

// put lays a card down and waits until it is told.
func (c *counter) put(slot int, card *jpkitest.Card) {
	c.t.Helper()
	c.slots[slot].Insert(card)
	c.want(c.inserted(slot))
}

// take takes it away again.
func (c *counter) take(slot int) {
	c.t.Helper()
	c.slots[slot].Remove()
	c.want(pcsc.Removed{})
	c.away()
}

func (c *counter) connect(slot int) *pcsc.Session {
	c.t.Helper()
	s, err := c.Connect(c.d.Reader(slot))
	if err != nil {
		c.t.Fatal(err, c.says())
	}
	c.t.Cleanup(func() { _ = s.End() })
	return s
}

func (c *counter) end(s *pcsc.Session) {
	c.t.Helper()
	for range 2 {
		if err := s.End(); err != nil {
			c.t.Error(err)
		}
	}
	if _, err := s.Transmit(selectApplet); err == nil {
		c.t.Error("a command after the end")
	}
}

var (
	now          = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)
	selectApplet = []byte("\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01")
	application  = cards.Application{
		Purpose: cards.Register, ID: "ABCD2345", Scheme: "健康ポイント", Kiosk: "kiosk-1",
		At: now.UnixMilli(), Terms: "2026-11", Challenge: []byte("0123456789abcdef0123456789abcdef"),
	}
)

// leaf is one for all cards: a key takes a while.
var leaf = sync.OnceValues(func() (*jpkitest.Leaf, error) {
	d, err := jpkitest.NewDeck([32]byte{1}, now)
	if err != nil {
		return nil, err
	}
	return d.CA.Issue(jpkitest.Profile{Issued: now.AddDate(-1, 0, 0), Born: now.AddDate(-40, 0, 0)})
})

func deal(t *testing.T, opts jpkitest.Opts) *jpkitest.Card {
	t.Helper()
	var err error
	if opts.Leaf, err = leaf(); err != nil {
		t.Fatal(err)
	}
	return jpkitest.New(opts)
}

func good(t *testing.T) *jpkitest.Card { return deal(t, jpkitest.Opts{}) }

func faulty(t *testing.T, f jpkitest.Faults) *jpkitest.Card {
	return deal(t, jpkitest.Opts{Faults: f})
}

func pin(t *testing.T, digits string) jpki.PIN {
	t.Helper()
	p, err := jpki.NewPIN([]byte(digits))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// commands is how many sign sends.
const commands = 15

// sign goes the whole way of a visitor.
func sign(t *testing.T, card jpki.Card) error {
	t.Helper()
	token, err := jpki.Open(card, &jpki.Opts{})
	if err != nil {
		return err
	}
	if _, err := token.Certificate(); err != nil {
		return err
	}
	if _, err := token.Tries(); err != nil {
		return err
	}
	if err := token.Verify(pin(t, "1234")); err != nil {
		return err
	}
	_, err = token.Sign(application)
	return err
}

// unpowered waits until the card has no power: nothing says when vpcd has passed it on.
func unpowered(t *testing.T, card *jpkitest.Card) {
	t.Helper()
	for end := time.Now().Add(soon); ; time.Sleep(time.Millisecond) {
		log := card.Log()
		if log[len(log)-1] == "power down" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("still has power:\n%s", strings.Join(log, "\n"))
		}
	}
}

func TestPutDownAndTakenAway(t *testing.T) {
	c := open(t, pcsc.Opts{Reader: name})
	for range 3 {
		card := good(t)
		start := time.Now()
		c.put(0, card)
		t.Logf("told after %v", time.Since(start))
		c.quiet(time.Second)
		start = time.Now()
		c.take(0)
		t.Logf("and that it is gone after %v", time.Since(start))
		time.Sleep(time.Second)
	}
	c.stop()
	c.quiet(0)
}

// The whole way, by the package that goes it: a wrong PIN spends one try, and
// nothing that a PIN has opened is open for the next session.
func TestSession(t *testing.T) {
	c := open(t, pcsc.Opts{})
	card := good(t)
	c.put(0, card)
	s := c.connect(0)
	start := time.Now()
	token, err := jpki.Open(s, &jpki.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	if cert, err := token.Certificate(); err != nil || string(cert.DER) != string(card.Certificate()) {
		t.Fatal(err, "or another certificate")
	}
	if left, err := token.Tries(); left != 3 || err != nil {
		t.Fatal(left, err)
	}
	wrong, ok := errors.AsType[*jpki.PINError](token.Verify(pin(t, "0000")))
	if !ok || wrong.Left != 2 || card.Tries() != 2 {
		t.Fatal(wrong, card.Tries())
	}
	if err := token.Verify(pin(t, "1234")); err != nil {
		t.Fatal(err)
	}
	if _, err := token.Sign(application); err != nil {
		t.Fatal(err)
	}
	t.Logf("the whole way took %v", time.Since(start))
	if !card.Verified() {
		t.Error("not open: the next check proves nothing")
	}
	c.end(s)
	s = c.connect(0) // before pcscd would have taken an idle card's power by itself
	if token, err = jpki.Open(s, &jpki.Opts{}); err != nil {
		t.Fatal(err)
	}
	if _, err := token.Sign(application); !errors.Is(err, jpki.ErrNotVerified) {
		t.Errorf("signed in another session: %v", err)
	}
	c.end(s)
	unpowered(t, card)
	c.quiet(time.Second) // sessions are no news of the card
	c.take(0)
}

// While a session lasts nobody else gets at the card, and the other way round.
func TestAlone(t *testing.T) {
	c := open(t, pcsc.Opts{})
	c.put(0, good(t))
	other, err := scard.EstablishContext()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Release() }()
	s := c.connect(0)
	if _, err := other.Connect(c.d.Reader(0), scard.ShareShared, scard.ProtocolAny); !errors.Is(err, scard.ErrSharingViolation) {
		t.Errorf("another program got in: %v", err)
	}
	if _, err := c.Connect(c.d.Reader(0)); !errors.Is(err, pcsc.ErrHeld) {
		t.Errorf("a second session: %v", err)
	}
	if err := sign(t, s); err != nil {
		t.Error(err)
	}
	c.end(s)

	theirs, err := other.Connect(c.d.Reader(0), scard.ShareShared, scard.ProtocolAny)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := c.Connect(c.d.Reader(0)); !errors.Is(err, pcsc.ErrHeld) || time.Since(start) > 3*time.Second {
		t.Errorf("a card that another program holds: %v after %v", err, time.Since(start))
	}
	soonLet := time.AfterFunc(300*time.Millisecond, func() { _ = theirs.Disconnect(scard.LeaveCard) })
	defer soonLet.Stop()
	c.end(c.connect(0)) // it let go in time
	c.take(0)
}

// What a session is asked for that it can't do.
func TestRefused(t *testing.T) {
	c := open(t, pcsc.Opts{})
	if _, err := c.Connect(c.d.Reader(0)); !errors.Is(err, pcsc.ErrGone) {
		t.Errorf("without a card: %v", err)
	}
	if _, err := c.Connect("Nowhere"); !errors.Is(err, pcsc.ErrNoReader) {
		t.Errorf("without such a reader: %v", err)
	}
	c.put(0, good(t))
	s := c.connect(0)
	for _, apdu := range [][]byte{nil, {}, {0x00, 0xA4, 0x04}} {
		if _, err := s.Transmit(apdu); err == nil {
			t.Errorf("% X was taken", apdu)
		}
	}
	if err := sign(t, s); err != nil {
		t.Error("and then no more:", err)
	}
	c.end(s)
	c.d.Stop()
	if _, err := c.Connect(c.d.Reader(0)); !errors.Is(err, pcsc.ErrNoReader) {
		t.Errorf("without pcscd: %v", err)
	}
}

// Wherever the card is pulled away, in a command or before it, at once or after
// pcscd has noticed: it is gone, the watch tells so, and the same card does when
// it is put down again.
func TestPulledAnywhere(t *testing.T) {
	c := open(t, pcsc.Opts{})
	for n := 1; ; n += proof.Times(4, 1, 1) {
		card := faulty(t, jpkitest.Faults{Pull: n})
		c.put(0, card)
		s := c.connect(0)
		err := sign(t, s)
		if err == nil {
			if n <= commands {
				t.Errorf("only %d commands", n-1)
			}
			c.end(s)
			break
		}
		c.gone(s, err)
		if n == 1 {
			c.put(0, card)
			s = c.connect(0)
			if err := sign(t, s); err != nil {
				t.Errorf("put down again: %v", err)
			}
			c.end(s)
			c.take(0)
		}
	}
}

// gone checks a session whose card is, and ends it.
func (c *counter) gone(s *pcsc.Session, err error) {
	c.t.Helper()
	if lost, ok := errors.AsType[*jpki.LostError](err); !ok || !errors.Is(err, pcsc.ErrGone) {
		c.t.Errorf("%v (%v)", err, errors.Unwrap(err))
	} else if text := fmt.Sprint(err, lost.Err); strings.Contains(text, "1234") || strings.Contains(text, "31 32") || strings.Contains(text, "31323334") {
		c.t.Errorf("%s tells the PIN", text)
	}
	if _, again := s.Transmit(selectApplet); !errors.Is(again, pcsc.ErrGone) {
		c.t.Errorf("the session goes on: %v", again)
	}
	c.end(s)
	c.want(pcsc.Removed{})
	c.away()
}

// away waits until pcscd's poll has missed the card too. A client's failure to power
// it down is told before that, and a card that is back in time for the poll
// stays unseen until it is taken away again.
func (c *counter) away() {
	c.t.Helper()
	for end := time.Now().Add(soon); ; time.Sleep(10 * time.Millisecond) {
		log := c.d.Log()
		if strings.Count(log, "Card Removed From") >= strings.Count(log, "Card inserted into") {
			return
		}
		if time.Now().After(end) {
			c.t.Fatal("pcscd never missed the card", c.says())
		}
	}
}

// A tripwire takes the card away before command n.
type tripwire struct {
	jpki.Card
	n    int
	trip func()
}

func (w *tripwire) Transmit(apdu []byte) ([]byte, error) {
	if w.n--; w.n == 0 {
		w.trip()
	}
	return w.Card.Transmit(apdu)
}

func TestPulledBetween(t *testing.T) {
	c := open(t, pcsc.Opts{})
	for n := 1; n <= commands; n += proof.Times(7, 2, 1) {
		for _, wait := range []time.Duration{0, time.Second} {
			c.put(0, good(t))
			s := c.connect(0)
			err := sign(t, &tripwire{s, n, func() { c.slots[0].Remove(); time.Sleep(wait) }})
			c.gone(s, err)
		}
	}
}

// A hand takes the card away while it thinks: one reader says so, another has an
// answer of no bytes.
func TestPulledInCommand(t *testing.T) {
	c := open(t, pcsc.Opts{})
	for _, pull := range []func(){c.slots[0].Pull, c.slots[0].Remove} {
		c.put(0, faulty(t, jpkitest.Faults{Delay: 300 * time.Millisecond}))
		s := c.connect(0)
		pulled := make(chan struct{})
		time.AfterFunc(700*time.Millisecond, func() { pull(); close(pulled) })
		err := sign(t, s)
		<-pulled
		c.gone(s, err)
	}
}

// A mute card ends within the limit, for the one who waits, whatever becomes of
// the call. Its removal is told, and the next card does.
func TestMute(t *testing.T) {
	const limit = time.Second
	for _, n := range []int{1, 13}[:proof.Times(1, 2, 2)] {
		c := open(t, pcsc.Opts{Limit: limit})
		card := faulty(t, jpkitest.Faults{Mute: n})
		c.put(0, card)
		s := c.connect(0)
		var asked time.Time
		err := sign(t, &tripwire{s, n, func() { asked = time.Now() }})
		if took := time.Since(asked); !errors.Is(err, pcsc.ErrMute) || took < limit || took > limit+time.Second {
			t.Fatalf("command %d: %v after %v", n, err, took)
		}
		if _, err := s.Transmit(selectApplet); !errors.Is(err, pcsc.ErrMute) {
			t.Error(err)
		}
		for range 3 {
			start := time.Now()
			if err := s.End(); !errors.Is(err, pcsc.ErrMute) || time.Since(start) > limit {
				t.Errorf("ended: %v after %v", err, time.Since(start))
			}
			goroutines := runtime.NumGoroutine()
			if _, err := c.Connect(c.d.Reader(0)); !errors.Is(err, pcsc.ErrMute) || time.Since(start) > 2*limit {
				t.Errorf("another session with a mute card: %v after %v", err, time.Since(start))
			}
			if more := runtime.NumGoroutine() - goroutines; more > 0 {
				t.Errorf("%d more goroutines hang", more)
			}
		}
		c.quiet(0)
		c.slots[1].Insert(good(t))
		c.want(pcsc.Second{Reader: c.d.Reader(1)})
		beside := c.connect(1)
		if err := sign(t, beside); err != nil {
			t.Error("the reader beside it:", err)
		}
		c.end(beside)
		c.slots[0].Remove()
		c.want(pcsc.Removed{}, c.inserted(1))
		if err := s.End(); err != nil {
			t.Errorf("ended when the card is gone: %v", err)
		}
		c.take(1)
		c.away()
		c.put(0, good(t))
		s = c.connect(0)
		if err := sign(t, s); err != nil {
			t.Error("the next card:", err)
		}
		c.end(s)
		c.take(0)
	}
}

// One that says nothing from the beginning: its answer to reset is too long to be one.
func TestMuteFromTheStart(t *testing.T) {
	c := open(t, pcsc.Opts{})
	c.slots[0].Insert(deal(t, jpkitest.Opts{ATR: make([]byte, 40)}))
	c.want(pcsc.Mute{Reader: c.d.Reader(0)})
	if _, err := c.Connect(c.d.Reader(0)); !errors.Is(err, pcsc.ErrMute) {
		t.Error(err)
	}
	c.quiet(time.Second)
	c.take(0)
	c.away()
	c.put(0, good(t))
	c.end(c.connect(0))
}

// A session that is ended from outside lets the one who waits go.
func TestEndedUnderCommand(t *testing.T) {
	c := open(t, pcsc.Opts{})
	card := faulty(t, jpkitest.Faults{Delay: time.Second})
	c.put(0, card)
	s := c.connect(0)
	start := time.Now()
	var ended error
	away := make(chan struct{})
	idle := time.AfterFunc(200*time.Millisecond, func() { ended = s.End(); close(away) })
	defer idle.Stop()
	if _, err := s.Transmit(selectApplet); !errors.Is(err, pcsc.ErrEnded) || time.Since(start) > 900*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	<-away
	if ended != nil {
		t.Error(ended)
	}
	unpowered(t, card)
}

// pcscd ends under the watch, with a card there; and in the middle of commands,
// to a slow card and to a mute one.
func TestRestarts(t *testing.T) {
	c := open(t, pcsc.Opts{Limit: 3 * time.Second})
	card := good(t)
	c.put(0, card)
	for _, end := range []func(){c.d.Stop, c.d.Kill} {
		end()
		c.want(pcsc.NoReader{})
		c.d.Start(name)
		c.want(pcsc.ReaderBack{}, c.inserted(0))
		s := c.connect(0)
		if err := sign(t, s); err != nil {
			t.Error(err)
		}
		c.end(s)
	}
	c.take(0)
	for _, f := range []jpkitest.Faults{{Delay: 2 * time.Second}, {Mute: 1}} {
		c.away()
		c.put(0, faulty(t, f))
		s := c.connect(0)
		killed := make(chan struct{})
		time.AfterFunc(500*time.Millisecond, func() { c.d.Kill(); close(killed) })
		start := time.Now()
		if _, err := s.Transmit(selectApplet); !errors.Is(err, pcsc.ErrNoReader) || time.Since(start) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		<-killed
		if err := s.End(); !errors.Is(err, pcsc.ErrNoReader) {
			t.Errorf("ended: %v", err) // nobody took its power
		}
		c.want(pcsc.NoReader{})
		c.slots[0].Remove()
		c.d.Start(name)
		c.want(pcsc.ReaderBack{})
	}
	c.put(0, good(t))
	s := c.connect(0)
	if err := sign(t, s); err != nil {
		t.Error(err)
	}
	c.end(s)
}

// A pcscd that hangs is none: neither the watch nor a session waits for it.
func TestHangingDaemon(t *testing.T) {
	c := open(t, pcsc.Opts{Limit: time.Second})
	c.put(0, good(t))
	s := c.connect(0)
	c.d.Hang()
	start := time.Now()
	if _, err := s.Transmit(selectApplet); !errors.Is(err, pcsc.ErrMute) || time.Since(start) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	if err := s.End(); !errors.Is(err, pcsc.ErrMute) {
		t.Errorf("ended: %v", err)
	}
	c.want(pcsc.NoReader{})
	if _, err := c.Connect(c.d.Reader(1)); !errors.Is(err, pcsc.ErrMute) || time.Since(start) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	c.d.GoOn()
	c.want(pcsc.ReaderBack{}, c.inserted(0))
	s = c.connect(0)
	if err := sign(t, s); err != nil {
		t.Error(err)
	}
	c.end(s)
	c.d.Hang()
	start = time.Now()
	c.stop()
	if took := time.Since(start); took > soon {
		t.Errorf("Run ended after %v", took)
	}
	c.d.GoOn() // whoever was left behind ends too
}

func TestReaderComesAndGoes(t *testing.T) {
	var mu sync.Mutex
	var logged []string
	c := lay(t, pcsc.Opts{Log: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		logged = append(logged, err.Error())
	}})
	c.d.Stop()
	c.run()
	c.want(pcsc.NoReader{})
	c.d.Start("") // none
	c.quiet(2 * time.Second)
	if _, err := c.Connect(name); !errors.Is(err, pcsc.ErrNoReader) {
		t.Error(err)
	}
	c.d.Start(name)
	c.want(pcsc.ReaderBack{})
	c.put(0, good(t))
	s := c.connect(0)
	c.d.Start("")
	if _, err := s.Transmit(selectApplet); !errors.Is(err, pcsc.ErrNoReader) {
		t.Errorf("with a reader that is gone: %v", err)
	}
	c.want(pcsc.NoReader{})
	c.stop()
	mu.Lock()
	defer mu.Unlock()
	if len(logged) == 0 || len(logged) > 8 {
		t.Errorf("%q", logged)
	}
}

// Readers by another name aren't there.
func TestByName(t *testing.T) {
	c := open(t, pcsc.Opts{Reader: name + " 00 01"})
	c.slots[0].Insert(good(t))
	c.quiet(1500 * time.Millisecond)
	c.put(1, good(t))
	c.stop()
	other := pcsc.New(&pcsc.Opts{Reader: "Other"})
	told := make(chan pcsc.Event, 10)
	stop := background(t, func(ctx context.Context) error { return other.Run(ctx, func(e pcsc.Event) { told <- e }) })
	if e := <-told; e != (pcsc.NoReader{}) {
		t.Errorf("%T%v", e, e)
	}
	stop()
}

func TestThereBefore(t *testing.T) {
	c := lay(t, pcsc.Opts{})
	c.slots[1].Insert(good(t))
	time.Sleep(time.Second)
	c.run()
	c.want(c.inserted(1))
	c.end(c.connect(1))
	c.take(1)
}

// Two cards: the second is told, and from then on it is nobody's visit.
func TestTwoCards(t *testing.T) {
	c := open(t, pcsc.Opts{})
	first, second := good(t), good(t)
	c.put(0, first)
	s := c.connect(0)
	c.slots[1].Insert(second)
	c.want(pcsc.Second{Reader: c.d.Reader(1)})
	c.end(s)
	c.slots[0].Remove()
	c.want(pcsc.Removed{}, c.inserted(1))
	s = c.connect(1)
	if err := sign(t, s); err != nil {
		t.Error(err)
	}
	c.end(s)
	if strings.Contains(strings.Join(first.Log(), "\n"), "verify") {
		t.Error("the first card was asked")
	}
	c.take(1)
}

// A card that is put down askew comes and goes. One visit comes of it, when it
// lies still.
func TestAskew(t *testing.T) {
	c := open(t, pcsc.Opts{Settle: 1200 * time.Millisecond})
	card := good(t)
	for range 3 {
		c.slots[0].Insert(card)
		time.Sleep(600 * time.Millisecond)
		c.slots[0].Remove()
		time.Sleep(900 * time.Millisecond)
	}
	c.quiet(0)
	c.put(0, card)
	c.quiet(2 * time.Second)
	c.take(0)
}

// Somebody plays with a card. Visits begin and end in turn, the last one ends,
// and the next card does.
func TestFiftyTimes(t *testing.T) {
	c := open(t, pcsc.Opts{})
	card := good(t)
	for i := range proof.Times(15, 50, 500) {
		c.slots[0].Insert(card)
		time.Sleep(time.Duration(i*37%500) * time.Millisecond)
		c.slots[0].Remove()
		time.Sleep(time.Duration(i*53%200) * time.Millisecond)
	}
	time.Sleep(2 * time.Second)
	there, visits := false, 0
	for len(c.events) > 0 {
		e := <-c.events
		in := e == c.inserted(0) || e == (pcsc.Mute{Reader: c.d.Reader(0)}) // pulled while it got its power
		if in == there || !in && e != (pcsc.Removed{}) {
			t.Fatalf("%T%v, and a card there: %v", e, e, there)
		}
		if there = !there; there {
			visits++
		}
	}
	t.Logf("%d visits", visits)
	if there {
		t.Error("the last card is still there")
	}
	c.put(0, card)
	s := c.connect(0)
	if err := sign(t, s); err != nil {
		t.Error(err)
	}
	c.end(s)
	c.take(0)
}
