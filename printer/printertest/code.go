package printertest

import (
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// qrCode is what GS ( k has been told.
type qrCode struct {
	module int
	level  byte // 'L', 'M', 'Q' or 'H'
	data   string
}

// code obeys GS ( k, cn = 49.
func (p *Printer) code(cmd []byte, at int64) bool {
	q, n := &p.input.qr, cmd[7:]
	switch fn := cmd[6]; {
	case fn == 65 && len(n) == 2:
		p.note("code model %d", n[0]-48)
		if n[0] != 50 || n[1] != 0 {
			p.complain(at, "code model % x", n)
		}
	case fn == 67 && len(n) == 1:
		p.note("code module %d", n[0])
		if q.module = int(n[0]); q.module < 1 || q.module > 16 {
			p.complain(at, "module of %d dots", q.module)
			q.module = 3
		}
	case fn == 69 && len(n) == 1 && n[0] >= 48 && n[0] <= 51:
		q.level = "LMQH"[n[0]-48]
		p.note("code level %c", q.level)
	case fn == 80 && len(n) > 1 && n[0] == 48:
		q.data = string(n[1:])
		p.note("code data %q", q.data)
	case fn == 81 && len(n) == 1 && n[0] == 48:
		p.printCode(at)
	default:
		return false
	}
	return true
}

// printCode draws the code where the line is. One that is too wide is not
// printed, and a real printer doesn't say so.
func (p *Printer) printCode(at int64) {
	i := &p.input
	p.idle(at, "a code")
	level := map[byte]qr.ErrorCorrectionLevel{'L': qr.L, 'M': qr.M, 'Q': qr.Q, 'H': qr.H}[i.qr.level]
	code, err := qr.Encode(i.qr.data, level, qr.Auto)
	if i.qr.data == "" || err != nil {
		p.note("no code")
		p.complain(at, "no code of %q: %v", i.qr.data, err)
		return
	}
	size, module := code.Bounds().Dx(), i.qr.module
	side := size * module
	p.note("code printed %dx%d", side, side)
	left := i.left + int(i.align)*(p.opts.Dots-side)/2
	if left < 0 || left+side > p.opts.Dots {
		p.complain(at, "a code of %d dots on %d", side, p.opts.Dots)
		return
	}
	for y := range side {
		row := make([]byte, p.paper.stride)
		for x := range side {
			if code.At(x/module, y/module) == color.Black {
				row[(left+x)/8] |= 0x80 >> ((left + x) % 8)
			}
		}
		p.mech.rows = append(p.mech.rows, row)
	}
	i.left = 0
}
