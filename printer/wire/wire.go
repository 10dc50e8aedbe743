// Package wire opens the line to a printer as a periph conn.Conn: TCP port
// 9100, a serial line, a USB printer's node, or a file.
//
// The one invariant: within a Tx the line is never opened a second time. A Tx
// that fails because the line broke says so, and only the next one opens it
// again: the caller must know that what it sent before may be lost. A line that
// is only slow stays open.
//
// It knows nothing of what is sent. One goroutine at a time may use a Conn.
package wire

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3"

	"pointkiosk/printer"
)

// Opts are the time limits of a line. Zero is the standard value.
type Opts struct {
	Dial  time.Duration // to connect; 0 is 2 s
	Write time.Duration // for all of w in a Tx, beyond the time its bytes take on a serial line; 0 is 5 s
	Read  time.Duration // for all of r in a Tx; 0 is 500 ms
	Idle  time.Duration // after which a TCP line is opened anew; 0 is 4 min: printers hang up after 5 (UB-E02, 5.5.2.2)
	Sysfs string        // where the kernel names USB printers; "" is /sys
}

// A line is an open wire.
type line interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// Conn is a line that is open, or will be at the next Tx.
type Conn struct {
	uri    string
	opts   Opts
	oneWay bool
	baud   int // of a serial line, else 0
	tty    func(path string, mode *unix.Termios) (tty, error)
	asked  bool // something was read, or should have been
	dial   func() (line, error)
	line   line
}

var (
	_ conn.Conn    = (*Conn)(nil)
	_ printer.Conn = (*Conn)(nil)
	_ io.Closer    = (*Conn)(nil)
)

// Open reads an address, such as
//
//	tcp://192.0.2.7:9100
//	serial:///dev/ttyUSB0?baud=115200&flow=rtscts (or xonxoff, none)
//	file:///dev/usb/lp0                           (or a plain file, or a fifo)
//	file:///dev/usb/lp0?id=TM-T20II               (on whatever node it is)
//
// A USB printer that comes back on another node is found there by its id and
// serial number. Until this process ends it is the one that was opened first,
// and no other; which one that is, id= says by a part of either. A serial
// adapter has a name that stays under /dev/serial/by-id.
//
// It opens nothing yet: the printer may be off. The first Tx does; one of no
// bytes at all only tries.
func Open(uri string, opts *Opts) (*Conn, error) {
	c := &Conn{uri: uri, tty: openTTY}
	if opts != nil {
		c.opts = *opts
	}
	for _, f := range []struct {
		limit    *time.Duration
		standard time.Duration
	}{
		{&c.opts.Dial, 2 * time.Second}, {&c.opts.Write, 5 * time.Second}, {&c.opts.Read, 500 * time.Millisecond},
		{&c.opts.Idle, 4 * time.Minute},
	} {
		if *f.limit <= 0 {
			*f.limit = f.standard
		}
	}
	if c.opts.Sysfs == "" {
		c.opts.Sysfs = "/sys"
	}
	u, err := url.Parse(uri)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	switch u.Scheme {
	case "tcp":
		err = c.tcp(u)
	case "serial":
		err = c.serial(u)
	case "file":
		err = c.file(u)
	default:
		err = fmt.Errorf("%q is none of tcp, serial, file", u.Scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("wire: address %s: %w", uri, err)
	}
	return c, nil
}

func (c *Conn) String() string { return c.uri }

// Duplex is half: a Tx writes, then reads.
func (c *Conn) Duplex() conn.Duplex { return conn.Half }

// OneWay reports that nothing can ever be read: the printer is mute here. Of a
// USB printer that is known once something was to be read.
func (c *Conn) OneWay() bool { return c.oneWay }

// Takes is how long n bytes take on the line by its rate: on a serial line ten
// bits a byte (8N1), elsewhere nothing. A Tx that writes them may take
// Opts.Write longer.
func (c *Conn) Takes(n int) time.Duration { return takes(n, c.baud) }

func takes(n, baud int) time.Duration {
	if baud <= 0 {
		return 0
	}
	return time.Duration(n) * 10 * time.Second / time.Duration(baud)
}

// Tx writes all of w, then reads all of r. Its errors are *printer.TxError;
// one that is os.ErrDeadlineExceeded leaves the line open.
//
// What it wrote has left: a serial line's kernel, a USB printer's node, and over
// TCP for as much as the printer has room. Where nothing was ever read, as with
// a mute printer, a Tx over TCP also waits until the bytes are acknowledged.
//
// Sent in an error is what left, at most: bytes that may be under way count.
func (c *Conn) Tx(w, r []byte) error {
	sent, err := c.tx(w, r)
	if err == nil {
		return nil
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		c.hangUp()
	}
	return &printer.TxError{Sent: sent, Err: fmt.Errorf("wire: %s: %w%s", c.uri, err, advice(err))}
}

func (c *Conn) tx(w, r []byte) (sent int, err error) {
	if err := c.up(); err != nil {
		return 0, err
	}
	if t, ok := c.line.(*tcpLine); ok {
		defer func() {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				err = t.slow(err)
			}
		}()
	}
	if len(w) > 0 {
		if err := c.line.SetWriteDeadline(time.Now().Add(c.opts.Write + c.Takes(len(w)))); err != nil && !errors.Is(err, os.ErrNoDeadline) {
			return 0, err
		}
		if sent, err = c.line.Write(w); err != nil {
			return sent, err
		}
	}
	if len(r) == 0 {
		if t, ok := c.line.(*tcpLine); ok && len(w) > 0 && !c.asked {
			err = t.arrived()
		}
		return sent, err
	}
	c.asked = true
	if c.oneWay {
		return sent, errOneWay
	}
	if err := c.line.SetReadDeadline(time.Now().Add(c.opts.Read)); err != nil && !errors.Is(err, os.ErrNoDeadline) {
		return sent, err
	}
	_, err = io.ReadFull(c.line, r)
	if _, usb := c.line.(*usbLine); usb && errors.Is(err, syscall.EINVAL) { // usblp: the interface goes one way only
		c.oneWay, err = true, errOneWay
	}
	return sent, err
}

// up opens the line if it is not open, or has been silent for so long that the
// printer may hang up any moment.
func (c *Conn) up() (err error) {
	if l, ok := c.line.(interface{ ended() error }); ok {
		if err := l.ended(); err != nil {
			return err
		}
	}
	if t, ok := c.line.(*tcpLine); ok && t.idle(c.opts.Idle) {
		c.hangUp()
	}
	if c.line != nil {
		return nil
	}
	if c.line, err = c.dial(); err != nil {
		c.line = nil // not an interface round a nil pointer
	}
	return err
}

// Close hands over what was written, and closes. A Tx opens the line again.
func (c *Conn) Close() error {
	if c.line == nil {
		return nil
	}
	err := c.line.Close()
	c.line = nil
	if err != nil {
		return fmt.Errorf("wire: close %s: %w", c.uri, err)
	}
	return nil
}

// hangUp closes a line that broke; what it says then is of no use.
func (c *Conn) hangUp() {
	if c.line != nil {
		c.line.Close()
		c.line = nil
	}
}

var errOneWay = errors.New("nothing can be read on this line: set the printer's answers to mute")

// advice says what to do about err.
func advice(err error) string {
	if _, ok := errors.AsType[*twoError](err); ok {
		return ""
	}
	for _, a := range []struct {
		is   error
		text string
	}{
		{os.ErrDeadlineExceeded, ""},
		{os.ErrPermission, ": add this user to the groups lp and dialout"},
		{os.ErrNotExist, ": plug the printer in and switch it on"},
		{syscall.ENODEV, ": plug the printer in and switch it on"},
		{syscall.ENXIO, ": switch the printer on, or start the fifo's reader"},
		{syscall.EBUSY, ": another program holds it, perhaps CUPS: it has one owner at a time"},
		{syscall.ECONNREFUSED, ": is this the printer's address, and is it on?"},
		{syscall.EHOSTUNREACH, ": look at the network cable and the printer's address"},
		{syscall.ECONNRESET, ": another computer may be printing, or the printer was switched off"},
		{io.EOF, ": the printer hung up"},
		{errLost, ": look at its switch and the network cable"},
	} {
		if errors.Is(err, a.is) {
			return a.text
		}
	}
	return ""
}
