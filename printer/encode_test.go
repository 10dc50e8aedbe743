package printer

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"testing"
)

func pageOf(stride int, data []byte) *page {
	return &page{bits: data, dots: 8 * stride, stride: stride, height: len(data) / stride, scale: 1}
}

// FuzzEncode: however the picture lies, the stream holds no real-time command
// and its bands are the picture, dot for dot; it is refused only if it has a
// row that is a command wherever it begins.
func FuzzEncode(f *testing.F) {
	f.Add([]byte{0x10, 0x04, 0x01, 0, 0, 0}, uint8(2), uint8(3), false)
	f.Add([]byte{0, 0x10, 0x14, 0x08, 0x01, 0x10, 0x05, 0x00}, uint8(2), uint8(1), true)
	f.Add(bytes.Repeat([]byte{0x10}, 64), uint8(4), uint8(16), false)
	f.Add(bytes.Repeat([]byte{0x10, 0x04}, 64), uint8(1), uint8(16), true)
	f.Add(bytes.Repeat([]byte{0, 0x10, 0x04, 0}, 64), uint8(3), uint8(16), true)
	f.Add(bytes.Repeat([]byte{0x80, 0x10, 0x04, 0x01}, 64), uint8(3), uint8(16), false)
	f.Fuzz(func(t *testing.T, data []byte, stride, limit uint8, sparse bool) {
		width := int(stride)%16 + 1
		p := pageOf(width, data[:len(data)/width*width])
		p.keep = [][2]int{{p.height / 3, p.height / 2}}
		p.centre = limit%3 == 0
		spoils := int(limit % 5 * 12)
		bands, err := p.bands(&Profile{Band: int(limit)%200 + 1, Buffer: 256, DotFeed: sparse, Place: sparse, Spoils: spoils})
		if err != nil {
			for y := range p.height {
				if stuck(p, y) {
					return
				}
			}
			t.Fatal(err)
		}
		paper := &page{stride: width}
		var stream []byte
		for _, b := range bands {
			if rows := b.to - b.from; !b.feed && spoils > 0 && rows%spoils == 0 {
				t.Fatalf("a band of %d rows", rows)
			}
			w := feed(b.to - b.from)
			if !b.feed {
				w = p.encode(b)
			}
			stream = append(stream, w...)
			paper.print(t, w, b)
		}
		for i := 1; i < len(stream); i++ {
			if realtime(stream[i-1], stream[i]) {
				t.Fatalf("real-time command at %d: % x", i-1, stream[i-1:i+1])
			}
		}
		if !bytes.Equal(paper.bits, p.bits) {
			t.Fatal("the bands are not the picture")
		}
	})
}

// print puts the commands of a band on the page.
func (p *page) print(t *testing.T, w []byte, b band) {
	left, at, rows := 0, len(p.bits), b.to-b.from
	p.bits = append(p.bits, make([]byte, rows*p.stride)...)
	if string(w[:2]) == "\x1bJ" {
		return
	}
	if string(w[:2]) == "\x1b$" {
		left, w = int(w[2])+int(w[3])<<8, w[4:]
	}
	width := int(w[4]) + int(w[5])<<8
	if b.centre {
		left = 8 * (p.stride - width) / 2
	}
	if n := int(w[6]) + int(w[7])<<8; n != rows || len(w) != 8+n*width {
		t.Fatalf("a band of %d rows says %d by %d and has %d bytes", rows, n, width, len(w))
	}
	for i := range 8 * (len(w) - 8) {
		if x := left + i%(8*width); w[8+i/8]>>(7-i%8)&1 == 1 {
			p.bits[at+i/(8*width)*p.stride+x/8] |= 0x80 >> (x % 8)
		}
	}
}

// stuck says the slow way that row y is a command wherever it begins.
func stuck(p *page, y int) bool {
	dots := ""
	for _, b := range p.row(y) {
		dots += fmt.Sprintf("%08b", b)
	}
	for left := range 8 {
		rest := strings.TrimRight(dots[left:], "0")
		if strings.Contains(dots[:left], "1") || left+(len(rest)+7)/8*8 > len(dots) {
			continue
		}
		hit := false
		for x := 0; x+16 <= len(rest)+7; x += 8 {
			two := (rest + "0000000")[x : x+16]
			hit = hit || two == "0001000000000100" || two == "0001000000000101" || two == "0001000000010100"
		}
		if !hit {
			return false
		}
	}
	return true
}

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		name, rows string // of 3 bytes
		sparse     bool
		want       string
	}{
		{"harmless", "\x10\x06\x04", false, "0..1 at 0, 3 bytes"},
		{"harmless, sparse", "\x00\x06\x00", true, "0..1 at 8, 1 bytes"},
		{"status", "\x00\x10\x04", false, "0..1 at 6, 2 bytes"},
		{"status, sparse", "\x00\x10\x04", true, "0..1 at 6, 2 bytes"},
		{"recover", "\x08\x10\x05", false, ""},
		{"clear", "\x10\x14\x00", false, "0..1 at 1, 2 bytes"},
		{"the rows before it", "\x01\x02\x03" + "\x00\x10\x04", false, "0..1 at 0, 3 bytes"},
		{"the rows behind it too", "\x00\x10\x04" + "\x01\x02\x00", false, "0..2 at 6, 2 bytes"},
		{"across rows", "\xff\x00\x10" + "\x04\x00\x00", false, "0..1 at 0, 3 bytes"},
		{"black to both edges", "\xff\x10\x04" + "\xff\xff\xff", false, ""},
		{"white", "\x00\x00\x00", true, "0..1 at 0, 1 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pageOf(3, []byte(tt.rows))
			got := ""
			if b := p.fit(0, p.height, &Profile{Place: tt.sparse}); b.to > 0 {
				got = fmt.Sprintf("%d..%d at %d, %d bytes", b.from, b.to, b.left, b.width)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBands(t *testing.T) {
	white := func(b *Bitmap, from, to int) { clear(b.bits[from*b.width/8 : to*b.width/8]) }
	for _, tt := range []struct {
		name string
		draw func(*Bitmap)
		keep image.Rectangle
		opts Profile
		want []band
	}{
		{"even", func(*Bitmap) {}, image.Rectangle{}, Profile{Band: 128},
			[]band{{from: 0, to: 128}, {from: 128, to: 256}, {from: 256, to: 300}}},
		{"in white rows", func(b *Bitmap) { white(b, 100, 110) }, image.Rectangle{}, Profile{Band: 128},
			[]band{{from: 0, to: 110}, {from: 110, to: 238}, {from: 238, to: 300}}},
		{"between modules", func(b *Bitmap) { white(b, 0, 300); modules(b) }, image.Rectangle{}, Profile{Band: 100},
			[]band{{from: 0, to: 98}, {from: 98, to: 196}, {from: 196, to: 294}, {from: 294, to: 300}}},
		{"code kept", func(*Bitmap) {}, image.Rect(0, 50, 8, 290), Profile{Band: 128, Buffer: 4096},
			[]band{{from: 0, to: 50}, {from: 50, to: 290}, {from: 290, to: 300}}},
		{"code too large", func(*Bitmap) {}, image.Rect(0, 50, 8, 290), Profile{Band: 128, Buffer: 400},
			[]band{{from: 0, to: 128}, {from: 128, to: 256}, {from: 256, to: 300}}},
		{"white rows fed", func(b *Bitmap) { white(b, 20, 60) }, image.Rectangle{}, Profile{Band: 300, DotFeed: true, Place: true},
			[]band{{from: 0, to: 20}, {from: 20, to: 60, feed: true}, {from: 60, to: 300}}},
		{"a height that is a command", func(*Bitmap) {}, image.Rectangle{}, Profile{Band: 0x0410},
			[]band{{from: 0, to: 0x0410 - 1}, {from: 0x0410 - 1, to: 1100}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			height := 300
			if tt.opts.Band > 1000 {
				height = 1100
			}
			b := NewBitmap(16, height)
			b.Fill(b.Bounds())
			tt.draw(b)
			p := pageOf(2, b.bits)
			p.keep = [][2]int{{tt.keep.Min.Y, tt.keep.Max.Y}}
			if got, err := p.bands(&tt.opts); err != nil || !equal(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

// modules draws a code of 7-dot modules without a white row.
func modules(b *Bitmap) {
	for y := 0; y < b.height; y += 7 {
		b.Fill(image.Rect(y/7%2*7, y, y/7%2*7+7, y+7))
	}
}

func equal(a, b []band) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].from != b[i].from || a[i].to != b[i].to || a[i].feed != b[i].feed {
			return false
		}
	}
	return true
}
