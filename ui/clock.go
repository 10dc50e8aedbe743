package ui

import (
	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// clock has the volunteer confirm the date, once, when the clock is suspect.
type clock struct {
	p          *pen
	page       *page
	date, hour *text
	event      *text
	wrong      *text
}

func newClock(p *pen, send func(kiosk.Event)) *clock {
	s := &clock{p: p, date: newText(p, 64, bold, body).centre(), hour: newText(p, 44, regular, body).centre(),
		event: newText(p, 34, bold, body).centre().name(), wrong: newText(p, 26, regular, muted).centre()}
	s.date.most, s.date.narrow = 1, true
	ok := newWordButton(p, primary, 34, "clock.ok", func() { send(kiosk.TapDateOK{}) })
	ok.padX, ok.least = 72, 88
	bad := newWordButton(p, plain, 28, "clock.bad", func() { send(kiosk.TapDateBad{}) })
	bad.padX, bad.least = 40, 88
	box := newPanel(p, newColumn(p, 12, spring(1), s.date, s.hour, s.event, spring(1)), panelGround, edge)
	s.page = &page{p: p,
		main: newColumn(p, 28, newSaid(p, 46, bold, body, "clock.title").centre(), growing{box, 3}, s.wrong, spring(1)),
		foot: newRow(p, 24, newBack(p, send), spring(1), bad, ok)}
	return s
}

func (s *clock) body() part { return s.page }

// Show asks about the day of the cards that are to be handed out; the hour
// stands there only where the clock says the same day.
func (s *clock) Show(st kiosk.State) {
	a, now := st.Site.Allotment, st.Now.In(cards.Japan)
	s.date.set(words.Date(s.p.lang(), a.Day.Start()))
	hour := ""
	if cards.DayOf(now) == a.Day {
		hour = now.Format("15:04")
	}
	s.hour.set(hour)
	s.event.set(a.Event.Name.In(s.p.lang()))
	s.wrong.set(s.p.say("clock.wrong") + " " + s.p.who(st.Site))
}
