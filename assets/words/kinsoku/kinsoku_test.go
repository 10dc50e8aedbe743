package kinsoku

import "testing"

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
