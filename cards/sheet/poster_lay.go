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
	footPad    = 4.0 // above and below the texts
	badgeWide  = 58.0
	stepGap    = 5.0
	stepWide   = (posterWide - 2*stepGap) / 3
	stepPad    = 4.0 // between a drawing and its words
	stepBadge  = 12.0
	leastDrawn = 22.0 // below that a picture says nothing
	mostDrawn  = 42.0
)

// pale is a ground on which ink and blue have a contrast of 7:1 and more.
var pale = colour{0xEE, 0xF3, 0xF9}

// A board is the layout of one poster.
type board struct {
	*layout
	opts     *PosterOpts
	pictures []hung
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
// what it is good for, and perhaps how many points. It gives where it ends.
func (b *board) band(title, lead string, points bool) float64 {
	c := on(b.main)
	wide := float64(bandWide)
	if points && b.card.Points > 0 {
		wide -= badgeWide + 6
	}
	rows := append(b.whose(style{6.6, true, c}, wide), gap(2))
	rows = append(rows, b.para("poster", title, style{26, true, c}, wide, 1)...)
	rows = append(append(rows, gap(1)), b.para("poster", lead, style{7.6, true, c}, wide, 2)...)
	high := height(rows) + 2*bandPad - 3
	b.panel(posterEdge, posterEdge, posterWide, high, 4, b.main)
	b.stack(rows, posterEdge+bandPad, posterEdge+bandPad-1)
	if wide < bandWide {
		b.badge(posterEdge+posterWide-bandPad-badgeWide, posterEdge+bandPad, high-2*bandPad)
	}
	return posterEdge + high
}

// whose points they are, on one line if there is room.
func (b *board) whose(s style, wide float64) []row {
	both := b.card.Municipality + "　" + b.card.Scheme
	if b.card.Municipality != "" && b.font(s.bold).measure(both, s.size) <= wide {
		return b.para("scheme", both, s, wide, 1)
	}
	return append(b.para("municipality", b.card.Municipality, s, wide, 1), b.para("scheme", b.card.Scheme, s, wide, 2)...)
}

// badge is how many points there are, white in the band.
func (b *board) badge(u, v, high float64) {
	const pad = 4.0
	b.panel(u, v, badgeWide, high, 3, white)
	number := b.para("points", words.Number(b.card.Points), style{26, true, onWhite(b.main)}, badgeWide-2*pad, 1)
	rows := append(number, b.para("points", b.say.Say("card.unit"), style{8, true, onWhite(b.main)}, badgeWide-2*pad, 1)...)
	b.centred(rows, u, badgeWide, v+(high-height(rows))/2-1)
}

// A step is what one does, drawn and said.
type step struct{ picture, text string }

// steps are three columns from v down to end.
func (b *board) steps(v, end float64, three [3]step) {
	texts, say := b.captions(three)
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

// captions are what the steps say, in one size.
func (b *board) captions(three [3]step) (texts [3][]row, high float64) {
	for size := 6.4; ; {
		least := size
		for i, s := range three {
			texts[i] = b.para("poster", s.text, style{size, true, ink}, stepWide, 3)
			high = max(high, height(texts[i]))
			for _, r := range texts[i] {
				least = min(least, r.style.size)
			}
		}
		if least == size {
			return texts, high
		}
		size, high = least, 0
	}
}

func (b *board) picture(name string, u, v, side float64) {
	b.pictures = append(b.pictures, hung{name, box{x: b.x(u), y: b.y(v), w: side * b.scale, h: side * b.scale}})
}

// A foot is the page that the code leads to: a panel so high from at down, the
// code so far from its edges, and beside it texts of a width.
type foot struct{ high, at, code, pad, textAt, wide float64 }

func footOf(high, code float64) foot {
	f := foot{high: high, at: posterDesign.H - posterEdge - high, code: code, pad: (high - code) / 2}
	f.textAt = posterEdge + f.pad + f.code + 7
	f.wide = posterEdge + posterWide - 6 - f.textAt
	return f
}

// foot sets what must be known about the page, smaller if it must be.
func (b *board) foot(f foot, texts func(scale float64) []row) {
	b.panel(posterEdge, f.at, posterWide, f.high, 4, pale)
	b.panel(posterEdge+f.pad, f.at+f.pad, f.code, f.code, 2, white)
	b.side.code = box{x: b.x(posterEdge + f.pad), y: b.y(f.at + f.pad), w: f.code * b.scale, h: f.code * b.scale}
	var rows []row
	was := b.err
	room := f.high - 2*footPad
	shrink(room, func(scale float64) float64 {
		b.err = was
		rows = texts(scale)
		return height(rows)
	})
	if height(rows) > room {
		b.fail(&face.TooLongError{Field: "contact", Text: b.card.Contact})
	}
	b.stack(rows, f.textAt, f.at+(f.high-height(rows))/2)
}

// page is a heading and the address in plain letters.
func (b *board) page(f foot, heading string, scale float64) []row {
	rows := b.para("poster", heading, style{7.4 * scale, true, onWhite(b.main)}, f.wide, 1)
	return append(append(rows, b.para("host", b.plainAddress(), style{6 * scale, true, ink}, f.wide, 2)...), gap(2.4*scale))
}

// plainAddress is what people type.
func (b *board) plainAddress() string {
	if b.opts.Kind == Plate {
		return b.card.Host + "/shop"
	}
	return b.card.Host
}

// ask is whom one can ask, and the number in its own line if it must be.
func (b *board) ask(f foot, scale float64) []row {
	as := style{max(4.8*scale, leastPoster), true, ink}
	who, phone := b.say.Say("sheet.ask")+"　"+b.card.Contact, b.card.Phone
	switch {
	case b.card.Contact == "" && phone == "":
		return nil
	case b.card.Contact == "":
		who, phone = b.say.Say("sheet.ask")+"　"+phone, ""
	case phone != "" && b.measure(who+"　"+phone, as) <= f.wide:
		who, phone = who+"　"+phone, ""
	}
	rows := append([]row{gap(2.4 * scale)}, b.para("contact", who, as, f.wide, 3)...)
	return append(rows, b.para("phone", phone, as, f.wide, 1)...)
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
