package peers

import (
	"bytes"
	"encoding/csv"
	"image"
	"image/draw"
	"image/png"
	"os"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/go-pdf/fpdf"

	"pointkiosk/assets"
)

// A spot is a line of text on a card: its column, where it stands in mm, its
// size in points.
type spot struct {
	column int
	x, y   float64
	size   float64
}

var spots = [2][]spot{{{1, 6, 8, 11}, {2, 4, 30, 28}, {3, 4, 41, 14}, {4, 4, 50, 8}}, {{5, 4, 42.7, 9}, {6, 4, 48.6, 8}, {7, 42, 20, 8}}}

// naive makes the cards with fpdf as its manual shows it: a PNG for each code,
// each text set on each card.
func naive(source, out string) error {
	file, err := os.Open(source)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was read
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return err
	}
	f := fpdf.New("P", "mm", "A4", "")
	f.SetAutoPageBreak(false, 0)
	f.AddUTF8FontFromBytes("face", "", assets.Regular())
	for rows = rows[1:]; len(rows) > 0; rows = rows[min(10, len(rows)):] {
		for side, texts := range spots {
			f.AddPage()
			for cell, card := range rows[:min(10, len(rows))] {
				x, y := corner(side, cell)
				for _, s := range texts {
					f.SetFont("face", "", s.size)
					f.Text(x+s.x, y+s.y, card[s.column])
				}
				if side == 1 {
					if err := naiveCode(f, card[0], x+4, y+4, 34); err != nil {
						return err
					}
				}
			}
		}
	}
	return f.OutputFileAndClose(out)
}

// corner is the upper left one of a cell, the backs mirrored.
func corner(side, cell int) (x, y float64) {
	column := cell % 2
	if side == 1 {
		column = 1 - column
	}
	return 14 + 91*float64(column), 11 + 55*float64(cell/2)
}

func naiveCode(f *fpdf.Fpdf, url string, x, y, side float64) error {
	code, err := qr.Encode(url, qr.M, qr.AlphaNumeric)
	if err != nil {
		return err
	}
	modules := code.Bounds().Dx()
	large, err := barcode.Scale(code, modules*8, modules*8)
	if err != nil {
		return err
	}
	grey := image.NewGray(large.Bounds())
	draw.Draw(grey, grey.Rect, large, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, grey); err != nil {
		return err
	}
	quiet := side * 4 / float64(modules+8)
	f.RegisterImageOptionsReader(url, fpdf.ImageOptions{ImageType: "PNG"}, &out)
	f.ImageOptions(url, x+quiet, y+quiet, side-2*quiet, side-2*quiet, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	return nil
}
