package kiosk

import (
	"time"

	"pointkiosk/kiosk/prize"
)

// How long a screen waits for a finger.
const (
	doorIdle = 30 * time.Second
	menuIdle = 60 * time.Second
	// DeskIdle is how long the Issue screen stays open untouched, unless the
	// settings say otherwise.
	DeskIdle = 15 * time.Minute
	maxPIN   = 8
)

// First returns the state of a kiosk that has just been switched on.
func First(look Look, site Site, deskIdle time.Duration) State {
	return State{Look: look, Site: site, idle: deskIdle, usual: look}
}

// Next returns what follows from an event. An event out of place changes
// nothing.
func (s State) Next(e Event) (State, Effect) {
	if e == nil { // an effect without an answer is no touch
		return s, nil
	}
	if next, ok := s.news(e); ok {
		if next.Visit != s.Visit { // whoever sat there is idle
			return next, s.left()
		}
		return next.remind()
	}
	if next, effect, ok := s.card(e); ok {
		return next, effect
	}
	if next, effect, ok := s.scanned(e); ok {
		return next, effect
	}
	if next, effect, ok := s.prize(e); ok {
		return next, effect
	}
	if next, effect, ok := s.account(e); ok {
		return next, effect
	}
	s.touched = s.Now
	if s, ok := s.look(e); ok {
		return s, nil
	}
	return s.atStep(e)
}

// atStep is what a tap, or an answer, means on the screen that is shown.
func (s State) atStep(e Event) (State, Effect) {
	switch s.Step {
	case Home:
		return s.atHome(e)
	case Door:
		return s.atDoor(e)
	case Menu:
		return s.atMenu(e)
	case Clock:
		return s.atClock(e)
	case Issue:
		return s.atDesk(e)
	case Out:
		if _, ok := e.(TapStaff); ok { // whoever mends it may have to see more
			s.Step, s.outside, s.Keys = Door, Out, Keys{Wait: s.Keys.Wait}
		}
	case Wait:
		return s.answered(e)
	case Confirm, VoidCard:
		return s.asking(e)
	case ByNumber:
		return s.byNumber(e)
	case Ranges:
		return s.byRange(e)
	case Sheets:
		return s.bySheets(e)
	case Display:
		return s.atDisplay(e)
	}
	return s, nil
}

// atDisplay is 表示. An answer may come meanwhile; that of the staff door closes it.
func (s State) atDisplay(e Event) (State, Effect) {
	switch e.(type) {
	case TapBack:
		s.Step = s.back
		return s, nil
	case DoorOpened, DoorRefused:
		if s.back == Door {
			s.Step = Door
			return s.atDoor(e)
		}
	}
	switch s.back {
	case Ranges:
		return s.byRange(e)
	case Sheets:
		return s.bySheets(e)
	}
	return s.byNumber(e)
}

// news takes in what the parts say unasked. It does not count as a touch.
func (s State) news(e Event) (State, bool) {
	switch e := e.(type) {
	case Tick:
		return s.tick(e.Now), true
	case NetworkIs:
		s.Network = e.Network
	case PaperIs:
		s.Paper = e.Paper
		s = s.paperChanged()
	case SiteIs:
		s = s.arrived(e)
	case SheetsOn:
		s = s.printing(e)
	default:
		return s, false
	}
	return s, true
}

// arrived takes in what may be handed out now. A desk that is open stays the
// one it is; where it has run out of numbers, it learns of new ones.
func (s State) arrived(e SiteIs) State {
	s.Offers, s.Owed = e.Offers, e.Count.Undecided()
	if s.Skip >= len(s.Offers) {
		s.Skip = 0
	}
	switch s.Step {
	case Home:
		s.Site, s.Count = e.Site, e.Count
	case Issue:
		for _, o := range s.Offers {
			if s.Count.Left == 0 && o.Is(s.Site.Allotment) && !s.Site.Practice {
				s.Count.Left = o.Left
			}
		}
	}
	return s
}

// paperChanged shows 休止 while the volunteer's printer can't print, and goes
// on by itself when it can.
func (s State) paperChanged() State {
	switch {
	case s.Step == Issue && !s.Paper.Ready:
		s.Step = Out
	case s.Step == Out && s.Paper.Ready:
		return s.toDesk()
	}
	return s
}

func (s State) tick(now time.Time) State {
	s.Now = now
	if s.touched.IsZero() || s.touched.After(now) || s.MakingSheets() { // whoever waits touches nothing
		s.touched = now
	}
	if s.Keys.Wait > 0 {
		s.Keys.Wait--
	}
	s.Left = s.Left && (s.Card || s.away || now.Before(s.until))
	limit := menuIdle
	switch s.Step {
	case Home:
		if s.Look == s.usual { // else somebody chose it here, and went
			return s
		}
	case Wait:
		return s
	case Door:
		if limit = doorIdle; s.Vouching() {
			limit = cardIdle
		}
	case MyKey, Account:
		limit = cardIdle
	case Issue, Out, Confirm:
		limit = s.idle
		if s.Step == Issue && !s.Site.Allotment.Open(now) && !s.Site.Practice && !s.Site.Doubted {
			return s.home() // the event is over
		}
	}
	switch {
	case s.taking():
		limit = takeIdle
	case s.staffWork():
		limit = prizeIdle
	}
	if now.Sub(s.touched) >= limit {
		return s.leftAlone()
	}
	return s
}

// leftAlone is a screen that nobody has touched for long.
func (s State) leftAlone() State {
	switch {
	case s.under() == Door && s.Prize.Step == prize.Second: // nobody else came: the cards that were scanned are not dropped for that
		s.Step, s.Prize.Step, s.Keys, s.touched = Prize, prize.Sure, Keys{Wait: s.Keys.Wait}, s.Now
		return s
	case s.withCard() && !s.taking():
		return s.gone()
	}
	return s.home()
}

// home ends a visit: nothing of it is left, not even the size of its text.
func (s State) home() State {
	s.Account.Wipe()
	site := s.Site
	site.Practice = false // who comes next means it
	return State{
		Visit: s.Visit + 1, Look: s.usual, Site: site, Network: s.Network, Paper: s.Paper,
		Offers: s.Offers, Owed: s.Owed, Count: s.Count, Card: s.Card, Left: s.Left || (s.Card || s.away) && s.withCard(), Two: s.Two, away: s.away, until: s.until,
		Keys: Keys{Wait: s.Keys.Wait}, Now: s.Now, touched: s.Now, idle: s.idle, usual: s.usual,
	}
}

// look changes how the screen reads; it works on every step.
func (s State) look(e Event) (State, bool) {
	switch e := e.(type) {
	case TapLang:
		s.Look.Lang = e.Lang
	case TapSize:
		s.Look.Size = e.Size
	case TapContrast:
		s.Look.Contrast = !s.Look.Contrast
	case TapDisplay:
		if s.Step != Display && s.Step != Wait {
			s.back, s.Step = s.Step, Display
		}
	default:
		return s, false
	}
	return s, true
}
