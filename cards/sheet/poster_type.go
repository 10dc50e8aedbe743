package sheet

import (
	"math"
	"strings"

	"pointkiosk/assets"
	"pointkiosk/assets/words/kinsoku"
	"pointkiosk/cards/face"
)

// leastPoster is the smallest type on A4, in mm: 11 pt.
const leastPoster = 3.9

func pictureOf(name string) []byte { return assets.Picture(name) }

// wrap breaks a text into as few lines as it takes, as even as they can be, at
// places no worse than worst; nil if a word is wider than a line.
func (t *typeface) wrap(text string, size, wide float64, worst int) []string {
	type end struct {
		lines, from int
		cost        float64
	}
	runes := []rune(text)
	ends := make([]end, len(runes)+1) // of a line before each character; lines is 0 where none can end
	for to := 1; to <= len(runes); to++ {
		bad, ok := 0, true
		if to < len(runes) {
			bad, ok = kinsoku.Break(runes[to-1], runes[to])
		}
		for from := to - 1; ok && bad <= worst && from >= 0; from-- {
			if from > 0 && ends[from].lines == 0 {
				continue
			}
			slack := wide - t.measure(strings.TrimSpace(string(runes[from:to])), size)
			if slack < -hair {
				break
			}
			e := end{ends[from].lines + 1, from, ends[from].cost + slack*slack/size/size + 0.4*float64(bad)}
			if was := ends[to]; was.lines == 0 || e.lines < was.lines || e.lines == was.lines && e.cost < was.cost {
				ends[to] = e
			}
		}
	}
	lines := make([]string, ends[len(runes)].lines)
	for i, to := len(lines)-1, len(runes); i >= 0; i, to = i-1, ends[to].from {
		lines[i] = strings.TrimSpace(string(runes[ends[to].from:to]))
	}
	return lines
}

// posterRounds are how a text is set: on one line or two, somewhat smaller if it
// must be; on several, broken where it is good; broken anywhere.
var posterRounds = []struct {
	most, bad int
	least     float64 // of the size wanted
}{{1, 0, 0.9}, {2, 30, 0.85}, {9, 30, 0.5}, {9, kinsoku.InsideWord, 0.5}, {9, kinsoku.AfterHyphen, 0.4}}

// para is a text in at most so many lines.
func (l *layout) para(field, t string, s style, wide float64, most int) (rows []row) {
	if t == "" {
		return nil
	}
	if err := drawable(l.fonts, field, t); err != nil {
		l.fail(err)
		return nil
	}
	s.size = max(s.size, leastPoster)
	for _, round := range posterRounds {
		for size := s.size; size >= max(s.size*round.least, leastPoster); size = math.Floor(size*98) / 100 {
			lines := l.font(s.bold).wrap(t, size, wide, round.bad)
			if len(lines) == 0 || len(lines) > min(most, round.most) {
				continue
			}
			for _, line := range lines {
				rows = append(rows, row{field, line, style{size, s.bold, s.ink}})
			}
			return rows
		}
	}
	l.fail(&face.TooLongError{Field: field, Text: t})
	return nil
}

// centred sets rows below one another in the middle of a column.
func (l *layout) centred(rows []row, u, wide, v float64) {
	for _, r := range rows {
		l.put(r.field, r.text, r.style, u+(wide-l.measure(r.text, r.style))/2, v+r.style.rise())
		v += r.style.high()
	}
}

// panel is a box with round corners.
func (l *layout) panel(u, v, w, h, r float64, c colour) {
	l.side.boxes = append(l.side.boxes, box{l.x(u), l.y(v), w * l.scale, h * l.scale, r * l.scale, c})
}
