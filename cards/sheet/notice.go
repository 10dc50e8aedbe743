package sheet

import (
	"fmt"
	"io"
	"strconv"

	"pointkiosk/assets"
	"pointkiosk/assets/words"
	"pointkiosk/cards/face"
)

// PageSize gives upright paper by its name.
func PageSize(name string) (Size, error) {
	switch name {
	case "A3":
		return Size{297, 420}, nil
	case "A4":
		return a4, nil
	case "A5":
		return Size{148, 210}, nil
	}
	return Size{}, fmt.Errorf("sheet: no paper %q, there are A3, A4, A5", name)
}

// A Notice is a page that hangs or lies where points are got or spent. It is
// worth nothing, whatever its code says.
type Notice struct {
	Card   face.Card // whose points, how many, what for, who to ask
	Shop   string    // of a plate
	URL    string    // the text of a code; none is none
	Lang   string
	Colour string // #RRGGBB; none is a deep blue
	Page   Size   // upright, of the A series; everything is as much larger
}

// A step is a picture and what to do.
type step struct{ picture, text string }

// A page of a notice is laid out on A4; y is the first free height.
type page struct {
	*book
	l    *leaf
	n    *Notice
	main colour
	y    float64
}

const (
	noticeLeft  = 14.0
	noticeRight = 196.0
	noticeWide  = noticeRight - noticeLeft
)

// Poster tells how the code on a venue's screen is read: that code changes, so
// that none of paper can stand for it. A code of the notice leads to the page
// that explains it.
func (n *Notice) Poster(w io.Writer) error {
	p, err := n.begin("sheet.poster")
	if err != nil {
		return err
	}
	p.head(p.say.Say("sheet.poster"))
	p.value()
	p.steps(step{"phone", p.say.Say("sheet.poster.1")}, step{"lock", p.say.Say("sheet.poster.2")}, step{"ok", p.say.Say("sheet.poster.3")})
	p.foot(p.say.Say("sheet.poster.note"))
	return p.end(w)
}

// Plate says that a shop takes point tickets, and has the shop's code.
func (n *Notice) Plate(w io.Writer) error {
	if n.Shop == "" {
		return fmt.Errorf("sheet: a plate without a shop's name")
	}
	p, err := n.begin("sheet.plate")
	if err != nil {
		return err
	}
	p.head(p.say.Say("sheet.plate"))
	p.put(p.l, "shop", n.Shop, style{15, true, ink}, 105, p.y+18, noticeWide, centred)
	p.y += 26
	if n.URL != "" {
		const side = 78.0
		p.code(105-side/2, p.y, side)
		p.put(p.l, "text", p.say.Say("sheet.plate.code"), style{5, false, ink}, 105, p.y+side+4, noticeWide, centred)
		p.y += side + 10
	}
	p.steps(step{"give", p.say.Say("sheet.plate.1")}, step{"scan", p.say.Say("sheet.plate.2")}, step{"ok", p.say.Say("sheet.plate.3")})
	p.foot("")
	return p.end(w)
}

// Flyer tells how one comes to a MyKey ID.
func (n *Notice) Flyer(w io.Writer) error {
	p, err := n.begin("sheet.flyer")
	if err != nil {
		return err
	}
	p.head(p.say.Say("sheet.flyer"))
	p.value()
	p.steps(step{"idcard", p.say.Say("sheet.flyer.1")}, step{"pin", p.say.Say("sheet.flyer.2")}, step{"slip", p.say.Say("sheet.flyer.3")})
	p.foot(p.say.Say("slip.ours1") + p.gap() + p.say.Say("slip.ours2"))
	return p.end(w)
}

// gap is what stands between two sentences.
func (p *page) gap() string {
	if p.say.Lang() == "ja" {
		return ""
	}
	return " "
}

func (n *Notice) begin(title string) (*page, error) {
	if ratio := n.Page.H / n.Page.W; !(ratio > 1.40 && ratio < 1.43) || n.Page.W > 1000 {
		return nil, fmt.Errorf("sheet: a notice of %g x %g mm, want upright paper of the A series", n.Page.W, n.Page.H)
	}
	main, err := parseColour(n.Colour)
	if err != nil {
		return nil, err
	}
	b, err := newBook(n.Page, n.Lang, words.In(n.Lang).Say(title))
	if err != nil {
		return nil, err
	}
	return &page{book: b, l: b.leaf(), n: n, main: main}, nil
}

// head is the panel at the top: whose points, and what the page is about.
func (p *page) head(title string) {
	c := &p.n.Card
	p.l.boxes = append(p.l.boxes, box{noticeLeft - 4, 12, noticeWide + 8, 38, 3, p.main})
	wide := noticeWide - 6
	if c.Practice {
		wide -= 44
	}
	p.put(p.l, "scheme", joinedText(c.Municipality, c.Scheme), style{7, false, on(p.main)}, noticeLeft+3, 25, wide, fromLeft)
	p.put(p.l, "title", title, style{14, true, on(p.main)}, noticeLeft+3, 43, noticeWide-6, fromLeft)
	if c.Practice {
		p.put(p.l, "card", p.say.Say("card.practice"), style{12, true, on(p.main)}, noticeRight-3, 27, 42, fromRight)
	}
	p.y = 56
}

// value is what one gets, where and when, beside the code if there is one.
func (p *page) value() {
	const side = 62.0
	c, wide := &p.n.Card, noticeWide
	if p.n.URL != "" {
		p.code(noticeRight-side+2, p.y+2, side)
		p.put(p.l, "text", p.say.Say("sheet.more"), style{4.4, false, ink}, noticeRight+2-side/2, p.y+side+4, side, centred)
		wide -= side + 4
	}
	y := p.y
	if c.Points > 0 {
		number, unit := words.Number(c.Points), p.say.Say("card.unit")
		size := p.fonts[1].fit(48, 10, wide-p.fonts[1].measure(unit, 11)-5, number)
		y += 8 + size*0.75
		p.put(p.l, "points", number, style{size, true, onWhite(p.main)}, noticeLeft, y, wide, fromLeft)
		p.put(p.l, "points", unit, style{11, true, onWhite(p.main)}, noticeLeft+p.fonts[1].measure(number, size)+4, y, wide, fromLeft)
	}
	y += 15
	y = p.paragraph(p.l, c.Event, style{9, true, ink}, noticeLeft, y, wide)
	if !c.Date.IsZero() {
		p.put(p.l, "date", words.Date(p.say.Lang(), c.Date), style{6, false, ink}, noticeLeft, y-2, wide, fromLeft)
		y += 8.5
	}
	y = p.paragraph(p.l, c.Place, style{6, false, ink}, noticeLeft, y-2, wide)
	p.y = max(y, p.y+side+10)
}

// steps share what is left above the foot.
func (p *page) steps(steps ...step) {
	const bottom, gap = 252.0, 5.0
	high := min(40, (bottom-p.y)/float64(len(steps))-gap)
	for i, s := range steps {
		y := p.y + float64(i)*(high+gap)
		p.l.frames = append(p.l.frames, box{noticeLeft - 4, y, noticeWide + 8, high, 3, p.main})
		p.l.boxes = append(p.l.boxes, box{noticeLeft, y + high/2 - 7, 14, 14, 7, p.main})
		p.put(p.l, "text", strconv.Itoa(i+1), style{9, true, on(p.main)}, noticeLeft+7, y+high/2+3.3, 14, centred)
		if drawing, err := readPicture(assets.Picture(s.picture)); err == nil && drawing != nil {
			p.l.arts = append(p.l.arts, art{drawing, box{x: noticeLeft + 20, y: y + 4, w: high - 8, h: high - 8}})
		}
		x := noticeLeft + 18 + high
		lines, size := p.fonts[1].lines(s.text, 8, smallest, noticeRight-x)
		first := y + high/2 + size*0.36 - float64(len(lines)-1)*size*0.7
		for n, line := range lines {
			p.put(p.l, "text", line, style{size, true, ink}, x, first+float64(n)*size*1.4, noticeRight-x, fromLeft)
		}
	}
	p.y = bottom
}

// foot is who can be asked, and what nobody asks.
func (p *page) foot(note string) {
	c := &p.n.Card
	if note != "" {
		p.paragraph(p.l, note, style{4.6, false, ink}, noticeLeft, p.y+8.5, noticeWide)
	}
	p.l.boxes = append(p.l.boxes, box{noticeLeft, 270, noticeWide, 0.4, 0, p.main})
	p.put(p.l, "contact", joinedText(joinedText(p.say.Say("sheet.ask"), c.Contact), c.Phone), style{5.4, true, ink}, noticeLeft, 278.5, noticeWide, fromLeft)
	p.put(p.l, "host", joinedText(c.Host, p.say.Say("slip.nopin")), style{4.6, false, ink}, noticeLeft, 286, noticeWide, fromLeft)
}

// code puts the notice's code into a square.
func (p *page) code(x, y, side float64) {
	m, err := encode(p.n.URL)
	if err != nil {
		p.fail(err)
		return
	}
	p.l.codes = append(p.l.codes, placed{m, x, y, side})
}

// end brings the page from A4 to its size.
func (p *page) end(w io.Writer) error {
	p.l.grow(p.n.Page.W / a4.W)
	return p.write(w, func(int) string { return p.title })
}

// grow makes a leaf larger.
func (l *leaf) grow(by float64) {
	for _, list := range [][]box{l.boxes, l.frames} {
		for i := range list {
			list[i] = list[i].grown(by)
		}
	}
	for i, s := range l.lines {
		l.lines[i] = stroke{s.x1 * by, s.y1 * by, s.x2 * by, s.y2 * by, s.width * by, s.ink}
	}
	for i := range l.codes {
		c := &l.codes[i]
		c.x, c.y, c.side = c.x*by, c.y*by, c.side*by
	}
	for i := range l.arts {
		l.arts[i].in = l.arts[i].in.grown(by)
	}
	for i := range l.texts {
		t := &l.texts[i]
		t.x, t.y, t.size, t.width = t.x*by, t.y*by, t.size*by, t.width*by
	}
}

func (b box) grown(by float64) box {
	return box{b.x * by, b.y * by, b.w * by, b.h * by, b.r * by, b.ink}
}
