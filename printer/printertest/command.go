package printertest

import (
	"bytes"

	"pointkiosk/printer"
)

const (
	lf  = 0x0A
	esc = 0x1B
	gs  = 0x1D
)

// command takes one command off the queue, once all of it is there.
func (p *Printer) command() bool {
	i := &p.input
	if len(i.queue) == 0 {
		return false
	}
	if i.queue[0] == 0 {
		i.nuls++
		p.drop(1)
		return true
	}
	if i.nuls > 0 {
		p.note("nul x %d", i.nuls)
		i.nuls = 0
	}
	n := length(i.queue)
	if n > len(i.queue) {
		return false
	}
	cmd, at := bytes.Clone(i.queue[:n]), i.offset
	p.drop(n)
	if cmd[0] != lf && cmd[0] >= 0x20 || cmd[0] >= 0x80 {
		p.complain(at, "character %q", cmd[0])
		i.text = append(i.text, cmd[0])
		return true
	}
	if cmd[0] != dle {
		p.flush()
	}
	if !p.obey(cmd, at) {
		p.note("unknown % x", cmd)
		p.complain(at, "unknown command % x", cmd)
	}
	return true
}

// length is how many bytes the command at the head of q has, or at least has
// if they are not all there.
func length(q []byte) int {
	if q[0] != esc && q[0] != gs && q[0] != dle {
		return 1
	}
	if len(q) < 2 {
		return 2
	}
	switch string(q[:2]) {
	case "\x1b@", "\x1b2":
		return 2
	case "\x1b$":
		return 4
	case "\x1dv":
		return 8
	case "\x1d(":
		if len(q) < 5 {
			return 5
		}
		return 5 + int(q[3]) + int(q[4])<<8
	case "\x1dV":
		if len(q) > 2 && q[2] >= 65 {
			return 4
		}
		return 3
	case "\x10\x14":
		if len(q) > 2 && q[2] == 8 {
			return len(clearSequence)
		}
		return 3
	}
	return 3
}

// obey performs a command and reports whether it is known.
func (p *Printer) obey(cmd []byte, at int64) bool {
	switch {
	case cmd[0] == lf: // the flush before it was all
	case cmd[0] == dle:
		return len(cmd) > 2 && (cmd[1] == 0x04 || cmd[1] == 0x05 || cmd[1] == 0x14) // done on reception
	case string(cmd) == "\x1b@":
		p.note("initialize")
		p.line.asb, p.input.align, p.input.left = 0, 0, 0
	case string(cmd) == "\x1b2":
		p.note("line spacing default")
	case len(cmd) < 3:
		return false
	case cmd[0] == esc:
		return p.obeyESC(cmd, at)
	default:
		return p.obeyGS(cmd, at)
	}
	return true
}

func (p *Printer) obeyESC(cmd []byte, at int64) bool {
	n := cmd[2]
	switch cmd[1] {
	case 'J':
		p.note("feed %d", n)
		p.mech.feed, p.input.left = int(n), 0
	case 'd':
		p.note("feed %d lines", n)
		p.mech.feed, p.input.left = 30*int(n), 0
	case '3':
		p.note("line spacing %d", n)
	case '$':
		p.input.left = int(n) + int(cmd[3])<<8
		p.note("at %d", p.input.left)
		if p.input.left >= p.opts.Dots || p.input.align != 0 {
			p.complain(at, "a place at %d, alignment %d", p.input.left, p.input.align)
			p.input.left = 0
		}
	case '=':
		p.note("select %d", n)
	case 'a':
		p.note("align %d", n%48)
		if n%48 > 2 {
			p.complain(at, "alignment %d", n)
			return true
		}
		p.input.align = n % 48
	default:
		return false
	}
	return true
}

func (p *Printer) obeyGS(cmd []byte, at int64) bool {
	class := p.opts.Answers
	switch cmd[1] {
	case 'v':
		return p.raster(cmd, at)
	case 'V':
		return p.cut(cmd, at)
	case 'a':
		if class < printer.Queued {
			return false
		}
		p.note("status back %02x", cmd[2])
		p.line.asb = cmd[2]
		p.line.sent = [4]byte{} // the status is sent at once, too
		p.report()
	case 'r':
		if class < printer.Queued || cmd[2]%48 < 1 || cmd[2]%48 > 2 {
			return false
		}
		p.note("ask paper, queued")
		p.answer(p.back()[2] * bit(cmd[2]%48 == 1, 1))
	case '(':
		if class < printer.ProcessID || len(cmd) != 11 || string(cmd[2:7]) != "H\x06\x0000" {
			return false
		}
		p.note("process id %q", cmd[7:])
		p.answer(append(append([]byte{0x37, 0x22}, cmd[7:]...), 0)...)
	default:
		return false
	}
	return true
}

// raster opens GS v 0; its rows are printed as they come.
func (p *Printer) raster(cmd []byte, at int64) bool {
	i := &p.input
	width, rows := int(cmd[4])+int(cmd[5])<<8, int(cmd[6])+int(cmd[7])<<8
	if cmd[2] != '0' || cmd[3]%48 > 3 {
		return false
	}
	p.note("raster %dx%d", 8*width, rows)
	switch {
	case width == 0 || rows == 0:
		p.complain(at, "raster of %d bytes by %d rows", width, rows)
		return true
	case cmd[3]%48 != 0:
		p.complain(at, "raster mode %d is not drawn", cmd[3])
	case rows > 2303:
		p.complain(at, "raster of %d rows", rows)
	case i.left+8*width > p.opts.Dots:
		p.complain(at, "raster of %d bytes at %d on %d dots", width, i.left, p.opts.Dots)
	}
	i.width, i.rows, i.tail = width, rows, nil
	return true
}

func (p *Printer) cut(cmd []byte, at int64) bool {
	switch m := cmd[2]; m {
	case 0, 1, 48, 49:
		p.note("cut here")
	case 65, 66:
		p.note("feed %d and cut", cmd[3])
		p.mech.feed = p.opts.Blade + int(cmd[3])
	default:
		return false
	}
	p.mech.cut = true
	return true
}

const charWidth, charHeight = 12, 24

// flush prints the characters of the line as bars, each byte its own.
func (p *Printer) flush() {
	text := p.input.text
	if len(text) == 0 {
		return
	}
	p.note("characters %q", text)
	p.input.text = nil
	row := make([]byte, p.paper.stride)
	for n, c := range text {
		for b := range 8 {
			if x := n*charWidth + b + 2; c>>b&1 == 1 && x < p.opts.Dots {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	for range charHeight {
		p.row(row)
	}
}
