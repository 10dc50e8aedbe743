package printertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
)

// A Page is a paper that came out. It is a printer.Raster.
type Page struct {
	Number int
	Dots   int
	Bits   []byte   // rows of Dots/8 bytes, 1 black
	Torn   bool     // off the end of a roll, not cut
	Text   []string // the lines that the printer itself wrote; □ is a bit image
	Runs   []Run    // the same, as they were set
}

// A Run is text within a line whose letters are all alike.
type Run struct {
	Text         string
	Across, Down int // how many times as wide and as high as usual
	Bold         bool
}

// Bounds is the page's size, from (0, 0).
func (p Page) Bounds() image.Rectangle { return image.Rect(0, 0, p.Dots, len(p.Bits)/(p.Dots/8)) }

// Row is row y.
func (p Page) Row(y int) []byte { return p.Bits[y*p.Dots/8 : (y+1)*p.Dots/8] }

// Name is the page's file name.
func (p Page) Name() string {
	if p.Torn {
		return fmt.Sprintf("page-%04d-torn.png", p.Number)
	}
	return fmt.Sprintf("page-%04d.png", p.Number)
}

// Image is the page as a picture.
func (p Page) Image() *image.Paletted {
	area := p.Bounds()
	m := image.NewPaletted(area, color.Palette{color.White, color.Black})
	for y := range area.Dy() {
		row := p.Row(y)
		for x := range area.Dx() {
			m.Pix[y*m.Stride+x] = row[x/8] >> (7 - x%8) & 1
		}
	}
	return m
}

// PNG writes the page as a picture file.
func (p Page) PNG(w io.Writer) error { return png.Encode(w, p.Image()) }

// String draws the page in characters, two rows to compare at a glance.
func (p Page) String() string {
	var text bytes.Buffer
	m := p.Image()
	for y := range m.Rect.Dy() {
		for _, dot := range m.Pix[y*m.Stride : y*m.Stride+p.Dots] {
			text.WriteByte(".#"[dot])
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// save writes the page whole or not at all.
func (p Page) save(dir string) error {
	f, err := os.CreateTemp(dir, ".page-*")
	if err != nil {
		return fmt.Errorf("printertest: write a page: %w", err)
	}
	err = p.PNG(f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, p.Name()))
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("printertest: write %s: %w", p.Name(), err)
	}
	return nil
}

// lastPage makes dir and returns the highest number of a page in it.
func lastPage(dir string) (last int, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, fmt.Errorf("printertest: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil {
		return 0, fmt.Errorf("printertest: %w", err)
	}
	for _, name := range names {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(name), "page-%d", &n); err == nil {
			last = max(last, n)
		}
	}
	return last, nil
}

// roll is the paper in the printer and what became of it.
type roll struct {
	stride   int
	endless  bool
	left     int    // rows on the roll
	strip    []byte // rows that passed the head since the last cut
	text     []string
	runs     []Run
	pages    []Page
	numbered int
}

// put passes one row under the head.
func (r *roll) put(row []byte) {
	r.strip = append(r.strip, row...)
	if !r.endless && r.left > 0 {
		r.left--
	}
}

// white passes rows that nobody counts: those fed by hand when paper is loaded.
func (r *roll) white(rows int) { r.strip = append(r.strip, make([]byte, rows*r.stride)...) }

func (r *roll) ended() bool { return !r.endless && r.left == 0 }

// take ends a page keep rows behind the head and returns it, if it has a dot.
func (r *roll) take(keep int, torn bool) (Page, bool) {
	end := max(len(r.strip)-keep*r.stride, 0)
	bits := r.strip[:end:end]
	r.strip = append([]byte(nil), r.strip[end:]...)
	if len(bytes.Trim(bits, "\x00")) == 0 {
		return Page{}, false
	}
	r.numbered++
	page := Page{Number: r.numbered, Dots: 8 * r.stride, Bits: bits, Torn: torn, Text: r.text, Runs: r.runs}
	r.text, r.runs = nil, nil
	r.pages = append(r.pages, page)
	return page, true
}
