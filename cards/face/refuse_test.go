package face

import (
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"pointkiosk/assets/words/kinsoku"
	"pointkiosk/cards/qr"
)

func TestMissingGlyph(t *testing.T) {
	f := newFace(t)
	for _, tt := range []struct {
		name  string
		set   func(c *Card)
		field string
		r     rune
	}{
		{"𠮷 in the event", func(c *Card) { c.Event = "𠮷野家まつり" }, "event", '𠮷'},
		{"in the place", func(c *Card) { c.Place = "𠮷祥寺" }, "place", '𠮷'},
		{"in the municipality", func(c *Card) { c.Municipality = "𠮷" }, "municipality", '𠮷'},
		{"in the scheme", func(c *Card) { c.Scheme = "𠮷ポイント" }, "scheme", '𠮷'},
		{"in the contact", func(c *Card) { c.Contact = "𠮷田" }, "contact", '𠮷'},
		{"in the phone", func(c *Card) { c.Phone = "☎\uFE0F" }, "phone", '\uFE0F'},
		{"in the host", func(c *Card) { c.Host = "𠮷.jp" }, "host", '𠮷'},
		{"in the kiosk", func(c *Card) { c.Kiosk = "\U0001F600" }, "kiosk", '\U0001F600'},
		{"emoji", func(c *Card) { c.Event = "まつり🎆" }, "event", '🎆'},
		{"a newline", func(c *Card) { c.Event = "A\nB" }, "event", '\n'},
		{"kana with a loose mark", func(c *Card) { c.Event = "か\u3099" }, "event", '\u3099'},
		{"a variant of a kanji", func(c *Card) { c.Event = "辻\U000E0100" }, "event", '\U000E0100'},
		{"broken UTF-8", func(c *Card) { c.Event = "\xff" }, "event", '\uFFFD'},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := kisarazu()
			tt.set(&c)
			var missing *MissingGlyphError
			if err := f.Check(&c, 384); !errors.As(err, &missing) || missing.Field != tt.field || missing.Rune != tt.r {
				t.Errorf("Check: %v, want %s %U", err, tt.field, tt.r)
			}
			if _, err := f.Draw(&c, 384); !errors.As(err, &missing) {
				t.Errorf("Draw: %v", err)
			}
		})
	}
}

func TestHasGlyph(t *testing.T) {
	f := newFace(t)
	for _, text := range []string{"ﾗｼﾞｵ体操", "麵", "髙﨑", "〜～−‐—", "「」（）・々〆ヶ", "①②③㈱℡", "ＡＢＣ１２３", "café", "　", "…♪"} {
		c := kisarazu()
		c.Event = text + "A"
		if err := f.Check(&c, 384); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTooLong(t *testing.T) {
	f := newFace(t)
	for _, tt := range []struct {
		name  string
		set   func(c *Card)
		field string
	}{
		{"event", func(c *Card) { c.Event = strings.Repeat("長", 40) }, "event"},
		{"place", func(c *Card) { c.Place = strings.Repeat("長", 40) }, "place"},
		{"unbreakable", func(c *Card) { c.Event = strings.Repeat("W", 40) }, "event"},
		{"scheme", func(c *Card) { c.Scheme = strings.Repeat("長", 40) }, "scheme"},
		{"points", func(c *Card) { c.Points = 1 << 60 }, "points"},
		{"reprint", func(c *Card) { c.Reprint = 1 << 60 }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := kisarazu()
			tt.set(&c)
			err := f.Check(&c, 384)
			var long *TooLongError
			if tt.field == "" {
				if err != nil {
					t.Error(err)
				}
			} else if !errors.As(err, &long) || long.Field != tt.field {
				t.Errorf("%v, want %s", err, tt.field)
			}
		})
	}
}

// Whatever Check lets pass, Draw draws: a name of any length.
func TestCheckedIsDrawn(t *testing.T) {
	f := newFace(t)
	for _, width := range []int{384, 576} {
		refused := 0
		for n := 1; n <= 70; n++ {
			c := kisarazu()
			c.Event = strings.Repeat("くらしを守る、防災フェア", 7)[:3*n]
			checked := f.Check(&c, width)
			d, err := f.Draw(&c, width)
			if (checked == nil) != (err == nil) {
				t.Fatalf("%d characters: Check says %v, Draw %v", n, checked, err)
			}
			if err != nil {
				refused++
				continue
			}
			for _, l := range d.Lines {
				if l.Width > width {
					t.Errorf("%q is %d dots wide", l.Text, l.Width)
				}
			}
		}
		if refused == 0 || refused > 45 {
			t.Errorf("%d dots: %d of 70 refused", width, refused)
		}
	}
}

func TestDrawRefuses(t *testing.T) {
	f := newFace(t)
	var long *TooLongError
	for _, tt := range []struct {
		name  string
		url   string
		width int
		want  func(error) bool
	}{
		{"no code", "", 384, func(err error) bool { return errors.Is(err, qr.ErrCharacter) }},
		{"lower case", "https://p.example.jp", 384, func(err error) bool { return errors.Is(err, qr.ErrCharacter) }},
		{"version 8", strings.Repeat("A", 179), 384, func(err error) bool { return errors.As(err, &long) && long.Field == "url" }},
		{"version 7", strings.Repeat("A", 178), 384, func(err error) bool { return err == nil }},
		{"narrow paper", "A", 320, func(err error) bool { return err != nil }},
		{"half a byte", "A", 388, func(err error) bool { return err != nil }},
	} {
		c := kisarazu()
		c.URL = tt.url
		if d, err := f.Draw(&c, tt.width); !tt.want(err) || (d == nil) != (err != nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := New(&Opts{Module: 5}); err == nil {
		t.Error("5 dots a module are accepted")
	}
}

func TestCuts(t *testing.T) {
	f := newFace(t)
	for _, tt := range []struct{ text, want string }{
		{"第12回「くらしを守る」防災・防犯・交通安全フェスティバル", "第12回「くらしを守る」防災・|防犯・交通安全フェスティバル"},
		{"木更津オーガニックフェスティバル2026 ナチュラルバル", "木更津オーガニックフェスティバル|2026 ナチュラルバル"},
		{"JR Kisarazu Station, the large square at the west exit", "JR Kisarazu Station, the|large square at the west exit"},
		{"木更津市立中央公民館（多目的ホール）正面玄関前", "木更津市立中央公民館|（多目的ホール）正面玄関前"},
		{"points.city-of-sagamihara.example.jp", "points.city-of-sagamihara.|example.jp"},
	} {
		p := &plan{f: f, width: 384, scale: 8}
		p.text("event", tt.text, style{size: 32, bold: true})
		var got []string
		for _, l := range p.lines {
			got = append(got, l.Text)
		}
		if p.err != nil || strings.Join(got, "|") != tt.want {
			t.Errorf("%s (%v)", strings.Join(got, "|"), p.err)
		}
	}
}

// JIS X 4051: what begins or ends a line.
func TestForbiddenCuts(t *testing.T) {
	for _, text := range []string{"行、", "行。", "店」", "（店", "「店", "カー", "キャ", "っ", "10", "AB", "5%", "々", "ﾊﾞ", "店…", "¥5"} {
		text = "前" + text + "後"
		kinsoku.Cuts(text, func(first, second string, _ int) {
			if first != "前" && second != "後" {
				t.Errorf("%q is broken as %q, %q", text, first, second)
			}
			if strings.ContainsAny(second[:len(string([]rune(second)[:1]))], "、。」ーャっ々ﾞ…%") {
				t.Errorf("%q begins a line", second)
			}
			if runes := []rune(first); strings.ContainsRune("（「¥", runes[len(runes)-1]) {
				t.Errorf("%q ends a line", first)
			}
		})
	}
}

func TestBitmap(t *testing.T) {
	b := NewBitmap(13, 3)
	b.fill(image.Rect(2, 1, 11, 2))
	for y := range 3 {
		for x := -1; x <= 13; x++ {
			if want := y == 1 && x >= 2 && x < 11; b.Dark(x, y) != want {
				t.Errorf("dot %d,%d", x, y)
			}
		}
	}
	if got := b.Row(1); len(got) != 2 || got[0] != 0x3F || got[1] != 0xE0 {
		t.Errorf("row is %X", got)
	}
	if b.Dark(0, -1) || b.Dark(0, 3) {
		t.Error("dark outside")
	}
	if err := png.Encode(io.Discard, b); err != nil {
		t.Error(err)
	}
}

// A glyph that hangs over an edge is cut, not wrapped round.
func TestStampOutside(t *testing.T) {
	f := newFace(t)
	g := f.glyph('木', 30, true)
	for _, at := range []image.Point{{-20, -20}, {50, 50}, {-100, 0}, {0, 500}, {200, 10}, {-3, 30}, {61, 61}} {
		b, want := NewBitmap(64, 64), NewBitmap(512, 512)
		b.stamp(g, at.X, at.Y, solid)
		want.stamp(g, at.X+256, at.Y+256, solid)
		for y := range 64 {
			for x := range 64 {
				if b.Dark(x, y) != want.Dark(x+256, y+256) {
					t.Fatalf("at %v: dot %d,%d", at, x, y)
				}
			}
		}
	}
}

// Any name is drawn whole, or refused by one of the two errors.
func FuzzEvent(f *testing.F) {
	for _, text := range []string{"ナチュラルバル", "第12回「くらしを守る」防災・防犯・交通安全フェスティバル", "A  B", "　", "\xff", "𠮷", "（（（", "、、、"} {
		f.Add(text)
	}
	face, err := New(&Opts{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := Card{Event: text, URL: "A", Lang: "ja"}
		d, err := face.Draw(&c, 384)
		var missing *MissingGlyphError
		var long *TooLongError
		if err != nil {
			if !errors.As(err, &missing) && !errors.As(err, &long) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		var drawn strings.Builder
		for _, l := range d.Lines {
			drawn.WriteString(l.Text)
			if l.X < 0 || l.X+l.Width > 384 {
				t.Errorf("%q runs from %d to %d", l.Text, l.X, l.X+l.Width)
			}
		}
		dense := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if !strings.Contains(dense(drawn.String()), dense(text)) {
			t.Errorf("%q became %q", text, drawn.String())
		}
	})
}
