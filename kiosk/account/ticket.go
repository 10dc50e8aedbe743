package account

import "slices"

// atTickets turns points into a ticket: an amount, a yes, and the paper. One that
// may not be whole is printed again, the same one, until the person has it.
func (s State) atTickets(e Event) (State, Effect, bool) {
	switch e := e.(type) {
	case TicketsAre:
		if s.Step == Tickets {
			s.Tickets = e.Tickets
		}
	case TapTicket:
		n := slices.IndexFunc(s.Tickets, func(t Ticket) bool { return t.Allotment == e.Allotment })
		if s.Step == Tickets && n >= 0 && s.Account.CanHave(s.Tickets[n]) {
			s.Step, s.Ticket = Sure, s.Tickets[n]
		}
	case TapYes, TapNo:
		_, yes := e.(TapYes)
		switch {
		case s.Step == Sure && yes:
			s.Step, s.Sale = Buying, Sale{}
			return s, BuyTicket{Ticket: s.Ticket}, false
		case s.Step == Bought && s.Sale.Doubt:
			s.Step = Buying
			return s, SettleTicket{Serial: s.Sale.Serial, Whole: yes}, false
		}
	case TicketDone:
		return s.sold(e), nil, false
	}
	return s, nil, false
}

// sold takes what became of a ticket.
func (s State) sold(e TicketDone) State {
	if s.Step != Buying {
		return s
	}
	s.Step, s.Sale = Bought, e.Sale
	if e.Heard {
		s.Account.Lots = e.Lots
		s.Account.Moves = append([]Move{e.Move}, s.Account.Moves...)
		if s.Slip != Printing {
			s.Slip = NoSlip
		}
	}
	return s
}
