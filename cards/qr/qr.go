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
		for y := range l.n {
			try[y] = placed[y] ^ l.masks[mask][y]
		}
		if p := penalty(&try, l.n); best < 0 || p < best {
			best, m.Mask, m.rows = p, mask, try
		}
	}
	return m, nil
}

// values are what characters count: their places in the alphabet, or 255.
var values = func() (all [256]byte) {
	for c := range all {
		all[c] = byte(strings.IndexByte(alphabet, byte(c))) // -1 is 255
	}
	return all
}()

// fill writes mode, count, characters and padding to data (7.4.3, 7.4.10).
func (l *layout) fill(data []byte, text string) error {
	for i := range len(text) {
		if values[text[i]] == 255 {
			return fmt.Errorf("%w: %q", ErrCharacter, text[i])
		}
	}
	w := bitWriter{to: data}
	w.put(0b0010, 4)
	w.put(uint64(len(text)), l.count)
	for ; len(text) > 1; text = text[2:] {
		w.put(45*uint64(values[text[0]])+uint64(values[text[1]]), 11)
	}
	if text != "" {
		w.put(uint64(values[text[0]]), 6)
	}
	w.put(0, min(4, 8*(len(data)-w.at)-w.n)) // the terminator, 7.4.9
	w.put(0, (8-w.n)%8)
	for pad := byte(0xEC); w.at < len(data); pad ^= 0xEC ^ 0x11 {
		w.put(uint64(pad), 8)
	}
	return nil
}

// A bitWriter fills bytes from the highest bit.
type bitWriter struct {
	to   []byte
	at   int    // bytes that are whole
	bits uint64 // the lowest n of them are not in a whole byte yet
	n    int    // less than 8
}

func (w *bitWriter) put(value uint64, n int) {
	w.bits, w.n = w.bits<<n|value, w.n+n
	for w.n >= 8 {
		w.n -= 8
		w.to[w.at] = byte(w.bits >> w.n)
		w.at++
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
