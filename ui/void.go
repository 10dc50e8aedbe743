package ui

import (
	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// void is 取消: why, with the paper in hand.
type void struct {
	p       *pen
	page    *page
	sub     *text
	missing *button
}

func newVoid(p *pen, send func(kiosk.Event)) *void {
	s := &void{p: p, sub: newText(p, 28, regular, body)}
	reason := func(key string) *button {
		b := newWordButton(p, quiet, 34, key, func() { send(kiosk.TapReason{Reason: key}) })
		b.least = 120
		return b
	}
	torn, wrong, extra := reason("void.torn"), reason("void.wrong"), reason("void.extra")
	s.missing = reason("void.missing")
	first := newRow(p, 24, growing{torn, 1}, growing{wrong, 1})
	second := newRow(p, 24, growing{extra, 1}, growing{s.missing, 1})
	list := newColumn(p, 24, growing{first, 1}, growing{second, 1})
	list.least = true
	s.page = &page{p: p, main: newColumn(p, 20, newSaid(p, 46, bold, body, "void.title"), s.sub, growing{list, 3}, spring(1)),
		foot: newRow(p, 24, newBack(p, send), spring(1))}
	return s
}

func (s *void) body() part { return s.page }

// Show asks for the paper, unless it may never have come out.
func (s *void) Show(st kiosk.State) {
	open := st.Ask.Card.State == cards.Uncertain
	key := "void.sub"
	if open {
		key = "void.sub.open"
	}
	s.sub.set(s.p.say(key+kindOf(st.Ask.Ticket), st.Ask.Card.Serial().String()))
	s.missing.show(open)
}
