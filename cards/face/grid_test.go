package face

import (
	"testing"

	"pointkiosk/cards/qr"
	"pointkiosk/packaging/proof"
)

// On the grid every text stands in cells of 24 dots or halves of them, so that
// a printer can set it by itself, and the card says the same.
func TestGrid(t *testing.T) {
	f, err := New(&Opts{Module: 6, Grid: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range samples() {
		t.Run(tt.name, func(t *testing.T) {
			d, err := f.Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			end, row := 0, -1
			for _, l := range d.Lines {
				if l.Baseline != row {
					end, row = 0, l.Baseline
				}
				wide := 0
				for _, r := range l.Text {
					wide += cells(r, l.Size)
				}
				if l.Size%24 != 0 || l.Track != 0 || l.Width != wide || l.X < end || l.X+wide > tt.width {
					t.Errorf("%q: size %d, track %d, from %d, %d wide, cells of %d", l.Text, l.Size, l.Track, l.X, l.Width, wide)
				}
				end = l.X + wide
				if !l.Bare {
					t.Errorf("%q is not alone in its rows", l.Text)
				}
			}
			proof.Golden(t, "grid-"+tt.name+".txt", string(listing(d)))
		})
	}
}

// The rows of a line hold its letters, and nothing else if it is bare.
func TestRowsOfALine(t *testing.T) {
	for _, grid := range []bool{false, true} {
		f, err := New(&Opts{Module: 6, Grid: grid})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range samples() {
			d, err := f.Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			code, err := qr.Encode(tt.card.URL)
			if err != nil {
				t.Fatal(err)
			}
			alone := NewBitmap(tt.width, d.Bounds().Dy())
			for n, l := range d.Lines {
				f.text(alone, l, solid)
				if next := n + 1; next < len(d.Lines) && d.Lines[next].Top < l.Bottom && d.Lines[next].Baseline != l.Baseline {
					t.Errorf("%s: %q begins above the end of %q", tt.name, d.Lines[next].Text, l.Text)
				}
			}
			alone.code(code, d.QR.Min, d.Module)
			bare := map[int]bool{}
			for _, l := range d.Lines {
				for y := l.Top; y < l.Bottom; y++ {
					bare[y] = l.Bare
				}
			}
			for y := range d.Bounds().Dy() {
				if bare[y] && string(alone.Row(y)) != string(d.Row(y)) {
					t.Fatalf("%s, grid %v: row %d has more than letters", tt.name, grid, y)
				}
			}
		}
	}
}

func TestCell(t *testing.T) {
	f, err := New(&Opts{Grid: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		r    rune
		wide int
	}{{'麵', 24}, {'①', 24}, {'髙', 24}, {'ｱ', 12}, {'W', 12}, {'\\', 12}, {'~', 12}} {
		b := f.Cell(tt.r)
		if b == nil || b.Bounds().Dx() != tt.wide || b.Bounds().Dy() != 24 {
			t.Errorf("%c: %v", tt.r, b)
			continue
		}
		dots := 0
		for y := range 24 {
			for x := range tt.wide {
				if b.Dark(x, y) {
					dots++
				}
			}
		}
		if dots < 4 {
			t.Errorf("%c has %d dots", tt.r, dots)
		}
	}
	if f.Cell('𠮷') != nil {
		t.Error("𠮷 is drawn, and the font has none")
	}
}
