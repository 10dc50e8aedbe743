package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"pointkiosk/printer/printertest"
)

// accepts returns a connection for each host that comes.
func accepts(t *testing.T) (uri string, next func() net.Conn) {
	t.Helper()
	l, err := printertest.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return "tcp://" + l.Addr().String(), func() net.Conn {
		t.Helper()
		l.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Second))
		n, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { n.Close() })
		return n
	}
}

// TestOneConnection carries a job and its answers: what comes late comes on the
// line on which it was asked.
func TestOneConnection(t *testing.T) {
	uri, next := accepts(t)
	c := open(t, uri)
	var b [2]byte
	if err := c.Tx([]byte("job"), nil); err != nil {
		t.Fatal(err)
	}
	printer := next()
	if err := c.Tx(nil, b[:1]); err == nil {
		t.Fatal("an answer out of nothing")
	}
	if _, err := printer.Write([]byte{0x37, 0x22}); err != nil {
		t.Fatal(err)
	}
	if err := c.Tx([]byte("more"), b[:]); err != nil || !bytes.Equal(b[:], []byte{0x37, 0x22}) {
		t.Errorf("%x, %v", b, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(printer); err != nil || string(got) != "jobmore" {
		t.Errorf("the printer got %q, %v", got, err)
	}
}

// TestHungUp writes to a printer that closed the line while nobody wrote: not a
// byte may be lost in it.
func TestHungUp(t *testing.T) {
	uri, next := accepts(t)
	c := open(t, uri)
	if err := c.Tx([]byte("a"), nil); err != nil {
		t.Fatal(err)
	}
	old := next()
	io.ReadFull(old, make([]byte, 1))
	old.Close()
	time.Sleep(50 * time.Millisecond)
	err := c.Tx([]byte("card"), nil)
	if !errors.Is(err, io.EOF) || sentBy(t, err) != 0 || !strings.Contains(err.Error(), "hung up") {
		t.Errorf("%v", err)
	}
	if err := c.Tx([]byte("card"), nil); err != nil {
		t.Error(err)
	}
	b := make([]byte, 4)
	if _, err := io.ReadFull(next(), b); err != nil || string(b) != "card" {
		t.Errorf("%q, %v", b, err)
	}
}

// TestIdle stays silent for longer than a printer waits: the line is opened
// anew before, and nothing is lost.
func TestIdle(t *testing.T) {
	uri, next := accepts(t)
	o := quick
	o.Idle = 100 * time.Millisecond
	c, err := Open(uri, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Tx([]byte("one"), nil); err != nil {
		t.Fatal(err)
	}
	first := next()
	if err := c.Tx([]byte(" two"), nil); err != nil { // too early
		t.Fatal(err)
	}
	time.Sleep(150 * time.Millisecond)
	done := make(chan string)
	go func() {
		b, _ := io.ReadAll(first)
		first.Close()
		done <- string(b)
	}()
	if err := c.Tx(nil, nil); err != nil { // a mute printer is only ever tried
		t.Fatal(err)
	}
	select {
	case got := <-done:
		if got != "one two" {
			t.Errorf("on the old line %q", got)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the old line is still open")
	}
	second := next()
	if err := c.Tx([]byte("three"), nil); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(second, b); err != nil || string(b) != "three" {
		t.Errorf("on the new line %q, %v", b, err)
	}
}

// TestNotIdle: while a printer without paper still has to take bytes, its line
// is not closed for its silence.
func TestNotIdle(t *testing.T) {
	uri, next := accepts(t)
	o := quick
	o.Idle = time.Millisecond
	c, err := Open(uri, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Tx(make([]byte, 16<<20), nil); err == nil {
		t.Fatal("nobody read that")
	}
	next()
	before := c.line
	time.Sleep(20 * time.Millisecond)
	if err := c.Tx(nil, nil); err != nil || c.line != before {
		t.Errorf("another line: %v", err)
	}
}
