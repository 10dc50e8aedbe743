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
	again  byKind // nobody is asked where the machine knows
	void   byKind
	why    *text
	notice *panel // why the answer before could not be taken
	word   *text
}

func newConfirm(p *pen, send func(kiosk.Event)) *confirm {
	s := &confirm{p: p, sub: newText(p, 28, regular, body), word: newText(p, 24, bold, cautionInk),
		why: newText(p, 24, regular, muted)}
	s.notice = newPanel(p, s.word, cautionGround, cautionLine)
	s.notice.padX, s.notice.padY = 22, 8
	yes := newAnswer(p, "whole", "confirm.yes", "confirm.yes.sub", func() { send(kiosk.TapWhole{}) })
	no := newAnswer(p, "torn", "confirm.no", "confirm.no.sub", func() { send(kiosk.TapTorn{}) })
	s.title = newText(p, 46, bold, body)
	s.again = ofKinds(func(kind string) *button {
		return newAnswer(p, "torn", "confirm.again", "confirm.again.sub"+kind, func() { send(kiosk.TapTorn{}) })
	})
	s.yes, s.no = yes, no
	s.void = newVoids(p, "confirm.void", send)
	answers := newRow(p, 32, growing{yes, 1}, growing{no, 1}, growing{s.again.card, 1}, growing{s.again.ticket, 1})
	s.page = &page{p: p, main: newColumn(p, 16, s.title, s.sub, growing{answers, 1}, s.why, s.notice),
		foot: newRow(p, 24, newBack(p, send), spring(1), s.void.card, s.void.ticket)}
	return s
}

// A byKind is one button about a point card, and one about a point ticket.
type byKind struct{ card, ticket *button }

func ofKinds(made func(kind string) *button) byKind { return byKind{made(""), made(ofTicket)} }

// newVoids are 取消.
func newVoids(p *pen, key string, send func(kiosk.Event)) byKind {
	return ofKinds(func(kind string) *button {
		void := newWordButton(p, plain, 28, key+kind, func() { send(kiosk.TapVoid{}) })
		void.padX, void.least = 36, 76
		return void
	})
}

func (b byKind) show(yes, ticket bool) {
	b.card.show(yes && !ticket)
	b.ticket.show(yes && ticket)
}

// ofTicket ends the keys of what is said of a point ticket, and not of a card.
const ofTicket = ".ticket"

// kindOf ends a key that has words of their own for tickets.
func kindOf(ticket bool) string {
	if ticket {
		return ofTicket
	}
	return ""
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
	kind := kindOf(st.Ask.Ticket)
	s.why.set(s.p.say("confirm.why" + kind))
	s.why.show(st.Desk.Note == "" && !st.Ask.Card.Torn)
	key := "confirm"
	if st.Ask.Card.Torn {
		key = "confirm.torn"
	}
	s.yes.show(!st.Ask.Card.Torn)
	s.no.show(!st.Ask.Card.Torn)
	s.again.show(st.Ask.Card.Torn, st.Ask.Ticket)
	s.void.show(true, st.Ask.Ticket)
	s.title.set(s.p.say(key + ".title"))
	s.sub.set(s.p.say(key+".sub"+kind, st.Ask.Card.Serial().String()))
}
