package sheet

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/cards/face"
	"pointkiosk/packaging/proof"
)

// outline is where ink of a text is, at most.
func (t *text) outline() rect { return rect{t.x, t.y - 0.82*t.size, t.width, 0.98 * t.size} }

func (b box) outline() rect { return rect{b.x, b.y, b.w, b.h} }

func (r rect) within(o rect) bool {
	return r.x >= o.x-hair && r.y >= o.y-hair && r.x+r.w <= o.x+o.w+hair && r.y+r.h <= o.y+o.h+hair
}

func (r rect) apart(o rect) bool {
	return r.x+r.w <= o.x || o.x+o.w <= r.x || r.y+r.h <= o.y || o.y+o.h <= r.y
}

// faults lists what lies over something else, or where printers don't reach.
func (p *Poster) faults() (list []string) {
	page, d := p.sheets.opts.Stock.Page, &p.sheets.sides[0]
	names, places := []string{"code"}, []rect{d.code.outline()}
	for i := range d.texts {
		names, places = append(names, d.texts[i].text), append(places, d.texts[i].outline())
	}
	for _, one := range p.pictures {
		names, places = append(names, one.name), append(places, one.at.outline())
	}
	for i, a := range places {
		if !a.within(rect{10, 10, page.W - 20, page.H - 20}) {
			list = append(list, fmt.Sprintf("%s is in the margin", names[i]))
		}
		for j, b := range places[:i] {
			if !a.apart(b) {
				list = append(list, fmt.Sprintf("%s and %s lie over one another", names[j], names[i]))
			}
		}
		for _, b := range d.boxes {
			if !a.apart(b.outline()) && !a.within(b.outline()) && names[i] != "code" {
				list = append(list, fmt.Sprintf("%s crosses the edge of a panel", names[i]))
			}
		}
	}
	return list
}

func TestNothingOnAPosterLiesOverAnother(t *testing.T) {
	for _, tt := range posterSamples() {
		for paper := range papers {
			tt.opts.Paper = paper
			p, _ := newPoster(t, tt.opts)
			for _, fault := range p.faults() {
				t.Errorf("%s on %s: %s", tt.name, paper, fault)
			}
		}
	}
}

// The check above finds each kind of fault.
func TestPosterFaultsAreSeen(t *testing.T) {
	for _, tt := range []struct {
		want  string
		plant func(d *side)
	}{
		{"in the margin", func(d *side) { d.texts[0].x = 9 }},
		{"over one another", func(d *side) { d.texts[1].x, d.texts[1].y = d.texts[0].x, d.texts[0].y }},
		{"the edge of a panel", func(d *side) { d.boxes[0].w = 60 }},
		{"code", func(d *side) { d.code.x += 20 }},
	} {
		p, _ := newPoster(t, posterSamples()[0].opts)
		tt.plant(&p.sheets.sides[0])
		if got := strings.Join(p.faults(), "\n"); !strings.Contains(got, tt.want) {
			t.Errorf("planted %q, found %q", tt.want, got)
		}
	}
}

// Each poster is one page of its paper, its texts are texts where the listing has
// them, and no picture is one of dots.
func TestPosterTextsAreWhereTheListingSays(t *testing.T) {
	proof.Needs(t, "pdftotext", "pdfimages", "qpdf")
	for _, tt := range posterSamples() {
		t.Run(tt.name, func(t *testing.T) {
			p, b := newPoster(t, tt.opts)
			file := saved(t, b)
			output(t, "qpdf", "--check", file)
			if dots := output(t, "pdfimages", "-list", file); strings.Count(dots, "\n") != 2 {
				t.Errorf("pictures of dots:\n%s", dots)
			}
			list, want := pages(t, file), papers[tt.opts.Paper]
			if len(list) != 1 || abs(list[0].w-want.W) > 0.1 || abs(list[0].h-want.H) > 0.1 {
				t.Fatalf("%d pages, the first of %g x %g mm", len(list), list[0].w, list[0].h)
			}
			for _, l := range p.sheets.sides[0].texts {
				if !list[0].has(l, rect{}, false) {
					t.Errorf("no %q at %.2f, %.2f", l.text, l.x, l.y)
				}
			}
		})
	}
}

// A poster has one code, and it is the address of a page: nothing worth points
// hangs on a wall.
func TestPosterCodes(t *testing.T) {
	proof.Needs(t, "pdftoppm", "zbarimg")
	for _, tt := range posterSamples() {
		want := "HTTPS://" + strings.ToUpper(tt.opts.Card.Host) + "/" + map[PosterKind]string{Plate: "SHOP"}[tt.opts.Kind]
		_, b := newPoster(t, tt.opts)
		file := saved(t, b)
		for _, dpi := range map[string][]string{"a4": {"150", "300"}, "a3": {"150"}}[tt.opts.Paper] {
			name := filepath.Join(t.TempDir(), "page")
			output(t, "pdftoppm", "-gray", "-singlefile", "-r", dpi, file, name)
			read, err := proof.Zbar(name + ".pgm")
			if got := read[name+".pgm"]; err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("%s at %s dpi: %q, %v, want %s", tt.name, dpi, got, err, want)
			}
		}
	}
}

func TestPosterRefuses(t *testing.T) {
	long := strings.Repeat("市民活動支援のための", 12)
	for _, tt := range []struct {
		name   string
		change func(o *PosterOpts)
		want   string
	}{
		{"another paper", func(o *PosterOpts) { o.Paper = "b4" }, `paper "b4"`},
		{"another kind", func(o *PosterOpts) { o.Kind = 7 }, "no such poster"},
		{"a plate of nobody", func(o *PosterOpts) { o.Kind, o.Shop = Plate, "" }, "without the shop's name"},
		{"no host", func(o *PosterOpts) { o.Card.Host = "" }, "host"},
		{"a host in upper case", func(o *PosterOpts) { o.Card.Host = "P.EXAMPLE.JP" }, "lower case"},
		{"no colour", func(o *PosterOpts) { o.Colour = "blue" }, "#RRGGBB"},
		{"a long event", func(o *PosterOpts) { o.Card.Event = long }, "too long"},
		{"a long shop", func(o *PosterOpts) { o.Kind, o.Shop = Plate, long }, "too long"},
		{"a long contact", func(o *PosterOpts) { o.Card.Contact = long }, "too long"},
		{"a character no font has", func(o *PosterOpts) { o.Kind, o.Shop = Plate, "𠮷野屋" }, "the font has no"},
	} {
		o := posterSamples()[0].opts
		tt.change(&o)
		if _, err := NewPoster(&o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	o := posterSamples()[0].opts
	o.Card.Place = "𠮷野川"
	var missing *face.MissingGlyphError
	if _, err := NewPoster(&o); !errors.As(err, &missing) || missing.Field != "place" {
		t.Errorf("%v", err)
	}
}

func TestWrap(t *testing.T) {
	fonts, err := typefaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text  string
		wide  float64 // in a size of 10
		worst int
		want  string
	}{
		{"", 100, 80, ""},
		{"ポイント", 100, 0, "ポイント"},
		{"one two three", 45, 0, "one two|three"},
		{"画面のQRコードを読むと、ポイントが入ります", 130, 30, "画面のQRコードを読むと、|ポイントが入ります"},
		{"市民活動支援課", 40, 30, ""},
		{"市民活動支援課", 40, 60, "市民活動|支援課"},
		{"points.example.jp", 50, 60, "points.|example.|jp"},
	} {
		if got := strings.Join(fonts[0].wrap(tt.text, 10, tt.wide, tt.worst), "|"); got != tt.want {
			t.Errorf("%q in %g: %q, want %q", tt.text, tt.wide, got, tt.want)
		}
	}
}
