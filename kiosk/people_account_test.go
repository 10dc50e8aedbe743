package kiosk

import (
	"time"

	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
)

// scans is a paper card of the one who stands there.
func (l *line) scans(m *marks) Event { return account.Scanned{Text: l.types(m.scan)} }

// atAccount is what the step of an account asks for.
func (l *line) atAccount(m *marks, s State) Event {
	if s.Account.Step != account.Opening && l.rnd.IntN(4) == 0 {
		return l.scans(m)
	}
	switch s.Account.Step {
	case account.Ways:
		return l.one(account.TapCard{}, account.TapID{}, wizard.CardIn{}, account.TapBack{})
	case account.ID:
		return l.one(account.TypedID{ID: m.own}, account.TypedID{ID: m.own}, account.TapForgot{})
	case account.Password:
		if l.rnd.IntN(4) == 0 {
			return l.one(account.TapForgot{}, account.TapBack{})
		}
		return account.TypedPass{Pass: l.types(m.password)}
	case account.Forgot:
		return l.one(account.TapCard{}, account.TapBack{}, wizard.CardIn{})
	case account.Balance:
		return l.one(account.TapLots{}, account.TapMoves{}, account.TapPut{}, account.TapSlip{}, account.TapSell{}, account.TapSell{}, account.TapEnd{})
	case account.Tickets:
		return l.one(account.TapTicket{Allotment: 7}, account.TapTicket{Allotment: 7}, account.TapBack{})
	case account.Sure:
		return l.one(account.TapYes{}, account.TapYes{}, account.TapBack{})
	case account.Bought:
		return l.one(account.TapYes{}, account.TapNo{}, account.TapBack{})
	case account.Lots, account.Moves, account.Put:
		return account.TapBack{}
	case account.Looked, account.Stopped:
		return account.TapEnd{}
	}
	return Touched{}
}

// holds is what one person has.
func (m *marks) holds() account.Account {
	scheme := account.Name{Ja: m.word}
	return account.Account{
		Tail: m.id, Home: scheme, Lots: []account.Lot{{Scheme: scheme, Points: int64(m.points), Expires: time.Unix(2_000_000_000, 0)}},
		Moves: []account.Move{{Points: int64(m.points), Event: scheme}},
	}
}

// accountAnswer is what the hub says to an effect of an account; false where it is
// none.
func (l *line) accountAnswer(p promise, m *marks) (Event, bool) {
	opened := account.Opened{Account: m.holds(), Sitting: p.who + 1}
	switch e := p.effect.(type) {
	case wizard.Check:
		return opened, e.Aim == wizard.Open && l.rnd.IntN(3) > 0
	case account.SignIn:
		return l.one(opened, opened, account.NotOpened{Wrong: true}, account.NotOpened{Reason: account.Offline}), true
	case account.PutCards:
		done := account.PutDone{Heard: true, Account: m.holds()}
		for _, scan := range e.Scans {
			done.Lines = append(done.Lines, account.Line{N: scan.N, Serial: m.code, Points: int64(m.points), Word: []string{"", m.word}[l.rnd.IntN(2)]})
		}
		return l.one(done, done, account.PutDone{Reason: account.Over}), true
	case account.LookAt:
		return account.LookDone{Card: account.Card{Serial: m.code, Points: int64(m.points), Word: m.word}}, true
	case account.PrintSlip:
		return account.SlipOut{Printed: true}, true
	case account.ListTickets:
		return account.TicketsAre{Tickets: []account.Ticket{{Allotment: 7, Scheme: account.Name{Ja: m.word}, Points: 1}}}, true
	case account.BuyTicket, account.SettleTicket:
		return account.TicketDone{Sale: account.Sale{Serial: m.code, Doubt: l.rnd.IntN(2) == 0}, Heard: true, Lots: m.holds().Lots, Move: account.Move{Points: -1}}, true
	case account.Leave, Beep:
		return nil, true
	}
	return nil, false
}

// wipes does with a secret what whoever performs its effect does.
func wipes(e Effect) {
	switch e := e.(type) {
	case wizard.Check:
		e.PIN.Wipe()
	case wizard.Apply:
		if e.Pass != nil {
			e.Pass.Wipe()
		}
	case prize.Add:
		e.Text.Wipe()
	case ReadSerial:
		e.Text.Wipe()
	case account.SignIn:
		e.Pass.Wipe()
	case account.LookAt:
		e.Text.Wipe()
	case account.PutCards:
		for _, scan := range e.Scans {
			scan.Text.Wipe()
		}
	}
}
