package station

import (
	"errors"
	"fmt"
	"image"
	"io"

	"pointkiosk/assets/words"
	"pointkiosk/cards/qr"
	"pointkiosk/printer"
)

// TestPage prints a page that shows how wide and how black this printer prints,
// its letters, codes of several sizes, its densities and its cutter, by its profile. It needs
// no enrolment, and no kiosk that runs. What passes over the line is written to record, if that isn't
// nil: a wire.Replayer plays it again where there is no such printer.
func TestPage(opts Opts, w *words.Words, record io.Writer) (proof printer.Proof, err error) {
	s := opts.Settings.Printer
	model, err := s.profile()
	if err != nil {
		return printer.NoProof, err
	}
	page, err := testPage(model, w)
	if err != nil {
		return printer.NoProof, err
	}
	err = alone(opts.Dir, func() error {
		p, err := openPaper(s, opts.Log, record)
		if err != nil {
			return err
		}
		proof, err = p.dev.Print(page...)
		return errors.Join(err, p.Close())
	})
	return proof, err
}

// A proofPage is a page that is being put together for a printer.
type proofPage struct {
	model printer.Profile
	draw  func(rune) printer.Raster
	job   []printer.Raster
	err   error // what can't be drawn
}

func testPage(model printer.Profile, w *words.Words) ([]printer.Raster, error) {
	draw, err := letters()
	if err != nil {
		return nil, err
	}
	p := &proofPage{model: model, draw: draw}
	p.line(model.Name)
	p.line(w.Say("printer.test.width", model.Dots))
	p.job = append(p.job, printer.TestPage(model.Dots))
	p.line(w.Say("printer.test.black"))
	p.gap()
	for _, key := range []string{"printer.test.kanji", "printer.test.kana", "printer.test.latin", "printer.test.rare"} {
		p.line(w.Say(key))
	}
	for module := 3; module <= 8; module++ {
		if err := p.code(module, w); err != nil {
			return nil, err
		}
	}
	p.shades(w)
	p.gap()
	p.line(w.Say("printer.test.cutter." + model.Cutter.String()))
	return p.job, p.err
}

// gap is a few white rows.
func (p *proofPage) gap() { p.job = append(p.job, printer.NewBitmap(p.model.Dots, 16)) }

// line prints text, in the printer's own letters where it has them, on as many
// lines as it takes.
func (p *proofPage) line(text string) {
	const height = 30
	var run []rune
	b, end := printer.NewBitmap(p.model.Dots, height), 0
	put := func() {
		if end > 0 {
			p.job = append(p.job, &printer.Text{Raster: b, Runs: []printer.Run{{Text: string(run)}}})
		}
		b, end, run = printer.NewBitmap(p.model.Dots, height), 0, nil
	}
	for _, c := range text {
		g := p.draw(c)
		if g == nil {
			p.err = errors.Join(p.err, fmt.Errorf("station: test page: the font has no %q", c))
			continue
		}
		area := g.Bounds()
		if end+area.Dx() > p.model.Dots {
			put()
		}
		for y := range area.Dy() {
			for x := range area.Dx() {
				if g.Row(area.Min.Y + y)[x/8]>>(7-x%8)&1 == 1 {
					b.Fill(image.Rect(end+x, y, end+x+1, y+1))
				}
			}
		}
		end, run = end+area.Dx(), append(run, c)
	}
	put()
}

// shades prints a strip at each density that can be set: fine lines, which run
// together where it is too black, and a black patch, which is grey where it is
// too pale.
func (p *proofPage) shades(w *words.Words) {
	const fine, high = 2, 48
	all := len(p.model.Densities)
	if all == 0 {
		p.line(w.Say("printer.test.density.none"))
	}
	for step := 1; step <= all; step++ {
		key := "printer.test.density"
		if step == p.model.Density {
			key += ".now"
		}
		p.line(w.Say(key, step, all))
		b := printer.NewBitmap(p.model.Dots, high)
		for x := 0; x < p.model.Dots/2; x += 2 * fine {
			b.Fill(image.Rect(x, 0, x+fine, high))
		}
		b.Fill(image.Rect(p.model.Dots/2+high, 0, p.model.Dots, high))
		p.job = append(p.job, &printer.Shade{Raster: b, Step: step})
	}
}

// code prints a code, if this printer has one of that size.
func (p *proofPage) code(module int, w *words.Words) error {
	half := p.model.Layout == printer.Cropped || p.model.Layout == printer.NativeText
	if half && module%2 == 1 || p.model.Layout == printer.Native && module > p.model.QR {
		return nil
	}
	text := fmt.Sprintf("POINTKIOSK TEST %d DOTS", module) // no card's
	m, err := qr.Encode(text)
	if err != nil {
		return fmt.Errorf("station: test page: %w", err)
	}
	side, quiet := m.Size*module, 4*module
	if side+2*quiet > p.model.Dots {
		return nil
	}
	p.gap()
	p.line(w.Say("printer.test.code", module))
	corner := image.Pt((p.model.Dots-side)/2, quiet)
	if half {
		corner.X &^= 1
	}
	b := printer.NewBitmap(p.model.Dots, side+2*quiet)
	for y := range m.Size {
		for x := range m.Size {
			if m.Dark(x, y) {
				at := corner.Add(image.Pt(x*module, y*module))
				b.Fill(image.Rectangle{at, at.Add(image.Pt(module, module))})
			}
		}
	}
	area := image.Rectangle{corner, corner.Add(image.Pt(side, side))}
	p.job = append(p.job, &printer.Code{Raster: b, Area: area, Module: module, Text: text})
	return nil
}
