package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// sheetsCell asks where on a used sheet it begins.
type sheetsCell struct {
	p      *pen
	page   *page
	sheet  *cells
	n      *amount
	of     *text
	notice *panel
	word   *text
}

func newSheetsCell(p *pen, send func(kiosk.Event)) *sheetsCell {
	s := &sheetsCell{p: p, sheet: newCells(p, send), n: newAmount(p, 72, 36, main), of: newText(p, 28, regular, body)}
	s.notice, s.word = newNotice(p)
	title, sub := newTitle(p, "sheets.cell"), newSaid(p, 28, regular, body, "sheets.cell.sub")
	look := newGo(p, "sheets.look", func() { send(kiosk.TapLook{}) })
	said := newColumn(p, 20, title, sub, s.n, s.of, s.notice, spring(1))
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newBack(p, send), spring(1), look), main: &shape{p: p,
		lying:   newRow(p, 48, growing{said, 5}, growing{s.sheet, 5}),
		upright: newColumn(p, 24, title, sub, s.n, s.of, s.notice, growing{s.sheet, 1}),
	}}
	return s
}

func (s *sheetsCell) body() part { return s.page }

// Show says how much of the first sheet is left, and how many sheets it takes.
func (s *sheetsCell) Show(st kiosk.State) {
	p, w := s.p, st.Sheet
	paper := w.Lists.Stock(w.Order.Stock)
	used := w.Order.Start + int(w.Order.Count)
	s.sheet.set(paper, w.Order.Start, used)
	if all := len(paper.Cells); all > 0 {
		s.n.count("sheets.cell.from", words.Number(w.Order.Start+1))
		s.of.set(p.say("sheets.cell.of", words.Number(int(w.Order.Count)), words.Number((used+all-1)/all)))
	} else {
		s.n.set("", "", "")
		s.of.set("")
	}
	s.word.set(p.sentence(w.Note))
	s.notice.show(w.Note != "")
}

// mostCells is how many places of a sheet are drawn.
const mostCells = 60

// A cells is a sheet as it lies there: a tap on a place makes it the first one. Where
// its places would be too small for a finger they are a picture, and two buttons go
// through them.
type cells struct {
	p          *pen
	stock      kiosk.SheetStock
	start, end int // of what is printed, in cells of the first sheet
	paper      *canvas.Rectangle
	keys       [mostCells]*button
	labels     [mostCells]*text
	drawn      [mostCells]*canvas.Rectangle
	prev, next *button
}

func newCells(p *pen, send func(kiosk.Event)) *cells {
	c := &cells{p: p, paper: canvas.NewRectangle(nil)}
	for i := range c.keys {
		c.labels[i] = newText(p, 28, bold, body).centre().middle()
		c.labels[i].narrow = true
		c.keys[i] = newButton(p, off, c.labels[i], func() { send(kiosk.TapCell{Cell: i}) })
		c.keys[i].padX, c.keys[i].padY = 4, 2
		c.drawn[i] = canvas.NewRectangle(nil)
	}
	c.prev = newChoiceOf(p, "sheets.cell.prev", func() { send(kiosk.TapCell{Cell: c.start - 1}) })
	c.next = newChoiceOf(p, "sheets.cell.next", func() { send(kiosk.TapCell{Cell: c.start + 1}) })
	return c
}

// set shows another sheet, or another part of it.
func (c *cells) set(stock kiosk.SheetStock, start, end int) {
	if c.stock.Name == stock.Name && len(c.stock.Cells) == len(stock.Cells) && c.start == start && c.end == end {
		return
	}
	c.stock, c.start, c.end, c.p.changed = stock, start, end, true
	c.prev.enable(start > 0)
	c.next.enable(start < len(stock.Cells)-1)
}

func (c *cells) shown() bool   { return len(c.stock.Cells) > 0 }
func (c *cells) wide() float32 { return c.p.gap(420) }

func (c *cells) objects() (all []fyne.CanvasObject) {
	all = append(all, c.paper)
	for i := range c.keys {
		all = append(all, c.drawn[i], c.keys[i])
	}
	return append(all, c.prev, c.next)
}

// tall is what the two buttons need: the sheet takes what is left over.
func (c *cells) tall(width float32) float32 {
	return c.prev.tall(width/2) + c.p.apart() + c.next.tall(width/2)
}

// inner is a place on the screen, less what keeps two fingers apart.
func (c *cells) inner(at kiosk.SheetPlace, scale float32) (x, y, w, h float32) {
	gap := c.p.apart() / 2
	x, y = ceil(float32(at.X)*scale+gap), ceil(float32(at.Y)*scale+gap)
	return x, y, float32(int(float32(at.X+at.Wide)*scale-gap)) - x, float32(int(float32(at.Y+at.High)*scale-gap)) - y
}

// fingers reports whether every place is large enough to be tapped.
func (c *cells) fingers(scale float32) bool {
	return len(c.stock.Cells) <= mostCells && !slices.ContainsFunc(c.stock.Cells, func(at kiosk.SheetPlace) bool {
		_, _, w, h := c.inner(at, scale)
		return min(w, h) < c.p.target()
	})
}

func (c *cells) place(x, y, w, h float32) {
	wide, high := float32(c.stock.Wide), float32(c.stock.High)
	scale := min(w/wide, h/high)
	tapped := c.fingers(scale)
	side := max(c.prev.wide(), c.next.wide()) + c.p.gap(32)
	if !tapped {
		scale = min((w-side)/wide, h/high)
	}
	pw, ph := round(wide*scale), round(high*scale)
	px := x + round((w-pw)/2)
	if !tapped {
		px = x + round((w-pw-side)/2)
		c.steps(px+pw+c.p.gap(32), y, side-c.p.gap(32), h)
	}
	py := y + round((h-ph)/2)
	paint(c.paper, c.p.colours[ground], c.p.colours[edge], 2, 0)
	lay(c.paper, px, py, pw, ph)
	for i, at := range c.stock.Cells[:min(mostCells, len(c.stock.Cells))] {
		cx, cy, cw, ch := c.inner(at, scale)
		if tapped {
			c.key(i, px+cx, py+cy, cw, ch)
		} else {
			c.draw(i, px+cx, py+cy, cw, ch)
		}
	}
}

func lay(o fyne.CanvasObject, x, y, w, h float32) {
	o.Show()
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// steps sets the two buttons below one another, in the middle of a height.
func (c *cells) steps(x, y, w, h float32) {
	th, apart := c.prev.tall(w), max(c.p.apart(), c.p.gap(24))
	y += round((h - 2*th - apart) / 2)
	c.prev.place(x, y, w, th)
	c.next.place(x, y+th+apart, w, th)
}

// key is a place that can be tapped. What is used says so, and not by its colour
// alone.
func (c *cells) key(i int, x, y, w, h float32) {
	k, text := marked, strconv.Itoa(i+1)
	switch {
	case i < c.start:
		k, text = spent, c.p.say("sheets.cell.used")
	case i == c.start:
		k = on
	case i >= c.end:
		k = off
	}
	c.keys[i].kind = k
	if l := c.labels[i]; l.words != text {
		l.words, l.last = text, breaking{}
	}
	c.keys[i].place(x, y, w, h)
}

// draw is a place that can only be seen.
func (c *cells) draw(i int, x, y, w, h float32) {
	fill, line := ground, edge
	switch {
	case i < c.start:
		fill, line = offGround, offLine
	case i == c.start:
		fill, line = main, main
	case i < c.end:
		fill, line = okGround, okLine
	}
	paint(c.drawn[i], c.p.colours[fill], c.p.colours[line], 2, c.p.gap(6))
	lay(c.drawn[i], x, y, w, h)
}
