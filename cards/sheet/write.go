package sheet

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/go-pdf/fpdf"

	"pointkiosk/assets/words"
)

// Sheets makes PDFs of cards. It doesn't change once made, so that several
// goroutines may write at the same time.
type Sheets struct {
	opts    Opts
	say     *words.Words
	sides   []side // front, and back unless there is none
	fonts   [2]*typeface
	type0   subset    // for the cards, and the list of them
	runes   string    // of the cards
	names   [2]string // of the fonts, in content streams
	faces   [][]byte  // what stands on each side of every card
	picture *picture
	digits  [128]float64 // widths of a serial's characters
}

// New checks all that can be checked before a card is signed, and lays it out.
func New(opts *Opts) (*Sheets, error) {
	s, err := laidOut(opts)
	if err != nil {
		return nil, err
	}
	if err := s.cutFonts(); err != nil {
		return nil, err
	}
	for i := range s.sides {
		s.faces = append(s.faces, s.draw(&s.sides[i]))
	}
	return s, nil
}

// laidOut knows where everything stands.
func laidOut(opts *Opts) (*Sheets, error) {
	s := &Sheets{opts: *opts, say: words.In(opts.Lang)}
	if err := s.opts.check(); err != nil {
		return nil, err
	}
	var err error
	if s.fonts, err = typefaces(); err != nil {
		return nil, err
	}
	return s, s.layout()
}

// layout makes both sides.
func (s *Sheets) layout() error {
	main, err := parseColour(s.opts.Colour)
	if err != nil {
		return err
	}
	if s.picture, err = readPicture(s.opts.Picture); err != nil {
		return err
	}
	fill := func(how func(l *layout) side) {
		l := newLayout(s.fonts, &s.opts, main)
		s.sides = append(s.sides, how(l))
		if err == nil && l.err != nil {
			err = fmt.Errorf("sheet: %w", l.err)
		}
	}
	if s.opts.Sides == Single {
		fill((*layout).whole)
		return err
	}
	fill(func(l *layout) side { return l.front(s.picture != nil) })
	fill((*layout).back)
	return err
}

// serialRunes are the characters that a serial may have.
const serialRunes = "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"

// cutFonts keeps of the fonts what the cards and the list of them need: a font is
// looked through once.
func (s *Sheets) cutFonts() error {
	seen := runeSet{}
	seen.add(serialRunes)
	for i := range s.sides {
		for _, t := range append(s.sides[i].texts, s.sides[i].marks...) {
			seen.add(t.text)
		}
	}
	s.runes = seen.text()
	list, err := s.list(0, make([]One, 1000))
	if err == nil {
		err = list.err // else it were found after the cards were made
	}
	if err != nil {
		return err
	}
	seen.add(list.runes() + serialRunes)
	s.type0 = newSubset(seen.text())
	for _, r := range serialRunes {
		s.digits[r], _ = s.fonts[0].width(r)
	}
	_, s.names = s.document()
	return nil
}

// document is a PDF without pages whose fonts have all our characters.
func (s *Sheets) document() (*fpdf.Fpdf, [2]string) {
	f := newDocument(s.opts.Stock.Page, s.opts.Title, s.say.Lang())
	f.SetCompression(false) // the codes are compressed as they come, and little else is there
	return f, s.type0.add(f, s.runes)
}

// Write makes one PDF of the order's first cards, calling done after each sheet
// with how many cards are on paper.
func (s *Sheets) Write(w io.Writer, cards []One, done func(n int)) error {
	return s.WriteFrom(w, 0, cards, done)
}

// WriteFrom makes one PDF of cards that are the order's from the first-th on:
// a file of a large order.
func (s *Sheets) WriteFrom(w io.Writer, first int, cards []One, done func(n int)) error {
	if len(cards) == 0 {
		return errors.New("sheet: no cards")
	}
	if err := checkCards(cards); err != nil {
		return err
	}
	f, _ := s.document()
	shared := s.newShared(f)
	c := newCodes(f, s.opts.Stock.Page)
	for n := 0; n < len(cards); {
		sheet, cell := s.Place(first + n)
		end := min(len(cards), n+s.PerSheet()-cell)
		for i := range s.sides {
			f.AddPage()
			s.boxes(f, i)
			if i == 0 {
				f.Bookmark(utf16Text(s.say.Say("sheet.bookmark", sheet)), 0, 0)
			}
			f.UseTemplate(shared.page(i, cell, cell+end-n))
			if s.sides[i].code.w == 0 {
				continue
			}
			if err := s.own(f, c, i, cell, cards[n:end]); err != nil {
				return err
			}
		}
		n = end
		if done != nil {
			done(n)
		}
	}
	if err := f.Output(w); err != nil {
		return fmt.Errorf("sheet: write: %w", err)
	}
	return nil
}

// spot is where card i of a sheet lies on a side.
func (s *Sheets) spot(side, i int) spot {
	if side == 0 {
		return s.opts.Stock.front(i, s.opts.Front)
	}
	return s.opts.Stock.back(i, s.opts.Sides, s.opts.Back)
}

// own draws what each card has of its own: codes and serials.
func (s *Sheets) own(f *fpdf.Fpdf, c *codes, side, cell int, cards []One) error {
	d := &s.sides[side]
	serials := pen{high: s.opts.Stock.Page.H}
	c.begin()
	for i := range cards {
		m, err := encode(cards[i].URL)
		if err != nil {
			return fmt.Errorf("sheet: card %d: code: %w", cards[i].Number, err)
		}
		at := s.spot(side, cell+i)
		c.pen.code(m, s.within(at, d.code.x, d.code.y), d.code.w)
		s.serial(&serials, &d.serial, at, cards[i].Serial)
	}
	name, err := c.end()
	if err != nil {
		return err
	}
	f.RawWriteStr("/" + name + " Do\n" + string(serials.b))
	return nil
}

// serial sets a card's serial in the middle of its place.
func (s *Sheets) serial(p *pen, place *text, at spot, serial string) {
	wide := 0.0
	for _, r := range serial {
		wide += s.digits[r]
	}
	size := min(place.size, place.width/wide)
	begin := s.within(at, place.x-wide*size/2, place.y)
	if at.turned {
		p.turnedText(s.names[0], size, begin, serial)
		return
	}
	p.text(s.names[0], size, begin.x, begin.y, serial)
}

// within is a point of a card, on the page.
func (s *Sheets) within(at spot, x, y float64) spot {
	if at.turned {
		return spot{at.x + s.opts.Stock.Cell.W - x, at.y + s.opts.Stock.Cell.H - y, true}
	}
	return spot{at.x + x, at.y + y, false}
}

// codes are form objects, one a page, compressed by one writer: fpdf would make
// a new one for each page, and keep all pages uncompressed until the end.
type codes struct {
	pen  pen
	f    *fpdf.Fpdf
	page Size
	n    int
	z    *zlib.Writer
	buf  bytes.Buffer
}

func newCodes(f *fpdf.Fpdf, page Size) *codes {
	c := &codes{f: f, page: page, pen: pen{high: page.H}}
	c.z, _ = zlib.NewWriterLevel(&c.buf, zlib.BestSpeed) // the level is one that there is
	return c
}

func (c *codes) begin() { c.pen.b = append(c.pen.b[:0], "0 g\n"...) }

// end makes the object and gives its name.
func (c *codes) end() (string, error) {
	c.buf.Reset()
	c.z.Reset(&c.buf)
	if _, err := c.z.Write(c.pen.b); err != nil {
		return "", fmt.Errorf("sheet: compress: %w", err)
	}
	if err := c.z.Close(); err != nil {
		return "", fmt.Errorf("sheet: compress: %w", err)
	}
	c.n++
	name := fmt.Sprintf("Codes%d", c.n)
	object := fmt.Appendf(make([]byte, 0, c.buf.Len()+200), "<</Type /XObject /Subtype /Form /BBox [0 0 %.2f %.2f] /Resources <<>> /Filter /FlateDecode /Length %d>>\nstream\n",
		c.page.W*k, c.page.H*k, c.buf.Len())
	object = append(append(object, c.buf.Bytes()...), "\nendstream\nendobj"...)
	sum := sha1.Sum([]byte(name)) // fpdf wants a name of 40 characters
	id := hex.EncodeToString(sum[:])
	c.f.ImportObjects(map[string][]byte{id: object})
	c.f.ImportTemplates(map[string]string{"/" + name: id})
	return name, nil
}
