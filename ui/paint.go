package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// paint changes a rectangle and has it drawn again only if it is another.
func paint(r *canvas.Rectangle, fill, stroke color.Color, width, radius float32) {
	if r.FillColor == fill && r.StrokeColor == stroke && r.StrokeWidth == width && r.CornerRadius == radius {
		return
	}
	r.FillColor, r.StrokeColor, r.StrokeWidth, r.CornerRadius = fill, stroke, width, radius
	r.Refresh()
}

// letter changes a line of text and has it drawn again only if it is another.
func letter(t *canvas.Text, words string, size float32, style fyne.TextStyle, c color.Color) {
	if t.Text == words && t.TextSize == size && t.TextStyle == style && t.Color == c {
		return
	}
	t.Text, t.TextSize, t.TextStyle, t.Color = words, size, style, c
	t.Refresh()
}

// A panel is a box with a ground, an edge and something in it.
type panel struct {
	p            *pen
	inside       part
	fill, stroke ink
	padX, padY   float32
	round        float32 // of the corners
	middle       bool    // what is inside stands in the middle of its height
	rect         *canvas.Rectangle
	gone         bool
}

func newPanel(p *pen, inside part, fill, stroke ink) *panel {
	return &panel{p: p, inside: inside, fill: fill, stroke: stroke, padX: 28, padY: 24, round: 12, rect: canvas.NewRectangle(nil)}
}

// show takes the panel away, or brings it back.
func (b *panel) show(yes bool) {
	if b.gone == yes {
		b.gone, b.p.changed = !yes, true
	}
}

func (b *panel) shown() bool { return !b.gone && b.inside.shown() }

func (b *panel) objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{b.rect}, b.inside.objects()...)
}

func (b *panel) wide() float32 { return b.inside.wide() + 2*b.p.gap(b.padX) }

func (b *panel) tall(width float32) float32 {
	return b.inside.tall(width-2*b.p.gap(b.padX)) + 2*b.p.gap(b.padY)
}

func (b *panel) place(x, y, w, h float32) {
	radius, line := b.p.gap(b.round), float32(2)
	if b.round == 0 {
		line = 0
	}
	paint(b.rect, b.p.colours[b.fill], b.p.colours[b.stroke], line, radius)
	b.rect.Show()
	b.rect.Move(fyne.NewPos(x, y))
	b.rect.Resize(fyne.NewSize(w, h))
	px, py := b.p.gap(b.padX), b.p.gap(b.padY)
	inner := h - 2*py
	if b.middle {
		inner = b.inside.tall(w - 2*px)
		py = round((h - inner) / 2)
	}
	b.inside.place(x+px, y+py, w-2*px, inner)
}

// hideAll takes everything off the screen; what is placed afterwards comes back.
func hideAll(all []fyne.CanvasObject) {
	for _, o := range all {
		o.Hide()
	}
}
