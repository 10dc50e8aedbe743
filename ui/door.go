package ui

import (
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// door asks staff for their PIN, and a second person for theirs where a void
// takes two.
type door struct {
	p      *pen
	page   *page
	title  *text
	sub    *text
	dots   *dots
	notice *panel
	word   *text
	keys   []*button
}

func newDoor(p *pen, send func(kiosk.Event)) *door {
	s := &door{p: p, dots: newDots(p), word: newText(p, 28, bold, cautionInk),
		title: newText(p, 44, bold, body), sub: newText(p, 26, regular, muted)}
	s.notice = newPanel(p, s.word, cautionGround, cautionLine)
	s.notice.padX, s.notice.padY = 22, 16
	pad, keys := newKeypad(p, send)
	s.keys = keys
	back := newBack(p, send)
	left := newColumn(p, 22, s.title, s.sub, space{p, 16}, s.dots, space{p, 16}, s.notice, spring(1), newRow(p, 0, back, spring(1)))
	over := newColumn(p, 24, s.title, s.sub, s.dots, s.notice, growing{pad, 1}, space{p, 48}, newRow(p, 0, back, spring(1)))
	s.page = &page{p: p, foot: nothing(), main: &shape{p: p,
		lying: newRow(p, 56, growing{left, 6}, growing{pad, 4}), upright: over}}
	return s
}

// newBack leads one step up; it is always bottom left.
func newBack(p *pen, send func(kiosk.Event)) *button {
	return newLeave(p, "any.back", send)
}

func newLeave(p *pen, key string, send func(kiosk.Event)) *button {
	b := newWordButton(p, plain, 28, key, func() { send(kiosk.TapBack{}) })
	b.padX, b.least = 52, 76
	return b
}

// nothing is the foot of a page that has none.
func nothing() part { return &column{} }

func (s *door) body() part { return s.page }

// Show says how many digits there are, and whether the last PIN was wrong.
func (s *door) Show(st kiosk.State) {
	who := "door"
	switch {
	case st.Vouching() && st.MyKey.Step == wizard.Young:
		who = "door.young"
	case st.Vouching():
		who = "door.vouch"
	case st.Keys.Second:
		who = "door.second"
	}
	s.title.set(s.p.say(who + ".title"))
	s.sub.set(s.p.say(who + ".sub"))
	s.dots.set(st.Keys.Typed)
	s.word.set(s.p.doorNote(st.Keys))
	s.notice.show(s.word.say() != "")
	enter := len(s.keys) - 1 // 決定 waits for a digit
	for n, k := range s.keys {
		k.enable(st.Keys.Wait == 0 && (n != enter || st.Keys.Typed > 0))
	}
}

func (p *pen) doorNote(k kiosk.Keys) string {
	switch {
	case k.Wait > 0 && k.Wrong:
		return p.say("door.wait", k.Wait)
	case k.Wait > 0:
		return p.say("door.rest", k.Wait)
	case k.Wrong:
		return p.say("door.wrong")
	}
	return ""
}
