package sheet

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"pointkiosk/packaging/proof"
)

// dpi is what pages are rendered at where nothing else is said.
const dpi = 150

// A renderer makes a PNG of each page from first to last, page p as dir/p.png.
type renderer struct {
	name, program string
	args          func(file, dir string, first, last, dpi int) []string
}

var renderers = []renderer{
	{"poppler splash", "pdftoppm", poppler},
	{"poppler cairo", "pdftocairo", poppler},
	{"Ghostscript", "gs", func(file, dir string, first, last, dpi int) []string {
		return []string{"-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pnggray", "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4",
			fmt.Sprintf("-r%d", dpi), fmt.Sprintf("-dFirstPage=%d", first), fmt.Sprintf("-dLastPage=%d", last), "-o", dir + "/%d.png", file}
	}},
	{"mupdf", "mutool", func(file, dir string, first, last, dpi int) []string {
		return []string{"draw", "-q", "-r", fmt.Sprint(dpi), "-c", "gray", "-o", dir + "/%d.png", file, fmt.Sprintf("%d-%d", first, last)}
	}},
}

func poppler(file, dir string, first, last, dpi int) []string {
	return []string{"-png", "-gray", "-r", fmt.Sprint(dpi), "-f", fmt.Sprint(first), "-l", fmt.Sprint(last), file, dir + "/page"}
}

// rendered are the pictures of a PDF's pages, in order.
func rendered(t testing.TB, r renderer, file string, first, last, dpi int) []string {
	t.Helper()
	dir := t.TempDir()
	output(t, r.program, r.args(file, dir, first, last, dpi)...)
	files, _ := filepath.Glob(dir + "/*.png")
	if len(files) != last-first+1 {
		t.Fatalf("%s: %d pages of %d", r.name, len(files), last-first+1)
	}
	return files
}

// cellsOf cuts the trims out of a page, each into a file of its own.
func cellsOf(t testing.TB, page string, trims []rect, dpi int) (files []string) {
	t.Helper()
	f, err := os.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bufio.NewReader(f))
	_ = f.Close()
	if err != nil {
		t.Fatal(err)
	}
	return cut(t, m, page, trims, dpi)
}

// cut writes parts of a picture into files of their own.
func cut(t testing.TB, m image.Image, page string, trims []rect, dpi int) (files []string) {
	t.Helper()
	dots := func(mm float64) int { return int(mm/25.4*float64(dpi) + 0.5) }
	for i, r := range trims {
		cell := image.NewGray(image.Rect(0, 0, dots(r.w), dots(r.h)))
		draw.Draw(cell, cell.Rect, m, image.Pt(dots(r.x), dots(r.y)), draw.Src)
		name := fmt.Sprintf("%s-cell%d.pgm", page, i)
		b := append(fmt.Appendf(nil, "P5 %d %d 255\n", cell.Rect.Dx(), cell.Rect.Dy()), cell.Pix...)
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	return files
}

// misread lists the cards whose cell doesn't hold their code, and theirs only:
// from is the order's first card in the file.
func misread(t testing.TB, s *Sheets, file string, from int, list []One) (faults []string) {
	t.Helper()
	_, back := trims(&s.opts.Stock, s.opts.Sides)
	first, _ := s.Place(from)
	for n := 0; n < len(list); {
		sheet, cell := s.Place(from + n)
		page := rendered(t, renderers[0], file, 2*(sheet-first)+2, 2*(sheet-first)+2, dpi)[0]
		end := min(len(list), n+s.PerSheet()-cell)
		cells := cellsOf(t, page, back, dpi)
		read, err := proof.Zbar(cells...)
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range cells {
			got := read[name]
			switch card := n + i - cell; {
			case (i < cell || card >= end) && len(got) > 0:
				faults = append(faults, fmt.Sprintf("sheet %d has a code in cell %d, where no card is", sheet, i))
			case i < cell || card >= end:
			case len(got) != 1 || sha256.Sum256([]byte(got[0])) != sha256.Sum256([]byte(list[card].URL)):
				faults = append(faults, fmt.Sprintf("sheet %d, cell %d: %q, want card %d", sheet, i, got, list[card].Number))
			}
		}
		for _, name := range append(cells, page) {
			_ = os.Remove(name)
		}
		n = end
	}
	return faults
}

// Every code is read back from its card's cell, and is that card's.
func TestEveryCodeIsRead(t *testing.T) {
	proof.Needs(t, "pdftoppm", "zbarimg")
	n := proof.Times(24, 320, 10_000)
	list := many(n, shortHost)
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu(), Start: 7})
	for _, part := range s.Split(n, 100) {
		b := new(writer)
		if err := s.WriteFrom(b, part.First, list[part.First:part.End], nil); err != nil {
			t.Fatal(err)
		}
		for _, f := range misread(t, s, saved(t, b.b), part.First, list[part.First:part.End]) {
			t.Error(f)
		}
	}
}

type writer struct{ b []byte }

func (w *writer) Write(b []byte) (int, error) { w.b = append(w.b, b...); return len(b), nil }

// A code in another cell, one that says something else and one too many are
// found.
func TestReadingFindsFaults(t *testing.T) {
	proof.Needs(t, "pdftoppm", "zbarimg")
	list := many(9, shortHost)
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()})
	file := saved(t, written(t, s, list))
	swapped := append([]One(nil), list...)
	swapped[1], swapped[2] = swapped[2], swapped[1]
	for _, tt := range []struct {
		name string
		list []One
		want int
	}{{"nothing", list, 0}, {"swapped", swapped, 2}, {"one too many", list[:8], 1}} {
		if got := misread(t, s, file, 0, tt.list); len(got) != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

// Codes of both versions are read ten of ten however a page is rendered, each
// card by itself, as a telephone sees it: zbar, shown thirty finders at once, at
// times takes three of different codes for one.
func TestEveryRenderer(t *testing.T) {
	for _, r := range renderers {
		t.Run(r.name, func(t *testing.T) {
			proof.Needs(t, r.program, "zbarimg")
			for host, usual := range map[string]int{shortHost: 4, longHost: 2} {
				list := many(10, host)
				o := Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()}
				file := saved(t, written(t, newSheets(t, o), list))
				_, back := trims(&o.Stock, o.Sides)
				for _, dpi := range []int{150, 600, 203, 300}[:proof.Times(1, usual, 4)] {
					cells := cellsOf(t, rendered(t, r, file, 2, 2, dpi)[0], back, dpi)
					read, err := proof.Zbar(cells...)
					if err != nil {
						t.Fatal(err)
					}
					for i, name := range cells {
						if got := read[name]; len(got) != 1 || got[0] != list[i].URL {
							t.Errorf("%d dpi: card %d with a code of %d characters is read as %q", dpi, i+1, len(list[i].URL), got)
						}
					}
				}
			}
		})
	}
}
