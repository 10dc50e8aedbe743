package ui

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

const (
	regular = false
	bold    = true
)

// A text is some lines of one size, broken to fit the width of its place.
type text struct {
	p      *pen
	size   float32 // px for 中 at 1280x800
	bold   bool
	ink    ink
	align  fyne.TextAlign
	mid    bool    // in the middle of its height
	lead   float32 // height of a line, in ems
	most   int     // lines, 0 for any number: more of them do not fit
	shrink float32 // 1, or less where there is no room
	key    string  // says what the word list says; otherwise:
	words  string
	narrow bool // gets smaller by itself, down to 0.6, where a line is too short for it
	dots   bool // … ends what is too long
	loose  bool // words may be broken, rather than be drawn smaller
	whole  bool // words are never broken, as in bold type
	gone   bool
	box    *fyne.Container
	lines  []*canvas.Text
	last   breaking // asked for again and again while a screen is fitted
}

func newText(p *pen, size float32, bold bool, ink ink) *text {
	return &text{p: p, size: size, bold: bold, ink: ink, lead: 1.36, shrink: 1, box: container.NewWithoutLayout()}
}

func newSaid(p *pen, size float32, bold bool, ink ink, key string) *text {
	t := newText(p, size, bold, ink)
	t.key = key
	return t
}

func (t *text) centre() *text   { t.align = fyne.TextAlignCenter; return t }
func (t *text) name() *text     { t.loose = true; return t }
func (t *text) middle() *text   { t.mid = true; return t }
func (t *text) unbroken() *text { t.whole = true; return t }

// set says something else.
func (t *text) set(words string) {
	if t.words != words || t.key != "" {
		t.words, t.key, t.p.changed = words, "", true
		t.last = breaking{}
	}
}

// show takes the text away, or brings it back.
func (t *text) show(yes bool) {
	if t.gone == yes {
		t.gone, t.p.changed = !yes, true
	}
}

func (t *text) say() string {
	if t.key != "" {
		return t.p.say(t.key)
	}
	return t.words
}

func (t *text) shown() bool                  { return !t.gone && t.say() != "" }
func (t *text) objects() []fyne.CanvasObject { return []fyne.CanvasObject{t.box} }
func (t *text) style() fyne.TextStyle        { return fyne.TextStyle{Bold: t.bold} }

func (t *text) measure(s string) float32 {
	return fyne.MeasureText(s, t.em(), t.style()).Width
}

func (t *text) wide() float32 {
	w := float32(0)
	for line := range strings.Lines(t.say()) {
		w = max(w, t.measure(strings.TrimSpace(line)))
	}
	return ceil(w)
}

// broken gives the lines at a width, or nil when there is no way.
func (t *text) broken(width float32) []string {
	if !t.narrow {
		return t.brokenHere(width)
	}
	dots, least := t.dots, float32(0.6)
	if dots {
		least = 0.75 // what can end with … gets a little smaller before it does
	}
	t.dots = false
	for t.shrink = 1; t.shrink > least; t.shrink -= 0.05 {
		if lines := t.brokenHere(width); lines != nil {
			t.dots = dots
			return lines
		}
	}
	if t.dots = dots; dots {
		t.shrink = 1
		return t.brokenHere(width)
	}
	return nil
}

// A breaking is what a text came to under the conditions before it.
type breaking struct {
	words     string
	width, em float32
	bold      bool
	dots      bool
	lines     []string
}

// brokenHere breaks at the present size.
func (t *text) brokenHere(width float32) []string {
	words, em := t.say(), t.em()
	if l := t.last; l.words != words || l.width != width || l.em != em || l.bold != t.bold || l.dots != t.dots {
		t.last = breaking{words, width, em, t.bold, t.dots, t.search(width)}
	}
	return t.last.lines
}

// search tries widths around the one there is: kerning makes a line a little
// narrower or wider than its letters.
func (t *text) search(width float32) []string {
	most, worst := float64(width/t.em()), float64(insideWord)
	if t.whole || t.bold && !t.loose {
		worst--
	}
	for room := most * 1.04; room > most*0.8; room -= most * 0.02 {
		if lines := breakLines(t.say(), room, worst, t.advance); t.fits(lines, width) {
			return lines
		}
	}
	return t.cut(width)
}

// cut ends the text with … where that is allowed: in the bar, whose names stand
// on Home in full.
func (t *text) cut(width float32) []string {
	runes := []rune(t.say())
	for n := len(runes) - 1; t.dots && n > 0; n-- {
		if line := strings.TrimSpace(string(runes[:n])) + "…"; t.measure(line) <= width {
			return []string{line}
		}
	}
	return nil
}

func (t *text) fits(lines []string, width float32) bool {
	for _, line := range lines {
		if t.measure(line) > width {
			return false
		}
	}
	return len(lines) > 0 && (t.most == 0 || len(lines) <= t.most)
}

// advance is a character's width in ems.
func (t *text) advance(r rune) float64 {
	known := t.p.regular
	if t.bold {
		known = t.p.bold
	}
	w, ok := known[r]
	if !ok {
		w = float64(fyne.MeasureText(string(r), 100, t.style()).Width) / 100
		known[r] = w
	}
	return w
}

func (t *text) tall(width float32) float32 {
	lines := t.broken(width)
	if lines == nil {
		return tooTall
	}
	return t.height(len(lines))
}

func (t *text) height(lines int) float32 {
	em := t.em()
	return round(em*1.1) + float32(lines-1)*round(em*t.lead)
}

func (t *text) place(x, y, w, h float32) {
	t.box.Show()
	t.box.Move(fyne.NewPos(x, y))
	t.box.Resize(fyne.NewSize(w, h))
	lines := t.broken(w)
	if lines == nil {
		lines = []string{t.say()}
	}
	top := float32(0)
	if t.mid {
		top = round((h - t.height(len(lines))) / 2)
	}
	for i, line := range lines {
		if i == len(t.lines) {
			t.lines = append(t.lines, canvas.NewText("", nil))
			t.box.Add(t.lines[i])
		}
		t.draw(t.lines[i], line, w, top+round(t.em()*0.05)+float32(i)*round(t.em()*t.lead))
	}
	for _, spare := range t.lines[len(lines):] {
		spare.Text = ""
		spare.Hide()
	}
}

func (t *text) draw(line *canvas.Text, words string, w, y float32) {
	size := fyne.MeasureText(words, t.em(), t.style())
	x := float32(0)
	switch t.align {
	case fyne.TextAlignCenter:
		x = round((w - size.Width) / 2)
	case fyne.TextAlignTrailing:
		x = floor(w - size.Width)
	}
	letter(line, words, t.em(), t.style(), t.p.colours[t.ink])
	line.Move(fyne.NewPos(x, y))
	line.Resize(size)
	line.Show()
}

func ceil(v float32) float32  { return float32(math.Ceil(float64(v))) }
func floor(v float32) float32 { return float32(math.Floor(float64(v))) }

// em is the size of the text in pixels.
func (t *text) em() float32 {
	return max(round(t.p.px(t.size)*t.shrink), ceil(smallest*t.p.mm))
}
