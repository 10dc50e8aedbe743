package wizard

// Is reports whether an event is one of this package's.
func Is(e Event) bool {
	switch e.(type) {
	case TapNext, TapYoung, TapStaff, TapBack, TapID, TapOwn, TapCode, TapTyped, TapChange, TapRetire, TapSlip, TapForgot, TapBefore, TapVouch, TapEnd,
		TypedPIN, TypedID, TypedPass, CardIn, CardOut, ReaderBack, CardRead, CardStops, CardMoved, PINRight, PINWrong, WentAway, IDFree, Answered, SlipOut:
		return true
	}
	return false
}

// Drop wipes the secret of an event that nobody takes.
func Drop(e Event) {
	switch e := e.(type) {
	case TypedPIN:
		e.PIN.Wipe()
	case TypedPass:
		e.Pass.Wipe()
	}
}

// Next returns what follows from an event. An event out of place changes
// nothing, and a secret that comes with one is wiped. done reports that the
// person has left: the state is of no more use.
func (s State) Next(e Event) (next State, effect Effect, done bool) {
	next, effect, done = s.next(e)
	switch takes := effect.(type) {
	case Check:
		takes.Staff = s.Staff
		effect = takes
	case Apply:
		takes.Staff = s.Staff
		effect = takes
	default:
		Drop(e)
	}
	return next, For(s.Sitting, effect), done
}

func (s State) next(e Event) (next State, effect Effect, done bool) {
	switch e := e.(type) {
	case CardOut:
		return s.removed()
	case CardIn:
		return s.laid()
	case SlipOut:
		return s.slip(e), nil, false
	case CardStops:
		return s.stopped(e.Reason)
	case ReaderBack:
		return s.readerBack(), nil, false
	case TapBack, TapEnd:
		return s.back(e)
	case WentAway:
		return s.wentAway(e), nil, false
	case Vouched:
		return s.vouched(e)
	}
	switch s.Step {
	case Needs:
		return s.atNeeds(e)
	case Reading:
		return s.atReading(e)
	case PIN, LastTry, Checking:
		return s.atPIN(e)
	case Choose, Own, Looking:
		return s.atID(e)
	case Password, Typing, Terms, Confirm, Applying:
		return s.atApplication(e)
	case Done, Held, Sure:
		return s.atHeld(e)
	case None:
		return s.atNone(e), nil, false
	}
	return s, nil, false
}

func (s State) atNeeds(e Event) (State, Effect, bool) {
	switch e.(type) {
	case TapYoung:
		s.Step = Young
	case TapNext:
		return s.toPlace()
	}
	return s, nil, false
}

func (s State) toPlace() (State, Effect, bool) {
	if s.Step = Place; s.Card { // it lies there already
		s.Step = Reading
		return s, ReadCard{s.Aim}, false
	}
	return s, nil, false
}

// vouched goes on where a member of staff said yes. Who is under 15 has their card
// read now, if it was not read before: one that lies there already may be their
// guardian's, and has to be taken up first.
func (s State) vouched(e Vouched) (State, Effect, bool) {
	switch {
	case s.Step == LastTry:
		s.Step, s.Staff = PIN, e.Staff
	case s.Step == Young && s.Aim != Make:
		s.Step, s.Aim, s.Child, s.Staff = Choose, Make, true, e.Staff
	case s.Step == Young:
		s.Step, s.Child, s.Staff = Place, true, e.Staff
	}
	return s, nil, false
}

func (s State) atReading(e Event) (State, Effect, bool) {
	switch e := e.(type) {
	case CardRead:
		s.Sitting = e.Sitting
		return s.ask(e.Tries)
	case CardMoved:
		return s.moved(), nil, false
	case Answered: // the hub said no before anything was typed
		return s.refused(e.Word), PowerDown{}, false
	}
	return s, nil, false
}

// ask is for the PIN, where there is a try left for it.
func (s State) ask(tries int) (State, Effect, bool) {
	s.Tries = tries
	switch {
	case tries <= 0:
		return s.stop(Unusable), PowerDown{}, false
	case tries == 1:
		s.Step = LastTry
	default:
		s.Step = PIN
	}
	return s, nil, false
}

// atPIN takes the digits once. Before the last try staff have to say yes, see
// [State.vouched].
func (s State) atPIN(e Event) (State, Effect, bool) {
	switch e := e.(type) {
	case TypedPIN:
		if s.Step == PIN {
			s.Step, s.Wrong = Checking, false
			return s, Check{PIN: e.PIN, Aim: s.Aim}, false
		}
	case PINWrong:
		if s.Step == Checking {
			s.Wrong = true
			return s.ask(e.Tries)
		}
	case PINRight:
		if s.Step == Checking {
			return s.known(e)
		}
	case CardMoved: // the answer may be lost, and a try with it: ask anew
		return s.moved(), PowerDown{}, false
	case Answered:
		if s.Step == Checking {
			return s.refused(e.Word), PowerDown{}, false
		}
	}
	return s, nil, false
}

// Away is the word for an ID that was chosen while there was a network.
const Away = "away"

// wentAway goes back to the choice of an ID: of those that the kiosk holds. Its
// password is a code on the slip.
func (s State) wentAway(e WentAway) State {
	if (s.Step == Looking || s.Step == Applying) && s.Account.ID == "" {
		s.Step, s.Later, s.IDs, s.Terms, s.Taken = Choose, true, e.IDs, e.Terms, Away
		s.ID, s.Typed, s.Weak, s.Before = "", false, false, false
	}
	return s
}

// known goes on where the hub has said who that is.
func (s State) known(e PINRight) (State, Effect, bool) {
	s.Later, s.IDs, s.Account, s.Terms, s.Wrong = e.Later, e.IDs, e.Account, e.Terms, false
	switch {
	case e.Account.ID != "" && s.Aim == Anew:
		return s.renew()
	case e.Account.ID != "" && e.Join && s.Aim == Make:
		s.Step, s.ID, s.Join = Terms, e.Account.ID, true
	case e.Account.ID != "":
		s.Step = Held
	case s.Aim == Make:
		s.Step = Choose
	default:
		s.Step = None
	}
	return s, nil, false
}

func (s State) atID(e Event) (State, Effect, bool) {
	switch e := e.(type) {
	case TapID:
		for _, id := range s.IDs {
			if id == e.ID && s.Step == Choose {
				return s.chosen(id), nil, false
			}
		}
	case TapOwn:
		if s.Step == Choose && !s.Later { // whether it is free only the hub knows
			s.Step, s.Taken = Own, ""
		}
	case TapBefore:
		if s.Step == Choose && !s.Later && !s.change {
			s.Step, s.Taken, s.Before = Own, "", true
		}
	case TypedID:
		switch {
		case s.Step == Own && s.Before:
			s.Step, s.ID, s.Typed = Confirm, e.ID, true
		case s.Step == Own:
			s.Step, s.ID = Looking, e.ID
			return s, LookAt{ID: e.ID}, false
		}
	case IDFree:
		if s.Step == Looking {
			s.Terms = e.Terms.or(s.Terms) // agreed to later
			if e.Word == "" {
				return s.chosen(e.ID), nil, false
			}
			s.Step, s.ID, s.Taken = Own, "", e.Word
		}
	}
	return s, nil, false
}

// chosen goes on with an ID. Who changes theirs keeps the password.
func (s State) chosen(id string) State {
	s.ID, s.Step, s.Taken = id, Password, ""
	if s.change {
		s.Step = Confirm
	}
	return s
}

func (s State) atApplication(e Event) (State, Effect, bool) {
	switch e := e.(type) {
	case TapCode:
		if s.Step == Password {
			s.Step, s.Typed = Terms, false
		}
	case TapTyped:
		if s.Step == Password && !s.Later { // no password is kept while offline
			s.Step, s.Typed = Terms, true
		}
	case TapNext:
		switch s.Step {
		case Terms:
			s.Step = Confirm
		case Confirm:
			if s.Typed { // last, so that it waits nowhere
				s.Step, s.Weak = Typing, false
				return s, nil, false
			}
			return s.apply(nil)
		}
	case TypedPass:
		if s.Step == Typing {
			return s.apply(e.Pass)
		}
	case TapVouch:
		if s.Step == Typing && s.Before {
			return s.apply(nil)
		}
	case Answered:
		if s.Step == Applying {
			return s.answered(e)
		}
	case CardMoved:
		if s.Step == Applying {
			return s.moved(), PowerDown{}, false
		}
	}
	return s, nil, false
}

func (s State) apply(pass Secret) (State, Effect, bool) {
	a := Apply{Purpose: "register", ID: s.ID, Pass: pass}
	switch {
	case s.change:
		a.Purpose = "change"
	case s.Before:
		a.Purpose = "rebind"
	}
	s.Step = Applying
	return s, a, false
}

func (s State) answered(e Answered) (State, Effect, bool) {
	s.Terms = e.Terms.or(s.Terms)
	switch e.Word {
	case "":
	case "taken", "offensive":
		s.Step, s.Taken, s.ID = Choose, e.Word, ""
		if len(e.IDs) > 0 {
			s.IDs = e.IDs
		}
		return s, nil, false
	case "weak-password":
		s.Step, s.Weak = Typing, true
		return s, nil, false
	case "wrong-password":
		s.Step, s.Taken, s.ID = Own, e.Word, ""
		if len(e.IDs) > 0 {
			s.IDs = e.IDs
		}
		return s, nil, false
	default:
		return s.refused(e.Word), PowerDown{}, false
	}
	if e.Account.ID == "" { // it was retired
		next, effect, done := s.leave()
		return next, effect, done
	}
	s.Step, s.Account, s.Code, s.Later, s.Slip = Done, e.Account, e.Code, e.Later, Printing
	return s, PrintSlip{ID: e.Account.ID, Code: e.Code}, false
}
