package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// A sheet is a picture of paper: as wide as it is told to be, and as tall as
// there is room for.
type sheet struct {
	p     *pen
	width float32
	least float32 // its height at 1280x800, before texts get smaller
	edge  *canvas.Rectangle
	image *canvas.Image // made once, its picture changed: objects made anew are kept by Fyne
}

func newSheet(p *pen, width float32) *sheet {
	return &sheet{p: p, width: width, edge: canvas.NewRectangle(nil), image: &canvas.Image{FillMode: canvas.ImageFillContain}}
}

// set shows another paper; nil takes it away.
func (s *sheet) set(paper image.Image) {
	if s.image.Image != paper {
		s.image.Image, s.p.changed = paper, true
		s.image.Refresh()
	}
}

func (s *sheet) shown() bool                  { return s.image.Image != nil }
func (s *sheet) objects() []fyne.CanvasObject { return []fyne.CanvasObject{s.edge, s.image} }
func (s *sheet) wide() float32                { return s.p.gap(s.width) }
func (s *sheet) tall(float32) float32         { return round(s.least * s.p.scale) }

func (s *sheet) place(x, y, w, h float32) {
	size := s.image.Image.Bounds().Size()
	scale := min(w/float32(size.X), h/float32(size.Y))
	pw, ph := round(float32(size.X)*scale), round(float32(size.Y)*scale)
	x += round((w - pw) / 2)
	paint(s.edge, s.p.colours[shade], s.p.colours[edge], 1, 0)
	s.edge.Show()
	s.edge.Move(fyne.NewPos(x-1, y-1))
	s.edge.Resize(fyne.NewSize(pw+2, ph+2))
	s.image.Show()
	s.image.Move(fyne.NewPos(x, y))
	s.image.Resize(fyne.NewSize(pw, ph))
}
