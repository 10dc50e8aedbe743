package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// An amount is a large number with its unit on the same base line. In a text
// such as "%s points" the number stands where the language wants it.
type amount struct {
	p                *pen
	big, small       float32
	ink              ink
	align            fyne.TextAlign
	before, n, after string
	shrink           float32 // 1, or less in a narrow place
	box              *fyne.Container
	runs             [3]*canvas.Text
}

func newAmount(p *pen, big, small float32, ink ink) *amount {
	a := &amount{p: p, big: big, small: small, ink: ink, shrink: 1, box: container.NewWithoutLayout()}
	for i := range a.runs {
		a.runs[i] = canvas.NewText("", nil)
		a.box.Add(a.runs[i])
	}
	return a
}

func (a *amount) centre() *amount { a.align = fyne.TextAlignCenter; return a }

// set says another number; before and after it stands its unit.
func (a *amount) set(before, n, after string) {
	if a.before != before || a.n != n || a.after != after {
		a.before, a.n, a.after, a.p.changed = before, n, after, true
	}
}

func (a *amount) shown() bool                  { return a.n != "" }
func (a *amount) objects() []fyne.CanvasObject { return []fyne.CanvasObject{a.box} }

// sizes gives words and size of the three runs.
func (a *amount) each() (words [3]string, px [3]float32) {
	small := max(a.shrink, 0.85)
	return [3]string{a.before, a.n, a.after}, [3]float32{round(a.p.px(a.small) * small), round(a.p.px(a.big) * a.shrink), round(a.p.px(a.small) * small)}
}

func (a *amount) wide() float32 {
	a.shrink = 1
	return a.now()
}

// now is the width at the present size.
func (a *amount) now() (w float32) {
	words, px := a.each()
	for i := range words {
		if words[i] != "" {
			w += ceil(fyne.MeasureText(words[i], px[i], fyne.TextStyle{Bold: true}).Width)
			if i != 1 {
				w += a.space()
			}
		}
	}
	return w
}

func (a *amount) space() float32 { return round(a.p.px(a.big) * a.shrink * 0.14) }

func (a *amount) tall(width float32) float32 {
	for a.shrink = 1; a.now() > width; a.shrink -= 0.05 {
		if a.shrink < 0.6 {
			return tooTall
		}
	}
	return round(a.p.px(a.big) * a.shrink * 1.1)
}

// baseline is where BIZ UDPGothic stands, in ems from the top.
const baseline = 0.88

func (a *amount) place(x, y, w, h float32) {
	a.box.Show()
	a.box.Move(fyne.NewPos(x, y))
	a.box.Resize(fyne.NewSize(w, h))
	a.tall(w)
	words, px := a.each()
	at := float32(0)
	if a.align == fyne.TextAlignCenter {
		at = round((w - a.now()) / 2)
	}
	top := round((h - px[1]) / 2)
	for i, run := range a.runs {
		letter(run, words[i], px[i], fyne.TextStyle{Bold: true}, a.p.colours[a.ink])
		run.Hidden = words[i] == ""
		if run.Hidden {
			continue
		}
		if i == 2 {
			at += a.space()
		}
		size := fyne.MeasureText(words[i], px[i], run.TextStyle)
		run.Move(fyne.NewPos(at, top+round((px[1]-px[i])*baseline)))
		run.Resize(size)
		at += ceil(size.Width)
		if i == 0 {
			at += a.space()
		}
	}
}
