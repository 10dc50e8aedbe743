package ui

import (
	"io"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

const pinDigits = 4

// pin asks for the PIN of the card, on keys of our own. The digits are here and
// nowhere else until 決定 sends them, once, and overwrites them.
type pin struct {
	p              *pen
	page           *page
	at, title, sub *text
	notice         *panel
	word           *text
	places         *places
	keys           [10]*text
	enter          *button
	send           func(kiosk.Event)
	random         io.Reader
	order          [10]byte // what each key says
	typed          [pinDigits]byte
	n              int
}

func newPIN(p *pen, random io.Reader, send func(kiosk.Event)) *pin {
	s := &pin{p: p, send: send, random: random, at: newAt(p), title: newTitle(p, "mykey.pin.title"),
		sub: newText(p, 28, regular, body), places: newPlaces(p, pinDigits)}
	s.notice, s.word = newNotice(p)
	pad := s.pad()
	turn := newPicture(p, "turn", 56)
	staff := newRow(p, 16, centred(p, turn), growing{newSaid(p, 28, regular, body, "mykey.pin.turn").middle(), 1})
	foot := newRow(p, 24, newStepBack(p, "any.back", send), spring(1), newChoiceOf(p, "mykey.pin.mix", s.mix))
	says := []part{s.sub, space{p, 28}, s.places, space{p, 28}, s.notice, staff, space{p, 16}, spring(1), foot}
	left := newColumn(p, 16, append([]part{s.at, s.title}, says...)...)
	low := newColumn(p, 16, append([]part{newRow(p, 16, growing{s.title, 1}, s.at)}, says...)...)
	over := newColumn(p, 28, s.at, s.title, s.sub, s.places, s.notice, staff, growing{pad, 1}, space{p, 40}, foot)
	s.page = &page{p: p, under: true, foot: nothing(), main: &shape{p: p, lying: newRow(p, 56, growing{left, 6}, growing{pad, 4}), upright: over,
		low: newRow(p, 48, growing{low, 6}, growing{pad, 4})}}
	s.sort()
	return s
}

// pad has the digits, 消す and 決定.
func (s *pin) pad() part {
	var cells []part
	for i := range s.keys {
		s.keys[i] = newText(s.p, 54, bold, body)
		cells = append(cells, growing{newKeyOf(s.p, quiet, s.keys[i], func() { s.press(s.order[i]) }), 1})
	}
	erase := newKeyOf(s.p, plain, newSaid(s.p, 30, bold, main, "mykey.pin.erase"), s.erase)
	s.enter = newKeyOf(s.p, primary, newSaid(s.p, 34, bold, main, "mykey.pin.enter"), s.done)
	line := func(cells ...part) part { return growing{newRow(s.p, 18, cells...), 1} }
	pad := newColumn(s.p, 18, line(cells[:3]...), line(cells[3:6]...), line(cells[6:9]...),
		line(growing{erase, 1}, cells[9], growing{s.enter, 1}))
	pad.least = true
	return pad
}

func (s *pin) press(digit byte) {
	if s.n < pinDigits {
		s.typed[s.n] = digit
		s.count(s.n + 1)
	}
}

func (s *pin) erase() {
	clear(s.typed[:])
	s.count(0)
}

// count draws as many dots, and says that somebody is there.
func (s *pin) count(n int) {
	s.filled(n)
	s.send(kiosk.Touched{})
	s.p.redraw()
}

func (s *pin) filled(n int) {
	s.n = n
	s.places.set(n, nil)
	s.enter.enable(n == pinDigits)
}

// done sends the digits. They are a person's own until here: a slip of the finger
// costs no try.
func (s *pin) done() {
	if s.n != pinDigits {
		return
	}
	typed := wizard.NewTyped(s.typed[:])
	s.forget()
	s.send(wizard.TypedPIN{PIN: typed})
	s.p.redraw()
}

// forget overwrites what was typed.
func (s *pin) forget() {
	clear(s.typed[:])
	s.filled(0)
}

// sort gives the keys their usual order.
func (s *pin) sort() {
	for i := range s.order {
		s.order[i] = "1234567890"[i]
	}
	s.label()
}

// mix gives the keys another order, as likely as any other.
func (s *pin) mix() {
	for i := len(s.order) - 1; i > 0; i-- {
		j, err := s.below(i + 1)
		if err != nil { // an order that can be guessed would be a false promise
			s.sort()
			break
		}
		s.order[i], s.order[j] = s.order[j], s.order[i]
	}
	s.label()
	s.send(kiosk.Touched{})
	s.p.redraw()
}

// below draws a number under n, each as likely as another.
func (s *pin) below(n int) (int, error) {
	var b [1]byte
	for {
		if _, err := io.ReadFull(s.random, b[:]); err != nil {
			return 0, err
		}
		if at := int(b[0]); at < 256/n*n {
			return at % n, nil
		}
	}
}

func (s *pin) label() {
	for i, key := range s.keys {
		key.set(string(rune(s.order[i])))
	}
}

func (s *pin) body() part { return s.page }

// Show says how many tries there are before the first digit is typed.
func (s *pin) Show(st kiosk.State) {
	p, w := s.p, st.MyKey
	words := p.say("mykey.pin.left", w.Tries)
	switch {
	case w.Tries == 1:
		words = p.say("mykey.pin.last")
	case w.Wrong:
		words = p.say("mykey.pin.wrong", w.Tries)
	}
	sub := "mykey.pin.sub"
	if w.Child {
		sub = "mykey.pin.child"
	}
	s.at.at(2)
	s.at.show(w.Aim == wizard.Make)
	s.sub.set(p.say(sub))
	s.word.set(words)
	s.notice.show(w.Tries > 0)
	s.enter.enable(s.n == pinDigits)
}

// lastTry is what staff say yes to before the card may lock.
type lastTry struct{ page *page }

func newLastTry(p *pen, send func(kiosk.Event)) *lastTry {
	warn, word := newNotice(p)
	word.key, word.size = "mykey.last.warn", 34
	stop := newStepBack(p, "mykey.last.stop", send)
	go1 := newChoiceOf(p, "mykey.last.go", func() { send(wizard.TapNext{}) })
	return &lastTry{beside(p, newPicture(p, "call", 300), newRow(p, 24, stop, spring(1), go1),
		newTitle(p, "mykey.last.title"), warn, newSaid(p, 28, regular, body, "mykey.last.do"), newSaid(p, 28, bold, body, "mykey.last.staff"))}
}

func (s *lastTry) body() part       { return s.page }
func (s *lastTry) Show(kiosk.State) {}
