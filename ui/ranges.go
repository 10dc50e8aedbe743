package ui

import (
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// ranges is 束を有効にする: the first card and the last are scanned or typed, and one
// screen says what lies between them.
type ranges struct {
	*stage
	typing *serialTyping
	leaves map[kiosk.RangeAt]screen
}

func newRanges(p *pen, clock func() time.Time, send func(kiosk.Event)) *ranges {
	a := &ranges{stage: newStage(p, clock)}
	send = a.once(send)
	scan := newRangeScan(p, send)
	a.typing = newSerialTyping(p, send)
	a.leaves = map[kiosk.RangeAt]screen{
		kiosk.RangeWhich: newRangeWhich(p, send), kiosk.RangeFirst: scan, kiosk.RangeLast: scan,
		kiosk.RangeFound: newRangeFound(p, send), kiosk.RangeDone: newRangeDone(p, send),
	}
	a.all = []screen{a.leaves[kiosk.RangeWhich], scan, a.typing, a.leaves[kiosk.RangeFound], a.leaves[kiosk.RangeDone]}
	a.first, a.now = scan, scan
	return a
}

// Show turns to the screen of the step.
func (a *ranges) Show(st kiosk.State) {
	next := a.leaves[st.Range.At]
	if st.Range.Keys {
		a.typing.title.set(a.p.say(rangeEnd(st.Range) + ".type"))
		a.typing.sub.set(a.p.say("range.type.sub"))
		next = a.typing
	}
	if next != nil {
		a.turn(next, st)
	}
}

// rangeEnd begins the keys about the first card, or about the last.
func rangeEnd(r kiosk.Ranged) string {
	if r.At == kiosk.RangeLast {
		return "range.last"
	}
	return "range.first"
}

// rangeWhich is what staff do with cards that are printed beforehand.
type rangeWhich struct{ page *page }

func newRangeWhich(p *pen, send func(kiosk.Event)) *rangeWhich {
	tile := func(picture, key string, tap kiosk.Event) part {
		said := newSaid(p, 36, bold, body, key).centre()
		below := newSaid(p, 26, regular, body, key+".sub").centre()
		return growing{newTile(p, picture, said, below, func() { send(tap) }), 1}
	}
	over, made := tile("give", "range.tile", kiosk.TapRange{}), tile("printing", "sheets.tile", kiosk.TapSheets{})
	lying, upright := newRow(p, 32, over, made), newColumn(p, 32, over, made)
	return &rangeWhich{&page{p: p, foot: newRow(p, 24, newBack(p, send), spring(1)), main: &shape{p: p,
		lying:   newColumn(p, 24, newTitle(p, "range.which"), growing{lying, 1}),
		upright: newColumn(p, 32, newTitle(p, "range.which"), growing{upright, 1}),
	}}}
}

func (s *rangeWhich) body() part       { return s.page }
func (s *rangeWhich) Show(kiosk.State) {}

// rangeScan asks for a card of the sheets, in the scanner's light.
type rangeScan struct {
	p                 *pen
	page              *page
	title, sub, first *text
	notice            *panel
	word              *text
}

func newRangeScan(p *pen, send func(kiosk.Event)) *rangeScan {
	s := &rangeScan{p: p, title: newText(p, 44, bold, body), sub: newText(p, 30, regular, body), first: newText(p, 28, bold, body)}
	s.notice, s.word = newNotice(p)
	keys := newChoiceOf(p, "range.keys", func() { send(kiosk.TapKeys{}) })
	s.page = beside(p, newPicture(p, "scan", 300), newRow(p, 24, newBack(p, send), spring(1), keys), s.title, s.sub, s.first, s.notice)
	return s
}

func (s *rangeScan) body() part { return s.page }

// Show says which card, and what was wrong with the one that was shown.
func (s *rangeScan) Show(st kiosk.State) {
	p, r := s.p, st.Range
	key, first := rangeEnd(r), ""
	if r.At == kiosk.RangeLast {
		first = p.say("range.from", r.First.String())
	}
	s.title.set(p.say(key))
	s.sub.set(p.say(key + ".sub"))
	s.first.set(first)
	s.word.set(p.sentence(r.Note))
	s.notice.show(r.Note != "")
}

// rangeFound says what lies between the two cards, and what is odd about it.
type rangeFound struct {
	p            *pen
	page         *page
	title, why   *text
	event, count *text
	yen          *amount
	notice       *panel
	word         *text
	facts        []*fact
	ok           *button
	label        *text
}

func newRangeFound(p *pen, send func(kiosk.Event)) *rangeFound {
	s := &rangeFound{p: p, title: newText(p, 44, bold, body), why: newText(p, 30, regular, body), event: newText(p, 28, bold, body).name(),
		count: newText(p, 36, bold, body), yen: newAmount(p, 96, 40, main)}
	s.notice, s.word = newNotice(p)
	for _, key := range []string{"range.fact.day", "range.fact.points", "range.fact.expires", "range.fact.first", "range.fact.last"} {
		s.facts = append(s.facts, newFact(p, key).unbroken())
	}
	s.label = newText(p, 34, bold, main).centre().middle()
	s.ok = newButton(p, primary, s.label, func() { send(kiosk.TapActivate{}) })
	s.ok.padX, s.ok.least = 56, 88
	facts := newPanel(p, newColumn(p, 14, s.event, s.facts[0], s.facts[1], s.facts[2], s.facts[3], s.facts[4]), panelGround, edge)
	said := newColumn(p, 16, s.title, s.why, s.count, s.yen, s.notice)
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newBack(p, send), spring(1), s.ok), main: &shape{p: p,
		lying:   newRow(p, 40, growing{newColumn(p, 0, said, spring(1)), 6}, growing{newColumn(p, 0, facts, spring(1)), 7}),
		upright: newColumn(p, 40, said, facts, spring(1)),
	}}
	return s
}

func (s *rangeFound) body() part { return s.page }

// Show reads it back.
func (s *rangeFound) Show(st kiosk.State) {
	p, f := s.p, st.Range.Found
	title, why, count, yen := "range.sure", "", "", ""
	switch {
	case f.Why != "":
		title, why = "range.not", p.known(f.Why, "any.call")
	case f.Of.ID != 0:
		count, yen = p.say("range.count", words.Number(f.Count())), words.Number(f.Yen())
	}
	s.title.set(p.say(title))
	s.why.set(why)
	s.count.set(count)
	s.yen.count("range.yen", yen)
	s.word.set(p.rangeOdd(st.Range))
	s.notice.show(s.word.say() != "")
	s.ok.show(f.Why == "")
	s.label.set(p.say("range.ok", words.Number(f.Count())))
	a := f.Of
	values := make([]string, len(s.facts))
	if a.ID != 0 {
		values = []string{words.Date(p.lang(), a.Day.Start()), p.say("issue.points", words.Number(int(a.Points))), words.Date(p.lang(), a.Expires.Start()),
			serialOf(f.Range.Allotment, f.Range.First), serialOf(f.Range.Allotment, f.Range.Last)}
	}
	s.event.set(a.Event.Name.In(p.lang()))
	for i, value := range values {
		s.facts[i].set(value)
	}
}

// rangeOdd is what to know before saying yes, a sentence each.
func (p *pen) rangeOdd(r kiosk.Ranged) string {
	var odd []string
	if r.Note != "" {
		odd = append(odd, p.sentence(r.Note))
	}
	if f := r.Found; f.Why == "" {
		if f.Over {
			odd = append(odd, p.say("range.odd.over"))
		}
		if f.Active > 0 {
			odd = append(odd, p.say("range.odd.active", words.Number(f.Active)))
		}
		if f.Withdrawn > 0 {
			odd = append(odd, p.say("range.odd.withdrawn", words.Number(f.Withdrawn)))
		}
	}
	return strings.Join(odd, "\n")
}

// rangeDone says that they may be handed out.
type rangeDone struct {
	p          *pen
	page       *page
	title, sub *text
}

func newRangeDone(p *pen, send func(kiosk.Event)) *rangeDone {
	s := &rangeDone{p: p, title: newText(p, 44, bold, body), sub: newText(p, 32, regular, body)}
	next := newChoiceOf(p, "range.next", func() { send(kiosk.TapRange{}) })
	end := newGo(p, "any.end", func() { send(kiosk.TapBack{}) })
	s.page = beside(p, newPicture(p, "give", 300), newRow(p, 24, next, spring(1), end), s.title, s.sub)
	return s
}

func (s *rangeDone) body() part { return s.page }

// Show says when the hub knows.
func (s *rangeDone) Show(st kiosk.State) {
	sub := "range.done.offline"
	if st.Network.Online {
		sub = "range.done.online"
	}
	s.title.set(s.p.say("range.done", words.Number(st.Range.Done)))
	s.sub.set(s.p.say(sub))
}
