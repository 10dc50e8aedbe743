package sheet

import (
	"errors"
	"io"
	"time"

	"pointkiosk/assets/words"
)

// a4 is the paper of lists.
var a4 = Size{210, 297}

// Lists keep this much from the paper's edge, and their columns end here.
const (
	listLeft  = 16.0
	listRight = 194.0
	listWide  = listRight - listLeft
)

// Contact makes the list, by sheet, of cards that are the order's from the
// first-th on, for who hands them over and who takes them.
func (s *Sheets) Contact(w io.Writer, first int, cards []One) error {
	if len(cards) == 0 {
		return errors.New("sheet: no cards")
	}
	b, err := s.list(first, cards)
	if err != nil {
		return err
	}
	b.type0 = s.type0
	return b.write(w, func(i int) string { return s.say.Say("sheet.contact.page", i+1, len(b.leaves)) })
}

// list lays out the list of cards.
func (s *Sheets) list(first int, cards []One) (*book, error) {
	b, err := newBook(a4, s.say.Lang(), s.say.Say("sheet.contact"))
	if err != nil {
		return nil, err
	}
	const top, bottom, signed = 61.5, 280.0, 34.0
	var l *leaf
	y := bottom
	for n := 0; n < len(cards); {
		sheet, cell := s.Place(first + n)
		end := min(len(cards), n+s.PerSheet()-cell)
		high := sheetHigh(s.PerSheet())
		if y+high > bottom {
			l, y = b.leaf(), top
			s.contactHead(b, l, first, len(cards))
		}
		s.contactSheet(b, l, sheet, cell, cards[n:end], y)
		y += high
		n = end
	}
	if y+signed > bottom {
		l, y = b.leaf(), top
		s.contactHead(b, l, first, len(cards))
	}
	b.signatures(l, bottom-signed/2, s.say.Say("sheet.contact.gave"), s.say.Say("sheet.contact.took"), s.say.Say("sheet.contact.day"))
	for i, l := range b.leaves {
		b.put(l, "text", s.say.Say("sheet.contact.page", i+1, len(b.leaves)), style{3, false, ink}, listRight, 288, 40, fromRight)
	}
	return b, nil
}

// Of a sheet's serials five stand side by side.
const (
	serialColumns = 5
	serialHigh    = 4.4
)

// sheetHigh is what a sheet takes on the list.
func sheetHigh(cards int) float64 {
	return float64((cards+serialColumns-1)/serialColumns)*serialHigh + 1.6
}

func (s *Sheets) contactHead(b *book, l *leaf, at, n int) {
	c := &s.opts.Card
	b.put(l, "text", s.say.Say("sheet.contact"), style{7, true, plain}, listLeft, 24, 110, fromLeft)
	b.put(l, "scheme", joinedText(c.Municipality, c.Scheme), style{3.6, true, ink}, listRight, 24, 66, fromRight)
	l.boxes = append(l.boxes, box{listLeft, 28, listWide, 0.4, 0, plain})
	day := ""
	if !c.Date.IsZero() {
		day = words.Date(s.say.Lang(), c.Date)
	}
	b.put(l, "event", c.Event, style{4.2, true, ink}, listLeft, 35.2, listWide, fromLeft)
	b.put(l, "place", joinedText(day, c.Place), style{3.6, false, ink}, listLeft, 41, listWide, fromLeft)
	b.put(l, "text", s.say.Say("sheet.contact.sum", words.Number(c.Points), words.Number(n), words.Number(n*c.Points)), style{3.8, false, ink}, listLeft, 47.2, 110, fromLeft)
	first, _ := s.Place(at)
	last, _ := s.Place(at + n - 1)
	b.put(l, "text", s.say.Say("sheet.contact.range", first, last), style{3.8, false, ink}, listRight, 47.2, 60, fromRight)
	note := style{3.2, false, ink}
	text := s.say.Say("sheet.contact.note")
	if c.Practice {
		note.ink, text = red, joinedText(s.say.Say("card.practice"), s.say.Say("card.practice.why"))
	}
	b.put(l, "text", text, note, listLeft, 53.2, listWide, fromLeft)
}

func (s *Sheets) contactSheet(b *book, l *leaf, sheet, cell int, cards []One, y float64) {
	l.lines = append(l.lines, stroke{listLeft, y, listRight, y, 0.1, colour{0xB0, 0xB0, 0xB0}})
	l.frames = append(l.frames, box{listLeft + 0.5, y + 1.3, 3, 3, 0.4, ink})
	b.put(l, "text", s.say.Say("sheet.bookmark", sheet), style{3, true, ink}, listLeft+5, y+3.9, 19, fromLeft)
	const wide = (listWide - 24) / serialColumns
	for i := range cards {
		at := cell + i
		b.put(l, "serial", cards[i].Serial, style{2.8, false, ink},
			listLeft+24+float64(at%serialColumns)*wide, y+3.9+float64(at/serialColumns)*serialHigh, wide-1, fromLeft)
	}
}

// joinedText is two texts with a space between, if there are two.
func joinedText(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "　" + b
}

// signatures are lines to write on.
func (b *book) signatures(l *leaf, y float64, names ...string) {
	wide := listWide / float64(len(names))
	for i, name := range names {
		if name == "" {
			continue
		}
		x := listLeft + float64(i)*wide
		b.put(l, "text", name, style{3.2, false, ink}, x, y, wide-30, fromLeft)
		l.lines = append(l.lines, stroke{x, y + 9, x + wide - 6, y + 9, 0.2, ink})
	}
}

// A Pick is what one event needs.
type Pick struct {
	Event                 string
	Date                  time.Time // in Japan time
	Place                 string
	Points, Cards         int
	First, Last           string // serials
	FirstSheet, LastSheet int
}

// Picking makes the list of who gets what, by event.
func Picking(w io.Writer, lang, title string, picks []Pick) error {
	b, err := newBook(a4, lang, words.In(lang).Say("sheet.picking"))
	if err != nil {
		return err
	}
	const top, bottom, high = 38.0, 262.0, 28.0
	var l *leaf
	y, cards, points := bottom, 0, 0
	for i := range picks {
		if y+high > bottom {
			l, y = b.leaf(), top
			b.put(l, "text", b.say.Say("sheet.picking"), style{7, true, plain}, listLeft, 24, 100, fromLeft)
			b.put(l, "title", title, style{3.6, true, ink}, listRight, 24, 76, fromRight)
			l.boxes = append(l.boxes, box{listLeft, 28, listWide, 0.4, 0, plain})
		}
		b.pick(l, &picks[i], y)
		y += high
		cards, points = cards+picks[i].Cards, points+picks[i].Cards*picks[i].Points
	}
	if l != nil {
		b.put(l, "text", b.say.Say("sheet.picking.sum", words.Number(cards), words.Number(points)), style{4.2, true, ink}, listRight, 272, 110, fromRight)
		b.signatures(l, 270, b.say.Say("sheet.picking.done"), "", "")
	}
	return b.write(w, func(i int) string { return b.say.Say("sheet.contact.page", i+1, len(b.leaves)) })
}

func (b *book) pick(l *leaf, p *Pick, y float64) {
	l.frames = append(l.frames, box{listLeft + 0.5, y + 2, 5, 5, 0.6, ink})
	x, wide := listLeft+10, listWide-10
	b.put(l, "event", p.Event, style{4.8, true, ink}, x, y+6.4, wide-52, fromLeft)
	b.put(l, "text", b.say.Say("sheet.picking.cards", words.Number(p.Cards)), style{4.8, true, ink}, listRight, y+6.4, 50, fromRight)
	when := ""
	if !p.Date.IsZero() {
		when = words.Date(b.say.Lang(), p.Date)
	}
	b.put(l, "place", joinedText(when, p.Place), style{3.6, false, ink}, x, y+12.6, wide-52, fromLeft)
	b.put(l, "text", b.say.Say("sheet.picking.points", words.Number(p.Points)), style{3.6, false, ink}, listRight, y+12.6, 50, fromRight)
	b.put(l, "text", b.say.Say("sheet.picking.sheets", p.FirstSheet, p.LastSheet), style{3.6, false, ink}, x, y+18.6, 70, fromLeft)
	b.put(l, "serial", p.First+" – "+p.Last, style{3.6, false, ink}, listRight, y+18.6, 96, fromRight)
	l.lines = append(l.lines, stroke{listLeft, y + 24, listRight, y + 24, 0.1, colour{0xB0, 0xB0, 0xB0}})
}
