package sheet

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pointkiosk/assets"
	"pointkiosk/cards/face"
	"pointkiosk/packaging/proof"
)

var lookDir = flag.String("samples", "", "write the sample sheets as PDFs into this folder")

type sample struct {
	name string
	opts Opts
}

// samples are the sheets of the golden files.
func samples(t testing.TB) []sample {
	with := func(name, paper string, sides Sides, change func(o *Opts)) sample {
		o := Opts{Stock: stock(t, paper), Sides: sides, Lang: "ja", Card: kisarazu(), Title: "らづポイント"}
		change(&o)
		return sample{name, o}
	}
	english := func(o *Opts) {
		c := &o.Card
		o.Lang, c.Municipality, c.Scheme, c.Contact = "en", "Kisarazu City", "Radu Point", "Civic Activities"
		c.Event, c.Place = "Natural Bar", "JR Kisarazu Station, west square"
	}
	long := func(o *Opts) {
		c := &o.Card
		c.Municipality, c.Scheme, c.Points = "相模原市", "暮らし潤いさがみはら寄附ポイント", 12000
		c.Event = "第12回「くらしを守る」防災・防犯・交通安全フェスティバル"
		c.Place = "相模原市立環境情報センター（エコパークさがみはら）2階"
		c.Host, c.Contact, c.Phone = "points.city-of-sagamihara.example.jp", "環境経済局環境共生部環境政策課", "042-769-8240（直通）"
	}
	bare := func(o *Opts) { o.Card = face.Card{Scheme: "こまポ", Points: 5, Event: "ﾗｼﾞｵ体操と麵"} }
	return []sample{
		with("a4-10", "a4-10", LongEdge, func(*Opts) {}),
		with("a4-8-picture", "a4-8", LongEdge, func(o *Opts) { o.Picture, o.Colour = assets.Picture("family"), "#0A6B3B" }),
		with("single-light", "single", ShortEdge, func(o *Opts) { o.Colour = "#FFD500" }),
		with("a4-10-english", "a4-10", ShortEdge, english),
		with("a4-10-practice", "a4-10", LongEdge, func(o *Opts) { o.Card.Practice = true }),
		with("a4-10-reprint", "a4-10", LongEdge, func(o *Opts) { o.Card.Reprint = 1 }),
		with("a4-8-long", "a4-8", LongEdge, func(o *Opts) { long(o); o.Picture = assets.Picture("office") }),
		with("a4-10-bare", "a4-10", LongEdge, bare),
		with("a4-10-onesided", "a4-10", Single, func(*Opts) {}),
		with("a4-8-onesided-long", "a4-8", Single, func(o *Opts) {
			long(o)
			o.Card.Place, o.Card.Contact, o.Card.Phone = "環境情報センター2階", "環境政策課", "042-769-8240"
		}),
		with("a4-10-onesided-english-practice", "a4-10", Single, func(o *Opts) { english(o); o.Card.Practice = true }),
	}
}

// The golden files list what stands where on a card. That the PDF has it there
// is for TestTextsAreWhereTheListingSays.
func TestLayout(t *testing.T) {
	for _, tt := range samples(t) {
		t.Run(tt.name, func(t *testing.T) {
			s := newSheets(t, tt.opts)
			proof.Golden(t, tt.name+".txt", listing(s))
			if *lookDir != "" {
				b := written(t, s, many(2*s.PerSheet(), longHost))
				if err := os.WriteFile(filepath.Join(*lookDir, tt.name+".pdf"), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func listing(s *Sheets) string {
	var b strings.Builder
	fmt.Fprintf(&b, "card of %g x %g mm, bleed %g\n", s.opts.Stock.Cell.W, s.opts.Stock.Cell.H, s.opts.Stock.Bleed)
	for i, d := range s.sides {
		fmt.Fprintf(&b, "\n%s\n%6s %6s %6s %6s\n", []string{"front", "back"}[i], "x", "y", "width", "height")
		for _, r := range d.boxes {
			fmt.Fprintf(&b, "%6.2f %6.2f %6.2f %6.2f #%02X%02X%02X\n", r.x, r.y, r.w, r.h, r.ink[0], r.ink[1], r.ink[2])
		}
		if d.picture.w > 0 {
			fmt.Fprintf(&b, "%6.2f %6.2f %6.2f %6.2f picture\n", d.picture.x, d.picture.y, d.picture.w, d.picture.h)
		}
		if d.code.w > 0 {
			fmt.Fprintf(&b, "%6.2f %6.2f %6.2f %6.2f code\n", d.code.x, d.code.y, d.code.w, d.code.h)
			fmt.Fprintf(&b, "%6.2f %6.2f %6.2f %6.2f serial\n", d.serial.x-d.serial.width/2, d.serial.y, d.serial.width, d.serial.size)
		}
		for _, m := range d.marks {
			fmt.Fprintf(&b, "%6.2f %6.2f %6.2f %6.2f faint %s\n", m.x, m.y, m.width, m.size, m.text)
		}
		texts := slices.Clone(d.texts)
		slices.SortStableFunc(texts, func(a, b text) int { return cmp.Compare(a.y, b.y) })
		for _, l := range texts {
			weight := "     "
			if l.bold {
				weight = "bold "
			}
			fmt.Fprintf(&b, "%6.2f %6.2f %6.2f %6.2f %s%s\n", l.x, l.y, l.width, l.size, weight, l.text)
		}
	}
	return b.String()
}

// Every line of every sample can be marked and copied, where the listing says.
func TestTextsAreWhereTheListingSays(t *testing.T) {
	proof.Needs(t, "pdftotext")
	for _, tt := range samples(t) {
		t.Run(tt.name, func(t *testing.T) {
			s := newSheets(t, tt.opts)
			p := pages(t, saved(t, written(t, s, many(s.PerSheet(), shortHost))))
			for i, d := range s.sides {
				front, back := trims(&tt.opts.Stock, tt.opts.Sides)
				at := [][]rect{front, back}[i]
				for cell, r := range at {
					turned := i == 1 && (tt.opts.Sides == LongEdge) == (tt.opts.Stock.Page.W > tt.opts.Stock.Page.H)
					for _, l := range d.texts {
						if !p[i].has(l, r, turned) {
							t.Errorf("page %d, cell %d: no %q at %.2f, %.2f", i+1, cell, l.text, l.x, l.y)
						}
					}
				}
			}
		})
	}
}

// A line that stands 0.4 mm beside its place, or isn't there, is missed.
func TestTextsElsewhereAreMissed(t *testing.T) {
	proof.Needs(t, "pdftotext")
	o := Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()}
	s := newSheets(t, o)
	p := pages(t, saved(t, written(t, s, many(10, shortHost))))
	front, _ := trims(&o.Stock, o.Sides)
	for _, l := range s.sides[0].texts {
		right, down, other := l, l, l
		right.x, down.y, other.text = l.x+0.4, l.y+0.2*l.size, l.text+"無"
		for name, moved := range map[string]text{"right": right, "down": down, "other": other} {
			if !p[0].has(l, front[3], false) || p[0].has(moved, front[3], false) {
				t.Errorf("%s: %q isn't missed", name, l.text)
			}
		}
	}
}

// has reports whether the words of a line follow one another from its place, on
// its baseline, in a card. A word's box has the baseline in its lower third.
func (p *pdfPage) has(l text, r rect, turned bool) bool {
	rest := squeezed(l.text)
	for _, w := range p.words {
		x0, y := w.xMin-r.x, (w.yMin*0.12+w.yMax*0.88)-r.y
		if turned {
			x0, y = r.x+r.w-w.xMax, r.y+r.h-(w.yMax*0.12+w.yMin*0.88)
		}
		if x0 > l.x-0.1 && x0 < l.x+l.width && abs(y-l.y) < 0.12*l.size {
			for _, c := range squeezed(w.text) {
				rest = strings.Replace(rest, string(c), "", 1)
			}
		}
	}
	return rest == ""
}

func abs(v float64) float64 { return max(v, -v) }

func squeezed(text string) string {
	return strings.NewReplacer(" ", "", "　", "").Replace(text)
}
