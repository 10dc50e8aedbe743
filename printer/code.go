package printer

import (
	"errors"
	"fmt"
	"strings"
)

// code prints a code in fewer bytes than a picture of it: by the printer, or at
// half its resolution.
func (s *stream) code(c *Code) error {
	all, area := c.Bounds(), c.Area
	if above := (rows{c, all.Min.Y, area.Min.Y}); area.Min.Y > all.Min.Y {
		if err := s.picture(above); err != nil {
			return err
		}
	}
	if err := s.flush(); err != nil {
		return err
	}
	x := (s.p.Dots-all.Dx())/2 + area.Min.X - all.Min.X
	if s.p.Layout == Native {
		if err := s.nativeCode(c, x); err != nil {
			return err
		}
	} else {
		p, err := halve(c, s.p.Dots, x)
		if err != nil {
			return err
		}
		if err := s.put(p); err != nil {
			return err
		}
	}
	if below := (rows{c, area.Max.Y, all.Max.Y}); area.Max.Y < all.Max.Y {
		return s.picture(below)
	}
	return nil
}

// nativeCode lets the printer draw the code (GS ( k, cn = 49). It says nothing
// when it doesn't because the code is too wide, so that is looked at here.
func (s *stream) nativeCode(c *Code, x int) error {
	level, side := strings.IndexByte("LMQH", c.Level), c.Area.Dx()
	if c.Level == 0 {
		level = 1
	}
	switch {
	case c.Module > s.p.QR:
		return fmt.Errorf("printer: a code of %d dots a module, the printer's have at most %d", c.Module, s.p.QR)
	case x < 0 || x+side > s.p.Dots || 2*x+side < s.p.Dots-2 || 2*x+side > s.p.Dots+2:
		return errors.New("printer: the printer draws codes in the middle only")
	case !printable(c.Text) || len(c.Text) > 4296 || level < 0:
		return fmt.Errorf("printer: no code has %q at level %q", c.Text, c.Level)
	}
	n := len(c.Text) + 3
	s.align(true)
	w := []byte{gs, '(', 'k', 3, 0, 49, 67, byte(c.Module)}                         // fn 167: module
	w = append(w, gs, '(', 'k', 3, 0, 49, 69, byte(48+level))                       // fn 169: level
	w = append(append(w, gs, '(', 'k', byte(n), byte(n>>8), 49, 80, 48), c.Text...) // fn 180: data
	w = append(w, gs, '(', 'k', 3, 0, 49, 81, 48)                                   // fn 181: print
	s.emit(w)
	s.rows += side
	return nil
}

// halve returns a code as a page of half the resolution.
func halve(c *Code, dots, x int) (*page, error) {
	p, area := newPage(dots, 2), c.Area
	if x < 0 || x%2 != 0 || area.Dx()%2 != 0 {
		return nil, fmt.Errorf("printer: a code of %d dots at %d has no half resolution", area.Dx(), x)
	}
	p.height = area.Dy() / 2
	p.bits, p.keep = make([]byte, p.height*p.stride), [][2]int{{0, p.height}}
	for y := range p.height {
		one, two := c.Row(area.Min.Y+2*y), c.Row(area.Min.Y+2*y+1)
		for i := range area.Dx() / 2 {
			at := area.Min.X - c.Bounds().Min.X + 2*i
			a, b := one[at/8]>>(7-at%8)&1, one[(at+1)/8]>>(7-(at+1)%8)&1
			if a != b || a != two[at/8]>>(7-at%8)&1 || b != two[(at+1)/8]>>(7-(at+1)%8)&1 {
				return nil, fmt.Errorf("printer: the four dots at %d, %d of a code differ", at, 2*y)
			}
			to := x/2 + i
			p.bits[y*p.stride+to/8] |= a << (7 - to%8)
		}
	}
	return p, nil
}
