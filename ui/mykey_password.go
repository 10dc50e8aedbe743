package ui

import (
	"crypto/subtle"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// password asks how a password comes about: by a code on the slip, or here.
type password struct {
	p     *pen
	page  *page
	at    *text
	typed *button
	later *text
}

func newPassword(p *pen, send func(kiosk.Event)) *password {
	s := &password{p: p, at: newAt(p), later: newSaid(p, 28, regular, body, "mykey.password.later")}
	answer := func(k kind, name, key string, tap func()) *button {
		picture, large := newPicture(p, name, 120), newPicture(p, name, 160)
		picture.low = 100
		word, sub := newSaid(p, 36, bold, body, key), newSaid(p, 28, regular, body, key+".sub")
		says := newColumn(p, 12, word, sub)
		b := newButton(p, k, &shape{p: p,
			lying:   newRow(p, 28, centred(p, picture), growing{centred(p, says), 1}),
			upright: newRow(p, 36, centred(p, large), growing{centred(p, says), 1}),
		}, tap)
		b.padX, b.padY, b.least = 32, 20, 132
		return b
	}
	code := answer(primary, "slip", "mykey.password.code", func() { send(wizard.TapCode{}) })
	s.typed = answer(quiet, "keyboard", "mykey.password.typed", func() { send(wizard.TapTyped{}) })
	title, sub := newTitle(p, "mykey.password.title"), newSaid(p, 28, regular, body, "mykey.password.sub")
	answers := newColumn(p, 24, growing{code, 1}, growing{s.typed, 1})
	answers.least = true
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newStepBack(p, "any.back", send), spring(1)), main: &shape{p: p,
		lying:   newColumn(p, 14, s.at, title, sub, s.later, space{p, 28}, growing{answers, 6}, spring(1)),
		upright: newColumn(p, 24, s.at, title, sub, s.later, space{p, 24}, growing{answers, 2}, spring(2)),
	}}
	return s
}

func (s *password) body() part { return s.page }

// Show offers no password where nothing can be sent: none is kept.
func (s *password) Show(st kiosk.State) {
	s.at.at(4)
	s.typed.show(!st.MyKey.Later)
	s.later.show(st.MyKey.Later)
}

// How many characters a password typed here has.
const (
	leastPassword = 8
	mostPassword  = 32
)

// A secretField is what is typed and never shown.
type secretField struct {
	text [mostPassword]byte
	n    int
}

func (f *secretField) wipe() { clear(f.text[:]); f.n = 0 }

// press adds a character; false where there is no room.
func (f *secretField) press(c byte) bool {
	if f.n == mostPassword {
		return false
	}
	f.text[f.n] = c
	f.n++
	return true
}

// erase takes the last character away; false where there is none.
func (f *secretField) erase() bool {
	if f.n == 0 {
		return false
	}
	f.n--
	f.text[f.n] = 0
	return true
}

func (f *secretField) is(other *secretField) bool {
	return f.n == other.n && subtle.ConstantTimeCompare(f.text[:], other.text[:]) == 1
}

// typing is the password, typed twice, since nobody sees it.
type typing struct {
	p              *pen
	page           *page
	at, title, sub *text
	notice         *panel
	word, count    *text
	dots           *dots
	keys           *board
	enter          *button
	send           func(kiosk.Event)
	now, first     secretField
	again, differ  bool
	weak           bool
	known          bool // it is one that there is, and is typed once
	vouch          *button
}

func newTyping(p *pen, send func(kiosk.Event)) *typing {
	s := &typing{p: p, send: send, at: newAt(p), title: newText(p, 44, bold, body), sub: newText(p, 28, regular, body),
		count: newText(p, 28, regular, body).middle(), dots: newDots(p)}
	s.dots.most = mostPassword
	s.notice, s.word = newNotice(p)
	s.keys = newBoard(p, passwordLayouts(), s.press, s.erase, send)
	s.enter = newGo(p, "mykey.pin.enter", s.done)
	s.vouch = newChoiceOf(p, "mykey.before.vouch", func() { s.forget(); send(wizard.TapVouch{}) })
	foot := newFoot(p, 24, newStepBack(p, "any.back", send), newRow(p, 24, s.count, s.enter), s.vouch)
	s.page = typingPage(p, s.at, s.title, s.sub, s.notice, s.dots, s.keys, foot)
	return s
}

func (s *typing) press(c byte) {
	if s.now.press(c) {
		s.touched()
	}
}

func (s *typing) erase() {
	if s.now.erase() {
		s.touched()
	}
}

func (s *typing) touched() {
	s.say()
	s.send(kiosk.Touched{})
	s.p.redraw()
}

// done takes the first typing, and sends the second where it is the same.
func (s *typing) done() {
	switch {
	case s.now.n < leastPassword:
		return
	case !s.again && !s.known:
		s.first, s.again, s.differ = s.now, true, false
		s.now.wipe()
	case !s.known && !s.now.is(&s.first):
		s.forget()
		s.differ = true
	default:
		typed := wizard.NewTyped(s.now.text[:s.now.n])
		s.forget()
		s.send(wizard.TypedPass{Pass: typed})
		s.p.redraw()
		return
	}
	s.keys.turn(0)
	s.touched()
}

// forget overwrites what was typed.
func (s *typing) forget() {
	s.now.wipe()
	s.first.wipe()
	s.again, s.differ = false, false
	s.keys.turn(0)
	s.say()
}

func (s *typing) body() part { return s.page }

// Show says why the hub would not take the last one.
func (s *typing) Show(st kiosk.State) {
	s.weak, s.known = st.MyKey.Weak, st.MyKey.Before
	s.vouch.show(s.known)
	s.at.at(4)
	s.say()
	s.keys.label()
}

func (s *typing) say() {
	p, key, note := s.p, "mykey.typing.title", ""
	switch {
	case s.known:
		key = "mykey.before.password"
	case s.again:
		key = "mykey.typing.again"
	}
	switch {
	case s.differ:
		note = p.say("mykey.typing.differ")
	case s.weak && !s.again && s.now.n == 0:
		note = p.say("mykey.typing.weak")
	}
	sub := "mykey.typing.sub"
	switch {
	case s.known:
		sub = "mykey.before.password.sub"
	case s.again:
		sub = "mykey.typing.again.sub"
	}
	s.title.set(p.say(key))
	s.sub.set(p.say(sub))
	s.word.set(note)
	s.notice.show(note != "")
	s.count.set(p.say("mykey.typing.count", s.now.n))
	s.dots.set(s.now.n)
	s.enter.enable(s.now.n >= leastPassword)
}
