package ui

import (
	"io"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// mykey is マイキーIDをつくる: one screen for each step of the wizard.
type mykey struct {
	*stage
	leaves map[wizard.Step]screen
	pin    *pin
}

func newMyKey(p *pen, random io.Reader, clock func() time.Time, send func(kiosk.Event)) *mykey {
	m := &mykey{stage: newStage(p, clock)}
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
		wizard.Done: newDone(p, send), wizard.Held: newHeld(p, send), wizard.None: newNone(p, send), wizard.Sure: newSure(p, send),
		wizard.Stopped: newStopped(p, send), wizard.Take: newTake(p),
	}
	for _, s := range m.leaves {
		m.all = append(m.all, s)
	}
	m.first, m.now = m.leaves[wizard.Needs], m.leaves[wizard.Needs]
	return m
}

// Show turns to the screen of the step.
func (m *mykey) Show(st kiosk.State) {
	if next := m.leaves[st.MyKey.Step]; next != nil {
		m.turn(next, st)
	}
}

// forget wipes what is left of who stood here.
func (m *mykey) forget() {
	m.stage.forget()
	m.pin.sort()
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
