package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"pointkiosk/kiosk"
)

// mostRows is how many rows a page has at most.
const mostRows = 12

// A rowText is what stands in one row: what it is about, more of it below, and an
// amount.
type rowText struct{ what, sub, amount string }

// rows are lines of one height under one another in a box, in pages of as many as
// there is room for, and what leads back and on below them.
type rows struct {
	p          *pen
	list       []rowText
	pool       []*rowLine
	at         int // the page
	prev, next *button
	of         *text
	foot       part
	box        *panel
}

// A rowLine draws one row.
type rowLine struct {
	*shape
	what, sub, amount *text
}

func newRowLine(p *pen) *rowLine {
	l := &rowLine{what: newText(p, 28, bold, body), sub: newText(p, 24, regular, muted), amount: newText(p, 32, bold, body).middle()}
	for _, t := range []*text{l.what, l.sub} {
		t.most, t.narrow, t.dots = 1, true, true
	}
	lying, under := newRow(p, 20, growing{newColumn(p, 2, l.what, l.sub), 1}, l.amount), newRow(p, 20, growing{l.sub, 1}, l.amount)
	lying.least, under.least = false, false
	l.shape = &shape{p: p, lying: lying, upright: newColumn(p, 2, l.what, under)}
	return l
}

// say fills the row as it is placed.
func (l *rowLine) say(t rowText) {
	for i, text := range []*text{l.what, l.sub, l.amount} {
		if words := []string{t.what, t.sub, t.amount}[i]; text.words != words {
			text.words, text.last = words, breaking{}
		}
	}
}

func newRows(p *pen, back, on *button, send func(kiosk.Event)) *rows {
	r := &rows{p: p, of: newText(p, 28, bold, body).centre().middle()}
	for range mostRows {
		r.pool = append(r.pool, newRowLine(p))
	}
	r.prev, r.next = newTurns(p, send, func(by int) { r.at += by; p.changed = true })
	r.foot = &shape{p: p,
		lying: newRow(p, 16, back, spring(1), r.prev, r.of, r.next, spring(1), on),
		upright: newColumn(p, 24, newRow(p, 16, r.prev, growing{r.of, 1}, r.next),
			newRow(p, 16, back, spring(1), on)),
	}
	r.box = newPanel(p, &rowPage{r}, panelGround, edge)
	r.box.padY = 16
	return r
}

// set says what stands in the rows.
func (r *rows) set(list []rowText) {
	if !slices.Equal(r.list, list) {
		r.list, r.p.changed = list, true
	}
}

// forget empties the rows.
func (r *rows) forget() {
	r.list, r.at, r.p.changed = nil, 0, true
	for _, l := range r.pool {
		l.say(rowText{})
	}
}

func (r *rows) between() float32 { return max(r.p.gap(20), r.p.apart()) }
func (r *rows) shown() bool      { return true }
func (r *rows) wide() float32    { return r.foot.wide() }
func (r *rows) pad() float32     { return 2 * r.p.gap(r.box.padY) }
func (r *rows) gap() float32     { return r.p.gap(12) }
func (r *rows) objects() []fyne.CanvasObject {
	return append(r.box.objects(), r.foot.objects()...)
}

// high is the height of one row.
func (r *rows) high(width float32) float32 {
	r.pool[0].say(rowText{"あ", "あ", "1"})
	return r.pool[0].tall(width)
}

// turns shows the keys that turn the pages, or takes them away.
func (r *rows) turns(pages int) {
	one := pages < 2
	r.prev.gone, r.next.gone, r.of.gone = one, one, one
	r.of.words = r.p.say("any.page", r.at+1, pages)
}

// tall is what two rows need, with the keys that turn the pages.
func (r *rows) tall(width float32) float32 {
	at := r.at
	r.at = 98
	r.turns(99)
	r.at = at
	return r.pad() + 2*r.high(width-2*r.p.gap(r.box.padX)) + r.gap() + r.between() + r.foot.tall(width)
}

func (r *rows) place(x, y, w, h float32) {
	inner := w - 2*r.p.gap(r.box.padX)
	each := r.high(inner) + r.gap()
	pages, per, room := 1, 0, float32(0)
	for range 2 { // with keys that turn the pages there is less room on each
		r.turns(pages)
		room = h - r.between() - r.foot.tall(w)
		per = min(mostRows, max(1, int((room-r.pad()+r.gap())/each)))
		pages = max(1, (len(r.list)+per-1)/per)
	}
	r.at = max(0, min(r.at, pages-1))
	r.turns(pages)
	r.prev.dead, r.next.dead = r.at == 0, r.at == pages-1
	page := r.list[min(len(r.list), r.at*per):min(len(r.list), (r.at+1)*per)]
	for n, l := range r.pool {
		if l.say(rowText{}); n < len(page) {
			l.say(page[n])
		}
	}
	foot := r.foot.tall(w)
	r.foot.place(x, y+h-foot, w, foot)
	if pages == 1 {
		room = min(room, float32(len(page))*each-r.gap()+r.pad())
	}
	if len(page) > 0 {
		r.box.place(x, y, w, room)
	}
}

// rowPage is the page that is open.
type rowPage struct{ r *rows }

func (f *rowPage) shown() bool            { return true }
func (f *rowPage) wide() float32          { return 0 }
func (f *rowPage) tall(w float32) float32 { return f.r.high(w) }

func (f *rowPage) objects() (all []fyne.CanvasObject) {
	for _, l := range f.r.pool {
		all = append(all, l.objects()...)
	}
	return all
}

func (f *rowPage) place(x, y, w, _ float32) {
	for _, l := range f.r.pool {
		if l.what.words == "" {
			continue
		}
		tall := l.tall(w)
		l.place(x, y, w, tall)
		y += tall + f.r.gap()
	}
}
