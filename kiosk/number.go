package kiosk

import "pointkiosk/cards"

// A NumberAt is how far 番号で取り消す has come.
type NumberAt int

// The screens of 番号で取り消す.
const (
	NumberNone  NumberAt = iota // nobody is there
	NumberType                  // the number is typed
	NumberFound                 // what the journal knows of it
	NumberAsked                 // the hub is asked, or has said what became of it
	NumberAgain                 // another card is out for it
)

// A FoundCard is what the journal knows of a card whose number was typed: one
// that can't be read any more.
type FoundCard struct {
	Serial cards.Serial
	Of     cards.Allotment // its allotment; without an ID where the card is not of this kiosk
	State  cards.State     // empty where it was never signed here
	Left   uint32          // numbers left to hand out another of the same event and day
	Again  cards.Serial    // that other card, where it is out
	Unsent bool            // void as no byte of it was sent: nobody has it
}

// Voidable reports whether a void can be asked for.
func (c FoundCard) Voidable() bool {
	return c.Of.Kind == cards.KindCard && c.State.May(cards.VoidAsked)
}

// Numbered is 番号で取り消す: a card whose paper faded or tore is void, and
// another takes its place (DECISIONS 30).
type Numbered struct {
	At       NumberAt
	Busy     bool // the hub's answer is waited for
	Card     FoundCard
	Presumed bool // the printer gave no proof of the other card
}

// Taps and answers of 番号で取り消す.
type (
	TapNumber   struct{}                      // staff menu: 番号で取り消す
	TypedSerial struct{ Serial cards.Serial } // whose check is right
	TapAsk      struct{}                      // もう一度たずねる
	TapAgain    struct{}                      // 新しいポイントカードを出す
	CardFound   struct{ Card FoundCard }
	Ruled       struct{ Card FoundCard } // as the hub has it, or as before where it has not answered
)

// Effects of 番号で取り消す.
type (
	FindCard    struct{ Serial cards.Serial }
	AwaitRuling struct {
		Serial cards.Serial
		Online bool // else nobody waits long
	}
	Reissue struct { // the one card that takes the place of this
		Serial   cards.Serial
		Operator string
	}
)

// byNumber is what happens on the screens of 番号で取り消す.
func (s State) byNumber(e Event) (State, Effect) {
	n := s.Number
	switch e := e.(type) {
	case TypedSerial:
		if n.At == NumberType {
			s.Desk.Note = ""
			return s, FindCard(e)
		}
	case CardFound:
		if n.At == NumberType {
			return s.found(e.Card)
		}
	case Ruled:
		if n.At == NumberAsked && n.Card.Serial == e.Card.Serial {
			s.Number.Busy, s.Number.Card = false, e.Card
		}
	case TapBack:
		if n.At != NumberFound {
			s.Desk.Note = ""
			return s.toMenu(), nil
		}
		s.Number, s.Desk.Note = Numbered{At: NumberType}, ""
	default:
		return s.tappedNumber(e)
	}
	return s, nil
}

func (s State) tappedNumber(e Event) (State, Effect) {
	n := s.Number
	switch e.(type) {
	case TapVoid:
		if n.At == NumberFound && n.Card.Voidable() {
			s.Step, s.Desk.Note = VoidCard, ""
			s.Ask = Ask{Card: cards.OpenCard{Allotment: n.Card.Serial.Allotment, Number: n.Card.Serial.Number, State: n.Card.State}}
		}
	case TapAsk:
		if n.At == NumberAsked && !n.Busy && n.Card.State == cards.VoidAsked {
			return s.await()
		}
	case TapAgain:
		if n.At == NumberAsked && n.Card.MayAgain() {
			s.Step, s.back, s.Desk.Note = Wait, Issue, ""
			return s, Reissue{Serial: n.Card.Serial, Operator: s.Desk.Operator}
		}
	case TapNotOut:
		if n.At == NumberAgain && n.Presumed {
			s.Step, s.back = Wait, Issue
			return s, Doubt{Serial: n.Card.Again, Operator: s.Desk.Operator}
		}
	}
	return s, nil
}

// MayAgain reports whether another card can be handed out in place of this.
func (c FoundCard) MayAgain() bool {
	return c.State == cards.Void && !c.Unsent && c.Left > 0 && c.Again.Number == 0
}

// found shows what is known of a card; of one that is settled, how.
func (s State) found(c FoundCard) (State, Effect) {
	s.Site.Practice = false // a number on paper is a live one
	s.Number = Numbered{At: NumberFound, Card: c}
	switch c.State {
	case cards.VoidAsked:
		return s.await()
	case cards.Void, cards.Honoured:
		s.Number.At = NumberAsked
	}
	return s, nil
}

func (s State) await() (State, Effect) {
	s.Step, s.Ask, s.Number.At, s.Number.Busy, s.Number.Card.State = ByNumber, Ask{}, NumberAsked, true, cards.VoidAsked
	return s, AwaitRuling{Serial: s.Number.Card.Serial, Online: s.Network.Online}
}

// answered takes the answer of what is under way.
func (s State) answered(e Event) (State, Effect) {
	if next, effect, ok := s.numberAnswer(e); ok {
		return next, effect
	}
	return s.waiting(e)
}

// numberAnswer takes the answer of what is under way for 番号で取り消す; false
// where it is for nobody there.
func (s State) numberAnswer(e Event) (State, Effect, bool) {
	if s.Number.At == NumberNone {
		return s, nil, false
	}
	switch e := e.(type) {
	case VoidNoted:
		s = s.counted(e.Count, e.Request, e.Preview)
		if e.Serial != s.Number.Card.Serial { // it was the other one, which did not come out whole
			s.Desk.Note = "issue.void.noted"
			return s.toMenu(), nil, true
		}
		s, effect := s.await()
		return s, effect, true
	case CardOut:
		s = s.counted(e.Count, e.Request, e.Preview)
		s.Number.At, s.Number.Card.Again, s.Number.Presumed, s.Desk.Note = NumberAgain, e.Serial, e.Presumed, ""
	case CardDoubtful:
		s = s.counted(e.Count, e.Request, e.Preview)
		s.Step, s.Ask = Confirm, s.Count.ask(e.Card)
		return s, nil, true
	case NotIssued:
		s = s.counted(e.Count, e.Request, e.Preview)
		s.Desk.Note = e.Note
	default:
		return s, nil, false
	}
	s.Step, s.Ask = ByNumber, Ask{}
	return s, nil, true
}
