package kiosk

import (
	"cmp"
	"image"
	"slices"

	"pointkiosk/cards"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
)

func (s State) atHome(e Event) (State, Effect) {
	switch e.(type) {
	case TapStaff:
		s.Step = Door
	case TapMyKey:
		if s.Site.Counter {
			s.Step, s.MyKey = MyKey, s.begun(wizard.State{Card: s.lies()})
		}
	case TapBalance:
		if s.Site.Accounts {
			return s.toWays(), nil
		}
	}
	return s, nil
}

func (s State) atDoor(e Event) (State, Effect) {
	switch e := e.(type) {
	case TapDigit:
		if s.Keys.Wait == 0 && len(s.pin) < maxPIN && e.Digit >= '0' && e.Digit <= '9' {
			s.pin += PIN(e.Digit)
			s.Keys = Keys{Typed: len(s.pin), Second: s.Keys.Second}
		}
	case TapErase:
		s.pin, s.Keys.Typed = "", 0
	case TapEnter:
		if s.Keys.Wait == 0 && s.pin != "" {
			unlock := Unlock{PIN: s.pin}
			s.pin, s.Keys = "", Keys{Second: s.Keys.Second}
			return s, unlock
		}
	case TapBack:
		switch {
		case s.Vouching():
			return s.vouched(), nil
		case s.Prize.Step == prize.Second:
			s.Step, s.Prize.Step, s.Keys = Prize, prize.Sure, Keys{}
			return s, nil
		case s.Ask.Reason != "":
			return s.toDesk(), nil
		case s.outside == Out:
			s.Step, s.outside = Out, Home
			return s.paperChanged(), nil
		}
		return s.home(), nil
	case DoorOpened:
		return s.opened(e.Operator)
	case DoorRefused:
		s.Keys = Keys{Wrong: true, Wait: e.Wait, Second: s.Ask.Reason != "" || s.Prize.Step == prize.Second}
	}
	return s, nil
}

// opened is a right PIN: of who says yes, or enters.
func (s State) opened(who string) (State, Effect) {
	switch {
	case s.Vouching():
		var effect Effect
		s = s.vouched()
		s.MyKey, effect, _ = s.MyKey.Next(wizard.Vouched{Staff: who})
		return s, effect
	case s.Prize.Step == prize.Second:
		return s.agreed(who)
	}
	return s.entered(who)
}

// entered is a right PIN: of who opens the door, or of the second person whom
// a void takes, who must be another one.
func (s State) entered(who string) (State, Effect) {
	switch {
	case s.Ask.Reason == "":
		s.Step, s.Desk, s.Ask, s.outside, s.review = Menu, Desk{Operator: who}, Ask{}, Home, false
	case who == s.Desk.Operator:
		s.Keys = Keys{Wrong: true, Second: true}
	default:
		s.Step = Wait
		return s, AskVoid{Serial: s.Ask.Card.Serial(), Reason: s.Ask.Reason, Operator: s.Desk.Operator, Second: who}
	}
	return s, nil
}

func (s State) atMenu(e Event) (State, Effect) {
	switch e := e.(type) {
	case TapDesk:
		if e.Allotment == 0 && len(s.Offers) > 1 {
			return s, nil // cards are handed out of one named event
		}
		s.Step, s.back = Wait, Menu
		return s, OpenDesk{Practice: s.Site.Practice, Allotment: e.Allotment}
	case TapPage:
		if e.Skip >= 0 && e.Skip < len(s.Offers) {
			s.Skip = e.Skip
		}
	case TapPrizes:
		s.Step, s.Prize, s.Desk.Note = Prize, prize.State{}, ""
		return s, prize.Open{}
	case TapNumber:
		s.Step, s.Number, s.Desk.Note = ByNumber, Numbered{At: NumberType}, ""
	case TapBatches:
		if s.Site.Ranges || s.Site.Sheets {
			return s.toRanges(), nil
		}
	case TapReview:
		s.Step, s.back = Wait, Menu
		return s, Review{}
	case TapPractice:
		s.Desk.Note = ""
		if s.Site.Practice { // whichever event is live, it is tapped next
			s.Site.Practice = false
			return s, nil
		}
		s.Step, s.back = Wait, Menu
		return s, OpenDesk{Practice: true}
	case TapBack:
		return s.home(), nil
	}
	return s, nil
}

// openDesk shows the Issue screen, after what has to be settled first.
func (s State) openDesk(e DeskReady) State {
	s.Site, s.Count = e.Site, e.Count
	s.Desk = Desk{Operator: s.Desk.Operator, Request: e.Request, Preview: e.Preview}
	if e.AskDate {
		s.Step = Clock
		return s
	}
	return s.toDesk()
}

// toDesk asks about the first uncertain card before the next is handed out. In
// a review no other is.
func (s State) toDesk() State {
	if s.Number.At == NumberFound { // no void was asked for after all
		s.Step, s.Ask = ByNumber, Ask{}
		return s
	}
	for _, c := range s.Count.Open {
		if undecided(c) {
			s.Step, s.Ask = Confirm, s.Count.ask(c)
			return s
		}
	}
	s.Step, s.Ask = Issue, Ask{}
	if s.review {
		s.Desk.Note = cmp.Or(s.Desk.Note, "menu.owed.done")
		return s.toMenu()
	}
	return s.paperChanged()
}

// toMenu leaves the desk; cards that nobody decided stay open, and the menu
// says how many.
func (s State) toMenu() State {
	s.Step, s.Ask, s.review, s.Skip, s.Number, s.Range, s.Sheet = Menu, Ask{}, false, 0, Numbered{}, Ranged{}, Sheeting{}
	return s
}

// counted takes over what a step changed.
func (s State) counted(c Count, request string, next image.Image) State {
	s.Count, s.Desk.Request, s.Desk.Preview = c, request, next
	if !s.Site.Practice {
		s.Owed = c.Undecided()
	}
	return s
}

func (s State) atClock(e Event) (State, Effect) {
	switch e.(type) {
	case TapDateOK, TapDateBad:
		_, right := e.(TapDateOK)
		s.Step, s.back = Wait, Menu
		return s, ConfirmDate{Operator: s.Desk.Operator, Day: s.Site.Allotment.Day, Right: right}
	case TapBack:
		return s.toMenu(), nil
	}
	return s, nil
}

func (s State) atDesk(e Event) (State, Effect) {
	switch e.(type) {
	case TapIssue:
		if s.Desk.Request == "" || s.Network.Stopped != "" {
			return s, nil
		}
		s.Step, s.back = Wait, Issue
		s.Desk.Note, s.Desk.Handed = "", false
		return s, PrintCard{Request: s.Desk.Request, Operator: s.Desk.Operator, Allotment: s.Site.Allotment.ID}
	case TapNotOut:
		if s.Desk.Presumed {
			s.Step, s.back = Wait, Issue
			return s, Doubt{Serial: s.Desk.Last, Operator: s.Desk.Operator}
		}
	case TapVoid:
		if s.Desk.Last.Number != 0 {
			s.Step = VoidCard
			s.Ask = Ask{Card: cards.OpenCard{Allotment: s.Desk.Last.Allotment, Number: s.Desk.Last.Number, State: cards.Printed}, Ticket: s.Desk.Ticket}
		}
	case TapBack:
		s.Desk.Note = ""
		return s.toMenu(), nil
	}
	return s, nil
}

// waiting takes the answer of what is under way. Taps change nothing.
func (s State) waiting(e Event) (State, Effect) {
	switch e := e.(type) {
	case CardOut:
		s = s.counted(e.Count, e.Request, e.Preview)
		s.Desk.Last, s.Desk.Ticket, s.Desk.Handed, s.Desk.Presumed = e.Serial, s.Ask.Ticket, true, e.Presumed
	case CardDoubtful:
		s = s.counted(e.Count, e.Request, e.Preview)
		s.Desk.Last, s.Desk.Ticket, s.Desk.Handed, s.Desk.Presumed = e.Card.Serial(), s.Count.ask(e.Card).Ticket, false, false
	case NotIssued:
		s = s.counted(e.Count, e.Request, e.Preview)
		s.Desk.Note = e.Note
		if e.Paper != nil && !e.Paper.Ready {
			s.Paper, s.Step, s.Desk.Note = *e.Paper, Out, ""
			return s, nil
		}
	case VoidNoted:
		s = s.counted(e.Count, e.Request, e.Preview)
		s.Desk.Last, s.Desk.Ticket, s.Desk.Handed, s.Desk.Presumed = cards.Serial{}, false, false, false
		s.Desk.Note = s.Ask.noted()
	case DateConfirmed: // the desk opens, but where another day's may be meant
		if slices.ContainsFunc(e.Offers, func(o Offer) bool { return !o.Is(s.Site.Allotment) }) {
			s.Offers, s.Desk.Note = e.Offers, "menu.which.day"
			return s.toMenu(), nil
		}
	case Reviewing:
		s.Site.Practice, s.review, s.Desk.Note = false, true, ""
		s = s.counted(e.Count, "", nil)
	case NeedSecond:
		s.Step, s.Keys = Door, Keys{Second: true}
		return s, nil
	case DeskReady:
		return s.openDesk(e), nil
	case DeskClosed:
		s.Desk.Note = e.Note
		return s.toMenu(), nil
	default:
		return s, nil
	}
	return s.toDesk(), nil
}

// asking is 印刷の確認 and 取消.
func (s State) asking(e Event) (State, Effect) {
	serial := s.Ask.Card.Serial()
	switch e := e.(type) {
	case TapWhole, TapTorn:
		_, whole := e.(TapWhole)
		if s.Step == Confirm && !(whole && s.Ask.Card.Torn) {
			s.Step, s.back, s.Desk.Note = Wait, Issue, ""
			return s, Settle{Serial: serial, Whole: whole, Operator: s.Desk.Operator}
		}
	case TapVoid:
		s.Step = VoidCard
	case TapReason:
		if s.Step == VoidCard && e.Reason != "" {
			s.Step, s.back, s.Ask.Reason, s.Desk.Note = Wait, Issue, e.Reason, ""
			return s, AskVoid{Serial: serial, Reason: e.Reason, Operator: s.Desk.Operator}
		}
	case TapBack:
		if s.Step == VoidCard {
			return s.toDesk(), nil
		}
		return s.toMenu(), nil
	}
	return s, nil
}
