package printer

import (
	"fmt"
	"math/bits"
)

// page is a raster as wide as the print area.
type page struct {
	bits           []byte
	dots           int // its width
	stride, height int
	keep           [][2]int // what is printed without a stop: first row, and the row behind the last
	scale          int      // dots of the printer a dot of its own, across and down: 1 or 2
	centre         bool     // bands are printed in the middle (ESC a 1)
}

func newPage(dots, scale int) *page {
	return &page{dots: dots / scale, stride: (dots/scale + 7) / 8, scale: scale}
}

func (p *page) row(y int) []byte { return p.bits[y*p.stride : (y+1)*p.stride] }

func (p *page) blank(y int) bool {
	for _, b := range p.row(y) {
		if b != 0 {
			return false
		}
	}
	return true
}

// add centres r below what is on p.
func (p *page) add(r Raster) error {
	area := r.Bounds()
	if area.Empty() || area.Dx() > p.dots {
		return fmt.Errorf("printer: a raster of %dx%d dots does not fit %d dots", area.Dx(), area.Dy(), p.dots)
	}
	top, left := p.height, (p.dots-area.Dx())/2
	p.height += area.Dy()
	p.bits = append(p.bits, make([]byte, p.stride*area.Dy())...)
	for y := range area.Dy() {
		row := r.Row(area.Min.Y + y)
		if len(row) < (area.Dx()+7)/8 {
			return fmt.Errorf("printer: row %d has %d bytes for %d dots", area.Min.Y+y, len(row), area.Dx())
		}
		place(p.row(top+y), row, left, area.Dx())
	}
	return nil
}

// place copies the first width dots of row to dst, left dots from its edge.
func place(dst, row []byte, left, width int) {
	at, shift := left/8, left%8
	for i := range (width + 7) / 8 {
		b := row[i]
		if rest := width - 8*i; rest < 8 {
			b &= 0xFF << (8 - rest) // dots beyond the bounds are nobody's
		}
		dst[at+i] |= b >> shift
		if low := b << (8 - shift); low != 0 {
			dst[at+i+1] |= low
		}
	}
}

// ink returns the first black dot of the rows from..to, and the one behind the
// last; 0, 0 if all are white.
func (p *page) ink(from, to int) (first, end int) {
	row := make([]byte, p.stride)
	for y := from; y < to; y++ {
		for i, b := range p.row(y) {
			row[i] |= b
		}
	}
	for i, b := range row {
		if b == 0 {
			continue
		}
		if end == 0 {
			first = 8*i + bits.LeadingZeros8(b)
		}
		end = 8*i + 8 - bits.TrailingZeros8(b)
	}
	return first, end
}

// cut appends width bytes of row y, from the dot left on.
func (p *page) cut(w []byte, y, left, width int) []byte {
	row, shift := p.row(y)[left/8:], left%8
	if shift == 0 {
		return append(w, row[:width]...)
	}
	for i := range width {
		b := row[i] << shift
		if i+1 < len(row) {
			b |= row[i+1] >> (8 - shift)
		}
		w = append(w, b)
	}
	return w
}
