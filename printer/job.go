package printer

import (
	"fmt"
	"image"
)

// A Raster is a 1-bit picture. Row returns the dots of row y, the leftmost in
// the first byte's highest bit, 1 black; y lies within Bounds.
//
// A job is rasters from the top, each centred on the paper. Those that are a
// [Text] or a [Code] also say what they show, for layouts in which the printer
// itself draws it.
type Raster interface {
	Bounds() image.Rectangle
	Row(y int) []byte
}

// A Text is one line of letters.
type Text struct {
	Raster       // as drawn; nil prints in native layouts only
	Runs   []Run // from the left
	Centre bool  // they stand side by side in the middle: their X is not looked at
}

// A Run is text of one kind. A printer's letters are 24 dots high and wide;
// those of one byte in Shift-JIS are 12 wide.
type Run struct {
	Text  string
	X     int  // dots from the left edge of the paper
	Times int  // how many times as high and wide as usual, 1 to 8; 0 is 1
	Bold  bool //
}

// A Shade is a picture at another density than the job's, of those that the
// profile has. What follows is as black, up to the next Shade: how black a
// printer is set by itself, it doesn't say.
type Shade struct {
	Raster
	Step int // from 1, the palest
}

// A Code is a QR Code, model 2.
type Code struct {
	Raster                 // with its quiet zone
	Area   image.Rectangle // the code alone, within Bounds
	Module int             // dots a module; even for half the resolution
	Level  byte            // of error correction: 'L', 'M', 'Q' or 'H'; 0 is 'M'
	Text   string          // what it says, in printable ASCII
}

// check reports why a code can't be printed in any layout.
func (c *Code) check() error {
	switch side := c.Area.Dx(); {
	case c.Raster == nil || !c.Area.In(c.Bounds()) || c.Area.Empty():
		return fmt.Errorf("printer: a code at %v lies outside its picture", c.Area)
	case c.Module < 1 || side != c.Area.Dy() || side%c.Module != 0 || (side/c.Module-17)%4 != 0:
		return fmt.Errorf("printer: a code of %v is none of modules of %d dots", c.Area.Size(), c.Module)
	}
	return nil
}

// rows are some rows of a raster.
type rows struct {
	Raster
	from, to int
}

// Bounds is as wide as the raster.
func (r rows) Bounds() image.Rectangle {
	b := r.Raster.Bounds()
	return image.Rect(b.Min.X, r.from, b.Max.X, r.to)
}
