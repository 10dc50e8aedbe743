package sheet

import (
	"bytes"

	"github.com/go-pdf/fpdf"
)

// draw writes what stands on one side of every card, in a field that is larger
// than the card by the bleed on each side.
func (s *Sheets) draw(d *side) []byte {
	bleed := s.opts.Stock.Bleed
	p := pen{high: s.opts.Stock.Cell.H + 2*bleed}
	for _, b := range d.boxes {
		p.fill(b.ink)
		p.box(b.x+bleed, b.y+bleed, b.w, b.h, b.r)
		p.op("f")
	}
	if s.picture != nil && d.picture.w > 0 {
		s.picture.draw(&p, d.picture.moved(bleed))
	}
	for _, t := range append(append([]text(nil), d.marks...), d.texts...) {
		p.fill(t.ink)
		name := s.names[0]
		if t.bold {
			name = s.names[1]
		}
		p.text(name, t.size, t.x+bleed, t.y+bleed, t.text)
	}
	return p.b
}

// A shared is what a document's pages have in common: a card's side, and pages of
// the same cells. Where no card is, nothing is drawn: the cell is used, or will
// be.
type shared struct {
	s     *Sheets
	f     *fpdf.Fpdf
	cards []fpdf.Template
	pages map[[3]int]fpdf.Template
}

func (s *Sheets) newShared(f *fpdf.Fpdf) *shared {
	h := &shared{s: s, f: f, pages: map[[3]int]fpdf.Template{}}
	for i := range s.sides {
		h.cards = append(h.cards, f.CreateTemplateCustom(fpdf.PointType{}, s.field(), func(t *fpdf.Tpl) {
			t.RawWriteStr(string(s.faces[i]))
			if in := s.sides[i].picture; in.w > 0 && s.picture.jpeg != nil {
				b := s.picture.fit(in.moved(s.opts.Stock.Bleed))
				jpeg := fpdf.ImageOptions{ImageType: "JPG"}
				t.RegisterImageOptionsReader("picture", jpeg, bytes.NewReader(s.picture.jpeg))
				t.ImageOptions("picture", b.x, b.y, b.w, b.h, false, jpeg, 0, "")
			}
		}))
	}
	return h
}

// field is a card with its bleed.
func (s *Sheets) field() fpdf.SizeType {
	st := &s.opts.Stock
	return fpdf.SizeType{Wd: st.Cell.W + 2*st.Bleed, Ht: st.Cell.H + 2*st.Bleed}
}

// page is one side of a sheet with cards in the cells from first up to but
// without end.
func (h *shared) page(side, first, end int) fpdf.Template {
	key := [3]int{side, first, end}
	if t, made := h.pages[key]; made {
		return t
	}
	st, field := &h.s.opts.Stock, h.s.field()
	h.pages[key] = h.f.CreateTemplateCustom(fpdf.PointType{}, fpdf.SizeType{Wd: st.Page.W, Ht: st.Page.H}, func(t *fpdf.Tpl) {
		for cell := first; cell < end; cell++ {
			p := pen{high: st.Page.H}
			at := h.s.spot(side, cell)
			at.x, at.y = at.x-st.Bleed, at.y-st.Bleed
			p.move(at, field.Wd, field.Ht)
			t.RawWriteStr(string(p.b))
			t.UseTemplateScaled(h.cards[side], fpdf.PointType{Y: st.Page.H - field.Ht}, field)
			t.RawWriteStr("Q")
		}
		p := pen{high: st.Page.H}
		h.s.marks(&p, side, first, end)
		t.RawWriteStr(string(p.b))
	})
	return h.pages[key]
}

// boxes says where the paper is cut, on stock of one card a page.
func (s *Sheets) boxes(f *fpdf.Fpdf, i int) {
	st := &s.opts.Stock
	if st.cells() > 1 {
		return
	}
	at := s.spot(i, 0)
	f.SetPageBoxRec("trim", fpdf.PageBox{SizeType: fpdf.SizeType{Wd: st.Cell.W, Ht: st.Cell.H}, PointType: fpdf.PointType{X: at.x, Y: st.Page.H - at.y - st.Cell.H}})
	f.SetPageBoxRec("bleed", fpdf.PageBox{
		SizeType:  fpdf.SizeType{Wd: st.Cell.W + 2*st.Bleed, Ht: st.Cell.H + 2*st.Bleed},
		PointType: fpdf.PointType{X: at.x - st.Bleed, Y: st.Page.H - at.y - st.Cell.H - st.Bleed},
	})
}

// marks draws where to cut: marks outside all cards, and the die's line.
func (s *Sheets) marks(p *pen, side, first, end int) {
	st := &s.opts.Stock
	p.line(colour{0, 0, 0})
	p.width(0.1)
	left, top, right, bottom := st.Page.W, st.Page.H, 0.0, 0.0
	for i := range st.cells() {
		at := s.spot(side, i)
		left, top = min(left, at.x), min(top, at.y)
		right, bottom = max(right, at.x+st.Cell.W), max(bottom, at.y+st.Cell.H)
		if st.DieLine && first <= i && i < end {
			p.box(at.x, at.y, st.Cell.W, st.Cell.H, st.Corner)
			p.op("S")
		}
	}
	if !st.CropMarks {
		return
	}
	away := st.Bleed + markAway
	for i := range st.cells() {
		at := s.spot(side, i)
		if i < st.Columns {
			for _, x := range []float64{at.x, at.x + st.Cell.W} {
				p.segment(x, top-away, x, top-away-markLength(top-away))
				p.segment(x, bottom+away, x, bottom+away+markLength(st.Page.H-bottom-away))
			}
		}
		if i%st.Columns == 0 {
			for _, y := range []float64{at.y, at.y + st.Cell.H} {
				p.segment(left-away, y, left-away-markLength(left-away), y)
				p.segment(right+away, y, right+away+markLength(st.Page.W-right-away), y)
			}
		}
	}
}

// markLength is how long a mark is where there is room.
func markLength(room float64) float64 { return max(0, min(markLong, room)) }
