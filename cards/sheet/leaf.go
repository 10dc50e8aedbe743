package sheet

import (
	"errors"
	"fmt"
	"io"

	"pointkiosk/assets/words"
	"pointkiosk/cards/face"
	"pointkiosk/cards/qr"
)

// A leaf is a page that is no sheet of cards: texts, lines, boxes, codes. Its
// lengths are mm from the upper left corner.
type leaf struct {
	boxes  []box
	frames []box // round is r; ink is the line's
	lines  []stroke
	codes  []placed
	texts  []text
	arts   []art
}

type stroke struct {
	x1, y1, x2, y2, width float64
	ink                   colour
}

type placed struct {
	code *qr.Matrix
	x, y float64
	side float64 // with its quiet zone
}

type art struct {
	picture *picture
	in      box
}

// A book is leaves of one size.
type book struct {
	page   Size
	say    *words.Words
	title  string
	fonts  [2]*typeface
	type0  subset // is cut when it lacks something
	leaves []*leaf
	err    error // the first text that can't stand
}

func newBook(page Size, lang, title string) (*book, error) {
	fonts, err := typefaces()
	return &book{page: page, say: words.In(lang), title: title, fonts: fonts}, err
}

func (b *book) leaf() *leaf {
	b.leaves = append(b.leaves, new(leaf))
	return b.leaves[len(b.leaves)-1]
}

func (b *book) fail(err error) {
	if b.err == nil {
		b.err = fmt.Errorf("sheet: %w", err)
	}
}

// The ways a text stands to its x.
const (
	fromLeft = iota
	centred
	fromRight
)

// put sets a text on one line of at most wide, smaller if it must be.
func (b *book) put(to *leaf, field, t string, s style, x, y, wide float64, how int) {
	if t == "" {
		return
	}
	if err := drawable(b.fonts, field, t); err != nil {
		b.fail(err)
		return
	}
	f := b.fonts[0]
	if s.bold {
		f = b.fonts[1]
	}
	size := f.fit(s.size, smallest, wide, t)
	if size == 0 {
		b.fail(&face.TooLongError{Field: field, Text: t})
		return
	}
	w := f.measure(t, size)
	to.texts = append(to.texts, text{field, t, x - w*float64(how)/2, y, size, w, s.bold, s.ink})
}

// paragraph sets a text on one or two lines, and gives the next baseline.
func (b *book) paragraph(to *leaf, t string, s style, x, y, wide float64) float64 {
	f := b.fonts[0]
	if s.bold {
		f = b.fonts[1]
	}
	lines, size := f.lines(t, s.size, smallest, wide)
	if lines == nil {
		b.fail(&face.TooLongError{Field: "text", Text: t})
	}
	for _, line := range lines {
		b.put(to, "text", line, style{size, s.bold, s.ink}, x, y, wide, fromLeft)
		y += size * 1.45
	}
	return y
}

// write makes the PDF; bookmark says what each leaf is called, or nothing.
func (b *book) write(w io.Writer, bookmark func(i int) string) error {
	switch {
	case b.err != nil:
		return b.err
	case len(b.leaves) == 0:
		return errors.New("sheet: nothing to list")
	}
	runes := b.runes()
	if !b.type0.has(runes) {
		b.type0 = newSubset(runes)
	}
	f := newDocument(b.page, b.title, b.say.Lang())
	names := b.type0.add(f, runes)
	for i, l := range b.leaves {
		f.AddPage()
		if mark := bookmark(i); mark != "" {
			f.Bookmark(utf16Text(mark), 0, 0)
		}
		f.RawWriteStr(string(l.draw(b.page, names)))
	}
	if err := f.Output(w); err != nil {
		return fmt.Errorf("sheet: write: %w", err)
	}
	return nil
}

// runes are the characters on all leaves.
func (b *book) runes() string {
	seen := runeSet{}
	for _, l := range b.leaves {
		for _, t := range l.texts {
			seen.add(t.text)
		}
	}
	return seen.text()
}

func (l *leaf) draw(page Size, names [2]string) []byte {
	p := pen{high: page.H}
	for _, b := range l.boxes {
		p.fill(b.ink)
		p.box(b.x, b.y, b.w, b.h, b.r)
		p.op("f")
	}
	for _, b := range l.frames {
		p.line(b.ink)
		p.width(0.2)
		p.box(b.x, b.y, b.w, b.h, b.r)
		p.op("S")
	}
	for _, s := range l.lines {
		p.line(s.ink)
		p.width(s.width)
		p.segment(s.x1, s.y1, s.x2, s.y2)
	}
	for _, a := range l.arts {
		a.picture.draw(&p, a.in)
	}
	p.fill(colour{})
	for _, c := range l.codes {
		p.code(c.code, spot{x: c.x, y: c.y}, c.side)
	}
	for _, t := range l.texts {
		p.fill(t.ink)
		name := names[0]
		if t.bold {
			name = names[1]
		}
		p.text(name, t.size, t.x, t.y, t.text)
	}
	return p.b
}
