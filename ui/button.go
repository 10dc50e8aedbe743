package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// A kind is how a button looks.
type kind int

const (
	plain   kind = iota // an outline: one choice among others, and the way back
	primary             // filled: the main action, one on a screen
	quiet               // a key, a tile
	on                  // the switch that is chosen
	off                 // the switch that is not
	marked              // what will be printed
	spent               // what was used, and can be taken all the same
)

// A button is all that a finger may hit. A tap sends once; it has no hover.
type button struct {
	widget.BaseWidget
	p          *pen
	kind       kind
	inside     part
	padX, padY float32
	inset      float32 // its face is that much less tall than its target
	least      float32 // its least height, for 1280x800
	gone, dead bool
	tap        func()
	shadow     *canvas.Rectangle
	face       *canvas.Rectangle
	box        *fyne.Container
}

var _ fyne.Tappable = (*button)(nil)

func newButton(p *pen, kind kind, inside part, tap func()) *button {
	b := &button{p: p, kind: kind, inside: inside, tap: tap, padX: 24, padY: 16,
		shadow: canvas.NewRectangle(nil), face: canvas.NewRectangle(nil)}
	b.box = container.NewWithoutLayout(append([]fyne.CanvasObject{b.shadow, b.face}, inside.objects()...)...)
	b.ExtendBaseWidget(b)
	return b
}

// newWordButton is a button that says one thing.
func newWordButton(p *pen, kind kind, size float32, key string, tap func()) *button {
	label := newSaid(p, size, bold, main, key).centre().middle()
	return newButton(p, kind, label, tap)
}

// CreateRenderer is for Fyne.
func (b *button) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.box) }

// MinSize lets the button be of any size: its place gives it one.
func (b *button) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Tapped sends what the button says.
func (b *button) Tapped(*fyne.PointEvent) {
	if !b.dead && !b.gone {
		b.tap()
	}
}

// show takes the button away, or brings it back.
func (b *button) show(yes bool) {
	if b.gone == yes {
		b.gone, b.p.changed = !yes, true
	}
}

// enable lets the button be tapped, or not.
func (b *button) enable(yes bool) {
	if b.dead == yes {
		b.dead, b.p.changed = !yes, true
	}
}

// be changes how the button looks.
func (b *button) be(k kind) {
	if b.kind != k {
		b.kind, b.p.changed = k, true
	}
}

// choose makes a switch the one that is chosen, or one that is not.
func (b *button) choose(yes bool) {
	if yes {
		b.be(on)
	} else {
		b.be(off)
	}
}

func (b *button) shown() bool                  { return !b.gone }
func (b *button) objects() []fyne.CanvasObject { return []fyne.CanvasObject{b} }

func (b *button) wide() float32 {
	return max(b.p.target(), b.inside.wide()+2*b.p.gap(b.padX))
}

func (b *button) tall(width float32) float32 {
	h := b.inside.tall(width-2*b.p.gap(b.padX)) + 2*b.p.gap(b.padY)
	return max(b.p.target(), b.p.gap(b.least), h)
}

// colours gives face, edge and text.
func (b *button) colours() (face, rim, label ink) {
	switch {
	case b.dead, b.kind == spent:
		return offGround, offLine, offInk
	case b.kind == marked:
		return okGround, okLine, okInk
	case b.kind == primary, b.kind == on:
		return main, main, onMain
	case b.kind == quiet:
		return ground, edge, body
	case b.kind == off:
		return ground, edge, body
	}
	return ground, main, main
}

func (b *button) place(x, y, w, h float32) {
	face, rim, label := b.colours()
	c, radius := &b.p.colours, b.p.gap(12)
	inset := min(b.p.gap(b.inset), h/4)
	fh := h - 2*inset
	paint(b.face, c[face], c[rim], 2, radius)
	b.face.Move(fyne.NewPos(0, inset))
	b.face.Resize(fyne.NewSize(w, fh))
	b.shadow.Hidden = b.dead || b.kind != primary && b.kind != quiet
	paint(b.shadow, c[shade], nil, 0, radius)
	b.shadow.Move(fyne.NewPos(0, 4))
	b.shadow.Resize(fyne.NewSize(w, fh))
	inked(b.inside, label)
	px, py := b.p.gap(b.padX), b.p.gap(b.padY)
	inner := w - 2*px
	hideAll(b.inside.objects())
	tall := b.inside.tall(inner)
	if tall > fh-2*py || weightless(b.inside) {
		py = round((fh - tall) / 2)
	} else {
		tall = fh - 2*py
	}
	b.inside.place(px, inset+py, inner, tall)
	b.Move(fyne.NewPos(x, y))
	b.Resize(fyne.NewSize(w, h))
	b.Show()
}

// weightless reports whether a part has nothing that grows.
func weightless(p part) bool {
	if s, ok := p.(*shape); ok {
		p = s.now()
	}
	c, ok := p.(*column)
	return !ok || sumWeights(c.parts) == 0
}

// inked gives the text of a button the colour that its face asks for.
func inked(p part, label ink) {
	switch p := p.(type) {
	case *text:
		p.ink = label
	case *amount:
		p.ink = label
	case *column:
		for _, q := range p.parts {
			inked(q, label)
		}
	case *row:
		for _, q := range p.parts {
			inked(q, label)
		}
	case *shape:
		inked(p.now(), label)
	case growing:
		inked(p.part, label)
	case *picture:
		p.on = label
	}
}
