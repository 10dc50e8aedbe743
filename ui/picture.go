package ui

import (
	"fmt"
	"image/color"
	"regexp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pointkiosk/assets"
)

// A picture is drawn in the colours of the palette: the files have ink, main
// and ground as 1B1B1F, 0A4A8F and FFFFFF.
type picture struct {
	p      *pen
	name   string
	height float32
	low    float32 // its height on a low panel, where that is another
	on     ink     // body, or that of the button on which it stands
	gone   bool
	image  *canvas.Image
	drawn  string
}

func newPicture(p *pen, name string, height float32) *picture {
	return &picture{p: p, name: name, height: height, on: body, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
}

// set shows another picture.
func (g *picture) set(name string) {
	if g.name != name {
		g.name, g.p.changed = name, true
	}
}

func (g *picture) show(yes bool) {
	if g.gone == yes {
		g.gone, g.p.changed = !yes, true
	}
}

func (g *picture) shown() bool                  { return !g.gone && g.name != "" }
func (g *picture) objects() []fyne.CanvasObject { return []fyne.CanvasObject{g.image} }
func (g *picture) tall(float32) float32         { return g.wide() }

func (g *picture) wide() float32 {
	if g.p.low && g.low > 0 {
		return g.p.gap(g.low)
	}
	return g.p.gap(g.height)
}

func (g *picture) place(x, y, w, h float32) {
	if most := round(g.p.scale * g.height); h > most {
		y, h = y+round((h-most)/2), most
	}
	g.image.Show()
	g.image.Move(fyne.NewPos(x, y))
	strokes := g.p.colours[body]
	accent, paper := g.p.colours[main], g.p.colours[ground]
	if g.on != body && g.on != main {
		strokes, accent = g.p.colours[g.on], g.p.colours[g.on]
	}
	side := min(w, h)
	drawn := fmt.Sprint(g.name, side) + hex(strokes) + hex(accent) + hex(paper)
	if g.drawn == drawn {
		g.image.Resize(fyne.NewSize(w, h))
		return
	}
	svg := strings.NewReplacer("#1B1B1F", hex(strokes), "#0A4A8F", hex(accent), "#FFFFFF", hex(paper)).
		Replace(string(assets.Picture(g.name)))
	g.drawn = drawn
	svg = scaleStrokes(svg, side)
	g.image.Resource = fyne.NewStaticResource(drawn+".svg", []byte(svg))
	if size := fyne.NewSize(w, h); g.image.Size() != size {
		g.image.Resize(size) // which draws it, once
		return
	}
	g.image.Refresh()
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// scaleStrokes makes lines as thick as the picture is large: Fyne's renderer
// (oksvg) scales paths, but not their strokes.
func scaleStrokes(svg string, side float32) string {
	box := regexp.MustCompile(`viewBox="0 0 (\d+) `).FindStringSubmatch(svg)
	if box == nil {
		return svg
	}
	whole, _ := strconv.ParseFloat(box[1], 64)
	stroke := regexp.MustCompile(`stroke-width="([\d.]+)"`)
	return stroke.ReplaceAllStringFunc(svg, func(was string) string {
		n, _ := strconv.ParseFloat(stroke.FindStringSubmatch(was)[1], 64)
		return fmt.Sprintf(`stroke-width="%.2f"`, n*float64(side)/whole)
	})
}
