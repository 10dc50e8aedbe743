package wire

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A uart is a serial port with a rate, which a pseudo-terminal has not, and the
// cable to a printer: its tty is the kernel's side, its [printertest.Line] the
// printer's.
//
// The kernel keeps up to 4096 bytes (UART_XMIT_SIZE). The printer's own UART
// has room for fifo bytes and says stop above that (CTS); to a host that does
// not look, or was not told to, they are lost.
type uart struct {
	mu      sync.Mutex
	baud    int
	cts     bool // the host obeys it
	keeps   bool // the driver drops nothing, like that of most USB adapters
	off     bool // the printer: CTS is low
	held    bool // by the host
	kernel  []byte
	came    []byte // to the printer
	answers []byte
	lost    int
	last    time.Time
	credit  time.Duration
	reads   time.Time // deadlines of the host
	writes  time.Time
	printer time.Time
}

const (
	fifo    = 256
	xmit    = 4096
	closing = 30 * time.Second // closing_wait
)

// pass sends what the rate allows by now.
func (u *uart) pass() {
	now := time.Now()
	if u.credit += now.Sub(u.last); u.last.IsZero() {
		u.credit = 0
	}
	u.last = now
	bit := time.Second / time.Duration(u.baud)
	for ; len(u.kernel) > 0 && !u.held && u.credit >= 10*bit; u.credit -= 10 * bit {
		full := u.off || len(u.came) >= fifo
		if full && u.cts {
			break
		}
		if full {
			u.lost++
		} else {
			u.came = append(u.came, u.kernel[0])
		}
		u.kernel = u.kernel[1:]
	}
	u.credit = min(u.credit, 10*bit) // a line that waits saves nothing up
}

// wait calls f until it says that it is done, or the deadline has passed.
func (u *uart) wait(deadline *time.Time, f func() (done bool)) error {
	for {
		u.mu.Lock()
		u.pass()
		done, late := f(), !time.Now().Before(*deadline)
		u.mu.Unlock()
		if done {
			return nil
		}
		if late {
			return os.ErrDeadlineExceeded
		}
		time.Sleep(time.Millisecond)
	}
}

func (u *uart) Write(b []byte) (n int, err error) {
	err = u.wait(&u.writes, func() bool {
		k := min(len(b)-n, xmit-len(u.kernel))
		u.kernel = append(u.kernel, b[n:n+k]...)
		n += k
		return n == len(b)
	})
	return n, err
}

func (u *uart) Read(b []byte) (n int, err error) {
	err = u.wait(&u.reads, func() bool {
		n = copy(b, u.answers)
		u.answers = u.answers[n:]
		return n > 0
	})
	return n, err
}

func (u *uart) SetReadDeadline(t time.Time) error  { u.reads = t; return nil }
func (u *uart) SetWriteDeadline(t time.Time) error { u.writes = t; return nil }

func (u *uart) waiting() (n int, err error) {
	err = u.wait(&u.writes, func() bool { n = len(u.kernel); return true })
	return n, err
}

func (u *uart) hold(on bool) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.pass()
	u.held = on
	return nil
}

func (u *uart) drop() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.keeps {
		u.kernel = nil
	}
	return nil
}

func (u *uart) ended() error { return nil }

func (u *uart) Close() error {
	end := time.Now().Add(closing)
	return u.wait(&end, func() bool { return len(u.kernel) == 0 })
}

// power switches the printer, whose CTS is low while it is off.
func (u *uart) power(on bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.pass()
	u.off = !on
}

// open opens an address on this uart.
func (u *uart) open(t *testing.T, query string, o *Opts) *Conn {
	t.Helper()
	c, err := Open("serial:///dev/ttyS0"+query, o)
	if err != nil {
		t.Fatal(err)
	}
	u.baud = 9600 // until it is set
	c.tty = func(_ string, mode *unix.Termios) (tty, error) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.baud, u.cts = int(mode.Ospeed), mode.Cflag&unix.CRTSCTS != 0
		return u, nil
	}
	return c
}

// An end is the printer's end of the cable.
type end struct{ *uart }

func (e end) SetReadDeadline(t time.Time) error { e.printer = t; return nil }

func (e end) Read(b []byte) (n int, err error) {
	err = e.wait(&e.printer, func() bool {
		n = copy(b, e.came)
		e.came = e.came[n:]
		return n > 0 || len(b) == 0
	})
	return n, err
}

func (e end) Write(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answers = append(e.answers, b...)
	return len(b), nil
}

// got is what came to the printer, when nothing more does.
func (u *uart) got() string {
	var all []byte
	for b := make([]byte, 1024); ; {
		end{u}.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		n, err := end{u}.Read(b)
		if all = append(all, b[:n]...); err != nil {
			return string(all)
		}
	}
}

// TestRate writes over slow lines: a Tx ends when the last byte is on the line,
// in the time that the line says it takes.
func TestRate(t *testing.T) {
	t.Parallel()
	for _, baud := range []int{9600, 57600} {
		var u uart
		c := u.open(t, fmt.Sprintf("?baud=%d&flow=none", baud), nil)
		n := baud / 20
		if c.Takes(n) != time.Second/2 {
			t.Errorf("%d bytes at %d baud take %v", n, baud, c.Takes(n))
		}
		start := time.Now()
		go u.got()
		if err := c.Tx(make([]byte, n), nil); err != nil {
			t.Fatal(err)
		}
		wait, _ := u.waiting()
		if took := time.Since(start); took < 450*time.Millisecond || wait > 0 {
			t.Errorf("%d baud: over after %v, %d bytes still wait", baud, took, wait)
		}
	}
	if open(t, "tcp://127.0.0.1:1").Takes(1000) != 0 {
		t.Error("a network has no rate")
	}
}

// TestSlowLine asks behind more than the kernel sends within the time of an
// answer: 4 KiB at 9600 baud take 4 s.
func TestSlowLine(t *testing.T) {
	t.Parallel()
	var u uart
	c := u.open(t, "?baud=9600&flow=rtscts", nil)
	vp := made(t, &printertest.Opts{Dots: 384, Answers: printer.ProcessID})
	t.Cleanup(talk(t, vp, end{&u}))
	d := driveOf(t, c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.ProcessID}, Ping: true})
	black := printer.NewBitmap(384, 42) // 2016 bytes: 2.1 s
	black.Fill(black.Bounds())
	if proof, err := d.Print(black); proof != printer.Printed || len(vp.Pages()) != 1 {
		t.Errorf("%v, %v, %d pages", proof, err, len(vp.Pages()))
	}
}

// TestFlow prints to a printer that is slower than the line: with its stop
// obeyed dot for dot, without it not.
func TestFlow(t *testing.T) {
	t.Parallel()
	for _, flow := range []string{"rtscts", "none"} {
		t.Run(flow, func(t *testing.T) {
			t.Parallel()
			var u uart
			c := u.open(t, "?baud=230400&flow="+flow, nil)
			vp := made(t, &printertest.Opts{Dots: 384, Answers: printer.ProcessID, Buffer: 1024, Speed: 200})
			t.Cleanup(talk(t, vp, end{&u}))
			d := driveOf(t, c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.ProcessID, Speed: 200}, Patience: time.Second})
			if flow == "rtscts" {
				printOne(t, d, vp, 1)
				return
			}
			if proof, err := d.Print(printer.TestPage(384)); err == nil && u.lost == 0 {
				t.Errorf("%v over a line that loses nothing", proof)
			}
		})
	}
}

// TestOffLine writes to a printer that is off: CTS is low. Nothing of what was
// said not to have left may come when it is on again.
func TestOffLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		keeps bool
		sent  []int // by each question
		want  string
	}{
		{"uart", false, []int{0, 0, 0}, "new"},
		{"adapter that drops nothing", true, []int{3, 0, 0}, "a??new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := uart{keeps: tt.keeps}
			c := u.open(t, "?baud=9600&flow=rtscts", &Opts{Write: 50 * time.Millisecond})
			u.power(false)
			for i, sent := range tt.sent {
				err := c.Tx([]byte{byte('a' + i), '?', '?'}, nil)
				if n := sentBy(t, err); !errors.Is(err, os.ErrDeadlineExceeded) || n != sent {
					t.Errorf("question %d: %v", i, err)
				}
			}
			if c.line == nil {
				t.Error("a slow line was closed")
			}
			u.power(true)
			if err := c.Tx([]byte("new"), nil); err != nil {
				t.Error(err)
			}
			if got := u.got(); got != tt.want {
				t.Errorf("the printer got %q", got)
			}
		})
	}
	t.Run("in the middle", func(t *testing.T) {
		u := uart{}
		c := u.open(t, "?baud=115200&flow=rtscts", &Opts{Write: 100 * time.Millisecond})
		err := c.Tx(make([]byte, 2000), nil) // the printer takes 256
		if n := sentBy(t, err); !errors.Is(err, os.ErrDeadlineExceeded) || n != fifo || len(u.got()) != n {
			t.Error(err)
		}
	})
}

// TestCloseStopped closes a line on which bytes wait that a printer does not let
// pass.
func TestCloseStopped(t *testing.T) {
	t.Parallel()
	var u uart
	c := u.open(t, "?baud=9600&flow=rtscts", nil)
	if err := c.Tx([]byte("a"), nil); err != nil {
		t.Fatal(err)
	}
	u.power(false)
	u.SetWriteDeadline(time.Now().Add(time.Second))
	u.Write([]byte("the end of a card"))
	start := time.Now()
	if err := c.Close(); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}
