package face

import (
	"fmt"
	"image"

	"pointkiosk/assets/words"
)

// smallest is the size of type, in dots of 1/8 mm, below which the text of a
// card isn't readable for everyone: 2.5 mm.
const smallest = 20

// A Line is one text on a card. All lengths are in dots.
type Line struct {
	Text        string
	X, Baseline int // where the first letter stands
	Width       int
	Size        int // of the type: 7/8 of it above the baseline
	Bold        bool
	Track       int  // between letters, beside what the font gives
	Top, Bottom int  // the rows it has to itself, or shares with texts on its baseline
	Bare        bool // nothing but text is drawn in these rows
}

// A plan says where everything is, before a dot is drawn.
type plan struct {
	f      *Face
	say    *words.Words
	width  int
	y      int // the first free row
	inset  int // within a box: room that its frame takes on each side
	scale  int // sizes are for 384 dots: in eighths, what they are here
	lines  []Line
	marks  []Line            // 見本, below everything else
	rules  []image.Rectangle // black
	code   image.Rectangle
	height int
	err    error // the first text that can't stand
}

func (f *Face) plan(card *Card, width, modules int) (*plan, error) {
	p, err := f.blank(card.Lang, width)
	if err != nil {
		return nil, err
	}
	if card.Ticket {
		p.ticket(card)
	} else {
		p.head(card)
		p.across(card)
		p.rule(3)
		p.occasion(card)
		p.across(card)
		p.rule(3)
		p.help(card)
	}
	end := p.y
	p.notices(card)
	p.placeCode(modules)
	p.foot(card)
	if card.Practice && !f.grid {
		p.mark(end)
	}
	p.height = p.y
	return p, p.err
}

// blank is a plan of nothing yet.
func (f *Face) blank(lang string, width int) (*plan, error) {
	p := &plan{f: f, say: words.In(lang), width: width, y: 8, scale: 8}
	switch {
	case width%8 != 0 || width < (widestCode+8)*f.module:
		return nil, fmt.Errorf("face: paper of %d dots, want a multiple of 8 from 384", width)
	case width >= 512:
		p.scale = 10
	}
	return p, nil
}

// bare finds the lines in whose rows nothing else is drawn.
func (p *plan) bare() {
	for i := range p.lines {
		l := &p.lines[i]
		l.Bare = true
		for _, r := range p.rules {
			l.Bare = l.Bare && (r.Max.Y <= l.Top || r.Min.Y >= l.Bottom)
		}
		for _, m := range p.marks {
			l.Bare = l.Bare && (m.Baseline+m.Size/4 <= l.Top || m.Baseline-m.Size >= l.Bottom)
		}
	}
}

// head is the scheme and the points.
func (p *plan) head(card *Card) {
	p.joined(style{size: 30, bold: true}, part{"municipality", card.Municipality}, part{"scheme", card.Scheme})
	p.space(4)
	p.points(card.Points)
	p.space(2)
}

// occasion is the event and until when the card is good.
func (p *plan) occasion(card *Card) {
	lang := p.say.Lang()
	p.text("event", card.Event, style{size: 32, bold: true})
	if !card.Date.IsZero() {
		p.text("date", words.Date(lang, card.Date), style{size: 26})
	}
	p.text("place", card.Place, style{size: 26})
	if !card.Expires.IsZero() {
		p.space(4)
		p.joined(style{size: 26, bold: true}, part{"expires", p.say.Say("card.expires")}, part{"expires", words.Day(lang, card.Expires)})
	}
}

// help is how the card is used, and who can be asked.
func (p *plan) help(card *Card) {
	p.block(style{size: 24}, p.say.Say("card.how1"), p.say.Say("card.how2"), p.say.Say("card.how3"))
	p.space(8)
	p.block(style{size: 22, centred: true}, p.say.Say("card.nophone1"), p.say.Say("card.nophone2"))
	p.space(8)
	p.joined(style{size: 22}, part{"contact", card.Contact}, part{"phone", card.Phone})
	p.joined(style{size: 22}, part{"host", card.Host}, part{"card.nopin", p.say.Say("card.nopin")})
}

// notices are what is said of this print: they stand right above the code,
// where they can't be torn off without it.
func (p *plan) notices(card *Card) {
	if card.Reprint > 0 {
		p.boxed(p.say.Say("card.reprint", card.Reprint), p.say.Say("card.reprint.why"))
	}
	switch {
	case card.Practice && card.Ticket:
		p.boxed(p.say.Say("card.practice"), p.say.Say("card.ticket.practice.why"))
	case card.Practice:
		p.boxed(p.say.Say("card.practice"), p.say.Say("card.practice.why"))
	}
}

// foot is all that stands below the code.
func (p *plan) foot(card *Card) {
	serial := style{size: 30, track: 2}
	if p.f.grid {
		serial.track = 0
	}
	p.text("serial", card.Serial, serial)
	p.text("kiosk", card.Kiosk, style{size: 22})
	p.space(6)
	p.closing()
}
