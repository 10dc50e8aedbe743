package sheet

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A Size is a width and a height in mm.
type Size struct {
	W float64 `toml:"width"`
	H float64 `toml:"height"`
}

// An Offset is a way in mm: X to the right, Y down, as one looks at the side.
type Offset struct {
	X float64 `toml:"x"`
	Y float64 `toml:"y"`
}

// mostOffset is more than any printer is off, in mm.
const mostOffset = 20

// Check reports an offset that no printer needs.
func (o Offset) Check() error {
	for _, v := range []float64{o.X, o.Y} {
		if !(v >= -mostOffset && v <= mostOffset) {
			return fmt.Errorf("sheet: an offset of %g mm, want at most %d", v, mostOffset)
		}
	}
	return nil
}

// A Stock is paper and the cards on it. All lengths are in mm.
type Stock struct {
	Name      string  `toml:"name"`
	Page      Size    `toml:"page"`
	Cell      Size    `toml:"cell"` // a card, as it is once cut
	Columns   int     `toml:"columns"`
	Rows      int     `toml:"rows"`
	Left      float64 `toml:"left"` // of the first card
	Top       float64 `toml:"top"`
	GapX      float64 `toml:"gap_x"`
	GapY      float64 `toml:"gap_y"`
	Corner    float64 `toml:"corner_radius"` // of the die that cuts; 0 is a right angle
	Bleed     float64 `toml:"bleed"`         // of the background beyond the cut
	CropMarks bool    `toml:"crop_marks"`
	DieLine   bool    `toml:"die_line"` // draws the cut as a hairline, for a proof
}

//go:embed stock.toml
var presets []byte

// Stocks lists the presets.
func Stocks() []Stock {
	var file struct {
		Stock []Stock `toml:"stock"`
	}
	if err := toml.Unmarshal(presets, &file); err != nil {
		panic(err) // it is compiled in, and a test has read it
	}
	return file.Stock
}

// FindStock gives a preset by its name.
func FindStock(name string) (Stock, error) {
	var names []string
	for _, s := range Stocks() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Stock{}, fmt.Errorf("sheet: no stock %q, there are %s", name, strings.Join(names, ", "))
}

// Crop marks begin a little outside the bleed, and are worth nothing shorter.
const (
	markAway  = 1.0
	markLeast = 2.0
	markLong  = 4.0
)

// hair is what rounding may add to a sum of lengths.
const hair = 1e-6

// Check reports what can't be printed or cut.
func (s *Stock) Check() error {
	if err := s.check(); err != nil {
		return fmt.Errorf("sheet: stock %q: %w", s.Name, err)
	}
	return nil
}

func (s *Stock) check() error {
	for _, v := range []float64{s.Page.W, s.Page.H, s.Cell.W, s.Cell.H, s.Left, s.Top, s.GapX, s.GapY, s.Corner, s.Bleed} {
		if math.IsNaN(v) || v < 0 || v > 2000 {
			return fmt.Errorf("a length of %g mm, want 0 to 2000", v)
		}
	}
	switch {
	case s.Columns < 1 || s.Rows < 1 || s.Columns*s.Rows > 1000 || s.Columns > 1000:
		return fmt.Errorf("%d columns and %d rows of cards, want 1 to 1000 cards", s.Columns, s.Rows)
	case s.scale() < leastScale:
		return fmt.Errorf("cards of %g x %g mm, want at least %.1f x %.1f", s.Cell.W, s.Cell.H, leastScale*design.W+2*safe, leastScale*design.H+2*safe)
	case s.Corner > min(s.Cell.W, s.Cell.H)/2:
		return fmt.Errorf("corners of %g mm are rounder than the card", s.Corner)
	}
	if err := s.line("columns", s.Columns, s.Left, s.Cell.W, s.GapX, s.Page.W); err != nil {
		return err
	}
	return s.line("rows", s.Rows, s.Top, s.Cell.H, s.GapY, s.Page.H)
}

// line checks one direction: n cards behind a margin.
func (s *Stock) line(what string, n int, margin, cell, gap, page float64) error {
	end := page - (margin + float64(n)*cell + float64(n-1)*gap)
	switch {
	case end < -hair:
		return fmt.Errorf("the %s end %.2f mm outside the page", what, -end)
	case s.Bleed > 0 && n > 1 && gap < 2*s.Bleed-hair:
		return fmt.Errorf("a bleed of %g mm runs into the next card: the %s lie %g mm apart", s.Bleed, what, gap)
	case s.Bleed > min(margin, end)+hair:
		return fmt.Errorf("a bleed of %g mm leaves the page: beside the %s are %.2f mm", s.Bleed, what, min(margin, end))
	case s.CropMarks && min(margin, end) < s.Bleed+markAway+markLeast-hair:
		return fmt.Errorf("no room for crop marks: beside the %s are %.2f mm, want %g", what, min(margin, end), s.Bleed+markAway+markLeast)
	}
	return nil
}

// cells is how many cards a sheet has.
func (s *Stock) cells() int { return s.Columns * s.Rows }

// cell is where card i of a sheet lies on its front, row by row.
func (s *Stock) cell(i int) (x, y float64) {
	return s.Left + float64(i%s.Columns)*(s.Cell.W+s.GapX), s.Top + float64(i/s.Columns)*(s.Cell.H+s.GapY)
}

// Places are the upper left corners of the cards on the front, row by row.
func (s *Stock) Places() []Offset {
	list := make([]Offset, s.cells())
	for i := range list {
		list[i].X, list[i].Y = s.cell(i)
	}
	return list
}

// A spot is where a card lies on a side of the sheet, and whether it stands on
// its head there.
type spot struct {
	x, y   float64
	turned bool
}

// front is where card i lies on the front.
func (s *Stock) front(i int, by Offset) spot {
	x, y := s.cell(i)
	return spot{x + by.X, y + by.Y, false}
}

// Edge is the edge over which such paper is turned for backs that stand upright
// beside their fronts: what a print shop expects, and most people.
func (s *Stock) Edge() Sides {
	if s.Page.H >= s.Page.W {
		return LongEdge
	}
	return ShortEdge
}

// back is where the back of card i lies. A sheet that turns over its upright
// edge keeps the rows and swaps the columns; one that turns over its level edge
// swaps the rows, and a card cut out of it would have its back on its head if
// the back weren't turned.
func (s *Stock) back(i int, sides Sides, by Offset) spot {
	x, y := s.cell(i)
	if sides == s.Edge() {
		return spot{s.Page.W - x - s.Cell.W + by.X, y + by.Y, false}
	}
	return spot{x + by.X, s.Page.H - y - s.Cell.H + by.Y, true}
}
