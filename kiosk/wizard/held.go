package wizard

// atNone is who has no ID yet, and came for something else.
func (s State) atNone(e Event) State {
	switch e.(type) {
	case TapNext:
		s.Step, s.Aim = Choose, Make
	case TapYoung:
		s.Step = Young
	}
	return s
}

// renew asks for a new code.
func (s State) renew() (State, Effect, bool) {
	s.Step, s.Forgot = Applying, true
	return s, Apply{Purpose: "show"}, false
}

// atHeld is who has an ID, as of now or from before.
func (s State) atHeld(e Event) (State, Effect, bool) {
	switch e.(type) {
	case TapSlip:
		if s.Step != Sure && s.Slip != Printing {
			s.Slip = Printing
			return s, PrintSlip{ID: s.Account.ID, Code: s.Code}, false
		}
	case TapForgot:
		if s.Step == Held && !s.Later {
			return s.renew()
		}
	case TapChange:
		if s.Step == Held && !s.Later {
			s.Step, s.change = Choose, true
		}
	case TapRetire:
		if s.Step == Held && !s.Later {
			s.Step = Sure
		}
	case TapNext:
		if s.Step == Sure {
			s.Step = Applying
			return s, Apply{Purpose: "retire"}, false
		}
		return s.leave()
	}
	return s, nil, false
}

func (s State) slip(e SlipOut) State {
	if s.Slip == Printing {
		if s.Slip = NotPrinted; e.Printed {
			s.Slip = Printed
		}
	}
	return s
}
