package printer

import (
	"bytes"
	"image"
	"math/bits"
	"testing"
)

func pageOf(stride int, data []byte) *page {
	return &page{bits: data, stride: stride, height: len(data) / stride}
}

// FuzzEncode: however the picture lies, the stream holds no real-time command,
// its bands are the picture, and defusing only adds a dot beside a lone one.
func FuzzEncode(f *testing.F) {
	f.Add([]byte{0x10, 0x04, 0x01, 0, 0, 0}, uint8(2), uint8(3), false)
	f.Add([]byte{0, 0x10, 0x14, 0x08, 0x01, 0x10, 0x05, 0x00}, uint8(2), uint8(1), true)
	f.Add(bytes.Repeat([]byte{0x10}, 64), uint8(4), uint8(16), false)
	f.Add(bytes.Repeat([]byte{0x10, 0x04}, 64), uint8(1), uint8(16), true)
	f.Fuzz(func(t *testing.T, data []byte, stride, limit uint8, feed bool) {
		width := int(stride)%16 + 1
		data = data[:len(data)/width*width]
		p := pageOf(width, bytes.Clone(data))
		p.keep = [2]int{p.height / 3, p.height / 2}
		p.defuse()
		var stream, dots []byte
		for _, b := range p.bands(&Opts{Band: int(limit)%200 + 1, Buffer: 256, DotFeed: feed}) {
			w := p.encode(b)
			stream = append(stream, w...)
			if b.feed {
				dots = append(dots, make([]byte, (b.to-b.from)*width)...)
				continue
			}
			if rows := int(w[6]) + int(w[7])<<8; rows != b.to-b.from || len(w) != 8+rows*width {
				t.Fatalf("a band of %d rows says %d and has %d bytes", b.to-b.from, rows, len(w))
			}
			dots = append(dots, w[8:]...)
		}
		for i := 1; i < len(stream); i++ {
			if realtime(stream[i-1], stream[i]) {
				t.Fatalf("real-time command at %d: % x", i-1, stream[i-1:i+1])
			}
		}
		if !bytes.Equal(dots, p.bits) {
			t.Fatal("the bands are not the picture")
		}
		for i, b := range dots {
			if added := b ^ data[i]; added != 0 && (data[i] != 0x10 || b&data[i] != data[i] || bits.OnesCount8(added) != 1) {
				t.Fatalf("byte %d: %02x became %02x", i, data[i], b)
			}
		}
	})
}

func TestDefuse(t *testing.T) {
	for _, tt := range []struct{ name, before, after string }{
		{"status", "\x10\x04\x01", "\x18\x04\x01"},
		{"recover", "\x00\x10\x05", "\x00\x18\x05"},
		{"clear", "\x10\x14\x08", "\x18\x14\x08"},
		{"toward black on the left", "\x10\x04\x00" + "\x20\x00\x00", "\x30\x04\x00" + "\x20\x00\x00"},
		{"harmless", "\x10\x06\x04", "\x10\x06\x04"},
		{"across rows: a band begins instead", "\x00\x00\x10" + "\x04\x00\x00", "\x00\x00\x10" + "\x04\x00\x00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pageOf(3, []byte(tt.before))
			p.defuse()
			if string(p.bits) != tt.after {
				t.Errorf("got % x, want % x", p.bits, tt.after)
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
		opts Opts
		want []band
	}{
		{"even", func(*Bitmap) {}, image.Rectangle{}, Opts{Band: 128},
			[]band{{from: 0, to: 128}, {from: 128, to: 256}, {from: 256, to: 300}}},
		{"in white rows", func(b *Bitmap) { white(b, 100, 110) }, image.Rectangle{}, Opts{Band: 128},
			[]band{{from: 0, to: 110}, {from: 110, to: 238}, {from: 238, to: 300}}},
		{"between modules", func(b *Bitmap) { white(b, 0, 300); modules(b) }, image.Rectangle{}, Opts{Band: 100},
			[]band{{from: 0, to: 98}, {from: 98, to: 196}, {from: 196, to: 294}, {from: 294, to: 300}}},
		{"code kept", func(*Bitmap) {}, image.Rect(0, 50, 8, 290), Opts{Band: 128, Buffer: 4096},
			[]band{{from: 0, to: 50}, {from: 50, to: 290}, {from: 290, to: 300}}},
		{"code too large", func(*Bitmap) {}, image.Rect(0, 50, 8, 290), Opts{Band: 128, Buffer: 400},
			[]band{{from: 0, to: 128}, {from: 128, to: 256}, {from: 256, to: 300}}},
		{"white rows fed", func(b *Bitmap) { white(b, 20, 60) }, image.Rectangle{}, Opts{Band: 300, DotFeed: true},
			[]band{{from: 0, to: 20}, {from: 20, to: 60, feed: true}, {from: 60, to: 300}}},
		{"a height that is a command", func(*Bitmap) {}, image.Rectangle{}, Opts{Band: 0x0410},
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
			p.keep = [2]int{tt.keep.Min.Y, tt.keep.Max.Y}
			if got := p.bands(&tt.opts); !equal(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
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
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
