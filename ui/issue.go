package ui

import (
	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// issue is where a volunteer hands out cards: one condition to check, one
// button to press.
type issue struct {
	p              *pen
	page           *page
	condition      *text
	check          *text
	notice         *panel
	word           *text
	points         *amount
	what           *text
	button         *button
	handed, serial *text
	notOut         *button
	void           byKind
	today, left    *amount
	unsent         *amount
	why            *text
	next           *text
	paper          *sheet
}

func newIssue(p *pen, send func(kiosk.Event)) *issue {
	s := &issue{p: p, condition: newText(p, 46, bold, body).name(), check: newText(p, 24, regular, muted),
		word: newText(p, 26, bold, cautionInk), points: newAmount(p, 112, 46, onMain).centre(),
		what: newText(p, 38, bold, onMain).centre(), handed: newText(p, 28, bold, okInk),
		serial: newText(p, 26, regular, muted), why: newSaid(p, 22, regular, muted, "issue.unsent.why"),
		next: newSaid(p, 22, regular, muted, "issue.preview").centre(), paper: newSheet(p, 210),
		today: newAmount(p, 80, 30, body), left: newAmount(p, 52, 28, body), unsent: newAmount(p, 40, 26, body)}
	s.notice = newPanel(p, s.word, cautionGround, cautionLine)
	s.notice.padX, s.notice.padY = 22, 14
	s.button = newButton(p, primary, newColumn(p, 4, spring(1), s.points, s.what, spring(1)), func() { send(kiosk.TapIssue{}) })
	s.button.least = 150
	s.notOut = newWordButton(p, plain, 26, "issue.notout", func() { send(kiosk.TapNotOut{}) })
	s.void = newVoids(p, "issue.void", send)
	s.page = &page{p: p, main: s.compose(),
		foot: newRow(p, 24, newLeave(p, "any.end", send), spring(1), s.void.card, s.void.ticket)}
	return s
}

func (s *issue) compose() part {
	p := s.p
	handed := newRow(p, 24, growing{newColumn(p, 4, spring(1), s.handed, s.serial, spring(1)), 1}, centred(p, s.notOut))
	main := newColumn(p, 20, s.condition, s.check, s.notice, growing{s.button, 1}, handed)
	main.least = true
	labels := [3]*text{}
	for i, key := range []string{"issue.today", "issue.left", "issue.unsent"} {
		labels[i] = newSaid(p, 24, regular, muted, key)
	}
	list := newColumn(p, 4, labels[0], s.today, space{p, 20}, labels[1], s.left, space{p, 20}, labels[2], s.unsent, s.why, spring(1))
	short := newColumn(p, 2, labels[0], s.today, spring(1), labels[1], s.left, spring(1), labels[2], s.unsent, spring(1))
	beside := newRow(p, 24, growing{newColumn(p, 4, labels[0], s.today), 5}, growing{newColumn(p, 4, labels[1], s.left), 4},
		growing{newColumn(p, 4, labels[2], s.unsent, s.why), 6})
	beside.top = true
	counts := newPanel(p, &shape{p: p, lying: list, upright: beside, low: short}, panelGround, edge)
	paper := newColumn(p, 10, s.next, growing{s.paper, 1})
	tall := newRow(p, 40, growing{main, 1}, paper)
	return &shape{p: p,
		lying:   newRow(p, 36, growing{main, 7}, paper, growing{counts, 3}),
		low:     newRow(p, 48, growing{main, 7}, growing{counts, 3}),
		upright: newColumn(p, 40, growing{tall, 1}, counts, spring(0.3)),
	}
}

func (s *issue) body() part { return s.page }

// Show says whom a card is for, and how the last one went.
func (s *issue) Show(st kiosk.State) {
	p, e := s.p, st.Site.Allotment.Event
	s.condition.set(p.forWhom("issue.for", e, p.say("issue.nocondition")))
	check := "issue.check"
	if e.OncePerDay {
		check = "issue.once"
	}
	s.check.set(p.say(check))
	s.points.count("issue.points", words.Number(int(st.Site.Allotment.Points)))
	s.showButton(st)
	s.showLast(st)
	s.today.count("issue.cards", words.Number(int(st.Count.Today)))
	s.left.count("issue.cards", words.Number(int(st.Count.Left)))
	s.unsent.count("issue.records", words.Number(int(st.Network.Unsent)))
	s.why.show(!st.Network.Online && st.Network.Unsent > 0)
	s.next.show(st.Desk.Preview != nil)
	s.paper.set(st.Desk.Preview)
}

// showButton lets the button be pressed, or says why it can't be.
func (s *issue) showButton(st kiosk.State) {
	p := s.p
	stopped, empty := st.Network.Stopped != "", st.Count.Left == 0
	note := p.sentence(st.Desk.Note)
	switch {
	case stopped:
		note = p.known(st.Network.Stopped, "issue.hub")
	case empty && note == "":
		note = p.say("issue.empty")
	}
	s.word.set(note)
	s.notice.show(note != "")
	s.button.enable(!stopped && !empty)
	switch {
	case stopped || empty:
		s.what.set(p.say("issue.stopped"))
	case st.Site.Practice:
		s.what.set(p.say("issue.button.practice"))
	default:
		s.what.set(p.say("issue.button"))
	}
}

// showLast names the card that has just come out.
func (s *issue) showLast(st kiosk.State) {
	d := st.Desk
	s.handed.show(d.Handed)
	s.serial.show(d.Handed)
	key := "issue.handed" + kindOf(d.Ticket)
	if st.Site.Practice {
		key = "issue.handed.practice"
	}
	s.handed.set(s.p.say(key))
	s.serial.set(d.Last.String())
	s.notOut.show(d.Handed && d.Presumed)
	s.void.show(d.Last.Number != 0, d.Ticket)
}
