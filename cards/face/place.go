package face

import (
	"image"
	"strings"

	"pointkiosk/assets/words"
	"pointkiosk/assets/words/kinsoku"
)

// A style says how a text looks. Sizes are those for paper of 384 dots.
type style struct {
	size    int
	bold    bool
	track   int
	centred bool // for block: lines are centred and not flush
}

// A part is a text with the name of the field it comes from.
type part struct{ field, text string }

// margin keeps text away from the ends of the head, which print faintly.
const margin = 8

func (p *plan) scaled(dots int) int { return dots * p.scale / 8 }

// size is a size of type, given for paper of 384 dots, as there is one here.
func (p *plan) size(dots int) int { return p.whole(p.scaled(dots)) }

// whole is a size of type no larger than dots, or the smallest that there is.
func (p *plan) whole(dots int) int {
	if p.f.grid {
		return max(dots/cell*cell, cell)
	}
	return dots
}

// step is how much smaller the next size is.
func (p *plan) step() int {
	if p.f.grid {
		return cell
	}
	return 2
}

func (p *plan) room() int {
	if p.f.grid { // printers know no margin, and every cell is needed
		return p.width - 2*p.inset
	}
	return p.width - 2*(margin+p.inset)
}

func (p *plan) space(dots int) { p.y += p.scaled(dots) }

func (p *plan) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// line puts a text onto the paper at x and goes on below it. A line is 5/4 of
// its type high; 7/8 of the type is above the baseline.
func (p *plan) line(text string, x, size int, s style) {
	lead := size / 4
	p.lines = append(p.lines, Line{
		Text: text, X: x, Baseline: p.y + lead/2 + size*7/8, Width: p.measure(text, size, s),
		Size: size, Bold: s.bold, Track: s.track, Top: p.y, Bottom: p.y + size + lead,
	})
	p.y += size + lead
}

func (p *plan) measure(text string, size int, s style) int {
	return p.f.width(text, size, s.bold) + s.track*max(0, len([]rune(text))-1)
}

func (p *plan) centre(text string, size int, s style) {
	p.line(text, (p.width-p.measure(text, size, s))/2, size, s)
}

// fits gives the largest size, down to least, at which all texts fit on a line
// each, or 0.
func (p *plan) fits(s style, least int, texts ...string) int {
next:
	for size := p.size(s.size); size >= least; size -= p.step() {
		for _, t := range texts {
			if p.measure(t, size, s) > p.room() {
				continue next
			}
		}
		return size
	}
	return 0
}

// text centres a text: somewhat smaller if it must be, then on two lines, which
// may be as small as can be read.
func (p *plan) text(field, text string, s style) {
	if text == "" {
		return
	}
	if err := p.f.drawable(field, text); err != nil {
		p.fail(err)
		return
	}
	comfortable := max(smallest, p.size(s.size)*3/4)
	if size := p.fits(s, comfortable, text); size > 0 {
		p.centre(text, size, s)
		return
	}
	if p.wrap(text, s, comfortable, fairCut) || p.wrap(text, s, smallest, anyCut) || p.wrap(text, s, smallest, lastCut) {
		return
	}
	p.fail(&TooLongError{Field: field, Text: text})
}

// wrap puts a text on two lines in the largest size, down to least, at which
// there is a place to break that is no worse than worst; of several, where the
// lines are short and the place is good.
func (p *plan) wrap(text string, s style, least, worst int) bool {
	for size := p.size(s.size); size >= least; size -= p.step() {
		var first, second string
		best := 0
		kinsoku.Cuts(text, func(a, b string, bad int) {
			wide := max(p.measure(a, size, s), p.measure(b, size, s))
			cost := wide + size*bad/10
			if bad <= worst && wide <= p.room() && (first == "" || cost < best) {
				first, second, best = a, b, cost
			}
		})
		if first != "" {
			p.centre(first, size, s)
			p.centre(second, size, s)
			return true
		}
	}
	return false
}

// joined puts two texts on one line if they fit there at nearly full size, else
// on lines of their own.
func (p *plan) joined(s style, a, b part) {
	if a.text == "" || b.text == "" {
		p.text(a.field, a.text, s)
		p.text(b.field, b.text, s)
		return
	}
	for _, part := range []part{a, b} {
		if err := p.f.drawable(part.field, part.text); err != nil {
			p.fail(err)
			return
		}
	}
	both := a.text + "　" + b.text
	if size := p.fits(s, max(smallest, p.size(s.size)*5/6), both); size > 0 {
		p.centre(both, size, s)
		return
	}
	p.text(a.field, a.text, s)
	p.text(b.field, b.text, s)
}

// block puts texts of ours below one another in one size, flush, and centred
// as a whole.
func (p *plan) block(s style, texts ...string) {
	size := p.fits(s, smallest, texts...)
	switch {
	case size == 0 && p.f.grid:
		for _, t := range texts {
			p.text("card", t, s)
		}
		return
	case size == 0:
		p.fail(&TooLongError{Field: "card", Text: strings.Join(texts, "/")})
		return
	}
	wide := 0
	for _, t := range texts {
		wide = max(wide, p.measure(t, size, s))
	}
	for _, t := range texts {
		if s.centred {
			p.centre(t, size, s)
		} else {
			p.line(t, (p.width-wide)/2, size, s)
		}
	}
}

// points puts the number in large figures and the unit on the same baseline.
// Figures are 3/4 of their type high and have nothing below the baseline.
func (p *plan) points(points int) {
	number, unit := words.Number(points), p.say.Say("card.unit")
	bold := style{bold: true}
	for size := p.size(120); size >= p.scaled(48); size -= max(p.step(), 4) {
		small := max(p.size(28), p.whole(size/3))
		gap := size / 10
		wide := p.measure(number, size, bold) + gap + p.measure(unit, small, bold)
		if wide > p.room() {
			continue
		}
		x, base, end := (p.width-wide)/2, p.y+p.scaled(6)+size*3/4, p.y+2*p.scaled(6)+size*3/4
		if p.f.grid { // a cell is white above and below the figure
			base, end = p.y+size*7/8, p.y+size
		}
		p.lines = append(p.lines,
			Line{Text: number, X: x, Baseline: base, Width: p.measure(number, size, bold), Size: size, Bold: true, Top: p.y, Bottom: end},
			Line{Text: unit, X: x + wide - p.measure(unit, small, bold), Baseline: base, Width: p.measure(unit, small, bold), Size: small, Bold: true, Top: p.y, Bottom: end})
		p.y = end
		return
	}
	p.fail(&TooLongError{Field: "points", Text: number})
}

// rule draws a line across, with white above and below.
func (p *plan) rule(dots int) {
	p.space(8)
	p.rules = append(p.rules, image.Rect(0, p.y, p.width, p.y+dots))
	p.y += dots
	p.space(6)
}

// boxed frames a loud text with quiet ones below it. On the grid it has no
// sides, so that a printer can set the text by itself.
func (p *plan) boxed(loud string, quiet ...string) {
	const frame = 4
	p.space(8)
	top := p.y
	p.y += frame + 2
	size := 40
	if p.f.grid {
		size = 2 * cell
	} else {
		p.inset = frame + 4
	}
	p.text("card", loud, style{size: size, bold: true})
	for _, line := range quiet {
		p.text("card", line, style{size: 22})
	}
	p.inset = 0
	p.y += 4 + frame
	box := image.Rect(margin, top, p.width-margin, p.y)
	p.rules = append(p.rules,
		image.Rect(box.Min.X, box.Min.Y, box.Max.X, box.Min.Y+frame), image.Rect(box.Min.X, box.Max.Y-frame, box.Max.X, box.Max.Y))
	if !p.f.grid {
		p.rules = append(p.rules,
			image.Rect(box.Min.X, box.Min.Y, box.Min.X+frame, box.Max.Y), image.Rect(box.Max.X-frame, box.Min.Y, box.Max.X, box.Max.Y))
	}
}

// placeCode keeps the code and its quiet zone free. Its corner is even, so that
// a printer may draw it at half its resolution.
func (p *plan) placeCode(modules int) {
	side, quiet := modules*p.f.module, 4*p.f.module
	x := (p.width - side) / 2 &^ 1
	y := (p.y + quiet + 1) &^ 1
	p.code = image.Rect(x, y, x+side, y+side)
	p.y = y + side + quiet
}

// closing is the last thing printed: who sees it holds a whole card.
func (p *plan) closing() {
	p.rules = append(p.rules, image.Rect(0, p.y, p.width, p.y+4))
	p.y += 4
}

// across is 見本 from edge to edge, on the grid, where nothing can lie across a
// text: a printer that sets it by itself couldn't print that.
func (p *plan) across(card *Card) {
	if !card.Practice || !p.f.grid {
		return
	}
	word, gap, s := p.say.Say("card.practice"), "　", style{size: 2 * cell, bold: true}
	text := word
	for p.measure(text+gap+word, s.size, s) <= p.room() {
		text += gap + word
	}
	p.space(4)
	p.centre(text, s.size, s)
}

// mark lays 見本 faintly across all text down to end, twice.
func (p *plan) mark(end int) {
	word := p.say.Say("card.practice")
	s := style{bold: true}
	size := p.width / 2
	for p.measure(word, size, s) > p.room() {
		size -= 4
	}
	for i := range 2 {
		middle := end * (2*i + 1) / 4
		p.marks = append(p.marks, Line{
			Text: word, X: (p.width - p.measure(word, size, s)) / 2, Baseline: middle + size*3/8,
			Width: p.measure(word, size, s), Size: size, Bold: true,
		})
	}
}
