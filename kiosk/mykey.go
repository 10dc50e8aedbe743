package kiosk

import (
	"time"

	"pointkiosk/kiosk/wizard"
)

// How long the MyKey ID screens wait for a finger, and how long before that they
// count down.
const (
	cardIdle = 60 * time.Second
	warnIdle = 15 * time.Second
)

// withCard reports whether somebody is at the MyKey ID screens, or at 表示 on
// the way back to them.
func (s State) withCard() bool {
	return s.Step == MyKey || s.Step == Display && s.back == MyKey
}

// Leaving is how many seconds are left before the screen goes home by itself; 0
// while nobody needs to know.
func (s State) Leaving() int {
	if !s.withCard() || s.touched.IsZero() {
		return 0
	}
	if left := cardIdle - s.Now.Sub(s.touched); left <= warnIdle {
		return max(1, int((left+time.Second-1)/time.Second))
	}
	return 0
}

// card takes what concerns the My Number card: news of it, on every step, and
// what the MyKey ID screens are told.
func (s State) card(e Event) (State, Effect, bool) {
	switch e.(type) {
	case wizard.CardIn:
		s.Card = true
	case wizard.CardOut:
		s.Card = false
	default:
		if !wizard.Is(e) {
			return s, nil, false
		}
	}
	if !s.withCard() {
		wizard.Drop(e)
		return s, nil, true
	}
	s.touched = s.Now
	before := s.MyKey.Step
	next, effect, done := s.MyKey.Next(e)
	if done {
		s = s.home()
	} else {
		s.MyKey = next
	}
	if _, out := e.(wizard.CardOut); out && before == wizard.Reading { // what is read of it is not the next one's
		s.Visit++
	}
	return s, effect, true
}
