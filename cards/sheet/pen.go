package sheet

import (
	"bytes"
	"math"
	"strconv"
)

// k is how many points a mm has: 72 an inch.
const k = 72 / 25.4

// A colour is red, green and blue.
type colour [3]uint8

// A pen writes a content stream. Its lengths are mm from the upper left corner
// of a field that is high mm high.
type pen struct {
	b    []byte
	high float64
	runs []run // of the code drawn last: their memory is used again
}

// n writes a length in points: 0.001 pt is less than any printer's dot.
func (p *pen) n(mm float64) { p.raw(mm * k) }

// raw writes a number to the third decimal, and no more digits than it needs.
func (p *pen) raw(v float64) {
	n := int64(math.Round(v * 1000))
	if n < 0 {
		n = -n
		p.b = append(p.b, '-')
	}
	p.b = strconv.AppendInt(p.b, n/1000, 10)
	if n %= 1000; n > 0 {
		p.b = append(p.b, '.', byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10))
		p.b = bytes.TrimRight(p.b, "0")
	}
	p.b = append(p.b, ' ')
}

func (p *pen) at(x, y float64) {
	p.n(x)
	p.n(p.high - y)
}

func (p *pen) op(name string) { p.b = append(append(p.b, name...), '\n') }

func (p *pen) fill(c colour) { p.ink(c, "g", "rg") }
func (p *pen) line(c colour) { p.ink(c, "G", "RG") }

// ink sets a colour; grey is one number, so that text stays on the black plate.
func (p *pen) ink(c colour, grey, rgb string) {
	if c[0] == c[1] && c[1] == c[2] {
		p.raw(float64(c[0]) / 255)
		p.op(grey)
		return
	}
	for _, v := range c {
		p.raw(float64(v) / 255)
	}
	p.op(rgb)
}

func (p *pen) width(mm float64) { p.n(mm); p.op("w") }

func (p *pen) segment(x1, y1, x2, y2 float64) {
	p.at(x1, y1)
	p.op("m")
	p.at(x2, y2)
	p.op("l S")
}

// box is a path around a rectangle with round corners.
func (p *pen) box(x, y, w, h, r float64) {
	if r == 0 {
		p.at(x, y+h)
		p.n(w)
		p.n(h)
		p.op("re")
		return
	}
	const arc = 0.5522847498 // of the radius: a quarter of a circle as one curve
	c := r * (1 - arc)
	p.at(x+r, y)
	p.op("m")
	for _, side := range [4][8]float64{
		{x + w - r, y, x + w - c, y, x + w, y + c, x + w, y + r},
		{x + w, y + h - r, x + w, y + h - c, x + w - c, y + h, x + w - r, y + h},
		{x + r, y + h, x + c, y + h, x, y + h - c, x, y + h - r},
		{x, y + r, x, y + c, x + c, y, x + r, y},
	} {
		p.at(side[0], side[1])
		p.op("l")
		p.at(side[2], side[3])
		p.at(side[4], side[5])
		p.at(side[6], side[7])
		p.op("c")
	}
	p.op("h")
}

// text writes a text from x on its baseline y.
func (p *pen) text(font string, size, x, y float64, text string) {
	p.b = append(append(append(p.b, "BT /"...), font...), ' ')
	p.n(size)
	p.b = append(p.b, "Tf "...)
	p.at(x, y)
	p.b = append(p.b, "Td "...)
	p.hex(text)
	p.op(" Tj ET")
}

// hex writes a text in the encoding of fpdf's fonts, UTF-16, where each
// character that passed the checks is one unit.
func (p *pen) hex(text string) {
	p.b = append(p.b, '<')
	const digits = "0123456789ABCDEF"
	for _, r := range text {
		p.b = append(p.b, digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
	}
	p.b = append(p.b, '>')
}

// move makes what follows drawn from another corner, on its head if turned; the
// field there is w wide and h high, and the pen's own height is the page's.
func (p *pen) move(s spot, w, h float64) {
	p.b = append(p.b, "q "...)
	if s.turned {
		p.b = append(p.b, "-1 0 0 -1 "...)
		p.at(s.x+w, s.y)
	} else {
		p.b = append(p.b, "1 0 0 1 "...)
		p.at(s.x, s.y+h)
	}
	p.op("cm")
}

// turnedText writes a text on its head: its first letter is on the right.
func (p *pen) turnedText(font string, size float64, at spot, text string) {
	p.b = append(append(append(p.b, "BT /"...), font...), ' ')
	p.n(size)
	p.b = append(p.b, "Tf -1 0 0 -1 "...)
	p.at(at.x, at.y)
	p.b = append(p.b, "Tm "...)
	p.hex(text)
	p.op(" Tj ET")
}
