package wire

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// pty opens a pseudo-terminal: the virtual printer holds its master side.
func pty(t *testing.T) (master *os.File, slave string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	raw, err := master.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if e := raw.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			n, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	}); e != nil || err != nil {
		t.Fatal(e, err)
	}
	return master, fmt.Sprintf("/dev/pts/%d", n)
}

func TestPrintOverSerialLine(t *testing.T) {
	master, slave := pty(t)
	// Held open, so that the master sees no hang-up before the driver opens it.
	hold, err := os.OpenFile(slave, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	for _, flow := range []string{"none", "xonxoff"} { // rtscts needs wires: TestFlow
		t.Run(flow, func(t *testing.T) {
			vp := virtual(t)
			c, err := Open("serial://"+slave+"?baud=115200&flow="+flow, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Tx(nil, nil); err != nil { // raw mode before the printer talks
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- vp.Talk(ctx, master) }()
			printOne(t, drive(t, c), vp, 1)
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			release(t, hold)
		})
	}
}

// release lets the next test open the line, which has one owner.
func release(t *testing.T, f *os.File) {
	t.Helper()
	if err := unix.IoctlSetInt(int(f.Fd()), unix.TIOCNXCL, 0); err != nil {
		t.Fatal(err)
	}
}

// TestSerialHang writes to a line that nobody reads.
func TestSerialHang(t *testing.T) {
	_, slave := pty(t)
	c, err := Open("serial://"+slave+"?baud=4000000&flow=none", &Opts{Write: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	err = c.Tx(make([]byte, 1<<20), nil)
	n := sentBy(t, err)
	if !os.IsTimeout(unwrapAll(err)) || n == 0 || n == 1<<20 || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v, %d bytes", err, time.Since(start), n)
	}
}

// TestHeldLine asks the kernel for what a uart of these tests plays.
func TestHeldLine(t *testing.T) {
	t.Parallel()
	master, slave := pty(t)
	c := open(t, "serial://"+slave+"?flow=none")
	if err := c.Tx(nil, nil); err != nil {
		t.Fatal(err)
	}
	port := c.line.(*serialLine).tty
	if err := port.hold(true); err != nil {
		t.Fatal(err)
	}
	if err := c.Tx([]byte("old"), nil); !errors.Is(err, os.ErrDeadlineExceeded) || sentBy(t, err) != 0 {
		t.Errorf("held: %v", err)
	}
	if err := c.Tx([]byte("new"), nil); err != nil { // the time-out let it go
		t.Error(err)
	}
	if n, err := port.waiting(); err != nil || n != 0 {
		t.Errorf("%d bytes wait, %v", n, err)
	}
	if got := drained(t, master); got != "new" {
		t.Errorf("got %q", got)
	}
	if err := port.drop(); err != nil {
		t.Error(err)
	}
}

func unwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || u.Unwrap() == nil {
			return err
		}
		err = u.Unwrap()
	}
}

// TestXOFF is a serial printer that says stop in the middle.
func TestXOFF(t *testing.T) {
	t.Parallel()
	master, slave := pty(t)
	c, err := Open("serial://"+slave+"?baud=4000000&flow=xonxoff", &quick)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Tx([]byte("abc"), nil); err != nil {
		t.Fatal(err)
	}
	say := func(b ...byte) {
		t.Helper()
		if _, err := master.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	say(0x12, 0x13) // an answer, and XOFF
	var b [1]byte
	if err := c.Tx(nil, b[:]); err != nil || b[0] != 0x12 {
		t.Fatalf("%x, %v", b, err)
	}
	err = c.Tx(make([]byte, 100<<10), nil)
	if n := sentBy(t, err); !errors.Is(err, os.ErrDeadlineExceeded) || n == 100<<10 {
		t.Fatalf("stopped: %v", err)
	}
	if got := drained(t, master); got != "abc" {
		t.Fatalf("after XOFF %d bytes came through", len(got))
	}
	say(0x11, 0x12)
	if err := c.Tx([]byte("xyz"), b[:]); err != nil || b[0] != 0x12 {
		t.Fatalf("going on: %x, %v", b, err)
	}
	if got := drained(t, master); !strings.HasSuffix(got, "xyz") {
		t.Errorf("after XON %d bytes, not to the end", len(got))
	}
}

// drained is what the printer's side can read by now.
func drained(t *testing.T, master *os.File) string {
	t.Helper()
	var out []byte
	b := make([]byte, 4096)
	for {
		master.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		n, err := master.Read(b)
		out = append(out, b[:n]...)
		if err != nil {
			return string(out)
		}
	}
}

// TestSerialMode looks at what the kernel took: 8N1 and the flow asked for, no
// byte changed on the way.
func TestSerialMode(t *testing.T) {
	_, slave := pty(t)
	for _, tt := range []struct {
		query        string
		baud         uint32
		iflag, cflag uint32
	}{
		{"?flow=none", 9600, 0, 0},
		{"?baud=9600&flow=rtscts", 9600, 0, unix.CRTSCTS},
		{"?baud=19200&flow=xonxoff", 19200, unix.IXON, 0},
		{"?baud=38400&flow=none", 38400, 0, 0},
		{"?baud=57600&flow=none", 57600, 0, 0},
		{"?baud=115200&flow=rtscts", 115200, 0, unix.CRTSCTS},
	} {
		c := open(t, "serial://"+slave+tt.query)
		if err := c.Tx(nil, nil); err != nil {
			t.Fatal(err)
		}
		raw, err := c.line.(*serialLine).tty.(ttyFile).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var m *unix.Termios
		raw.Control(func(fd uintptr) {
			m, err = unix.IoctlGetTermios(int(fd), unix.TCGETS2)
			unix.IoctlSetInt(int(fd), unix.TIOCNXCL, 0) // for the next
		})
		if err != nil {
			t.Fatal(err)
		}
		const shape = unix.CSIZE | unix.PARENB | unix.CSTOPB | unix.CRTSCTS
		if m.Ospeed != tt.baud || m.Ispeed != tt.baud || m.Iflag != tt.iflag || m.Cflag&shape != unix.CS8|tt.cflag || m.Oflag != 0 || m.Lflag != 0 {
			t.Errorf("%s: %d baud, iflag %o, cflag %o, oflag %o, lflag %o", tt.query, m.Ospeed, m.Iflag, m.Cflag, m.Oflag, m.Lflag)
		}
		c.Close()
	}
}

// TestFifo is a printer queue of the simplest kind.
func TestFifo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	c := open(t, "file://"+path)
	if err := c.Tx(nil, nil); err == nil {
		t.Error("a fifo without a reader was opened")
	}
	r, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d, err := printer.New(c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.Mute}})
	if err != nil {
		t.Fatal(err)
	}
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.Mute})
	if err != nil {
		t.Fatal(err)
	}
	if proof, err := d.Print(printer.TestPage(384)); proof != printer.Presumed {
		t.Fatalf("%v, %v", proof, err)
	}
	b := make([]byte, 1<<16)
	n, err := r.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := vp.Tx(b[:n], nil); err != nil || len(vp.Pages()) != 1 || len(vp.Errors()) != 0 {
		t.Errorf("%v, %d pages, %v", err, len(vp.Pages()), vp.Errors())
	}
}
