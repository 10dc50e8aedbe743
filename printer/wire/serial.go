package wire

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// The kernel's own termios is used rather than a library: with it a write has a
// time limit like any other, and flow control can be set.
func (c *Conn) serial(u *url.URL) error {
	path, q := u.Path, u.Query()
	if u.Host != "" || path == "" {
		return errors.New("want serial:///dev/NAME?baud=RATE")
	}
	c.baud = 9600
	flow := "none"
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
			return nil, fmt.Errorf("set the serial line to %d 8N1: %w", c.baud, err)
		}
		return f, nil
	}
	return nil
}

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
	default:
		return nil, fmt.Errorf("flow %q is none of none, rtscts, xonxoff", flow)
	}
	return t, nil
}

func setMode(f *os.File, t *unix.Termios) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		if failed = unix.IoctlSetInt(int(fd), unix.TIOCEXCL, 0); failed == nil { // one owner
			failed = unix.IoctlSetTermios(int(fd), unix.TCSETS2, t)
		}
		if failed == nil {
			failed = unix.IoctlSetInt(int(fd), unix.TCFLSH, unix.TCIFLUSH) // answers to somebody before us
		}
	})
	if err == nil {
		err = failed
	}
	return err
}
