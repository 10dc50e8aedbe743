package wire

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func (c *Conn) file(u *url.URL) error {
	path := u.Path
	if u.Host != "" || path == "" || u.RawQuery != "" {
		return errors.New("want file:///PATH")
	}
	device := strings.HasPrefix(path, "/dev/")
	if info, err := os.Stat(path); err == nil {
		device = info.Mode()&os.ModeCharDevice != 0
	}
	if !device {
		c.oneWay = true
		c.dial = func() (line, error) {
			// O_NONBLOCK: a fifo that nobody reads is an error, not a wait.
			return opened(os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o644))
		}
		return nil
	}
	c.dial = func() (line, error) {
		// Without O_CREATE: an unplugged printer must not become a file in /dev.
		f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err
		}
		return &deviceLine{File: f}, nil
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

// deviceLine is a node of the kernel's usblp driver.
type deviceLine struct {
	*os.File
	deadline time.Time
}

// SetReadDeadline is kept for Read, which must know it.
func (l *deviceLine) SetReadDeadline(t time.Time) error {
	l.deadline = t
	return l.File.SetReadDeadline(t)
}

// pause between two looks for an answer.
const pause = 20 * time.Millisecond

// Read waits for at least a byte. usblp gives zero bytes for an empty packet,
// which Go takes for the end of a file though the printer is there.
func (l *deviceLine) Read(b []byte) (int, error) { return patient(l.File, b, l.deadline) }

func patient(r io.Reader, b []byte, deadline time.Time) (int, error) {
	for {
		n, err := r.Read(b)
		if n > 0 || err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		if !time.Now().Before(deadline) {
			return 0, os.ErrDeadlineExceeded
		}
		time.Sleep(pause)
	}
}

// Close waits until the kernel has handed over what it took: usblp drops what
// is still on its way, which would be the end of a card.
func (l *deviceLine) Close() error {
	const limit = 2000 // ms
	raw, err := l.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) {
			unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, limit)
		})
	}
	if e := l.File.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("hand over the rest: %w", err)
	}
	return nil
}
