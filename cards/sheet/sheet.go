// Package sheet puts many cards on sheets of paper as one PDF: the fronts, and
// behind each its back, so that a duplex printer lays them over each other.
//
// What can't be printed is an error before a card is signed. A card's own are
// its code and its serial; all else is laid out once, in [New].
//
// Beside the cards there are the lists by which they are handed over, a page that
// measures the printer, and posters, which are worth nothing.
//
// It signs nothing, numbers nothing and writes no file. SHEET.md says what
// lies where, and what the PDF lacks.
package sheet

import (
	"errors"
	"fmt"
	"strings"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
)

// Sides says how the backs come onto the paper.
type Sides int

// Duplex printers turn the sheet over one of its edges; on Single paper the
// front has the code.
const (
	LongEdge Sides = iota
	ShortEdge
	Single
)

var sideNames = []string{"long", "short", "single"}

func (s Sides) String() string {
	if s < 0 || int(s) >= len(sideNames) {
		return fmt.Sprintf("Sides(%d)", int(s))
	}
	return sideNames[s]
}

// MarshalText writes what [Sides.UnmarshalText] reads.
func (s Sides) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads long, short or single: for flags and settings.
func (s *Sides) UnmarshalText(text []byte) error {
	for i, name := range sideNames {
		if string(text) == name {
			*s = Sides(i)
			return nil
		}
	}
	return fmt.Errorf("sheet: sides %q, want %s", text, strings.Join(sideNames, ", "))
}

// Opts are what all sheets share.
type Opts struct {
	Stock       Stock
	Sides       Sides
	Start       int       // the first cell that is still there on a used first sheet, from 0
	Front, Back Offset    // what this printer needs, from the calibration page
	Lang        string    // "ja" or "en"
	Card        face.Card // the texts that all cards share; a URL is a sample
	Picture     []byte    // PNG, JPEG or SVG; none is none
	Colour      string    // #RRGGBB; none is a deep blue
	Title       string    // of the document
}

// One is a card's own.
type One struct {
	Serial, URL string
	Number      uint32
}

// ErrOneSide reports a picture for cards that are printed on one side.
var ErrOneSide = errors.New("sheet: a card printed on one side has no room for a picture")

func (o *Opts) check() error {
	if err := o.Stock.Check(); err != nil {
		return err
	}
	switch {
	case o.Sides < LongEdge || o.Sides > Single:
		return fmt.Errorf("sheet: no such sides: %v", o.Sides)
	case o.Start < 0 || o.Start >= o.Stock.cells():
		return fmt.Errorf("sheet: start at cell %d, a sheet has 0 to %d", o.Start, o.Stock.cells()-1)
	case o.Card.Ticket:
		return errors.New("sheet: a point ticket is printed one at a time")
	case o.Sides == Single && len(o.Picture) > 0:
		return ErrOneSide
	case o.Card.Points < 0:
		return fmt.Errorf("sheet: %d points", o.Card.Points)
	}
	for _, by := range []Offset{o.Front, o.Back} {
		if err := by.Check(); err != nil {
			return err
		}
	}
	if o.Card.URL == "" {
		return nil
	}
	if _, err := encode(o.Card.URL); err != nil {
		return fmt.Errorf("sheet: code: %w", err)
	}
	return nil
}

// PerSheet is how many cards a sheet has.
func (s *Sheets) PerSheet() int { return s.opts.Stock.cells() }

// Place says on which sheet, by its number from 1, and in which cell, from 0 row by row
// on the front, the order's card i lies, from 0.
func (s *Sheets) Place(i int) (sheet, cell int) {
	slot := s.opts.Start + i
	return 1 + slot/s.PerSheet(), slot % s.PerSheet()
}

// A Span is cards of an order, from First up to but without End.
type Span struct{ First, End int }

// Split cuts an order of n cards into files of at most so many sheets.
func (s *Sheets) Split(n, sheets int) (files []Span) {
	for first := 0; first < n; {
		slot := s.opts.Start + first
		end := min(n, first+sheets*s.PerSheet()-slot%s.PerSheet())
		files = append(files, Span{first, end})
		first = end
	}
	return files
}

// checkCards refuses, before anything is drawn, what isn't one of our serials,
// one that is another card's, and one that comes twice.
func checkCards(list []One) error {
	seen := make(map[string]bool, len(list))
	for i := range list {
		serial, err := cards.ParseSerial(list[i].Serial)
		switch {
		case err != nil:
			return fmt.Errorf("sheet: card %d: %w", list[i].Number, err)
		case serial.Number != list[i].Number:
			return fmt.Errorf("sheet: card %d has the serial of card %d", list[i].Number, serial.Number)
		case seen[list[i].Serial] || seen[list[i].URL]:
			return fmt.Errorf("sheet: card %d comes twice", list[i].Number)
		}
		seen[list[i].Serial], seen[list[i].URL] = true, true
	}
	return nil
}
