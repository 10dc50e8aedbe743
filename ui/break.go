package ui

import (
	"math"
	"strings"
	"unicode"

	"pointkiosk/assets/words/kinsoku"
)

// insideWord is the worst place there is.
const insideWord = kinsoku.InsideWord

// breakLines breaks a text into as few lines as fit into a width, in ems, at
// the best places: after a space or a mark, after a particle, and not with one
// lonely character on the last line. No place is worse than worst; nil means
// that there is no way.
func breakLines(text string, width, worst float64, advance func(rune) float64) (lines []string) {
	for _, paragraph := range strings.Split(text, "\n") {
		broken := breakParagraph([]rune(strings.TrimSpace(paragraph)), width, worst, advance)
		if broken == nil {
			return nil
		}
		lines = append(lines, broken...)
	}
	return lines
}

// A turn is the best way to have broken the text up to a place.
type turn struct {
	cost float64
	from int // where the last line began
}

// breakParagraph finds the cheapest way, from left to right.
func breakParagraph(text []rune, width, worst float64, advance func(rune) float64) []string {
	n := len(text)
	best := make([]turn, n+1)
	for end := 1; end <= n; end++ {
		best[end].cost = math.Inf(1)
		bad, ok := 0, true
		if end < n {
			bad, ok = kinsoku.Between(text[end-1], text[end])
		}
		if !ok || float64(bad) > worst {
			continue
		}
		w := 0.0
		for from := end - 1; from >= 0; from-- {
			if !(w == 0 && unicode.IsSpace(text[from])) { // a space at the end takes no room
				w += advance(text[from])
			}
			if w > width {
				break
			}
			if c := best[from].cost + lineCost(width-w, float64(bad), end-from, end == n); c < best[end].cost {
				best[end] = turn{c, from}
			}
		}
	}
	if n > 0 && math.IsInf(best[n].cost, 1) {
		return nil
	}
	return linesOf(text, best)
}

// lineCost says how bad a line is: one line more is better than a line that ends
// inside a word.
func lineCost(slack, bad float64, runes int, last bool) float64 {
	cost := 15 + bad + 0.15*slack*slack
	if last && runes < 3 {
		cost += 30
	}
	return cost
}

func linesOf(text []rune, best []turn) (lines []string) {
	for end := len(text); end > 0; end = best[end].from {
		lines = append(lines, strings.TrimSpace(string(text[best[end].from:end])))
	}
	if len(lines) == 0 {
		return []string{""}
	}
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return lines
}
