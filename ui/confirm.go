package ui

import "pointkiosk/kiosk"

// confirm is 印刷の確認: the volunteer looks at the paper, since the printer
// did not say how it went.
type confirm struct {
	p      *pen
	page   *page
	title  *text
	sub    *text
	yes    *button
	no     *button
	again  *button // nobody is asked where the machine knows
	why    *text
	notice *panel // why the answer before could not be taken
	word   *text
}

func newConfirm(p *pen, send func(kiosk.Event)) *confirm {
	s := &confirm{p: p, sub: newText(p, 28, regular, body), word: newText(p, 24, bold, cautionInk),
		why: newSaid(p, 24, regular, muted, "confirm.why")}
	s.notice = newPanel(p, s.word, cautionGround, cautionLine)
	s.notice.padX, s.notice.padY = 22, 8
	yes := newAnswer(p, "whole", "confirm.yes", "confirm.yes.sub", func() { send(kiosk.TapWhole{}) })
	no := newAnswer(p, "torn", "confirm.no", "confirm.no.sub", func() { send(kiosk.TapTorn{}) })
	s.title = newText(p, 46, bold, body)
	s.again = newAnswer(p, "torn", "confirm.again", "confirm.again.sub", func() { send(kiosk.TapTorn{}) })
	s.yes, s.no = yes, no
	void := newWordButton(p, plain, 28, "confirm.void", func() { send(kiosk.TapVoid{}) })
	void.padX, void.least = 36, 76
	answers := newRow(p, 32, growing{yes, 1}, growing{no, 1}, growing{s.again, 1})
	s.page = &page{p: p, main: newColumn(p, 16, s.title, s.sub, growing{answers, 1}, s.why, s.notice),
		foot: newRow(p, 24, newBack(p, send), spring(1), void)}
	return s
}

// newAnswer is one of two equal answers: a picture beside はい or いいえ.
func newAnswer(p *pen, name, key, below string, tap func()) *button {
	picture, large := newPicture(p, name, 220), newPicture(p, name, 320)
	word := newSaid(p, 48, bold, body, key)
	sub := newSaid(p, 26, regular, body, below)
	inside := &shape{p: p,
		lying: newRow(p, 20, picture, growing{newColumn(p, 10, spring(1), word, sub, spring(1)), 1}),
		upright: newColumn(p, 20, spring(1), large, newSaid(p, 56, bold, body, key).centre(),
			newSaid(p, 28, regular, body, below).centre(), spring(1)),
	}
	b := newButton(p, quiet, inside, tap)
	b.padX, b.padY = 24, 16
	return b
}

func (s *confirm) body() part { return s.page }

// Show names the card in question, and says why it is asked about again.
func (s *confirm) Show(st kiosk.State) {
	s.word.set(s.p.sentence(st.Desk.Note))
	s.notice.show(st.Desk.Note != "")
	s.why.show(st.Desk.Note == "" && !st.Ask.Card.Torn)
	key := "confirm"
	if st.Ask.Card.Torn {
		key = "confirm.torn"
	}
	s.yes.show(!st.Ask.Card.Torn)
	s.no.show(!st.Ask.Card.Torn)
	s.again.show(st.Ask.Card.Torn)
	s.title.set(s.p.say(key + ".title"))
	s.sub.set(s.p.say(key+".sub", st.Ask.Card.Serial().String()))
}
