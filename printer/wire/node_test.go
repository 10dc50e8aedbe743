package wire

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A hub stands in for USB: nodes are links to pseudo-terminals, beside a sysfs
// that says whose they are.
type hub struct{ dev, sys string }

func newHub(t *testing.T) hub {
	t.Helper()
	return hub{dev: t.TempDir(), sys: t.TempDir()}
}

func (h hub) opts() *Opts {
	o := quick
	o.Sysfs = h.sys
	return &o
}

// open opens an address on this hub.
func (h hub) open(t *testing.T, uri string) *Conn {
	t.Helper()
	return openAs(t, uri, h.opts())
}

// A plug is a printer that is plugged in.
type plug struct {
	master *os.File
	pull   func()
}

// plug puts a printer on a node: vp, or one that says nothing if it is nil.
func (h hub) plug(t *testing.T, node, id string, vp *printertest.Printer) *plug {
	t.Helper()
	master, slave := pty(t)
	rawPty(t, master)
	hold, err := os.OpenFile(slave, os.O_RDWR|syscall.O_NOCTTY, 0) // no hang-up between two owners
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(inSysfs(h.sys, node, who{id, ""}), os.Symlink(slave, filepath.Join(h.dev, node))); err != nil {
		t.Fatal(err)
	}
	stop := func() {}
	if vp != nil {
		stop = talk(t, vp, master)
	}
	pull := sync.OnceFunc(func() {
		stop()
		master.Close()
		hold.Close()
		if err := errors.Join(os.RemoveAll(filepath.Join(h.sys, "class/usbmisc", node)), os.RemoveAll(filepath.Join(h.sys, "devices", node)), os.Remove(filepath.Join(h.dev, node))); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(pull)
	return &plug{master, pull}
}

// rawPty keeps the terminal from changing bytes, as no USB printer does.
func rawPty(t *testing.T, master *os.File) {
	t.Helper()
	mode, err := rawMode(115200, "none")
	if err != nil {
		t.Fatal(err)
	}
	if err := setMode(master, mode); err != nil {
		t.Fatal(err)
	}
}

func TestUSBNode(t *testing.T) {
	for _, tt := range []struct {
		name, pinned string
		learned      who
		nodes        map[string]who
		want         string
		err          error
	}{
		{"nothing known", "", who{}, map[string]who{"lp1": {"MDL:A;", ""}}, "lp0", nil},
		{"where it was", "", who{"MDL:A;", ""}, map[string]who{"lp0": {"MDL:A;", ""}, "lp1": {"MDL:B;", ""}}, "lp0", nil},
		{"moved", "", who{"MDL:A;", ""}, map[string]who{"lp1": {"MDL:B;", ""}, "lp2": {"MDL:A;", ""}}, "lp2", nil},
		{"moved, another in its place", "", who{"MDL:A;", ""}, map[string]who{"lp0": {"MDL:B;", ""}, "lp2": {"MDL:A;", ""}}, "lp2", nil},
		{"moved, one of its kind in its place", "", who{"MDL:A;", "7"}, map[string]who{"lp0": {"MDL:A;", "8"}, "lp2": {"MDL:A;", "7"}}, "lp2", nil},
		{"another in its place", "", who{"MDL:A;", ""}, map[string]who{"lp0": {"MDL:B;", ""}}, "", os.ErrNotExist},
		{"one of its kind in its place", "", who{"MDL:A;", "7"}, map[string]who{"lp0": {"MDL:A;", "8"}}, "", os.ErrNotExist},
		{"unplugged", "", who{"MDL:A;", ""}, nil, "", os.ErrNotExist},
		{"pinned", "TM-T20", who{}, map[string]who{"lp0": {"MDL:LASER;", ""}, "lp3": {"MFG:EPSON;MDL:TM-T20II;", ""}}, "lp3", nil},
		{"pinned by its serial number", "X77", who{}, map[string]who{"lp0": {"MDL:A;", "X76"}, "lp3": {"MDL:A;", "X77"}}, "lp3", nil},
		{"pinned, two of them, one in place", "TM-T20", who{}, map[string]who{"lp0": {"MDL:TM-T20;", ""}, "lp3": {"MDL:TM-T20;", ""}}, "lp0", nil},
		{"pinned, and it is the other", "TM-T20", who{"MDL:TM-T20;", "7"}, map[string]who{"lp0": {"MDL:TM-T20;", "8"}, "lp3": {"MDL:TM-T20;", "7"}}, "lp3", nil},
		{"pinned and not there", "TM-T20", who{}, map[string]who{"lp0": {"MDL:LASER;", ""}}, "", os.ErrNotExist},
		{"two alike, neither in place", "", who{"MDL:A;", ""}, map[string]who{"lp1": {"MDL:A;", ""}, "lp2": {"MDL:A;", ""}}, "", syscall.EBUSY},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sys := t.TempDir()
			for node, w := range tt.nodes {
				if err := inSysfs(sys, node, w); err != nil {
					t.Fatal(err)
				}
			}
			n := &usbNode{path: "/dev/usb/lp0", pinned: tt.pinned, learned: tt.learned, sysfs: sys}
			if got, err := n.find(); !errors.Is(err, tt.err) || tt.err == nil && got != "/dev/usb/"+tt.want {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// inSysfs makes a node known as usblp does: device is a link to the interface
// of the USB device.
func inSysfs(sys, node string, w who) error {
	class, usb := filepath.Join(sys, "class/usbmisc", node), filepath.Join(sys, "devices", node)
	return errors.Join(os.MkdirAll(class, 0o755), os.MkdirAll(usb+"/1-1:1.0", 0o755),
		os.WriteFile(usb+"/1-1:1.0/ieee1284_id", []byte(w.id+"\n"), 0o644), os.WriteFile(usb+"/serial", []byte(w.serial+"\n"), 0o644),
		os.Symlink(usb+"/1-1:1.0", class+"/device"))
}

// TestTwoAlike: nobody can tell which is the printer. That is no printer that is
// unplugged.
func TestTwoAlike(t *testing.T) {
	h := newHub(t)
	h.plug(t, "lp1", "MDL:A;", nil)
	h.plug(t, "lp2", "MDL:A;", nil)
	c := h.open(t, "file://"+h.dev+"/lp0?id=A")
	if s, err := drive(t, c).Status(); s.Reason != printer.Refused || !strings.Contains(err.Error(), "serial number") || strings.Contains(err.Error(), "CUPS") {
		t.Errorf("%v, %v", s, err)
	}
}

// TestNoPrinter opens what lies under /dev but is no printer.
func TestNoPrinter(t *testing.T) {
	_, slave := pty(t)
	plain := fmt.Sprintf("/dev/shm/pointkiosk-test-%d", os.Getpid()) // where everybody may write
	if err := os.WriteFile(plain, []byte("echoed"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(plain)
	for path, want := range map[string]string{plain: "plain file", slave: "serial://"} {
		c := open(t, "file://"+path)
		if err := c.Tx([]byte("card"), nil); err == nil || !strings.Contains(err.Error(), want) || sentBy(t, err) != 0 || c.OneWay() {
			t.Errorf("%s: %v", path, err)
		}
	}
	if b, err := os.ReadFile(plain); err != nil || string(b) != "echoed" {
		t.Errorf("%q, %v", b, err)
	}
}

// TestOneWayUSB reads from a printer without a way back: usblp says EINVAL, and
// so does an eventfd.
func TestOneWayUSB(t *testing.T) {
	h := newHub(t)
	h.plug(t, "lp0", "MDL:A;", nil)
	c := h.open(t, "file://"+h.dev+"/lp0")
	fd, err := unix.Eventfd(1, unix.EFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	c.line = &usbLine{File: os.NewFile(uintptr(fd), "lp0"), port: portStatus}
	if c.OneWay() {
		t.Error("before anybody asked")
	}
	for range 2 {
		if err := c.Tx(nil, make([]byte, 1)); !errors.Is(err, errOneWay) || !c.OneWay() {
			t.Errorf("%v, one way %v", err, c.OneWay())
		}
	}
	if err := c.Tx([]byte("card"), nil); err != nil {
		t.Errorf("writing goes on: %v", err)
	}
}

// TestOneOwner opens a node and a serial line twice.
func TestOneOwner(t *testing.T) {
	h := newHub(t)
	h.plug(t, "lp0", "MDL:A;", nil)
	_, slave := pty(t)
	for _, uri := range []string{"file://" + h.dev + "/lp0", "serial://" + slave + "?flow=none"} {
		first := h.open(t, uri)
		if err := first.Tx(nil, nil); err != nil {
			t.Fatal(err)
		}
		second := h.open(t, uri)
		err := second.Tx([]byte("x"), nil)
		if !errors.Is(err, syscall.EBUSY) || !strings.Contains(err.Error(), "one owner") || sentBy(t, err) != 0 {
			t.Errorf("%s: %v", uri, err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		if uri[0] == 'f' { // the serial line stays exclusive for those who are not root
			if err := second.Tx(nil, nil); err != nil {
				t.Errorf("%s after the first let go: %v", uri, err)
			}
		}
	}
}

// TestUSBFull writes to a printer that takes nothing more: no wait without end,
// and no word that it took what only the kernel did.
func TestUSBFull(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.plug(t, "lp0", "MDL:A;", nil)
	c, err := Open("file://"+h.dev+"/lp0", h.opts())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	start := time.Now()
	err = c.Tx(make([]byte, 1<<20), nil)
	if n := sentBy(t, err); !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n == 1<<20 || time.Since(start) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	if c.line == nil {
		t.Error("a slow line was closed")
	}
	c.Close()
	h.plug(t, "lp1", "MDL:B;", nil)
	if c, err = Open("file://"+h.dev+"/lp1", h.opts()); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for err = nil; err == nil; err = c.Tx([]byte{0}, nil) { // up to the last byte that the kernel takes
	}
	if n := sentBy(t, err); n != 1 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the last byte: %v", err)
	}
	empty := uint32(0x18)
	c.line.(*usbLine).port = func(int) (uint32, error) { return empty, nil }
	if c.PaperEmpty() {
		t.Error("18h says nothing")
	}
	if empty = 0x30; !c.PaperEmpty() {
		t.Error("bit 5 is the paper end")
	}
	c.line.(*usbLine).port = portStatus // no printer behind this node
	if c.PaperEmpty() || open(t, "tcp://127.0.0.1:1").PaperEmpty() {
		t.Error("a paper end out of nothing")
	}
}

// TestPaperEmpty asks printers that say nothing in the stream.
func TestPaperEmpty(t *testing.T) {
	t.Parallel()
	for _, answers := range []printer.Answers{printer.Mute, printer.Realtime, printer.ProcessID} {
		h := newHub(t)
		h.plug(t, "lp0", "MDL:A;", nil)
		c, err := Open("file://"+h.dev+"/lp0", h.opts())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		d, err := printer.New(c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: answers}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Tx(nil, nil); err != nil {
			t.Fatal(err)
		}
		for port, want := range map[uint32]printer.Reason{0x30: printer.PaperOut, 0x18: printer.Away} {
			if answers == printer.Mute && want == printer.Away {
				want = printer.Ready // nobody knows better
			}
			c.line.(*usbLine).port = func(int) (uint32, error) { return port, nil }
			if s, _ := d.Status(); s.Reason != want {
				t.Errorf("%v, port status %x: %v, want %v", answers, port, s, want)
			}
		}
	}
}

// TestMuteUnplugged pulls the plug of a printer that is opened and never asked:
// it must not stay ready until a card is lost in it.
func TestMuteUnplugged(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"file://%s/lp0", "serial://%s/lp0?flow=none"} {
		h := newHub(t)
		p := h.plug(t, "lp0", "MDL:A;", nil)
		c := h.open(t, fmt.Sprintf(uri, h.dev))
		d, err := printer.New(c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.Mute}})
		if err != nil {
			t.Fatal(err)
		}
		ready(t, d)
		ready(t, d)
		p.pull()
		for n := range 3 {
			if s, err := d.Status(); s.Reason != printer.Away || err == nil || !strings.Contains(err.Error(), "plug the printer in") {
				t.Errorf("%s, look %d at none: %v, %v", uri, n, s, err)
			}
		}
		h.plug(t, "lp0", "MDL:A;", nil)
		ready(t, d)
		if err := c.Tx([]byte("card"), nil); err != nil {
			t.Errorf("%s, plugged in again: %v", uri, err)
		}
	}
}

// odd gives what it has to, one a call: an error, or a byte.
type odd []any

func (o *odd) Read(b []byte) (int, error) {
	next := (*o)[0]
	if len(*o) > 1 {
		*o = (*o)[1:]
	}
	if err, ok := next.(error); ok {
		return 0, err
	}
	b[0] = byte(next.(int))
	return 1, nil
}

// TestPatience: an empty packet is no end, a spoilt one no unplugging.
func TestPatience(t *testing.T) {
	for _, tt := range []struct {
		name string
		gets odd
		want error
	}{
		{"empty packets", odd{io.EOF, io.EOF, io.EOF, io.EOF, 0x12}, nil},
		{"a spoilt packet", odd{syscall.EIO, 0x12}, nil},
		{"spoilt for ever", odd{syscall.EIO}, syscall.EIO},
		{"nothing for ever", odd{io.EOF}, os.ErrDeadlineExceeded},
		{"unplugged", odd{io.EOF, syscall.ENODEV}, syscall.ENODEV},
		{"one way", odd{syscall.EINVAL}, syscall.EINVAL},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b [1]byte
			n, err := patient(&tt.gets, b[:], time.Now().Add(200*time.Millisecond))
			if !errors.Is(err, tt.want) || tt.want == nil && (n != 1 || b[0] != 0x12) {
				t.Errorf("%d, %v", n, err)
			}
		})
	}
}
