package ui

import (
	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
)

// tickets asks of how many points the ticket is to be.
type tickets struct {
	p     *pen
	page  *page
	tiles [onFours]*ticketTile
	none  *text
	four  *fours
	list  []account.Ticket
	state kiosk.State
}

// A ticketTile is one amount.
type ticketTile struct {
	*button
	points *amount
	sub    *text
}

func newTickets(p *pen, send func(kiosk.Event)) *tickets {
	s := &tickets{p: p, none: newSaid(p, 34, bold, body, "account.ticket.none")}
	s.four = newFours(p, send, s.fill)
	var cells []part
	for i := range s.tiles {
		t := &ticketTile{points: newAmount(p, 64, 32, main).centre(), sub: newText(p, 26, regular, body).centre()}
		inside := newColumn(p, 8, spring(1), t.points, t.sub, spring(1))
		t.button = newButton(p, quiet, inside, func() {
			if n := s.four.at*onFours + i; n < len(s.list) {
				send(account.TapTicket{Allotment: s.list[n].Allotment})
			}
		})
		t.padX, t.padY, t.least = 16, 8, 100
		s.tiles[i] = t
		cells = append(cells, growing{t.button, 1})
	}
	grid := newFour(p, cells)
	foot := newFoot(p, 16, newUp(p, send), newFinish(p, send), s.four.prev, s.four.of, s.four.next, spring(1))
	s.page = &page{p: p, under: true, foot: foot, main: newColumn(p, 16, newTitle(p, "account.ticket.title"),
		newSaid(p, 28, regular, body, "account.ticket.sub"), s.none, growing{grid, 4}, spring(1))}
	return s
}

func (s *tickets) forget() { s.four.at, s.list = 0, nil }

func (s *tickets) body() part { return s.page }

// Show offers what there is; what the account can't have is not to be tapped.
func (s *tickets) Show(st kiosk.State) {
	s.list, s.state = st.Account.Tickets, st
	s.none.show(len(s.list) == 0)
	s.fill()
}

func (s *tickets) fill() {
	p := s.p
	first := s.four.first(len(s.list))
	for i, t := range s.tiles {
		n := first + i
		if t.show(n < len(s.list)); n >= len(s.list) {
			t.points.set("", "", "")
			t.sub.set("")
			continue
		}
		one := s.list[n]
		can := s.state.Account.Account.CanHave(one)
		t.points.count("issue.points", words.Number(int(one.Points)))
		under := p.until(one.Expires)
		if !can {
			under = p.say("account.ticket.short")
		}
		t.sub.set(under)
		t.enable(can)
	}
}

// sureTicket reads it back.
type sureTicket struct {
	p      *pen
	page   *page
	points *amount
	until  *text
}

func newSureTicket(p *pen, send func(kiosk.Event)) *sureTicket {
	s := &sureTicket{p: p, points: newAmount(p, 104, 40, main), until: newText(p, 32, bold, body)}
	warn, word := newNotice(p)
	word.key = "account.ticket.late"
	yes := newGo(p, "account.ticket.go", func() { send(account.TapYes{}) })
	s.page = beside(p, newPicture(p, "give", 260), newRow(p, 24, newUp(p, send), spring(1), yes),
		newTitle(p, "account.ticket.sure"), s.points, s.until, warn, newSaid(p, 28, regular, body, "account.ticket.shop"))
	return s
}

func (s *sureTicket) body() part { return s.page }

// Show names the amount and the last day.
func (s *sureTicket) Show(st kiosk.State) {
	n, until := "", ""
	if t := st.Account.Ticket; t.Points > 0 {
		n, until = words.Number(int(t.Points)), s.p.until(t.Expires)
	}
	s.points.count("issue.points", n)
	s.until.set(until)
}

// bought is what became of it: it is out, it may be, or there is none.
type bought struct {
	p          *pen
	page       *page
	picture    *picture
	title, sub *text
	note       *panel
	noteText   *text
	serial     *text
	yes, no    *button
	back, end  *button
}

func newBought(p *pen, send func(kiosk.Event)) *bought {
	s := &bought{p: p, picture: newPicture(p, "give", 300), title: newText(p, 44, bold, body), sub: newText(p, 32, regular, body), serial: newText(p, 24, regular, muted)}
	s.note, s.noteText = newNotice(p)
	s.yes = newGo(p, "confirm.yes", func() { send(account.TapYes{}) })
	s.no = newChoiceOf(p, "confirm.no", func() { send(account.TapNo{}) })
	s.back, s.end = newUp(p, send), newFinish(p, send)
	s.page = beside(p, s.picture, newRow(p, 24, s.back, spring(1), s.no, s.yes, s.end), s.title, s.note, s.sub, s.serial)
	return s
}

func (s *bought) body() part { return s.page }

// Show says it, or asks.
func (s *bought) Show(st kiosk.State) {
	p, sale := s.p, st.Account.Sale
	picture, title, sub, note := "give", "account.ticket.out", p.say("account.ticket.out.sub"), ""
	switch {
	case sale.Doubt:
		picture, title, sub = "torn", "account.ticket.whole", p.say("account.ticket.whole.sub")
		if sale.Word != "" {
			note = p.say("account.ticket.again")
		}
	case sale.Word != "":
		picture, title, sub = "fault", "account.ticket.not", p.known("account.ticket.word."+sale.Word, "account.ticket.word.fault")
	}
	s.picture.set(picture)
	s.title.set(p.say(title))
	s.sub.set(sub)
	s.noteText.set(note)
	s.note.show(note != "")
	s.serial.set(p.serial(sale.Serial))
	s.yes.show(sale.Doubt)
	s.no.show(sale.Doubt)
	s.back.show(!sale.Doubt)
	s.end.show(!sale.Doubt)
}
