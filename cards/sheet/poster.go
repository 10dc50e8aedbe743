package sheet

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/cards/qr"
)

// A PosterKind is what a poster is for.
type PosterKind int

// Venue hangs beside the screen that shows the venue code, Plate stands in a shop
// that takes point tickets, Flyer invites to make a MyKey ID.
const (
	Venue PosterKind = iota
	Plate
	Flyer
)

var posterKinds = []string{"venue", "plate", "flyer"}

func (k PosterKind) String() string {
	if k < 0 || int(k) >= len(posterKinds) {
		return fmt.Sprintf("PosterKind(%d)", int(k))
	}
	return posterKinds[k]
}

// UnmarshalText reads venue, plate or flyer.
func (k *PosterKind) UnmarshalText(text []byte) error {
	n := slices.Index(posterKinds, string(text))
	if n < 0 {
		return fmt.Errorf("sheet: poster %q, want %s", text, strings.Join(posterKinds, ", "))
	}
	*k = PosterKind(n)
	return nil
}

// PosterOpts are what a poster says beside the words of its kind.
type PosterOpts struct {
	Kind   PosterKind
	Paper  string    // "a4" or "a3"
	Lang   string    // "ja" or "en"
	Card   face.Card // whose points, how many, the event, whom to ask, the host; its URL and serial are not used
	Hours  string    // of the event, or of where IDs are made
	Shop   string    // whose plate it is
	Colour string    // #RRGGBB; none is a deep blue
}

// posterDesign is A4; A3 is the same, larger.
var posterDesign = Size{210, 297}

var papers = map[string]Size{"a4": posterDesign, "a3": {297, 420}}

// A Poster is one page for a wall, a counter or a hand.
//
// No poster carries a code that is worth points: what hangs there is
// photographed. Its code is the address of a page.
type Poster struct {
	opts     PosterOpts
	sheets   Sheets // its page is a sheet with one card as large as the paper
	pictures []hung
	code     *qr.Matrix
	main     colour // on white
}

// A hung picture has a field of its own.
type hung struct {
	name string
	at   box
}

// NewPoster checks all texts and lays them out.
func NewPoster(opts *PosterOpts) (*Poster, error) {
	p := &Poster{opts: *opts}
	page, ok := papers[opts.Paper]
	switch {
	case !ok:
		return nil, fmt.Errorf("sheet: paper %q, want a4 or a3", opts.Paper)
	case opts.Kind < Venue || opts.Kind > Flyer:
		return nil, fmt.Errorf("sheet: no such poster: %v", opts.Kind)
	case opts.Kind == Plate && opts.Shop == "":
		return nil, fmt.Errorf("sheet: a plate without the shop's name")
	}
	host, err := cards.ParseHost(opts.Card.Host)
	if err != nil {
		return nil, fmt.Errorf("sheet: poster: %w", err)
	}
	if p.code, err = encode(address(host, opts.Kind)); err != nil {
		return nil, fmt.Errorf("sheet: poster: code: %w", err)
	}
	main, err := parseColour(opts.Colour)
	if err != nil {
		return nil, err
	}
	p.main = onWhite(main)
	p.sheets = Sheets{say: words.In(opts.Lang), opts: Opts{Stock: Stock{Page: page, Cell: page, Columns: 1, Rows: 1}}}
	if p.sheets.fonts, err = typefaces(); err != nil {
		return nil, err
	}
	if err := p.layout(main); err != nil {
		return nil, fmt.Errorf("sheet: poster: %w", err)
	}
	p.sheets.cutFonts()
	return p, nil
}

// address is where a poster's code leads, in upper case: alphanumeric mode. The
// hub answers /SHOP as it does /shop.
func address(host cards.Host, kind PosterKind) string {
	page := "HTTPS://" + strings.ToUpper(string(host)) + "/"
	if kind == Plate {
		page += "SHOP"
	}
	return page
}

// Write makes the PDF.
func (p *Poster) Write(w io.Writer) error {
	f, _ := p.sheets.document()
	f.SetCompression(true) // the pictures are long; nothing else is compressed before
	f.AddPage()
	side := &p.sheets.sides[0]
	f.RawWriteStr(string(p.sheets.draw(side)))
	to := pen{high: p.sheets.opts.Stock.Page.H}
	for _, one := range p.pictures {
		drawn, err := readPicture(pictureOf(one.name))
		if err != nil {
			return err
		}
		for i := range drawn.shapes { // ours are drawn in our blue
			if drawn.shapes[i].ink == plain {
				drawn.shapes[i].ink = p.main
			}
		}
		drawn.draw(&to, one.at)
	}
	to.fill(colour{})
	to.code(p.code, spot{x: side.code.x, y: side.code.y}, side.code.w)
	f.RawWriteStr(string(to.b))
	if err := f.Output(w); err != nil {
		return fmt.Errorf("sheet: write: %w", err)
	}
	return nil
}
