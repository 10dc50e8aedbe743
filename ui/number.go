package ui

import (
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// byNumber is 番号で取り消す: the number is typed, and then one screen says what is
// known of the card, and what becomes of it.
type byNumber struct {
	*stage
	typing, card screen
}

func newByNumber(p *pen, clock func() time.Time, send func(kiosk.Event)) *byNumber {
	a := &byNumber{stage: newStage(p, clock)}
	send = a.once(send)
	a.typing, a.card = newSerialTyping(p, send), newCardScreen(p, send)
	a.all = []screen{a.typing, a.card}
	a.first, a.now = a.typing, a.typing
	return a
}

// Show turns to the screen of the step.
func (a *byNumber) Show(st kiosk.State) {
	next := a.card
	if st.Number.At <= kiosk.NumberType {
		next = a.typing
	}
	a.turn(next, st)
}

const serialPlaces = 12

// serialTyping is a card's number on the keyboard. Its check is tried at once.
type serialTyping struct {
	p      *pen
	page   *page
	notice *panel
	title  *text
	sub    *text
	word   *text
	places *places
	keys   *board
	enter  [2]*button // in the foot, and beside the keys of a low panel
	send   func(kiosk.Event)
	typed  []byte
	serial cards.Serial // zero until it is right
}

func newSerialTyping(p *pen, send func(kiosk.Event)) *serialTyping {
	s := &serialTyping{p: p, send: send, places: newPlaces(p, serialPlaces), title: newTitle(p, "number.title"),
		sub: newSaid(p, 28, regular, body, "number.sub")}
	s.notice, s.word = newNotice(p)
	s.keys = newBoard(p, serialLayout(), s.press, s.erase, send)
	for i := range s.enter {
		s.enter[i] = newGo(p, "mykey.pin.enter", func() { send(kiosk.TypedSerial{Serial: s.serial}) })
	}
	s.compose(send)
	return s
}

// compose has four rows of keys. On a low panel they need all its height, and what
// leads back and on stands beside them.
func (s *serialTyping) compose(send func(kiosk.Event)) {
	p, back, erase := s.p, [2]*button{}, [2]*button{}
	for i := range back {
		back[i], erase[i] = newBack(p, send), newWordButton(p, plain, 24, "mykey.key.erase", s.erase)
		erase[i].padX, erase[i].least = 36, 76
	}
	back[1].padX, erase[1].padX, s.enter[1].padX = 10, 10, 10
	title, sub := s.title, s.sub
	foot := newRow(p, 24, back[0], spring(1), erase[0], s.enter[0])
	keys := newRow(p, 12, newColumn(p, 0, erase[1], spring(1), back[1]), growing{s.keys, 1}, newColumn(p, 0, spring(1), s.enter[1]))
	s.page = &page{p: p, under: true, foot: &shape{p: p, lying: foot, low: nothing(), upright: foot}, main: &shape{p: p,
		lying:   newColumn(p, 14, title, &either{s.notice, sub}, middled(p, s.places), growing{s.keys, 1}),
		low:     newColumn(p, 8, &either{s.notice, title}, middled(p, s.places), growing{keys, 1}),
		upright: newColumn(p, 28, title, &either{s.notice, sub}, middled(p, s.places), spring(1), growing{s.keys, 1}, spring(1)),
	}}
}

func (s *serialTyping) press(c byte) {
	if len(s.typed) < serialPlaces {
		s.count(append(s.typed, c))
	}
}

// erase takes the last character away.
func (s *serialTyping) erase() {
	if n := len(s.typed); n > 0 {
		s.count(s.typed[:n-1])
	}
}

func (s *serialTyping) count(typed []byte) {
	s.filled(typed)
	s.send(kiosk.Touched{})
	s.p.redraw()
}

func (s *serialTyping) filled(typed []byte) {
	s.typed = typed
	s.places.set(len(typed), append([]byte{}, typed...))
	var err error
	s.serial = cards.Serial{}
	if len(typed) == serialPlaces {
		s.serial, err = cards.NormalizeSerial(string(typed))
	}
	note := ""
	if err != nil {
		note = s.p.say("number.wrong")
	}
	s.word.set(note)
	s.notice.show(note != "")
	for _, b := range s.enter {
		b.enable(len(typed) == serialPlaces && err == nil)
	}
}

// forget leaves the keyboard empty for the next number.
func (s *serialTyping) forget() { s.filled(nil) }

func (s *serialTyping) body() part { return s.page }

// Show draws what was typed so far, in the language of now.
func (s *serialTyping) Show(kiosk.State) {
	s.keys.label()
	s.filled(s.typed)
}

// cardScreen says what is known of a card, and offers what can be done about it.
type cardScreen struct {
	p                      *pen
	page                   *page
	title, sub, event      *text
	notice                 *panel
	word                   *text
	facts                  []*fact
	void, ask, again, none *button
}

func newCardScreen(p *pen, send func(kiosk.Event)) *cardScreen {
	s := &cardScreen{p: p, title: newText(p, 44, bold, body), sub: newText(p, 30, regular, body), event: newText(p, 28, bold, body).name()}
	s.notice, s.word = newNotice(p)
	for _, key := range []string{"number.fact.serial", "number.fact.day", "number.fact.points", "number.fact.expires", "number.fact.state"} {
		s.facts = append(s.facts, newFact(p, key))
	}
	s.void = newGo(p, "number.void", func() { send(kiosk.TapVoid{}) })
	s.again = newGo(p, "number.again", func() { send(kiosk.TapAgain{}) })
	s.ask = newChoiceOf(p, "number.ask", func() { send(kiosk.TapAsk{}) })
	s.none = newChoiceOf(p, "issue.notout", func() { send(kiosk.TapNotOut{}) })
	facts := newPanel(p, newColumn(p, 14, s.event, s.facts[0], s.facts[1], s.facts[2], s.facts[3], s.facts[4]), panelGround, edge)
	said := newColumn(p, 20, s.title, s.sub, s.notice)
	s.page = &page{p: p, foot: newRow(p, 24, newBack(p, send), spring(1), s.none, s.ask, s.again, s.void), main: &shape{p: p,
		lying:   newRow(p, 40, growing{newColumn(p, 0, said, spring(1)), 5}, growing{newColumn(p, 0, facts, spring(1)), 7}),
		upright: newColumn(p, 40, said, facts, spring(1)),
	}}
	return s
}

func (s *cardScreen) body() part { return s.page }

// Show says how it stands with the card.
func (s *cardScreen) Show(st kiosk.State) {
	p, n := s.p, st.Number
	title, sub := p.cardWords(n)
	s.title.set(title)
	s.sub.set(sub)
	s.word.set(p.sentence(st.Desk.Note))
	s.notice.show(st.Desk.Note != "")
	s.void.show(n.At == kiosk.NumberFound && n.Card.Voidable())
	s.ask.show(n.At == kiosk.NumberAsked && n.Card.State == cards.VoidAsked && !n.Busy)
	s.again.show(n.At == kiosk.NumberAsked && n.Card.MayAgain())
	s.none.show(n.At == kiosk.NumberAgain && n.Presumed)
	a := n.Card.Of
	values := []string{n.Card.Serial.String(), "", "", "", ""}
	if a.ID != 0 {
		values = []string{values[0], words.Date(p.lang(), a.Day.Start()), p.say("issue.points", words.Number(int(a.Points))),
			words.Date(p.lang(), a.Expires.Start()), p.stateWords(n.Card.State)}
	}
	s.event.set(a.Event.Name.In(p.lang()))
	for i, value := range values {
		s.facts[i].set(value)
	}
}

// stateWords say where a card stands, for who hands cards out.
func (p *pen) stateWords(s cards.State) string {
	switch s {
	case cards.Printed, cards.Presumed:
		return p.say("number.state.printed")
	case cards.Printing, cards.Uncertain:
		return p.say("number.state.open")
	case cards.VoidAsked:
		return p.say("number.state.asked")
	case cards.Void:
		return p.say("number.state.void")
	case cards.Honoured:
		return p.say("number.state.honoured")
	}
	return ""
}

// cardWords are the title and the sentence of what is known, or of what the hub
// has said.
func (p *pen) cardWords(n kiosk.Numbered) (title, sub string) {
	key, c := "number.found", n.Card
	switch {
	case n.At == kiosk.NumberAgain:
		return p.say("number.out"), p.say("number.out.sub", c.Again.String())
	case n.At == kiosk.NumberFound && c.Voidable():
		return p.say(key), ""
	case n.At == kiosk.NumberFound:
		return p.say("number.not"), p.say("number.not." + whyNot(c))
	case n.Busy:
		key = "number.asking"
	case c.State == cards.VoidAsked:
		key = "number.later"
	case c.State == cards.Honoured:
		key = "number.used"
	case c.Again.Number != 0:
		return p.say("number.done"), p.say("number.done.out", c.Again.String())
	case c.Unsent:
		return p.say("number.done"), p.say("number.done.unsent")
	case c.Left == 0:
		return p.say("number.done"), p.say("number.done.none")
	default:
		key = "number.done"
	}
	return p.say(key), p.say(key + ".sub")
}

// samples have the upper half of the allotment ids (hub/ledger, Grant).
const samplesFrom = 1 << 31

// whyNot says why no void can be asked for.
func whyNot(c kiosk.FoundCard) string {
	switch {
	case c.Serial.Allotment >= samplesFrom:
		return "sample"
	case c.Of.ID == 0:
		return "unknown"
	case c.Of.Kind == cards.KindTicket:
		return "ticket"
	case c.State == "":
		return "never"
	}
	return "signed"
}
