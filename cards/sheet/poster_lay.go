package sheet

import (
	"pointkiosk/assets/words"
	"pointkiosk/cards/face"
)

// The design of all posters, in mm of A4.
const (
	posterEdge = 14.0 // what no printer reaches, and white
	posterWide = 210 - 2*posterEdge
	bandPad    = 8.0
	bandWide   = posterWide - 2*bandPad
	footHigh   = 60.0
	footAt     = 297 - posterEdge - footHigh
	posterCode = 52.0 // with its quiet zone
	stepGap    = 9.0
	stepWide   = (posterWide - 2*stepGap) / 3
	stepPad    = 4.0 // between a drawing and its words
	stepBadge  = 12.0
	leastDrawn = 22.0 // below that a picture says nothing
	mostDrawn  = 38.0
)

// pale is a ground on which ink and blue have a contrast of 7:1 and more.
var pale = colour{0xEE, 0xF3, 0xF9}

// A board is the layout of one poster.
type board struct {
	*layout
	opts     *PosterOpts
	pictures []placed
}

// layout makes the page of its kind.
func (p *Poster) layout(main colour) error {
	page := p.sheets.opts.Stock.Page
	scale := min(page.W/posterDesign.W, page.H/posterDesign.H)
	b := &board{opts: &p.opts, layout: &layout{
		fonts: p.sheets.fonts, card: &p.opts.Card, say: p.sheets.say, main: main, scale: scale,
		origin: Offset{(page.W - posterDesign.W*scale) / 2, (page.H - posterDesign.H*scale) / 2},
	}}
	p.sheets.opts.Title = map[PosterKind]func(*board) string{Venue: (*board).venue, Plate: (*board).plate, Flyer: (*board).flyer}[p.opts.Kind](b)
	p.sheets.sides, p.pictures = []side{b.side}, b.pictures
	return b.err
}

// band is the poster's head: whose points, what it is about in the largest type,
// and in a line what it is good for. It gives where it ends.
func (b *board) band(title, lead string, points bool) float64 {
	c, top := on(b.main), b.side
	whose := b.card.Scheme
	if b.card.Municipality != "" {
		whose = b.card.Municipality + "　" + whose
	}
	head := append(b.para("scheme", whose, style{6.6, true, c}, bandWide, 2), gap(2))
	wide := float64(bandWide)
	if points && b.card.Points > 0 {
		wide *= 0.58
	}
	main := b.para("poster", title, style{26, true, c}, wide, 1)
	foot := append([]row{gap(1)}, b.para("poster", lead, style{7.6, true, c}, bandWide, 2)...)
	high := height(head) + height(main) + height(foot) + 2*bandPad - 3
	b.side = top
	b.panel(posterEdge, posterEdge, posterWide, high, 4, b.main)
	v := b.stack(head, posterEdge+bandPad, posterEdge+bandPad-1)
	end := b.stack(main, posterEdge+bandPad, v)
	if wide < bandWide {
		b.points(posterEdge+bandPad+wide, v, bandWide-wide, end-v, 22, c, true)
	}
	b.stack(foot, posterEdge+bandPad, end)
	return posterEdge + high
}

// A step is what one does, drawn and said.
type step struct{ picture, text string }

// steps are three columns from v down to end.
func (b *board) steps(v, end float64, three [3]step) {
	var texts [3][]row
	say := 0.0
	for i, s := range three {
		texts[i] = b.para("poster", s.text, style{6.4, true, ink}, stepWide, 3)
		say = max(say, height(texts[i]))
	}
	drawn := min(end-v-say-stepPad, mostDrawn)
	if drawn < leastDrawn {
		b.fail(&face.TooLongError{Field: "event", Text: b.card.Event})
	}
	v += (end - v - say - stepPad - drawn) / 2
	for i, s := range three {
		u := posterEdge + float64(i)*(stepWide+stepGap)
		left := u + (stepWide-stepBadge-drawn-2)/2
		b.panel(left, v, stepBadge, stepBadge, stepBadge/2, b.main)
		number := row{"poster", words.Number(i + 1), style{8.4, true, on(b.main)}}
		b.put(number.field, number.text, number.style, left+(stepBadge-b.measure(number.text, number.style))/2, v+stepBadge/2+number.style.size*0.37)
		b.picture(s.picture, left+stepBadge+2, v, drawn)
		b.centred(texts[i], u, stepWide, v+drawn+stepPad)
	}
}

func (b *board) picture(name string, u, v, side float64) {
	b.pictures = append(b.pictures, placed{name, box{x: b.x(u), y: b.y(v), w: side * b.scale, h: side * b.scale}})
}

// foot is the page that the code leads to: what it is in the first row, and what
// one must know about it in the others.
func (b *board) foot(make func(f float64) []row) {
	b.panel(posterEdge, footAt, posterWide, footHigh, 4, pale)
	pad := (footHigh - posterCode) / 2
	b.panel(posterEdge+pad, footAt+pad, posterCode, posterCode, 2, white)
	b.side.code = box{x: b.x(posterEdge + pad), y: b.y(footAt + pad), w: posterCode * b.scale, h: posterCode * b.scale}
	var rows []row
	failed := b.err
	shrink(posterCode, func(f float64) float64 {
		b.err = failed
		rows = make(f)
		return height(rows)
	})
	if height(rows) > posterCode {
		b.fail(&face.TooLongError{Field: "contact", Text: b.card.Contact})
	}
	b.stack(rows, footTextAt, footAt+pad+(posterCode-height(rows))/2)
}

const (
	footTextAt   = posterEdge + posterCode + 11
	footTextWide = posterEdge + posterWide - 6 - footTextAt
)

// page is a heading and the address in plain letters.
func (b *board) page(heading string, f float64) []row {
	rows := b.para("poster", heading, style{7.4 * f, true, onWhite(b.main)}, footTextWide, 1)
	return append(append(rows, b.para("host", b.plainAddress(), style{6 * f, true, ink}, footTextWide, 2)...), gap(2.4*f))
}

// plainAddress is what people type.
func (b *board) plainAddress() string {
	if b.opts.Kind == Plate {
		return b.card.Host + "/shop"
	}
	return b.card.Host
}

// ask is whom one can ask.
func (b *board) ask(f float64) []row {
	if b.card.Contact == "" && b.card.Phone == "" {
		return nil
	}
	t := b.say.Say("sheet.ask")
	for _, more := range []string{b.card.Contact, b.card.Phone} {
		if more != "" {
			t += "　" + more
		}
	}
	return append([]row{gap(2.4 * f)}, b.para("contact", t, style{4.8 * f, true, ink}, footTextWide, 3)...)
}

// when is the event's day and hours.
func (b *board) when() string {
	t := ""
	if !b.card.Date.IsZero() {
		t = words.Date(b.say.Lang(), b.card.Date)
	}
	if t != "" && b.opts.Hours != "" {
		t += "　"
	}
	return t + b.opts.Hours
}
