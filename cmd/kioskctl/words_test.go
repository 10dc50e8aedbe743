package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/printer"
)

// constants returns the texts of a folder's constants that want names, read
// from the source: a new one is found without being told.
func constants(t *testing.T, dir string, want func(name, typ string) bool) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			typ, _ := spec.Type.(*ast.Ident)
			literal, ok := spec.Values[0].(*ast.BasicLit)
			if ok && literal.Kind == token.STRING && (typ != nil && want("", typ.Name) || want(spec.Names[0].Name, "")) {
				text, _ := strconv.Unquote(literal.Value)
				found = append(found, text)
			}
			return true
		})
	}
	return found
}

func ofType(typ string) func(string, string) bool {
	return func(_, t string) bool { return t == typ }
}

func named(prefix string) func(string, string) bool {
	return func(name, _ string) bool { return strings.HasPrefix(name, prefix) && name != prefix }
}

// Whatever journal and hub may say has words: a person never sees the code.
func TestEveryCodeHasWords(t *testing.T) {
	for _, tt := range []struct {
		kind, dir string
		want      func(name, typ string) bool
		least     int
	}{
		{"state", "cards", ofType("State"), 11},
		{"verdict", "cards", ofType("Verdict"), 4},
		{"reason", "hub/ledger", named("reason"), 11},
		{"stop", "hub/ledger", named("Stop"), 2},
	} {
		codes := constants(t, tt.dir, tt.want)
		if len(codes) < tt.least {
			t.Errorf("%s: only %q were found", tt.kind, codes)
		}
		for _, lang := range words.Languages() {
			c := &call{words: words.In(lang)}
			for _, code := range codes {
				if got := c.word(tt.kind, code); got == c.words.Say("cli.code", code) {
					t.Errorf("%s %q has no words in %s", tt.kind, code, lang)
				}
			}
		}
	}
}

func TestEveryOpenCardHasAdvice(t *testing.T) {
	for _, code := range constants(t, "cards", ofType("State")) {
		s := cards.State(code)
		if !s.OfCard() || s.Final() {
			continue
		}
		c := &call{words: words.In("ja")}
		if _, known := c.knows(adviceKey(s)); !known {
			t.Errorf("nothing says what to do about a card that is %s", s)
		}
	}
}

func TestEveryPrinterCodeHasWords(t *testing.T) {
	seen := 0
	for r := printer.Ready + 1; r.Code() != ""; r++ {
		for _, lang := range words.Languages() {
			c := &call{words: words.In(lang)}
			s := printer.Status{Reason: r}
			if what, do := c.paperWords(s.Code(), s.Todo()); what == c.words.Say("printer.other") || strings.HasPrefix(what, "‹") || do == "" {
				t.Errorf("%s has no words in %s", r.Code(), lang)
			}
			if _, known := c.knows("printer." + s.Code() + ".pill"); !known {
				t.Errorf("%s has no words for the pill in %s", r.Code(), lang)
			}
		}
		seen++
	}
	if seen < 9 {
		t.Errorf("only %d codes", seen)
	}
}

// What a newer hub says is named, not swallowed.
func TestUnknownCode(t *testing.T) {
	c := &call{words: words.In("en")}
	if got := c.word("stop", "moon"); got != "another reason (moon)" {
		t.Errorf("%q", got)
	}
	if got, _ := c.paperWords("P-99", "printer.P-99.do"); got != c.words.Say("printer.other") {
		t.Errorf("%q", got)
	}
}

// On command lines one thing has one name too: ふた, 取消 where it is no verb; a
// window is no 窓, and 端末 is the screens' word for the kiosk.
func TestOneWordForEachThing(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "assets", "words", "ja", "cli.json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	for key, text := range texts {
		for _, word := range []string{"カバー", "取り消しを", "取り消しが", "取り消しず", "窓", "端末", "つきません", "受けつけ", "損失"} {
			if strings.Contains(text, word) {
				t.Errorf("%s says %s: %s", key, word, text)
			}
		}
	}
}

// Every printer profile has words for whoever chooses it.
func TestEveryProfileHasWords(t *testing.T) {
	for _, lang := range words.Languages() {
		c := &call{words: words.In(lang)}
		for _, p := range printer.Profiles() {
			if _, known := c.knows("printer.profile." + p.Name); !known {
				t.Errorf("%s: nothing is said of %s", lang, p.Name)
			}
		}
	}
}
