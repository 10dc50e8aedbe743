package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

var quick = Opts{Dial: time.Second, Write: 300 * time.Millisecond, Read: 300 * time.Millisecond}

func open(t *testing.T, uri string) *Conn {
	t.Helper()
	return openAs(t, uri, &quick)
}

// openAs opens an address with limits; nil are those of production.
func openAs(t *testing.T, uri string, o *Opts) *Conn {
	t.Helper()
	c, err := Open(uri, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestAddresses(t *testing.T) {
	for _, tt := range []struct {
		uri string
		ok  bool
	}{
		{"tcp://192.0.2.7:9100", true},
		{"tcp://printer", true},
		{"serial:///dev/ttyUSB0?flow=none", true},
		{"serial:///dev/ttyUSB0", false},
		{"serial:///dev/ttyUSB0?baud=115200", false},
		{"serial:///dev/ttyUSB0?baud=115200&flow=rtscts", true},
		{"file:///dev/usb/lp0", true},
		{"tcp://", false},
		{"tcp://h:1/path", false},
		{"serial:///dev/ttyUSB0?baud=fast&flow=none", false},
		{"serial:///dev/ttyUSB0?parity=odd&flow=none", false},
		{"serial:///dev/ttyUSB0?flow=dtr", false},
		{"serial://ttyUSB0?flow=none", false},
		{"file://lp0", false},
		{"/dev/usb/lp0", false},
		{"usb://lp0", false},
		{"::", false},
	} {
		t.Run(tt.uri, func(t *testing.T) {
			c, err := Open(tt.uri, nil)
			if (err == nil) != tt.ok || err == nil && c.String() != tt.uri {
				t.Errorf("got %v, %v", c, err)
			}
		})
	}
}

// sentBy is how many bytes err says had left.
func sentBy(t *testing.T, err error) int {
	t.Helper()
	e, ok := errors.AsType[*printer.TxError](err)
	if !ok {
		t.Fatalf("not a TxError: %v", err)
	}
	return e.Sent
}

// TestHungPrinter connects to a printer that takes nothing and says nothing.
func TestHungPrinter(t *testing.T) {
	l, err := printertest.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := open(t, "tcp://"+l.Addr().String())
	if err := c.Tx([]byte("question"), make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || sentBy(t, err) != 8 {
		t.Errorf("read: %v", err)
	}
	big := make([]byte, 64<<20)
	start := time.Now()
	err = c.Tx(big, nil)
	if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) > 3*time.Second {
		t.Errorf("write: %v after %v", err, time.Since(start))
	}
	if n := sentBy(t, err); n == 0 || n == len(big) {
		t.Errorf("%d bytes left, says the error", n)
	}
	if c.line == nil {
		t.Error("a slow line was closed")
	}
}

// TestReopened breaks the line: one Tx says so, the next opens it again.
func TestReopened(t *testing.T) {
	l, err := printertest.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accept := func() net.Conn {
		n, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		return n
	}
	c := open(t, "tcp://"+l.Addr().String())
	if err := c.Tx([]byte("a"), nil); err != nil {
		t.Fatal(err)
	}
	accept().Close()
	if err := c.Tx(nil, make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a broken line gave %v", err)
	}
	if err := c.Tx([]byte("b"), nil); err != nil {
		t.Errorf("opened again: %v", err)
	}
	n := accept()
	defer n.Close()
	b := make([]byte, 1)
	if _, err := io.ReadFull(n, b); err != nil || b[0] != 'b' {
		t.Errorf("got %q, %v", b, err)
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := printertest.Listen()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	dir := t.TempDir()
	for _, tt := range []struct{ uri, advice string }{
		{"tcp://" + l.Addr().String(), "is it on?"},
		{"serial://" + dir + "/ttyUSB0?flow=none", "plug the printer in"},
		{"file:///dev/usb-that-is-not-there/lp0", "plug the printer in"},
	} {
		t.Run(tt.uri[:4], func(t *testing.T) {
			err := open(t, tt.uri).Tx(nil, nil)
			if err == nil || !strings.Contains(err.Error(), tt.advice) || sentBy(t, err) != 0 {
				t.Errorf("got %v", err)
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("no line looks like a slow one")
			}
		})
	}
}

func TestFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out.prn")
	c := open(t, "file://"+file)
	if !c.OneWay() {
		t.Error("a file can't be read")
	}
	for range 2 {
		if err := c.Tx([]byte("card\n"), nil); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "card\ncard\n" {
		t.Errorf("got %q, %v", b, err)
	}
	if err := c.Tx([]byte("x"), make([]byte, 1)); !errors.Is(err, errOneWay) || sentBy(t, err) != 1 {
		t.Errorf("read: %v", err)
	}
	if err := open(t, "file:///dev/null").Tx([]byte("x"), make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a device without an answer gave %v", err)
	}
}

// TestPrintOverTCP prints, switches the printer off and on, and prints again.
func TestPrintOverTCP(t *testing.T) {
	vp := virtual(t)
	l, err := printertest.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- vp.Serve(ctx, l) }()
	c := open(t, "tcp://"+l.Addr().String())
	d := drive(t, c)
	printOne(t, d, vp, 1)
	vp.Inject(printertest.SwitchedOff)
	if s, err := d.Status(); err == nil || s.Reason != printer.Away {
		t.Errorf("off: %v, %v", s, err)
	}
	vp.Inject(printertest.SwitchedOn)
	if s, err := d.Status(); err != nil || !s.Ready() {
		t.Errorf("on again: %v, %v", s, err)
	}
	printOne(t, d, vp, 2)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func virtual(t *testing.T) *printertest.Printer {
	t.Helper()
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.ProcessID})
	if err != nil {
		t.Fatal(err)
	}
	return vp
}

func drive(t *testing.T, c printer.Conn) *printer.Dev {
	t.Helper()
	d, err := printer.New(c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.ProcessID}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// printOne prints the test page, which must be the nth paper, dot for dot.
func printOne(t *testing.T, d *printer.Dev, vp *printertest.Printer, nth int) {
	t.Helper()
	r := printer.TestPage(384)
	if proof, err := d.Print(r); proof != printer.Printed {
		t.Fatalf("%v, %v", proof, err)
	}
	pages := vp.Pages()
	if len(pages) != nth || pages[nth-1].Bounds() != r.Bounds() {
		t.Fatalf("%d pages, want %d", len(pages), nth)
	}
	for y := range r.Bounds().Dy() {
		if string(pages[nth-1].Row(y)) != string(r.Row(y)) {
			t.Fatalf("row %d differs", y)
		}
	}
	for _, err := range vp.Errors() {
		t.Error(err)
	}
}
