package ui

import (
	"slices"
	"strings"
	"testing"
)

// em gives every full character one em and every letter half of one.
func em(r rune) float64 {
	if r < 0x300 {
		return 0.5
	}
	return 1
}

func TestBreakLines(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		width      float64
		worst      float64
		want       []string
	}{
		{"fits", "もどる", 3, insideWord, []string{"もどる"}},
		{"after a particle", "マイ食器・マイバッグをお持ちの方に", 12, insideWord, []string{"マイ食器・マイバッグを", "お持ちの方に"}},
		{"no lonely end", "電波がもどると自動で送ります", 13, insideWord, []string{"電波がもどると", "自動で送ります"}},
		{"no mark first", "あいうえお。かきくけこ", 5, insideWord, []string{"あいう", "えお。", "かきくけこ"}},
		{"no small kana first", "ちょっとしゃっくり", 5, insideWord, []string{"ちょっと", "しゃっくり"}},
		{"no bracket last", "きょうは（日曜日）ですね", 6, insideWord, []string{"きょうは", "（日曜日）", "ですね"}},
		{"at a space", "Please call staff now", 6, insideWord, []string{"Please call", "staff now"}},
		{"a serial stays whole", "番号 0000-18R0-0259 です", 8, insideWord, []string{"番号", "0000-18R0-0259", "です"}},
		{"a new line", "一\n二", 9, insideWord, []string{"一", "二"}},
		{"a word too wide", "Donation", 3, insideWord, nil},
		{"a word is not broken", "カードを", 3, insideWord - 1, nil},
		{"empty", "", 3, insideWord, []string{""}},
	} {
		if got := breakLines(tt.text, tt.width, tt.worst, em); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Whatever the text: nothing of it is lost, no line is too wide, and none
// begins or ends where it must not.
func FuzzBreakLines(f *testing.F) {
	for _, text := range []string{"マイ食器・マイバッグをお持ちの方に", "Please call staff.", "「」、。っゃー", " 　\n", "\xff"} {
		f.Add(text, 7.5)
	}
	f.Fuzz(func(t *testing.T, text string, width float64) {
		if !(width >= 0) || len(text) > 400 {
			return
		}
		lines := breakLines(text, width, insideWord, em)
		if lines == nil {
			return
		}
		if got, want := squash(strings.Join(lines, "")), squash(text); got != want {
			t.Errorf("%q became %q", want, got)
		}
		for i, line := range lines {
			w := 0.0
			for _, r := range line {
				w += em(r)
			}
			if w > width+1e-9 {
				t.Errorf("%q is %.1f wide, not %.1f", line, w, width)
			}
			if r := []rune(line); i > 0 && len(r) > 0 && strings.ContainsRune("、。）」っゃー", r[0]) && !strings.ContainsAny(text, " 　\n\t") && strings.TrimSpace(text) == text {
				t.Errorf("%q begins a line", line)
			}
		}
	})
}

func squash(s string) string { return strings.Join(strings.Fields(string([]rune(s))), "") }
