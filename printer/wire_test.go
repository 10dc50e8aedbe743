package printer_test

import (
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
// dots, 30 apart, and a version 7 code in 4 modules of white.
type eight struct {
	picture *printer.Bitmap
	job     []printer.Raster
	lines   []string
	url     string
}

func drawEight(t testing.TB, dots, module int) eight {
	t.Helper()
	const pitch, size = 30, 24
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
	corner := image.Pt((dots-side)/2&^1, 8*pitch+quiet)
	b := printer.NewBitmap(dots, 8*pitch+side+2*quiet)
	e := eight{picture: b, lines: lines[:8], url: lines[8]}
	for y := range code.Size {
		for x := range code.Size {
			if code.Row(y)>>x&1 == 1 {
				at := corner.Add(image.Pt(x*module, y*module))
				b.Fill(image.Rectangle{at, at.Add(image.Pt(module, module))})
			}
		}
	}
	for i, line := range e.lines {
		letters(t, b, line, i*pitch+size*7/8, size)
		e.job = append(e.job, &printer.Text{Raster: window{b, image.Rect(0, i*pitch, dots, (i+1)*pitch)},
			Centre: true, Runs: []printer.Run{{Text: line}}})
	}
	e.job = append(e.job, &printer.Code{Raster: window{b, image.Rect(0, 8*pitch, dots, b.Bounds().Dy())},
		Area: image.Rectangle{corner, corner.Add(image.Pt(side, side))}, Module: module, Text: e.url})
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
// up, the card, the cut and the process id. The limits are those of DECISIONS
// 16, but the second is what was reached.
func TestBytesOnTheWire(t *testing.T) {
	plain := printer.Profile{Name: "plain", Dots: 384, Answers: printer.ProcessID, Blade: blade, Buffer: 16 << 10}
	best := plain
	best.Motion, best.DotFeed, best.Place, best.Half, best.Kanji, best.CodePage, best.QR = 203, true, true, true, true, 1, 16
	for _, tt := range []struct {
		name   string
		p      printer.Profile
		layout printer.Layout
		module int
		most   int64
	}{
		{"whole", plain, printer.Whole, 7, most[printer.Whole]},
		{"whole-sparse", best, printer.Whole, 7, 19000},
		{"cropped", best, printer.Cropped, 6, most[printer.Cropped]},
		{"native-text", best, printer.NativeText, 6, most[printer.NativeText]},
		{"native", best, printer.Native, 6, most[printer.Native]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.p
			p.Layout = tt.layout
			vp, d := model(t, p)
			e := drawEight(t, p.Dots, tt.module)
			for range 2 {
				before := vp.Received()
				if _, err := d.Print(e.job...); err != nil { // also cuts off what an earlier process left
					t.Fatal(err)
				}
				n := vp.Received() - before
				t.Logf("%d bytes", n)
				if before > 0 && n > tt.most {
					t.Errorf("%d bytes on the wire, at most %d", n, tt.most)
				}
			}
			clean(t, vp)
			wantEight(t, vp.Pages()[1], e, tt.layout)
		})
	}
}

// wantEight wants a page to be the card: raster layouts the picture, native
// ones the words. Who reads the code is looked at elsewhere.
func wantEight(t *testing.T, p printertest.Page, e eight, l printer.Layout) {
	t.Helper()
	if l < printer.NativeText {
		if !whole(p, e.picture) {
			t.Error("the paper is not the picture")
		}
		return
	}
	if got, want := strings.Join(p.Text, "\n"), strings.Join(e.lines, "\n"); got != want {
		t.Errorf("the paper says\n%s\nnot\n%s", got, want)
	}
	if got, want := p.Bounds().Dy(), blade+e.picture.Bounds().Dy(); got != want {
		t.Errorf("the paper has %d rows, the picture %d", got, want)
	}
}
