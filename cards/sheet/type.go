package sheet

import (
	"fmt"
	"math"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"pointkiosk/assets"
	"pointkiosk/assets/words/kinsoku"
	"pointkiosk/cards/face"
)

// smallest is the size of type in mm below which a printed card isn't readable
// for everyone: 6.5 pt.
const smallest = 2.3

// A typeface measures text as the PDF sets it: widths are thousandths of the
// size, rounded.
type typeface struct {
	font   *sfnt.Font
	buf    sfnt.Buffer
	widths map[rune]float64 // -1: it has no such character
	ascii  [128]float64     // the same of these, 0: not looked up
}

// typefaces are regular and bold.
func typefaces() (both [2]*typeface, err error) {
	for i, ttf := range [][]byte{assets.Regular(), assets.Bold()} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			return both, fmt.Errorf("sheet: font: %w", err)
		}
		both[i] = &typeface{font: f, widths: map[rune]float64{}}
	}
	return both, nil
}

// width is a character's, for a size of 1; false if the font can't set it: we
// shape nothing, so that marks which belong onto the letter before have no
// place, and fpdf knows only the characters of one UTF-16 unit.
func (t *typeface) width(r rune) (float64, bool) {
	if r < 128 {
		if w := t.ascii[r]; w > 0 {
			return w, true
		}
	}
	w, known := t.widths[r]
	if !known {
		w = -1
		em := t.font.UnitsPerEm()
		alone := unicode.IsPrint(r) && !unicode.Is(unicode.Mn, r) || r == '\u3000'
		if i, err := t.font.GlyphIndex(&t.buf, r); err == nil && i != 0 && alone && r < 0x10000 && r != unicode.ReplacementChar {
			if a, err := t.font.GlyphAdvance(&t.buf, i, fixed.Int26_6(em)<<6, font.HintingNone); err == nil {
				w = math.Round(float64(a)/64*1000/float64(em)) / 1000
			}
		}
		t.widths[r] = w
		if r < 128 {
			t.ascii[r] = w
		}
	}
	return max(w, 0), w >= 0
}

func (t *typeface) measure(text string, size float64) (mm float64) {
	for _, r := range text {
		w, _ := t.width(r)
		mm += w * size
	}
	return mm
}

// drawable refuses a text with a character that one of the fonts lacks.
func drawable(fonts [2]*typeface, field, text string) error {
	for _, r := range text {
		for _, t := range fonts {
			if _, ok := t.width(r); !ok {
				return &face.MissingGlyphError{Field: field, Rune: r}
			}
		}
	}
	return nil
}

// fit is the largest size, from size down to least, at which all texts are at
// most wide; 0 if there is none.
func (t *typeface) fit(size, least, wide float64, texts ...string) float64 {
	size = max(size, least)
	for _, text := range texts {
		if w := t.measure(text, 1); w*size > wide {
			size = math.Floor(wide/w*100) / 100
		}
	}
	if size < least-hair {
		return 0
	}
	return size
}

// How bad a place to break may be: between words, or anywhere.
var cutRounds = []struct {
	bad   int
	least float64 // of the size wanted
}{{30, 0.75}, {kinsoku.InsideWord, 0}, {kinsoku.AfterHyphen, 0}}

// lines sets a text on one line, somewhat smaller if it must be, else on two as
// large as they can be, broken where it is good; nil if that is too little.
func (t *typeface) lines(text string, size, least, wide float64) ([]string, float64) {
	size = max(size, least)
	if s := t.fit(size, max(least, size*0.75), wide, text); s > 0 {
		return []string{text}, s
	}
	for _, round := range cutRounds {
		var best []string
		bestSize, bestCost := 0.0, math.Inf(1)
		kinsoku.Cuts(text, func(a, b string, bad int) {
			if bad > round.bad {
				return
			}
			s := t.fit(size, max(least, size*round.least), wide, a, b)
			cost := max(t.measure(a, 1), t.measure(b, 1)) + float64(bad)/10
			if s > 0 && (s > bestSize || s == bestSize && cost < bestCost) {
				best, bestSize, bestCost = []string{a, b}, s, cost
			}
		})
		if best != nil {
			return best, bestSize
		}
	}
	if s := t.fit(size, least, wide, text); s > 0 {
		return []string{text}, s
	}
	return nil, 0
}
