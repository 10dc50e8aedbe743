package face

import (
	"image"
	"image/draw"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"pointkiosk/cards/qr"
)

// first is New and one card; then the cards of a queue, each of which has its
// own code and serial; drawer is the same cards with the text by x/image's
// Drawer over grey, its faces kept, the code being ours.
func BenchmarkDraw(b *testing.B) {
	b.Run("first", func(b *testing.B) {
		c := kisarazu()
		for b.Loop() {
			if _, err := newFace(b).Draw(&c, 384); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, width := range []int{384, 576} {
		mm := map[int]string{384: "58mm", 576: "80mm"}[width]
		b.Run("then/"+mm, func(b *testing.B) {
			f, next := newFace(b), queue()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Draw(next(), width); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("drawer/"+mm, func(b *testing.B) {
			d := drawer{newFace(b), map[sizeKey]font.Face{}}
			next := queue()
			for b.Loop() {
				d.draw(b, next(), width)
			}
		})
	}
}

// queue gives card after card of one event.
func queue() func() *Card {
	const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	c := kisarazu()
	url, serial := []byte(c.URL), []byte(c.Serial)
	n := 0
	return func() *Card {
		n++
		for i, k := range []int{n % 32, n / 32 % 32, n / 1024 % 32} {
			url[len(url)-1-i], serial[len(serial)-1-i] = base32[k], base32[k]
		}
		card := c
		card.URL, card.Serial = string(url), string(serial)
		return &card
	}
}

// A drawer draws as one does without a cache of 1-bit glyphs.
type drawer struct {
	f     *Face
	faces map[sizeKey]font.Face
}

func (d *drawer) draw(b *testing.B, card *Card, width int) *Bitmap {
	code, err := qr.Encode(card.URL)
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.f.plan(card, width, code.Size)
	if err != nil {
		b.Fatal(err)
	}
	grey := image.NewGray(image.Rect(0, 0, width, p.height))
	draw.Draw(grey, grey.Bounds(), image.White, image.Point{}, draw.Src)
	for _, l := range p.lines {
		key := sizeKey{int16(l.Size), l.Bold}
		if d.faces[key] == nil {
			ttf := d.f.fonts[0]
			if l.Bold {
				ttf = d.f.fonts[1]
			}
			if d.faces[key], err = opentype.NewFace(ttf, &opentype.FaceOptions{Size: float64(l.Size), DPI: 72, Hinting: font.HintingFull}); err != nil {
				b.Fatal(err)
			}
		}
		w := font.Drawer{Dst: grey, Src: image.Black, Face: d.faces[key], Dot: fixed.P(l.X, l.Baseline)}
		w.DrawString(l.Text)
	}
	out := NewBitmap(width, p.height)
	for y := range p.height {
		row := out.Row(y)
		for x, v := range grey.Pix[y*grey.Stride : y*grey.Stride+width] {
			if v < threshold {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	for _, r := range p.rules {
		out.fill(r)
	}
	out.code(code, p.code.Min, d.f.module)
	return out
}
