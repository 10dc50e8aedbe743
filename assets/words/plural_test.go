package words

import (
	"fmt"
	"testing"
)

func TestCounted(t *testing.T) {
	for _, tt := range []struct {
		lang, text string
		args       []any
		want       string
	}{
		{"en", "%d {card|cards}", []any{0}, "0 cards"},
		{"en", "%d {card|cards}", []any{1}, "1 card"},
		{"en", "%d {card|cards}", []any{uint32(2)}, "2 cards"},
		{"en", "%d {card|cards}", []any{-1}, "-1 card"},
		{"en", "%s {card|cards}", []any{"−1"}, "−1 card"},
		{"en", "%s {card|cards}", []any{"+1"}, "+1 card"},
		{"en", "%s {card|cards}", []any{"−10"}, "−10 cards"},
		{"en", "%s {card|cards}", []any{""}, " cards"},
		{"en", "%d {card|cards}", []any{21}, "21 cards"},
		{"en", "%s {card|cards}", []any{"1"}, "1 card"},
		{"en", "%s {card|cards}", []any{"1,001"}, "1,001 cards"},
		{"en", "%s {card|cards}", []any{"may"}, "may cards"},
		{"en", "%d {card|cards} of %d {point|points}", []any{1, 200}, "1 card of 200 points"},
		{"en", "%[2]s: %[1]d {it|them}", []any{1, "x"}, "x: 1 it"},
		{"en", "%[2]d {a|b} of %[1]d {a|b}", []any{1, 2}, "2 b of 1 a"},
		{"en", "%[2]s %s %[1]d {a|b}", []any{1, "x", "y"}, "x y 1 a"},
		{"en", "%-6.2f %%%% %04d {a|b}", []any{2.5, 1}, "2.50   %% 0001 a"},
		{"en", "5%% {a|b}", nil, "5% b"},
		{"en", "%d {a|b} of %d", []any{1}, "1 a of %!d(MISSING)"},
		{"en", "{a|b", []any{1}, "b%!(EXTRA int=1)"},
		{"en", "%", []any{1}, "%!(NOVERB)%!(EXTRA int=1)"},
		{"ja", "%d {枚|まい}", []any{1}, "1 まい"}, // Japanese has one form
	} {
		if got := fmt.Sprintf(counted(tt.lang, tt.text, tt.args), tt.args...); got != tt.want {
			t.Errorf("%s %q %v: %q, want %q", tt.lang, tt.text, tt.args, got, tt.want)
		}
	}
}

// Whatever stands in a text, its verbs stay as they are.
func FuzzCounted(f *testing.F) {
	for _, text := range []string{"%d {card is|cards are} active", "%[2]s %d%% {a|b", "}{|%", "%[1", "%-+# 0.3d{a|b}"} {
		f.Add(text, 1)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		args := []any{n, "x"}
		got := counted("en", text, args)
		if a, b := verbs(text), verbs(got); fmt.Sprint(a) != fmt.Sprint(b) && wellFormed(text) {
			t.Errorf("%q: %q, verbs %q and %q", text, got, a, b)
		}
	})
}
