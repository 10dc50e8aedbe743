package sheet

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pointkiosk/cards/qr"
	"pointkiosk/packaging/proof"
)

// A rect is a card's trim on a page.
type rect struct{ x, y, w, h float64 }

// trims are the cards of a sheet as its front is seen, and, through the paper,
// as its back is: the sheet is turned over one of its edges.
func trims(s *Stock, sides Sides) (front, back []rect) {
	for r := range s.Rows {
		for c := range s.Columns {
			f := rect{s.Left + float64(c)*(s.Cell.W+s.GapX), s.Top + float64(r)*(s.Cell.H+s.GapY), s.Cell.W, s.Cell.H}
			b := f
			longIsUpright := s.Page.H >= s.Page.W
			if (sides == LongEdge) == longIsUpright { // over an upright edge: left is right
				b.x = s.Page.W - (f.x + f.w)
			} else { // over a level edge: above is below
				b.y = s.Page.H - (f.y + f.h)
			}
			front, back = append(front, f), append(back, b)
		}
	}
	return front, back
}

// faults is what is wrong with a duplex PDF of one full sheet, by its own
// coordinates: printer is what the printer shifts each side by, and is off
// where the offsets don't undo it.
func faults(t testing.TB, file string, o Opts, printer [2]Offset, cards []One) (list []string) {
	t.Helper()
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	front, back := trims(&o.Stock, o.Sides)
	p := pages(t, file)
	codes := drawnCodes(t, file, o.Stock.Page.H)
	if len(p) != 2 || len(codes) != 1 || len(codes[0]) != len(cards) {
		return []string{fmt.Sprintf("%d pages, %d with codes, want 2 and 1 with %d", len(p), len(codes), len(cards))}
	}
	for i, side := range [][]rect{front, back} {
		for _, w := range p[i].words {
			if margin := inside(w, printer[i], side); margin < 3 {
				say("page %d: %q lies %.2f mm inside the trim", i+1, w.text, margin)
			}
		}
	}
	scheme := p[0].find(o.Card.Scheme)
	if len(scheme) != len(front) {
		say("%d fronts, want %d", len(scheme), len(front))
		return list
	}
	in := schemeIn(t, file, o)
	for i := range codes[0] {
		for _, fault := range codeFaults(t, &o, &codes[0][i], back[i], printer[1], cards[i].URL) {
			say("code %d %s", i, fault)
		}
		near := math.Inf(1)
		for _, w := range scheme {
			near = min(near, math.Hypot(w.xMin+printer[0].X-front[i].x-in.X, w.yMin+printer[0].Y-front[i].y-in.Y))
		}
		if near > 0.1 {
			say("front %d lies %.3f mm beside its card", i, near)
		}
	}
	return list
}

// codeFaults is what is wrong with the code of a card whose back has this trim.
func codeFaults(t testing.TB, o *Opts, d *drawn, back rect, printer Offset, url string) (list []string) {
	t.Helper()
	m, err := qr.Encode(url)
	if err != nil {
		t.Fatal(err)
	}
	if !same(m, d.modules) {
		list = append(list, "is another card's")
	}
	// A sheet turned over its level edge has its backs on their heads.
	if turned := (o.Sides == LongEdge) == (o.Stock.Page.W > o.Stock.Page.H); d.turned != turned {
		return append(list, "stands on its head, or doesn't")
	}
	quiet := 4 * d.module // from the first module, right and down as the card is read
	x, y := d.x+printer.X-back.x-quiet, d.y+printer.Y-back.y-quiet
	if d.turned {
		x, y = back.x+back.w-d.x-printer.X-quiet, back.y+back.h-d.y-printer.Y-quiet
	}
	if in := codeIn(&o.Stock); math.Abs(x-in[0]) > 0.1 || math.Abs(y-in[1]) > 0.1 {
		list = append(list, fmt.Sprintf("lies %.3f, %.3f mm from its card's corner", x, y))
	}
	return list
}

// schemeIn is where the scheme's word begins in a card, as pdftotext sees it: its
// box ends the font's ascent above the baseline.
func schemeIn(t testing.TB, file string, o Opts) Offset {
	t.Helper()
	ascent := regexp.MustCompile(`/Ascent (\d+)`).FindStringSubmatch(output(t, "qpdf", "--qdf", file, "-"))
	if ascent == nil {
		t.Fatal("the font has no ascent")
	}
	up, _ := strconv.ParseFloat(ascent[1], 64)
	for _, w := range newSheets(t, o).sides[0].texts {
		if w.field == "scheme" {
			return Offset{w.x, w.y - w.size*up/1000}
		}
	}
	t.Fatal("no scheme")
	return Offset{}
}

// codeIn is where a code's quiet zone begins in a card of a stock.
func codeIn(s *Stock) [2]float64 {
	scale := min((s.Cell.W-8)/83, (s.Cell.H-8)/47, 1.2)
	return [2]float64{(s.Cell.W - 83*scale) / 2, (s.Cell.H - 47*scale) / 2}
}

// inside is how far a word, as printed, lies inside the nearest trim; less than
// 0 if it is in none.
func inside(w word, printer Offset, trims []rect) float64 {
	best := math.Inf(-1)
	for _, r := range trims {
		best = max(best, min(w.xMin+printer.X-r.x, r.x+r.w-w.xMax-printer.X, w.yMin+printer.Y-r.y, r.y+r.h-w.yMax-printer.Y))
	}
	return best
}

func same(m *qr.Matrix, drawn map[[2]int]bool) bool {
	dark := 0
	for y := range m.Size {
		for x := range m.Size {
			if m.Dark(x, y) {
				dark++
				if !drawn[[2]int{x, y}] {
					return false
				}
			}
		}
	}
	return dark == len(drawn)
}

func registerStocks(t testing.TB) []Stock {
	landscape := stock(t, "a4-8")
	landscape.Name, landscape.Page = "landscape", Size{297, 210}
	landscape.Columns, landscape.Rows, landscape.Left, landscape.Top = 2, 3, 40, 17
	landscape.GapX, landscape.GapY = 20, 6
	id := Stock{Name: "id-1", Page: Size{210, 297}, Cell: Size{85.6, 54}, Columns: 2, Rows: 4, Left: 12, Top: 31, GapX: 5, GapY: 2, Corner: 3.18, DieLine: true}
	return append(Stocks(), landscape, id)
}

// Fronts and backs lie over each other on every stock, over both edges, on a
// printer that is off too.
func TestRegister(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext")
	for _, s := range registerStocks(t) {
		for _, sides := range []Sides{LongEdge, ShortEdge} {
			for _, off := range [][2]Offset{{}, {{1.5, -0.75}, {-0.4, 2.2}}} {
				t.Run(fmt.Sprintf("%s %v %v", s.Name, sides, off), func(t *testing.T) {
					o := Opts{Stock: s, Sides: sides, Lang: "ja", Card: kisarazu(), Front: off[0], Back: off[1]}
					cards := many(s.cells(), shortHost)
					file := saved(t, written(t, newSheets(t, o), cards))
					if out := output(t, "qpdf", "--check", file); !strings.Contains(out, "No syntax or stream encoding errors") {
						t.Errorf("qpdf: %s", out)
					}
					printer := [2]Offset{{-off[0].X, -off[0].Y}, {-off[1].X, -off[1].Y}}
					for _, f := range faults(t, file, o, printer, cards) {
						t.Error(f)
					}
				})
			}
		}
	}
}

// changed writes sheets that were changed behind New's back.
func changed(t testing.TB, o Opts, cards []One, change func(s *Sheets)) func() []byte {
	return func() []byte {
		s := newSheets(t, o)
		change(s)
		for i := range s.sides {
			s.faces[i] = s.draw(&s.sides[i])
		}
		return written(t, s, cards)
	}
}

// What TestRegister looks for it finds.
func TestRegisterFindsFaults(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext")
	o := Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()}
	cards := many(10, shortHost)
	shifted := func(change func(s *Sheets)) func() []byte { return changed(t, o, cards, change) }
	for _, tt := range []struct {
		name  string
		write func() []byte
		want  string
	}{
		{"nothing", shifted(func(*Sheets) {}), ""},
		{"mirrored over the other edge", shifted(func(s *Sheets) { s.opts.Sides = ShortEdge }), "code 0 stands on its head"},
		{"another margin", shifted(func(s *Sheets) { s.opts.Stock.Left -= 5 }), "code 0 lies 9.000, 4.000 mm"},
		{"backs 0.15 mm beside", shifted(func(s *Sheets) { s.opts.Back.X = 0.15 }), "code 0 lies 4.150, 4.000 mm"},
		{"fronts 2 mm down", shifted(func(s *Sheets) { s.opts.Front.Y = 2 }), "lies 2"},
		{"a front text near the trim", shifted(func(s *Sheets) { s.sides[0].texts[0].x = 2.5 }), "lies 2.50 mm inside the trim"},
		{"fronts 0.15 mm beside", shifted(func(s *Sheets) { s.opts.Front.X = -0.15 }), "front 0 lies 0.150 mm beside its card"},
		{"a back text near the trim", shifted(func(s *Sheets) {
			last := &s.sides[1].texts[len(s.sides[1].texts)-1]
			last.y += 1.8
		}), "inside the trim"},
		{"two cards swapped", func() []byte {
			swapped := append([]One(nil), cards...)
			swapped[3], swapped[4] = swapped[4], swapped[3]
			return written(t, newSheets(t, o), swapped)
		}, "code 3 is another card's"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(faults(t, saved(t, tt.write()), o, [2]Offset{}, cards), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// Cells before the first card and behind the last are left for others.
func TestOtherCellsStayEmpty(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext")
	for _, sides := range []Sides{LongEdge, ShortEdge, Single} {
		o := Opts{Stock: stock(t, "a4-10"), Sides: sides, Lang: "ja", Card: kisarazu(), Start: 7}
		s := newSheets(t, o)
		p := pages(t, saved(t, written(t, s, many(18, shortHost))))
		front, back := trims(&o.Stock, sides)
		for i := range p {
			at, sheet := front, i
			if sides != Single {
				at, sheet = [][]rect{front, back}[i%2], i/2
			}
			for cell, r := range at {
				want := [][2]int{{7, 10}, {0, 10}, {0, 5}}[sheet]
				n := 0
				for _, w := range p[i].words {
					if inside(w, Offset{}, []rect{r}) >= 0 {
						n++
					}
				}
				if used := cell >= want[0] && cell < want[1]; used != (n > 0) {
					t.Errorf("%v: page %d has %d words in cell %d", sides, i+1, n, cell)
				}
			}
		}
	}
}

// Files of one order can be made at the same time: each is what it is alone.
func TestFilesAtOnce(t *testing.T) {
	proof.Needs(t, "pdftotext", "qpdf")
	s := newSheets(t, Opts{Stock: stock(t, "a4-8"), Lang: "ja", Card: kisarazu(), Start: 3})
	list := many(60, shortHost)
	parts := s.Split(len(list), 2)
	files := make([]writer, len(parts))
	var wait sync.WaitGroup
	for i, p := range parts {
		wait.Go(func() {
			cards := 0
			err := s.WriteFrom(&files[i], p.First, list[p.First:p.End], func(n int) { cards = n })
			if err != nil || cards != p.End-p.First {
				t.Errorf("file %d: %d cards, %v", i, cards, err)
			}
		})
	}
	wait.Wait()
	for i, p := range parts {
		var alone writer
		if err := s.WriteFrom(&alone, p.First, list[p.First:p.End], nil); err != nil {
			t.Fatal(err)
		}
		together := saved(t, files[i].b)
		output(t, "qpdf", "--check", together)
		if read(t, together) != read(t, saved(t, alone.b)) {
			t.Errorf("file %d has other texts than alone", i)
		}
	}
}
