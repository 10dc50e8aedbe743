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
//
// The printer that was opened first is the printer as long as this process
// lives. Another one in its place gets no card; one that is to replace it is
// taken up when the kiosk is started again.
type usbNode struct {
	path    string // as the address says
	pinned  string // what the printer's id or serial number must contain; "" is nothing
	learned who    // the printer that was opened first
	sysfs   string
	port    func(fd int) (uint32, error)
}

// who is what a printer says that it is.
type who struct {
	id     string // IEEE 1284 device id, such as "MFG:EPSON;MDL:TM-T20II;"
	serial string // USB serial number, which two of a kind differ in
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
	f, err := os.OpenFile(at, os.O_RDWR|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	w := n.who(at)
	if err = n.check(f, w); err == nil {
		err = own(f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	n.learned = w
	return &usbLine{File: f, port: n.port}, nil
}

// check refuses what is no printer, or has become another one since it was
// found.
func (n *usbNode) check(f *os.File, w who) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() {
		return fmt.Errorf("%s is a plain file that somebody wrote: remove it", f.Name())
	}
	if w == (who{}) && control(f, func(fd int) error { _, err := unix.IoctlGetTermios(fd, unix.TCGETS); return err }) == nil {
		return fmt.Errorf("%s is a serial port: use serial://", f.Name())
	}
	if !n.is(w) {
		return fmt.Errorf("another printer is on %s: %w", f.Name(), os.ErrNotExist)
	}
	return nil
}

// who is what sysfs says of a node; nothing, if it is none of usblp's.
func (n *usbNode) who(node string) who {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(n.sysfs, "class/usbmisc", filepath.Base(node)) + "/device/" + name)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(b))
	}
	return who{read("ieee1284_id"), read("../serial")} // device is a link to the USB interface, above which is the device
}

// is reports whether w is the printer looked for.
func (n *usbNode) is(w who) bool {
	if n.pinned != "" && !strings.Contains(w.id, n.pinned) && !strings.Contains(w.serial, n.pinned) {
		return false
	}
	return n.learned == who{} || n.learned == w
}

// twoError is a printer that is there, but nobody knows which one it is. To the
// driver that is a line that is refused, not one that is unplugged.
type twoError struct{ nodes []string }

func (e *twoError) Error() string {
	return fmt.Sprintf("several printers have this id: put a serial number in id=, or unplug one: %s", strings.Join(e.nodes, ", "))
}

// Is makes it an EBUSY.
func (e *twoError) Is(target error) bool { return target == syscall.EBUSY }

// find returns the node that the printer is on now.
func (n *usbNode) find() (string, error) {
	if n.is(n.who(n.path)) {
		return n.path, nil
	}
	all, err := filepath.Glob(filepath.Join(n.sysfs, "class/usbmisc/lp*"))
	if err != nil {
		return "", err
	}
	var found []string
	for _, at := range all {
		if n.is(n.who(at)) {
			found = append(found, filepath.Join(filepath.Dir(n.path), filepath.Base(at)))
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", &twoError{found}
	case n.learned != who{}:
		return "", fmt.Errorf("the printer %s %s is not there: %w", n.learned.id, n.learned.serial, os.ErrNotExist)
	}
	return "", fmt.Errorf("no USB printer whose id has %q: %w", n.pinned, os.ErrNotExist)
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
	happened, err := poll(l, unix.POLLOUT, deadline)
	if err == nil && happened == 0 {
		return os.ErrDeadlineExceeded
	}
	return err
}

// ended reports a printer that was unplugged.
func (l *usbLine) ended() error { return plugged(l) }

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
