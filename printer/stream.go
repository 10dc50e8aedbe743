package printer

import (
	"errors"
	"fmt"
)

// stream turns a job into the commands of a layout.
type stream struct {
	p     *Profile
	draw  func(rune) Raster
	parts []part // to be written one by one
	rows  int    // of paper that they take

	page   *page // pictures that wait
	move   int   // rows by which the paper must move before what comes next; that prints a line, too
	centre bool  // ESC a 1 is in force
	letter letter
}

// A part is whole commands, to be written as one.
type part struct {
	bytes []byte
	rows  int // of paper that they take
}

// encode makes the commands of a job, or says why it can't be printed.
func (d *Dev) encode(job []Raster) (*stream, error) {
	s := &stream{p: &d.p, draw: d.opts.Draw}
	for _, r := range job {
		if err := s.add(r); err != nil {
			return nil, err
		}
	}
	if err := s.flush(); err != nil {
		return nil, err
	}
	s.settle()
	if s.rows == 0 {
		return nil, errors.New("printer: an empty job")
	}
	last := byte(0)
	for _, part := range s.parts {
		for _, now := range part.bytes {
			if realtime(last, now) {
				return nil, errors.New("printer: the job has bytes that are a real-time command")
			}
			last = now
		}
	}
	return s, nil
}

func (s *stream) add(r Raster) error {
	switch b := r.(type) {
	case *Shade:
		return s.shade(b)
	case *Text:
		return s.text(b)
	case *Code:
		if err := b.check(); err != nil {
			return err
		}
		if s.p.Layout > Whole {
			return s.code(b)
		}
		if err := s.picture(b.Raster); err != nil {
			return err
		}
		top := s.page.height - b.Bounds().Max.Y
		s.page.keep = append(s.page.keep, [2]int{top + b.Area.Min.Y, top + b.Area.Max.Y})
		return nil
	}
	return s.picture(r)
}

// shade prints a picture at another density.
func (s *stream) shade(b *Shade) error {
	if b.Step < 1 || b.Step > len(s.p.Densities) {
		return fmt.Errorf("printer: density %d, the printer has %d", b.Step, len(s.p.Densities))
	}
	if err := s.flush(); err != nil {
		return err
	}
	s.emit(s.p.Densities[b.Step-1], 0)
	if err := s.picture(b.Raster); err != nil {
		return err
	}
	return s.flush()
}

// text prints a text in the printer's letters if it can.
func (s *stream) text(t *Text) error {
	err := fmt.Errorf("printer: layout %v prints pictures, and the text has none", s.p.Layout)
	if s.p.Layout >= NativeText {
		l := line{letter: s.letter}
		if err = l.spell(t, s); err == nil {
			return s.print(l)
		}
	}
	if t.Raster == nil {
		return err
	}
	return s.picture(t.Raster)
}

// picture puts r below what waits.
func (s *stream) picture(r Raster) error {
	if s.page == nil {
		s.page = newPage(s.p.Dots, 1)
	}
	return s.page.add(r)
}

// flush prints the pictures that wait.
func (s *stream) flush() error {
	p := s.page
	if p == nil {
		return nil
	}
	s.page = nil
	return s.put(p)
}

func (s *stream) put(p *page) error {
	// Among lines of text that stand in the middle, pictures do too.
	p.centre = s.p.Layout >= NativeText || s.p.Layout == Cropped && !s.p.Place
	bands, err := p.bands(s.p)
	if err != nil {
		return err
	}
	for _, b := range bands {
		rows := (b.to - b.from) * p.scale
		if b.feed {
			s.feed(rows)
			continue
		}
		if b.left > 0 || 8*b.width < p.dots {
			s.align(b.centre)
		}
		s.emit(p.encode(b), rows)
		s.rows += rows
	}
	return nil
}

// feed moves the paper.
func (s *stream) feed(rows int) { s.move, s.rows = s.move+rows, s.rows+rows }

// settle moves the paper by what is due.
func (s *stream) settle() {
	if s.move > 0 {
		s.parts = append(s.parts, part{feed(s.move), s.move})
		s.move = 0
	}
}

// emit adds a part of so many rows below what is due.
func (s *stream) emit(w []byte, rows int) {
	s.settle()
	s.parts = append(s.parts, part{w, rows})
}

// align lets what follows stand in the middle or at the left edge (ESC a).
func (s *stream) align(centre bool) {
	if s.centre == centre {
		return
	}
	s.centre = centre
	n := byte(0)
	if centre {
		n = 1
	}
	s.emit([]byte{esc, 'a', n}, 0)
}

// feed moves the paper by that many rows (ESC J n).
func feed(rows int) (w []byte) {
	for ; rows > 0; rows -= min(rows, 255) {
		w = append(w, esc, 'J', byte(min(rows, 255)))
	}
	return w
}
