package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// places are boxes for what is typed, one for each character: dots, or letters
// where they are no secret.
type places struct {
	p       *pen
	most    int
	n       int
	letters []byte // nil for dots
	rects   []*canvas.Rectangle
	each    []*canvas.Circle
	texts   []*canvas.Text
	box     *fyne.Container
}

func newPlaces(p *pen, most int) *places {
	s := &places{p: p, most: most, box: container.NewWithoutLayout()}
	for range most {
		r, c, t := canvas.NewRectangle(nil), canvas.NewCircle(nil), canvas.NewText("", nil)
		s.rects, s.each, s.texts = append(s.rects, r), append(s.each, c), append(s.texts, t)
		s.box.Add(r)
		s.box.Add(c)
		s.box.Add(t)
	}
	return s
}

// set fills the first n places, with letters or with dots.
func (s *places) set(n int, letters []byte) {
	if s.n != n || string(s.letters) != string(letters) {
		s.n, s.letters, s.p.changed = n, letters, true
	}
}

func (s *places) shown() bool                  { return true }
func (s *places) objects() []fyne.CanvasObject { return []fyne.CanvasObject{s.box} }

// sizes gives a box and the gaps: one between boxes, one more between fours.
func (s *places) sizes(width float32) (box, gap, more float32) {
	box, gap, more = s.p.gap(84), s.p.gap(22), s.p.gap(28)
	groups := float32((s.most - 1) / 4)
	if s.most > 4 {
		gap = s.p.gap(10)
	}
	if full := float32(s.most)*(box+gap) - gap + groups*more; full > width {
		box = floor((width - float32(s.most-1)*gap - groups*more) / float32(s.most))
	}
	return box, gap, more
}

func (s *places) wide() float32 {
	box, gap, more := s.sizes(tooTall)
	return float32(s.most)*(box+gap) - gap + float32((s.most-1)/4)*more
}

func (s *places) tall(width float32) float32 {
	box, _, _ := s.sizes(width)
	return round(box * 1.2)
}

func (s *places) place(x, y, w, h float32) {
	s.box.Show()
	s.box.Move(fyne.NewPos(x, y))
	s.box.Resize(fyne.NewSize(w, h))
	box, gap, more := s.sizes(w)
	tall := min(h, s.tall(w))
	for i := range s.most {
		at := float32(i)*(box+gap) + float32(i/4)*more
		s.fill(i, fyne.NewPos(at, 0), fyne.NewSize(box, tall))
	}
}

func (s *places) fill(i int, at fyne.Position, size fyne.Size) {
	line := s.p.colours[edge]
	if i < s.n {
		line = s.p.colours[main]
	}
	paint(s.rects[i], s.p.colours[ground], line, 3, s.p.gap(12))
	s.rects[i].Move(at)
	s.rects[i].Resize(size)
	dot, ink := s.each[i], s.p.colours[body]
	if dot.FillColor != ink {
		dot.FillColor = ink
		dot.Refresh()
	}
	d := round(min(size.Width*0.66, size.Height*0.66))
	dot.Move(at.AddXY(round((size.Width-d)/2), round((size.Height-d)/2)))
	dot.Resize(fyne.NewSquareSize(d))
	dot.Hidden = i >= s.n || s.letters != nil
	words := ""
	if i < s.n && s.letters != nil {
		words = string(rune(s.letters[i]))
	}
	t := s.texts[i]
	letter(t, words, round(min(size.Height*0.66, size.Width*0.8)), fyne.TextStyle{Bold: true}, ink)
	ts := fyne.MeasureText(words, t.TextSize, t.TextStyle)
	t.Move(at.AddXY(round((size.Width-ts.Width)/2), round((size.Height-ts.Height)/2)))
	t.Resize(ts)
	t.Hidden = words == ""
}
