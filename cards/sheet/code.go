package sheet

import (
	"fmt"
	"math/bits"
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

// figures are what a code's path has most of: 0 to 63, each with the space behind
// it.
var figures = func() (texts [64]string) {
	for n := range texts {
		texts[n] = strconv.Itoa(n) + " "
	}
	return texts
}()

// A run is dark modules side by side, one width over several rows.
type run struct{ x, y, w, h int }

// runs calls draw with each run of a code, no module in two of them.
func runs(m *qr.Matrix, draw func(run)) {
	var open [64]run // by the column where they begin; h is 0 where none does
	for y := range m.Size + 1 {
		row := m.Row(y)
		var begun uint64
		for rest := row; rest != 0; {
			x := bits.TrailingZeros64(rest)
			w := bits.TrailingZeros64(^(rest >> x))
			rest &^= (1<<w - 1) << x
			begun |= 1 << x
			if r := &open[x]; r.h > 0 && r.w == w {
				r.h++
				continue
			} else if r.h > 0 {
				draw(*r)
			}
			open[x] = run{x, y, w, 1}
		}
		for x := range m.Size {
			if r := &open[x]; r.h > 0 && begun>>x&1 == 0 {
				draw(*r)
				r.h = 0
			}
		}
	}
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
	b := p.b
	runs(m, func(r run) {
		b = append(append(append(append(append(b, figures[r.x]...), figures[r.y]...), figures[r.w]...), figures[r.h]...), "re\n"...)
	})
	p.b = b
	p.op("f Q")
}
