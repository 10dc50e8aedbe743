package printertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// Listen opens a port on the loopback interface for [Printer.Serve].
func Listen() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("printertest: %w", err)
	}
	return l, nil
}

// Plug puts the printer on a port of its own until stop, and returns its address.
func (p *Printer) Plug() (uri string, stop func(), err error) {
	l, err := Listen()
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		p.Serve(ctx, l) //nolint:errcheck // it ends with ctx
		close(done)
	}()
	return "tcp://" + l.Addr().String(), func() { cancel(); <-done }, nil
}

// Serve is the printer's network board: one connection prints at a time, the
// others wait. Time is real. It ends with ctx, and closes l.
func (p *Printer) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("printertest: %w", err)
		}
		if err := p.Talk(ctx, c); err != nil {
			c.Close() // a host that went away is no fault of the printer
		}
		c.Close()
	}
}

// A Line is a byte stream to a host: a net.Conn, or the master side of a
// pseudo-terminal.
type Line interface {
	io.ReadWriter
	SetReadDeadline(time.Time) error
}

// Talk serves one host until ctx ends, the host hangs up or a fault breaks the
// line.
func (p *Printer) Talk(ctx context.Context, c Line) error {
	p.mu.Lock()
	p.line.broken, p.line.out = false, nil
	breaks := p.line.breaks
	p.mu.Unlock()
	buf, last := make([]byte, 1024), time.Now()
	for ctx.Err() == nil {
		if err := c.SetReadDeadline(time.Now().Add(tick)); err != nil {
			return fmt.Errorf("printertest: %w", err)
		}
		n, err := c.Read(buf[:p.takes(len(buf))])
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("printertest: %w", err)
		}
		now := time.Now()
		out, broke := p.exchange(buf[:n], now.Sub(last), breaks)
		last = now
		if broke {
			return nil
		}
		if len(out) > 0 {
			if _, err := c.Write(out); err != nil {
				return fmt.Errorf("printertest: %w", err)
			}
		}
	}
	return nil
}

// takes returns how many bytes to read now. With no room it waits a tick.
func (p *Printer) takes(most int) int {
	p.mu.Lock()
	n := min(p.room(), most)
	p.mu.Unlock()
	if n == 0 {
		time.Sleep(tick)
	}
	return n
}

// exchange hands bytes and time to the printer and takes its answers.
func (p *Printer) exchange(in []byte, passed time.Duration, breaks int) (out []byte, broke bool) {
	defer p.tell()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass(passed)
	for _, b := range in {
		p.receive(b)
		if p.line.breaks != breaks {
			break
		}
	}
	if p.line.breaks != breaks || p.mech.off {
		return nil, true
	}
	if !p.line.muted {
		out, p.line.out = p.line.out, nil
	}
	return out, false
}
