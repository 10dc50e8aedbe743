package kiosk

import (
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// toWays is 残高を見る. A card that lies there already is not taken for that of who
// taps: it may be somebody's who left.
func (s State) toWays() State {
	s = s.turn(Account)
	s.MyKey, s.touched = wizard.State{}, s.Now
	s.Account = account.State{Reader: s.Site.Counter, Card: s.Card}
	if !s.Site.Counter {
		s.Account.Step = account.ID
	}
	return s
}

// byCard goes on with the steps of the card.
func (s State) byCard(aim wizard.Aim) (State, Effect) {
	s = s.turn(MyKey)
	s.Account, s.MyKey = account.State{}, s.begun(wizard.State{Step: wizard.Place, Aim: aim, Card: s.lies()})
	if s.Two || !s.lies() {
		return s, nil
	}
	s.MyKey.Step = wizard.Reading
	return s, wizard.ReadCard{Aim: aim}
}

// account takes what the screens of an account are told. A paper card that is
// scanned on Home is looked at.
func (s State) account(e Event) (State, Effect, bool) {
	if !account.Is(e) {
		return s, nil, false
	}
	opened, opens := e.(account.Opened)
	_, scanned := e.(account.Scanned)
	switch {
	case s.at(Account):
		return s.toAccount(e)
	case opens && s.at(MyKey) && s.MyKey.Step == wizard.Checking && s.MyKey.Aim == wizard.Open:
		s = s.turn(Account)
		s.MyKey, s.Account, s.touched = wizard.State{}, account.Open(opened), s.Now
		s.Account.Card = s.Card
		return s, nil, true
	case scanned && s.Step == Home && s.Site.Accounts:
		s.Step, s.Account = Account, account.State{Reader: s.Site.Counter, Card: s.Card}
		return s.toAccount(e)
	}
	account.Drop(e)
	return s, nil, true
}

func (s State) toAccount(e Event) (State, Effect, bool) {
	s.touched = s.Now
	next, effect, done := s.Account.Next(e)
	switch {
	case done:
		return s.gone(), effect, true
	case next.Step == account.ByCard:
		aim := wizard.Open
		if next.Lost {
			aim = wizard.Anew
		}
		s, effect := s.byCard(aim)
		return s, effect, true
	}
	s.Account = next
	return s, s.spoken(effect), true
}
