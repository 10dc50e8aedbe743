package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// board is a printer's network board with little room, of which the test plays
// the printer.
func board(t *testing.T) *tap {
	t.Helper()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // which takes no filter
	plain.Control = func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 16<<10) })
		return errors.Join(err, failed)
	}
	l, err := plain.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &tap{Listener: l}
}

// host connects c to the board and returns the board's side.
func (l *tap) host(t *testing.T, c *Conn) *net.TCPConn {
	t.Helper()
	if err := c.Tx(nil, nil); err != nil {
		t.Fatal(err)
	}
	n, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n.(*net.TCPConn)
}

// off cuts the board's power: it forgets the connection and says nothing.
func (l *tap) off(t *testing.T, n *net.TCPConn) {
	t.Helper()
	l.cable(t, false)
	raw, err := n.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_REPAIR, unix.TCP_REPAIR_ON)
	})
	if errors.Is(err, unix.EPERM) { // only root closes a connection in silence
		proof.NeedsRoot(t)
	}
	if err != nil {
		t.Fatal(err)
	}
	n.Close()
	l.open = nil
}

// TestFullThenOff switches a printer off and on whose buffer was full, as one
// whose paper ended in mid-card: it must be taken up as fast as any other.
func TestFullThenOff(t *testing.T) {
	t.Parallel()
	for _, out := range []time.Duration{1500 * time.Millisecond, 5500 * time.Millisecond} {
		t.Run(fmt.Sprint("off for ", out), func(t *testing.T) {
			t.Parallel()
			l := board(t)
			c := openAs(t, "tcp://"+l.Addr().String(), nil)
			usual := c.opts.Write
			c.opts.Write = 300 * time.Millisecond // to have it filled soon
			d := drive(t, c)
			n := l.host(t, c)
			if err := c.Tx(make([]byte, 1<<20), nil); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("not full: %v", err)
			}
			for range 3 { // long enough that window probes would be far apart
				if s, _ := d.Status(); s.Reason != printer.Away {
					t.Fatal(s)
				}
				time.Sleep(lookEvery)
			}
			c.opts.Write = usual
			l.off(t, n)
			vp := virtual(t)
			takenUp(t, d, out, func() {
				l.cable(t, true)
				run(t, vp, l)
			})
			printOne(t, d, vp, 1)
		})
	}
}

// TestFull counts what a full printer got: what is said to have left is there,
// and not a byte more is sent when it has room again, no question of meanwhile.
func TestFull(t *testing.T) {
	t.Parallel()
	l := board(t)
	c := open(t, "tcp://"+l.Addr().String())
	n := l.host(t, c)
	err := c.Tx(make([]byte, 1<<20), nil)
	sent := sentBy(t, err)
	if !errors.Is(err, os.ErrDeadlineExceeded) || sent == 0 {
		t.Fatal(err)
	}
	raw, err := n.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		if there, err := unix.IoctlGetInt(int(fd), unix.TIOCINQ); err != nil || there != sent {
			t.Errorf("the printer has %d bytes, said to have left were %d, %v", there, sent, err)
		}
	})
	for range 3 {
		if err := c.Tx([]byte("\x10\x04\x01"), make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || sentBy(t, err) != 0 {
			t.Fatalf("a question to a full printer: %v", err)
		}
	}
	n.SetReadDeadline(time.Now().Add(time.Second))
	got, _ := io.ReadAll(n)
	if len(got) != sent {
		t.Errorf("the printer got %d bytes, said to have left were %d", len(got), sent)
	}
	if err := c.Tx([]byte("next"), nil); err != nil {
		t.Error(err)
	}
}

// TestMuteDead writes to a printer that nobody ever asks and whose cable is out:
// the end of the job must not count as arrived; and after a while it is known
// without a byte being written.
func TestMuteDead(t *testing.T) {
	t.Parallel()
	for _, job := range []bool{true, false} {
		t.Run(fmt.Sprint("writing ", job), func(t *testing.T) {
			t.Parallel()
			l := board(t)
			c := open(t, "tcp://"+l.Addr().String())
			n := l.host(t, c)
			go io.Copy(io.Discard, n)
			d := driveOf(t, c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.Mute}})
			if proof, err := d.Print(printer.TestPage(384)); proof != printer.Presumed {
				t.Fatalf("alive: %v, %v", proof, err)
			}
			l.cable(t, false)
			if job {
				err := c.Tx([]byte("the end of a card"), nil)
				if !errors.Is(err, os.ErrDeadlineExceeded) || sentBy(t, err) != 17 { // under way: perhaps it came
					t.Errorf("written to nobody: %v", err)
				}
			}
			end := time.Now().Add(10 * time.Second)
			for s, _ := d.Status(); s.Reason != printer.Away; s, _ = d.Status() {
				if time.Now().After(end) {
					t.Fatal("nobody noticed")
				}
				time.Sleep(100 * time.Millisecond)
			}
			l.cable(t, true)
			end = time.Now().Add(limit)
			for s, err := d.Status(); !s.Ready(); s, err = d.Status() {
				if time.Now().After(end) {
					t.Fatal(s, err)
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
}

// run is the printer's board until the test ends.
func run(t *testing.T, vp *printertest.Printer, l net.Listener) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- vp.Serve(t.Context(), l) }()
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
