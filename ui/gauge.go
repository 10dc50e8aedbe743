package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// A gauge says how much of a work is done. It moves when that does, and never by
// itself.
type gauge struct {
	p           *pen
	done, all   int
	whole, part *canvas.Rectangle
}

func newGauge(p *pen) *gauge {
	return &gauge{p: p, whole: canvas.NewRectangle(nil), part: canvas.NewRectangle(nil)}
}

// set says how much there is of how much.
func (g *gauge) set(done, all int) {
	if g.done != done || g.all != all {
		g.done, g.all, g.p.changed = done, all, true
	}
}

func (g *gauge) shown() bool                  { return g.all > 0 }
func (g *gauge) objects() []fyne.CanvasObject { return []fyne.CanvasObject{g.whole, g.part} }
func (g *gauge) wide() float32                { return g.p.gap(400) }
func (g *gauge) tall(float32) float32         { return g.p.gap(36) }

func (g *gauge) place(x, y, w, h float32) {
	round1 := g.p.gap(12)
	paint(g.whole, g.p.colours[ground], g.p.colours[edge], 2, round1)
	g.whole.Show()
	g.whole.Move(fyne.NewPos(x, y))
	g.whole.Resize(fyne.NewSize(w, h))
	if g.done < 1 {
		return
	}
	paint(g.part, g.p.colours[main], g.p.colours[main], 0, round1)
	g.part.Show()
	g.part.Move(fyne.NewPos(x, y))
	g.part.Resize(fyne.NewSize(max(2*round1, round(w*float32(min(g.done, g.all))/float32(g.all))), h))
}
