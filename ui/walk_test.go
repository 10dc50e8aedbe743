package ui

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"pointkiosk/kiosk"
	"pointkiosk/packaging/proof"
)

// A spot is a visible object with where it is in the window, and its parent.
type spot struct {
	object fyne.CanvasObject
	at     fyne.Position
	size   fyne.Size
	in     fyne.Position // the parent's
	inSize fyne.Size
}

// spots lists what is visible, in the order in which it is painted.
func spots(o fyne.CanvasObject) (list []spot) {
	var walk func(o fyne.CanvasObject, parent spot)
	walk = func(o fyne.CanvasObject, parent spot) {
		if !o.Visible() {
			return
		}
		s := spot{object: o, at: parent.at.Add(o.Position()), size: o.Size(), in: parent.at, inSize: parent.size}
		list = append(list, s)
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child, s)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child, s)
			}
		}
	}
	walk(o, spot{size: o.Size()})
	return list
}

// faults lists what is wrong with a window: what lies outside, is cut off, too
// small to hit, too close to be hit alone, or too pale to read.
func faults(list []spot, window fyne.Size, mm float32) (bad []string) {
	add := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	var targets, texts, grounds []spot
	for _, s := range list {
		if outside(s.at, s.size, fyne.Position{}, window) {
			add("%s lies outside the window", describe(s))
		}
		switch o := s.object.(type) {
		case *button:
			targets = append(targets, s)
			if least := 12 * mm; s.size.Width < least || s.size.Height < least {
				add("%s is under 12 mm", describe(s))
			}
		case *canvas.Rectangle:
			grounds = append(grounds, s)
		case *canvas.Text:
			if o.Text == "" {
				continue
			}
			texts = append(texts, s)
			if outside(s.at, o.MinSize(), s.in, s.inSize) {
				add("%s is cut off by %v at %v", describe(s), s.inSize, s.in)
			}
			if strings.ContainsAny(o.Text, "‹{") || strings.Contains(o.Text, "%!") {
				add("%s says nothing", describe(s))
			}
			if c := contrast(o.Color, under(grounds, s)); c < 7 {
				add("%s has a contrast of %.1f", describe(s), c)
			}
			if o.TextSize < smallest*mm {
				add("%s is %.1f mm high", describe(s), o.TextSize/mm)
			}
		}
	}
	for i, a := range targets {
		for _, b := range targets[:i] {
			if distance(a, b) < 2*mm {
				add("%s is under 2 mm from %s", describe(a), describe(b))
			}
		}
	}
	for i, a := range texts {
		for _, b := range texts[:i] {
			if overlap(a, b) {
				add("%s lies on %s", describe(a), describe(b))
			}
		}
	}
	return bad
}

func outside(at fyne.Position, size fyne.Size, in fyne.Position, of fyne.Size) bool {
	const slack = 1.01 // rounding to whole pixels
	return at.X < in.X-slack || at.Y < in.Y-slack || at.X+size.Width > in.X+of.Width+slack || at.Y+size.Height > in.Y+of.Height+slack
}

// distance is that between the nearest edges of two targets.
func distance(a, b spot) float32 {
	dx := max(a.at.X-b.at.X-b.size.Width, b.at.X-a.at.X-a.size.Width, 0)
	dy := max(a.at.Y-b.at.Y-b.size.Height, b.at.Y-a.at.Y-a.size.Height, 0)
	return float32(math.Hypot(float64(dx), float64(dy)))
}

// overlap looks at the middle of lines: BIZ UDPGothic's letters fill 0.12 to
// 0.95 of their height at most.
func overlap(a, b spot) bool {
	ah, bh := a.size.Height*0.15, b.size.Height*0.15
	return a.at.X+1 < b.at.X+b.size.Width && b.at.X+1 < a.at.X+a.size.Width &&
		a.at.Y+ah < b.at.Y+b.size.Height-bh && b.at.Y+bh < a.at.Y+a.size.Height-ah
}

// under is the colour of what was painted last under a text.
func under(grounds []spot, s spot) color.Color {
	x, y := s.at.X+s.size.Width/2, s.at.Y+s.size.Height/2
	for i := len(grounds) - 1; i >= 0; i-- {
		g := grounds[i]
		fill := g.object.(*canvas.Rectangle).FillColor
		if _, _, _, alpha := fill.RGBA(); alpha < 0xFFFF {
			continue
		}
		if x >= g.at.X && y >= g.at.Y && x < g.at.X+g.size.Width && y < g.at.Y+g.size.Height {
			return fill
		}
	}
	return color.Transparent
}

// contrast is the ratio of WCAG 2.2.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xFFFF
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func describe(s spot) string {
	name := fmt.Sprintf("%T", s.object)
	switch o := s.object.(type) {
	case *canvas.Text:
		name = fmt.Sprintf("%q (%.0f px)", o.Text, o.TextSize)
	case *button:
		name = "button"
		for _, in := range spots(o.box) {
			if t, ok := in.object.(*canvas.Text); ok {
				name += " " + t.Text
			}
		}
	}
	return fmt.Sprintf("%s %.0fx%.0f at %.0f,%.0f", name, s.size.Width, s.size.Height, s.at.X, s.at.Y)
}

// Everything can be read and hit: all screens, at all sizes of panel and text,
// in both languages, with and without high contrast. That moves nothing, so that
// only a soak looks at it on more than one panel.
func TestEverythingCanBeReadAndHit(t *testing.T) {
	newApp(t)
	panels := proof.Times(1, 1, len(sizes()))
	for n, size := range sizes() {
		root, _ := open(t, size, func(kiosk.Event) {})
		for _, contrast := range []bool{false, true} { // outside, since pictures are drawn anew for each
			if contrast && n >= panels {
				continue
			}
			for _, s := range samples() {
				for _, look := range looks() {
					if s.state.Look = look; look.Contrast != contrast {
						continue
					}
					s.show(root)
					for _, fault := range faults(spots(root.Object()), size, root.pen.mm) {
						t.Errorf("%s %.0fx%.0f %s: %s", s.name, size.Width, size.Height, lookName(look), fault)
					}
				}
			}
		}
	}
}
