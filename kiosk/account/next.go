package account

import "slices"

// Is reports whether an event is one of this package's.
func Is(e Event) bool {
	switch e.(type) {
	case TapCard, TapID, TapForgot, TapLots, TapMoves, TapPut, TapSlip, TapSell, TapTicket, TapYes, TapNo, TapBack, TapEnd,
		TypedID, TypedPass, Scanned, CardIn, CardOut, Opened, NotOpened, PutDone, LookDone, SlipOut, TicketsAre, TicketDone:
		return true
	}
	return false
}

// Drop wipes the secret of an event that nobody takes.
func Drop(e Event) {
	switch e := e.(type) {
	case TypedPass:
		e.Pass.Wipe()
	case Scanned:
		e.Text.Wipe()
	}
}

// Open is an account that was opened by card.
func Open(o Opened) State {
	return State{Step: Balance, Reader: true, Card: true, Account: o.Account, Sitting: o.Sitting}
}

// IsOpen reports whether an account is open.
func (s State) IsOpen() bool { return s.Step >= Balance && s.Step <= Bought }

// Next returns what follows from an event. An event out of place changes
// nothing, and a secret that comes with one is wiped. done reports that the
// person has left: the state is of no more use.
func (s State) Next(e Event) (next State, effect Effect, done bool) {
	if e, ok := e.(Scanned); ok {
		next, effect = s.scanned(e)
		return next, forSitting(next.Sitting, effect), false
	}
	next, effect, done = s.next(e)
	if _, takes := effect.(SignIn); !takes {
		Drop(e)
	}
	if done {
		s.Wipe()
	}
	return next, forSitting(s.Sitting, effect), done
}

// forSitting names the sitting that an effect is for.
func forSitting(sitting int, e Effect) Effect {
	switch e := e.(type) {
	case PutCards:
		e.Sitting = sitting
		return e
	case PrintSlip:
		e.Sitting = sitting
		return e
	case BuyTicket:
		e.Sitting = sitting
		return e
	case Leave:
		e.Sitting = sitting
		return e
	}
	return e
}

// Wipe overwrites the texts that wait to be sent.
func (s State) Wipe() {
	for _, l := range s.Lines {
		if l.text != nil {
			l.text.Wipe()
		}
	}
}

func (s State) next(e Event) (State, Effect, bool) {
	switch e := e.(type) {
	case CardIn:
		return s.laid()
	case CardOut:
		s.Card = false
		if s.IsOpen() || s.Step == Opening {
			return leave()
		}
		return s, nil, false
	case TapEnd:
		return leave()
	case TapBack:
		return s.back()
	case SlipOut:
		if s.Slip == Printing {
			if s.Slip = NotPrinted; e.Printed {
				s.Slip = Printed
			}
		}
		return s, nil, false
	case PutDone:
		return s.put(e)
	}
	switch s.Step {
	case Ways, ID, Password, Forgot, Opening:
		return s.entering(e)
	case Balance, Lots, Moves, Put:
		return s.atAccount(e)
	case Tickets, Sure, Buying, Bought:
		return s.atTickets(e)
	case Looking:
		if e, ok := e.(LookDone); ok {
			s.Step, s.Paper = Looked, e.Card
		}
	}
	return s, nil, false
}

func leave() (State, Effect, bool) { return State{}, Leave{}, true }

// laid is a My Number card that was put down: the way in by card, or of somebody
// else than who sits there.
func (s State) laid() (State, Effect, bool) {
	s.Card = true
	switch s.Step {
	case Ways, ID, Password, Forgot:
		s.Lost = s.Step == Forgot
		s.Step, s.ID = ByCard, ""
	case Opening, Balance, Lots, Moves, Put, Tickets, Sure, Buying, Bought:
		return leave()
	}
	return s, nil, false
}

// back is one step up.
func (s State) back() (State, Effect, bool) {
	switch s.Step {
	case ID:
		if !s.Reader {
			return leave()
		}
		s.Step = Ways
	case Password:
		s.Step, s.ID, s.Wrong = ID, "", false
	case Forgot:
		s.Step = Password
		if s.ID == "" {
			s.Step = ID
		}
	case Sure:
		s.Step = Tickets
	case Lots, Moves, Put, Tickets:
		s.Step = Balance
	case Bought:
		if !s.Sale.Doubt {
			s.Step = Balance
		}
	case Opening, Balance, Looking, Buying:
		// what is under way is waited for; an account is closed by 終わる
	default:
		return leave()
	}
	return s, nil, false
}

// entering is up to where the account opens.
func (s State) entering(e Event) (State, Effect, bool) {
	switch e := e.(type) {
	case TapCard:
		if s.Reader && (s.Step == Ways || s.Step == Forgot) {
			s.Lost = s.Step == Forgot
			s.Step, s.ID = ByCard, ""
		}
	case TapID:
		if s.Step == Ways {
			s.Step = ID
		}
	case TapForgot:
		if s.Step == ID || s.Step == Password {
			s.Step, s.Wrong = Forgot, false
		}
	case TypedID:
		if s.Step == ID {
			s.Step, s.ID = Password, e.ID
		}
	case TypedPass:
		if s.Step == Password {
			s.Step, s.Wrong = Opening, false
			return s, SignIn{ID: s.ID, Pass: e.Pass}, false
		}
	case Opened:
		if s.Step == Opening {
			s.Step, s.ID, s.Account, s.Sitting = Balance, "", e.Account, e.Sitting
		}
	case NotOpened:
		if s.Step != Opening {
			break
		}
		if s.Step = Password; !e.Wrong {
			s.Step, s.ID, s.Reason = Stopped, "", e.Reason
		}
		s.Wrong = e.Wrong
	}
	return s, nil, false
}

func (s State) atAccount(e Event) (State, Effect, bool) {
	switch e.(type) {
	case TapLots:
		s.Step = Lots
	case TapMoves:
		s.Step = Moves
	case TapPut:
		s.Step = Put
	case TapSlip:
		if s.Slip != Printing {
			s.Slip = Printing
			return s, PrintSlip{Account: s.Account}, false
		}
	case TapSell:
		s.Step, s.Tickets, s.Sale = Tickets, nil, Sale{}
		return s, ListTickets{}, false
	}
	return s, nil, false
}

// scanned takes a paper card: onto the account where one is open, and else to be
// looked at.
func (s State) scanned(e Scanned) (State, Effect) {
	switch {
	case s.IsOpen() && s.Step < Buying && len(s.Lines) < maxLines:
		s.Step = Put
		s.Lines = append(slices.Clip(s.Lines), Line{N: len(s.Lines) + 1, text: e.Text})
		return s.send()
	case s.Step == Ways, s.Step == Looked:
		s.Step, s.Paper = Looking, Card{}
		return s, LookAt(e)
	}
	e.Text.Wipe()
	return s, nil
}

// send sends what waits, unless something is on its way.
func (s State) send() (State, Effect) {
	if s.Sent {
		return s, nil
	}
	var out PutCards
	s.Lines = slices.Clone(s.Lines)
	for n := range s.Lines {
		if l := &s.Lines[n]; l.text != nil && len(out.Scans) < MaxPut {
			out.Scans = append(out.Scans, Scan{l.N, l.text})
			l.text = nil
		}
	}
	if len(out.Scans) == 0 {
		return s, nil
	}
	s.Sent = true
	return s, out
}

// put takes the verdicts on what was sent, and sends what was scanned meanwhile.
func (s State) put(e PutDone) (State, Effect, bool) {
	if !s.IsOpen() || !s.Sent {
		return s, nil, false
	}
	s.Sent, s.Lines = false, slices.Clone(s.Lines)
	for _, l := range e.Lines {
		if n := l.N - 1; n >= 0 && n < len(s.Lines) && s.Lines[n].text == nil {
			l.Done, l.text = true, nil
			s.Lines[n] = l
		}
	}
	if e.Heard {
		if s.Account = e.Account; s.Slip != Printing { // the one that came out is no longer true
			s.Slip = NoSlip
		}
	}
	if e.Reason != "" {
		s.Wipe()
		return State{Step: Stopped, Reason: e.Reason, Reader: s.Reader, Card: s.Card}, Leave{}, false
	}
	next, effect := s.send()
	return next, effect, false
}
