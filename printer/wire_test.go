package printer_test

import (
	"fmt"
	"image"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"pointkiosk/assets"
	"pointkiosk/cards/qr"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// eight is the card by which bytes on the wire are counted: eight lines of 24
// dots, 30 apart, and a version 7 code of 7 dots a module in 4 modules of white.
type eight struct {
	*printer.Bitmap
	code image.Rectangle
}

func (e eight) Keep() image.Rectangle { return e.code }

func drawEight(t testing.TB, dots int) eight {
	t.Helper()
	const module, pitch, size = 7, 30, 24
	text, err := os.ReadFile("testdata/eight.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	code, err := qr.Encode(lines[8])
	if err != nil || code.Size != 45 {
		t.Fatalf("%v, %d modules", err, code.Size)
	}
	side, quiet := 45*module, 4*module
	corner := image.Pt((dots-side)/2, 8*pitch+quiet)
	e := eight{printer.NewBitmap(dots, 8*pitch+side+2*quiet), image.Rectangle{corner, corner.Add(image.Pt(side, side))}}
	for y := range code.Size {
		for x := range code.Size {
			if code.Row(y)>>x&1 == 1 {
				at := corner.Add(image.Pt(x*module, y*module))
				e.Fill(image.Rectangle{at, at.Add(image.Pt(module, module))})
			}
		}
	}
	for i, line := range lines[:8] {
		letters(t, e.Bitmap, line, i*pitch+size*7/8, size)
	}
	return e
}

// letters centres a line of text on its baseline.
func letters(t testing.TB, b *printer.Bitmap, text string, baseline, size int) {
	t.Helper()
	ttf, err := opentype.Parse(assets.Regular())
	if err != nil {
		t.Fatal(err)
	}
	typeface, err := opentype.NewFace(ttf, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		t.Fatal(err)
	}
	grey := image.NewGray(b.Bounds())
	d := font.Drawer{Dst: grey, Src: image.White, Face: typeface}
	d.Dot = fixed.P((b.Bounds().Dx()-d.MeasureString(text).Round())/2, baseline)
	d.DrawString(text)
	for y := range b.Bounds().Dy() {
		for x := range b.Bounds().Dx() {
			if grey.GrayAt(x, y).Y >= 128 {
				b.Fill(image.Rect(x, y, x+1, y+1))
			}
		}
	}
}

// TestBytesOnTheWire counts all that leaves for a card: the questions, the set
// up, the card, the cut and the process id. The limit for a whole raster on
// 58 mm paper is DECISIONS 16; the others keep what was reached.
func TestBytesOnTheWire(t *testing.T) {
	for _, tt := range []struct {
		dots   int
		sparse bool
		most   int64
	}{
		{384, false, 30000},
		{384, true, 19000},
		{576, false, 45000},
		{576, true, 19000},
	} {
		t.Run(fmt.Sprintf("%d-sparse=%v", tt.dots, tt.sparse), func(t *testing.T) {
			paper := &printertest.Opts{Dots: tt.dots, Answers: printer.ProcessID, Blade: blade}
			vp, d := unpack(t, paper, printer.Opts{Sparse: tt.sparse, Buffer: 16 << 10})
			e := drawEight(t, tt.dots)
			if _, err := d.Print(e); err != nil { // also cuts off what an earlier process left
				t.Fatal(err)
			}
			before := vp.Received()
			if _, err := d.Print(e); err != nil {
				t.Fatal(err)
			}
			n := vp.Received() - before
			t.Logf("%d bytes, the first %d", n, before)
			if n > tt.most {
				t.Errorf("%d bytes on the wire, at most %d", n, tt.most)
			}
			if count(vp.Pages(), e) != 2 {
				t.Error("the papers are not the card")
			}
			clean(t, vp)
			if tt.sparse {
				golden(t, fmt.Sprintf("eight-%d.txt", tt.dots), vp.Listing())
			}
		})
	}
}
