package words

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// counted chooses between the forms of each {one|other} by the number in front
// of it, the argument that the verb before it takes: "%d {card is|cards are} left".
// One is what the language counts as one (Unicode CLDR, Language Plural Rules).
func counted(lang, text string, args []any) string {
	var out strings.Builder
	next, last := 0, -1 // the next verb's argument, and the one that the last verb took
	for text != "" {
		at := strings.IndexAny(text, "%{")
		if at < 0 {
			break
		}
		out.WriteString(text[:at])
		text = text[at:]
		if text[0] == '{' {
			forms, rest, _ := strings.Cut(text[1:], "}")
			one, other, _ := strings.Cut(forms, "|")
			if last >= 0 && last < len(args) && isOne(lang, args[last]) {
				other = one
			}
			out.WriteString(other)
			text = rest
			continue
		}
		end, index, takes := verb(text)
		if index > 0 {
			next = index - 1
		}
		if takes {
			last = next
			next++
		}
		out.WriteString(text[:end])
		text = text[end:]
	}
	return out.String() + text
}

// verb reads the verb that a text begins with: where it ends, the argument that it
// names, from 1, or 0 if none, and whether it takes one.
func verb(text string) (end, index int, takes bool) {
	end = 1 + len(text[1:]) - len(strings.TrimLeft(text[1:], "-+# 0"))
	if named, rest, ok := strings.Cut(text[end:], "]"); ok && strings.HasPrefix(named, "[") {
		index, _ = strconv.Atoi(named[1:])
		end = len(text) - len(rest)
	}
	end = len(text) - len(strings.TrimLeft(text[end:], ".0123456789"))
	if end == len(text) {
		return end, index, false
	}
	return end + 1, index, text[end] != '%'
}

// isOne reports whether a count, a whole number or Number's text, is one, whatever its
// sign.
func isOne(lang string, count any) bool {
	n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimLeft(fmt.Sprint(count), "+-−"), ",", ""))
	return err == nil && plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0) == plural.One
}
