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

// page is what all sheets have on one side: the cards without their own.
func (s *Sheets) page(f *fpdf.Fpdf, i int) fpdf.Template {
	st := &s.opts.Stock
	field := fpdf.SizeType{Wd: st.Cell.W + 2*st.Bleed, Ht: st.Cell.H + 2*st.Bleed}
	card := f.CreateTemplateCustom(fpdf.PointType{}, field, func(t *fpdf.Tpl) {
		t.RawWriteStr(string(s.faces[i]))
		if in := s.sides[i].picture; in.w > 0 && s.picture.jpeg != nil {
			b := s.picture.fit(in.moved(st.Bleed))
			jpeg := fpdf.ImageOptions{ImageType: "JPG"}
			t.RegisterImageOptionsReader("picture", jpeg, bytes.NewReader(s.picture.jpeg))
			t.ImageOptions("picture", b.x, b.y, b.w, b.h, false, jpeg, 0, "")
		}
	})
	return f.CreateTemplateCustom(fpdf.PointType{}, fpdf.SizeType{Wd: st.Page.W, Ht: st.Page.H}, func(t *fpdf.Tpl) {
		for cell := range st.cells() {
			p := pen{high: st.Page.H}
			at := s.spot(i, cell)
			at.x, at.y = at.x-st.Bleed, at.y-st.Bleed
			p.move(at, field.Wd, field.Ht)
			t.RawWriteStr(string(p.b))
			t.UseTemplateScaled(card, fpdf.PointType{Y: st.Page.H - field.Ht}, field)
			t.RawWriteStr("Q")
		}
		p := pen{high: st.Page.H}
		s.marks(&p, i)
		t.RawWriteStr(string(p.b))
	})
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
func (s *Sheets) marks(p *pen, side int) {
	st := &s.opts.Stock
	p.line(colour{0, 0, 0})
	p.width(0.1)
	left, top, right, bottom := st.Page.W, st.Page.H, 0.0, 0.0
	for i := range st.cells() {
		at := s.spot(side, i)
		left, top = min(left, at.x), min(top, at.y)
		right, bottom = max(right, at.x+st.Cell.W), max(bottom, at.y+st.Cell.H)
		if st.DieLine {
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
