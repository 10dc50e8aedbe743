package wire

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel's own termios is used rather than a library: with it a write has a
// time limit like any other, and flow control can be set.
//
// How the printer says stop has no usual value: without it, or with the wrong
// one, rows of a picture are lost and nobody notices.
func (c *Conn) serial(u *url.URL) error {
	path, q := u.Path, u.Query()
	if u.Host != "" || path == "" {
		return errors.New("want serial:///dev/NAME?baud=RATE&flow=FLOW")
	}
	c.baud = 9600
	flow := ""
	for name, values := range q {
		switch name {
		case "baud":
			n, err := strconv.Atoi(values[0])
			if err != nil || n < 300 || n > 4_000_000 {
				return fmt.Errorf("%q is no baud rate", values[0])
			}
			c.baud = n
		case "flow":
			flow = values[0]
		default:
			return fmt.Errorf("unknown setting %q", name)
		}
	}
	mode, err := rawMode(c.baud, flow)
	if err != nil {
		return err
	}
	c.dial = func() (line, error) {
		t, err := c.tty(path, mode)
		if err != nil {
			return nil, err
		}
		return &serialLine{tty: t, baud: c.baud}, nil
	}
	return nil
}

// A tty is a serial port, of which the kernel keeps up to 4 KiB that the UART
// has not taken yet.
type tty interface {
	line
	waiting() (int, error) // bytes that the kernel keeps
	hold(on bool) error    // stops sending them, or goes on
	drop() error           // forgets them
	ended() error          // reports that the port is gone
}

// serialLine is an open serial port.
type serialLine struct {
	tty
	baud   int
	writes time.Time // deadline
}

// SetWriteDeadline is kept for Write, which must know it.
func (l *serialLine) SetWriteDeadline(t time.Time) error {
	l.writes = t
	return l.tty.SetWriteDeadline(t)
}

// Write returns when the UART took all of b, not when the kernel did: 4 KiB take
// 4 s at 9600 baud, and an answer is waited for from then on. What the printer
// lets nobody send before the deadline is taken back. Left there, one question
// after another would wait for the day when it is switched on.
func (l *serialLine) Write(b []byte) (int, error) {
	if err := l.taken(l.writes); err != nil { // what could not be taken back
		return 0, err
	}
	n, err := l.tty.Write(b)
	if err == nil {
		err = l.taken(l.writes)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		n -= l.recall()
	}
	return n, err
}

// taken waits until the kernel keeps nothing.
func (l *serialLine) taken(deadline time.Time) error {
	for {
		n, err := l.waiting()
		if err != nil || n == 0 {
			return err
		}
		if !time.Now().Before(deadline) {
			return os.ErrDeadlineExceeded
		}
		time.Sleep(min(max(takes(n, l.baud), time.Millisecond), pause))
	}
}

// recall drops what the kernel keeps, and returns how many bytes surely did not
// leave. Those that still move are let go, because nobody could tell; and so
// are those that a driver does not drop, which most USB adapters' don't.
func (l *serialLine) recall() (dropped int) {
	if err := l.hold(true); err != nil {
		return 0
	}
	defer l.hold(false)
	time.Sleep(pause) // what was under way ends
	before, err := l.waiting()
	if err != nil {
		return 0
	}
	time.Sleep(pause)
	if now, err := l.waiting(); err != nil || now != before || l.drop() != nil {
		return 0
	}
	after, err := l.waiting()
	if err != nil {
		return 0
	}
	return max(0, before-after)
}

// Close waits for the UART, but not for a printer that has said stop: the kernel
// would do that for half a minute.
func (l *serialLine) Close() error {
	const limit = 2 * time.Second
	err := l.taken(time.Now().Add(limit))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		l.recall()
	}
	if e := l.tty.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("hand over the rest: %w", err)
	}
	return nil
}

// ttyFile is a port of the kernel's.
type ttyFile struct{ *os.File }

func openTTY(path string, mode *unix.Termios) (tty, error) {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := own(f); err != nil {
		f.Close()
		return nil, err
	}
	if err := setMode(f, mode); err != nil {
		f.Close()
		return nil, fmt.Errorf("set the serial line to %d 8N1: %w", mode.Ospeed, err)
	}
	return ttyFile{f}, nil
}

func (f ttyFile) waiting() (n int, err error) {
	err = control(f, func(fd int) (err error) {
		n, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
		return err
	})
	return n, err
}

func (f ttyFile) hold(on bool) error {
	action := unix.TCOON
	if on {
		action = unix.TCOOFF
	}
	return control(f, func(fd int) error { return unix.IoctlSetInt(fd, unix.TCXONC, action) })
}

func (f ttyFile) drop() error {
	return control(f, func(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH) })
}

func (f ttyFile) ended() error { return plugged(f) }

// rawMode is 8N1 with no byte changed on the way. XON/XOFF is safe for answers:
// none is 11h or 13h (TM-T88III specification, appendix G).
func rawMode(baud int, flow string) (*unix.Termios, error) {
	t := &unix.Termios{Cflag: unix.CS8 | unix.CREAD | unix.CLOCAL | unix.BOTHER, Ispeed: uint32(baud), Ospeed: uint32(baud)}
	t.Cc[unix.VMIN] = 1
	switch flow {
	case "none":
	case "rtscts":
		t.Cflag |= unix.CRTSCTS
	case "xonxoff":
		t.Iflag |= unix.IXON
		t.Cc[unix.VSTART], t.Cc[unix.VSTOP] = 0x11, 0x13
	case "":
		return nil, errors.New("say how the printer stops the line: flow=rtscts, flow=xonxoff, or flow=none if it can't")
	default:
		return nil, fmt.Errorf("flow %q is none of none, rtscts, xonxoff", flow)
	}
	return t, nil
}

func setMode(f *os.File, t *unix.Termios) error {
	return control(f, func(fd int) error {
		err := unix.IoctlSetInt(fd, unix.TIOCEXCL, 0) // one owner
		if err == nil {
			err = unix.IoctlSetTermios(fd, unix.TCSETS2, t)
		}
		if err == nil {
			err = unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) // answers to somebody before us
		}
		return err
	})
}
