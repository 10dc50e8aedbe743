// Package qr makes the matrix of a QR Code: one encoder for paper, screen and
// PDF, so that all three show the same modules.
//
// A code is model 2, level M, alphanumeric, of the smallest version from 1 to
// 10 that holds the text, with the best of the eight masks: one text has one
// matrix. It is what a card's URL needs and no more: no other level, mode or
// structured append, and no drawing.
//
// Sections in comments are those of ISO/IEC 18004:2015.
package qr

import (
	"errors"
	"fmt"
	"strings"
)

// ErrCharacter reports text outside the 45 characters of the alphanumeric
// mode, or no text.
var ErrCharacter = errors.New("qr: not alphanumeric")

// ErrTooLong reports text of more than [MaxLen] characters.
var ErrTooLong = errors.New("qr: text too long")

// MaxLen is the number of characters that version 10 holds at level M.
const MaxLen = 311

// alphabet is table 5: a character's value is its place.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// A Matrix is a QR Code without its quiet zone, which must be 4 light modules
// on each side.
type Matrix struct {
	Version int // 1..10
	Size    int // modules a side: 4*Version+17
	Mask    int // 0..7
	rows    [maxSize]uint64
}

// Dark reports whether the module in column x and row y is dark. Outside the
// matrix everything is light.
func (m *Matrix) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < m.Size && y < m.Size && m.rows[y]>>x&1 == 1
}

// Row gives row y, column x in bit x; dark is 1. Outside the matrix it is 0.
func (m *Matrix) Row(y int) uint64 {
	if y < 0 || y >= m.Size {
		return 0
	}
	return m.rows[y]
}

// Version gives the version of a code of length characters, or an error if
// there is none.
func Version(length int) (int, error) {
	bits := length/2*11 + length%2*6
	for v := 1; v <= maxVersion; v++ {
		if 4+countBits(v)+bits <= 8*layouts()[v].data() {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%w: %d characters, at most %d", ErrTooLong, length, MaxLen)
}

// Encode makes the code of text.
func Encode(text string) (*Matrix, error) {
	if text == "" {
		return nil, fmt.Errorf("%w: empty", ErrCharacter)
	}
	v, err := Version(len(text))
	if err != nil {
		return nil, err
	}
	l := &layouts()[v]
	var stream [8 * 44 * 5]byte // more than version 10 holds
	data := stream[:l.data()]
	if err := l.fill(data, text); err != nil {
		return nil, err
	}
	var placed [maxSize]uint64
	l.place(&placed, data)
	m := &Matrix{Version: v, Size: l.n}
	best := -1
	var try [maxSize]uint64
	for mask := range 8 {
		l.finish(&try, &placed, mask)
		if p := penalty(&try, l.n); best < 0 || p < best {
			best, m.Mask, m.rows = p, mask, try
		}
	}
	return m, nil
}

// fill writes mode, count, characters and padding to data (7.4.3, 7.4.10).
func (l *layout) fill(data []byte, text string) error {
	w := bitWriter{to: data}
	w.put(0b0010, 4)
	w.put(uint(len(text)), l.count)
	for i := 0; i < len(text); i += 2 {
		a := strings.IndexByte(alphabet, text[i])
		if a < 0 {
			return fmt.Errorf("%w: %q", ErrCharacter, text[i])
		}
		if i+1 == len(text) {
			w.put(uint(a), 6)
			break
		}
		b := strings.IndexByte(alphabet, text[i+1])
		if b < 0 {
			return fmt.Errorf("%w: %q", ErrCharacter, text[i+1])
		}
		w.put(uint(45*a+b), 11)
	}
	w.put(0, min(4, 8*len(data)-w.bits))
	for i, pad := (w.bits+7)/8, byte(0xEC); i < len(data); i++ {
		data[i] = pad
		pad ^= 0xEC ^ 0x11
	}
	return nil
}

// A bitWriter fills bytes from the highest bit.
type bitWriter struct {
	to   []byte
	bits int
}

func (w *bitWriter) put(value uint, n int) {
	for i := n - 1; i >= 0; i-- {
		w.to[w.bits/8] |= byte(value>>i&1) << (7 - w.bits%8)
		w.bits++
	}
}

// place adds the error correction, interleaves the blocks (7.6) and puts the
// bits into the symbol. Modules that are left over stay light.
func (l *layout) place(rows *[maxSize]uint64, data []byte) {
	blocks := l.short + l.long
	var eccs [5][maxVersion * 3]byte
	var starts [6]int
	for b := range blocks {
		size := l.size
		if b >= l.short {
			size++
		}
		starts[b+1] = starts[b] + size
		l.remainder(eccs[b][:l.ecc], data[starts[b]:starts[b+1]])
	}
	at := 0
	put := func(c byte) {
		for i, p := range l.path[at : at+8] {
			rows[p>>8] |= uint64(c>>(7-i)&1) << (p & 0xFF)
		}
		at += 8
	}
	for i := range l.size + 1 {
		for b := range blocks {
			if starts[b]+i < starts[b+1] {
				put(data[starts[b]+i])
			}
		}
	}
	for i := range l.ecc {
		for b := range blocks {
			put(eccs[b][i])
		}
	}
}

// finish writes to rows the whole symbol with a mask.
func (l *layout) finish(rows, placed *[maxSize]uint64, mask int) {
	for y := range l.n {
		rows[y] = l.fixed[y] | (placed[y] ^ l.masks[mask][y])
	}
	for i := range 15 {
		if l.format[mask]>>i&1 == 1 {
			for _, p := range formatPlaces(i, l.n) {
				rows[p[1]] |= 1 << p[0]
			}
		}
	}
}
