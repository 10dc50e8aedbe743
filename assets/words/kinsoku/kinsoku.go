// Package kinsoku says between which two characters a line may end.
//
// It is one rule for paper and screen: what JIS X 4051:2004 forbids never
// happens, and of what it allows some places are better than others. The
// package measures nothing and breaks no line: who does knows the width.
package kinsoku

import (
	"strings"
	"unicode"
)

// What must not begin a line, and what must not end one: JIS X 4051:2004,
// appendix, class 1 (opening brackets) and classes 2 to 6, 9 and 11 (closing
// brackets, marks, small kana, sound and iteration marks), with their
// half-width forms; and a circled number, which leads what follows it.
const (
	notFirst = "、。，．・：；？！ー）］｝」』】〉》〕’”゛゜ヽヾゝゞ々〻‐–〜～…‥%％‰℃" +
		"ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ｡､｣･ｧｨｩｪｫｬｭｮｯｰﾞﾟ,.:;?!)]}"
	notLast = "（［｛「『【〈《〔‘“｢([{￥¥＄$#＃№①②③④⑤⑥⑦⑧⑨"
	dashes  = "—―"
	units   = "円枚件回日月年時分秒階台名人点号番" // never at a line's start behind a number
)

// InsideWord is how bad it is to break a word, or a number from what it counts.
// No place is worse.
const InsideWord = 60

// AfterHyphen is how bad it is to break an address where the hyphen may be taken for
// the line's end alone: the last resort.
const AfterHyphen = 80

// Cuts calls try with the two lines of every way to break a text in two, and with how
// bad the place is.
func Cuts(text string, try func(first, second string, bad int)) {
	runes := []rune(text)
	for i := 1; i < len(runes); i++ {
		bad, ok := Break(runes[i-1], runes[i])
		first, second := strings.TrimSpace(string(runes[:i])), strings.TrimSpace(string(runes[i:]))
		if ok && first != "" && second != "" {
			try(first, second, bad)
		}
	}
}

// Break is [Between], and lets an address, which has no spaces, be broken if need be,
// best after a point.
func Break(a, b rune) (bad int, ok bool) {
	if bad, ok = Between(a, b); ok || b <= ' ' || b >= 0x7F || strings.ContainsRune(".-/:", b) {
		return bad, ok
	}
	switch a {
	case '.', '/':
		return InsideWord, true
	case '-':
		return AfterHyphen, true
	}
	return bad, ok
}

// Between reports whether a line may end between two characters, and how bad
// that is, in tenths of a character's width. Spaces are for the end of a line.
func Between(a, b rune) (bad int, ok bool) {
	switch {
	case unicode.IsSpace(b):
		return 0, false // the line ends after the space
	case unicode.IsSpace(a):
		return 0, true
	case strings.ContainsRune(notFirst, b), strings.ContainsRune(notLast, a):
		return 0, false
	case unicode.IsDigit(a) && strings.ContainsRune(units, b):
		return 0, false
	case a == b && strings.ContainsRune(dashes, a):
		return 0, false // two are one (class 8)
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
	case sb == kanji && strings.ContainsRune("おご", a):
		return InsideWord, true // お米, ご本人
	case sb == kanji && strings.ContainsRune("りけきみめせげべびぎれちえじ", a):
		return 30, true // 取り消す, 受け取る: the stem of a verb, hardly ever a particle
	case sa == hiragana && sb != hiragana:
		return 5, true // mostly after a particle
	case sa == katakana && sb == latin:
		return 20, true // a name and its year
	case sa == sb, sb == hiragana, sa == latin, sb == latin:
		return InsideWord, true
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
