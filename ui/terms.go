package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// clauses are how many points of the terms stand apart. More than that stand
// together in the last.
const clauses = 12

// terms are what one agrees to, in pages of as many points as there is room for.
type terms struct {
	p          *pen
	page       *page
	at, scheme *text
	points     [clauses]*text
	list       *leafing
}

func newTerms(p *pen, send func(kiosk.Event)) *terms {
	s := &terms{p: p, at: newAt(p), scheme: newText(p, 32, bold, main).name()}
	title := newTitle(p, "mykey.terms.title")
	agree := newGo(p, "mykey.terms.agree", func() { send(wizard.TapNext{}) })
	s.list = newLeafing(p, newStepBack(p, "any.back", send), agree, send)
	for i := range s.points {
		s.points[i] = newText(p, 28, regular, body)
		s.list.add(s.points[i])
	}
	list := growing{s.list, 1}
	s.page = &page{p: p, under: true, foot: nothing(), main: &shape{p: p,
		lying: newColumn(p, 14, s.at, title, s.scheme, space{p, 24}, list),
		low:   newColumn(p, 10, newRow(p, 16, growing{title, 1}, s.at), s.scheme, list),
	}}
	return s
}

func (s *terms) forget()    { s.list.at = 0 }
func (s *terms) body() part { return s.page }

// Show says whose points they are.
func (s *terms) Show(st kiosk.State) {
	t, lang := st.MyKey.Terms, s.p.lang()
	s.at.at(4)
	s.scheme.set(strings.TrimSpace(t.Municipality[lang] + "　" + t.Scheme[lang]))
	lines := strings.Split(t.Body[lang], "\n")
	if len(lines) > clauses {
		lines = append(lines[:clauses-1], strings.Join(lines[clauses-1:], " "))
	}
	for i, point := range s.points {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		point.set(line)
	}
}

// leafing are parts under one another in a box, in pages of as many as there is
// room for, and what leads back and on below them. Where all of them fit, there is
// nothing to turn.
type leafing struct {
	p          *pen
	items      []part
	at         int // the page
	prev, next *button
	of         *text
	foot       part
	box        *panel
}

func newLeafing(p *pen, back, on *button, send func(kiosk.Event)) *leafing {
	l := &leafing{p: p, of: newText(p, 28, bold, body).centre().middle()}
	l.prev, l.next = newTurns(p, send, func(by int) { l.at += by; p.changed = true })
	l.foot = &shape{p: p,
		lying: newRow(p, 16, back, spring(1), l.prev, l.of, l.next, spring(1), on),
		upright: newColumn(p, 24, newRow(p, 16, l.prev, growing{l.of, 1}, l.next),
			newRow(p, 16, back, spring(1), on)),
	}
	l.box = newPanel(p, &leaf{l}, panelGround, edge)
	return l
}

func (l *leafing) add(t *text) {
	dot := newText(l.p, t.size, bold, main)
	dot.set("・")
	item := newRow(l.p, 4, dot, growing{t, 1})
	item.least, item.top = false, true
	l.items = append(l.items, point{item, t})
}

// A point stands there while it has words.
type point struct {
	*row
	words *text
}

func (p point) shown() bool { return p.words.shown() }

// said are the points that have words.
func (l *leafing) said() []part { return visible(l.items) }

func (l *leafing) gap() float32            { return l.p.gap(16) }
func (l *leafing) below() float32          { return max(l.p.gap(24), l.p.apart()) }
func (l *leafing) shown() bool             { return true }
func (l *leafing) wide() float32           { return l.foot.wide() }
func (l *leafing) pad() float32            { return 2 * l.p.gap(l.box.padY) }
func (l *leafing) inner(w float32) float32 { return w - 2*l.p.gap(l.box.padX) }
func (l *leafing) objects() []fyne.CanvasObject {
	return append(l.box.objects(), l.foot.objects()...)
}

// turns shows the keys that turn the pages, as wide as they can get, or takes them
// away.
func (l *leafing) turns(yes bool) {
	l.prev.gone, l.next.gone, l.of.gone = !yes, !yes, !yes
	l.of.words = l.p.say("any.page", len(l.said()), len(l.said()))
}

// tall is what the tallest of them needs, with the keys that turn the pages.
func (l *leafing) tall(width float32) (h float32) {
	for _, item := range l.said() {
		h = max(h, item.tall(l.inner(width)))
	}
	l.turns(true)
	return l.pad() + h + l.below() + l.foot.tall(width)
}

// pages gives where each page begins.
func (l *leafing) pages(w, h float32) (starts []int) {
	used := tooTall
	for i, item := range l.said() {
		tall := item.tall(w)
		if used+l.gap()+tall > h {
			starts, used = append(starts, i), tall
			continue
		}
		used += l.gap() + tall
	}
	return starts
}

func (l *leafing) place(x, y, w, h float32) {
	l.turns(false)
	room := h - l.below() - l.foot.tall(w)
	starts := l.pages(l.inner(w), room-l.pad())
	if len(starts) > 1 {
		l.turns(true)
		room = h - l.below() - l.foot.tall(w)
		starts = l.pages(l.inner(w), room-l.pad())
	}
	l.at = max(0, min(l.at, len(starts)-1))
	l.prev.dead, l.next.dead = l.at == 0, l.at == len(starts)-1
	foot := l.foot.tall(w)
	l.of.words = l.p.say("any.page", l.at+1, len(starts))
	l.foot.place(x, y+h-foot, w, foot)
	if len(starts) <= 1 {
		room = min(room, l.box.tall(w))
	}
	l.box.place(x, y, w, room)
}

// leaf is the page that is open.
type leaf struct{ l *leafing }

func (f *leaf) shown() bool                  { return true }
func (f *leaf) wide() float32                { return 0 }
func (f *leaf) objects() []fyne.CanvasObject { return objectsOf(f.l.items) }

// tall is that of all of them.
func (f *leaf) tall(w float32) (h float32) {
	for i, item := range f.l.said() {
		if i > 0 {
			h += f.l.gap()
		}
		h += item.tall(w)
	}
	return h
}

func (f *leaf) place(x, y, w, h float32) {
	items := f.l.said()
	starts, end := f.l.pages(w, h), len(items)
	at := min(f.l.at, len(starts)-1)
	if at < 0 {
		return
	}
	if at+1 < len(starts) {
		end = starts[at+1]
	}
	for _, item := range items[starts[at]:end] {
		tall := item.tall(w)
		item.place(x, y, w, tall)
		y += tall + f.l.gap()
	}
}

// readBack is 確認: all of it, before the card signs.
type readBack struct {
	p                *pen
	page             *page
	at, title        *text
	id, scheme, pass *fact
	sign             *text
	word             *text
}

func newReadBack(p *pen, send func(kiosk.Event)) *readBack {
	s := &readBack{p: p, at: newAt(p), title: newTitle(p, "mykey.confirm.title"),
		id: newFact(p, "mykey.confirm.id"), scheme: newFact(p, "mykey.confirm.scheme"), pass: newFact(p, "mykey.confirm.password"),
		sign: newText(p, 28, regular, body), word: newText(p, 34, bold, main).centre().middle()}
	lines := []part{spring(1)}
	for i, f := range []*fact{s.id, s.scheme, s.pass} {
		f.label.size, f.value.size = 28, []float32{72, 36, 32}[i]
		f.label.mid, f.value.mid = true, true
		f.row.parts = []part{growing{f.label, 2}, growing{f.value, 5}}
		lines = append(lines, f.row, spring(1))
	}
	s.id.value.most, s.id.value.narrow, s.scheme.value.loose = 1, true, true
	ok := newButton(p, primary, s.word, func() { send(wizard.TapNext{}) })
	ok.padX, ok.least = 64, 88
	list := newColumn(p, 14, lines...)
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newStepBack(p, "any.back", send), spring(1), ok),
		main: newColumn(p, 16, s.at, s.title, space{p, 24}, growing{newPanel(p, list, panelGround, edge), 2}, s.sign, spring(0.3))}
	return s
}

func (s *readBack) body() part { return s.page }

// Show reads it back.
func (s *readBack) Show(st kiosk.State) {
	p, w := s.p, st.MyKey
	pass, ok, sign := "mykey.confirm.code", "mykey.confirm.ok", "mykey.confirm.sign"
	switch {
	case w.Account.ID != "":
		pass = "mykey.confirm.same"
	case w.Before:
		pass, ok, sign = "mykey.confirm.before", "mykey.confirm.type", "mykey.confirm.next"
	case w.Typed:
		pass, ok, sign = "mykey.confirm.typed", "mykey.confirm.type", "mykey.confirm.next"
	}
	s.at.at(4)
	s.at.show(w.Account.ID == "")
	s.id.set(grouped(w.ID))
	s.scheme.set(w.Terms.Scheme[p.lang()])
	s.pass.set(p.say(pass))
	s.word.set(p.say(ok))
	s.sign.set(p.say(sign))
}

// newTurns are 前へ and 次へ: what they do to the page is told by -1 and 1.
func newTurns(p *pen, send func(kiosk.Event), turn func(by int)) (prev, next *button) {
	one := func(key string, by int) *button {
		b := newWordButton(p, plain, 28, key, func() {
			turn(by)
			send(kiosk.Touched{})
			p.redraw()
		})
		b.padX, b.padY, b.least = 20, 8, 76
		return b
	}
	return one("any.prev", -1), one("any.next", 1)
}

// A fours shows four of many, with keys to the others.
type fours struct {
	p          *pen
	prev, next *button
	of         *text
	at         int
}

const onFours = 4

func newFours(p *pen, send func(kiosk.Event), fill func()) *fours {
	f := &fours{p: p, of: newText(p, 28, bold, body).centre().middle()}
	f.prev, f.next = newTurns(p, send, func(by int) { f.at += by; fill() })
	return f
}

// first is the number of the first of n that is shown.
func (f *fours) first(n int) int {
	pages := max(1, (n+onFours-1)/onFours)
	f.at = max(0, min(f.at, pages-1))
	for _, b := range []*button{f.prev, f.next} {
		b.show(pages > 1)
	}
	f.prev.enable(f.at > 0)
	f.next.enable(f.at < pages-1)
	f.of.show(pages > 1)
	f.of.set(f.p.say("any.page", f.at+1, pages))
	return f.at * onFours
}

// newFour are four tiles, two and two.
func newFour(p *pen, cells []part) *column {
	grid := newColumn(p, 24, growing{newRow(p, 24, cells[:2]...), 1}, growing{newRow(p, 24, cells[2:]...), 1})
	grid.least = true
	return grid
}
