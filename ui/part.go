package ui

import (
	"math"

	"fyne.io/fyne/v2"
)

// A part is something on a screen that knows how tall it is at a width, and
// then takes its place. Fyne's own layouts can't ask for the height at a width,
// which is what text that breaks needs.
type part interface {
	wide() float32              // the width it would like
	tall(width float32) float32 // the height it needs there
	place(x, y, w, h float32)
	shown() bool // what is not shown takes no room
	objects() []fyne.CanvasObject
}

// tooTall is the height of what can't be put into a width at all.
const tooTall = float32(1 << 20)

// A spring takes room that is left over.
type spring float32

func (spring) wide() float32                { return 0 }
func (spring) tall(float32) float32         { return 0 }
func (spring) place(_, _, _, _ float32)     {}
func (spring) shown() bool                  { return true }
func (spring) objects() []fyne.CanvasObject { return nil }

// growing is a part that takes room that is left over, as a spring does.
type growing struct {
	part
	weight float32
}

func weightOf(p part) float32 {
	switch p := p.(type) {
	case spring:
		return float32(p)
	case growing:
		return p.weight
	}
	return 0
}

// A space is a distance between the parts of a column, instead of its gap.
type space struct {
	p *pen
	n float32
}

func (space) wide() float32                { return 0 }
func (s space) tall(float32) float32       { return s.p.gap(s.n) }
func (space) place(_, _, _, _ float32)     {}
func (space) shown() bool                  { return true }
func (space) objects() []fyne.CanvasObject { return nil }
func isLoose(p part) bool                  { _, a := p.(space); _, b := p.(spring); return a || b }
func visible(parts []part) (list []part)   { return keep(parts, part.shown) }
func sumWeights(parts []part) (sum float32) {
	for _, p := range parts {
		sum += weightOf(p)
	}
	return sum
}

func keep(parts []part, ok func(part) bool) (list []part) {
	for _, p := range parts {
		if ok(p) {
			list = append(list, p)
		}
	}
	return list
}

// A column puts parts under one another.
type column struct {
	p      *pen
	gap    float32
	least  bool // targets: never closer than 2 mm
	middle bool // as wide as they like, in the middle
	parts  []part
}

func newColumn(p *pen, gap float32, parts ...part) *column {
	return &column{p: p, gap: gap, parts: parts}
}

func (c *column) objects() []fyne.CanvasObject { return objectsOf(c.parts) }
func (c *column) shown() bool                  { return anyShown(c.parts) }

func (c *column) wide() (w float32) {
	for _, p := range visible(c.parts) {
		w = max(w, p.wide())
	}
	return w
}

// gaps gives the distance after each part but the last.
func (c *column) distance(above, below part) float32 {
	if isLoose(above) || isLoose(below) {
		return 0
	}
	d := c.p.gap(c.gap)
	if c.least {
		d = max(d, c.p.apart())
	}
	return d
}

func (c *column) tall(width float32) (h float32) {
	list := visible(c.parts)
	for i, p := range list {
		h += p.tall(width)
		if i > 0 {
			h += c.distance(list[i-1], p)
		}
	}
	return h
}

func (c *column) place(x, y, w, h float32) {
	list := visible(c.parts)
	left := max(0, h-c.tall(w))
	weights := sumWeights(list)
	for i, p := range list {
		if i > 0 {
			y += c.distance(list[i-1], p)
		}
		ph := min(p.tall(w), h) // what does not fit at all is cut, not drawn for ever
		if k := weightOf(p); k > 0 {
			ph += float32(math.Floor(float64(left * k / weights)))
		}
		px, pw := x, w
		if c.middle {
			pw = min(w, p.wide())
			px = x + round((w-pw)/2)
		}
		p.place(px, y, pw, ph)
		y += ph
	}
}

// A row puts parts beside one another: springs and growing parts share the
// width that the others leave.
type row struct {
	p     *pen
	gap   float32
	least bool // targets: never closer than 2 mm
	top   bool // parts as tall as they need, at the top; otherwise as tall as the row
	parts []part
}

func newRow(p *pen, gap float32, parts ...part) *row {
	return &row{p: p, gap: gap, least: true, parts: parts}
}

func (r *row) objects() []fyne.CanvasObject { return objectsOf(r.parts) }
func (r *row) shown() bool                  { return anyShown(r.parts) }

func (r *row) distance() float32 {
	d := r.p.gap(r.gap)
	if r.least {
		d = max(d, r.p.apart())
	}
	return d
}

func (r *row) wide() (w float32) {
	list := visible(r.parts)
	for _, p := range list {
		w += p.wide()
	}
	return w + r.distance()*float32(max(0, len(list)-1))
}

// widths shares out a width; false when there is not enough of it.
func (r *row) widths(list []part, width float32) ([]float32, bool) {
	left := width - r.distance()*float32(len(list)-1)
	for _, p := range list {
		if weightOf(p) == 0 {
			left -= p.wide()
		}
	}
	weights := sumWeights(list)
	ws := make([]float32, len(list))
	for i, p := range list {
		if k := weightOf(p); k > 0 {
			ws[i] = float32(math.Floor(float64(max(0, left) * k / weights)))
		} else {
			ws[i] = p.wide()
		}
	}
	return ws, left >= 0
}

func (r *row) tall(width float32) (h float32) {
	list := visible(r.parts)
	ws, ok := r.widths(list, width)
	if !ok {
		return tooTall
	}
	for i, p := range list {
		h = max(h, p.tall(ws[i]))
	}
	return h
}

func (r *row) place(x, y, w, h float32) {
	list := visible(r.parts)
	ws, _ := r.widths(list, w)
	for i, p := range list {
		ph := h
		if r.top {
			ph = min(h, p.tall(ws[i]))
		}
		p.place(x, y, ws[i], ph)
		x += ws[i] + r.distance()
	}
}

// A shape is the same parts in another order: lying, upright, or low.
type shape struct {
	p                   *pen
	lying, upright, low part
}

func (s *shape) now() part {
	switch {
	case s.p.upright && s.upright != nil:
		return s.upright
	case s.p.low && s.low != nil:
		return s.low
	}
	return s.lying
}

func (s *shape) wide() float32              { return s.now().wide() }
func (s *shape) tall(width float32) float32 { return s.now().tall(width) }
func (s *shape) place(x, y, w, h float32)   { s.now().place(x, y, w, h) }
func (s *shape) shown() bool                { return s.now().shown() }

func (s *shape) objects() []fyne.CanvasObject {
	var all []part
	for _, way := range []part{s.lying, s.upright, s.low} {
		if way != nil {
			all = append(all, way)
		}
	}
	return once(objectsOf(all))
}

// A foot is what leads back and on in one row; on an upright panel that is too
// narrow for it, what else there is stands above them, rather than all of the
// screen getting smaller.
type foot struct {
	p         *pen
	row, high part
}

func newFoot(p *pen, gap float32, back part, on part, others ...part) *foot {
	row := append([]part{back, spring(1)}, others...)
	return &foot{p: p, row: newRow(p, gap, append(row, on)...),
		high: newColumn(p, 24, newRow(p, gap, append([]part{spring(1)}, others...)...), newRow(p, gap, back, spring(1), on))}
}

func (f *foot) at(width float32) part {
	if f.p.upright && f.row.wide() > width {
		return f.high
	}
	return f.row
}

func (f *foot) wide() float32                { return f.row.wide() }
func (f *foot) tall(width float32) float32   { return f.at(width).tall(width) }
func (f *foot) place(x, y, w, h float32)     { f.at(w).place(x, y, w, h) }
func (f *foot) shown() bool                  { return f.row.shown() }
func (f *foot) objects() []fyne.CanvasObject { return f.row.objects() }

// either is the first of two parts that is shown: what went wrong, or else what
// to do.
type either struct{ first, second part }

func (e *either) now() part {
	if e.first.shown() {
		return e.first
	}
	return e.second
}

func (e *either) wide() float32              { return e.now().wide() }
func (e *either) tall(width float32) float32 { return e.now().tall(width) }
func (e *either) place(x, y, w, h float32)   { e.now().place(x, y, w, h) }
func (e *either) shown() bool                { return e.now().shown() }

func (e *either) objects() []fyne.CanvasObject {
	return objectsOf([]part{e.first, e.second})
}

// A page keeps what leads on, and back, at the bottom of every screen.
type page struct {
	p          *pen
	main, foot part
	under      bool // below the strip that counts down, whose room is above it
}

func (g *page) margins() (x, top, bottom float32) {
	if g.p.low {
		return g.p.gap(32), max(g.p.gap(20), g.p.apart()), g.p.gap(18)
	}
	if g.under {
		return g.p.gap(56), g.p.gap(8), g.p.gap(32)
	}
	return g.p.gap(56), g.p.gap(40), g.p.gap(32)
}

func (g *page) between() float32             { return max(g.p.gap(24), g.p.apart()) }
func (g *page) shown() bool                  { return true }
func (g *page) wide() float32                { return g.main.wide() }
func (g *page) objects() []fyne.CanvasObject { return append(g.main.objects(), g.foot.objects()...) }

func (g *page) tall(width float32) float32 {
	x, top, bottom := g.margins()
	h := top + g.main.tall(width-2*x) + bottom
	if g.foot.shown() {
		h += g.between() + g.foot.tall(width-2*x)
	}
	return h
}

func (g *page) place(x, y, w, h float32) {
	mx, top, bottom := g.margins()
	inner := w - 2*mx
	end := y + h - bottom
	if g.foot.shown() {
		fh := g.foot.tall(inner)
		g.foot.place(x+mx, end-fh, inner, fh)
		end -= fh + g.between()
	}
	g.main.place(x+mx, y+top, inner, end-y-top)
}

func objectsOf(parts []part) (all []fyne.CanvasObject) {
	for _, p := range parts {
		all = append(all, p.objects()...)
	}
	return all
}

func anyShown(parts []part) bool {
	for _, p := range parts {
		if p.shown() && !isLoose(p) {
			return true
		}
	}
	return false
}

// once drops objects that stand in a list twice.
func once(all []fyne.CanvasObject) (list []fyne.CanvasObject) {
	seen := map[fyne.CanvasObject]bool{}
	for _, o := range all {
		if !seen[o] {
			seen[o] = true
			list = append(list, o)
		}
	}
	return list
}
