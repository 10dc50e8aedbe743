package ui

import (
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// sheetsPaper asks for the paper and its sides.
type sheetsPaper struct {
	p      *pen
	page   *page
	stocks [kiosk.MostStocks]*button
	labels [kiosk.MostStocks]*text
	names  [kiosk.MostStocks]string
	sides  map[string]*button
	notice *panel
	word   *text
}

func newSheetsPaper(p *pen, send func(kiosk.Event)) *sheetsPaper {
	s := &sheetsPaper{p: p, sides: map[string]*button{}}
	s.notice, s.word = newNotice(p)
	var rows [kiosk.MostStocks / 3][]part
	for i := range s.stocks {
		s.labels[i] = newText(p, 26, bold, body).centre().middle()
		s.stocks[i] = newButton(p, off, s.labels[i], func() { send(kiosk.TapStock{Name: s.names[i]}) })
		rows[i/3] = append(rows[i/3], growing{s.stocks[i], 1})
	}
	var sides []part
	for _, name := range []string{"long", "short", "single"} {
		b := newWordButton(p, off, 26, "sheets.sides."+name, func() { send(kiosk.TapSides{Sides: name}) })
		s.sides[name] = b
		sides = append(sides, growing{b, 1})
	}
	for _, b := range append(s.stocks[:], s.sides["long"], s.sides["short"], s.sides["single"]) {
		b.padX, b.padY, b.least = 12, 8, 92
	}
	next := newGo(p, "any.next", func() { send(kiosk.TapPaper{}) })
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newBack(p, send), spring(1), next), main: newColumn(p, 16,
		newTitle(p, "sheets.paper"), s.notice, newColumn(p, 40, newRow(p, 16, rows[0]...), newRow(p, 16, rows[1]...)), space{p, 24}, newSaid(p, 30, bold, body, "sheets.sides"), newRow(p, 16, sides...), spring(1))}
	return s
}

func (s *sheetsPaper) body() part { return s.page }

// Show marks what is chosen.
func (s *sheetsPaper) Show(st kiosk.State) {
	p, w := s.p, st.Sheet
	s.names = [kiosk.MostStocks]string{}
	for i, b := range s.stocks {
		name := ""
		if b.show(i < len(w.Lists.Stocks)); i < len(w.Lists.Stocks) {
			s.names[i] = w.Lists.Stocks[i].Name
			name = p.stock(s.names[i])
			b.choose(s.names[i] == w.Order.Stock)
		}
		s.labels[i].set(name)
	}
	for name, b := range s.sides {
		b.choose(name == w.Order.Sides)
	}
	s.word.set(p.sentence(w.Note))
	s.notice.show(w.Note != "")
}

// stock names a paper in words; one of the settings has its own name.
func (p *pen) stock(name string) string {
	if text := p.say("sheets.stock." + name); !strings.HasPrefix(text, "‹") {
		return text
	}
	return name
}

// stockFrom is the paper of an order, and where on a used sheet it begins.
func (p *pen) stockFrom(job kiosk.SheetJob) string {
	if job.Start == 0 {
		return p.stock(job.Stock)
	}
	return p.say("sheets.from", p.stock(job.Stock), job.Start+1)
}

// sheetsLook shows a card's front and back, as they will be.
type sheetsLook struct {
	p           *pen
	page        *page
	front, back *sheet
	sides       [2]*text
	of, none    *text
}

func newSheetsLook(p *pen, send func(kiosk.Event)) *sheetsLook {
	s := &sheetsLook{p: p, front: newSheet(p, 500), back: newSheet(p, 500), of: newText(p, 28, bold, body), none: newSaid(p, 28, regular, body, "sheets.nolook")}
	s.sides = [2]*text{newSaid(p, 26, regular, body, "sheets.front").centre(), newSaid(p, 26, regular, body, "sheets.back").centre()}
	make := newGo(p, "sheets.make", func() { send(kiosk.TapMake{}) })
	s.front.least, s.back.least = 280, 280
	front, back := newColumn(p, 8, s.sides[0], growing{s.front, 1}), newColumn(p, 8, s.sides[1], growing{s.back, 1})
	lying, upright := newRow(p, 32, growing{front, 1}, growing{back, 1}), newColumn(p, 24, growing{front, 1}, growing{back, 1})
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newBack(p, send), spring(1), make), main: &shape{p: p,
		lying:   newColumn(p, 16, newTitle(p, "sheets.sure"), s.of, s.none, growing{lying, 1}),
		upright: newColumn(p, 32, newTitle(p, "sheets.sure"), s.of, s.none, growing{upright, 1}),
	}}
	return s
}

func (s *sheetsLook) body() part { return s.page }

// Show says how many there will be.
func (s *sheetsLook) Show(st kiosk.State) {
	p, w := s.p, st.Sheet
	of := ""
	if w.Order.Count > 0 {
		of = p.say("sheets.of", words.Number(int(w.Order.Count)), words.Number(w.Look.Sheets), p.stockFrom(w.Order.SheetJob))
	}
	s.of.set(of)
	s.front.set(w.Look.Front)
	s.back.set(w.Look.Back)
	s.sides[0].show(w.Look.Front != nil)
	s.sides[1].show(w.Look.Back != nil)
	s.none.show(w.Look.Front == nil)
}

// sheetsMaking says how far the files are. It is still between two sheets.
type sheetsMaking struct {
	p               *pen
	page            *page
	title, at, left *text
	gauge           *gauge
	stop            *button
}

func newSheetsMaking(p *pen, send func(kiosk.Event)) *sheetsMaking {
	s := &sheetsMaking{p: p, title: newText(p, 54, bold, body).centre(), at: newText(p, 36, bold, body).centre(), left: newText(p, 30, regular, body).centre(), gauge: newGauge(p)}
	s.stop = newChoiceOf(p, "sheets.stop", func() { send(kiosk.TapStop{}) })
	s.page = &page{p: p, under: true, foot: newRow(p, 24, s.stop, spring(1)), main: newColumn(p, 28, spring(1), newPicture(p, "printing", 200), s.title, s.gauge, s.at, s.left, spring(1))}
	return s
}

func (s *sheetsMaking) body() part { return s.page }

// Show says how many cards are done, and how long the rest takes.
func (s *sheetsMaking) Show(st kiosk.State) {
	p, r := s.p, st.Sheet.Run
	title, at := "sheets.making", ""
	if r.Stopping {
		title = "sheets.stopping"
	}
	if r.All > 0 {
		at = p.say("sheets.at", words.Number(r.Done), words.Number(r.All))
	}
	s.title.set(p.say(title))
	s.gauge.set(r.Done, r.All)
	s.at.set(at)
	rest := ""
	if !r.Stopping {
		rest = p.rest(r.Left(st.Now))
	}
	s.left.set(rest)
	s.stop.show(!r.Stopping)
}

// mostOfName is what there is room for of an order's name, which has no place to break.
const mostOfName = 30

// nameOf is the name of an order, or of its folder: of a long one both its ends, the
// day and the time among them.
func nameOf(order string) string {
	if len(order) <= mostOfName { // of letters and figures (press)
		return order
	}
	return order[:mostOfName-21] + "…" + order[len(order)-20:]
}

// rest says how long something takes, rounded up: nothing while nobody knows.
func (p *pen) rest(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d <= 90*time.Second:
		return p.say("sheets.rest.seconds", int((d+time.Second-1)/time.Second))
	}
	return p.say("sheets.rest.minutes", int((d+time.Minute-1)/time.Minute))
}

// sheetsDone says where the files are, or why there are none.
type sheetsDone struct {
	p           *pen
	page        *page
	picture     *picture
	title, sub  *text
	used, end   *text
	notice      *panel
	word        *text
	open, again *button
}

func newSheetsDone(p *pen, send func(kiosk.Event)) *sheetsDone {
	s := &sheetsDone{p: p, picture: newPicture(p, "ok", 260), title: newText(p, 44, bold, body), sub: newText(p, 32, regular, body).unbroken(), used: newText(p, 28, bold, body), end: newText(p, 28, regular, body)}
	s.again = newChoiceOf(p, "sheets.resume", func() { send(kiosk.TapMake{}) })
	s.open = newChoiceOf(p, "sheets.open.ok", func() { send(kiosk.TapOpen{}) })
	s.notice, s.word = newNotice(p)
	end := newGo(p, "any.end", func() { send(kiosk.TapBack{}) })
	s.page = beside(p, s.picture, newRow(p, 24, s.again, s.open, spring(1), end), s.title, s.sub, s.used, s.end, s.notice)
	return s
}

func (s *sheetsDone) body() part { return s.page }

// Show says it in words.
func (s *sheetsDone) Show(st kiosk.State) {
	p, o := s.p, st.Sheet.Out
	picture, title, sub, end := "ok", "sheets.done", "", ""
	switch {
	case o.Note != "":
		picture, title, sub = "caution", "sheets.not", p.sentence(o.Note)
	case o.Sealed:
		end = p.say("sheets.sealed")
	case o.Files > 0:
		end = p.say("sheets.plain")
	}
	switch {
	case o.Files > 0 && o.Stick:
		sub = p.say("sheets.where", nameOf(o.Where), words.Number(o.Files))
	case o.Files > 0:
		sub = p.say("sheets.folder", nameOf(o.Where), words.Number(o.Files))
	}
	used := ""
	if start := st.Sheet.Order.Start; start > 0 && o.Files > 0 {
		used = p.say("sheets.usedfirst", start+1)
	}
	s.used.set(used)
	s.picture.set(picture)
	s.title.set(p.say(title))
	s.sub.set(sub)
	s.end.set(end)
	s.again.show(o.Note != "")
	s.open.show(o.Sealed)
	s.word.set(p.sentence(st.Sheet.Note))
	s.notice.show(st.Sheet.Note != "")
}

// sheetsOrder is an order that is there, with what can be done about it.
type sheetsOrder struct {
	p            *pen
	page         *page
	title, event *text
	sub          *text
	name, paper  *text // which may be as long as they like
	facts        []*fact
	end, open    *button
	ok           *button
	label        *text
	notice       *panel
	word         *text
}

func newSheetsOrder(p *pen, send func(kiosk.Event)) *sheetsOrder {
	s := &sheetsOrder{p: p, title: newText(p, 44, bold, body), sub: newText(p, 30, regular, body), event: newText(p, 28, bold, body).name()}
	s.name, s.paper = newText(p, 24, regular, muted).name(), newText(p, 24, regular, muted)
	for _, key := range []string{"sheets.fact.count", "range.fact.first", "range.fact.last"} {
		s.facts = append(s.facts, newFact(p, key).unbroken())
	}
	s.notice, s.word = newNotice(p)
	s.open = newChoiceOf(p, "sheets.open.ok", func() { send(kiosk.TapOpen{}) })
	s.end = newChoiceOf(p, "sheets.end", func() { send(kiosk.TapEnd{}) })
	s.label = newText(p, 34, bold, main).centre().middle()
	s.ok = newButton(p, primary, s.label, func() { send(kiosk.TapMake{}) })
	s.ok.padX, s.ok.least = 56, 88
	facts := newPanel(p, newColumn(p, 14, s.event, s.name, s.facts[0], s.facts[1], s.facts[2], s.paper), panelGround, edge)
	said := newColumn(p, 20, s.title, s.sub, s.notice)
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newBack(p, send), spring(1), s.end, s.open, s.ok), main: &shape{p: p,
		lying:   newRow(p, 40, growing{newColumn(p, 0, said, spring(1)), 5}, growing{newColumn(p, 0, facts, spring(1)), 7}),
		upright: newColumn(p, 40, said, facts, spring(1)),
	}}
	return s
}

func (s *sheetsOrder) body() part { return s.page }

// Show says how it stands with the order.
func (s *sheetsOrder) Show(st kiosk.State) {
	p, o := s.p, st.Sheet.Order
	key := "sheets.order.made"
	if o.State == cards.Making {
		key = "sheets.order.making"
	}
	s.title.set(p.say(key))
	s.sub.set(p.say(key + ".sub"))
	s.label.set(p.say(key + ".ok"))
	s.end.show(o.State == cards.Making)
	s.open.show(o.State == cards.Made && o.Sealed)
	s.word.set(p.sentence(st.Sheet.Note))
	s.notice.show(st.Sheet.Note != "")
	values := make([]string, len(s.facts)+2)
	if o.Of.ID != 0 {
		values = []string{p.say("sheets.cards", words.Number(int(o.Count))), serialOf(o.Range.Allotment, o.Range.First), serialOf(o.Range.Allotment, o.Range.Last),
			p.say("sheets.fact.order", nameOf(o.Name)), p.say("sheets.fact.paper", p.stockFrom(o.SheetJob))}
	}
	s.name.set(values[3])
	s.paper.set(values[4])
	s.event.set(o.Of.Event.Name.In(p.lang()))
	for i, f := range s.facts {
		f.set(values[i])
	}
}

func serialOf(allotment, number uint32) string {
	return cards.Serial{Allotment: allotment, Number: number}.String()
}

// sheetsEnd asks once more: numbers that are ended never come back.
type sheetsEnd struct {
	p    *pen
	page *page
	sub  *text
}

func newSheetsEnd(p *pen, send func(kiosk.Event)) *sheetsEnd {
	s := &sheetsEnd{p: p, sub: newText(p, 32, regular, body)}
	yes := newChoiceOf(p, "sheets.end.ok", func() { send(kiosk.TapEnd{}) })
	s.page = beside(p, newPicture(p, "caution", 260), newRow(p, 24, newBack(p, send), spring(1), yes), newTitle(p, "sheets.end.title"), s.sub)
	return s
}

func (s *sheetsEnd) body() part { return s.page }

// Show says what is lost.
func (s *sheetsEnd) Show(st kiosk.State) {
	s.sub.set(s.p.say("sheets.end.sub", words.Number(int(st.Sheet.Order.Count))))
}
