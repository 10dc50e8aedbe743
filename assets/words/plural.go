package words

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// marks finds a text's verbs, each with the argument that it names and its letter, and
// its {one|other}.
var marks = regexp.MustCompile(`%[-+# 0]*(?:\[(\d+)\])?[\d.]*([a-zA-Z%])|\{([^|}]*)\|?([^}]*)\}?`)

// counted chooses between the forms of each {one|other} by the number in front
// of it, the argument that the verb before it takes: "%d {card is|cards are} left".
// One is what the language counts as one (Unicode CLDR, Language Plural Rules).
func counted(lang, text string, args []any) string {
	next, last := 0, -1 // the next verb's argument, and the one that the last verb took
	return marks.ReplaceAllStringFunc(text, func(mark string) string {
		m := marks.FindStringSubmatch(mark)
		if mark[0] == '{' {
			if last >= 0 && last < len(args) && isOne(lang, args[last]) {
				return m[3]
			}
			return m[4]
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			next = n - 1
		}
		if m[2] != "%" {
			last = next
			next++
		}
		return mark
	})
}

// isOne reports whether a count, a whole number or Number's text, is one, whatever its
// sign.
func isOne(lang string, count any) bool {
	n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimLeft(fmt.Sprint(count), "+-−"), ",", ""))
	return err == nil && plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0) == plural.One
}
