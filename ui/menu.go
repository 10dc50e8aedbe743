package ui

import (
	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// menu is what staff find behind the door.
type menu struct {
	p          *pen
	page       *page
	operator   *text
	practice   *text
	now        *text
	notice     *panel
	word       *text
	facts      []*fact
	unbound    *text
	unboundBox *panel
}

// A fact is a label with what there is to know.
type fact struct {
	*row
	label, value *text
}

func newFact(p *pen, key string) *fact {
	f := &fact{label: newSaid(p, 24, regular, muted, key), value: newText(p, 26, bold, body)}
	f.row = newRow(p, 16, growing{f.label, 1}, f.value)
	f.row.least = false
	return f
}

// set says it; an empty text takes the whole line away.
func (f *fact) set(value string) {
	f.value.set(value)
	f.label.show(value != "")
}

func newMenu(p *pen, send func(kiosk.Event)) *menu {
	s := &menu{p: p, operator: newText(p, 24, regular, muted).middle(), practice: newText(p, 32, bold, body).centre(),
		now: newText(p, 24, regular, muted).centre(), word: newText(p, 28, bold, cautionInk),
		unbound: newSaid(p, 24, bold, cautionInk, "menu.unbound")}
	for _, key := range []string{"menu.kiosk", "menu.left", "menu.unsent", "menu.aside", "menu.stolen"} {
		s.facts = append(s.facts, newFact(p, key))
	}
	s.notice = newPanel(p, s.word, cautionGround, cautionLine)
	s.unboundBox = newPanel(p, s.unbound, cautionGround, cautionLine)
	s.notice.padX, s.notice.padY, s.unboundBox.padX, s.unboundBox.padY = 22, 16, 16, 12
	desk := newTile(p, "give", newSaid(p, 32, bold, body, "menu.desk").centre(), nil, func() { send(kiosk.TapDesk{}) })
	practice := newTile(p, "practice", s.practice, s.now, func() { send(kiosk.TapPractice{}) })
	list := newColumn(p, 18, s.facts[0], s.facts[1], s.facts[2], s.facts[3], s.facts[4], s.unboundBox)
	facts := newPanel(p, list, panelGround, edge)
	head := newRow(p, 32, growing{newSaid(p, 44, bold, body, "menu.title"), 1}, s.operator)
	tiles := newRow(p, 24, growing{desk, 1}, growing{practice, 1})
	piled := newColumn(p, 16, growing{desk, 1}, growing{practice, 1})
	piled.least = true
	s.page = &page{p: p, foot: newRow(p, 0, newLeave(p, "any.end", send), spring(1)), main: &shape{p: p,
		lying:   newColumn(p, 24, head, s.notice, growing{newRow(p, 32, growing{tiles, 3}, growing{facts, 2}), 1}),
		low:     newColumn(p, 16, head, s.notice, growing{newRow(p, 24, growing{piled, 1}, growing{facts, 1}), 1}),
		upright: newColumn(p, 32, head, s.notice, growing{tiles, 1}, facts, spring(1)),
	}}
	return s
}

// newTile is a large choice: a picture over its words, which stand beside it
// where there is little height.
func newTile(p *pen, name string, words, below *text, tap func()) *button {
	picture := newPicture(p, name, 112)
	picture.low = 72
	parts := []part{words}
	if below != nil {
		parts = append(parts, below)
	}
	said := newColumn(p, 8, parts...)
	inside := &shape{p: p,
		lying: newColumn(p, 24, picture, said),
		low:   newRow(p, 16, picture, growing{centred(p, said), 1}),
	}
	b := newButton(p, quiet, inside, tap)
	b.padX, b.padY = 16, 16
	return b
}

func (s *menu) body() part { return s.page }

// Show says what the kiosk holds and owes.
func (s *menu) Show(st kiosk.State) {
	p := s.p
	operator, practice, now, aside := "", "menu.practice", "", ""
	if st.Desk.Operator != "" {
		operator = p.say("menu.operator", st.Desk.Operator)
	}
	if st.Site.Practice {
		practice, now = "menu.practice.off", p.say("menu.practice.now")
	}
	if st.Network.Aside > 0 {
		aside = p.say("menu.unsent.n", words.Number(st.Network.Aside))
	}
	s.operator.set(operator)
	s.practice.set(p.say(practice))
	s.now.set(now)
	s.word.set(p.sentence(st.Desk.Note))
	s.notice.show(st.Desk.Note != "")
	s.facts[0].set(st.Site.Kiosk)
	left, stolen := p.left(st)
	s.facts[1].set(left)
	s.facts[2].set(p.say("menu.unsent.n", words.Number(int(st.Network.Unsent))))
	s.facts[3].set(aside)
	s.facts[4].set(stolen)
	s.unboundBox.show(!st.Site.Bound)
}

// left says how many cards may still go out, and what a thief would have. The
// count is known once the Issue screen has been open.
func (p *pen) left(st kiosk.State) (left, stolen string) {
	n, points := int(st.Count.Left), int(st.Site.Allotment.Points)
	switch known := st.Count.Left+st.Count.Today > 0; {
	case !st.Site.Granted:
		return p.say("menu.left.none"), ""
	case !known:
		n = int(st.Site.Allotment.Count) // at most
		return p.say("menu.left.unknown"), p.say("menu.stolen.n", words.Number(n*points))
	}
	return p.say("menu.left.n", words.Number(n)), p.say("menu.stolen.n", words.Number(n*points))
}
