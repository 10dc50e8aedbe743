package sheet

import (
	"fmt"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
)

// stains lists where, near the cut, something stands that may not: on paper
// whose cards have no bleed anything, else anything but the ground.
func stains(page image.Image, o *Opts, side, dpi int) (list []string) {
	front, back := trims(&o.Stock, o.Sides)
	mm := func(v float64) int { return int(v / 25.4 * float64(dpi)) }
	main, _ := parseColour(o.Colour)
	const inner, edge = 2.8, 0.25 // mm; a dot at an edge is a mixture
	for cell, r := range [][]rect{front, back}[side] {
		out := max(0, o.Stock.Bleed-edge)
		for y := mm(r.y - out); y <= mm(r.y+r.h+out); y++ {
			for x := mm(r.x - out); x <= mm(r.x+r.w+out); x++ {
				if x > mm(r.x+inner) && x < mm(r.x+r.w-inner) && y > mm(r.y+inner) && y < mm(r.y+r.h-inner) {
					continue
				}
				c := page.At(x, y)
				if near(c, white) || o.Stock.Bleed > 0 && side == 0 && (near(c, main) || near(page.At(x, y-1), main)) {
					continue
				}
				return append(list, fmt.Sprintf("side %d, cell %d: %v at %.1f, %.1f", side, cell, c, float64(x)/float64(dpi)*25.4-r.x, float64(y)/float64(dpi)*25.4-r.y))
			}
		}
	}
	return list
}

// Near the cut there is ground only, and none where cards adjoin.
func TestGround(t *testing.T) {
	proof.Needs(t, "pdftoppm")
	for _, tt := range []struct {
		name, paper string
		plant       *box
		want        string
	}{
		{"adjoining", "a4-10", nil, ""},
		{"with bleed", "a4-8", nil, ""},
		{"ground to the cut", "a4-10", &box{x: 0, y: 20, w: 10, h: 5, ink: plain}, "side 0, cell 0"},
		{"a rule to the cut", "a4-8", &box{x: 50, y: 53, w: 10, h: 1, ink: ink}, "side 0, cell 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Opts{Stock: stock(t, tt.paper), Card: kisarazu()}
			s := newSheets(t, o)
			if tt.plant != nil {
				s.sides[0].boxes = append(s.sides[0].boxes, *tt.plant)
				s.faces[0] = s.draw(&s.sides[0])
			}
			file := saved(t, written(t, s, many(s.PerSheet(), shortHost)))
			var got []string
			for side := range 2 {
				got = append(got, stains(pageImage(t, file, side+1, 150), &o, side, 150)...)
			}
			if all := strings.Join(got, "\n"); tt.want == "" && all != "" || !strings.Contains(all, tt.want) {
				t.Errorf("found %q, want %q", all, tt.want)
			}
		})
	}
}

// collisions are texts that lie over each other, over the code or the picture,
// or beside the card.
func collisions(s *Sheets) (list []string) {
	for i, d := range s.sides {
		cell := s.opts.Stock.Cell
		fields := map[string]rect{}
		add := func(name string, r rect) {
			for other, o := range fields {
				if r.x < o.x+o.w-0.01 && o.x < r.x+r.w-0.01 && r.y < o.y+o.h-0.01 && o.y < r.y+r.h-0.01 {
					list = append(list, fmt.Sprintf("side %d: %s lies over %s", i, name, other))
				}
			}
			if r.x < 3 || r.y < 3 || r.x+r.w > cell.W-3 || r.y+r.h > cell.H-3 {
				list = append(list, fmt.Sprintf("side %d: %s is less than 3 mm inside the trim", i, name))
			}
			fields[name] = r
		}
		if d.code.w > 0 {
			add("code", rect{d.code.x, d.code.y, d.code.w, d.code.h})
			add("serial", rect{d.serial.x - d.serial.width/2, d.serial.y - d.serial.size*0.78, d.serial.width, d.serial.size * 0.8})
		}
		if d.picture.w > 0 {
			add("picture", rect{d.picture.x, d.picture.y, d.picture.w, d.picture.h})
		}
		for n, l := range d.texts {
			add(fmt.Sprintf("%d %s", n, l.text), rect{l.x, l.y - l.size*0.8, l.width, l.size * 0.9})
		}
	}
	return list
}

// Whatever the texts are, they are refused or lie beside each other.
func TestTextsNeverCollide(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func(most int) string {
		letters := []rune([]string{"木更津市らづポイントの、。ー（）・「」", "abcdefghij klm.-WMil", "１２３ｱｲｳ0123,"}[random.IntN(3)])
		var b strings.Builder
		for range random.IntN(most + 1) {
			b.WriteRune(letters[random.IntN(len(letters))])
		}
		return strings.TrimSpace(b.String())
	}
	made := 0
	for range proof.Times(300, 1000, 100_000) {
		card := kisarazu()
		card.Municipality, card.Scheme, card.Event, card.Place = some(10), some(30), some(50), some(50)
		card.Contact, card.Phone, card.Host, card.Practice = some(30), some(20), some(37), random.IntN(4) == 0
		card.Reprint = max(0, random.IntN(6)-4)
		card.Points = []int{0, 5, 200, 12_000, 16_777_215}[random.IntN(5)]
		o := Opts{Stock: registerStocks(t)[random.IntN(5)], Sides: Sides(random.IntN(3)), Lang: []string{"ja", "en"}[random.IntN(2)], Card: card}
		if random.IntN(3) == 0 {
			o.Picture = []byte(`<svg viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>`)
		}
		s, err := laidOut(&o)
		if err != nil {
			continue
		}
		made++
		if got := collisions(s); len(got) > 0 {
			t.Fatalf("%s, %v, %s: %+v\n%s", o.Stock.Name, o.Sides, o.Lang, card, strings.Join(got, "\n"))
		}
	}
	if made < proof.Times(100, 330, 30_000) {
		t.Errorf("only %d were made", made)
	}
}

// A text moved onto another, onto the code, and out of the card, is found.
func TestCollisionsAreFound(t *testing.T) {
	for _, tt := range []struct {
		plant func(s *Sheets)
		want  string
	}{
		{func(*Sheets) {}, ""},
		{func(s *Sheets) { s.sides[0].texts[1].y -= 3 }, "side 0: 1 らづポイント lies over 0 木更津市"},
		{func(s *Sheets) { s.sides[1].texts[1].x -= 10 }, "lies over code"},
		{func(s *Sheets) { s.sides[0].texts[0].x = 2 }, "side 0: 0 木更津市 is less than 3 mm inside the trim"},
	} {
		s, err := laidOut(&Opts{Stock: stock(t, "a4-10"), Card: kisarazu()})
		if err != nil {
			t.Fatal(err)
		}
		tt.plant(s)
		if got := strings.Join(collisions(s), "\n"); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("found %q, want %q", got, tt.want)
		}
	}
}
