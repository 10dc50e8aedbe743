package kiosk

import (
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
)

// prize takes what the screens of 賞品交換 are told. A second person says yes at the
// staff door.
func (s State) prize(e Event) (State, Effect, bool) {
	if scan, ok := e.(account.Scanned); ok && s.at(Prize) {
		e = prize.Scanned{Text: scan.Text}
	}
	if !prize.Is(e) {
		return s, nil, false
	}
	if !s.at(Prize) {
		prize.Drop(e)
		return s, nil, true
	}
	s.touched = s.Now
	next, effect, done := s.Prize.Next(e, s.Desk.Operator)
	switch s.Prize = next; {
	case done:
		s.Step, s.Prize = Menu, prize.State{}
	case next.Step == prize.Second:
		s.Step, s.Keys = Door, Keys{Second: true}
	}
	return s, s.spoken(effect), true
}

// agreed is a right PIN of somebody at the door, asked for by 賞品交換.
func (s State) agreed(who string) (State, Effect) {
	if who == s.Desk.Operator {
		s.Keys = Keys{Wrong: true, Second: true}
		return s, nil
	}
	s.Step = Prize
	next, effect, _ := s.Prize.Next(prize.Agreed{Second: who}, s.Desk.Operator)
	s.Prize = next
	return s, s.spoken(effect)
}
