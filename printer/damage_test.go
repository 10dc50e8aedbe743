package printer_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A damage is what may become of a paper, or of the picture that a camera
// takes of it, more with each of three strengths.
type damage struct {
	name   string
	levels [3]string
	do     func(m *image.Gray, level int) *image.Gray
}

// scale is how many pixels of a picture a dot of paper has.
const scale = 2

var damages = []damage{
	{"dot gain", [3]string{"1 dot", "2 dots", "3 dots"}, func(m *image.Gray, n int) *image.Gray { return spread(m, (n+1)*scale, 0) }},
	{"dot loss", [3]string{"1 dot", "2 dots", "3 dots"}, func(m *image.Gray, n int) *image.Gray { return spread(m, (n+1)*scale, 255) }},
	{"dead columns", [3]string{"3 dots", "6 dots", "12 dots"}, func(m *image.Gray, n int) *image.Gray {
		wide := []int{3, 6, 12}[n] * scale
		return remap(m, func(x, y float64, v float64) float64 {
			if d := int(x) - m.Rect.Dx()*3/5; d >= 0 && d < wide {
				return 255
			}
			return v
		})
	}},
	{"fading", [3]string{"to a half", "to a third", "to a quarter"}, func(m *image.Gray, n int) *image.Gray {
		left := 1 / float64(n+2)
		return noisy(remap(m, func(_, _, v float64) float64 { return 230 - (255-v)*left }), 3)
	}},
	{"shadow", [3]string{"of a half", "of three quarters", "of seven eighths"}, func(m *image.Gray, n int) *image.Gray {
		left, w := []float64{.5, .25, .125}[n], float64(m.Rect.Dx())
		return remap(m, func(x, _, v float64) float64 { return v * (left + (1-left)*x/w) })
	}},
	{"blur", [3]string{"4 dots", "6 dots", "8 dots"}, func(m *image.Gray, n int) *image.Gray { return blur(m, (2*n+4)*scale) }},
	{"speckles", [3]string{"1 in 200 dots", "1 in 100 dots", "1 in 50 dots"}, func(m *image.Gray, n int) *image.Gray { return speckle(m, []int{200, 100, 50}[n]) }},
	{"skew", [3]string{"3°", "10°", "30°"}, func(m *image.Gray, n int) *image.Gray {
		sin, cos := math.Sincos([]float64{3, 10, 30}[n] * math.Pi / 180)
		return warp(m, func(x, y float64) (float64, float64) { return x*cos + y*sin, y*cos - x*sin })
	}},
	{"perspective", [3]string{"a tenth", "a quarter", "two fifths"}, func(m *image.Gray, n int) *image.Gray {
		k := []float64{.1, .25, .4}[n] / float64(m.Rect.Dy())
		return warp(m, func(x, y float64) (float64, float64) { w := 1 + k*y; return x * w, y * w })
	}},
	{"fold", [3]string{"1 dot lost", "3 dots lost", "6 dots lost"}, func(m *image.Gray, n int) *image.Gray {
		lost, at := float64([]int{1, 3, 6}[n]*scale), 0.0
		return warp(m, func(x, y float64) (float64, float64) {
			if y > at {
				return x + (y-at)*.03, y + lost // the lower part lies askew, too
			}
			return x, y
		})
	}},
	{"low resolution", [3]string{"3 pixels a module", "2 pixels", "1.5 pixels"}, func(m *image.Gray, n int) *image.Gray {
		return shrink(m, 6.5*scale/[]float64{3, 2, 1.5}[n])
	}},
}

// TestDamage prints the card of eight lines in each layout, damages the paper,
// and writes down what two independent readers still read. Each must read the
// first strength of each damage in every layout.
func TestDamage(t *testing.T) {
	proof.Needs(t, "zbarimg", "ZXingReader")
	kind, err := printer.Named("epson-tm-58")
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("# What is read of a damaged card\n\nThe strongest damage that zbar / ZXing still read, on 58 mm paper.\n" +
		"Written by `go test ./printer -run TestDamage -update`.\n\n| damage |")
	columns := make([][]string, len(damages))
	for _, l := range kind.Layouts() {
		kind.Layout = l
		page, url := eightPage(t, kind)
		for n, d := range damages {
			columns[n] = append(columns[n], survives(t, d, picture(page), url, l))
		}
		fmt.Fprintf(&table, " %v, %d dots |", l, moduleFor(l))
	}
	table.WriteString("\n|---|" + strings.Repeat("---|", len(kind.Layouts())) + "\n")
	for n, d := range damages {
		fmt.Fprintf(&table, "| %s | %s |\n", d.name, strings.Join(columns[n], " | "))
	}
	proof.Golden(t, "damage.md", table.String())
}

func eightPage(t *testing.T, kind printer.Profile) (printertest.Page, string) {
	t.Helper()
	opts := printertest.Like(kind)
	opts.Skills.Font = newFont(t).cell
	vp, d := modelOf(t, kind, opts)
	e := drawEight(t, kind.Dots, moduleFor(kind.Layout))
	print(t, d, kind, e.job...)
	return vp.Pages()[0], e.url
}

// survives says how much both readers bear.
func survives(t *testing.T, d damage, m *image.Gray, url string, l printer.Layout) string {
	t.Helper()
	best := map[string]string{"zbarimg": "–", "ZXingReader": "–"}
	quick, pictures := png.Encoder{CompressionLevel: png.NoCompression}, [3]*image.Gray{}
	for n := range pictures {
		pictures[n] = d.do(m, n)
	}
	for _, reader := range []string{"zbarimg", "ZXingReader"} {
		for n, level := range d.levels {
			name := filepath.Join(t.TempDir(), "damaged.png")
			var b bytes.Buffer
			if err := quick.Encode(&b, pictures[n]); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			args := map[string][]string{"zbarimg": {"--quiet", "--raw", name}, "ZXingReader": {"-1", "-format", "QRCode", name}}[reader]
			out, _ := exec.Command(reader, args...).Output() // a code that isn't found is an exit status
			if !strings.Contains(string(out), url) {
				if n == 0 {
					t.Errorf("%v, %s of %s: %s reads nothing", l, d.name, level, reader)
				}
				break
			}
			best[reader] = level
		}
	}
	return best["zbarimg"] + " / " + best["ZXingReader"]
}

// picture is the lower part of a page, with the code in its middle, on a white
// table.
func picture(p printertest.Page) *image.Gray {
	const border, rows = 48, 400
	b := p.Bounds()
	m := image.NewGray(image.Rect(0, 0, (b.Dx()+2*border)*scale, (rows+2*border)*scale))
	return remap(m, func(x, y, _ float64) float64 {
		at := image.Pt(int(x)/scale-border, int(y)/scale-border+b.Dy()-rows)
		if at.In(b) && p.Row(at.Y)[at.X/8]>>(7-at.X%8)&1 == 1 {
			return 0
		}
		return 255
	})
}

// remap changes each pixel by itself.
func remap(m *image.Gray, f func(x, y, v float64) float64) *image.Gray {
	out := image.NewGray(m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			v := f(float64(x), float64(y), float64(m.Pix[y*m.Stride+x]))
			out.Pix[y*out.Stride+x] = uint8(min(max(v, 0), 255))
		}
	}
	return out
}

// at is a pixel, or white beyond the edge.
func at(m *image.Gray, x, y int) float64 {
	if x < 0 || y < 0 || x >= m.Rect.Max.X || y >= m.Rect.Max.Y {
		return 255
	}
	return float64(m.Pix[y*m.Stride+x])
}

// spread makes black (0) or white (255) wider by pixels on each side.
func spread(m *image.Gray, pixels int, what float64) *image.Gray {
	for range pixels {
		from := m
		m = remap(from, func(x, y, v float64) float64 {
			for _, d := range []image.Point{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				if at(from, int(x)+d.X, int(y)+d.Y) == what {
					return what
				}
			}
			return v
		})
	}
	return m
}

// blur averages over squares of that size, twice.
func blur(m *image.Gray, size int) *image.Gray {
	for _, step := range []image.Point{{1, 0}, {0, 1}, {1, 0}, {0, 1}} {
		from := m
		m = remap(from, func(x, y, _ float64) float64 {
			sum := 0.0
			for i := range size {
				sum += at(from, int(x)+(i-size/2)*step.X, int(y)+(i-size/2)*step.Y)
			}
			return sum / float64(size)
		})
	}
	return m
}

func noisy(m *image.Gray, sigma float64) *image.Gray {
	rnd := rand.New(rand.NewPCG(1, 1))
	return remap(m, func(_, _, v float64) float64 { return v + rnd.NormFloat64()*sigma })
}

// speckle turns one dot of so many over.
func speckle(m *image.Gray, one int) *image.Gray {
	rnd := rand.New(rand.NewPCG(1, 2))
	over := make([]bool, m.Rect.Dx()*m.Rect.Dy()/scale/scale)
	for i := range over {
		over[i] = rnd.IntN(one) == 0
	}
	return remap(m, func(x, y, v float64) float64 {
		if over[int(y)/scale*(m.Rect.Dx()/scale)+int(x)/scale] {
			return 255 - v
		}
		return v
	})
}

// warp takes each pixel from where f says, both seen from the middle.
func warp(m *image.Gray, f func(x, y float64) (float64, float64)) *image.Gray {
	cx, cy := float64(m.Rect.Dx())/2, float64(m.Rect.Dy())/2
	return remap(m, func(x, y, _ float64) float64 {
		fx, fy := f(x-cx, y-cy)
		fx, fy = fx+cx, fy+cy
		x0, y0 := math.Floor(fx), math.Floor(fy)
		dx, dy, i, j := fx-x0, fy-y0, int(x0), int(y0)
		return (at(m, i, j)*(1-dx)+at(m, i+1, j)*dx)*(1-dy) + (at(m, i, j+1)*(1-dx)+at(m, i+1, j+1)*dx)*dy
	})
}

// shrink is the picture of a camera that has so many times fewer pixels.
func shrink(m *image.Gray, times float64) *image.Gray {
	small := image.NewGray(image.Rect(0, 0, int(float64(m.Rect.Dx())/times), int(float64(m.Rect.Dy())/times)))
	return remap(small, func(x, y, _ float64) float64 {
		sum, n := 0.0, 0.0
		for j := int(y * times); j < int((y+1)*times); j++ {
			for i := int(x * times); i < int((x+1)*times); i++ {
				sum, n = sum+at(m, i, j), n+1
			}
		}
		return sum / n
	})
}
