package ui

import (
	"strings"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// home says what is given out here, to whom, and how it works.
type home struct {
	p                 *pen
	page              *page
	name, when, place *text
	condition, once   *text
	points            *amount
	notice            *panel
	noticeText        *text
	contact           *text
	steps             [3]*panel
	box               *panel
	none, noneDo      *text
	nophone           *text
	noneBox           part
	picture           *picture
	mykey, large      *button // マイキーIDをつくる: beside an event, or alone
	balance, wide     *button // 残高を見る: the same
	choose, nocards   *text
}

func newHome(p *pen, send func(kiosk.Event)) *home {
	s := &home{p: p,
		name: newText(p, 54, bold, body).name(), when: newText(p, 28, regular, muted), place: newText(p, 28, regular, muted),
		condition: newText(p, 28, bold, body).centre().name(), once: newSaid(p, 22, regular, muted, "home.once").centre(),
		points: newAmount(p, 104, 40, main).centre(), noticeText: newText(p, 28, bold, cautionInk),
		contact: newText(p, 24, regular, muted).middle(),
		none:    newSaid(p, 54, bold, body, "home.none").centre(), noneDo: newSaid(p, 30, regular, body, "home.none.do").centre(),
		nophone: newSaid(p, 24, regular, muted, "home.nophone"),
		picture: newPicture(p, "staff", 160),
		choose:  newSaid(p, 46, bold, body, "home.choose").centre(), nocards: newSaid(p, 28, regular, muted, "home.nocards").centre(),
	}
	s.mykey, s.large = newMyKeyTile(p, 112, 36, send), newMyKeyTile(p, 200, 52, send)
	s.balance, s.wide = newBalanceTile(p, 64, 34, send), newBalanceTile(p, 112, 44, send)
	s.notice = newPanel(p, s.noticeText, cautionGround, cautionLine)
	s.notice.padX, s.notice.padY = 22, 16
	s.box = newPanel(p, newColumn(p, 6, spring(1), s.condition, s.points, s.once, spring(1)), panelGround, edge)
	for i, name := range []string{"staff", "card", "phone"} {
		s.steps[i] = newStep(p, name, []string{"home.step1", "home.step2", "home.step3"}[i])
	}
	s.page = &page{p: p, main: s.compose(), foot: newRow(p, 32, growing{s.contact, 1}, newStaff(p, send))}
	return s
}

// newStaff is the lock of the staff door.
func newStaff(p *pen, send func(kiosk.Event)) *button {
	lock := newRow(p, 10, centred(p, newPicture(p, "lock", 28)), newSaid(p, 26, bold, main, "any.staff").middle())
	lock.least = false
	return newButton(p, plain, lock, func() { send(kiosk.TapStaff{}) })
}

// newStep is one of the three steps: a picture over its words, beside them
// where there is more height than width.
func newStep(p *pen, name, key string) *panel {
	picture, words := newPicture(p, name, 112), newSaid(p, 28, bold, body, key).centre()
	picture.low = 64
	beside := newSaid(p, 32, bold, body, key).middle()
	inside := &shape{p: p,
		lying:   newColumn(p, 18, spring(1), growing{picture, 3}, words, spring(1)),
		upright: newRow(p, 32, picture, growing{beside, 1}),
	}
	return newPanel(p, inside, ground, edge)
}

// newMyKeyTile is the way to a MyKey ID, and the largest thing to tap.
func newMyKeyTile(p *pen, height, size float32, send func(kiosk.Event)) *button {
	picture := newPicture(p, "idcard", height)
	picture.low = 128
	words := newSaid(p, size, bold, body, "home.mykey").centre()
	below := newSaid(p, 28, regular, body, "home.mykey.sub").centre()
	beside := newColumn(p, 8, newSaid(p, size*1.3, bold, body, "home.mykey"), newSaid(p, 32, regular, body, "home.mykey.sub"))
	b := newButton(p, primary, &shape{p: p,
		lying:   newColumn(p, 14, spring(1), growing{picture, 3}, words, below, spring(1)),
		low:     newRow(p, 40, centred(p, picture), growing{centred(p, beside), 1}),
		upright: newRow(p, 40, centred(p, picture), growing{centred(p, beside), 1}),
	}, func() { send(kiosk.TapMyKey{}) })
	b.padX, b.padY = 20, 20
	return b
}

// newBalanceTile is the way to an account.
func newBalanceTile(p *pen, height, size float32, send func(kiosk.Event)) *button {
	picture := newPicture(p, "balance", height)
	says := newColumn(p, 6, newSaid(p, size, bold, body, "home.balance"), newSaid(p, 26, regular, body, "home.balance.sub"))
	b := newButton(p, quiet, newRow(p, 24, centred(p, picture), growing{centred(p, says), 1}), func() { send(kiosk.TapBalance{}) })
	b.padX, b.padY = 20, 12
	return b
}

func (s *home) compose() part {
	p := s.p
	left := newColumn(p, 10, spring(1), s.name, s.when, s.place, space{p, 8}, s.notice, spring(1))
	tiles := newColumn(p, 20, growing{s.mykey, 3}, growing{s.balance, 2})
	tiles.least = true
	steps := newRow(p, 24, growing{s.steps[0], 3}, growing{s.steps[1], 3}, growing{s.steps[2], 3}, growing{tiles, 4})
	side := newRow(p, 20, growing{s.mykey, 1}, growing{s.balance, 1})
	guide := newRow(p, 24, growing{s.steps[0], 1}, growing{s.steps[1], 1}, growing{s.steps[2], 1})
	below := newColumn(p, 24, growing{s.steps[0], 1}, growing{s.steps[1], 1}, growing{s.steps[2], 1})
	noneBox := newColumn(p, 24, spring(1), s.picture, s.none, s.noneDo, s.choose, growing{s.large, 4}, growing{s.wide, 2}, s.nocards, spring(1))
	noneBox.least = true
	s.noneBox = noneBox
	top := newRow(p, 32, growing{left, 1}, growing{s.box, 1})
	return &shape{p: p,
		lying: newColumn(p, 20, top, growing{steps, 1}, s.nophone, growing{s.noneBox, 1}),
		low:   newColumn(p, 20, top, growing{&either{side, guide}, 1}, growing{s.noneBox, 1}), // a low panel has no room for both
		upright: newColumn(p, 36, newColumn(p, 10, s.name, s.when, s.place), s.notice, s.box, growing{below, 3}, s.nophone, growing{s.mykey, 1}, growing{s.balance, 1},
			growing{s.noneBox, 1}),
	}
}

func (s *home) body() part { return s.page }

// Show says what is held for today.
func (s *home) Show(st kiosk.State) {
	a, lang, held := st.Site.Allotment, s.p.lang(), st.Site.Granted
	e := a.Event
	s.name.set(e.Name.In(lang))
	s.when.set(s.p.say("home.hours", words.Date(lang, a.Day.Start()), e.Opens, e.Closes))
	s.place.set(e.Place.In(lang))
	s.condition.set(s.p.forWhom("home.for", e, ""))
	s.points.count("issue.points", words.Number(int(a.Points)))
	notice := ""
	switch now := st.Now.Unix(); {
	case st.Network.Stopped != "":
		notice = s.p.say("home.stopped")
	case st.Now.IsZero() || !held:
	case now < a.From:
		notice = s.p.say("home.soon", e.Opens)
	case now >= a.Until:
		notice = s.p.say("home.over")
	}
	s.noticeText.set(notice)
	s.notice.show(notice != "")
	for _, t := range []*text{s.name, s.when, s.place, s.nophone} {
		t.show(held)
	}
	s.once.show(e.OncePerDay)
	s.box.show(held)
	for _, step := range s.steps {
		step.show(held)
	}
	counter := st.Site.Counter
	for _, t := range []*text{s.none, s.noneDo} {
		t.show(!held && !counter)
	}
	s.picture.show(!held && !counter)
	s.choose.show(!held && counter)
	s.nocards.show(!held && counter)
	s.large.show(!held && counter)
	s.mykey.show(held && counter)
	s.balance.show(held && st.Site.Accounts)
	s.wide.show(!held && st.Site.Accounts)
	s.contact.set(s.p.contact(st.Site))
}

// forWhom says whom a card is for, or something else where an event has no
// condition.
func (p *pen) forWhom(key string, e cards.Event, otherwise string) string {
	if c := e.Condition.In(p.lang()); c != "" {
		return p.say(key, c)
	}
	return otherwise
}

// contact says whom to ask.
func (p *pen) contact(site kiosk.Site) string {
	return strings.TrimSpace(p.say("any.help") + " " + p.who(site))
}
