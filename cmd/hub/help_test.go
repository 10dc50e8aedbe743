package main

import (
	"context"
	"flag"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/packaging/proof"
)

// All that hub says of itself, in each language.
func TestHelp(t *testing.T) {
	for _, lang := range words.Languages() {
		all := ok(t, "", "help", "--lang", lang)
		for _, c := range commands() {
			all += "\n---- hub " + c.name + " -h\n" + ok(t, "", append(strings.Fields(c.name), "-h", "--lang="+lang)...)
		}
		proof.Golden(t, "help."+lang+".txt", all)
	}
}

// Each command is in the overview, has an example that begins with its name,
// tells each of its flags and no other, and no line is too long for a terminal.
func TestHelpIsWhole(t *testing.T) {
	for _, lang := range words.Languages() {
		w := words.In(lang)
		for _, c := range commands() {
			text := w.Say(c.key())
			if !strings.HasPrefix(text, "hub "+c.name) || !regexp.MustCompile(`(?m)^(Example|例): .*hub `+c.name).MatchString(text) {
				t.Errorf("%s: %s:\n%s", lang, c.name, text)
			}
			if first := strings.Fields(c.name); !regexp.MustCompile(`(?m)^  hub ` + first[0] + `\b`).MatchString(w.Say("hub.help")) {
				t.Errorf("%s: %s is not in the overview", lang, c.name)
			}
			flags := map[string]bool{}
			k := &call{ctx: context.Background(), streams: streams{nil, io.Discard, io.Discard}, words: w}
			if err := k.run(c, []string{"-h"}); err != nil {
				t.Error(err)
			}
			k.flags.VisitAll(func(f *flag.Flag) { flags["--"+f.Name] = true })
			own, _, _ := strings.Cut(text, "\nExample: ")
			own, _, _ = strings.Cut(own, "\n例: ")
			for name := range flags {
				if name != "--data" && !regexp.MustCompile(`(?m)^  `+name+`\b`).MatchString(own) {
					t.Errorf("%s: the help of %s does not tell of %s", lang, c.name, name)
				}
			}
			for _, name := range regexp.MustCompile(`--[a-z-]+`).FindAllString(own, -1) {
				if !flags[name] {
					t.Errorf("%s: the help of %s tells of %s", lang, c.name, name)
				}
			}
			for line := range strings.Lines(text) {
				if width(line) > 130 {
					t.Errorf("%s: %s: %d columns: %s", lang, c.name, width(line), line)
				}
			}
		}
	}
}

// The language is the terminal's unless the command line says another.
func TestLanguage(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	for _, tt := range []struct {
		env  string
		args []string
		want string
	}{
		{"en_US.UTF-8", nil, "there is no hub"}, {"ja_JP.UTF-8", nil, "まだハブがありません"}, {"C.UTF-8", nil, "there is no hub"},
		{"en_US.UTF-8", []string{"--lang", "ja"}, "まだハブがありません"}, {"ja_JP.UTF-8", []string{"--lang=en"}, "there is no hub"},
		{"ja_JP.UTF-8", []string{"--flag"}, "使い方が出ます"},
	} {
		t.Setenv("LC_ALL", tt.env)
		_, err := try(t, "", append([]string{"check", "--data", data}, tt.args...)...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %v: %v", tt.env, tt.args, err)
		}
	}
	for _, args := range [][]string{{"--lang", "fr", "check"}, {"check", "--lang"}} {
		if _, err := try(t, "", args...); status(err) != 2 {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// Columns stay columns where letters are two columns wide.
func TestTable(t *testing.T) {
	var b strings.Builder
	list := newTable("名前\tN\tx")
	list.row("駅前1", 7, "")
	list.row("KSZ", 1234, "ｶﾅ")
	if err := list.write(&b); err != nil || b.String() != "名前   N     x\n駅前1  7\nKSZ    1234  ｶﾅ\n" {
		t.Errorf("%v\n%s", err, b.String())
	}
}
