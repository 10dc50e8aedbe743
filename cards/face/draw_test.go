package face

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"strings"
	"testing"

	boombuler "github.com/boombuler/barcode/qr"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"pointkiosk/packaging/proof"
)

// Every dot of every card is the one that x/image's Drawer, boombuler's code
// and image/draw make of the same plan in grey.
func TestEqualsImageDrawer(t *testing.T) {
	f := newFace(t)
	for _, tt := range samples() {
		t.Run(tt.name, func(t *testing.T) {
			d, err := f.Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			grey := drawGrey(t, f, &tt.card, tt.width)
			if grey.Bounds() != d.Bounds() {
				t.Fatalf("%v, want %v", d.Bounds(), grey.Bounds())
			}
			for y := range grey.Bounds().Dy() {
				row := d.Row(y)
				for x := range tt.width {
					dark := grey.GrayAt(x, y).Y < 128
					if dark != d.Dark(x, y) || dark != (row[x/8]>>(7-x%8)&1 == 1) {
						t.Fatalf("dot %d,%d: dark is %v", x, y, d.Dark(x, y))
					}
				}
			}
		})
	}
}

// drawGrey is the slow way.
func drawGrey(t testing.TB, f *Face, card *Card, width int) *image.Gray {
	t.Helper()
	code, err := boombuler.Encode(card.URL, boombuler.M, boombuler.AlphaNumeric)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.plan(card, width, code.Bounds().Dx())
	if err != nil {
		t.Fatal(err)
	}
	paper := image.NewGray(image.Rect(0, 0, width, p.height))
	draw.Draw(paper, paper.Bounds(), image.White, image.Point{}, draw.Src)
	for _, l := range p.marks {
		drawLine(t, f, paper, l)
	}
	for y := range p.height { // what was drawn so far are the marks: thin them out
		for x := range width {
			burnt := paper.GrayAt(x, y).Y < 128 && faint[y&3]>>(7-x&7)&1 == 1
			paper.SetGray(x, y, map[bool]color.Gray{true: {Y: 0}, false: {Y: 255}}[burnt])
		}
	}
	for _, r := range p.rules {
		draw.Draw(paper, r, image.Black, image.Point{}, draw.Src)
	}
	for _, l := range p.lines {
		drawLine(t, f, paper, l)
	}
	for y := p.code.Min.Y; y < p.code.Max.Y; y++ {
		for x := p.code.Min.X; x < p.code.Max.X; x++ {
			paper.Set(x, y, code.At((x-p.code.Min.X)/f.module, (y-p.code.Min.Y)/f.module))
		}
	}
	return paper
}

func drawLine(t testing.TB, f *Face, paper *image.Gray, l Line) {
	t.Helper()
	ttf := f.fonts[0]
	if l.Bold {
		ttf = f.fonts[1]
	}
	typeface, err := opentype.NewFace(ttf, &opentype.FaceOptions{Size: float64(l.Size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		t.Fatal(err)
	}
	d := font.Drawer{Dst: paper, Src: image.Black, Face: typeface, Dot: fixed.P(l.X, l.Baseline)}
	if l.Track == 0 {
		d.DrawString(l.Text)
	} else {
		for _, r := range l.Text {
			d.DrawString(string(r))
			d.Dot.X += fixed.I(l.Track)
		}
		d.Dot.X -= fixed.I(l.Track)
	}
	if end := d.Dot.X.Round(); end != l.X+l.Width {
		t.Errorf("%q ends at %d, want %d", l.Text, end, l.X+l.Width)
	}
}

// The same card gives the same dots, whatever was drawn before.
func TestRepeatable(t *testing.T) {
	warm := newFace(t)
	for range 2 {
		for _, tt := range samples() {
			a, err := warm.Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			b, err := newFace(t).Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a.bits, b.bits) {
				t.Errorf("%s: a warm face draws otherwise", tt.name)
			}
		}
	}
}

// A camera and a printer need this of the code: white all round, even corner,
// whole modules.
func TestCodeIsClear(t *testing.T) {
	for _, module := range []int{6, 7} {
		f, err := New(&Opts{Module: module})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range samples() {
			d, err := f.Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			if d.QR.Min.X%2 != 0 || d.QR.Min.Y%2 != 0 || d.Module != module || d.QR.Dx()%module != 0 || d.QR.Dx() != d.QR.Dy() {
				t.Errorf("%s: code at %v, %d dots a module", tt.name, d.QR, d.Module)
			}
			quiet := d.QR.Inset(-4 * module)
			if !quiet.In(d.Bounds()) {
				t.Fatalf("%s: the quiet zone %v leaves the paper", tt.name, quiet)
			}
			for y := quiet.Min.Y; y < quiet.Max.Y; y++ {
				for x := quiet.Min.X; x < quiet.Max.X; x++ {
					if p := image.Pt(x, y); !p.In(d.QR) && d.Dark(x, y) {
						t.Fatalf("%s: dot %v in the quiet zone %v is black", tt.name, p, quiet)
					}
				}
			}
		}
	}
}

// Where stands what: DECISIONS 16.
func TestBelowTheCode(t *testing.T) {
	f := newFace(t)
	for _, tt := range samples() {
		d, err := f.Draw(&tt.card, tt.width)
		if err != nil {
			t.Fatal(err)
		}
		var below []string
		for _, l := range d.Lines {
			if l.Baseline > d.QR.Min.Y {
				below = append(below, l.Text)
			}
			if l.X < 0 || l.X+l.Width > tt.width {
				t.Errorf("%s: %q runs from %d to %d", tt.name, l.Text, l.X, l.X+l.Width)
			}
			if l.Size < smallest {
				t.Errorf("%s: %q is %d dots high", tt.name, l.Text, l.Size)
			}
		}
		if got, want := strings.Join(below, " "), strings.TrimSpace(tt.card.Serial+" "+tt.card.Kiosk); got != want {
			t.Errorf("%s: below the code stands %q, want %q", tt.name, got, want)
		}
		for x := range tt.width {
			if !d.Dark(x, d.Bounds().Dy()-1) {
				t.Fatalf("%s: the closing line has a gap at %d", tt.name, x)
			}
		}
	}
}

// A row is black from edge to edge, or white for a byte on both sides: there it
// can be moved until no byte of it is taken for a real-time command, and the
// ends of a head print faintly.
func TestMargins(t *testing.T) {
	f := newFace(t)
	for _, tt := range samples() {
		d, err := f.Draw(&tt.card, tt.width)
		if err != nil {
			t.Fatal(err)
		}
		for y := range d.Bounds().Dy() {
			row := d.Row(y)
			if row[0]|row[len(row)-1] != 0 && !bytes.Equal(row, bytes.Repeat([]byte{0xFF}, len(row))) {
				t.Fatalf("%s: row %d has dots at an edge: % x", tt.name, y, row)
			}
		}
	}
}

// At 6 dots a module the code is one that a printer can draw at half its
// resolution: every dot of it doubled, across and down (GS v 0, m = 3).
func TestHalfResolution(t *testing.T) {
	f, err := New(&Opts{Module: 6})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range samples() {
		d, err := f.Draw(&tt.card, tt.width)
		if err != nil {
			t.Fatal(err)
		}
		quiet := d.QR.Inset(-4 * d.Module)
		for y := quiet.Min.Y; y < quiet.Max.Y; y += 2 {
			for x := quiet.Min.X; x < quiet.Max.X; x += 2 {
				if dark := d.Dark(x, y); d.Dark(x+1, y) != dark || d.Dark(x, y+1) != dark || d.Dark(x+1, y+1) != dark {
					t.Fatalf("%s: the four dots at %d,%d differ", tt.name, x, y)
				}
			}
		}
	}
}

// zbar reads the card's URL from the picture at both sizes of a module, the
// practice card's too.
func TestReadByZbar(t *testing.T) {
	proof.Needs(t, "zbarimg")
	for _, module := range []int{6, 7} {
		f, err := New(&Opts{Module: module})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range samples() {
			d, err := f.Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, d); got != tt.card.URL {
				t.Errorf("%s, %d dots a module: zbar read %q, want %q", tt.name, module, got, tt.card.URL)
			}
		}
	}
}

func read(t *testing.T, d *Drawn) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, d); err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/card.png"
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := proof.Zbar(file)
	if err != nil {
		t.Error(err)
	}
	return strings.Join(found[file], " ")
}
