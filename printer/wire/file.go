package wire

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func (c *Conn) file(u *url.URL) error {
	path, q := u.Path, u.Query()
	id := q.Get("id")
	if u.Host != "" || path == "" || len(q) > 1 || u.RawQuery != "" && id == "" {
		return errors.New("want file:///PATH, or file:///dev/usb/lp0?id=MODEL")
	}
	device := id != "" || strings.HasPrefix(filepath.Clean(path), "/dev/") // a plain file there is a mistake
	if info, err := os.Stat(path); err == nil && !(device && info.Mode().IsRegular()) {
		device = info.Mode()&os.ModeCharDevice != 0
	}
	if device {
		c.dial = (&usbNode{path: path, pinned: id, sysfs: c.opts.Sysfs, port: portStatus}).open
		return nil
	}
	if id != "" {
		return errors.New("only a USB printer has an id")
	}
	c.oneWay = true
	c.dial = func() (line, error) {
		// O_NONBLOCK: a fifo that nobody reads is an error, not a wait.
		return opened(os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o644))
	}
	return nil
}

// opened keeps a nil *os.File from becoming a line.
func opened(f *os.File, err error) (line, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// own makes this process the only one that talks to a device, also among those
// of root, whom TIOCEXCL does not bind.
func own(f *os.File) error {
	err := control(f, func(fd int) error { return syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) })
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return syscall.EBUSY
	}
	return err
}

// plugged reports a device that is gone, at once: of a printer that is only
// opened and never asked, nothing else tells.
func plugged(c syscall.Conn) error {
	_, err := poll(c, 0, time.Time{})
	return err
}

// poll waits for events until deadline, and says which happened, if any. It ends
// with ENODEV where the device is gone.
func poll(c syscall.Conn, events int16, deadline time.Time) (happened int16, err error) {
	p := []unix.PollFd{{Events: events}}
	err = control(c, func(fd int) (err error) {
		p[0].Fd = int32(fd)
		for {
			left := max(0, time.Until(deadline))
			if _, err = unix.Poll(p, int(left/time.Millisecond)); err != unix.EINTR {
				return err
			}
		}
	})
	if happened = p[0].Revents; err == nil && happened&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 {
		err = syscall.ENODEV
	}
	return happened, err
}

// control gives f the descriptor of c.
func control(c syscall.Conn, f func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	return failed
}
