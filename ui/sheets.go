package ui

import (
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// sheets is ポイントカードをPDFで印刷する: one screen for each step.
type sheets struct {
	*stage
	leaves map[kiosk.SheetsAt]screen
}

func newSheets(p *pen, clock func() time.Time, send func(kiosk.Event)) *sheets {
	a := &sheets{stage: newStage(p, clock)}
	digits := send // who types fast is no double tap
	send = a.once(send)
	a.leaves = map[kiosk.SheetsAt]screen{
		kiosk.SheetsList: newSheetsList(p, send), kiosk.SheetsCount: newSheetsCount(p, digits, send), kiosk.SheetsPaper: newSheetsPaper(p, send),
		kiosk.SheetsCell: newSheetsCell(p, send), kiosk.SheetsLook: newSheetsLook(p, send), kiosk.SheetsMaking: newSheetsMaking(p, send), kiosk.SheetsDone: newSheetsDone(p, send),
		kiosk.SheetsOrder: newSheetsOrder(p, send), kiosk.SheetsEnd: newSheetsEnd(p, send),
	}
	for _, s := range a.leaves {
		a.all = append(a.all, s)
	}
	a.first, a.now = a.leaves[kiosk.SheetsList], a.leaves[kiosk.SheetsList]
	return a
}

// Show turns to the screen of the step.
func (a *sheets) Show(st kiosk.State) {
	if next := a.leaves[st.Sheet.At]; next != nil {
		a.turn(next, st)
	}
}

// A sheetsEntry is something to choose: an order, or an event.
type sheetsEntry struct {
	name, what, of string
	tap            kiosk.Event // nil where it can't be chosen
}

// sheetsList has the orders that are not finished, the events, and the orders that
// are, a tile each.
type sheetsList struct {
	p     *pen
	page  *page
	tiles [onFours]*prizeTile
	four  *fours
	list  []sheetsEntry
	none  *text
	note  *panel
	word  *text
}

func newSheetsList(p *pen, send func(kiosk.Event)) *sheetsList {
	s := &sheetsList{p: p, none: newSaid(p, 30, regular, body, "sheets.none")}
	s.note, s.word = newNotice(p)
	s.four = newFours(p, send, s.fill)
	var cells []part
	for i := range s.tiles {
		t := &prizeTile{name: newText(p, 34, bold, body).name().centre(), points: newText(p, 30, bold, main).centre(), stock: newText(p, 24, regular, body).centre()}
		t.button = newButton(p, quiet, newColumn(p, 6, spring(1), t.points, t.name, t.stock, spring(1)), func() {
			if n := s.four.at*onFours + i; n < len(s.list) && s.list[n].tap != nil {
				send(s.list[n].tap)
			}
		})
		t.stock.narrow = true // an order's name has no place to break
		t.padX, t.padY, t.least = 16, 8, 100
		s.tiles[i] = t
		cells = append(cells, growing{t.button, 1})
	}
	s.page = &page{p: p, under: true, foot: newRow(p, 16, newBack(p, send), spring(1), s.four.prev, s.four.of, s.four.next), main: newColumn(p, 16,
		newTitle(p, "sheets.title"), s.note, s.none, growing{newFour(p, cells), 4}, spring(1))}
	return s
}

func (s *sheetsList) forget()    { s.four.at, s.list = 0, nil }
func (s *sheetsList) body() part { return s.page }

// Show lists what there is.
func (s *sheetsList) Show(st kiosk.State) {
	p, w := s.p, st.Sheet
	s.list = nil
	order := func(o kiosk.SheetOrder, what string) {
		s.list = append(s.list, sheetsEntry{o.Of.Event.Name.In(p.lang()), p.say(what, words.Number(int(o.Count))), nameOf(strings.TrimPrefix(o.Name, o.Of.Event.ID+"-")), kiosk.TapOrder{Name: o.Name}})
	}
	for _, o := range w.Lists.Orders {
		if o.State == cards.Making {
			order(o, "sheets.open")
		}
	}
	for _, b := range w.Lists.Batches {
		e := sheetsEntry{b.Allotment.Event.Name.In(p.lang()), p.say("sheets.new"), p.say("sheets.left", words.Number(int(b.Left))), nil}
		switch {
		case w.Lists.Unfinished(b.Allotment.ID):
			e.of = p.say("sheets.first")
		case b.Left > 0:
			e.tap = kiosk.TapBatch{Allotment: b.Allotment.ID}
		}
		s.list = append(s.list, e)
	}
	for _, o := range w.Lists.Orders {
		if o.State == cards.Made {
			order(o, "sheets.made")
		}
	}
	s.word.set(p.sentence(w.Note))
	s.note.show(w.Note != "")
	s.none.show(len(s.list) == 0 && !w.Busy && w.At == kiosk.SheetsList)
	s.fill()
}

func (s *sheetsList) fill() {
	first := s.four.first(len(s.list))
	for i, t := range s.tiles {
		n, e := first+i, sheetsEntry{}
		if t.show(n < len(s.list)); n < len(s.list) {
			e = s.list[n]
		}
		t.name.set(e.name)
		t.points.set(e.what)
		t.stock.set(e.of)
		t.enable(e.tap != nil)
	}
}

// sheetsCount asks how many cards, by digits.
type sheetsCount struct {
	p      *pen
	page   *page
	event  *text
	n      *amount
	most   *text
	notice *panel
	word   *text
	keys   []*button
}

func newSheetsCount(p *pen, digits, send func(kiosk.Event)) *sheetsCount {
	s := &sheetsCount{p: p, event: newText(p, 30, bold, body).name(), n: newAmount(p, 112, 40, main), most: newText(p, 30, regular, body)}
	s.notice, s.word = newNotice(p)
	pad, keys := newKeypad(p, digits)
	s.keys = keys
	said := newColumn(p, 20, newTitle(p, "sheets.count"), s.event, s.n, s.most, s.notice)
	foot := newRow(p, 24, newBack(p, send), spring(1))
	left := newColumn(p, 0, said, spring(1), foot)
	s.page = &page{p: p, under: true, foot: nothing(), main: &shape{p: p,
		lying:   newRow(p, 56, growing{left, 6}, growing{pad, 4}),
		upright: newColumn(p, 32, said, spring(1), growing{pad, 3}, space{p, 40}, foot),
	}}
	return s
}

func (s *sheetsCount) body() part { return s.page }

// Show says what was typed, and how many there can be.
func (s *sheetsCount) Show(st kiosk.State) {
	p, w := s.p, st.Sheet
	n := w.Order.Count
	s.event.set(w.Order.Of.Event.Name.In(p.lang()))
	s.n.count("sheets.cards", words.Number(int(n)))
	s.most.set(p.say("sheets.most", words.Number(int(w.Most()))))
	s.word.set(p.sentence(w.Note))
	s.notice.show(w.Note != "")
	s.keys[len(s.keys)-1].enable(n > 0 && n <= w.Most())
}
