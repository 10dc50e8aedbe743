package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // one of the kinds that are read
	"io"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

// ErrPicture reports bytes that are no picture which can be printed.
var ErrPicture = errors.New("sheet: not a PNG, JPEG or SVG picture that can be printed")

// mostPixels bounds what a picture may cost in memory; mostDots is what paper
// shows of one, at 400 dots an inch.
const (
	mostPixels = 100_000_000
	mostDots   = 630
)

// A picture is a JPEG of dots, or filled shapes.
type picture struct {
	wide, high float64 // their ratio counts
	jpeg       []byte
	shapes     []shape
}

// CheckPicture reports what can't be printed as a picture.
func CheckPicture(b []byte) error {
	p, err := readPicture(b)
	if p == nil && err == nil {
		err = fmt.Errorf("%w: it is empty", ErrPicture)
	}
	return err
}

// CheckColour reports what is no colour: #RRGGBB, or none.
func CheckColour(text string) error {
	_, err := parseColour(text)
	return err
}

// readPicture knows a picture by its bytes; none gives none.
func readPicture(b []byte) (*picture, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if bytes.HasPrefix(b, []byte("\x89PNG")) || bytes.HasPrefix(b, []byte("\xFF\xD8")) {
		return readDots(b)
	}
	if err := checkSVG(b); err != nil {
		return nil, err
	}
	return readShapes(b)
}

// readDots brings a picture of dots into one form: on white, no larger than
// paper shows, eight bits a colour.
func readDots(b []byte) (*picture, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if size.Width < 1 || size.Height < 1 || size.Width > mostPixels/size.Height {
		return nil, fmt.Errorf("%w: %d x %d dots", ErrPicture, size.Width, size.Height)
	}
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	flat := smaller(m, mostDots)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, flat, &jpeg.Options{Quality: 92}); err != nil {
		return nil, fmt.Errorf("sheet: picture: %w", err)
	}
	return &picture{wide: float64(flat.Rect.Dx()), high: float64(flat.Rect.Dy()), jpeg: out.Bytes()}, nil
}

// smaller lays a picture on white, each dot the mean of those it stands for.
func smaller(m image.Image, most int) *image.RGBA {
	r := m.Bounds()
	full := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(full, full.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(full, full.Rect, m, r.Min, draw.Over)
	n := (max(r.Dx(), r.Dy()) + most - 1) / most
	if n <= 1 {
		return full
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, r.Dx()/n), max(1, r.Dy()/n)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.SetRGBA(x, y, mean(full, x*n, y*n, n))
		}
	}
	return out
}

func mean(m *image.RGBA, x0, y0, n int) color.RGBA {
	var sum [3]int
	dots := 0
	for y := y0; y < min(y0+n, m.Rect.Max.Y); y++ {
		for x := x0; x < min(x0+n, m.Rect.Max.X); x++ {
			c := m.RGBAAt(x, y)
			sum[0], sum[1], sum[2], dots = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B), dots+1
		}
	}
	return color.RGBA{uint8(sum[0] / dots), uint8(sum[1] / dots), uint8(sum[2] / dots), 255}
}

// unprinted are what an SVG may hold and we don't draw: a picture that lacks a
// part of itself isn't printed.
var unprinted = map[string]bool{
	"text": true, "image": true, "filter": true, "mask": true, "pattern": true, "foreignObject": true,
	"linearGradient": true, "radialGradient": true, "clipPath": true, "script": true,
}

// checkSVG reads an SVG to its end.
func checkSVG(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	root := ""
	for {
		t, err := d.Token()
		switch start, ok := t.(xml.StartElement); {
		case err == io.EOF && root == "svg":
			return nil
		case err == io.EOF:
			return ErrPicture
		case err != nil:
			return fmt.Errorf("%w: %w", ErrPicture, err)
		case !ok:
		case root == "":
			if root = start.Name.Local; root != "svg" {
				return ErrPicture
			}
		case unprinted[start.Name.Local]:
			return fmt.Errorf("%w: SVG <%s> isn't printed: turn it into paths, or into a PNG", ErrPicture, start.Name.Local)
		}
	}
}

// A shape is polygons filled in one colour. Its points are in 1/64 of a unit.
type shape struct {
	polygons [][]fixed.Point26_6
	ink      colour
	evenOdd  bool
}

// fine is how much larger shapes are taken than their file says, so that their
// curves are polygons no eye sees.
const fine = 8

func readShapes(b []byte) (p *picture, err error) {
	defer func() { // the parser of paths indexes past what a wrong one has
		if broken := recover(); broken != nil {
			p, err = nil, fmt.Errorf("%w: %v", ErrPicture, broken)
		}
	}()
	icon, err := oksvg.ReadIconStream(bytes.NewReader(b), oksvg.IgnoreErrorMode)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	w, h := icon.ViewBox.W, icon.ViewBox.H
	if !(w > 0 && h > 0 && w < 1e5 && h < 1e5) || len(icon.SVGPaths) == 0 {
		return nil, fmt.Errorf("%w: nothing in it can be drawn", ErrPicture)
	}
	unit := fine * min(1, 1000/max(w, h))
	icon.SetTarget(0, 0, w*unit, h*unit)
	for i := range icon.SVGPaths { // which scales paths, but not their strokes
		s := &icon.SVGPaths[i]
		s.LineWidth, s.DashOffset = s.LineWidth*unit, s.DashOffset*unit
		s.Dash = append([]float64(nil), s.Dash...)
		for j := range s.Dash {
			s.Dash[j] *= unit
		}
	}
	t := new(tracer)
	icon.Draw(rasterx.NewDasher(int(w*unit), int(h*unit), t), 1)
	return &picture{wide: w * unit, high: h * unit, shapes: t.shapes}, nil
}

// A tracer is a scanner that keeps what it should fill.
type tracer struct {
	shapes  []shape
	next    shape
	corners int
}

// mostCorners is far more than a drawing has; dashes of no length have more.
const mostCorners = 1_000_000

func (t *tracer) Start(a fixed.Point26_6) {
	t.next.polygons = append(t.next.polygons, []fixed.Point26_6{a})
}

func (t *tracer) Line(b fixed.Point26_6) {
	if t.corners++; t.corners > mostCorners {
		panic("too many corners") // for readShapes, out of the parser
	}
	last := len(t.next.polygons) - 1
	if last < 0 {
		t.Start(b)
		return
	}
	t.next.polygons[last] = append(t.next.polygons[last], b)
}

func (t *tracer) Draw() {
	if t.next.polygons = closed(t.next.polygons); len(t.next.polygons) > 0 {
		t.shapes = append(t.shapes, t.next)
	}
	t.Clear()
}

// closed chains lines to polygons: the outline of a stroke comes as pieces of
// both its sides, each of which begins where another ends.
func closed(lines [][]fixed.Point26_6) (polygons [][]fixed.Point26_6) {
	begin := map[fixed.Point26_6][]int{}
	for i, l := range lines {
		if l[0] != l[len(l)-1] {
			begin[l[0]] = append(begin[l[0]], i)
		}
	}
	used := make([]bool, len(lines))
	for i, l := range lines {
		if used[i] {
			continue
		}
		used[i] = true
		polygon := append([]fixed.Point26_6(nil), l...)
		for polygon[0] != polygon[len(polygon)-1] {
			next := begin[polygon[len(polygon)-1]]
			for len(next) > 0 && used[next[0]] {
				next = next[1:]
			}
			if len(next) == 0 {
				break
			}
			used[next[0]] = true
			polygon = append(polygon, lines[next[0]][1:]...)
		}
		polygons = append(polygons, polygon)
	}
	return polygons
}

func (t *tracer) Clear()                                 { t.next.polygons = nil }
func (t *tracer) SetWinding(nonZero bool)                { t.next.evenOdd = !nonZero }
func (t *tracer) SetBounds(int, int)                     {}
func (t *tracer) SetClip(image.Rectangle)                {}
func (t *tracer) GetPathExtent() (r fixed.Rectangle26_6) { return r }

// SetColor lays what shines through on white: there is nothing else below it.
func (t *tracer) SetColor(c any) {
	if c, ok := c.(color.Color); ok {
		r, g, b, a := c.RGBA()
		for i, v := range [3]uint32{r, g, b} {
			t.next.ink[i] = uint8((v + 0xFFFF - a) >> 8)
		}
	}
}

// fit is where a picture lies in a field: as large as it can be, in its middle.
func (p *picture) fit(b box) box {
	scale := min(b.w/p.wide, b.h/p.high)
	w, h := p.wide*scale, p.high*scale
	return box{x: b.x + (b.w-w)/2, y: b.y + (b.h-h)/2, w: w, h: h}
}

// draw fills the shapes of a picture in a field.
func (p *picture) draw(to *pen, b box) {
	if len(p.shapes) == 0 {
		return
	}
	b = p.fit(b)
	unit := b.w / p.wide / 64
	to.op("q")
	to.box(b.x, b.y, b.w, b.h, 0)
	to.op("W n")
	for _, s := range p.shapes {
		to.fill(s.ink)
		for _, polygon := range s.polygons {
			for i, at := range polygon {
				to.at(b.x+float64(at.X)*unit, b.y+float64(at.Y)*unit)
				to.op([]string{"m", "l"}[min(i, 1)])
			}
			to.op("h")
		}
		to.op(map[bool]string{false: "f", true: "f*"}[s.evenOdd])
	}
	to.op("Q")
}
