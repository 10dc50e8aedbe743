package wizard

// laid is a card that is put down: it is read where one is waited for.
func (s State) laid() (State, Effect, bool) {
	if s.Card = true; s.Step == Place {
		s.Step, s.Moved = Reading, false
		return s, ReadCard{s.Aim}, false
	}
	return s, nil, false
}

// removed is a card that was taken away: from every step the person leaves.
// Only while it is read does that mean that it lay askew, and where there were two
// that the other is read now.
func (s State) removed() (State, Effect, bool) {
	s.Card = false
	switch {
	case s.Step == Needs, s.Step == Place, s.Step == Young && s.Aim == Make: // nothing was read yet
		return s, nil, false
	case s.Step == Stopped && s.Reason == TwoCards:
		return s.resume(), nil, false
	case s.Step == Reading:
		s = s.moved()
		s.Card = false
		return s, nil, false
	}
	return State{}, PowerDown{}, true
}

// stopped is a card, or a reader, that ends it. Who is to take their card has left:
// they wait for nothing but the card, and without a reader not for that.
func (s State) stopped(r Reason) (State, Effect, bool) {
	switch {
	case s.Step == Take && r == NoReader:
		return s.removed()
	case s.Step == Take:
		return s, nil, false
	}
	return s.stop(r), PowerDown{}, false
}

func (s State) stop(r Reason) State {
	next := State{Step: Stopped, Aim: s.Aim, Reason: r, Card: s.Card && r != NoReader, again: Place}
	switch {
	case s.Step == Stopped:
		next.again = s.again
	case s.Aim == Make && (s.Step == Needs || s.Step == Young || s.Child): // their age is asked about once more
		next.again = Needs
	}
	return next
}

func (s State) readerBack() State {
	if s.Step == Stopped && s.Reason == NoReader {
		return s.resume()
	}
	return s
}

// resume begins anew after a stop that ended by itself.
func (s State) resume() State { return State{Step: s.again, Aim: s.Aim} }

// refused is an answer of the hub that ends it.
func (s State) refused(word string) State {
	before := s.Before
	s = s.stop(Refused)
	s.Word, s.Before = word, before
	return s
}

// leave ends a visit: the card has to be taken away first.
func (s State) leave() (State, Effect, bool) {
	if s.Card {
		return State{Step: Take, Card: true}, PowerDown{}, false
	}
	return State{}, nil, true
}

// back is one step up, where nothing is lost by it, and else the end.
func (s State) back(e Event) (State, Effect, bool) {
	if _, end := e.(TapEnd); end {
		return s.leave()
	}
	switch s.Step {
	case Young, Place:
		return s.backToNeeds()
	case Own, Password:
		s.Step, s.Taken, s.Before, s.Typed = Choose, "", false, false
	case Typing, Terms:
		switch s.Step = Password; {
		case s.Join:
			return s.leave()
		case s.Before:
			s.Step = Confirm
		}
	case Confirm:
		switch s.Step = Terms; {
		case s.change:
			s.Step = Choose
		case s.Before:
			s.Step = Own
		}
	case Sure:
		s.Step = Held
	case Reading, Checking, Looking, Applying, Take:
		// what is under way is waited for; a card is taken, not tapped away
	case Choose:
		if s.change {
			s.Step = Held
			return s, nil, false
		}
		return s.leave()
	default:
		return s.leave()
	}
	return s, nil, false
}

// backToNeeds is for who came for a MyKey ID; the others never saw that screen.
func (s State) backToNeeds() (State, Effect, bool) {
	switch {
	case s.Step == Young && s.Aim != Make:
		s.Step = None
		return s, nil, false
	case s.Aim != Make:
		return s.leave()
	}
	return State{Step: Needs, Card: s.Card}, nil, false
}

// moved asks for the card anew. What staff said yes to for who is under 15 holds
// until a card was read: it is for no other one. So it is with a last try.
func (s State) moved() State {
	next := State{Step: Place, Aim: s.Aim, Card: s.Card, Moved: true}
	switch {
	case s.Child && s.Step == Reading:
		next.Child, next.Staff = true, s.Staff
	case s.Child:
		next.Step, next.Moved = Needs, false
	}
	return next
}
