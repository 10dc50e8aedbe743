package printertest

import (
	"bytes"
	"slices"

	"pointkiosk/printer"
)

const (
	lf  = 0x0A
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
)

// command takes one command or character off the queue, once all of it is there.
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
	n := p.length(i.queue)
	if n > len(i.queue) {
		return false
	}
	cmd, at := bytes.Clone(i.queue[:n]), i.offset
	p.drop(n)
	if cmd[0] >= 0x20 {
		p.character(cmd, at)
		return true
	}
	p.tellText()
	if cmd[0] != dle {
		p.mines(cmd, at)
	}
	if !p.obey(cmd, at) {
		p.note("unknown % x", cmd)
		p.complain(at, "unknown command % x", cmd)
	}
	return true
}

// lengths are those of the commands that have always the same; every other one
// of ESC, FS, GS and DLE has 3 bytes.
var lengths = map[string]int{
	"\x1b@": 2, "\x1b2": 2, "\x1b$": 4, "\x1bB": 4, "\x1b7": 5,
	"\x1c&": 2, "\x1c.": 2,
	"\x1dv": 8, "\x1dP": 4,
}

// length is how many bytes the command or character at the head of q has, or
// at least has if they are not all there.
func (p *Printer) length(q []byte) int {
	if q[0] >= 0x20 {
		return p.charLength(q[0])
	}
	if q[0] != esc && q[0] != fs && q[0] != gs && q[0] != dle {
		return 1
	}
	if len(q) < 2 {
		return 2
	}
	switch string(q[:2]) {
	case "\x1d(", "\x1c(", "\x1b(":
		if len(q) < 5 {
			return 5
		}
		return 5 + int(q[3]) + int(q[4])<<8
	case "\x1b*":
		if len(q) < 5 {
			return 5
		}
		return 5 + imageBytes(q[2])*(int(q[3])+int(q[4])<<8)
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
	if n := lengths[string(q[:2])]; n > 0 {
		return n
	}
	return 3
}

// mines complains of real-time commands within another: they were obeyed.
func (p *Printer) mines(cmd []byte, at int64) {
	for n := 1; n+2 < len(cmd); n++ {
		if real(cmd[n], cmd[n+1], cmd[n+2]) {
			p.complain(at+int64(n), "real-time command % x in data", cmd[n:n+3])
		}
	}
}

// obey performs a command and reports whether it is known.
func (p *Printer) obey(cmd []byte, at int64) bool {
	switch {
	case cmd[0] == lf:
		p.note("line feed")
		p.printLine(p.input.spacing)
	case cmd[0] == dle:
		return len(cmd) > 2 && (cmd[1] == 0x04 || cmd[1] == 0x05 || cmd[1] == 0x14) // done on reception
	case string(cmd) == "\x1b@":
		p.note("initialize")
		p.line.asb = 0
		p.input.settings = initial(&p.opts)
		p.input.items = nil // what waits in the line is lost
	case string(cmd) == "\x1b2":
		p.note("line spacing default")
		p.input.spacing = usualSpacing
	case cmd[0] == fs:
		return p.obeyFS(cmd, at)
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
	n, i := cmd[2], &p.input
	switch cmd[1] {
	case 'J':
		p.note("feed %d", n)
		p.printLine(p.dots(int(n)))
	case 'd':
		p.note("feed %d lines", n)
		p.printLine(i.spacing * int(n))
	case '3':
		p.note("line spacing %d", n)
		i.spacing = p.dots(int(n))
	case '$':
		return p.place(int(n)+int(cmd[3])<<8, at)
	case '=':
		p.note("select %d", n)
	case 'a':
		p.note("align %d", n%48)
		if n%48 > 2 || len(i.items) > 0 {
			p.complain(at, "alignment %d, %d pieces in the line", n, len(i.items))
			return true
		}
		i.align = n % 48
	case 'B':
		p.note("buzzer %d x %d", n, cmd[3])
	case '7':
		p.note("heat %d %d %d", n, cmd[3], cmd[4])
		return p.shades(cmd)
	case '(':
		return p.buzzer(cmd)
	default:
		return p.obeyText(cmd, at)
	}
	return true
}

func (p *Printer) place(x int, at int64) bool {
	i := &p.input
	p.note("at %d", x)
	if x >= p.opts.Dots || i.align != 0 {
		p.complain(at, "a place at %d, alignment %d", x, i.align)
		x = 0
	}
	i.left = x
	return true
}

// buzzer is ESC ( A: fn 48 of the internal, fn 97 of an optional one.
func (p *Printer) buzzer(cmd []byte) bool {
	if cmd[2] != 'A' || len(cmd) < 9 || len(cmd) != 9 && cmd[5] == 48 || len(cmd) != 10 && cmd[5] == 97 || cmd[5] != 48 && cmd[5] != 97 {
		return false
	}
	p.note("buzzer % x", cmd[6:])
	return true
}

func (p *Printer) obeyGS(cmd []byte, at int64) bool {
	class := p.opts.Answers
	switch cmd[1] {
	case 'v':
		return p.raster(cmd, at)
	case 'V':
		return p.cut(cmd, at)
	case 'P':
		p.note("motion %d %d", cmd[2], cmd[3])
		p.input.motion = int(cmd[3])
	case '!':
		return p.obeyText(cmd, at)
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
	case 'I':
		return class >= printer.Queued && p.who(cmd[2])
	case '(':
		return p.obeyFunction(cmd, at)
	default:
		return false
	}
	return true
}

// obeyFunction performs a command of GS (, which has a length.
func (p *Printer) obeyFunction(cmd []byte, at int64) bool {
	switch {
	case len(cmd) == 11 && string(cmd[2:7]) == "H\x06\x0000" && p.opts.Answers == printer.ProcessID:
		p.note("process id %q", cmd[7:])
		p.answer(append(append([]byte{0x37, 0x22}, cmd[7:]...), 0)...)
	case len(cmd) == 7 && string(cmd[2:6]) == "K\x02\x001" && p.shades(cmd): // fn 49: 70 % to 140 %
		p.note("density %d", int8(cmd[6]))
		if d := int8(cmd[6]); d < -6 || d > 8 {
			p.complain(at, "density %d", d)
		}
	case len(cmd) > 6 && cmd[2] == 'k' && cmd[5] == 49 && p.opts.Skills.QR:
		return p.code(cmd, at)
	default:
		return false
	}
	return true
}

// shades reports whether a command is of a kind that sets how black it prints.
func (p *Printer) shades(cmd []byte) bool {
	return slices.ContainsFunc(p.opts.Skills.Densities, func(c printer.Command) bool { return string(c[:2]) == string(cmd[:2]) })
}

// who answers GS I: a byte to 1 to 3, a block to 65 to 69.
func (p *Printer) who(n byte) bool {
	p.note("who are you %d", n)
	switch {
	case n >= 1 && n <= 3 || n >= 49 && n <= 51:
		p.answer(0x02)
	case n >= 65 && n <= 69:
		text := []string{"1.00", p.opts.Skills.Maker, p.opts.Skills.Model, "0001", ""}[n-65]
		if n == 69 && p.opts.Skills.Kanji {
			text = "KANJI JAPANESE"
		}
		p.answer(append([]byte("_"+text), 0)...)
	default:
		return false
	}
	return true
}

func (p *Printer) cut(cmd []byte, at int64) bool {
	p.idle(at, "a cut")
	switch m := cmd[2]; m {
	case 0, 1, 48, 49:
		p.note("cut here")
	case 65, 66:
		p.note("feed %d and cut", cmd[3])
		p.mech.feed += p.opts.Blade + p.dots(int(cmd[3]))
	default:
		return false
	}
	p.mech.cut = true
	return true
}

// dots are n vertical motion units: dots, or half of one on a printer that
// counts so until GS P says how many are an inch.
func (p *Printer) dots(n int) int {
	dpi, unit := p.opts.Skills.Motion, p.input.motion
	switch {
	case dpi == 0:
		return n
	case unit == 0:
		unit = 2 * dpi
	}
	return n * dpi / unit
}
