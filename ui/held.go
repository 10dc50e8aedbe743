package ui

import (
	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// slipWords say what became of the slip.
func (p *pen) slipWords(s wizard.SlipState) string {
	switch s {
	case wizard.Printing:
		return p.say("mykey.slip.printing")
	case wizard.Printed:
		return p.say("mykey.slip.printed")
	case wizard.NotPrinted:
		return p.say("mykey.slip.not")
	}
	return ""
}

// done is できました: the ID in large type, and the slip.
type done struct {
	p                       *pen
	page                    *page
	at, title, id, code     *text
	later, when, slip, fail *text
	laterBox, failBox, ok   *panel
	again, end              *button
}

func newDone(p *pen, send func(kiosk.Event)) *done {
	s := &done{p: p, at: newAt(p).centre(), title: newText(p, 44, bold, body).centre(), id: newID(p, 128).centre(),
		slip: newText(p, 30, regular, body).centre(), code: newText(p, 28, regular, body).centre(),
		later: newSaid(p, 34, bold, cautionInk, "mykey.done.later").centre(),
		when:  newSaid(p, 28, regular, cautionInk, "mykey.done.later.when").centre(), fail: newText(p, 28, bold, cautionInk).centre()}
	s.laterBox = newPanel(p, newColumn(p, 8, s.later, s.when), cautionGround, cautionLine)
	s.failBox = newPanel(p, s.fail, cautionGround, cautionLine)
	takeIt := newSaid(p, 38, bold, okInk, "mykey.done.take").centre()
	gone := newSaid(p, 28, regular, okInk, "mykey.done.take.sub").centre()
	s.ok = newPanel(p, newColumn(p, 6, takeIt, gone), okGround, okLine)
	for _, b := range []*panel{s.laterBox, s.failBox, s.ok} {
		b.padX, b.padY = 24, 16
	}
	s.again = newChoiceOf(p, "mykey.slip.again", func() { send(wizard.TapSlip{}) })
	s.end = newGo(p, "any.end", func() { send(wizard.TapEnd{}) })
	s.page = &page{p: p, under: true, foot: newRow(p, 24, s.again, spring(1), s.end), main: newColumn(p, 16, spring(1), s.at, s.title, s.id,
		s.laterBox, s.slip, s.failBox, s.code, s.ok, spring(1))}
	return s
}

func (s *done) body() part { return s.page }

// Show says how the slip is.
func (s *done) Show(st kiosk.State) {
	w := st.MyKey
	words, failed := s.p.slipWords(w.Slip), w.Slip == wizard.NotPrinted
	title := "mykey.done.title"
	switch {
	case w.Before:
		title = "mykey.done.before"
	case w.Join:
		title = "mykey.done.join"
	case w.Forgot:
		title = "mykey.done.forgot"
	}
	s.title.set(s.p.say(title))
	s.at.at(5)
	s.at.show(!w.Forgot)
	s.id.set(grouped(w.Account.ID))
	s.slip.set(words)
	s.slip.show(!failed)
	s.fail.set(words)
	s.failBox.show(failed)
	s.laterBox.show(w.Later)
	code := "mykey.done.code"
	if w.Later {
		code = "mykey.done.code.later"
	}
	s.code.set(s.p.say(code))
	s.code.show(w.Code != "" && !failed)
	s.ok.show(w.Slip == wizard.Printed)
	s.again.show(w.Slip != wizard.Printing)
	if failed { // without the slip there is no code: that comes first
		s.again.be(primary)
		s.end.be(plain)
	} else {
		s.again.be(plain)
		s.end.be(primary)
	}
}

// held is who has an ID: it is shown, and what can be done about it.
type held struct {
	p                    *pen
	page                 *page
	id, slip, fail       *text
	failBox              *panel
	print, change, under *button
	forgot               *button
	again                *text
	later                *text
}

func newHeld(p *pen, send func(kiosk.Event)) *held {
	s := &held{p: p, id: newID(p, 112).centre(), slip: newText(p, 28, regular, body).centre(), fail: newText(p, 28, bold, cautionInk).centre(),
		again: newText(p, 32, bold, body).centre(), later: newSaid(p, 28, regular, body, "mykey.held.later").centre()}
	s.failBox = newPanel(p, s.fail, cautionGround, cautionLine)
	s.failBox.padY = 14
	s.print = newTile(p, "slip", s.again, nil, func() { send(wizard.TapSlip{}) })
	s.change = newTile(p, "change", newSaid(p, 32, bold, body, "mykey.held.change").centre(), nil, func() { send(wizard.TapChange{}) })
	s.under = newTile(p, "retire", newSaid(p, 32, bold, body, "mykey.held.retire").centre(), nil, func() { send(wizard.TapRetire{}) })
	tiles := newRow(p, 24, growing{s.print, 1}, growing{s.change, 1}, growing{s.under, 1})
	piled := newColumn(p, 28, growing{s.print, 1}, growing{s.change, 1}, growing{s.under, 1})
	title := newTitle(p, "mykey.held.title").centre()
	end := newGo(p, "any.end", func() { send(wizard.TapEnd{}) })
	s.forgot = newChoiceOf(p, "mykey.held.forgot", func() { send(wizard.TapForgot{}) })
	s.page = &page{p: p, under: true, foot: newRow(p, 24, s.forgot, spring(1), end), main: &shape{p: p,
		lying:   newColumn(p, 16, spring(1), title, s.id, s.slip, s.failBox, growing{tiles, 5}, s.later, spring(1)),
		upright: newColumn(p, 32, spring(1), title, s.id, s.slip, s.failBox, growing{piled, 3}, s.later, spring(1)),
	}}
	return s
}

func (s *held) body() part { return s.page }

// Show offers what there is a network for.
func (s *held) Show(st kiosk.State) {
	w := st.MyKey
	words, failed := s.p.slipWords(w.Slip), w.Slip == wizard.NotPrinted
	again := "mykey.slip.print"
	if w.Slip == wizard.Printed || failed {
		again = "mykey.slip.again"
	}
	s.id.set(grouped(w.Account.ID))
	s.slip.set(words)
	s.slip.show(!failed)
	s.fail.set(words)
	s.failBox.show(failed)
	s.again.set(s.p.say(again))
	s.print.enable(w.Slip != wizard.Printing)
	s.change.show(!w.Later)
	s.forgot.show(!w.Later)
	s.under.show(!w.Later)
	s.later.show(w.Later)
}

// none is who has no ID and came for something else: one may be made, by who is
// old enough.
type none struct{ page *page }

func newNone(p *pen, send func(kiosk.Event)) *none {
	young := newChoiceOf(p, "mykey.needs.young", func() { send(wizard.TapYoung{}) })
	old := newGo(p, "mykey.none.go", func() { send(wizard.TapNext{}) })
	back := newStepBack(p, "any.end", send)
	foot := &shape{p: p, lying: newRow(p, 24, back, spring(1), young, old), upright: newColumn(p, 24, young, old, newRow(p, 0, back, spring(1)))}
	return &none{beside(p, newPicture(p, "idcard", 300), foot, newTitle(p, "mykey.none.title"), newSaid(p, 32, regular, body, "mykey.none.sub"),
		newSaid(p, 28, regular, muted, "mykey.here"))}
}

func (s *none) body() part       { return s.page }
func (s *none) Show(kiosk.State) {}

// sure asks once more before an ID ends.
type sure struct {
	p          *pen
	page       *page
	id, points *text
}

func newSure(p *pen, send func(kiosk.Event)) *sure {
	s := &sure{p: p, id: newID(p, 72), points: newText(p, 32, bold, body)}
	end := newGo(p, "mykey.sure.go", func() { send(wizard.TapNext{}) })
	foot := newRow(p, 24, newStepBack(p, "any.back", send), spring(1), end)
	warn, word := newNotice(p)
	word.key = "mykey.sure.back"
	s.page = beside(p, newPicture(p, "retire", 240), foot, newTitle(p, "mykey.sure.title"), s.id,
		newSaid(p, 32, regular, body, "mykey.sure.warn"), s.points, warn)
	return s
}

func (s *sure) body() part { return s.page }

// Show says what is lost.
func (s *sure) Show(st kiosk.State) {
	var sum int64
	for _, n := range st.MyKey.Account.Points {
		sum += n
	}
	points := ""
	if sum > 0 {
		points = s.p.say("mykey.sure.points", words.Number(int(sum)))
	}
	s.id.set(grouped(st.MyKey.Account.ID))
	s.points.set(points)
}
