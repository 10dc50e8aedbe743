package printertest

import (
	"golang.org/x/text/encoding/japanese"

	"pointkiosk/printer"
)

// settings are what ESC @ puts back.
type settings struct {
	align   byte
	left    int // where the line begins or goes on, if it isn't aligned
	spacing int // of LF, in dots
	motion  int // GS P: units an inch; 0 was not said
	kanji   bool
	shift   bool // Shift-JIS and not JIS
	yen     bool
	kana    bool
	bold    bool
	across  int // GS !: how many times as wide
	down    int
	qr      qrCode
}

const usualSpacing = 30

func initial(o *Opts) settings {
	return settings{spacing: usualSpacing, kanji: o.Skills.Kanji, across: 1, down: 1, qr: qrCode{module: 3, level: 'L'}}
}

// item is a character or a bit image in the line.
type item struct {
	x, width, height int
	dark             func(x, y int) bool
}

const charWidth, charHeight = 12, 24

// charLength is how many bytes the character that begins with b has.
func (p *Printer) charLength(b byte) int {
	i := &p.input
	if i.kanji && i.shift && (b >= 0x81 && b <= 0x9F || b >= 0xE0 && b <= 0xEF) {
		return 2
	}
	return 1
}

// character puts a character into the line.
func (p *Printer) character(code []byte, at int64) {
	i := &p.input
	if !p.opts.Skills.Kanji {
		p.complain(at, "character %q", code[0])
		i.said.WriteByte(code[0])
		p.put(item{width: charWidth, height: charHeight, dark: func(x, _ int) bool { return x > 1 && x < 10 && code[0]>>(x-2)&1 == 1 }}, at)
		return
	}
	c, ok := p.decode(code)
	if !ok {
		p.complain(at, "no character % x", code)
		c = '〓'
	}
	i.said.WriteRune(c)
	i.say(Run{string(c), i.across, i.down, i.bold})
	wide, across, down := charWidth*len(code), i.across, i.down
	dark := func(x, y int) bool { return x%wide == wide-1 || y == charHeight-1 } // without a font, a corner
	if p.opts.Skills.Font != nil {
		if g := p.opts.Skills.Font(c); g != nil {
			b := g.Bounds()
			dark = func(x, y int) bool {
				return x < b.Dx() && y < b.Dy() && g.Row(b.Min.Y + y)[x/8]>>(7-x%8)&1 == 1
			}
		}
	}
	bold := i.bold
	p.put(item{width: wide * across, height: charHeight * down, dark: func(x, y int) bool {
		return dark(x/across, y/down) || bold && x > 0 && dark((x-1)/across, y/down)
	}}, at)
}

// say adds what an item says, and how it is set.
func (i *input) say(r Run) {
	i.text += r.Text
	if n := len(i.runs); n > 0 {
		last := &i.runs[n-1]
		if same := (Run{last.Text, r.Across, r.Down, r.Bold}); *last == same {
			last.Text += r.Text
			return
		}
	}
	i.runs = append(i.runs, r)
}

// decode is the character of a code in Shift-JIS, as far as the settings go.
func (p *Printer) decode(code []byte) (rune, bool) {
	i := &p.input
	switch b := code[0]; {
	case len(code) == 1 && b >= 0x80 && (!i.kana || b < 0xA1 || b > 0xDF):
		return 0, false
	case b == 0x5C && i.yen:
		return '¥', true
	case b == 0x7F:
		return 0, false
	case len(code) == 2 && (b >= 0x85 && b <= 0x87 || b > 0xEA): // not in JIS X 0208
		return 0, false
	}
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(code)
	c := []rune(string(text))
	return c[0], err == nil && len(c) == 1 && c[0] != '\uFFFD'
}

// put appends a piece to the line.
func (p *Printer) put(it item, at int64) {
	i := &p.input
	if i.left+it.width > p.opts.Dots {
		p.complain(at, "a line of %d dots on %d", i.left+it.width, p.opts.Dots)
		p.printLine(i.spacing)
		it.width = min(it.width, p.opts.Dots)
	}
	it.x = i.left
	i.left += it.width
	i.items = append(i.items, it)
}

// tellText lists the characters since the last command.
func (p *Printer) tellText() {
	if p.input.said.Len() > 0 {
		word := "text"
		if !p.opts.Skills.Kanji {
			word = "characters"
		}
		p.note("%s %q", word, p.input.said.String())
		p.input.said.Reset()
	}
}

// idle complains of a line that has not been printed.
func (p *Printer) idle(at int64, what string) {
	if len(p.input.items) > 0 {
		p.complain(at, "%s behind %d pieces of a line", what, len(p.input.items))
		p.printLine(0)
	}
}

// printLine prints the line, if there is one, and moves the paper by so many
// rows in all, or by the height of the line if that is more.
func (p *Printer) printLine(rows int) {
	i := &p.input
	height, end := 0, 0
	for _, it := range i.items {
		height, end = max(height, it.height), max(end, it.x+it.width)
	}
	shift := int(i.align) * (p.opts.Dots - end) / 2
	for y := range height {
		row := make([]byte, p.paper.stride)
		for _, it := range i.items {
			top := height - it.height // they stand on one line
			for x := range it.width {
				if at := shift + it.x + x; y >= top && it.dark(x, y-top) {
					row[at/8] |= 0x80 >> (at % 8)
				}
			}
		}
		p.mech.rows = append(p.mech.rows, row)
	}
	if i.text != "" {
		p.paper.text, p.paper.runs = append(p.paper.text, i.text), append(p.paper.runs, i.runs...)
	}
	p.mech.feed += max(rows-height, 0)
	i.items, i.text, i.runs, i.left = nil, "", nil, 0
}

// obeyText sets letters.
func (p *Printer) obeyText(cmd []byte, at int64) bool {
	i, n := &p.input, cmd[2]
	if !p.opts.Skills.Kanji {
		return false
	}
	switch string(cmd[:2]) {
	case "\x1bt":
		p.note("code page %d", n)
		i.kana = n == 1
	case "\x1bR":
		p.note("international %d", n)
		i.yen = n == 8
		if n > 17 {
			p.complain(at, "international set %d", n)
		}
	case "\x1bE":
		p.note("bold %d", n&1)
		i.bold = n&1 == 1
	case "\x1d!":
		p.note("size %dx%d", n>>4+1, n&15+1)
		if n&0x88 != 0 {
			p.complain(at, "size %02x", n)
			return true
		}
		i.across, i.down = int(n>>4)+1, int(n&15)+1
	case "\x1b*":
		return p.image(cmd, at)
	default:
		return false
	}
	return true
}

// obeyFS sets kanji.
func (p *Printer) obeyFS(cmd []byte, at int64) bool {
	i := &p.input
	if !p.opts.Skills.Kanji {
		return false
	}
	switch {
	case cmd[1] == '&':
		p.note("kanji on")
		i.kanji = true
	case cmd[1] == '.':
		p.note("kanji off")
		i.kanji = false
	case cmd[1] == 'C':
		p.note("kanji code %d", cmd[2]%48)
		if i.shift = cmd[2]%48 == 1; cmd[2]%48 > 1 {
			p.complain(at, "kanji code %d", cmd[2])
		}
	case string(cmd[:min(6, len(cmd))]) == "\x1c(A\x02\x000" && len(cmd) == 7:
		p.note("kanji font %d", cmd[6]%48)
	default:
		return false
	}
	return true
}

// imageBytes is how many bytes a column of ESC * m has.
func imageBytes(m byte) int {
	if m&32 != 0 {
		return 3
	}
	return 1
}

// image puts the bit image of ESC * into the line. Single density is twice as
// wide, one byte a column three times as high.
func (p *Printer) image(cmd []byte, at int64) bool {
	m, data := cmd[2], cmd[5:]
	size := imageBytes(m)
	if m&^33 != 0 {
		return false
	}
	columns, across, down := len(data)/size, 2-int(m&1), 3/size
	p.note("image %dx%d", columns*across, charHeight)
	if columns == 0 || columns > 2047 {
		p.complain(at, "image of %d columns", columns)
		return true
	}
	p.put(item{width: columns * across, height: charHeight, dark: func(x, y int) bool {
		y /= down
		return data[x/across*size+y/8]>>(7-y%8)&1 == 1
	}}, at)
	p.input.say(Run{Text: "□", Across: 1, Down: 1}) // bit images don't grow with GS !
	return true
}

// Skills are what a printer can do beyond a raster.
type Skills struct {
	Kanji     bool                        // letters in Shift-JIS, and bit images among them
	QR        bool                        // GS ( k
	Half      bool                        // GS v 0 at half the resolution
	Densities []printer.Command           // how black it prints, of which it knows the kind
	Motion    int                         // dots an inch, on a printer that counts half dots until GS P says so
	Font      func(c rune) printer.Raster // its letters, 24 dots high; nil draws corners
	Maker     string                      // to GS I 66
	Model     string                      // to GS I 67
}

// Like returns the options of a printer that is what a profile says.
func Like(p printer.Profile) *Opts {
	return &Opts{
		Dots: p.Dots, Answers: p.Answers, Blade: p.Blade, Buffer: p.Buffer,
		Skills: Skills{Kanji: p.Kanji, QR: p.QR > 0, Half: p.Half, Densities: p.Densities, Motion: p.Motion, Maker: p.Maker, Model: p.Model},
	}
}
