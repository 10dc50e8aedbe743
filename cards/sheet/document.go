package sheet

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/go-pdf/fpdf"

	"pointkiosk/assets"
)

// newDocument is a PDF without pages.
func newDocument(page Size, title, lang string) *fpdf.Fpdf {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: page.W, Ht: page.H}})
	f.SetCatalogSort(true)
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	f.SetTitle(utf16Text(title), false) // fpdf's own encoder knows three bytes a character
	f.SetLang(lang)
	return f
}

// A subset is the two fonts with some characters only: fpdf reads a font anew
// for each file, and the whole ones would cost more than the cards.
type subset struct {
	runes string
	fonts [2][]byte
}

func newSubset(runes string) subset {
	return subset{runes, [2][]byte{fpdf.UTF8CutFont(assets.Regular(), runes), fpdf.UTF8CutFont(assets.Bold(), runes)}}
}

// has reports whether all characters of a text are there.
func (s *subset) has(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune(s.runes, r) })
}

// A runeSet collects the characters of texts.
type runeSet map[rune]bool

func (s runeSet) add(text string) {
	for _, r := range text {
		s[r] = true
	}
}

// text is each once, in order: the same cards have the same file.
func (s runeSet) text() string { return string(slices.Sorted(maps.Keys(s))) }

// fontName finds the name that fpdf gave to a font.
var fontName = regexp.MustCompile(`/(F[0-9a-f]+) `)

// add gives a document the fonts with the characters of some text, and says how
// they are called in content streams.
func (s *subset) add(f *fpdf.Fpdf, runes string) (names [2]string) {
	for i, weight := range []string{"", "B"} {
		f.AddUTF8FontFromBytes("face", weight, s.fonts[i])
		seen := f.CreateTemplate(func(t *fpdf.Tpl) { // is never used: it only marks the characters
			t.SetFont("face", weight, 10)
			t.Text(0, 0, runes)
		})
		if m := fontName.FindSubmatch(seen.Bytes()); m != nil {
			names[i] = string(m[1])
		}
	}
	return names
}

// utf16Text is a text as PDF wants it outside pages.
func utf16Text(text string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}
