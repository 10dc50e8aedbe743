package printer

import "image"

// A Bitmap is a Raster in memory, white at first.
type Bitmap struct {
	width  int
	height int
	bits   []byte
}

// NewBitmap returns a white one.
func NewBitmap(width, height int) *Bitmap {
	return &Bitmap{width, height, make([]byte, (width+7)/8*height)}
}

// Bounds is the size, from (0, 0).
func (b *Bitmap) Bounds() image.Rectangle { return image.Rect(0, 0, b.width, b.height) }

// Row is row y, to be read or drawn on.
func (b *Bitmap) Row(y int) []byte {
	stride := (b.width + 7) / 8
	return b.bits[y*stride : (y+1)*stride]
}

// Fill makes the dots within r black.
func (b *Bitmap) Fill(r image.Rectangle) {
	r = r.Intersect(b.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := b.Row(y)
		for x := r.Min.X; x < r.Max.X; x++ {
			row[x/8] |= 0x80 >> (x % 8)
		}
	}
}

const dotsPerMM = 8 // 203 dpi

// TestPage is a page for a printer of that many dots. Both side bars must be
// seen whole; a tick is 1 mm; the patches are a quarter, a half, three quarters
// and all black; the squares are a code's modules of 3 to 8 dots.
func TestPage(dots int) *Bitmap {
	b := NewBitmap(dots, 30*dotsPerMM)
	b.Fill(image.Rect(0, 0, 4, b.height))
	b.Fill(image.Rect(dots-4, 0, dots, b.height))
	b.Fill(image.Rect(0, 0, dots, 4))
	b.Fill(image.Rect(0, b.height-4, dots, b.height))
	for mm := 1; mm*dotsPerMM < dots; mm++ {
		long := 2 * dotsPerMM
		if mm%10 == 0 {
			long *= 2
		}
		b.Fill(image.Rect(mm*dotsPerMM, 4, mm*dotsPerMM+2, long))
	}
	patch := (dots - 10*dotsPerMM) / 4
	for quarter := range 4 {
		at := image.Pt(2*dotsPerMM+quarter*(patch+2*dotsPerMM), 6*dotsPerMM)
		b.shade(image.Rectangle{at, at.Add(image.Pt(patch, 12*dotsPerMM))}, quarter+1)
	}
	x := 2 * dotsPerMM
	for module := 3; module <= 8; module++ {
		for i := range 25 {
			if i%2 == 0 {
				at := image.Pt(x+i%5*module, 22*dotsPerMM+i/5*module)
				b.Fill(image.Rectangle{at, at.Add(image.Pt(module, module))})
			}
		}
		x += 5*module + dotsPerMM
	}
	return b
}

// shade blackens that many quarters of the 2x2 dot cells within r.
func (b *Bitmap) shade(r image.Rectangle, quarters int) {
	order := []image.Point{{0, 0}, {2, 2}, {2, 0}, {0, 2}}[:quarters]
	for y := r.Min.Y; y+4 <= r.Max.Y; y += 4 {
		for x := r.Min.X; x+4 <= r.Max.X; x += 4 {
			for _, o := range order {
				at := image.Pt(x, y).Add(o)
				b.Fill(image.Rectangle{at, at.Add(image.Pt(2, 2))})
			}
		}
	}
}
