package ui

import (
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// nextEnds is how many last days the balance shows.
const nextEnds = 3

// balance is 残高: points in large type, and what expires next.
type balance struct {
	p              *pen
	page           *page
	scheme, tail   *text
	points         *amount
	others         *text
	ends           [nextEnds]*fact
	more           *text
	box            *panel
	slip, fail     *text
	failBox        *panel
	lots, moves    *button
	put, printSlip *button
	sell           *button
}

func newBalance(p *pen, send func(kiosk.Event)) *balance {
	s := &balance{p: p, scheme: newText(p, 34, bold, main).name(), tail: newText(p, 26, regular, muted).middle(), points: newAmount(p, 128, 44, main),
		others: newText(p, 28, regular, body).name(), more: newText(p, 24, regular, muted), slip: newText(p, 26, regular, body),
		fail: newText(p, 26, bold, cautionInk)}
	s.failBox = newPanel(p, s.fail, cautionGround, cautionLine)
	s.failBox.padX, s.failBox.padY = 20, 10
	lines := []part{newSaid(p, 28, bold, body, "account.ends")}
	for i := range s.ends {
		s.ends[i] = newFact(p, "")
		s.ends[i].label.ink, s.ends[i].value.size = body, 28
		s.ends[i].label.most, s.ends[i].label.narrow = 1, true
		lines = append(lines, s.ends[i].row)
	}
	s.box = newPanel(p, newColumn(p, 12, append(lines, s.more)...), panelGround, edge)
	s.box.padY = 18
	tile := func(name, key string, e kiosk.Event) *button {
		b := newButton(p, quiet, &shape{p: p,
			lying: newColumn(p, 10, spring(1), newPicture(p, name, 64), newSaid(p, 28, bold, body, key).centre(), spring(1)),
			low:   newSaid(p, 28, bold, body, key).centre().middle()}, func() { send(e) })
		b.padX, b.padY = 12, 8
		return b
	}
	s.lots, s.moves = tile("calendar", "account.lots", account.TapLots{}), tile("change", "account.moves", account.TapMoves{})
	s.put, s.printSlip = tile("card", "account.put", account.TapPut{}), tile("slip", "account.slip", account.TapSlip{})
	s.sell = tile("give", "account.sell", account.TapSell{})
	s.compose(send)
	return s
}

func (s *balance) compose(send func(kiosk.Event)) {
	p := s.p
	sums := newColumn(p, 8, spring(1), s.scheme, s.points, s.others, s.tail, spring(1))
	ends := newColumn(p, 0, spring(1), s.box, spring(1))
	tiles := newRow(p, 16, growing{s.put, 1}, growing{s.sell, 1}, growing{s.moves, 1}, growing{s.lots, 1}, growing{s.printSlip, 1})
	two := newColumn(p, 24, growing{newRow(p, 24, growing{s.put, 1}, growing{s.moves, 1}), 1}, growing{newRow(p, 24, growing{s.lots, 1}, growing{s.printSlip, 1}), 1}, growing{s.sell, 1})
	finish := newFinish(p, send)
	foot := newRow(p, 24, growing{centred(p, s.slip), 1}, growing{centred(p, s.failBox), 1}, spring(0.01), finish)
	// On a low panel 終わる is the last of six: what a finger hits is a third of the
	// width, and its words keep their size.
	first, last := newRow(p, 16, growing{s.put, 1}, growing{s.sell, 1}, growing{s.moves, 1}), newRow(p, 16, growing{s.lots, 1}, growing{s.printSlip, 1}, growing{finish, 1})
	six := newColumn(p, 16, first, last)
	six.least = true
	s.page = &page{p: p, under: true, foot: &shape{p: p, lying: foot, low: nothing(), upright: foot}, main: &shape{p: p,
		lying:   newColumn(p, 20, growing{newRow(p, 40, growing{sums, 5}, growing{ends, 5}), 1}, growing{tiles, 1}),
		low:     newColumn(p, 16, growing{newRow(p, 24, growing{sums, 5}, growing{newColumn(p, 8, spring(1), s.failBox, s.slip, s.box, spring(1)), 6}), 1}, six),
		upright: newColumn(p, 36, spring(1), newColumn(p, 12, s.scheme, s.points, s.others, s.tail), s.box, growing{two, 2}, spring(1)),
	}}
}

func (s *balance) body() part { return s.page }

// Show says what there is, what expires next, and how the slip is.
func (s *balance) Show(st kiosk.State) {
	p, a := s.p, st.Account.Account
	totals := a.Totals()
	s.scheme.set(totals[0].Scheme.In(p.lang()))
	s.points.count("issue.points", words.Number(int(totals[0].Points)))
	var others []string
	for _, t := range totals[1:] {
		others = append(others, p.say("account.other", t.Scheme.In(p.lang()), words.Number(int(t.Points))))
	}
	s.others.set(strings.Join(others, "\n"))
	tail := ""
	if a.Tail != "" {
		tail = p.say("account.tail", a.Tail)
	}
	s.tail.set(tail)
	own := a.Ends()
	for i, f := range s.ends {
		label, value := "", ""
		if i < len(own) {
			label, value = words.Day(p.lang(), own[i].Expires), p.say("issue.points", words.Number(int(own[i].Points)))
		}
		f.label.set(label)
		f.set(value)
	}
	more := ""
	if n := len(a.Lots) - min(len(own), nextEnds); n > 0 {
		more = p.say("account.ends.more", n)
	}
	s.more.set(more)
	s.box.show(len(a.Lots) > 0)
	s.sell.show(st.Site.Tickets)
	s.lots.enable(len(a.Lots) > 0)
	s.moves.enable(len(a.Moves) > 0)
	s.slipped(st.Account.Slip)
}

// slipped says how the slip is.
func (s *balance) slipped(slip account.SlipState) {
	words := s.p.slipWords(map[account.SlipState]wizard.SlipState{
		account.Printing: wizard.Printing, account.Printed: wizard.Printed, account.NotPrinted: wizard.NotPrinted,
	}[slip])
	failed := slip == account.NotPrinted
	s.slip.set(words)
	s.slip.show(!failed)
	s.fail.set(words)
	s.failBox.show(failed)
	s.printSlip.enable(slip != account.Printing)
}

// until names a last day.
func (p *pen) until(day time.Time) string { return p.say("account.until", words.Day(p.lang(), day)) }

// change is an amount with its sign.
func (p *pen) change(points int64) string {
	if points < 0 {
		return "−" + p.say("issue.points", words.Number(int(-points)))
	}
	return "+" + p.say("issue.points", words.Number(int(points)))
}

// listed is a page of rows under a title.
type listed struct {
	p    *pen
	page *page
	rows *rows
}

func newListed(p *pen, key string, send func(kiosk.Event)) *listed {
	s := &listed{p: p, rows: newRows(p, newUp(p, send), newFinish(p, send), send)}
	s.page = &page{p: p, under: true, foot: nothing(), main: newColumn(p, 16, newTitle(p, key), growing{s.rows, 1})}
	return s
}

func (s *listed) forget()    { s.rows.forget() }
func (s *listed) body() part { return s.page }

// lots is all of what expires when.
type lots struct{ *listed }

func newLots(p *pen, send func(kiosk.Event)) *lots { return &lots{newListed(p, "account.ends", send)} }

// Show lists them, the first to expire first.
func (s *lots) Show(st kiosk.State) {
	var list []rowText
	for _, l := range st.Account.Account.Lots {
		list = append(list, rowText{words.Day(s.p.lang(), l.Expires), l.Scheme.In(s.p.lang()), s.p.say("issue.points", words.Number(int(l.Points)))})
	}
	s.rows.set(list)
}

// moves is what came and went.
type moves struct{ *listed }

func newMoves(p *pen, send func(kiosk.Event)) *moves {
	return &moves{newListed(p, "account.moves", send)}
}

// Show lists them, the latest first.
func (s *moves) Show(st kiosk.State) {
	p := s.p
	var list []rowText
	for _, m := range st.Account.Account.Moves {
		what := m.Event.In(p.lang())
		switch m.Kind {
		case "expire":
			what = strings.TrimSpace(p.say("account.expired", what))
		case "ticket":
			what = p.say("account.move.ticket")
		case "return":
			what = p.say("account.move.return")
		case "reverse":
			what = p.say("account.move.reverse")
		}
		if what == "" {
			what = p.say("account.move.other")
		}
		list = append(list, rowText{what, words.Date(p.lang(), m.At), p.change(m.Points)})
	}
	s.rows.set(list)
}
