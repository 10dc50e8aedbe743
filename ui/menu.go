package ui

import (
	"strings"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// menu is what staff find behind the door: a tile for each event where they are
// named, and else one to hand out cards.
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
	tiles      [2]*button // to hand out, to practise: where no event is named
	offers     [3]*offers // else, for a panel that lies, is low, or upright
	small      *button    // to practise, beside them
	owed       *button
	prizes     *button
	number     *button
	batches    *button
	batch      *text
	exercise   *text
	undecided  *text
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

// unbroken keeps the label on one line.
func (f *fact) unbroken() *fact {
	f.label.narrow, f.label.most = true, 1
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
		unbound:  newSaid(p, 24, bold, cautionInk, "menu.unbound"),
		exercise: newText(p, 28, bold, main).centre().middle(), undecided: newText(p, 28, bold, main).centre().middle()}
	for _, key := range []string{"menu.kiosk", "menu.left", "menu.unsent", "menu.aside", "menu.later", "menu.refused", "menu.stolen"} {
		s.facts = append(s.facts, newFact(p, key))
	}
	s.notice = newPanel(p, s.word, cautionGround, cautionLine)
	s.unboundBox = newPanel(p, s.unbound, cautionGround, cautionLine)
	s.notice.padX, s.notice.padY, s.unboundBox.padX, s.unboundBox.padY = 22, 16, 16, 12
	s.tiles[0] = newTile(p, "give", newSaid(p, 32, bold, body, "menu.desk").centre(), nil, func() { send(kiosk.TapDesk{}) })
	s.tiles[1] = newTile(p, "practice", s.practice, s.now, func() { send(kiosk.TapPractice{}) })
	for i, n := range []int{3, 2, 5} {
		s.offers[i] = newOffers(p, n, send)
	}
	s.small = newButton(p, plain, s.exercise, func() { send(kiosk.TapPractice{}) })
	s.owed = newButton(p, plain, s.undecided, func() { send(kiosk.TapReview{}) })
	s.prizes = newWordButton(p, plain, 28, "menu.prizes", func() { send(kiosk.TapPrizes{}) })
	s.prizes.padX, s.prizes.least = 28, 76
	s.small.padX, s.small.least, s.owed.padX, s.owed.least = 28, 76, 28, 76
	s.number = newWordButton(p, plain, 28, "menu.number", func() { send(kiosk.TapNumber{}) })
	s.number.padX, s.number.least = 28, 76
	s.batch = newText(p, 28, bold, main).centre().middle()
	s.batches = newButton(p, plain, s.batch, func() { send(kiosk.TapBatches{}) })
	s.batches.padX, s.batches.least = 28, 76
	s.page = &page{p: p, main: s.compose(), foot: newRow(p, 20, newLeave(p, "any.end", send), spring(1), s.number, s.batches, s.prizes, s.owed, s.small)}
	return s
}

func (s *menu) compose() part {
	p := s.p
	list := newColumn(p, 18, s.facts[0], s.facts[1], s.facts[2], s.facts[3], s.facts[4], s.facts[5], s.facts[6], s.unboundBox)
	facts := newPanel(p, list, panelGround, edge)
	head := newRow(p, 32, growing{newSaid(p, 44, bold, body, "menu.title"), 1}, s.operator)
	beside := newRow(p, 24, growing{s.tiles[0], 1}, growing{s.tiles[1], 1})
	piled := newColumn(p, 16, growing{s.tiles[0], 1}, growing{s.tiles[1], 1})
	piled.least = true
	lying := newRow(p, 32, growing{beside, 3}, growing{s.offers[0].column, 3}, growing{facts, 2})
	low := newRow(p, 24, growing{piled, 1}, growing{s.offers[1].column, 1.5}, growing{facts, 1})
	return &shape{p: p,
		lying:   newColumn(p, 24, head, s.notice, growing{lying, 1}),
		low:     newColumn(p, 16, head, s.notice, growing{low, 1}),
		upright: newColumn(p, 32, head, s.notice, growing{beside, 1}, growing{s.offers[2].column, 1}, facts, spring(1)),
	}
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
	operator, practice, now := "", "menu.practice", ""
	if st.Desk.Operator != "" {
		operator = p.say("menu.operator", st.Desk.Operator)
	}
	if st.Site.Practice {
		practice, now = "menu.practice.off", p.say("menu.practice.now")
	}
	s.operator.set(operator)
	s.practice.set(p.say(practice))
	s.exercise.set(p.say(practice))
	s.now.set(now)
	s.prizes.show(st.Site.Accounts && !st.Site.Practice)
	batch := "menu.range"
	if st.Site.Sheets {
		batch = "menu.batches"
	}
	s.batch.set(p.say(batch))
	s.batches.show((st.Site.Ranges || st.Site.Sheets) && !st.Site.Practice)
	named := st.Named()
	for _, tile := range s.tiles {
		tile.show(!named)
	}
	s.small.show(named)
	for _, o := range s.offers {
		o.show(st)
	}
	s.undecided.set(p.say("menu.owed.button", words.Number(st.Owed)))
	s.owed.show(st.Owed > 0)
	s.word.set(p.menuNote(st))
	s.notice.show(s.word.say() != "")
	s.showFacts(st)
}

// menuNote is what went wrong, or waits.
func (p *pen) menuNote(st kiosk.State) string {
	var notes []string
	if st.Network.Stopped != "" {
		notes = append(notes, p.known(st.Network.Stopped, "issue.hub"))
	}
	if st.Desk.Note != "" {
		notes = append(notes, p.sentence(st.Desk.Note))
	}
	if st.Owed > 0 {
		notes = append(notes, p.say("menu.owed", words.Number(st.Owed)))
	}
	return strings.Join(notes, "\n")
}

func (s *menu) showFacts(st kiosk.State) {
	p := s.p
	left, stolen := "", ""
	switch len(st.Offers) {
	case 0:
		left = p.say("menu.left.none")
	case 1:
		left = p.say("menu.left.n", words.Number(int(st.Offers[0].Left)))
	}
	some := func(n int) string {
		if n == 0 {
			return ""
		}
		return p.say("menu.unsent.n", words.Number(n))
	}
	if st.Site.AtRisk > 0 {
		stolen = p.say("menu.stolen.n", words.Number(int(st.Site.AtRisk)))
	}
	unsent := p.say("menu.unsent.n", words.Number(int(st.Network.Unsent)))
	for i, value := range []string{st.Site.Kiosk, left, unsent, some(st.Network.Aside), some(st.Network.Provisional), some(st.Network.Refused), stolen} {
		s.facts[i].set(value)
	}
	s.unboundBox.show(!st.Site.Bound)
}
