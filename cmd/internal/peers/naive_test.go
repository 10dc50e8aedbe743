package peers

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"image"
	"image/draw"
	"image/png"
	"os"
	"strconv"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/go-pdf/fpdf"

	"pointkiosk/assets"
)

// naive makes the cards with fpdf as its manual shows it: a PNG for each code,
// each text and box drawn on each card.
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
	f.AddUTF8FontFromBytes("face", "B", assets.Bold())
	for rows = rows[1:]; len(rows) > 0; rows = rows[min(10, len(rows)):] {
		for side, face := range []face{card.Front, card.Back} {
			f.AddPage()
			for cell, row := range rows[:min(10, len(rows))] {
				x, y := corner(side, cell)
				naiveFace(f, &face, x, y, row[1])
				if side == 1 {
					if err := naiveCode(f, row[0], x+codeAt, y+codeAt, codeSide); err != nil {
						return err
					}
				}
			}
		}
	}
	return f.OutputFileAndClose(out)
}

func naiveFace(f *fpdf.Fpdf, face *face, x, y float64, serial string) {
	for _, b := range face.Boxes {
		f.SetFillColor(inks(b.Ink))
		f.RoundedRect(x+b.X, y+b.Y, b.W, b.H, b.R, "1234", "F")
	}
	for _, t := range face.Texts {
		f.SetTextColor(inks(t.Ink))
		f.SetFont("face", map[bool]string{true: "B"}[t.Bold], t.Size/perPoint)
		f.Text(x+t.X, y+t.Y, cmp.Or(t.Text, serial))
	}
}

// inks are the red, green and blue of #RRGGBB.
func inks(ink string) (r, g, b int) {
	v, _ := strconv.ParseUint(ink[1:], 16, 32)
	return int(v >> 16), int(v >> 8 & 255), int(v & 255)
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
