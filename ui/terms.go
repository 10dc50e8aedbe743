package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// clauses are how many points the terms have (mykey.terms.1 …).
const clauses = 6

// terms are what one agrees to, in pages of as many points as there is room for.
type terms struct {
	p          *pen
	page       *page
	at, scheme *text
	list       *leafing
}

func newTerms(p *pen, send func(kiosk.Event)) *terms {
	s := &terms{p: p, at: newAt(p), scheme: newText(p, 32, bold, main).name(), list: newLeafing(p, send)}
	for i := range clauses {
		s.list.add(newSaid(p, 28, regular, body, fmt.Sprintf("mykey.terms.%d", i+1)))
	}
	agree := newGo(p, "mykey.terms.agree", func() { send(wizard.TapNext{}) })
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newStepBack(p, "any.back", send), spring(1), agree),
		main: newColumn(p, 14, s.at, newTitle(p, "mykey.terms.title"), s.scheme, space{p, 8}, growing{newPanel(p, s.list, panelGround, edge), 1})}
	return s
}

func (s *terms) forget()    { s.list.at = 0 }
func (s *terms) body() part { return s.page }

// Show says whose points they are.
func (s *terms) Show(st kiosk.State) {
	site := st.Site
	words := s.p.scheme(site)
	if m := site.Allotment.Event.Municipality.In(s.p.lang()); m != "" && site.Allotment.Event.Scheme.In(s.p.lang()) != "" {
		words = m + "　" + words
	}
	s.at.at(4)
	s.scheme.set(words)
}

// leafing are parts under one another, in pages of as many as there is room for.
// Where all of them fit, there is nothing to turn.
type leafing struct {
	p          *pen
	items      []part
	at         int // the page
	prev, next *button
	of         *text
	bar        *row
}

func newLeafing(p *pen, send func(kiosk.Event)) *leafing {
	l := &leafing{p: p, of: newText(p, 28, bold, body).centre().middle()}
	turn := func(key string, by int) *button {
		b := newWordButton(p, plain, 28, key, func() {
			l.at += by
			p.changed = true
			send(kiosk.Touched{})
			p.redraw()
		})
		b.padX, b.padY, b.least = 28, 8, 64
		return b
	}
	l.prev, l.next = turn("any.prev", -1), turn("any.next", 1)
	l.bar = newRow(p, 20, l.prev, growing{l.of, 1}, l.next)
	return l
}

func (l *leafing) add(t *text) {
	dot := newText(l.p, t.size, bold, main)
	dot.set("・")
	item := newRow(l.p, 4, dot, growing{t, 1})
	item.least, item.top = false, true
	l.items = append(l.items, item)
}

func (l *leafing) gap() float32 { return l.p.gap(16) }

func (l *leafing) shown() bool   { return true }
func (l *leafing) wide() float32 { return l.bar.wide() }

func (l *leafing) objects() []fyne.CanvasObject {
	return append(objectsOf(l.items), l.bar.objects()...)
}

// tall is what the tallest of them needs, with the keys that turn the pages.
func (l *leafing) tall(width float32) (h float32) {
	for _, item := range l.items {
		h = max(h, item.tall(width))
	}
	return h + l.gap() + l.bar.tall(width)
}

// pages gives where each page begins.
func (l *leafing) pages(w, h float32) (starts []int) {
	used := tooTall
	for i, item := range l.items {
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
	starts := l.pages(w, h)
	if len(starts) > 1 {
		bar := l.bar.tall(w)
		starts = l.pages(w, h-bar-l.gap())
		l.at = max(0, min(l.at, len(starts)-1))
		l.prev.dead, l.next.dead = l.at == 0, l.at == len(starts)-1
		l.of.words = l.p.say("any.page", l.at+1, len(starts))
		l.bar.place(x, y+h-bar, w, bar)
	} else {
		l.at = 0
	}
	end := len(l.items)
	if l.at+1 < len(starts) {
		end = starts[l.at+1]
	}
	for _, item := range l.items[starts[l.at]:end] {
		tall := item.tall(w)
		item.place(x, y, w, tall)
		y += tall + l.gap()
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
		main: newColumn(p, 16, s.at, s.title, space{p, 8}, growing{newPanel(p, list, panelGround, edge), 2}, s.sign, spring(0.3))}
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
	case w.Typed:
		pass, ok, sign = "mykey.confirm.typed", "mykey.confirm.type", "mykey.confirm.next"
	}
	s.at.at(4)
	s.at.show(w.Account.ID == "")
	s.id.set(grouped(w.ID))
	s.scheme.set(p.scheme(st.Site))
	s.pass.set(p.say(pass))
	s.word.set(p.say(ok))
	s.sign.set(p.say(sign))
}
