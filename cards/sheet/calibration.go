package sheet

import (
	"errors"
	"fmt"
	"io"
)

// markAt is where a calibration page's lines stand, from the paper's left and
// upper edge.
const markAt = 20.0

// leastPage is the smallest page that the calibration's words fit on.
var leastPage = Size{180, 180}

// ErrSmallPage reports paper on which a calibration page has no room.
var ErrSmallPage = errors.New("sheet: the paper is too small for a calibration page")

// Calibration makes a page for each side that says by how much the printer
// misses it. What is set already is in it: after a good setting it measures 0.
func (s *Sheets) Calibration(w io.Writer) error {
	page := s.opts.Stock.Page
	if page.W < leastPage.W || page.H < leastPage.H {
		return fmt.Errorf("%w: it takes %g x %g mm, and there are %g x %g", ErrSmallPage, leastPage.W, leastPage.H, page.W, page.H)
	}
	b, err := newBook(page, s.say.Lang(), s.say.Say("sheet.calibration"))
	if err != nil {
		return err
	}
	names := []string{s.say.Say("sheet.front"), s.say.Say("sheet.back")}
	if s.opts.Sides == Single {
		names = names[:1]
	}
	for i, name := range names {
		l := b.leaf()
		s.outlines(l, i)
		s.ruler(b, l)
		s.crosses(l, i)
		s.howToMeasure(b, l, name)
		l.shift([]Offset{s.opts.Front, s.opts.Back}[i])
	}
	return b.write(w, func(i int) string { return names[i] })
}

// outlines are the cards, to hold against stock that is cut already. They are
// shifted with all else.
func (s *Sheets) outlines(l *leaf, side int) {
	by := []Offset{s.opts.Front, s.opts.Back}[side]
	for i := range s.PerSheet() {
		at := s.spot(side, i)
		l.frames = append(l.frames, box{at.x - by.X, at.y - by.Y, s.opts.Stock.Cell.W, s.opts.Stock.Cell.H, s.opts.Stock.Corner, faint})
	}
}

// ruler is the two lines that are measured, and one of 100 mm that shows
// whether the printer scaled the page.
func (s *Sheets) ruler(b *book, l *leaf) {
	black := colour{}
	l.lines = append(l.lines,
		stroke{markAt, markAt, markAt + 60, markAt, 0.15, black},
		stroke{markAt, markAt, markAt, markAt + 80, 0.15, black})
	b.put(l, "text", s.say.Say("sheet.cal.top"), style{3.2, false, ink}, markAt+3, markAt-2, 100, fromLeft)
	b.put(l, "text", s.say.Say("sheet.cal.left"), style{3.2, false, ink}, markAt+3, markAt+79, 100, fromLeft)
	x, y := (s.opts.Stock.Page.W-100)/2, s.opts.Stock.Page.H-24
	l.lines = append(l.lines, stroke{x, y, x + 100, y, 0.15, black})
	for i := range 21 {
		long := []float64{4, 2}[i%2]
		l.lines = append(l.lines, stroke{x + float64(i)*5, y, x + float64(i)*5, y - long, 0.15, black})
	}
	b.put(l, "text", s.say.Say("sheet.cal.scale"), style{3.2, false, ink}, s.opts.Stock.Page.W/2, y+5, 120, centred)
}

// crosses lie over each other through the paper: in the middle, and as far from
// each edge as from the opposite one. Those of the back have half millimetres.
func (s *Sheets) crosses(l *leaf, side int) {
	page, black := s.opts.Stock.Page, colour{}
	away := 12.0
	for _, at := range [][2]float64{{page.W / 2, page.H/2 + 20}, {page.W - away, page.H - away}, {away, page.H - away}, {page.W - away, away}} {
		x, y := at[0], at[1]
		l.lines = append(l.lines, stroke{x - 6, y, x + 6, y, 0.1, black}, stroke{x, y - 6, x, y + 6, 0.1, black})
		if side == 0 {
			continue
		}
		for i := -10; i <= 10; i++ {
			d, long := float64(i)/2, []float64{1.4, 0.7}[i&1]
			l.lines = append(l.lines, stroke{x + d, y - long, x + d, y + long, 0.1, black}, stroke{x - long, y + d, x + long, y + d, 0.1, black})
		}
	}
}

func (s *Sheets) howToMeasure(b *book, l *leaf, name string) {
	x, y, wide := markAt+8, markAt+12.0, s.opts.Stock.Page.W-2*markAt-10
	b.put(l, "text", s.say.Say("sheet.calibration")+"　"+name, style{7, true, plain}, x, y, wide, fromLeft)
	y += 11
	for _, step := range []string{s.say.Say("sheet.cal.1"), s.say.Say("sheet.cal.2"), s.say.Say("sheet.cal.3"), s.say.Say("sheet.cal.4")} {
		y = b.paragraph(l, step, style{3.8, false, ink}, x, y, wide) + 1.4
	}
	y = max(y, markAt+90)
	now := s.say.Say("sheet.cal.now", s.opts.Front.X, s.opts.Front.Y, s.opts.Back.X, s.opts.Back.Y)
	b.put(l, "text", now, style{3.8, true, ink}, x, y, wide, fromLeft)
	b.put(l, "text", s.opts.Stock.Name, style{3.2, false, ink}, s.opts.Stock.Page.W-markAt, markAt-2, 40, fromRight)
}

// shift moves all that stands on a leaf.
func (l *leaf) shift(by Offset) {
	for i := range l.frames {
		l.frames[i].x, l.frames[i].y = l.frames[i].x+by.X, l.frames[i].y+by.Y
	}
	for i, s := range l.lines {
		l.lines[i] = stroke{s.x1 + by.X, s.y1 + by.Y, s.x2 + by.X, s.y2 + by.Y, s.width, s.ink}
	}
	for i := range l.texts {
		l.texts[i].x, l.texts[i].y = l.texts[i].x+by.X, l.texts[i].y+by.Y
	}
}
