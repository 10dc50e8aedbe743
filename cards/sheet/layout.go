package sheet

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"pointkiosk/assets/words"
	"pointkiosk/cards/face"
)

// A card's texts and code are laid out for a field of design, which is scaled
// into the card, safe away from its edge; only the background goes further.
var design = Size{83, 47}

const (
	safe       = 4.0
	leastScale = 0.9 // a code of 30.6 mm and type of 2.3 mm
	mostScale  = 1.2 // a code of 40.8 mm: larger ones aren't read better
)

func (s *Stock) scale() float64 {
	return min((s.Cell.W-2*safe)/design.W, (s.Cell.H-2*safe)/design.H, mostScale)
}

// Ink is black enough for eyes, and one plate for a printer.
var (
	ink    = colour{0x1B, 0x1B, 0x1B}
	white  = colour{255, 255, 255}
	faint  = colour{0xE6, 0xE6, 0xE6}
	red    = colour{0xA8, 0x20, 0x1A}
	plain  = colour{0x0A, 0x4A, 0x8F} // unless the settings say otherwise
	codeMM = 34.0                     // with its quiet zone, in the design
)

// A text stands at x on the baseline y; lengths are mm from the card's upper
// left corner.
type text struct {
	field, text       string
	x, y, size, width float64
	bold              bool
	ink               colour
}

// A box is filled.
type box struct {
	x, y, w, h, r float64
	ink           colour
}

// moved is a box in a field that begins so much further up and left.
func (b box) moved(by float64) box {
	b.x, b.y = b.x+by, b.y+by
	return b
}

// A side is what stands on one side of a card.
type side struct {
	boxes   []box
	marks   []text // below everything else
	texts   []text
	picture box  // where a picture may be; w is 0 without
	code    box  // the code with its quiet zone; w is 0 without
	serial  text // its text is each card's own; x is its middle
}

// A layout fills a side. Its lengths are those of the design.
type layout struct {
	fonts  [2]*typeface
	card   *face.Card
	say    *words.Words
	stock  *Stock
	main   colour
	scale  float64
	origin Offset // of the design, in the card
	side   side
	err    error // the first text that can't stand
}

func newLayout(fonts [2]*typeface, opts *Opts, main colour) *layout {
	s := opts.Stock.scale()
	return &layout{
		fonts: fonts, card: &opts.Card, say: words.In(opts.Lang), stock: &opts.Stock, main: main, scale: s,
		origin: Offset{(opts.Stock.Cell.W - design.W*s) / 2, (opts.Stock.Cell.H - design.H*s) / 2},
	}
}

func (l *layout) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

func (l *layout) x(u float64) float64 { return l.origin.X + u*l.scale }
func (l *layout) y(v float64) float64 { return l.origin.Y + v*l.scale }

func (l *layout) box(u, v, w, h float64, ink colour) {
	l.side.boxes = append(l.side.boxes, box{l.x(u), l.y(v), w * l.scale, h * l.scale, 0, ink})
}

// A style is how a text looks.
type style struct {
	size float64
	bold bool
	ink  colour
}

func (l *layout) font(bold bool) *typeface {
	if bold {
		return l.fonts[1]
	}
	return l.fonts[0]
}

func (l *layout) measure(t string, s style) float64 { return l.font(s.bold).measure(t, s.size) }

func (l *layout) put(field, t string, s style, u, v float64) {
	l.side.texts = append(l.side.texts, text{
		field: field, text: t, x: l.x(u), y: l.y(v), size: s.size * l.scale, width: l.measure(t, s) * l.scale, bold: s.bold, ink: s.ink,
	})
}

// fitted is a style in which a text fits on one line, or an error is kept.
func (l *layout) fitted(field, t string, s style, wide float64) style {
	size := l.font(s.bold).fit(s.size, smallest/l.scale, wide, t)
	if size == 0 {
		l.fail(&face.TooLongError{Field: field, Text: t})
		return s
	}
	s.size = size
	return s
}

// A row is a line of text before it has a place.
type row struct {
	field, text string
	style       style
}

// high is what a line takes; its baseline is rise below its top.
func (s style) high() float64 { return s.size * 1.28 }
func (s style) rise() float64 { return s.size * 1.0 }

// rows breaks a text into one or two rows; none if it is empty.
func (l *layout) rows(field, t string, s style, wide float64) (rows []row) {
	if t == "" {
		return nil
	}
	if err := drawable(l.fonts, field, t); err != nil {
		l.fail(err)
		return nil
	}
	lines, size := l.font(s.bold).lines(t, s.size, smallest/l.scale, wide)
	if lines == nil {
		l.fail(&face.TooLongError{Field: field, Text: t})
		return nil
	}
	s.size = size
	for _, line := range lines {
		rows = append(rows, row{field, line, s})
	}
	return rows
}

// joined is two texts on one row if they fit there, else on rows of their own.
func (l *layout) joined(a, b row, wide float64) []row {
	if a.text != "" && b.text != "" {
		if size := l.font(a.style.bold).fit(a.style.size, max(a.style.size*0.85, smallest/l.scale), wide, a.text+"　"+b.text); size > 0 {
			for _, r := range []row{a, b} {
				if err := drawable(l.fonts, r.field, r.text); err != nil {
					l.fail(err)
				}
			}
			a.style.size = size
			return []row{{a.field, a.text + "　" + b.text, a.style}}
		}
	}
	return append(l.rows(a.field, a.text, a.style, wide), l.rows(b.field, b.text, b.style, wide)...)
}

// block is texts of ours in one size.
func (l *layout) block(s style, wide float64, texts ...string) (rows []row) {
	if size := l.font(s.bold).fit(s.size, smallest/l.scale, wide, texts...); size > 0 {
		s.size = size
		for _, t := range texts {
			rows = append(rows, row{"card", t, s})
		}
		return rows
	}
	for _, t := range texts {
		rows = append(rows, l.rows("card", t, s, wide)...)
	}
	return rows
}

// gap is a row of nothing.
func gap(v float64) row { return row{style: style{size: v / 1.28}} }

func height(rows []row) (v float64) {
	for _, r := range rows {
		v += r.style.high()
	}
	return v
}

// stack sets rows below one another from v down, and gives where they end.
func (l *layout) stack(rows []row, u, v float64) float64 {
	for _, r := range rows {
		if r.text == "" {
			v += r.style.high()
			continue
		}
		l.put(r.field, r.text, r.style, u, v+r.style.rise())
		v += r.style.high()
	}
	return v
}

// points is the number in large figures and its unit on the same baseline, in
// a field; figures are 3/4 of their size high.
func (l *layout) points(u, v, w, h, most float64, c colour, right bool) {
	if l.card.Points == 0 {
		return
	}
	number, unit := words.Number(l.card.Points), l.say.Say("card.unit")
	whole := func(size float64) float64 {
		return l.fonts[1].measure(number, size) + size*0.12 + l.fonts[1].measure(unit, max(size*0.34, 3))
	}
	size := math.Floor(min(most, h/0.75)*10) / 10
	for ; size >= 4 && whole(size) > w; size -= 0.1 {
	}
	if size < 4 {
		l.fail(&face.TooLongError{Field: "points", Text: number})
		return
	}
	if right {
		u += w - whole(size)
	}
	base := v + h/2 + size*0.375
	l.put("points", number, style{size, true, c}, u, base)
	l.put("points", unit, style{max(size*0.34, 3), true, c}, u+l.fonts[1].measure(number, size)+size*0.12, base)
}

// mark lays 見本 faintly below the texts of a field.
func (l *layout) mark(u, v, w, h float64) {
	word := l.say.Say("card.practice")
	s := style{bold: true, ink: faint}
	s.size = min(h, w/l.fonts[1].measure(word, 1))
	was := l.side.texts
	l.put("card.practice", word, s, u+(w-l.measure(word, s))/2, v+h/2+s.size*0.38)
	l.side.marks = append(l.side.marks, l.side.texts[len(was)])
	l.side.texts = was
}

// luminance and contrast are those of WCAG 2.2.
func luminance(c colour) (sum float64) {
	for i, v := range c {
		f := float64(v) / 255
		if f <= 0.04045 {
			f /= 12.92
		} else {
			f = math.Pow((f+0.055)/1.055, 2.4)
		}
		sum += f * [3]float64{0.2126, 0.7152, 0.0722}[i]
	}
	return sum
}

func contrast(a, b colour) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// on is the colour of text on a ground, onWhite a ground's colour as text.
func on(ground colour) colour {
	if contrast(white, ground) >= contrast(ink, ground) {
		return white
	}
	return ink
}

func onWhite(c colour) colour {
	if contrast(c, white) < 4.5 {
		return ink
	}
	return c
}

// parseColour reads #RRGGBB; none is ours.
func parseColour(text string) (c colour, err error) {
	if text == "" {
		return plain, nil
	}
	b, err := hex.DecodeString(strings.TrimPrefix(text, "#"))
	if err != nil || len(text) != 7 || len(b) != 3 {
		return c, fmt.Errorf("sheet: colour %q, want #RRGGBB", text)
	}
	copy(c[:], b)
	return c, nil
}
