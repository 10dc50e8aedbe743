package ui

import (
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// choose is IDを決める: three proposals, or one's own.
type choose struct {
	p              *pen
	page           *page
	at, title, sub *text
	notice         *panel
	word           *text
	tiles          [3]*button
	ids            [3]*text
	own, large     *button // beside proposals, or where there are none
	before         *button
	list           []string
}

func newChoose(p *pen, send func(kiosk.Event)) *choose {
	s := &choose{p: p, at: newAt(p), title: newText(p, 44, bold, body), sub: newText(p, 30, regular, body)}
	s.notice, s.word = newNotice(p)
	var tiles []part
	for i := range s.tiles {
		s.ids[i] = newID(p, 76).centre().middle()
		s.tiles[i] = newButton(p, quiet, s.ids[i], func() {
			if i < len(s.list) {
				send(wizard.TapID{ID: s.list[i]})
			}
		})
		s.tiles[i].least = 132
		tiles = append(tiles, growing{s.tiles[i], 1})
	}
	s.own = newChoiceOf(p, "mykey.choose.own", func() { send(wizard.TapOwn{}) })
	s.large = newWordButton(p, primary, 44, "mykey.choose.own", func() { send(wizard.TapOwn{}) })
	s.before = newChoiceOf(p, "mykey.choose.before", func() { send(wizard.TapBefore{}) })
	list := newColumn(p, 20, append(tiles, growing{s.large, 1})...)
	list.least = true
	here := newSaid(p, 28, regular, muted, "mykey.here")
	left := newColumn(p, 16, s.at, s.title, s.sub, s.notice, spring(1), here, spring(2))
	s.page = &page{p: p, under: true, foot: newFoot(p, 24, newStepBack(p, "any.back", send), s.own, s.before), main: &shape{p: p,
		lying:   newRow(p, 56, growing{left, 5}, growing{list, 6}),
		upright: newColumn(p, 28, s.at, s.title, s.sub, s.notice, growing{list, 2}, here, spring(1)),
	}}
	return s
}

func (s *choose) body() part { return s.page }

// Show offers what there is.
func (s *choose) Show(st kiosk.State) {
	p, w := s.p, st.MyKey
	title, sub, note := "mykey.choose.title", "mykey.choose.sub", ""
	if w.Account.ID != "" {
		title = "mykey.choose.change"
	}
	switch {
	case w.Later:
		sub = "mykey.choose.later"
	case len(w.IDs) == 0:
		sub = "mykey.choose.none"
	}
	if w.Taken != "" {
		note = p.known("mykey.choose."+w.Taken, "mykey.own.other")
	}
	s.at.at(3)
	s.at.show(w.Account.ID == "")
	s.title.set(p.say(title))
	s.sub.set(p.say(sub))
	s.word.set(note)
	s.notice.show(note != "")
	s.list = w.IDs
	for i, id := range s.ids {
		words := ""
		if i < len(w.IDs) {
			words = grouped(w.IDs[i])
		}
		id.set(words)
		s.tiles[i].show(words != "")
	}
	s.own.show(!w.Later && len(w.IDs) > 0)
	s.large.show(!w.Later && len(w.IDs) == 0)
	s.before.show(!w.Later && w.Account.ID == "")
}

const idPlaces = 8

// own is one's own ID, on the keyboard.
type own struct {
	p         *pen
	page      *page
	at, title *text
	rule      *text
	notice    *panel
	word      *text
	places    *places
	keys      *board
	enter     *button
	send      func(kiosk.Event)
	event     func(id string) kiosk.Event
	typed     [idPlaces]byte
	n         int
}

func newOwn(p *pen, send func(kiosk.Event)) *own {
	s := &own{p: p, send: send, event: func(id string) kiosk.Event { return wizard.TypedID{ID: id} },
		at: newAt(p), title: newText(p, 44, bold, body), rule: newText(p, 28, regular, body), places: newPlaces(p, idPlaces)}
	s.notice, s.word = newNotice(p)
	s.keys = newBoard(p, idLayout(), s.press, s.erase, send)
	s.enter = newGo(p, "mykey.pin.enter", s.done)
	foot := newRow(p, 24, newStepBack(p, "any.back", send), spring(1), s.enter)
	s.page = typingPage(p, s.at, s.title, s.rule, s.notice, s.places, s.keys, foot)
	return s
}

// middled is in the middle of its width, or fills it.
func middled(p *pen, inside part) part { return &column{p: p, middle: true, parts: []part{inside}} }

// typingPage has what is asked for, what was typed, and the keyboard.
func typingPage(p *pen, at, title, rule, notice, field, keys, foot part) *page {
	lying := newColumn(p, 14, newRow(p, 24, growing{title, 1}, at), rule, notice, middled(p, field), growing{keys, 1})
	lowTop := newRow(p, 24, growing{newColumn(p, 6, title, &either{notice, rule}), 6}, growing{centred(p, field), 5})
	return &page{p: p, under: true, foot: foot, main: &shape{p: p,
		lying:   lying,
		low:     newColumn(p, 12, lowTop, growing{keys, 1}),
		upright: newColumn(p, 28, at, title, rule, notice, middled(p, field), spring(1), growing{keys, 1}, spring(1)),
	}}
}

func (s *own) press(c byte) {
	if s.n < idPlaces {
		s.typed[s.n] = c
		s.count(s.n + 1)
	}
}

// erase takes the last character away.
func (s *own) erase() {
	if s.n > 0 {
		s.typed[s.n-1] = 0
		s.count(s.n - 1)
	}
}

func (s *own) count(n int) {
	s.filled(n)
	s.send(kiosk.Touched{})
	s.p.redraw()
}

func (s *own) filled(n int) {
	s.n = n
	s.places.set(n, append([]byte{}, s.typed[:n]...))
	s.enter.enable(n == idPlaces)
}

func (s *own) done() {
	if s.n == idPlaces {
		s.send(s.event(string(s.typed[:])))
	}
}

// forget overwrites what was typed.
func (s *own) forget() {
	clear(s.typed[:])
	s.filled(0)
}

func (s *own) body() part { return s.page }

// Show says why an ID was not free.
func (s *own) Show(st kiosk.State) {
	note, w := "", st.MyKey
	if w.Taken != "" {
		note = s.p.known("mykey.own."+w.Taken, "mykey.own.other")
	}
	title, rule := "mykey.own.title", "mykey.own.sub"
	if w.Before {
		title, rule = "mykey.before.title", "mykey.before.sub"
	}
	s.title.set(s.p.say(title))
	s.rule.set(s.p.say(rule))
	s.at.at(3)
	s.at.show(w.Account.ID == "")
	s.word.set(note)
	s.notice.show(note != "")
	s.keys.label()
	s.enter.enable(s.n == idPlaces)
}
