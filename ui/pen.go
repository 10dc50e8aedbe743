package ui

import (
	"math"

	"fyne.io/fyne/v2"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// A pen is how everything is drawn just now: in which colours and words, how
// large, on which panel.
type pen struct {
	colours  palette
	contrast bool
	words    *words.Words
	text     float32 // the text size that was chosen; 1 is 中
	scale    float32 // of the panel; 1 is 1280x800
	letters  float32 // the same for text
	squeeze  float32 // 1, or less where a screen would not fit
	mm       float32 // pixels in a millimetre
	upright  bool
	low      bool             // a panel with little height, as 800x480
	changed  bool             // since the last arrange
	redraw   func()           // after what no State says, as a digit of a PIN
	regular  map[rune]float64 // widths in ems, once measured
	bold     map[rune]float64
}

func newPen() *pen {
	p := &pen{squeeze: 1, regular: map[rune]float64{}, bold: map[rune]float64{}, redraw: func() {}}
	p.look(kiosk.Look{Lang: "ja", Size: kiosk.Medium})
	p.panel(fyne.NewSize(1280, 800), 0)
	return p
}

// look takes over language, size and colours.
func (p *pen) look(l kiosk.Look) {
	p.words, p.contrast = words.In(l.Lang), l.Contrast
	p.colours = calm()
	if l.Contrast {
		p.colours = strong()
	}
	p.text = 1
	switch l.Size {
	case kiosk.Small:
		p.text = 22. / 28
	case kiosk.Large:
		p.text = 36. / 28
	}
}

// panel takes over the window's size. Text keeps a size that can be read on a
// small panel: there it shrinks less than the window.
func (p *pen) panel(size fyne.Size, perMM float32) {
	long, short := max(size.Width, size.Height), min(size.Width, size.Height)
	p.upright, p.low = size.Height > size.Width, short < 600
	p.scale = max(0.66, min(long/1280, short/800))
	p.letters = max(0.8, p.scale)
	p.mm = perMM
	if perMM > 0 {
		return
	}
	switch { // the usual panel of this size: 7, 10.1 and 15.6 inches
	case short < 600:
		p.mm = 5.25
	case short < 1000:
		p.mm = 5.9
	default:
		p.mm = 5.6
	}
}

// px is a size of text, given for 中 at 1280x800. What is large anyway grows
// and shrinks less.
func (p *pen) px(n float32) float32 {
	chosen := p.text
	if n > 36 {
		chosen = 1 + (chosen-1)*36/n
	}
	return max(round(n*chosen*p.letters*p.squeeze), ceil(smallest*p.mm))
}

// smallest is the least size of text, in mm: nothing is drawn smaller.
const smallest = 2.3

// gap is a distance, given for 1280x800. Where there is little room it shrinks
// before the text does.
func (p *pen) gap(n float32) float32 {
	return round(n * p.scale * p.squeeze * float32(math.Sqrt(float64(p.squeeze))))
}

// target is the least side of what a finger should hit: 12 mm (DECISIONS 29).
func (p *pen) target() float32 { return float32(math.Ceil(float64(12 * p.mm))) }

// apart is the least distance between two targets: 2 mm.
func (p *pen) apart() float32 { return float32(math.Ceil(float64(2 * p.mm))) }

// say gives a text of the word list.
func (p *pen) say(key string, args ...any) string { return p.words.Say(key, args...) }

// lang is the language of the screen.
func (p *pen) lang() string { return p.words.Lang() }

// fit places a screen's body, a little smaller where it would not fit.
func (p *pen) fit(b part, size fyne.Size) {
	for p.squeeze = 1; p.squeeze > 0.4; p.squeeze -= 0.025 {
		if b.tall(size.Width) <= size.Height {
			break
		}
	}
	b.place(0, 0, size.Width, size.Height)
	p.squeeze = 1
}

func round(v float32) float32 { return float32(math.Round(float64(v))) }
