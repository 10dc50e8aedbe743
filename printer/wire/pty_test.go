package wire

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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

func unwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || u.Unwrap() == nil {
			return err
		}
		err = u.Unwrap()
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
