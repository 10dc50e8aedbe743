package kinsoku

import (
	"slices"
	"testing"
)

func TestBetween(t *testing.T) {
	const never = -1
	for _, tt := range []struct {
		two  string
		want int
	}{
		{"行、", never}, {"行。", never}, {"店」", never}, {"（店", never}, {"「店", never}, {"カー", never}, {"キャ", never},
		{"きっ", never}, {"人々", never}, {"ﾊﾞ", never}, {"店…", never}, {"——", never}, {"――", never}, {"店―", 20}, {"¥5", never}, {"5%", never}, {"①ス", never},
		{"10", never}, {"AB", never}, {"P.", never}, {".j", never}, {"字 ", never},
		{"0円", never}, {"2階", never}, {"字日", InsideWord}, {"0名", never}, {"0の", InsideWord},
		{" 字", 0}, {"　字", 0}, {"。次", 0}, {"」次", 0}, {"字「", 0},
		{"を字", 3}, {"お字", InsideWord}, {"り字", 30}, {"りカ", 5}, {"は字", 5}, {"・字", 12}, {"ル会", 20}, {"会ル", 20}, {"館（", 30},
		{"漢字", InsideWord}, {"カタ", InsideWord}, {"読む", InsideWord}, {"R木", InsideWord}, {"ル2", 20}, {"第1", InsideWord},
	} {
		two := []rune(tt.two)
		bad, ok := Between(two[0], two[1])
		if !ok {
			bad = never
		}
		if bad != tt.want {
			t.Errorf("%q: %d, want %d", tt.two, bad, tt.want)
		}
	}
}

// An address has no spaces: it breaks after a point or a stroke, and after a hyphen
// last of all. What may break elsewhere breaks as before.
func TestBreak(t *testing.T) {
	for _, tt := range []struct {
		pair string
		bad  int
		ok   bool
	}{
		{".j", InsideWord, true}, {"/c", InsideWord, true}, {"-a", AfterHyphen, true}, {"ab", 0, false}, {"..", 0, false}, {".-", 0, false}, {"-あ", 0, false},
	} {
		r := []rune(tt.pair)
		want, allowed := Between(r[0], r[1])
		if !allowed {
			want, allowed = tt.bad, tt.ok
		}
		if bad, ok := Break(r[0], r[1]); bad != want || ok != allowed {
			t.Errorf("%q: %d, %v, want %d, %v", tt.pair, bad, ok, want, allowed)
		}
	}
	var got []string
	Cuts("p.example.jp", func(first, second string, _ int) { got = append(got, first+"|"+second) })
	if want := []string{"p.|example.jp", "p.example.|jp"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
