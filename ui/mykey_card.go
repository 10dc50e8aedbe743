package ui

import (
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// needs is はじめに: what is needed, and how old the person is.
type needs struct{ page *page }

func newNeeds(p *pen, send func(kiosk.Event)) *needs {
	thing := func(name, key string) part {
		picture := newPicture(p, name, 128)
		picture.low = 110
		says := newColumn(p, 8, newSaid(p, 36, bold, body, key), newSaid(p, 28, regular, body, key+".sub").unbroken())
		return growing{newPanel(p, newRow(p, 28, centred(p, picture), growing{centred(p, says), 1}), panelGround, edge), 1}
	}
	young := newChoiceOf(p, "mykey.needs.young", func() { send(wizard.TapYoung{}) })
	old := newGo(p, "mykey.needs.old", func() { send(wizard.TapNext{}) })
	card, pin := thing("idcard", "mykey.needs.card"), thing("pin", "mykey.needs.pin")
	title, have := newTitle(p, "mykey.needs.title"), newSaid(p, 32, regular, body, "mykey.needs.have")
	here, age := newSaid(p, 28, regular, muted, "mykey.here"), newSaid(p, 28, bold, body, "mykey.needs.age")
	back := newStepBack(p, "any.back", send)
	answers := newRow(p, 24, back, spring(1), young, old)
	piled := newColumn(p, 24, young, old, newRow(p, 0, back, spring(1)))
	piled.least = true
	return &needs{&page{p: p, under: true, foot: &shape{p: p, lying: answers, upright: piled}, main: &shape{p: p,
		lying:   newColumn(p, 20, title, have, card, pin, here, newRow(p, 0, spring(1), age)),
		low:     newColumn(p, 16, title, have, growing{newRow(p, 24, card, pin), 1}, here, newRow(p, 0, spring(1), age)),
		upright: newColumn(p, 32, title, have, card, pin, here, spring(1), age),
	}}}
}

func (s *needs) body() part       { return s.page }
func (s *needs) Show(kiosk.State) {}

// young is for who is under 15: with whom to come, and with what. Staff go on from
// there.
type young struct {
	p    *pen
	page *page
	who  *text
}

func newYoung(p *pen, send func(kiosk.Event)) *young {
	s := &young{p: p, who: newText(p, 28, regular, body)}
	var lines []part
	for _, key := range []string{"mykey.young.who", "mykey.young.bring", "mykey.young.where"} {
		lines = append(lines, newColumn(p, 4, newSaid(p, 28, regular, muted, key), newSaid(p, 32, bold, body, key+".is")))
	}
	says := newColumn(p, 22, append(append([]part{newTitle(p, "mykey.young.title"), space{p, 20}}, lines...), s.who)...)
	staff := newChoiceOf(p, "mykey.young.staff", func() { send(wizard.TapStaff{}) })
	picture := newPicture(p, "family", 300)
	picture.low = 180
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newStepBack(p, "any.back", send), spring(1), staff), main: &shape{p: p,
		lying:   newRow(p, 64, centred(p, picture), growing{newColumn(p, 0, spring(1), says, spring(1)), 1}),
		upright: newColumn(p, 32, spring(1), picture, says, spring(2)),
	}}
	return s
}

func (s *young) body() part { return s.page }

// Show names whom to ask.
func (s *young) Show(st kiosk.State) { s.who.set(s.p.who(st.Site)) }

// place shows where the card goes.
type place struct {
	p          *pen
	page       *page
	at, title  *text
	sub, strip *text
}

func newPlace(p *pen, send func(kiosk.Event)) *place {
	s := &place{p: p, at: newAt(p), title: newText(p, 46, bold, body), sub: newText(p, 32, regular, body),
		strip: newSaid(p, 28, regular, muted, "mykey.place.case")}
	s.page = beside(p, newPicture(p, "place", 380), newRow(p, 24, newStepBack(p, "any.back", send), spring(1)), s.at, s.title, s.sub, s.strip)
	return s
}

// beside is a large picture with what it says; above it where there is more
// height than width.
func beside(p *pen, picture *picture, foot part, says ...part) *page {
	picture.low = min(picture.height, 280)
	list := newColumn(p, 20, append(append([]part{spring(1)}, says...), spring(1))...)
	above := newColumn(p, 24, says...)
	return &page{p: p, under: true, foot: foot, main: &shape{p: p,
		lying:   newRow(p, 72, centred(p, picture), growing{list, 1}),
		upright: newColumn(p, 48, spring(1), picture, above, spring(2)),
	}}
}

func (s *place) body() part { return s.page }

// Show says so where the card moved.
func (s *place) Show(st kiosk.State) {
	key := "mykey.place.title"
	if st.MyKey.Moved {
		key = "mykey.place.moved"
	}
	sub := "mykey.place.sub"
	switch {
	case st.Left && st.Card:
		sub = "mykey.place.left"
	case st.MyKey.Moved:
		sub = "mykey.place.moved.sub"
	case st.MyKey.Child && st.MyKey.Card: // perhaps their guardian's
		sub = "mykey.place.child.lies"
	case st.MyKey.Child:
		sub = "mykey.place.child"
	}
	s.at.at(1)
	s.at.show(st.MyKey.Aim == wizard.Make)
	s.title.set(s.p.say(key))
	s.sub.set(s.p.say(sub))
}

// still is shown while something is waited for.
type still struct {
	p              *pen
	page           *page
	picture        *picture
	at, title, sub *text
}

func newStill(p *pen) *still {
	s := &still{p: p, picture: newPicture(p, "reading", 320), at: newAt(p).centre(),
		title: newText(p, 54, bold, body).centre(), sub: newText(p, 32, regular, body).centre()}
	s.page = &page{p: p, under: true, foot: nothing(), main: newColumn(p, 24, spring(1), s.at, s.picture, s.title, s.sub, spring(1))}
	return s
}

func (s *still) body() part { return s.page }

// Show says what is under way.
func (s *still) Show(st kiosk.State) {
	key, at := "mykey.read", 1
	switch st.MyKey.Step {
	case wizard.Checking:
		key, at = "mykey.check", 2
	case wizard.Looking:
		key, at = "mykey.look", 3
	case wizard.Applying:
		key, at = "mykey.apply", 4
	}
	s.at.at(at)
	s.at.show(st.MyKey.Account.ID == "" && st.MyKey.Aim == wizard.Make) // who has an ID is on no way of five steps
	s.title.set(s.p.say(key + ".title"))
	s.sub.set(s.p.say(key + ".sub"))
}

// take asks for the card to be taken away, and louder where its person may be
// going.
type take struct {
	page   *page
	notice *panel
}

func newTake(p *pen) *take {
	notice, word := newNotice(p)
	word.key, word.size = "mykey.take.left", 40
	return &take{beside(p, newPicture(p, "take", 380), nothing(), notice, newTitle(p, "mykey.take.title"),
		newSaid(p, 32, regular, body, "mykey.take.sub")), notice}
}

func (s *take) body() part          { return s.page }
func (s *take) Show(st kiosk.State) { s.notice.show(st.Forgotten()) }
