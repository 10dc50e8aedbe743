package ui

import "pointkiosk/kiosk"

// wait says what is happening. It is still: a spinner would cost a quarter of
// the machine.
type wait struct {
	p       *pen
	page    *page
	picture *picture
	title   *text
	sub     *text
}

func newWait(p *pen) *wait {
	s := &wait{p: p, picture: newPicture(p, "printing", 300), title: newText(p, 54, bold, body).centre(),
		sub: newText(p, 30, regular, body).centre()}
	s.page = &page{p: p, foot: nothing(), main: newColumn(p, 24, spring(1), s.picture, s.title, s.sub, spring(1))}
	return s
}

func (s *wait) body() part { return s.page }

// Show tells a card on its way from what takes no paper.
func (s *wait) Show(st kiosk.State) {
	key, picture := "wait.print", "printing"
	switch {
	case st.Opening():
		key, picture = "wait.open", "practice"
	case st.Ask.Card.Number != 0 || st.Desk.Handed:
		key, picture = "wait.note", "calendar"
	}
	s.picture.set(picture)
	s.title.set(s.p.say(key))
	s.sub.set(s.p.say(key + ".sub"))
}
