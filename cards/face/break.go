package face

import (
	"strings"
	"unicode"
)

// What must not begin a line, and what must not end one: JIS X 4051:2004
// 6.1, closing brackets, marks, small kana, iteration and unit signs in the
// first; opening brackets and currency signs in the other; with their
// half-width forms.
const (
	notFirst = "、。，．・：；？！ー）］｝」』】〉》〕’”゛゜ヽヾゝゞ々〻‐–〜～…‥%％‰℃" +
		"ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ｡､｣･ｧｨｩｪｫｬｭｮｯｰﾞﾟ,.:;?!)]}"
	notLast = "（［｛「『【〈《〔‘“｢([{￥¥＄$#＃№"
)

// How bad a place to break may be, in tenths of a character's width: between
// words, or anywhere.
const (
	fairCut = 10
	anyCut  = 40
)

// cuts calls try with the two lines of every way to break a text in two, and
// with how bad the place is.
func cuts(text string, try func(first, second string, bad int)) {
	runes := []rune(text)
	for i := 1; i < len(runes); i++ {
		first, second := string(runes[:i]), string(runes[i:])
		if unicode.IsSpace(runes[i-1]) || unicode.IsSpace(runes[i]) {
			first, second = strings.TrimSpace(first), strings.TrimSpace(second)
			if first != "" && second != "" {
				try(first, second, 0)
			}
			continue
		}
		if bad, ok := cutBetween(runes[i-1], runes[i]); ok {
			try(first, second, bad)
		}
	}
}

// cutBetween reports whether a line may end between two characters, and how
// bad that is.
func cutBetween(a, b rune) (bad int, ok bool) {
	if strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a) {
		return 0, false
	}
	switch sa, sb := scriptOf(a), scriptOf(b); {
	case sa == latin && sb == latin:
		return anyCut, strings.ContainsRune(".-/", a) // in an address, at worst
	case strings.ContainsRune("、。，・！？!?」』）)】", a), strings.ContainsRune("「『（(【", b):
		return 0, true
	case sa == hiragana && sb != hiragana:
		return 5, true // mostly after a particle
	case sa == sb, sa == kanji && sb != katakana, sa == latin && sb == kanji:
		return 30, true // inside a word, or between a number and its unit
	default:
		return fairCut, true
	}
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
	case r > ' ' && r < 0x7F:
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
