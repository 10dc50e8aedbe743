package printer_test

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"pointkiosk/assets"
	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestLayouts prints the card of eight lines on every kind of printer in every
// layout that it has: without a complaint, in the listing that is kept, and so
// that two readers who know nothing of each other read the code.
func TestLayouts(t *testing.T) {
	font := newFont(t)
	for _, kind := range printer.Profiles() {
		for _, l := range kind.Layouts() {
			name := fmt.Sprintf("%s-%v", kind.Name, l)
			t.Run(name, func(t *testing.T) {
				kind.Layout = l
				opts := printertest.Like(kind)
				opts.Skills.Font = font.cell
				vp, d := modelOf(t, kind, opts)
				e := drawEight(t, kind.Dots, moduleFor(l))
				print(t, d, kind, e.job...) // also cuts off what an earlier process left
				before, sent := vp.Listing(), vp.Received()
				print(t, d, kind, e.job...)
				if n := vp.Received() - sent; kind.Dots == 384 && n > most[l] {
					t.Errorf("%d bytes on the wire, at most %d", n, most[l])
				}
				clean(t, vp)
				proof.Golden(t, name+".txt", strings.TrimPrefix(vp.Listing(), before))
				page := vp.Pages()[1]
				wantEight(t, page, e, l)
				wantRead(t, page, e.url)
			})
		}
	}
}

// TestLargeAndBold sets the second line of the card twice as large and bold, and
// a word in the third: those letters come out so, and no others.
func TestLargeAndBold(t *testing.T) {
	for _, kind := range printer.Profiles() {
		for _, l := range kind.Layouts() {
			if l < printer.NativeText {
				continue
			}
			t.Run(fmt.Sprintf("%s-%v", kind.Name, l), func(t *testing.T) {
				kind.Layout = l
				vp, d := model(t, kind)
				e := drawEight(t, kind.Dots, moduleFor(l))
				e.job[1].(*printer.Text).Runs = []printer.Run{{Text: e.lines[1], Times: 2, Bold: true}}
				e.job[2].(*printer.Text).Runs = []printer.Run{{Text: "ナチュラル"}, {Text: "バル", Times: 3}}
				want := []printertest.Run{{Text: e.lines[0], Across: 1, Down: 1}, {Text: e.lines[1], Across: 2, Down: 2, Bold: true},
					{Text: "ナチュラル", Across: 1, Down: 1}, {Text: "バル", Across: 3, Down: 3}}
				for _, line := range e.lines[3:] {
					want = append(want, printertest.Run{Text: line, Across: 1, Down: 1})
				}
				for n := range 2 { // the first card leaves no letter set for the second
					print(t, d, kind, e.job...)
					if got := vp.Pages()[n].Runs; !slices.Equal(got, want) {
						t.Errorf("card %d has the runs %v", n, got)
					}
				}
				clean(t, vp)
			})
		}
	}
}

// TestCodeInOneCommand prints the whole picture on printers that hold its code,
// which is then a single raster: no head stops within it.
func TestCodeInOneCommand(t *testing.T) {
	for _, kind := range printer.Profiles() {
		if kind.Answers == printer.Realtime { // such a one gets half of its buffer at most
			continue
		}
		t.Run(kind.Name, func(t *testing.T) {
			const module = 7
			kind.Layout, kind.Buffer = printer.Whole, 32<<10
			if kind.Dots == 384 {
				kind.Buffer = 16 << 10
			}
			vp, d := model(t, kind)
			e := drawEight(t, kind.Dots, module)
			print(t, d, kind, e.job...)
			if n := strings.Count(vp.Listing(), fmt.Sprintf("x%d\n", 45*module)); n != 1 {
				t.Errorf("%d rasters are as high as the code\n%s", n, vp.Listing())
			}
			wantEight(t, vp.Pages()[0], e, printer.Whole)
			clean(t, vp)
		})
	}
}

// most are the bytes that the card may take on 58 mm paper (DECISIONS 16).
var most = map[printer.Layout]int64{printer.Whole: 30000, printer.Cropped: 9500, printer.NativeText: 3000, printer.Native: 480}

// moduleFor is 7 where the code is at full resolution, else 6 (DECISIONS 16).
func moduleFor(l printer.Layout) int {
	if l == printer.Whole {
		return 7
	}
	return 6
}

func print(t *testing.T, d *printer.Dev, kind printer.Profile, job ...printer.Raster) {
	t.Helper()
	if proof, err := d.Print(job...); err != nil || proof != best(kind.Answers) {
		t.Fatalf("%v, %v", proof, err)
	}
}

// wantRead wants zbar and ZXing to read the one code of a page.
func wantRead(t *testing.T, p printertest.Page, want string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.PNG(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, reader := range [][]string{
		{"zbarimg", "--quiet", "--raw", name},
		{"ZXingReader", "-1", "-format", "QRCode", name},
	} {
		if !proof.Has(t, reader[0]) {
			continue
		}
		out, err := exec.Command(reader[0], reader[1:]...).Output()
		if got := strings.TrimSpace(string(out)); err != nil || !strings.Contains(got, want) || strings.Count(got, "HTTPS://") != 1 {
			t.Errorf("%s: %v, %q", reader[0], err, got)
		}
	}
}

// typeface draws letters of 24 dots, for a printer or for a line.
type typeface struct{ font.Face }

func newFont(t testing.TB) typeface {
	t.Helper()
	ttf, err := opentype.Parse(assets.Regular())
	if err != nil {
		t.Fatal(err)
	}
	f, err := opentype.NewFace(ttf, &opentype.FaceOptions{Size: 22, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		t.Fatal(err)
	}
	return typeface{f}
}

// cell draws a character 24 dots high and wide; one of one byte is half as wide.
func (f typeface) cell(c rune) printer.Raster {
	advance, ok := f.GlyphAdvance(c)
	if !ok {
		return nil
	}
	wide := 24
	if c < 0x80 || c >= 0xFF61 && c <= 0xFF9F {
		wide = 12
	}
	grey := image.NewGray(image.Rect(0, 0, wide, 24))
	d := font.Drawer{Dst: grey, Src: image.White, Face: f, Dot: fixed.P((wide-advance.Round())/2, 20)}
	d.DrawString(string(c))
	b := printer.NewBitmap(wide, 24)
	for y := range 24 {
		for x := range wide {
			if grey.GrayAt(x, y).Y >= 128 {
				b.Fill(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return b
}
