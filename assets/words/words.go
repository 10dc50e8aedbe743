// Package words says everything that a person reads on screen or paper, in
// each language.
//
// A text is asked for by its key and stands in <language>/<area>.json; all
// languages have the same keys and the same verbs. A key that is missing shows
// as ‹key›: never as nothing, and never as a crash at an event.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed ja/*.json en/*.json
var files embed.FS

// Languages lists the languages there are; the first is the default.
func Languages() []string { return []string{"ja", "en"} }

// Words are the texts of one language.
type Words struct {
	lang  string
	texts map[string]string
}

// all reads every file once; the tests have seen them, so that an error here
// is a broken build.
var all = sync.OnceValue(func() map[string]*Words {
	read := map[string]*Words{}
	for _, lang := range Languages() {
		w, err := load(lang)
		if err != nil {
			panic(err)
		}
		read[lang] = w
	}
	return read
})

// load merges a language's areas. Two areas must not share a key.
func load(lang string) (*Words, error) {
	w := &Words{lang: lang, texts: map[string]string{}}
	entries, err := files.ReadDir(lang)
	if err != nil {
		return nil, fmt.Errorf("words: %w", err)
	}
	for _, e := range entries {
		name := path.Join(lang, e.Name())
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
		var area map[string]string
		if err := json.Unmarshal(text, &area); err != nil {
			return nil, fmt.Errorf("words: %s: %w", name, err)
		}
		for key, text := range area {
			if _, twice := w.texts[key]; twice {
				return nil, fmt.Errorf("words: %s: %s stands in another area too", name, key)
			}
			w.texts[key] = text
		}
	}
	return w, nil
}

// In gives the words of a language, "ja" or "en"; a language that isn't there
// gives the default, a longer tag such as "en-GB" its first part.
func In(lang string) *Words {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	if w, ok := all()[lang]; ok {
		return w
	}
	return all()[Languages()[0]]
}

// Lang is the language that these words are in.
func (w *Words) Lang() string { return w.lang }

// Say gives the text of a key, with args in the place of its verbs, and of each
// {one|other} the form that goes with the number in front of it.
func (w *Words) Say(key string, args ...any) string {
	text, ok := w.texts[key]
	switch {
	case !ok:
		return "‹" + key + "›"
	case strings.Contains(text, "{"):
		text = counted(w.lang, text, args)
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}
