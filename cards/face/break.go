package face

import (
	"strings"

	"pointkiosk/assets/words/kinsoku"
)

// How bad a place to break may be, in tenths of a character's width: between
// words; anywhere; or where a hyphen may be taken for the line's end alone.
const (
	fairCut = 30
	anyCut  = kinsoku.InsideWord
	lastCut = 80
)

// cuts calls try with the two lines of every way to break a text in two, and
// with how bad the place is.
func cuts(text string, try func(first, second string, bad int)) {
	runes := []rune(text)
	for i := 1; i < len(runes); i++ {
		bad, ok := kinsoku.Between(runes[i-1], runes[i])
		if !ok {
			bad, ok = inAddress(runes[i-1], runes[i])
		}
		first, second := strings.TrimSpace(string(runes[:i])), strings.TrimSpace(string(runes[i:]))
		if ok && first != "" && second != "" {
			try(first, second, bad)
		}
	}
}

// inAddress lets the hub's host, which has no spaces, be broken if need be, best
// after a point.
func inAddress(a, b rune) (bad int, ok bool) {
	if b <= ' ' || b >= 0x7F || strings.ContainsRune(".-/:", b) {
		return 0, false
	}
	switch a {
	case '.', '/':
		return anyCut, true
	case '-':
		return lastCut, true
	}
	return 0, false
}
