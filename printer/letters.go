package printer

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding/japanese"
)

const (
	cell     = 24 // dots that a printer's letter is high, and a kanji wide
	halfCell = 12 // dots that a letter is wide for each byte that it has
)

// letter is how the printer's letters are set now.
type letter struct {
	kanji, yen, kana, bold bool
	times                  int
}

// line is a text as the printer gets it.
type line struct {
	bytes   []byte
	letter  letter // how letters are set behind it
	centre  bool
	height  int // of its letters
	end     int // where it ends
	advance int // to the next
}

// spell makes the line, or says why the printer has no letters for it.
func (l *line) spell(t *Text, s *stream) error {
	if l.centre = t.Centre; !l.letter.kanji {
		l.bytes = append(l.bytes, fs, '&', fs, 'C', 1) // FS &, FS C 1: Shift-JIS
		l.letter.kanji = true
	}
	for n, r := range t.Runs {
		r.Times = max(r.Times, 1)
		switch {
		case r.Times > 8:
			return fmt.Errorf("printer: text %d times as large as usual", r.Times)
		case t.Centre:
		case r.X < l.end:
			return fmt.Errorf("printer: %q at %d stands on what is before it", r.Text, r.X)
		case n > 0 || r.X > 0:
			l.end = r.X
			l.bytes = append(l.bytes, esc, '$', byte(r.X), byte(r.X>>8)) // ESC $ nL nH
		}
		if err := l.run(r, s); err != nil {
			return err
		}
		l.height = max(l.height, cell*r.Times)
	}
	if l.end == 0 || l.end > s.p.Dots {
		return fmt.Errorf("printer: a line of %d dots does not fit %d", l.end, s.p.Dots)
	}
	l.advance = l.height * 5 / 4
	if t.Raster != nil {
		l.advance = max(l.height, t.Bounds().Dy())
	}
	return nil
}

// print puts a line below what waits.
func (s *stream) print(l line) error {
	if err := s.flush(); err != nil {
		return err
	}
	s.align(l.centre)
	s.emit(l.bytes, 0) // its rows are fed
	s.letter = l.letter
	s.feed(l.advance)
	return nil
}

// run adds text of one kind.
func (l *line) run(r Run, s *stream) error {
	now := &l.letter
	if now.bold != r.Bold {
		now.bold = r.Bold
		l.bytes = append(l.bytes, esc, 'E', flag(r.Bold)) // ESC E n
	}
	if max(now.times, 1) != r.Times {
		now.times = r.Times
		l.bytes = append(l.bytes, gs, '!', byte(r.Times-1)<<4|byte(r.Times-1)) // GS ! n
	}
	for _, c := range r.Text {
		code := shiftJIS(c)
		if kana := len(code) == 1 && code[0] >= 0xA1; len(code) == 0 || kana && s.p.CodePage == 0 {
			g, err := s.drawn(c, r.Times)
			if err != nil {
				return err
			}
			l.bytes, l.end = append(l.bytes, g.bytes...), l.end+g.width
			continue
		}
		if c == '¥' && !now.yen {
			now.yen = true
			l.bytes = append(l.bytes, esc, 'R', 8) // ESC R 8: 5Ch is the yen sign
		}
		if len(code) == 1 && code[0] >= 0xA1 && !now.kana {
			now.kana = true
			l.bytes = append(l.bytes, esc, 't', byte(s.p.CodePage)) // ESC t n
		}
		l.bytes, l.end = append(l.bytes, code...), l.end+halfCell*len(code)*r.Times
	}
	return nil
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// shiftJIS returns a character's bytes, or none if not every Japanese printer
// has it: it is outside JIS X 0201 and 0208, or differs between them. NEC's
// row 13 (①) and what IBM added (髙) are not on all.
func shiftJIS(c rune) []byte {
	switch {
	case c == '¥':
		return []byte{0x5C}
	case c < ' ' || c == '\\' || c == '~' || c == '‾' || c == 0x7F:
		return nil
	case c < 0x7F:
		return []byte{byte(c)}
	}
	code, err := japanese.ShiftJIS.NewEncoder().String(string(c))
	if err != nil {
		return nil
	}
	if lead := code[0]; len(code) == 2 && (lead > 0x84 && lead < 0x88 || lead > 0xEA) {
		return nil
	}
	return []byte(code)
}

// A glyph is a character that the caller drew.
type glyph struct {
	bytes []byte
	width int
}

// drawn has a character drawn within the line (ESC * 33: columns of 24 dots).
func (s *stream) drawn(c rune, times int) (g glyph, err error) {
	var r Raster
	if s.draw != nil && times == 1 { // bit images don't grow with GS !
		r = s.draw(c)
	}
	if r == nil || r.Bounds().Dy() != cell {
		return g, fmt.Errorf("printer: the printer has no %q (%U)", c, c)
	}
	area := r.Bounds()
	var run []byte
	begin := func() {
		if len(run) > 0 {
			n := len(run) / 3
			g.bytes = append(append(g.bytes, esc, '*', 33, byte(n), byte(n>>8)), run...)
			run = nil
		}
	}
	for x := range area.Dx() {
		var column [3]byte
		for y := range cell {
			if r.Row(area.Min.Y + y)[x/8]>>(7-x%8)&1 == 1 {
				column[y/8] |= 0x80 >> (y % 8)
			}
		}
		if realtime(column[0], column[1]) || realtime(column[1], column[2]) {
			return g, fmt.Errorf("printer: %q (%U) is drawn like a real-time command", c, c)
		}
		if len(run) > 0 && realtime(run[len(run)-1], column[0]) {
			begin() // two commands: their heads part the two bytes
		}
		run = append(run, column[:]...)
	}
	begin()
	g.width = area.Dx()
	return g, nil
}

// printable reports whether all of text is ASCII that is printed.
func printable(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
}
