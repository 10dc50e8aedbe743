// Package face draws a card: plain texts, a date or two and the text of its QR
// code become the 1-bit picture that paper, preview and virtual printer share
// dot for dot.
//
// What can't be drawn is an error before a dot is drawn, never a missing
// character, a cut line or a code too wide for the paper.
//
// It knows no printer and no file, signs nothing, and doesn't judge whether a
// text is true.
package face

import (
	"fmt"
	"image"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"

	"pointkiosk/assets"
	"pointkiosk/cards/qr"
)

// A Card is what stands on one card, a field for each thing that the paper
// says. Empty texts and zero dates are left out.
type Card struct {
	Municipality string // 木更津市
	Scheme       string // らづポイント
	Points       int
	Event        string    // ナチュラルバル
	Date         time.Time // the event day, in Japan time
	Place        string    // JR木更津駅西口広場
	Expires      time.Time // the last day the card is good for, in Japan time
	Contact      string    // 市民活動支援課
	Phone        string
	Host         string // the hub's host in plain letters
	URL          string // the text of the code
	Serial       string // 4-4-4
	Kiosk        string
	Ticket       bool   // a point ticket (ポイント券): no event, and how a shop takes it
	Practice     bool   // 見本 across the card; on the grid, from edge to edge between the texts
	Reprint      int    // 0 is the first print, k is 再印刷 k
	Lang         string // "ja" or "en"
}

// Opts are the settings of a [Face].
type Opts struct {
	// Module is the number of dots a module of the code has: 7, which 0 means
	// too, or 6, which a printer can draw at half its resolution.
	Module int
	// Grid lays texts out in cells of 24 dots, or 12 for letters of one byte in
	// Shift-JIS, and whole multiples: how a printer sets them by itself.
	Grid bool
}

// A Face draws cards. It keeps the glyphs that it has drawn, so that it is for
// one goroutine at a time.
type Face struct {
	module int
	grid   bool
	fonts  [2]*sfnt.Font // regular, bold
	shapes map[shape]*glyph
	sizes  map[sizeKey]font.Face
}

// New loads the two fonts.
func New(opts *Opts) (*Face, error) {
	f := &Face{module: opts.Module, grid: opts.Grid, shapes: map[shape]*glyph{}, sizes: map[sizeKey]font.Face{}}
	if f.module == 0 {
		f.module = 7
	}
	if f.module != 6 && f.module != 7 {
		return nil, fmt.Errorf("face: %d dots a module, want 6 or 7", f.module)
	}
	for i, ttf := range [][]byte{assets.Regular(), assets.Bold()} {
		parsed, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("face: font: %w", err)
		}
		f.fonts[i] = parsed
	}
	return f, nil
}

// Drawn is a card's picture, and what lies where in it.
type Drawn struct {
	*Bitmap
	QR     image.Rectangle // the code without its quiet zone of 4 modules; its corner is even. Empty if there is none
	Module int             // dots a module
	URL    string          // what the code says
	Lines  []Line          // the texts, from the top
}

// widestCode is the size of the largest code that a card may have, version 7:
// 178 characters at level M.
const widestCode = 45

// Check reports why Draw would fail, for a card that has no code and no serial
// yet: it is asked before anything is signed.
func (f *Face) Check(card *Card, widthDots int) error {
	_, err := f.plan(card, widthDots, widestCode)
	return err
}

// Draw makes the picture for paper of widthDots, 384 or 576.
func (f *Face) Draw(card *Card, widthDots int) (*Drawn, error) {
	code, err := qr.Encode(card.URL)
	if err != nil {
		return nil, fmt.Errorf("face: code: %w", err)
	}
	if code.Size > widestCode {
		return nil, &TooLongError{Field: "url", Text: fmt.Sprintf("%d characters", len(card.URL))} // never what it says
	}
	p, err := f.plan(card, widthDots, code.Size)
	if err != nil {
		return nil, err
	}
	return p.draw(code, card.URL), nil
}

// draw makes the picture of a plan, with a code that says text.
func (p *plan) draw(code *qr.Matrix, text string) *Drawn {
	d := p.picture()
	d.URL = text
	d.code(code, p.code.Min, p.f.module)
	return d
}

// picture makes the picture of a plan, but for its code.
func (p *plan) picture() *Drawn {
	f := p.f
	p.bare()
	d := &Drawn{Bitmap: NewBitmap(p.width, p.height), QR: p.code, Module: f.module, Lines: p.lines}
	for _, m := range p.marks {
		f.text(d.Bitmap, m, faint)
	}
	for _, r := range p.rules {
		d.fill(r)
	}
	for _, l := range p.lines {
		f.text(d.Bitmap, l, solid)
	}
	return d
}

// A MissingGlyphError reports a character that the font can't draw.
type MissingGlyphError struct {
	Field string
	Rune  rune
}

func (e *MissingGlyphError) Error() string {
	return fmt.Sprintf("face: %s: the font has no %q (%U)", e.Field, e.Rune, e.Rune)
}

// A TooLongError reports a text that doesn't fit at the smallest readable size
// on the lines it may have.
type TooLongError struct{ Field, Text string }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("face: %s: %q is too long for the paper", e.Field, e.Text)
}
