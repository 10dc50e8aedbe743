package printertest

import (
	"errors"
	"os"
	"time"

	"pointkiosk/printer"
)

var _ printer.Conn = (*Printer)(nil)

var (
	errOff  = errors.New("printertest: the printer is off")
	errLine = errors.New("printertest: the line broke")
)

// Tx writes w, then reads r. Bytes that follow a break of the line within one
// Tx are lost unnoticed, as they are on TCP; the Tx after it fails, and the one
// after that connects again.
func (p *Printer) Tx(w, r []byte) error {
	defer p.tell()
	if n, err := p.write(w); err != nil {
		return &printer.TxError{Sent: n, Err: err}
	}
	for i := range r {
		b, err := p.read()
		if err != nil {
			return &printer.TxError{Sent: len(w), Err: err}
		}
		r[i] = b
	}
	return nil
}

// Takes is how long so many bytes take on the line.
func (p *Printer) Takes(bytes int) time.Duration {
	if p.opts.Baud == 0 {
		return 0
	}
	return time.Duration(bytes) * 10 * time.Second / time.Duration(p.opts.Baud)
}

// travel lets the time of one byte on the line pass.
func (p *Printer) travel() {
	p.way += time.Duration(10) * time.Second / time.Duration(p.opts.Baud)
	if p.way >= tick {
		p.wait(p.way)
		p.way = 0
	}
}

// up takes the news of a broken line and opens a new one.
func (p *Printer) up() error {
	if p.line.broken {
		p.line.broken, p.line.out = false, nil
		return errLine
	}
	if p.mech.off {
		return errOff
	}
	return nil
}

func (p *Printer) write(w []byte) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.up(); err != nil {
		return 0, err
	}
	waited := time.Duration(0)
	for n < len(w) {
		switch {
		case p.line.broken:
			p.input.received += int64(len(w) - n)
			p.input.offset += int64(len(w) - n)
			return len(w), nil
		case p.room() > 0:
			p.receive(w[n])
			n++
			if p.opts.Baud > 0 {
				p.travel()
			}
		case waited >= writeLimit:
			return n, os.ErrDeadlineExceeded
		default:
			p.wait(tick)
			waited += tick
		}
	}
	return n, nil
}

func (p *Printer) read() (byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.up(); err != nil {
		return 0, err
	}
	for waited := time.Duration(0); ; waited += tick {
		switch {
		case p.line.broken:
			return 0, p.up()
		case len(p.line.out) > 0 && !p.line.muted:
			b := p.line.out[0]
			p.line.out = p.line.out[1:]
			return b, nil
		case waited >= readLimit:
			return 0, os.ErrDeadlineExceeded
		}
		p.wait(tick)
	}
}

// wait lets d pass; others may come in between while it does so for real.
func (p *Printer) wait(d time.Duration) {
	if p.opts.Sleep != nil {
		p.mu.Unlock()
		p.opts.Sleep(d)
		p.mu.Lock()
	}
	p.pass(d)
}
