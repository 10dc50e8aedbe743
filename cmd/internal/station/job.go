package station

import (
	"image"

	"pointkiosk/cards/face"
	"pointkiosk/printer"
)

// look is how cards are drawn for a printer: with 7 dots a module where the
// code is printed as drawn, else 6, and in its own letters' cells where it sets
// the text (DECISIONS 16).
func look(p printer.Profile) *face.Opts {
	if p.Layout == printer.Whole {
		return &face.Opts{Module: 7}
	}
	return &face.Opts{Module: 6, Grid: p.Layout >= printer.NativeText}
}

// letters draws the characters that a printer lacks, and those of a virtual one.
func letters() (func(rune) printer.Raster, error) {
	f, err := face.New(&face.Opts{Grid: true})
	if err != nil {
		return nil, err
	}
	return func(c rune) printer.Raster {
		if b := f.Cell(c); b != nil {
			return b
		}
		return nil
	}, nil
}

// strip is some rows of a drawn card.
type strip struct {
	*face.Drawn
	from, to int
}

// Bounds is as wide as the card.
func (s strip) Bounds() image.Rectangle {
	return image.Rect(0, s.from, s.Drawn.Bounds().Dx(), s.to)
}

// job is a drawn card from the top, as the printer wants it: the lines and the
// code, which it may draw itself, and pictures of what lies between.
func job(d *face.Drawn) (all []printer.Raster) {
	done, coded := 0, !d.QR.Empty()
	picture := func(until int) {
		if until > done {
			all = append(all, strip{d, done, until})
			done = until
		}
	}
	code := func() {
		quiet := 4 * d.Module
		picture(d.QR.Min.Y - quiet)
		all = append(all, &printer.Code{Raster: strip{d, done, d.QR.Max.Y + quiet}, Area: d.QR, Module: d.Module, Text: d.URL})
		done = d.QR.Max.Y + quiet
	}
	for n := 0; n < len(d.Lines); {
		same := d.Lines[n:]
		for i, l := range same {
			if l.Baseline != same[0].Baseline {
				same = same[:i]
				break
			}
		}
		n += len(same)
		if coded && same[0].Top >= d.QR.Max.Y && done <= d.QR.Min.Y {
			code()
		}
		if same[0].Bare && same[0].Top >= done {
			picture(same[0].Top)
			all = append(all, text(strip{d, done, same[0].Bottom}, same))
			done = same[0].Bottom
		}
	}
	if coded && done <= d.QR.Min.Y {
		code()
	}
	picture(d.Bounds().Dy())
	return all
}

// text is one line, of one or more pieces.
func text(s strip, lines []face.Line) *printer.Text {
	first := lines[0]
	t := &printer.Text{Raster: s, Centre: len(lines) == 1 && first.X == (s.Drawn.Bounds().Dx()-first.Width)/2}
	for _, l := range lines {
		t.Runs = append(t.Runs, printer.Run{Text: l.Text, X: l.X, Times: l.Size / 24, Bold: l.Bold})
	}
	return t
}
