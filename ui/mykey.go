package ui

import (
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// mykey is マイキーIDをつくる: one screen for each step of the wizard. A screen
// that is left keeps nothing of who stood there.
type mykey struct {
	p      *pen
	leaves map[wizard.Step]screen
	now    screen
	pin    *pin
	clock  func() time.Time
	deaf   time.Time // until then a tap is one too many
	fresh  bool      // somebody has just come
}

// settle is how long a screen that has just come up takes no tap: who taps twice
// by habit must not agree to what they haven't seen.
const settle = 300 * time.Millisecond

func newMyKey(p *pen, random io.Reader, clock func() time.Time, send func(kiosk.Event)) *mykey {
	m := &mykey{p: p, clock: clock, fresh: true}
	send = m.once(send)
	m.pin = newPIN(p, random, send)
	still := newStill(p)
	m.leaves = map[wizard.Step]screen{
		wizard.Needs: newNeeds(p, send), wizard.Young: newYoung(p, send), wizard.Place: newPlace(p, send),
		wizard.Reading: still, wizard.Checking: still, wizard.Looking: still, wizard.Applying: still,
		wizard.PIN: m.pin, wizard.LastTry: newLastTry(p, send),
		wizard.Choose: newChoose(p, send), wizard.Own: newOwn(p, send),
		wizard.Password: newPassword(p, send), wizard.Typing: newTyping(p, send),
		wizard.Terms: newTerms(p, send), wizard.Confirm: newReadBack(p, send),
		wizard.Done: newDone(p, send), wizard.Held: newHeld(p, send), wizard.Sure: newSure(p, send),
		wizard.Stopped: newStopped(p, send), wizard.Take: newTake(p),
	}
	m.now = m.leaves[wizard.Needs]
	return m
}

// Show turns to the screen of the step.
func (m *mykey) Show(st kiosk.State) {
	next := m.leaves[st.MyKey.Step]
	if next == nil {
		return
	}
	if next != m.now {
		leave(m.now)
		m.now, m.p.changed, m.fresh = next, true, true
	}
	if m.fresh {
		m.deaf, m.fresh = m.clock().Add(settle), false
	}
	next.Show(st)
}

// forget wipes what is left of who stood here.
func (m *mykey) forget() {
	leave(m.now)
	m.pin.sort()
	m.now, m.p.changed, m.fresh = m.leaves[wizard.Needs], true, true
}

// once lets one tap of a screen through. What was typed always is.
func (m *mykey) once(send func(kiosk.Event)) func(kiosk.Event) {
	return func(e kiosk.Event) {
		switch e.(type) {
		case kiosk.Touched, wizard.TypedPIN, wizard.TypedID, wizard.TypedPass:
		default:
			now := m.clock()
			if now.Before(m.deaf) {
				return
			}
			m.deaf = now.Add(settle)
		}
		send(e)
	}
}

// A forgetter holds more than what a State says.
type forgetter interface{ forget() }

// leave empties a screen: its fields, and the words that it drew.
func leave(s screen) {
	if f, ok := s.(forgetter); ok {
		f.forget()
	}
	s.Show(kiosk.State{})
	blank(s.body().objects())
}

func blank(all []fyne.CanvasObject) {
	for _, o := range all {
		switch o := o.(type) {
		case *fyne.Container:
			blank(o.Objects)
		case *button:
			blank(o.box.Objects)
		case *canvas.Text:
			o.Text = ""
		}
	}
}

func (m *mykey) body() part { return m }

func (m *mykey) shown() bool                { return true }
func (m *mykey) wide() float32              { return m.now.body().wide() }
func (m *mykey) tall(width float32) float32 { return m.now.body().tall(width) }
func (m *mykey) place(x, y, w, h float32)   { m.now.body().place(x, y, w, h) }

func (m *mykey) objects() (all []fyne.CanvasObject) {
	for _, s := range m.leaves {
		all = append(all, s.body().objects()...)
	}
	return once(all)
}

// mainSteps are those that a person counts: lay the card down, PIN, ID, password
// and consent, done.
const mainSteps = 5

// newAt says which of the main steps a screen belongs to.
func newAt(p *pen) *text { return newText(p, 28, regular, muted) }

func (t *text) at(n int) { t.set(t.p.say("any.page", n, mainSteps)) }

// newTitle asks the one question of a screen.
func newTitle(p *pen, key string) *text { return newSaid(p, 44, bold, body, key) }

// newNotice is a sentence that should not be missed.
func newNotice(p *pen) (*panel, *text) {
	word := newText(p, 28, bold, cautionInk)
	box := newPanel(p, word, cautionGround, cautionLine)
	box.padX, box.padY = 22, 14
	return box, word
}

// newStepBack is もどる, bottom left, as on every screen.
func newStepBack(p *pen, key string, send func(kiosk.Event)) *button {
	b := newWordButton(p, plain, 28, key, func() { send(wizard.TapBack{}) })
	b.padX, b.least = 52, 76
	return b
}

// newGo is the main action, bottom right.
func newGo(p *pen, key string, tap func()) *button {
	b := newWordButton(p, primary, 34, key, tap)
	b.padX, b.least = 56, 88
	return b
}

// newChoiceOf is another action beside the main one.
func newChoiceOf(p *pen, key string, tap func()) *button {
	b := newWordButton(p, plain, 28, key, tap)
	b.padX, b.least = 36, 76
	return b
}

// grouped writes an ID so that it can be read aloud: K7M4 W2HN.
func grouped(id string) string {
	if len(id) != 8 {
		return id
	}
	return id[:4] + " " + id[4:]
}

// newID is a MyKey ID in large type.
func newID(p *pen, size float32) *text {
	t := newText(p, size, bold, body)
	t.most, t.narrow = 1, true
	return t
}
