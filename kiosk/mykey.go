package kiosk

import (
	"time"

	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
)

// How long screens wait for a finger, and how long before that those of residents,
// and 賞品交換, count down; how long a card that was not taken away is waited for, and
// after how long its person is called back.
const (
	cardIdle = 60 * time.Second
	// prizeIdle is how long staff's work waits: they count cards and fetch prizes.
	prizeIdle = 5 * time.Minute
	warnIdle  = 15 * time.Second
	takeIdle  = 10 * time.Minute
	callBack  = 10 * time.Second
	partIdle  = 2 * time.Second // until the card that is left of several is told of
	backIdle  = 5 * time.Second // until one that lies on a reader that is back is told of
)

// under is the step that is shown, or that 表示 leads back to.
func (s State) under() Step {
	if s.Step == Display {
		return s.back
	}
	return s.Step
}

// at reports whether a step is shown, or 表示 on the way back to it.
func (s State) at(step Step) bool {
	return s.under() == step || step == MyKey && s.Vouching()
}

// Vouching reports whether the door asks a member of staff to say yes: before the
// last try of a PIN, or for who is under 15.
func (s State) Vouching() bool {
	return s.under() == Door && (s.MyKey.Step == wizard.LastTry || s.MyKey.Step == wizard.Young)
}

// takesStaff reports whether a tap goes on only where a member of staff says yes.
func (s State) takesStaff(e Event) bool {
	switch e.(type) {
	case wizard.TapNext:
		return s.MyKey.Step == wizard.LastTry
	case wizard.TapStaff:
		return s.MyKey.Step == wizard.Young
	}
	return false
}

// vouch has a member of staff say yes.
func (s State) vouch() State {
	s.Step, s.Keys, s.touched = Door, Keys{Wait: s.Keys.Wait}, s.Now
	return s
}

// vouched goes back from the door to the one who sits there.
func (s State) vouched() State {
	s = s.turn(MyKey)
	s.pin, s.Keys = "", Keys{Wait: s.Keys.Wait}
	return s
}

// turn goes on to a step, behind 表示 where that is open.
func (s State) turn(step Step) State {
	if s.Step == Display {
		s.back = step
	} else {
		s.Step = step
	}
	return s
}

// lies reports whether the card of whoever is here lies there already.
func (s State) lies() bool { return s.Card && !s.Left }

// withCard reports whether a resident is at the screens.
func (s State) withCard() bool { return s.at(MyKey) || s.at(Account) }

// taking reports whether a card is waited for to be taken away.
func (s State) taking() bool { return s.at(MyKey) && s.MyKey.Step == wizard.Take }

// Forgotten reports whether a card still lies there that was to be taken away.
func (s State) Forgotten() bool { return s.taking() && s.beeps > 0 }

// staffWork reports whether staff count cards, or fetch something, between taps.
func (s State) staffWork() bool { return s.at(Prize) || s.at(Ranges) || s.at(Sheets) }

// Leaving is how many seconds are left before the screen goes home by itself; 0
// while nobody needs to know.
func (s State) Leaving() int {
	limit := cardIdle
	if s.staffWork() {
		limit = prizeIdle
	}
	if !s.withCard() && !s.staffWork() || s.taking() || s.touched.IsZero() {
		return 0
	}
	if left := limit - s.Now.Sub(s.touched); left <= warnIdle {
		return max(1, int((left+time.Second-1)/time.Second))
	}
	return 0
}

// lying is what lies on the reader after news of it. One that somebody left stays
// theirs when it is one of several, and under a reader that goes and comes back:
// nobody knows whether it was taken away.
func (s State) lying(e Event) State {
	switch e := e.(type) {
	case wizard.CardIn:
		s.Card, s.Two, s.away = true, false, false
	case wizard.CardOut:
		s.Left = s.Two && (s.Left || s.taking())
		s.Card, s.Two, s.away, s.until = false, false, false, s.Now.Add(partIdle)
	case wizard.ReaderBack:
		s.away, s.until = false, s.Now.Add(backIdle)
	case wizard.CardStops:
		s.Two = s.Two || e.Reason == wizard.TwoCards
		s.away = s.away || e.Reason == wizard.NoReader
		s.Card = (s.Card || s.Two) && e.Reason != wizard.NoReader
		s.Two = s.Two && s.Card
	}
	return s
}

// card takes what concerns the My Number card: news of it, on every step, and
// what the MyKey ID screens are told.
func (s State) card(e Event) (State, Effect, bool) {
	if !wizard.Is(e) {
		return s, nil, false
	}
	s = s.lying(e)
	switch {
	case e == Event(wizard.CardStops{Reason: wizard.TwoCards}):
		return s.crowded()
	case s.at(Account):
		return s.cardAtAccount(e)
	case !s.at(MyKey):
		wizard.Drop(e)
		return s, nil, true
	case e == Event(wizard.CardIn{}) && s.Left: // it has to be laid down anew
		return s, nil, true
	}
	if _, back := e.(wizard.TapBack); back && s.MyKey.Step == wizard.Place && s.MyKey.Aim != wizard.Make {
		return s.toWays(), nil, true
	}
	if s.takesStaff(e) {
		if s.Step == MyKey {
			s = s.vouch()
		}
		return s, nil, true
	}
	s, effect := s.told(e)
	return s, s.spoken(effect), true
}

// told is what the MyKey ID screens are told.
func (s State) told(e Event) (State, Effect) {
	s.touched = s.Now
	before, door := s.MyKey.Step, s.Vouching()
	next, effect, done := s.MyKey.Next(e)
	switch {
	case done:
		s = s.home()
	case next.Step == wizard.Take && !s.taking():
		s.MyKey, s.since = next, s.Now
	default:
		s.MyKey = next
	}
	ends := door && s.under() == Door && !s.Vouching()
	if ends {
		s = s.vouched()
	}
	if _, out := e.(wizard.CardOut); ends || out && before == wizard.Reading { // what staff say to it, or is read of it, is not the next one's
		s.Visit++
	}
	return s, effect
}

// crowded is more than one card that lies there. The visit is over, as nobody knows
// any more whose it is; whoever stands there is told so.
func (s State) crowded() (State, Effect, bool) {
	if !s.withCard() || s.taking() {
		return s, nil, true
	}
	ends := s.left()
	if s.at(Account) {
		s.Account.Wipe()
		s.Account, s.MyKey = account.State{}, wizard.State{Step: wizard.Place, Aim: wizard.Open}
	}
	s = s.vouched()
	s.MyKey, s.touched, s.Visit = s.begun(s.MyKey), s.Now, s.Visit+1
	return s, ends, true
}

// begun is how the steps of the card begin: not at all where more than one lies there.
func (s State) begun(w wizard.State) wizard.State {
	if s.Two {
		w.Card = true
		w, _, _ = w.Next(wizard.CardStops{Reason: wizard.TwoCards})
	}
	return w
}

// spoken has a slip in the language of the screen.
func (s State) spoken(effect Effect) Effect {
	switch e := effect.(type) {
	case wizard.PrintSlip:
		e.Lang = s.Look.Lang
		return e
	case account.PrintSlip:
		e.Lang = s.Look.Lang
		return e
	case prize.Take:
		e.Lang = s.Look.Lang
		return e
	case prize.Reprint:
		e.Lang = s.Look.Lang
		return e
	}
	return effect
}

// cardAtAccount tells an account of its card.
func (s State) cardAtAccount(e Event) (State, Effect, bool) {
	switch e.(type) {
	case wizard.CardIn:
		return s.toAccount(account.CardIn{})
	case wizard.CardOut, wizard.CardStops:
		return s.toAccount(account.CardOut{})
	}
	wizard.Drop(e)
	return s, nil, true
}

// left ends the sitting of whoever was here.
func (s State) left() Effect {
	switch {
	case s.at(Account):
		return account.Leave{Sitting: s.Account.Sitting}
	case s.at(MyKey):
		return wizard.PowerDown{Sitting: s.MyKey.Sitting}
	case s.at(Prize), s.Prize.Step == prize.Second:
		return prize.Clear{}
	}
	return nil
}

// gone is who has left; a card that they left lying is to be taken away.
func (s State) gone() State {
	theirs := s.lies()
	s = s.home()
	if theirs {
		s.Step, s.MyKey, s.since = MyKey, wizard.State{Step: wizard.Take, Card: true}, s.Now
	}
	return s
}

// remind says aloud that a card lies there, again and again.
func (s State) remind() (State, Effect) {
	if !s.taking() {
		return s, nil
	}
	if n := int(s.Now.Sub(s.since) / callBack); n > s.beeps {
		s.beeps = n
		return s, Beep{}
	}
	return s, nil
}
