// Package tongue tells which language the person at a terminal reads.
//
// It reads the environment as POSIX orders it (Base Definitions 8.2) and keeps
// nothing.
package tongue

import (
	"cmp"
	"strings"

	"pointkiosk/assets/words"
)

// Words are those of LC_ALL, else of LC_MESSAGES, else of LANG. Where none is
// set, or the locale is one without a language, they are English: such a
// terminal may have no Japanese font.
func Words(getenv func(string) string) *words.Words {
	locale := cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"))
	lang, _, _ := strings.Cut(locale, ".")
	lang, _, _ = strings.Cut(lang, "_")
	switch lang {
	case "", "C", "POSIX":
		lang = "en"
	}
	return words.In(lang)
}
