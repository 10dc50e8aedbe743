package face

import (
	"image"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// threshold is the least coverage, of 255, that blackens a dot.
const threshold = 128

// A shape names a glyph at a size.
type shape struct {
	r    rune
	size int16
	bold bool
}

type sizeKey struct {
	size int16
	bold bool
}

// A glyph is a character in dots: its advance as soon as it was measured, its
// rows as soon as it was drawn.
type glyph struct {
	advance       int
	missing       bool
	drawn         bool
	left, top     int // from the pen on the baseline to the upper left dot
	width, height int
	bits          []byte // rows of whole bytes, the leftmost dot highest
}

// sized gives a typeface that draws in grey.
func (f *Face) sized(size int, bold bool) font.Face {
	key := sizeKey{int16(size), bold}
	if s, ok := f.sizes[key]; ok {
		return s
	}
	ttf := f.fonts[0]
	if bold {
		ttf = f.fonts[1]
	}
	// NewFace has no way to fail. Full hinting rounds advances to whole dots,
	// so that a glyph looks the same wherever it stands.
	s, _ := opentype.NewFace(ttf, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	f.sizes[key] = s
	return s
}

// measured gives a glyph whose advance is known.
func (f *Face) measured(r rune, size int, bold bool) *glyph {
	key := shape{r, int16(size), bold}
	if g, ok := f.shapes[key]; ok {
		return g
	}
	advance, ok := f.sized(size, bold).GlyphAdvance(r)
	g := &glyph{advance: advance.Round(), missing: !ok || !alone(r)}
	if f.grid {
		g.advance = cells(r, size)
	}
	f.shapes[key] = g
	return g
}

// alone reports whether a character is drawn by itself: we shape nothing, so
// that marks which belong onto the letter before, and controls, have no place.
func alone(r rune) bool { return unicode.IsPrint(r) && !unicode.Is(unicode.Mn, r) || r == '\u3000' }

// glyph gives a glyph with its rows.
func (f *Face) glyph(r rune, size int, bold bool) *glyph {
	g := f.measured(r, size, bold)
	if g.drawn {
		return g
	}
	g.drawn = true
	typeface, shift := f.sized(size, bold), 0
	if f.grid {
		typeface, shift = f.inCell(r, size, g.advance, bold)
	}
	box, mask, _, _, ok := typeface.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return g
	}
	grey := mask.(*image.Alpha)
	g.left, g.top, g.width, g.height = shift+box.Min.X, box.Min.Y, box.Dx(), box.Dy()
	stride := (g.width + 7) / 8
	g.bits = make([]byte, stride*g.height)
	for y := range g.height {
		for x, alpha := range grey.Pix[y*grey.Stride : y*grey.Stride+g.width] {
			if alpha >= threshold {
				g.bits[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return g
}

// cell is how many dots a printer's letter is high, and a kanji wide.
const cell = 24

// cells is how wide a printer sets a character: half as wide as high if it has
// one byte in Shift-JIS.
func cells(r rune, size int) int {
	if r < 0x80 || r == '¥' || r >= 0xFF61 && r <= 0xFF9F {
		return size / 2
	}
	return size
}

// inCell gives a typeface in which a character fits its cell, one for all those
// as wide as a figure, and how far from the left it stands there.
func (f *Face) inCell(r rune, size, cell int, bold bool) (face font.Face, shift int) {
	wide := func(r rune) int {
		advance, _ := face.GlyphAdvance(r)
		return advance.Round()
	}
	face = f.sized(size, bold)
	for _, widest := range []rune{'0', r} {
		if n := wide(widest); n > cell {
			size = size * cell / n
			face = f.sized(size, bold)
		}
	}
	return face, (cell - wide(r)) / 2
}

// Cell draws a character as it stands on the grid, 24 dots high, or returns nil
// if the font has none. The face must be on the grid.
func (f *Face) Cell(r rune) *Bitmap {
	if f.measured(r, cell, false).missing {
		return nil
	}
	g := f.glyph(r, cell, false)
	b := NewBitmap(g.advance, cell)
	b.stamp(g, g.left, cell*7/8+g.top, solid)
	return b
}

// width is the number of dots that a text advances.
func (f *Face) width(text string, size int, bold bool) (dots int) {
	for _, r := range text {
		dots += f.measured(r, size, bold).advance
	}
	return dots
}

// drawable refuses text with a character that the fonts lack.
func (f *Face) drawable(field, text string) error {
	for _, r := range text {
		if f.measured(r, smallest, false).missing || f.measured(r, smallest, true).missing {
			return &MissingGlyphError{Field: field, Rune: r}
		}
	}
	return nil
}

// text draws a line.
func (f *Face) text(b *Bitmap, l Line, with ink) {
	x := l.X
	for _, r := range l.Text {
		g := f.glyph(r, l.Size, l.Bold)
		b.stamp(g, x+g.left, l.Baseline+g.top, with)
		x += g.advance + l.Track
	}
}
