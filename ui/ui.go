// Package ui draws what a kiosk shows: one screen for each step, with the bar
// above it.
//
// A screen is built once, redrawn by Show(State), and speaks only through
// send(Event). All of it belongs to the Fyne goroutine.
//
// The package opens no window, knows no device, starts nothing and keeps
// nothing of a person: what is on the screen is in the State.
package ui

import (
	"crypto/rand"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"pointkiosk/kiosk"
)

// Opts say what the screen is.
type Opts struct {
	// PixelsPerMM is how many pixels the panel has in a millimetre. 0 stands
	// for the usual panel of the window's size.
	PixelsPerMM float32
	// Random shuffles the keys of the PIN; nil is crypto/rand.
	Random io.Reader
	// Clock tells a second tap from a tap too many; nil is time.Now.
	Clock func() time.Time
}

// A screen shows one step.
type screen interface {
	Show(kiosk.State)
	body() part
}

// Root is everything in the window.
type Root struct {
	opts    Opts
	pen     *pen // of the screens
	barPen  *pen // of the bar, whose text keeps its size
	ground  *canvas.Rectangle
	bar     *bar
	sample  *panel // 見本, across every screen of practice mode
	leaving *panel // how soon residents' screens close by themselves
	mykey   *mykey
	account *accounts
	prize   *prizes
	number  *byNumber
	ranges  *ranges
	sheets  *sheets
	scanner *scanner
	screens map[kiosk.Step]screen
	boxes   map[kiosk.Step]*fyne.Container
	root    *fyne.Container
	size    fyne.Size
	state   kiosk.State
	shown   bool
}

// NewRoot builds all screens. A tap becomes one call of send, which must not
// wait.
func NewRoot(send func(kiosk.Event), opts *Opts) *Root {
	r := &Root{opts: *opts, pen: newPen(), barPen: newPen(), ground: canvas.NewRectangle(nil)}
	r.bar = newBar(r.barPen, send)
	r.sample = newSample(r.barPen)
	r.leaving = newLeaving(r.barPen)
	p := r.pen
	p.redraw = r.redraw
	random := opts.Random
	if random == nil {
		random = rand.Reader
	}
	clock := opts.Clock
	if clock == nil {
		clock = time.Now
	}
	r.mykey, r.account = newMyKey(p, random, clock, send), newAccounts(p, clock, send)
	r.prize, r.number = newPrizes(p, clock, send), newByNumber(p, clock, send)
	r.ranges, r.sheets = newRanges(p, clock, send), newSheets(p, clock, send)
	r.scanner = &scanner{clock: clock, send: send}
	r.screens = map[kiosk.Step]screen{
		kiosk.Home: newHome(p, send), kiosk.Door: newDoor(p, send), kiosk.Menu: newMenu(p, send),
		kiosk.Clock: newClock(p, send), kiosk.Issue: newIssue(p, send), kiosk.Wait: newWait(p),
		kiosk.Confirm: newConfirm(p, send), kiosk.VoidCard: newVoid(p, send),
		kiosk.Display: newDisplay(p, send), kiosk.Out: newOut(p, send),
		kiosk.MyKey: r.mykey, kiosk.Account: r.account, kiosk.Prize: r.prize,
		kiosk.ByNumber: r.number, kiosk.Ranges: r.ranges, kiosk.Sheets: r.sheets,
	}
	r.boxes = map[kiosk.Step]*fyne.Container{}
	all := append([]fyne.CanvasObject{r.ground}, r.bar.objects()...)
	all = append(all, r.sample.objects()...)
	all = append(all, r.leaving.objects()...)
	for step := kiosk.Home; step <= kiosk.Sheets; step++ {
		box := container.NewWithoutLayout(once(r.screens[step].body().objects())...)
		box.Hide()
		r.boxes[step] = box
		all = append(all, box)
	}
	r.root = container.New(r, all...)
	return r
}

// Object is what the window holds.
func (r *Root) Object() fyne.CanvasObject { return r.root }

// Show draws a state, on the Fyne goroutine. What has not changed is not drawn
// again.
func (r *Root) Show(s kiosk.State) {
	if r.screens[s.Step] == nil {
		return
	}
	turn := !r.shown || s.Step != r.state.Step || s.Look != r.state.Look
	if turn {
		r.boxes[r.state.Step].Hide()
		r.boxes[s.Step].Show()
	}
	if r.shown && (s.Step != r.state.Step || s.Visit != r.state.Visit) {
		r.mykey.forget()
		r.account.forget()
		r.prize.forget()
		r.number.forget()
		r.ranges.forget()
		r.sheets.forget()
	}
	r.state, r.shown = s, true
	r.pen.look(s.Look)
	r.barPen.look(kiosk.Look{Lang: s.Look.Lang, Size: kiosk.Medium, Contrast: s.Look.Contrast})
	r.bar.Show(s)
	r.scanner.rest()
	r.sample.show(s.Site.Practice)
	r.countDown(s)
	r.screens[s.Step].Show(s)
	if turn || r.pen.changed || r.barPen.changed {
		r.arrange()
	}
}

// MinSize lets the window be of any size.
func (r *Root) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// Layout is called by Fyne when the window's size is known.
func (r *Root) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size == r.size {
		return
	}
	r.size = size
	r.arrange()
}

// arrange gives everything its place.
func (r *Root) arrange() {
	if !r.shown || r.size.Width < 1 || r.size.Height < 1 {
		return
	}
	r.pen.panel(r.size, r.opts.PixelsPerMM)
	r.barPen.panel(r.size, r.opts.PixelsPerMM)
	r.barPen.text = 1
	if r.barPen.low {
		r.barPen.text = 1.2 // the little that it says there can be read
	}
	paint(r.ground, r.pen.colours[ground], nil, 0, 0)
	r.ground.Resize(r.size)
	hideAll(r.bar.objects())
	hideAll(r.sample.objects())
	hideAll(r.leaving.objects())
	w, top := r.size.Width, r.bar.arrange(r.size.Width)
	if r.sample.shown() && !r.pen.low {
		h := r.sample.tall(w)
		r.sample.place(0, top, w, h)
		top += h
	}
	top += r.placeLeaving(top)
	box := r.boxes[r.state.Step]
	hideAll(box.Objects)
	box.Move(fyne.NewPos(0, top))
	box.Resize(fyne.NewSize(w, r.size.Height-top))
	r.pen.fit(r.screens[r.state.Step].body(), box.Size())
	r.pen.changed, r.barPen.changed = false, false
	canvas.Refresh(r.root)
}

// newSample is the strip that tells practice from the real thing.
func newSample(p *pen) *panel {
	label := newText(p, 24, bold, cautionInk).centre()
	label.key = "practice.strip"
	s := newPanel(p, label, cautionGround, cautionLine)
	s.round, s.padX, s.padY = 0, 24, 8
	return s
}

// newLeaving is the strip that counts down.
func newLeaving(p *pen) *panel {
	s := newPanel(p, newText(p, 28, bold, cautionInk).centre(), cautionGround, cautionLine)
	s.round, s.padX, s.padY = 0, 24, 4
	return s
}

// countDown says how soon the first screen comes back; where there is little
// height, the bar does.
func (r *Root) countDown(s kiosk.State) {
	words := ""
	if n := s.Leaving(); n > 0 {
		words = r.barPen.say("mykey.leaving", n)
	}
	r.leaving.inside.(*text).set(words)
}

// placeLeaving keeps the strip's room, whether it counts or not: nothing moves
// away from under a finger.
func (r *Root) placeLeaving(top float32) float32 {
	if r.state.Step < kiosk.MyKey || r.barPen.low {
		return 0
	}
	w := r.size.Width
	h := r.barPen.px(28)*1.1 + 2*r.barPen.gap(4)
	if r.leaving.shown() {
		r.leaving.place(0, top, w, h)
	}
	return h
}

// redraw shows what the screen alone knows.
func (r *Root) redraw() {
	if r.pen.changed {
		r.arrange()
	}
}
