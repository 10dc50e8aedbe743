package prize

// Is reports whether an event is one of this package's.
func Is(e Event) bool {
	switch e.(type) {
	case TapChoose, TapPrize, TapGive, TapTake, TapSlip, TapBack, TapEnd, Scanned, Agreed, BasketIs, TakenIs:
		return true
	}
	return false
}

// Drop wipes the text of a card that nobody takes.
func Drop(e Event) {
	if e, ok := e.(Scanned); ok {
		e.Text.Wipe()
	}
}

// Next returns what follows from an event, with the name of who works there. An
// event out of place changes nothing. done reports that the menu comes back.
func (s State) Next(e Event, operator string) (next State, effect Effect, done bool) {
	switch e := e.(type) {
	case Scanned:
		if s.Step == Scan || s.Step == Choose {
			s.Step = Scan
			return s, Add(e), false
		}
		e.Text.Wipe()
	case BasketIs:
		if e.N > s.Basket.N && (s.Step == Scan || s.Step == Choose) { // an older answer may come later
			s.Basket = Basket(e)
		}
	case TakenIs:
		return s.taken(Taken(e)), nil, false
	case TapEnd:
		if s.Step != Taking {
			return State{}, Clear{}, true
		}
	case TapBack:
		return s.back()
	default:
		return s.tapped(e, operator)
	}
	return s, nil, false
}

func (s State) taken(t Taken) State {
	if s.Step == Taking && t.Word != "" && s.Taken.Slip != 0 { // a second slip came to nothing; the prize is out all the same
		s.Step, s.Taken.Printed = Done, false
		return s
	}
	if s.Step == Taking || t.Before && (s.Step == Scan || s.Step == Choose) {
		s.Step, s.Taken = Done, t
	}
	return s
}

func (s State) back() (State, Effect, bool) {
	switch s.Step {
	case Scan, Done:
		return State{}, Clear{}, true
	case Choose:
		s.Step = Scan
	case Sure, Second:
		s.Step = Choose
	}
	return s, nil, false
}

func (s State) tapped(e Event, operator string) (State, Effect, bool) {
	switch e := e.(type) {
	case TapChoose:
		if s.Step == Scan && len(s.Basket.Prizes) > 0 {
			s.Step = Choose
		}
	case TapPrize:
		for _, p := range s.Basket.Prizes {
			if s.Step == Choose && p.ID == e.ID {
				s.Step, s.Prize, s.Give = Sure, p, p.Change == 0
			}
		}
	case TapGive:
		if s.Step == Sure && s.Prize.Change != 0 {
			s.Give = e.Give
		}
	case TapTake:
		if s.Step == Sure && s.Basket.Second {
			s.Step = Second
			return s, nil, false
		}
		if s.Step == Sure {
			return s.take(operator, "")
		}
	case Agreed:
		if s.Step == Second && e.Second != operator {
			return s.take(operator, e.Second)
		}
	case TapSlip:
		if s.Step == Done && s.Taken.Word == "" {
			s.Step = Taking
			return s, Reprint{Operator: operator}, false
		}
	}
	return s, nil, false
}

func (s State) take(operator, second string) (State, Effect, bool) {
	s.Step = Taking
	return s, Take{
		Prize: s.Prize, Surplus: s.Surplus(), Change: s.Surplus() > 0 && !s.Give, Operator: operator, Other: second,
	}, false
}
