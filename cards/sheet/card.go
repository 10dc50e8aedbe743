package sheet

import (
	"pointkiosk/assets/words"
	"pointkiosk/cards/face"
)

// panelInset is how far the band keeps from the edge of cards that adjoin, or
// have no bleed: a cut beside its place must not show.
const panelInset = 3.0

// band fills the top of a card down to v, over the edge where there is bleed,
// and gives where its texts begin, and how far they are moved down to stand in the
// middle of what is seen of it once the card is cut.
func (l *layout) band(v float64) (u, down float64) {
	s := l.stock
	if s.Bleed > 0 {
		l.side.boxes = append(l.side.boxes, box{-s.Bleed, -s.Bleed, s.Cell.W + 2*s.Bleed, s.Bleed + l.y(v), 0, l.main})
		return 0, -0.7
	}
	l.side.boxes = append(l.side.boxes, box{panelInset, panelInset, s.Cell.W - 2*panelInset, l.y(v) - panelInset, 1.2, l.main})
	return 2, 0.4
}

// The columns of the design.
const (
	pictureWide = 28.0
	columnAt    = 38.0 // beside the code
	columnWide  = 45.0
)

// front is the side that is shown: whose points, how many, what for.
func (l *layout) front(picture bool) side {
	const bottom = 10.5
	u, down := l.band(bottom)
	c := l.card
	small, large := style{2.9, false, on(l.main)}, style{4.7, true, on(l.main)}
	if c.Municipality != "" {
		l.single("municipality", c.Municipality, small, u, 2.3+down, design.W-2*u)
		l.single("scheme", c.Scheme, large, u, 8+down, design.W-2*u)
	} else {
		l.single("scheme", c.Scheme, large, u, 6+down, design.W-2*u)
	}
	wide := design.W
	if picture {
		wide -= pictureWide + 3
		l.side.picture = box{x: l.x(design.W - pictureWide), y: l.y(bottom + 3), w: pictureWide * l.scale, h: (design.H - bottom - 3) * l.scale}
	}
	rows := l.occasion(4.6, 3.2, wide)
	if c.Practice {
		rows = append(rows, l.rows("card", l.say.Say("card.practice.why"), style{3, true, red}, wide)...)
		l.mark(0, bottom, wide, design.H-bottom)
	}
	top := design.H - height(rows)
	if top < bottom+10 && c.Points > 0 {
		l.fail(&face.TooLongError{Field: "event", Text: c.Event})
	}
	l.points(0, bottom+2.3, wide, top-bottom-5, 18, onWhite(l.main), false)
	l.stack(rows, 0, top)
	return l.side
}

// single sets a text on one line.
func (l *layout) single(field, t string, s style, u, v, wide float64) {
	if t == "" {
		return
	}
	if err := drawable(l.fonts, field, t); err != nil {
		l.fail(err)
		return
	}
	l.put(field, t, l.fitted(field, t, s, wide), u, v)
}

// occasion is the event, its day and its place.
func (l *layout) occasion(large, small, wide float64) []row {
	c := l.card
	rows := l.rows("event", c.Event, style{large, true, ink}, wide)
	if !c.Date.IsZero() {
		rows = append(rows, l.rows("date", words.Date(l.say.Lang(), c.Date), style{small, false, ink}, wide)...)
	}
	return append(rows, l.rows("place", c.Place, style{small, false, ink}, wide)...)
}

// expires is until when the card is good.
func (l *layout) expires() string {
	if l.card.Expires.IsZero() {
		return ""
	}
	return l.say.Say("card.expires") + "　" + words.Day(l.say.Lang(), l.card.Expires)
}

// back has the code, and what a person must know to use it.
func (l *layout) back() side {
	l.placeCode(0)
	l.side.serial.y = l.y(38.7)
	if e := l.expires(); e != "" {
		s := l.fitted("expires", e, style{3, true, ink}, codeMM)
		l.put("expires", e, s, (codeMM-l.measure(e, s))/2, 44.6)
	}
	var use, ask []row
	shrink(design.H-2*headingHigh-1.2, func(f float64) float64 {
		use, ask = l.use(f), l.ask(2.9*f)
		return height(use) + height(ask)
	})
	l.stack(use, columnAt, l.heading(l.say.Say("sheet.how"), 0))
	top := design.H - height(ask)
	if top < height(use)+2*headingHigh {
		l.fail(&face.TooLongError{Field: "host", Text: l.card.Host})
	}
	l.heading(l.say.Say("sheet.ask"), top-headingHigh)
	l.stack(ask, columnAt, top)
	if l.card.Practice {
		l.mark(columnAt, 0, columnWide, design.H)
	}
	return l.side
}

// shrink tries sizes, from full down to what is still readable, until what is
// laid out is at most so high.
func shrink(high float64, try func(f float64) float64) {
	for f := 1.0; try(f) > high && f > 0.6; f -= 0.05 {
	}
}

// use is how the card is used, and what for by whom without a telephone.
func (l *layout) use(f float64) []row {
	rows := append(l.how(3.4*f), gap(1.6*f))
	if notes := l.notes(3*f, columnWide); notes != nil {
		return append(rows, notes...)
	}
	return append(rows, l.block(style{2.8 * f, false, ink}, columnWide, l.say.Say("card.nophone1"), l.say.Say("card.nophone2"))...)
}

// whole is a front that has the code: for paper printed on one side.
func (l *layout) whole() side {
	const bottom = 6.8
	u, down := l.band(bottom)
	down -= 0.4 // the band is lower than that of a front
	c := l.card
	var head []row
	shrink(bottom+0.6, func(f float64) float64 {
		as := style{3.6 * f, true, on(l.main)}
		head = l.joined(row{"municipality", c.Municipality, as}, row{"scheme", c.Scheme, as}, 48-u)
		return height(head)
	})
	if height(head) > bottom+0.6 {
		l.fail(&face.TooLongError{Field: "scheme", Text: c.Scheme})
	}
	l.stack(head, u, (bottom-height(head))/2-0.1+down)
	l.points(50, down, design.W-50-u, bottom-0.4, 7, on(l.main), true)
	l.placeCode(bottom + 0.4)
	l.side.serial.y = l.y(45.6)
	var what, rest []row
	room := design.H - bottom - 3.2
	shrink(room, func(f float64) float64 {
		what, rest = l.what(f), append(append(l.how(2.8*f), gap(f)), l.ask(2.6*f)...)
		return height(what) + height(rest)
	})
	if height(what)+height(rest) > room {
		l.fail(&face.TooLongError{Field: "event", Text: c.Event})
	}
	v, top := l.stack(what, columnAt, bottom+2), design.H-height(rest)
	l.box(columnAt, (v+top)/2-0.1, columnWide, 0.25, l.main)
	l.stack(rest, columnAt, top)
	if c.Practice {
		l.mark(columnAt, bottom, columnWide, design.H-bottom)
	}
	return l.side
}

// what is what a one-sided card is for, and until when.
func (l *layout) what(f float64) []row {
	rows := l.occasion(3.9*f, 2.8*f, columnWide)
	rows = append(rows, l.rows("expires", l.expires(), style{2.9 * f, true, ink}, columnWide)...)
	return append(rows, l.notes(2.8*f, columnWide)...)
}

// notes say of this print that it is worth nothing, or nothing more than the
// one before it.
func (l *layout) notes(size, wide float64) (rows []row) {
	s := style{size, true, red}
	if l.card.Reprint > 0 {
		again, why := l.say.Say("card.reprint", l.card.Reprint), l.say.Say("card.reprint.why")
		rows = append(l.rows("card", again, s, wide), l.rows("card", why, style{size, false, red}, wide)...)
	}
	if l.card.Practice {
		rows = append(rows, l.rows("card", l.say.Say("card.practice.why"), s, wide)...)
	}
	return rows
}

// serialWide is what a serial may take below the code: one of wide letters is
// set smaller.
const serialWide = 35.0

func (l *layout) placeCode(v float64) {
	l.side.code = box{x: l.x(0), y: l.y(v), w: codeMM * l.scale, h: codeMM * l.scale}
	l.side.serial.x = l.x(codeMM / 2)
	l.side.serial.ink = ink
	l.side.serial.size, l.side.serial.width = 3.2*l.scale, serialWide*l.scale
}

// headingHigh is what a heading of the column takes.
const headingHigh = 5.2

func (l *layout) heading(t string, v float64) float64 {
	s := l.fitted("card", t, style{3, true, onWhite(l.main)}, columnWide)
	l.put("card", t, s, columnAt, v+2.9)
	l.box(columnAt, v+4, columnWide, 0.25, l.main)
	return v + headingHigh
}

// how is three lines.
func (l *layout) how(size float64) []row {
	return l.block(style{size, false, ink}, columnWide, l.say.Say("card.how1"), l.say.Say("card.how2"), l.say.Say("card.how3"))
}

// ask is who can be asked, and where the code leads.
func (l *layout) ask(size float64) []row {
	s := style{size, false, ink}
	rows := l.joined(row{"contact", l.card.Contact, s}, row{"phone", l.card.Phone, s}, columnWide)
	return append(rows, l.joined(row{"host", l.card.Host, s}, row{"card", l.say.Say("card.nopin"), s}, columnWide)...)
}
