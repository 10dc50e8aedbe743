package face

import (
	"image"
	"image/color"

	"pointkiosk/cards/qr"
)

// A Bitmap is a picture of black dots on white, as a printer head burns it.
type Bitmap struct {
	width, height, stride int
	bits                  []byte
}

// NewBitmap makes a white picture.
func NewBitmap(width, height int) *Bitmap {
	stride := (width + 7) / 8
	return &Bitmap{width, height, stride, make([]byte, stride*height)}
}

// Row gives the dots of row y, eight a byte, the leftmost highest, 1 for
// black. Dots beyond the width are 0. It isn't a copy.
func (b *Bitmap) Row(y int) []byte { return b.bits[y*b.stride : (y+1)*b.stride : (y+1)*b.stride] }

// Dark reports whether the dot is black. Outside the picture all is white.
func (b *Bitmap) Dark(x, y int) bool {
	return image.Pt(x, y).In(b.Bounds()) && b.bits[y*b.stride+x/8]>>(7-x%8)&1 == 1
}

// Bounds is the picture's size; its origin is 0, 0.
func (b *Bitmap) Bounds() image.Rectangle { return image.Rect(0, 0, b.width, b.height) }

// ColorModel is a palette of white and black.
func (b *Bitmap) ColorModel() color.Model { return color.Palette{color.White, color.Black} }

// At gives white or black.
func (b *Bitmap) At(x, y int) color.Color {
	if b.Dark(x, y) {
		return color.Black
	}
	return color.White
}

// ColorIndexAt makes image/png write one bit a dot.
func (b *Bitmap) ColorIndexAt(x, y int) uint8 {
	if b.Dark(x, y) {
		return 1
	}
	return 0
}

// fill blackens a rectangle that lies inside.
func (b *Bitmap) fill(r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		span(b.Row(y), r.Min.X, r.Max.X)
	}
}

// span blackens the dots from x to end in a row.
func span(row []byte, x, end int) {
	for x < end && x%8 != 0 {
		row[x/8] |= 0x80 >> (x % 8)
		x++
	}
	for ; x+8 <= end; x += 8 {
		row[x/8] = 0xFF
	}
	for ; x < end; x++ {
		row[x/8] |= 0x80 >> (x % 8)
	}
}

// code draws a QR matrix with its corner at at.
func (b *Bitmap) code(m *qr.Matrix, at image.Point, module int) {
	for my := range m.Size {
		y := at.Y + my*module
		row := b.Row(y)
		for mx, dark := 0, m.Row(my); dark != 0; mx, dark = mx+1, dark>>1 {
			if dark&1 == 1 {
				span(row, at.X+mx*module, at.X+(mx+1)*module)
			}
		}
		for dy := 1; dy < module; dy++ {
			copy(b.Row(y+dy), row)
		}
	}
}

// An ink says which of the dots of a glyph are burnt, by the row's last two
// bits.
type ink [4]byte

var (
	solid = ink{0xFF, 0xFF, 0xFF, 0xFF}
	faint = ink{0x80, 0x08, 0x20, 0x02} // one dot in eight, and some in every row
)

// stamp blackens the dots of a glyph whose upper left corner is at x, y. What
// lies outside the picture is left out.
func (b *Bitmap) stamp(g *glyph, x, y int, with ink) {
	stride := (g.width + 7) / 8
	for gy := range g.height {
		to := y + gy
		if to < 0 || to >= b.height {
			continue
		}
		row, pattern := b.Row(to), uint16(with[to&3])
		pattern |= pattern << 8
		shift := uint(x & 7)
		at := x >> 3
		for _, eight := range g.bits[gy*stride : (gy+1)*stride] {
			v := uint16(eight) << (8 - shift) & pattern
			if at >= 0 && at < len(row) {
				row[at] |= byte(v >> 8)
			}
			if at+1 >= 0 && at+1 < len(row) {
				row[at+1] |= byte(v)
			}
			at++
		}
	}
}
