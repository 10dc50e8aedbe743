package sheet

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strconv"

	"pointkiosk/cards/face"
	"pointkiosk/cards/qr"
)

// widestCode is version 7: 178 characters at level M.
const widestCode = 45

// quiet is the white on each side of a code, in modules.
const quiet = 4

// encode makes a code that a card has room for. No error repeats the text, which
// is worth money.
func encode(url string) (*qr.Matrix, error) {
	m, err := qr.Encode(url)
	if err != nil {
		return nil, err
	}
	if m.Size > widestCode {
		return nil, &face.TooLongError{Field: "url", Text: fmt.Sprintf("%d characters", len(url))}
	}
	return m, nil
}

// A pair is two numbers of a code's path, each with the space behind it: the
// bytes from the lowest, and how many they are.
type pair struct {
	text uint64
	n    int
}

// pairs are all there are: texts made each time would be half the cost of a
// code.
var pairs = func() (all [widestCode + 1][widestCode + 1]pair) {
	for a := range all {
		for b := range all[a] {
			var text [8]byte
			n := len(fmt.Appendf(text[:0], "%d %d ", a, b))
			all[a][b] = pair{binary.LittleEndian.Uint64(text[:]), n}
		}
	}
	return all
}()

// A run is dark modules side by side, one width over several rows.
type run struct{ x, y, w, h int }

// runs appends the runs of a code to list, no module in two of them.
func runs(list []run, m *qr.Matrix) []run {
	var open [64]int       // by the column where it begins, the place in the list of a run that the row above is the last of
	var above, ends uint64 // columns where such a run begins, and where it ends
	for y := range m.Size {
		row := m.Row(y)
		begin, end := row&^(row<<1), row&^(row>>1)
		for rest := begin; rest != 0; rest &= rest - 1 {
			x := bits.TrailingZeros64(rest)
			w := bits.TrailingZeros64(end>>x) + 1
			if above>>x&1 == 1 && bits.TrailingZeros64(ends>>x)+1 == w {
				list[open[x]].h++
				continue
			}
			open[x] = len(list)
			list = append(list, run{x, y, w, 1})
		}
		above, ends = begin, end
	}
	return list
}

// code draws a code as one path, in whole modules from its upper left corner
// down, under one matrix: two runs then share their edge in every renderer, and
// no seam shows. side is the length of the code with its quiet zone, corner
// where that begins.
func (p *pen) code(m *qr.Matrix, corner spot, side float64) {
	module := side / float64(m.Size+2*quiet)
	a, sign := strconv.AppendFloat(nil, module*k, 'f', 5, 64), 1.0
	p.b = append(p.b, "q "...)
	if corner.turned {
		sign = -1
		p.b = append(append(append(append(p.b, '-'), a...), " 0 0 "...), a...)
	} else {
		p.b = append(append(append(p.b, a...), " 0 0 -"...), a...)
	}
	p.b = append(p.b, ' ')
	p.at(corner.x+sign*quiet*module, corner.y+sign*quiet*module)
	p.op("cm")
	p.rects(m)
	p.op("f Q")
}

// rects is the path: "x y w h re" for each run.
func (p *pen) rects(m *qr.Matrix) {
	p.runs = runs(p.runs[:0], m)
	const longest = len("45 45 45 45 re\n")
	n := len(p.b)
	b := slices.Grow(p.b, longest*len(p.runs)+8) // a pair is written as 8 bytes, whatever it has
	b = b[:cap(b)]
	for _, r := range p.runs {
		from, size := &pairs[r.x][r.y], &pairs[r.w][r.h]
		binary.LittleEndian.PutUint64(b[n:], from.text)
		binary.LittleEndian.PutUint64(b[n+from.n:], size.text)
		n += from.n + size.n
		n += copy(b[n:], "re\n")
	}
	p.b = b[:n]
}
