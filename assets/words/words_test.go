package words

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSay(t *testing.T) {
	for _, tt := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"ja", "card.unit", nil, "ポイント"},
		{"en", "card.unit", nil, "points"},
		{"en-GB", "card.unit", nil, "points"},
		{"ja", "card.reprint", []any{2}, "再印刷 2"},
		{"xx", "card.unit", nil, "ポイント"},
		{"", "card.unit", nil, "ポイント"},
		{"ja", "no.such", []any{1}, "‹no.such›"},
		{"en", "cli.sheets.made", []any{1, 1, "x"}, "1 card in 1 file: x"},
		{"en", "cli.sheets.made", []any{10, 1, "x"}, "10 cards in 1 file: x"},
		{"en", "issue.cards", nil, "%s cards"}, // no braces, whatever the caller forgot
		{"en", "range.done", []any{"1"}, "1 point card is active"},
		{"en", "range.done", []any{"1,000"}, "1,000 point cards are active"},
	} {
		if got := In(tt.lang).Say(tt.key, tt.args...); got != tt.want {
			t.Errorf("In(%q).Say(%q) = %q, want %q", tt.lang, tt.key, got, tt.want)
		}
	}
}

func TestEveryFolderIsALanguage(t *testing.T) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, e := range entries {
		folders = append(folders, e.Name())
	}
	if want := slices.Sorted(slices.Values(Languages())); !slices.Equal(folders, want) {
		t.Errorf("folders %v, languages %v", folders, want)
	}
}

func TestLanguagesSayTheSame(t *testing.T) {
	ja := In("ja").texts
	for _, lang := range Languages() {
		if faults := differences(ja, In(lang).texts); len(faults) > 0 {
			t.Errorf("%s:\n%s", lang, strings.Join(faults, "\n"))
		}
	}
}

// differences lists keys that one language lacks, and texts that are empty or
// have other verbs.
func differences(a, b map[string]string) (faults []string) {
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		textA, inA := a[key]
		textB, inB := b[key]
		switch {
		case !inA || !inB:
			faults = append(faults, key+" is missing in one language")
		case strings.TrimSpace(textA) == "" || strings.TrimSpace(textB) == "":
			faults = append(faults, key+" is empty")
		case !wellFormed(textA) || !wellFormed(textB):
			faults = append(faults, key+" has braces that are no {one|other} behind a verb, or beside a % that begins none")
		case !slices.Equal(verbs(textA), verbs(textB)):
			faults = append(faults, fmt.Sprintf("%s has the verbs %q and %q", key, verbs(textA), verbs(textB)))
		}
	}
	return faults
}

// verbs lists the verbs of a text by the argument that each takes, so that
// languages may order them differently by %[2]s.
func verbs(text string) []string {
	var list []string
	next := 1
	for _, m := range marks.FindAllStringSubmatch(text, -1) {
		if m[2] == "%" || m[2] == "" {
			continue
		}
		if m[1] != "" {
			fmt.Sscan(m[1], &next)
		}
		list = append(list, fmt.Sprint(next, m[2]))
		next++
	}
	slices.Sort(list)
	return list
}

// wellFormed reports whether all braces of a text are {one|other}, with a verb
// somewhere in front, and where there are braces each % begins a verb.
func wellFormed(text string) bool {
	broken := strings.Contains(marks.ReplaceAllString(text, ""), "%")
	return forms.MatchString(text) && !(broken && strings.Contains(text, "{"))
}

var forms = regexp.MustCompile(`^([^{}]*|[^{}]*%[^{}]*(\{[^{}|%]*\|[^{}|%]*\}[^{}]*)*)$`)

func TestDifferencesAreSeen(t *testing.T) {
	good := map[string]string{"a": "x %d of %s 5%%", "b": "y"}
	for _, tt := range []struct {
		name  string
		other map[string]string
		want  int
	}{
		{"the same", map[string]string{"a": "%[2]s: %[1]d, 5%%", "b": "z"}, 0},
		{"a key missing", map[string]string{"a": "x %d of %s"}, 1},
		{"a key more", map[string]string{"a": "x %d of %s", "b": "y", "c": "z"}, 1},
		{"empty", map[string]string{"a": "x %d of %s", "b": " "}, 1},
		{"another verb", map[string]string{"a": "x %s of %s", "b": "y"}, 1},
		{"a verb less", map[string]string{"a": "x %d", "b": "y"}, 1},
		{"verbs swapped", map[string]string{"a": "%s of %d", "b": "y"}, 1},
		{"forms", map[string]string{"a": "%d {x|xs} of %s 5%%", "b": "y"}, 0},
		{"forms without a number", map[string]string{"a": "{x|xs} %d of %s", "b": "y"}, 1},
		{"three forms", map[string]string{"a": "%d {x|xs|y} of %s", "b": "y"}, 1},
		{"forms that don't end", map[string]string{"a": "%d {x|xs of %s", "b": "y"}, 1},
		{"an end without forms", map[string]string{"a": "%d x} of %s", "b": "y"}, 1},
		{"a broken verb", map[string]string{"a": "%{x|xs} %d of %s", "b": "y"}, 1},
		{"a verb in a form", map[string]string{"a": "%d {x|%s}", "b": "y"}, 1},
	} {
		if got := differences(good, tt.other); len(got) != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

// A resident has two kinds of card in hand: which one is meant is always said.
func TestCardIsNeverAlone(t *testing.T) {
	for key, text := range In("ja").texts {
		if cardAlone(text) {
			t.Errorf("%s: %q says カード alone: マイナンバーカード or ポイントカード", key, text)
		}
	}
	for text, want := range map[string]bool{
		"カードを置く": true, "マイナンバーカードとカード": true, "このカード": true,
		"マイナンバーカードとポイントカード": false, "ポイント": false,
	} {
		if cardAlone(text) != want {
			t.Errorf("cardAlone(%q) = %v", text, !want)
		}
	}
}

func cardAlone(text string) bool {
	named := strings.NewReplacer("マイナンバーカード", "", "ポイントカード", "")
	return strings.Contains(named.Replace(text), "カード")
}
