package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// lookEvery is how often a kiosk asks its printer how it is, and within the
// limit it must know that a printer is back.
const (
	lookEvery = time.Second
	limit     = 2 * time.Second
)

// An ill is a fault, and what mends it.
type ill struct {
	name      string
	bad, good printertest.Fault
}

var ills = []ill{
	{"paper in", printertest.PaperEnd, printertest.PaperLoaded},
	{"cover shut", printertest.CoverOpened, printertest.CoverShut},
	{"cutter freed", printertest.CutterJammed, printertest.CutterFreed},
	{"cooled", printertest.Overheated, printertest.Cooled},
	{"switched on", printertest.SwitchedOff, printertest.SwitchedOn},
	{"line whole", printertest.Disconnected, printertest.None},
	{"takes bytes again", printertest.Hung, printertest.Released},
}

// TestBackInMemory mends each ill at many moments, also in the middle of a
// question, and while a card is in the printer. Time is virtual.
func TestBackInMemory(t *testing.T) {
	worst := time.Duration(0)
	for _, answers := range []printer.Answers{printer.Realtime, printer.Queued, printer.ProcessID} {
		for _, tt := range ills {
			for _, printing := range []bool{false, true} {
				t.Run(fmt.Sprint(answers, "/", tt.name, "/printing ", printing), func(t *testing.T) {
					for after := 100 * time.Millisecond; after < 3*time.Second; after += 130 * time.Millisecond {
						worst = max(worst, backInMemory(t, answers, tt, printing, after))
					}
				})
			}
		}
	}
	t.Logf("known after %v at worst", worst)
}

func backInMemory(t *testing.T, answers printer.Answers, tt ill, printing bool, after time.Duration) time.Duration {
	var vp *printertest.Printer
	var mend, mended time.Time
	check := func(time.Duration) { // somebody mends it while the driver waits
		if !mend.IsZero() && mended.IsZero() && !vp.Now().Before(mend) {
			mended = vp.Now()
			vp.Inject(tt.good)
		}
	}
	o := printertest.Opts{Dots: 384, Answers: answers, Buffer: 1024, Speed: 400, Sleep: check}
	if printing {
		o.Fault = func(offset int64) printertest.Fault {
			if offset == 3000 {
				return tt.bad
			}
			return printertest.None
		}
	}
	vp, err := printertest.New(&o)
	if err != nil {
		t.Fatal(err)
	}
	d, err := printer.New(vp, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: answers}, Now: vp.Now})
	if err != nil {
		t.Fatal(err)
	}
	if printing {
		d.Print(printer.TestPage(384))
	} else {
		vp.Inject(tt.bad)
	}
	mend = vp.Now().Add(after)
	for next := vp.Now(); ; next = next.Add(lookEvery) {
		for vp.Now().Before(next) {
			check(0)
			vp.Advance(10 * time.Millisecond)
		}
		if s, _ := d.Status(); s.Ready() && !mended.IsZero() {
			break
		}
		if !mended.IsZero() && vp.Now().Sub(mended) > time.Minute {
			t.Fatal("never taken up")
		}
		if vp.Now().After(next) { // a question took longer: the next follows at once, as with a ticker
			next = vp.Now().Add(-lookEvery)
		}
	}
	took := vp.Now().Sub(mended)
	if took > limit {
		t.Errorf("mended after %v: known %v later", after, took)
	}
	return took
}

// takenUp polls as a kiosk does. After out somebody calls good; from then on
// there are two seconds, and as long as this machine was late meanwhile. The
// worst moment for good is found by TestBackInMemory.
func takenUp(t *testing.T, d *printer.Dev, out time.Duration, good func()) {
	t.Helper()
	var begun atomic.Bool
	var mended atomic.Pointer[time.Time]
	late, stop := lateness()
	defer stop()
	time.AfterFunc(out, func() {
		begun.Store(true)
		good()
		late.Store(0)
		now := time.Now()
		mended.Store(&now)
	})
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for ill := false; ; {
		before := mended.Load()
		s, err := d.Status()
		switch {
		case s.Ready() && !begun.Load():
			if ill {
				t.Fatal("ready too early")
			}
		case s.Ready():
			for since := time.Now(); mended.Load() == nil; time.Sleep(time.Millisecond) { // whoever called good has not come to say so
				if time.Since(since) > 5*limit {
					t.Fatal("good did not end")
				}
			}
			if !ill && before != nil { // else one look may have taken all that time
				t.Error("nobody noticed that it was out of order")
			}
			took, spare := time.Since(*mended.Load()), time.Duration(late.Load())
			if t.Logf("known %v after, on a machine %v late", took.Round(time.Millisecond), spare.Round(time.Millisecond)); took > limit+spare {
				t.Errorf("known %v after", took)
			}
			return
		default:
			if ill = true; before != nil && time.Since(*before) > 5*limit {
				t.Fatalf("never taken up: %v, %v", s, err)
			}
		}
		<-look.C
	}
}

// lateness adds up by how much short sleeps were too long.
func lateness() (sum *atomic.Int64, stop func()) {
	const nap = 10 * time.Millisecond
	sum = new(atomic.Int64)
	var over atomic.Bool
	go func() {
		for !over.Load() {
			start := time.Now()
			time.Sleep(nap)
			if late := time.Since(start) - nap; late > nap/2 {
				sum.Add(int64(late))
			}
		}
	}()
	return sum, func() { over.Store(true) }
}

// talk lets vp answer on a line until stop.
func talk(t *testing.T, vp *printertest.Printer, l printertest.Line) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { vp.Talk(ctx, l); close(done) }() // it ends with an error where the plug is pulled
	return func() { cancel(); <-done }
}

// a tap keeps the connections that it accepted.
type tap struct {
	net.Listener
	mu   sync.Mutex
	open []*net.TCPConn
}

func (l *tap) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if t, ok := c.(*net.TCPConn); ok {
		l.mu.Lock()
		l.open = append(l.open, t)
		l.mu.Unlock()
	}
	return c, err
}

// cable takes the cable out, or puts it in: without it no packet arrives, not
// even one that says no.
func (l *tap) cable(t *testing.T, in bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range append([]syscall.Conn{l.Listener.(*net.TCPListener)}, asConns(l.open)...) {
		raw, err := c.SyscallConn()
		if err != nil {
			t.Error(err)
			return
		}
		raw.Control(func(fd uintptr) {
			if in {
				err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
			} else {
				nothing := &unix.SockFprog{Len: 1, Filter: &unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K}}
				err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, nothing)
			}
		})
		if err != nil && !(in && errors.Is(err, unix.ENOENT)) { // a connection that had no filter
			t.Error(err)
		}
	}
}

func asConns(open []*net.TCPConn) (out []syscall.Conn) {
	for _, c := range open {
		out = append(out, c)
	}
	return out
}

func serve(t *testing.T, vp *printertest.Printer) *tap {
	t.Helper()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // which takes no filter
	l, err := plain.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &tap{Listener: l}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- vp.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener
}

func TestBackOverTCP(t *testing.T) {
	t.Parallel()
	for _, tt := range ills {
		if tt.bad == printertest.CutterJammed || tt.good == printertest.None { // seen only while printing; mends itself
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vp := virtual(t)
			d := drive(t, openAs(t, "tcp://"+serve(t, vp).Addr().String(), nil))
			ready(t, d)
			vp.Inject(tt.bad)
			takenUp(t, d, 2300*time.Millisecond, func() { vp.Inject(tt.good) })
			printOne(t, d, vp, 1)
		})
	}
	for _, out := range []time.Duration{1500 * time.Millisecond, 7 * time.Second} {
		t.Run(fmt.Sprint("cable out for ", out), func(t *testing.T) {
			t.Parallel()
			vp := virtual(t)
			l := serve(t, vp)
			d := drive(t, openAs(t, "tcp://"+l.Addr().String(), nil))
			ready(t, d)
			l.cable(t, false)
			takenUp(t, d, out, func() { l.cable(t, true) })
			printOne(t, d, vp, 1)
		})
	}
}

func ready(t *testing.T, d *printer.Dev) {
	t.Helper()
	if s, err := d.Status(); err != nil || !s.Ready() {
		t.Fatal(s, err)
	}
}

func TestBackOverSerialLine(t *testing.T) {
	t.Parallel()
	for _, tt := range ills[:2] {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vp := virtual(t)
			h := newHub(t)
			h.plug(t, "ttyUSB0", "", vp)
			d := drive(t, openAs(t, "serial://"+h.dev+"/ttyUSB0?baud=115200&flow=xonxoff", nil))
			ready(t, d)
			vp.Inject(tt.bad)
			takenUp(t, d, 1700*time.Millisecond, func() { vp.Inject(tt.good) })
			printOne(t, d, vp, 1)
		})
	}
	t.Run("switched on", func(t *testing.T) {
		t.Parallel()
		vp := virtual(t)
		h := newHub(t)
		p := h.plug(t, "ttyUSB0", "", vp)
		d := drive(t, openAs(t, "serial://"+h.dev+"/ttyUSB0?baud=115200&flow=none", nil))
		ready(t, d)
		vp.Inject(printertest.SwitchedOff)
		takenUp(t, d, 3*time.Second, func() {
			drained(t, p.master) // a line without a printer swallows
			vp.Inject(printertest.SwitchedOn)
			t.Cleanup(talk(t, vp, p.master))
		})
		printOne(t, d, vp, 1)
	})
	t.Run("adapter under another name", func(t *testing.T) {
		t.Parallel()
		vp := virtual(t)
		h := newHub(t)
		byID := h.dev + "/usb-FTDI_1234" // udev's link
		link := func(node string) {
			os.Remove(byID)
			if err := os.Symlink(h.dev+"/"+node, byID); err != nil {
				t.Error(err)
			}
		}
		p := h.plug(t, "ttyUSB0", "", vp)
		link("ttyUSB0")
		d := drive(t, openAs(t, "serial://"+byID+"?baud=115200&flow=none", nil))
		ready(t, d)
		p.pull()
		takenUp(t, d, 1700*time.Millisecond, func() { h.plug(t, "ttyUSB1", "", vp); link("ttyUSB1") })
		printOne(t, d, vp, 1)
	})
}

func TestBackOverUSB(t *testing.T) {
	t.Parallel()
	const id = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;"
	for _, tt := range []struct{ name, query, other, again string }{
		{"same node", "", "lp7", "lp0"},
		{"another node", "", "lp7", "lp1"},
		{"another node, somebody else's in its place", "", "lp0", "lp1"},
		{"another node, known by its model", "?id=TM-T20", "lp7", "lp4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vp, other := virtual(t), virtual(t)
			h := newHub(t)
			p := h.plug(t, "lp0", id, vp)
			d := drive(t, openAs(t, "file://"+h.dev+"/lp0"+tt.query, &Opts{Sysfs: h.sys}))
			ready(t, d)
			p.pull()
			h.plug(t, tt.other, "MFG:HP;MDL:LASER;", other)
			takenUp(t, d, 1700*time.Millisecond, func() { h.plug(t, tt.again, id, vp) })
			printOne(t, d, vp, 1)
			if n := len(other.Pages()) + len(other.Errors()); n > 0 {
				t.Error("somebody else's printer got something")
			}
		})
	}
	t.Run("paper in", func(t *testing.T) {
		t.Parallel()
		vp := virtual(t)
		h := newHub(t)
		h.plug(t, "lp0", id, vp)
		d := drive(t, openAs(t, "file://"+h.dev+"/lp0", &Opts{Sysfs: h.sys}))
		ready(t, d)
		vp.Inject(printertest.PaperEnd)
		takenUp(t, d, 1700*time.Millisecond, func() { vp.Inject(printertest.PaperLoaded) })
		printOne(t, d, vp, 1)
	})
}
