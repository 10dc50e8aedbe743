package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// A stage shows one of several screens of residents. One that is left keeps
// nothing of who stood there.
type stage struct {
	p          *pen
	all        []screen
	first, now screen
	clock      func() time.Time
	deaf       time.Time // until then a tap is one too many
	fresh      bool      // somebody has just come
}

// settle is how long a screen that has just come up takes no tap: who taps twice
// by habit must not agree to what they haven't seen.
const settle = 300 * time.Millisecond

func newStage(p *pen, clock func() time.Time) *stage { return &stage{p: p, clock: clock, fresh: true} }

// turn shows a screen.
func (g *stage) turn(next screen, st kiosk.State) {
	if next != g.now {
		leave(g.now)
		g.now, g.p.changed, g.fresh = next, true, true
	}
	if g.fresh {
		g.deaf, g.fresh = g.clock().Add(settle), false
	}
	next.Show(st)
}

// forget wipes what is left of who stood here.
func (g *stage) forget() {
	leave(g.now)
	g.now, g.p.changed, g.fresh = g.first, true, true
}

// once lets one tap of a screen through. What was typed always is.
func (g *stage) once(send func(kiosk.Event)) func(kiosk.Event) {
	return func(e kiosk.Event) {
		switch e.(type) {
		case kiosk.Touched, wizard.TypedPIN, wizard.TypedID, wizard.TypedPass, account.TypedID, account.TypedPass:
		default:
			now := g.clock()
			if now.Before(g.deaf) {
				return
			}
			g.deaf = now.Add(settle)
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

func (g *stage) body() part { return g }

func (g *stage) shown() bool                { return true }
func (g *stage) wide() float32              { return g.now.body().wide() }
func (g *stage) tall(width float32) float32 { return g.now.body().tall(width) }
func (g *stage) place(x, y, w, h float32)   { g.now.body().place(x, y, w, h) }

func (g *stage) objects() (all []fyne.CanvasObject) {
	for _, s := range g.all {
		all = append(all, s.body().objects()...)
	}
	return once(all)
}
