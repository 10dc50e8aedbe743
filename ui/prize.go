package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/prize"
)

// prizes is 賞品交換: one screen for each step of package prize.
type prizes struct {
	*stage
	leaves map[prize.Step]screen
}

func newPrizes(p *pen, clock func() time.Time, send func(kiosk.Event)) *prizes {
	a := &prizes{stage: newStage(p, clock)}
	send = a.once(send)
	a.leaves = map[prize.Step]screen{
		prize.Scan: newPrizeScan(p, send), prize.Choose: newPrizeChoose(p, send), prize.Sure: newPrizeSure(p, send),
		prize.Taking: newPrizeTaking(p), prize.Done: newPrizeDone(p, send),
	}
	for _, s := range a.leaves {
		a.all = append(a.all, s)
	}
	a.first, a.now = a.leaves[prize.Scan], a.leaves[prize.Scan]
	return a
}

// Show turns to the screen of the step.
func (a *prizes) Show(st kiosk.State) {
	if next := a.leaves[st.Prize.Step]; next != nil {
		a.turn(next, st)
	}
}

func newPrizeBack(p *pen, send func(kiosk.Event)) *button {
	b := newWordButton(p, plain, 28, "any.back", func() { send(prize.TapBack{}) })
	b.padX, b.least = 52, 76
	return b
}

// prizeScan is each card that was scanned, and the sum.
type prizeScan struct {
	p           *pen
	has         bool
	how, filled *page
	sum         *amount
	note        *panel
	noteText    *text
	rows        *rows
	on          *button
}

func newPrizeScan(p *pen, send func(kiosk.Event)) *prizeScan {
	s := &prizeScan{p: p, sum: newAmount(p, 96, 40, main)}
	s.note, s.noteText = newNotice(p)
	s.on = newGo(p, "prize.choose", func() { send(prize.TapChoose{}) })
	s.rows = newRows(p, newPrizeBack(p, send), s.on, send)
	s.how = beside(p, newPicture(p, "scan", 300), newRow(p, 24, newPrizeBack(p, send), spring(1)),
		newTitle(p, "prize.title"), newSaid(p, 32, regular, body, "prize.how"), newSaid(p, 28, regular, body, "prize.many"))
	head := &shape{p: p,
		lying:   newRow(p, 24, growing{newColumn(p, 6, spring(1), newSaid(p, 34, bold, body, "prize.sum"), s.note, spring(1)), 1}, s.sum),
		upright: newColumn(p, 12, newSaid(p, 34, bold, body, "prize.sum"), s.sum, s.note),
	}
	s.filled = &page{p: p, under: true, foot: nothing(), main: newColumn(p, 14, head, growing{s.rows, 1})}
	return s
}

func (s *prizeScan) forget()    { s.rows.forget() }
func (s *prizeScan) body() part { return s }

func (s *prizeScan) now() *page {
	if s.has {
		return s.filled
	}
	return s.how
}

func (s *prizeScan) shown() bool                { return true }
func (s *prizeScan) wide() float32              { return s.now().wide() }
func (s *prizeScan) tall(width float32) float32 { return s.now().tall(width) }
func (s *prizeScan) place(x, y, w, h float32)   { s.now().place(x, y, w, h) }
func (s *prizeScan) objects() []fyne.CanvasObject {
	return append(s.how.objects(), s.filled.objects()...)
}

// Show lists the cards, the last one first. What does not count is named.
func (s *prizeScan) Show(st kiosk.State) {
	p, b := s.p, st.Prize.Basket
	var list []rowText
	for n, l := range slices.Backward(b.Lines) {
		row := rowText{what: l.Event.In(p.lang()), sub: p.say("account.card.serial", n+1, l.Serial), amount: p.say("issue.points", words.Number(int(l.Points)))}
		if l.Serial == "" {
			row.sub = p.say("account.card.n", n+1)
		}
		switch {
		case l.Word != "":
			row.what, row.amount = p.verdict(l.Word), ""
		case b.Word != "":
			row.what, row.amount = p.say("account.card.ask"), ""
		}
		list = append(list, row)
	}
	if has := len(list) > 0; has != s.has {
		s.has, p.changed = has, true
	}
	note := ""
	switch {
	case b.Word != "":
		note = p.say("account.stop.offline")
	case len(b.Prizes) == 0 && b.Sum > 0:
		note = p.say("prize.none")
	}
	s.noteText.set(note)
	s.note.show(note != "")
	s.sum.count("issue.points", words.Number(int(b.Sum)))
	s.on.enable(len(b.Prizes) > 0)
	s.rows.set(list)
}

// prizeChoose names the prizes that fit.
type prizeChoose struct {
	p     *pen
	page  *page
	tiles [onFours]*prizeTile
	four  *fours
	list  []prize.Prize
}

// A prizeTile is one prize.
type prizeTile struct {
	*button
	name, points, stock *text
}

func newPrizeChoose(p *pen, send func(kiosk.Event)) *prizeChoose {
	s := &prizeChoose{p: p}
	s.four = newFours(p, send, s.fill)
	var cells []part
	for i := range s.tiles {
		t := &prizeTile{name: newText(p, 34, bold, body).name().centre(), points: newText(p, 30, bold, body).centre(), stock: newText(p, 24, regular, body).centre()}
		t.button = newButton(p, quiet, newColumn(p, 6, spring(1), t.name, t.points, t.stock, spring(1)), func() {
			if n := s.four.at*onFours + i; n < len(s.list) {
				send(prize.TapPrize{ID: s.list[n].ID})
			}
		})
		t.padX, t.padY, t.least = 16, 8, 100
		s.tiles[i] = t
		cells = append(cells, growing{t.button, 1})
	}
	grid := newFour(p, cells)
	s.page = &page{p: p, under: true, foot: newRow(p, 16, newPrizeBack(p, send), spring(1), s.four.prev, s.four.of, s.four.next), main: newColumn(p, 16,
		newTitle(p, "prize.which"), growing{grid, 4}, spring(1))}
	return s
}

func (s *prizeChoose) forget()    { s.four.at, s.list = 0, nil }
func (s *prizeChoose) body() part { return s.page }

// Show lists them, the dearest first.
func (s *prizeChoose) Show(st kiosk.State) {
	s.list = st.Prize.Basket.Prizes
	s.fill()
}

func (s *prizeChoose) fill() {
	p := s.p
	first := s.four.first(len(s.list))
	for i, t := range s.tiles {
		n := first + i
		name, points, stock := "", "", ""
		if t.show(n < len(s.list)); n < len(s.list) {
			one := s.list[n]
			name, points, stock = one.Name.In(p.lang()), p.say("issue.points", words.Number(int(one.Points))), p.say("prize.stock", words.Number(int(one.Stock)))
		}
		t.name.set(name)
		t.points.set(points)
		t.stock.set(stock)
	}
}

// prizeSure reads it back, with what becomes of the surplus.
type prizeSure struct {
	p              *pen
	page           *page
	name           *text
	sum, price     *fact
	left           *fact
	question       *text
	card, give, ok *button
	second         *text
}

func newPrizeSure(p *pen, send func(kiosk.Event)) *prizeSure {
	s := &prizeSure{p: p, name: newText(p, 54, bold, body).name(), sum: newFact(p, "prize.sum"), price: newFact(p, "prize.price"), left: newFact(p, "prize.surplus"),
		question: newText(p, 30, bold, body), second: newSaid(p, 28, bold, body, "prize.second")}
	for _, f := range []*fact{s.sum, s.price, s.left} {
		f.label.size, f.value.size = 28, 32
	}
	s.card = newChoiceOf(p, "prize.card", func() { send(prize.TapGive{Give: false}) })
	s.give = newChoiceOf(p, "prize.give", func() { send(prize.TapGive{Give: true}) })
	s.ok = newGo(p, "prize.take", func() { send(prize.TapTake{}) })
	facts := newPanel(p, newColumn(p, 12, s.sum.row, s.price.row, s.left.row), panelGround, edge)
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newPrizeBack(p, send), spring(1), s.ok), main: newColumn(p, 16,
		newTitle(p, "prize.sure"), s.name, facts, s.question, newRow(p, 24, growing{s.card, 1}, growing{s.give, 1}), s.second, spring(1))}
	return s
}

func (s *prizeSure) body() part { return s.page }

// Show says what is handed in and out.
func (s *prizeSure) Show(st kiosk.State) {
	p, w := s.p, st.Prize
	points := func(n int64) string { return p.say("issue.points", words.Number(int(n))) }
	if w.Prize.ID == "" {
		w = prize.State{}
		points = func(int64) string { return "" }
	}
	s.name.set(w.Prize.Name.In(p.lang()))
	s.sum.set(points(w.Basket.Sum))
	s.price.set(points(w.Prize.Points))
	s.left.set(points(w.Surplus()))
	question := ""
	can := w.Surplus() > 0 && w.Prize.Change != 0
	switch {
	case can:
		question = p.say("prize.left")
	case w.Surplus() > 0:
		question = p.say("prize.lost")
	}
	s.question.set(question)
	s.card.show(can)
	s.give.show(can)
	s.card.choose(!w.Give)
	s.give.choose(w.Give)
	s.second.show(w.Basket.Second)
}

// prizeTaking is shown while the hub is asked and the slip is printed.
type prizeTaking struct{ page *page }

func newPrizeTaking(p *pen) *prizeTaking {
	return &prizeTaking{&page{p: p, under: true, foot: nothing(), main: newColumn(p, 24, spring(1), newPicture(p, "sending", 240),
		newSaid(p, 54, bold, body, "prize.taking").centre(), newSaid(p, 32, regular, body, "mykey.look.sub").centre(), spring(1))}}
}

func (s *prizeTaking) body() part       { return s.page }
func (s *prizeTaking) Show(kiosk.State) {}

// prizeDone is what became of it.
type prizeDone struct {
	p          *pen
	page       *page
	picture    *picture
	title, sub *text
	card       *panel
	cardText   *text
	slip       *text
	again      *button
}

func newPrizeDone(p *pen, send func(kiosk.Event)) *prizeDone {
	s := &prizeDone{p: p, picture: newPicture(p, "give", 300), title: newText(p, 44, bold, body), sub: newText(p, 32, regular, body).name(), slip: newText(p, 28, regular, body)}
	s.card, s.cardText = newNotice(p)
	s.again = newChoiceOf(p, "mykey.slip.again", func() { send(prize.TapSlip{}) })
	end := newGo(p, "any.end", func() { send(prize.TapEnd{}) })
	s.page = beside(p, s.picture, newRow(p, 24, s.again, spring(1), end), s.title, s.sub, s.card, s.slip)
	return s
}

func (s *prizeDone) body() part { return s.page }

// Show says what to hand out, or why nothing is.
func (s *prizeDone) Show(st kiosk.State) {
	p, t := s.p, st.Prize.Taken
	picture, title, sub, card, slip := "give", "prize.done", t.Prize.In(p.lang()), "", ""
	if t.Before {
		title, sub = "prize.before", p.say("prize.before.sub", sub)
	}
	if t.Word != "" {
		picture, title, sub = "fault", "prize.not", p.known("prize.word."+t.Word, "prize.word.fault")
		if t.Before {
			title = "prize.open"
		}
	} else {
		slip = p.say("prize.slip", t.Slip)
		if !t.Printed {
			slip = p.say("mykey.slip.not")
		}
		switch {
		case t.Later:
			card = p.say("prize.card.later")
		case t.Change && t.Card:
			card = p.say("prize.card.out", words.Number(int(t.Surplus)))
		case t.Asked != "":
			card = p.say("prize.card.asked", t.Asked)
		case t.Change:
			card = p.say("prize.card.look")
		case t.Unpaid:
			card = p.say("prize.card.none", words.Number(int(t.Surplus)))
		}
	}
	s.picture.set(picture)
	s.title.set(p.say(title))
	s.sub.set(sub)
	s.cardText.set(card)
	s.card.show(card != "")
	s.slip.set(slip)
	s.again.show(t.Word == "")
}
