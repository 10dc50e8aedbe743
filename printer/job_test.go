package printer_test

import (
	"errors"
	"image"
	"strings"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

func native(t *testing.T) printer.Profile {
	t.Helper()
	p, err := printer.Named("epson-tm-58")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestJapanese prints what Japanese text is made of: what the code page lacks
// is drawn within the line, or the text is refused with the character named.
func TestJapanese(t *testing.T) {
	font := newFont(t)
	for _, tt := range []struct {
		name, text string
		times      int
		draw       bool
		says       string // □ is drawn
		refused    string
	}{
		{"kanji", "木更津市", 1, false, "木更津市", ""},
		{"half-width kana", "ﾗｼﾞｵ体操", 1, false, "ﾗｼﾞｵ体操", ""},
		{"Latin", "JR Kisarazu 1:2", 1, false, "JR Kisarazu 1:2", ""},
		{"yen", "¥200", 1, false, "¥200", ""},
		{"backslash", `a\b`, 1, true, "a□b", ""},
		{"old form", "讃岐饂飩と麵", 1, true, "讃岐饂飩と□", ""},
		{"old form, nobody draws", "讃岐饂飩と麵", 1, false, "", "'麵'"},
		{"old form, larger", "麵", 2, true, "", "'麵'"},
		{"beyond the basic plane, not in the font", "𠮷野", 1, true, "", "'𠮷'"},
		{"IBM's", "髙橋", 1, true, "□橋", ""},
		{"NEC's", "①", 1, true, "□", ""},
		{"large", "２００", 4, false, "２００", ""},
		{"too wide", strings.Repeat("あ", 17), 1, false, "", "408 dots does not fit 384"},
		{"a control", "a\nb", 1, false, "", `'\n'`},
		{"nothing", "", 1, false, "", "0 dots"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind := native(t)
			vp, err := printertest.New(printertest.Like(kind))
			if err != nil {
				t.Fatal(err)
			}
			opts := &printer.Opts{Profile: kind, Now: vp.Now}
			if tt.draw {
				opts.Draw = font.cell
			}
			d, err := printer.New(vp, opts)
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Print(&printer.Text{Runs: []printer.Run{{Text: tt.text, Times: tt.times}}})
			if tt.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tt.refused) || vp.Received() != 0 {
					t.Errorf("%v, %d bytes left", err, vp.Received())
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(vp.Pages()[0].Text, "\n"); got != tt.says {
				t.Errorf("the paper says %q, want %q", got, tt.says)
			}
			clean(t, vp)
		})
	}
}

// TestDrawnWithinTheLine has a glyph full of real-time commands, and the dots
// of another where they belong.
func TestDrawnWithinTheLine(t *testing.T) {
	mined := printer.NewBitmap(24, 24)
	column := func(b *printer.Bitmap, x int, bytes ...byte) {
		for y := range 8 * len(bytes) {
			if bytes[y/8]>>(7-y%8)&1 == 1 {
				b.Fill(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	column(mined, 0, 0xFF, 0x00, 0x10) // the next column begins with the rest
	column(mined, 1, 0x04, 0x01, 0xFF)
	stuck := printer.NewBitmap(24, 24)
	column(stuck, 3, 0x10, 0x04, 0x01)
	kind := native(t)
	vp, err := printertest.New(printertest.Like(kind))
	if err != nil {
		t.Fatal(err)
	}
	d, err := printer.New(vp, &printer.Opts{Profile: kind, Now: vp.Now, Draw: func(c rune) printer.Raster {
		if c == '①' {
			return mined
		}
		return stuck
	}})
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) *printer.Text { return &printer.Text{Runs: []printer.Run{{Text: s, X: 48}}} }
	if _, err := d.Print(text("②")); err == nil || vp.Received() != 0 {
		t.Errorf("a command: %v, %d bytes left", err, vp.Received())
	}
	if _, err := d.Print(text("①")); err != nil {
		t.Fatal(err)
	}
	clean(t, vp)
	page := vp.Pages()[0]
	for y := range 24 {
		if row := page.Row(kind.Blade + y)[6:9]; string(row) != string(mined.Row(y)) {
			t.Fatalf("row %d is % x, drawn as % x", y, row, mined.Row(y))
		}
	}
}

// TestUnfitJobs are refused before a byte of theirs has left.
func TestUnfitJobs(t *testing.T) {
	b := printer.NewBitmap(384, 400)
	code := func(change func(*printer.Code)) *printer.Code {
		c := &printer.Code{Raster: b, Area: image.Rect(66, 60, 66+252, 60+252), Module: 12, Text: "HTTPS://A.EXAMPLE"}
		change(c)
		return c
	}
	odd := printer.NewBitmap(384, 400)
	odd.Fill(image.Rect(66, 60, 67, 61))
	for _, tt := range []struct {
		name   string
		layout printer.Layout
		job    []printer.Raster
		want   string // "" is that it is printed
	}{
		{"a code", printer.Native, []printer.Raster{code(func(*printer.Code) {})}, ""},
		{"nothing", printer.Whole, nil, "empty"},
		{"modules too large", printer.Native, []printer.Raster{code(func(c *printer.Code) { c.Area.Max = c.Area.Min.Add(image.Pt(21*17, 21*17)); c.Module = 17 })}, "lies outside"},
		{"not square", printer.Whole, []printer.Raster{code(func(c *printer.Code) { c.Area.Max.Y-- })}, "none of modules"},
		{"not in the middle", printer.Native, []printer.Raster{code(func(c *printer.Code) { c.Area = c.Area.Add(image.Pt(10, 0)) })}, "in the middle only"},
		{"no such level", printer.Native, []printer.Raster{code(func(c *printer.Code) { c.Level = 'X' })}, "level 'X'"},
		{"not ASCII", printer.Native, []printer.Raster{code(func(c *printer.Code) { c.Text = "あ" })}, "no code has"},
		{"an odd place", printer.Cropped, []printer.Raster{code(func(c *printer.Code) { c.Area = c.Area.Add(image.Pt(1, 0)) })}, "no half resolution"},
		{"dots of their own", printer.NativeText, []printer.Raster{code(func(c *printer.Code) { c.Raster = odd })}, "the four dots at"},
		{"text that isn't drawn", printer.Cropped, []printer.Raster{&printer.Text{Runs: []printer.Run{{Text: "a"}}}}, "the text has none"},
		{"runs on each other", printer.Native, []printer.Raster{&printer.Text{Runs: []printer.Run{{Text: "aaa"}, {Text: "b", X: 30}}}}, "stands on"},
		{"too large", printer.Native, []printer.Raster{&printer.Text{Runs: []printer.Run{{Text: "a", Times: 9}}}}, "9 times"},
		{"drawn instead", printer.Native, []printer.Raster{&printer.Text{Raster: b, Runs: []printer.Run{{Text: "a", Times: 9}}}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind := native(t)
			kind.Layout = tt.layout
			vp, d := model(t, kind)
			_, err := d.Print(tt.job...)
			_, doubt := errors.AsType[*printer.UncertainError](err)
			switch {
			case tt.want == "" && err != nil, doubt:
				t.Errorf("got %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || vp.Received() != 0):
				t.Errorf("got %v after %d bytes, want %s", err, vp.Received(), tt.want)
			}
			clean(t, vp)
		})
	}
}

// TestKilledNative lets a process die anywhere in a card of letters and a code.
func TestKilledNative(t *testing.T) {
	for _, l := range []printer.Layout{printer.NativeText, printer.Native} {
		kind := native(t)
		kind.Layout = l
		e := drawEight(t, kind.Dots, 6)
		vp, err := printertest.New(printertest.Like(kind))
		if err != nil {
			t.Fatal(err)
		}
		rec := &recorder{Conn: vp}
		d, err := printer.New(rec, &printer.Opts{Profile: kind, Now: vp.Now})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Print(e.job...); err != nil {
			t.Fatal(err)
		}
		for k := 0; k <= len(rec.sent); k += 3 + k/600*53 {
			vp, d := model(t, kind)
			if err := vp.Tx(rec.sent[:k], nil); err != nil {
				t.Fatal(err)
			}
			proof, err := d.Print(e.job...)
			if err != nil || proof != printer.Printed {
				t.Fatalf("%v, killed after %d bytes: %v, %v", l, k, proof, err)
			}
			pages := vp.Pages()
			wantEight(t, pages[len(pages)-1], e, l)
			if t.Failed() {
				t.Fatalf("%v, killed after %d bytes\n%s", l, k, vp.Listing())
			}
		}
	}
}

// TestNoKana: a printer without half-width kana has them drawn.
func TestNoKana(t *testing.T) {
	kind, err := native(t).With([]byte(`{"code_page": 0}`))
	if err != nil {
		t.Fatal(err)
	}
	vp, err := printertest.New(printertest.Like(kind))
	if err != nil {
		t.Fatal(err)
	}
	text := &printer.Text{Runs: []printer.Run{{Text: "ﾗｼﾞｵ体操"}}}
	for _, draw := range []func(rune) printer.Raster{nil, newFont(t).cell} {
		d, err := printer.New(vp, &printer.Opts{Profile: kind, Now: vp.Now, Draw: draw})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Print(text); (err == nil) != (draw != nil) {
			t.Errorf("%v", err)
		}
	}
	if got := vp.Pages()[0].Text; len(got) != 1 || got[0] != "□□□□体操" {
		t.Errorf("%q", got)
	}
	clean(t, vp)
}

// TestShade prints pictures at other densities than the job's.
func TestShade(t *testing.T) {
	kind := native(t)
	vp, d := model(t, kind)
	strip := printer.NewBitmap(384, 8)
	strip.Fill(strip.Bounds())
	for _, tt := range []struct {
		step       int
		want, fail string
	}{
		{0, "", "density 0, the printer has 5"},
		{1, "raster 384x8, density -6, raster 384x8", ""},
		{5, "raster 384x8, density 6, raster 384x8", ""},
		{6, "", "density 6, the printer has 5"},
	} {
		before := vp.Received()
		_, err := d.Print(strip, &printer.Shade{Raster: strip, Step: tt.step})
		if tt.fail != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fail) || vp.Received() != before {
				t.Errorf("%d: %v, %d bytes", tt.step, err, vp.Received()-before)
			}
			continue
		}
		if listing := strings.ReplaceAll(vp.Listing(), "\n", ", "); err != nil || !strings.Contains(listing, tt.want) {
			t.Errorf("%d: %v, %s", tt.step, err, listing)
		}
	}
	clean(t, vp)
}
