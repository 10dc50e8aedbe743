package printer

import (
	"fmt"
	"image"
)

// A Raster is a 1-bit picture. Row returns the dots of row y, the leftmost in
// the first byte's highest bit, 1 black; y lies within Bounds.
type Raster interface {
	Bounds() image.Rectangle
	Row(y int) []byte
}

// A Keeper is a Raster with rows that should be printed without a stop, such as
// those of a code. They go in one command if Opts.Buffer holds them.
type Keeper interface {
	Raster
	Keep() image.Rectangle
}

// page is a raster as wide as the print area.
type page struct {
	bits           []byte
	stride, height int
	keep           [2]int // first row, and the row behind the last
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

// compose centres r on the width of the paper and makes it safe to send.
func (d *Dev) compose(r Raster) (*page, error) {
	area := r.Bounds()
	if area.Empty() || area.Dx() > d.opts.Dots {
		return nil, fmt.Errorf("printer: a raster of %dx%d dots does not fit %d dots", area.Dx(), area.Dy(), d.opts.Dots)
	}
	p := &page{stride: d.opts.Dots / 8, height: area.Dy()}
	p.bits = make([]byte, p.stride*p.height)
	left := (d.opts.Dots - area.Dx()) / 2
	for y := range p.height {
		row := r.Row(area.Min.Y + y)
		if len(row) < (area.Dx()+7)/8 {
			return nil, fmt.Errorf("printer: row %d has %d bytes for %d dots", area.Min.Y+y, len(row), area.Dx())
		}
		place(p.row(y), row, left, area.Dx())
	}
	if k, ok := r.(Keeper); ok {
		rows := k.Keep().Intersect(area).Sub(area.Min)
		p.keep = [2]int{rows.Min.Y, rows.Max.Y}
	}
	p.defuse()
	return p, nil
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

// realtime reports whether a then b begin a real-time command, which a printer
// obeys even inside raster data (DLE EOT, DLE ENQ, DLE DC4, notes). Whatever
// follows: the stream may break off there, and something else come behind.
func realtime(a, b byte) bool { return a == dle && (b == eot || b == enq || b == dc4) }

// defuse thickens by one dot each stroke that would be taken for a real-time
// command. 10h is always a lone dot, so the dot beside it is white: on paper
// the edge of a stroke one dot wide moves by an eighth of a millimetre in one
// row. Nothing is ever made white. Codes are not touched: their modules are
// wider than a dot. Hits across the end of a row are left to the bands.
func (p *page) defuse() {
	for y := range p.height {
		row := p.row(y)
		for x := 0; x+1 < len(row); x++ {
			if realtime(row[x], row[x+1]) {
				row[x] |= p.thicker(x, y)
			}
		}
	}
}

// thicker chooses the neighbour of the lone dot 10h that has more black above
// and below, so that it smooths an edge rather than makes one.
func (p *page) thicker(x, y int) byte {
	const left, right = 0x20, 0x08
	votes := 0
	for _, near := range []int{y - 1, y + 1} {
		if near < 0 || near >= p.height {
			continue
		}
		b := p.row(near)[x]
		votes += int(b&left)>>5 - int(b&right)>>3
	}
	if votes > 0 {
		return left
	}
	return right
}
