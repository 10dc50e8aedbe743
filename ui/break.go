package ui

import (
	"math"
	"strings"
	"unicode"
)

// What must not begin a line, and what must not end one: JIS X 4051:2004,
// appendix classes 1 (opening brackets) and 2 to 6, 9 and 11 (closing
// brackets, marks, small kana, sound and iteration marks).
const (
	notFirst = "、。，．・：；？！ー）］｝」』】〉》〕’”゛゜ヽヾゝゞ々〻…％‰℃円枚件回日月年時分秒%" +
		"ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}"
	notLast = "（［｛「『【〈《〔‘“([{￥¥＄$#＃№①②③"
)

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
		bad, ok := 0.0, true
		if end < n {
			bad, ok = cutBetween(text[end-1], text[end])
		}
		if !ok || bad > worst {
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
			if c := best[from].cost + lineCost(width-w, bad, end-from, end == n); c < best[end].cost {
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

// insideWord is how bad it is to break a word, or a number from its unit.
const insideWord = 60

// cutBetween reports whether a line may end between two characters, and how
// bad that is, in tenths of a character's width.
func cutBetween(a, b rune) (bad float64, ok bool) {
	switch {
	case unicode.IsSpace(b):
		return 0, false // the line ends after the space
	case unicode.IsSpace(a):
		return 0, true
	case strings.ContainsRune(notFirst, b), strings.ContainsRune(notLast, a):
		return 0, false
	}
	switch sa, sb := scriptOf(a), scriptOf(b); {
	case sa == latin && sb == latin:
		return 0, false // a word, a number or a serial stays whole
	case strings.ContainsRune("、。！？!?」』）)】", a), strings.ContainsRune("「『【", b):
		return 0, true
	case a == '・':
		return 12, true
	case a == 'を':
		return 3, true // never but a particle
	case strings.ContainsRune("（(", b):
		return 30, true // what stands in brackets belongs to the word before
	case sa == hiragana && sb != hiragana:
		return 5, true // mostly after a particle
	case sa == sb, sb == hiragana, sa == latin, sb == latin:
		return insideWord, true
	}
	return 20, true
}

type script int

const (
	other script = iota
	latin
	hiragana
	katakana
	kanji
)

func scriptOf(r rune) script {
	switch {
	case r > ' ' && r < 0x300:
		return latin
	case unicode.Is(unicode.Hiragana, r):
		return hiragana
	case unicode.Is(unicode.Katakana, r), r == 'ー':
		return katakana
	case unicode.Is(unicode.Han, r):
		return kanji
	}
	return other
}
