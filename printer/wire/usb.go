package wire

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A usbNode is where a USB printer is, which may be another node each time that
// it is plugged in: the kernel's usblp driver counts lp0, lp1 and so on, and an
// old number is free only when its last user let go.
type usbNode struct {
	path    string // as the address says
	pinned  string // what the printer's id must contain; "" is nothing
	learned string // id of the printer that was there first
	sysfs   string
	port    func(fd int) (uint32, error)
}

// open opens the node without O_CREATE: an unplugged printer must not become a
// file in /dev.
//
// The node is not blocking. A blocking write would wait without end for a
// printer that has no paper; here each one has its deadline.
func (n *usbNode) open() (line, error) {
	at, err := n.find()
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(at, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := own(f); err != nil {
		f.Close()
		return nil, err
	}
	if id := n.id(at); id != "" {
		n.learned = id
	}
	return &usbLine{File: f, port: n.port}, nil
}

// id is what the printer on a node says that it is (IEEE 1284 device id), as
// usblp gives it in sysfs, such as "MFG:EPSON;MDL:TM-T20II;".
func (n *usbNode) id(node string) string {
	b, err := os.ReadFile(filepath.Join(n.sysfs, "class/usbmisc", filepath.Base(node), "device/ieee1284_id"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// is reports whether an id is that of the printer looked for.
func (n *usbNode) is(id string) bool {
	if n.pinned != "" {
		return strings.Contains(id, n.pinned)
	}
	return id != "" && id == n.learned
}

var errTwo = errors.New("several printers have this id: put a serial number in id=, or unplug one")

// find returns the node that the printer is on now.
func (n *usbNode) find() (string, error) {
	if n.pinned == "" && n.learned == "" || n.is(n.id(n.path)) {
		return n.path, nil
	}
	all, err := filepath.Glob(filepath.Join(n.sysfs, "class/usbmisc/lp*"))
	if err != nil {
		return "", err
	}
	var found []string
	for _, at := range all {
		if n.is(n.id(at)) {
			found = append(found, filepath.Join(filepath.Dir(n.path), filepath.Base(at)))
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("%w: %s", errTwo, strings.Join(found, ", "))
	case n.pinned != "":
		return "", fmt.Errorf("no USB printer whose id has %q: %w", n.pinned, os.ErrNotExist)
	}
	return n.path, nil // another printer in its place, perhaps
}

// usbLine is an open node of usblp.
type usbLine struct {
	*os.File
	port          func(fd int) (uint32, error)
	reads, writes time.Time // deadlines
}

// SetReadDeadline is kept for Read, which must know it.
func (l *usbLine) SetReadDeadline(t time.Time) error {
	l.reads = t
	return l.File.SetReadDeadline(t)
}

// SetWriteDeadline is kept for Write, which must know it.
func (l *usbLine) SetWriteDeadline(t time.Time) error {
	l.writes = t
	return l.File.SetWriteDeadline(t)
}

// Write returns when the printer took all of b, not when the kernel did: usblp
// keeps up to 8 KiB under way.
func (l *usbLine) Write(b []byte) (int, error) {
	n, err := l.File.Write(b)
	if err == nil {
		err = l.taken(l.writes)
	}
	return n, err
}

// taken waits until usblp has nothing under way.
func (l *usbLine) taken(deadline time.Time) error {
	poll := []unix.PollFd{{Events: unix.POLLOUT}}
	var n int
	err := control(l, func(fd int) (err error) {
		poll[0].Fd = int32(fd)
		for {
			left := max(0, time.Until(deadline))
			if n, err = unix.Poll(poll, int(left/time.Millisecond)); err != unix.EINTR {
				return err
			}
		}
	})
	switch {
	case err != nil:
		return err
	case n == 0:
		return os.ErrDeadlineExceeded
	case poll[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0:
		return syscall.ENODEV
	}
	return nil
}

// pause between two looks for an answer.
const pause = 20 * time.Millisecond

// Read waits for at least a byte.
func (l *usbLine) Read(b []byte) (int, error) { return patient(l.File, b, l.reads) }

// patient reads over what is no end: usblp gives zero bytes for an empty
// packet, which Go takes for the end of a file though the printer is there, and
// EIO for one that was spoilt. Only EIO again and again is a printer that went.
func patient(r io.Reader, b []byte, deadline time.Time) (int, error) {
	for spoilt := 0; ; time.Sleep(pause) {
		n, err := r.Read(b)
		if errors.Is(err, syscall.EIO) && spoilt < 3 {
			spoilt++
		} else if n > 0 || err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		if !time.Now().Before(deadline) {
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// Close waits until the printer took what is under way: usblp would drop it,
// and it may be the end of a card.
func (l *usbLine) Close() error {
	const limit = 2 * time.Second
	err := l.taken(time.Now().Add(limit))
	if e := l.File.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("hand over the rest: %w", err)
	}
	return nil
}

// PaperEmpty reports that a USB printer says, beside the stream, that its paper
// has ended: a sign that comes through while it takes no byte. False says
// nothing, because many printers always give 18h.
func (c *Conn) PaperEmpty() bool {
	l, ok := c.line.(*usbLine)
	if !ok {
		return false
	}
	var s uint32
	err := control(l, func(fd int) (err error) {
		s, err = l.port(fd)
		return err
	})
	return err == nil && s&0x20 != 0 // USB printer class 1.1, 4.2.2: bit 5
}

// portStatus is GET_PORT_STATUS (LPGETSTATUS, linux/lp.h).
func portStatus(fd int) (uint32, error) { return unix.IoctlGetUint32(fd, 0x060b) }
