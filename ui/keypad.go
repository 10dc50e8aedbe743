package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"pointkiosk/kiosk"
)

// newKeypad has the digits, 消す and 決定: twelve keys, four rows.
func newKeypad(p *pen, send func(kiosk.Event)) (part, []*button) {
	var rows []part
	var keys []*button
	for _, line := range []string{"123", "456", "789", "<0>"} {
		var cells []part
		for _, c := range line {
			k := newKey(p, byte(c), send)
			keys = append(keys, k)
			cells = append(cells, growing{k, 1})
		}
		rows = append(rows, growing{newRow(p, 18, cells...), 1})
	}
	pad := newColumn(p, 18, rows...)
	pad.least = true
	return pad, keys
}

func newKey(p *pen, c byte, send func(kiosk.Event)) *button {
	switch c {
	case '<':
		return newKeyOf(p, plain, newSaid(p, 30, bold, main, "door.erase"), func() { send(kiosk.TapErase{}) })
	case '>':
		return newKeyOf(p, primary, newSaid(p, 34, bold, main, "door.enter"), func() { send(kiosk.TapEnter{}) })
	}
	digit := newText(p, 54, bold, body)
	digit.set(string(c))
	return newKeyOf(p, quiet, digit, func() { send(kiosk.TapDigit{Digit: c}) })
}

func newKeyOf(p *pen, k kind, label *text, tap func()) *button {
	b := newButton(p, k, label.centre().middle(), tap)
	b.padX, b.padY, b.least = 8, 6, 104
	return b
}

// dots show how many digits were typed, and none of them.
type dots struct {
	p     *pen
	n     int
	most  int // that there is room for
	field *canvas.Rectangle
	each  []*canvas.Circle
	box   *fyne.Container
}

// mostDigits is how many a staff PIN can have.
const mostDigits = 8

func newDots(p *pen) *dots {
	d := &dots{p: p, most: mostDigits, field: canvas.NewRectangle(nil), box: container.NewWithoutLayout()}
	d.box.Add(d.field)
	return d
}

func (d *dots) set(n int) {
	if d.n != n {
		d.n, d.p.changed = n, true
	}
}

func (d *dots) shown() bool                  { return true }
func (d *dots) objects() []fyne.CanvasObject { return []fyne.CanvasObject{d.box} }
func (d *dots) wide() float32                { return d.p.gap(56)*min(float32(d.most), 16) + d.p.gap(32) }
func (d *dots) tall(float32) float32         { return d.p.gap(88) }

func (d *dots) place(x, y, w, h float32) {
	d.box.Show()
	d.box.Move(fyne.NewPos(x, y))
	d.box.Resize(fyne.NewSize(w, h))
	w = min(w, d.wide())
	paint(d.field, d.p.colours[ground], d.p.colours[main], 2, d.p.gap(12))
	d.field.Resize(fyne.NewSize(w, h))
	pitch := (w - d.p.gap(32)) / float32(d.most)
	for len(d.each) < d.most {
		c := canvas.NewCircle(nil)
		d.each = append(d.each, c)
		d.box.Add(c)
	}
	size := round(min(pitch*0.62, h*0.5))
	for i, c := range d.each {
		fill, edges := d.p.colours[body], d.p.colours[body]
		c.Hidden = i >= d.n
		if c.FillColor != fill {
			c.FillColor, c.StrokeColor = fill, edges
			c.Refresh()
		}
		c.Move(fyne.NewPos(round(d.p.gap(16)+pitch*(float32(i)+0.5)-size/2), round((h-size)/2)))
		c.Resize(fyne.NewSquareSize(size))
	}
}
