package printer_test

import (
	"fmt"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// layouts58 are the printers of 58 mm paper that the figures are for: one that
// can't leave out white, and one that can all, in each layout.
func layouts58(t testing.TB) (names []string, kinds []printer.Profile) {
	t.Helper()
	best, err := printer.Named("epson-tm-58")
	if err != nil {
		t.Fatal(err)
	}
	names, kinds = []string{"plain"}, []printer.Profile{{Dots: best.Dots, Blade: best.Blade, Answers: best.Answers}}
	for _, best.Layout = range best.Layouts() {
		names, kinds = append(names, best.Layout.String()), append(kinds, best)
	}
	return names, kinds
}

// benchLayouts runs f for the card of eight lines in each layout, on 58 mm
// paper and a printer that takes no time.
func benchLayouts(b *testing.B, f func(*testing.B, *printertest.Printer, *printer.Dev, []printer.Raster)) {
	names, kinds := layouts58(b)
	for n, p := range kinds {
		b.Run(names[n], func(b *testing.B) {
			vp, d := model(b, p)
			f(b, vp, d, drawEight(b, p.Dots, moduleFor(p.Layout)).job)
		})
	}
}

// BenchmarkPrint is a card with all that belongs to it: the questions, the set
// up, the cut and the proof. A byte is ten bits on a serial line.
func BenchmarkPrint(b *testing.B) {
	benchLayouts(b, func(b *testing.B, vp *printertest.Printer, d *printer.Dev, job []printer.Raster) {
		if _, err := d.Print(job...); err != nil { // also clears
			b.Fatal(err)
		}
		before := vp.Received()
		for b.Loop() {
			if _, err := d.Print(job...); err != nil {
				b.Fatal(err)
			}
		}
		bytes := float64(vp.Received()-before) / float64(b.N)
		b.ReportMetric(bytes, "wire-B/op")
		for _, baud := range []float64{9600, 38400, 115200} {
			b.ReportMetric(bytes*10/baud, fmt.Sprintf("s@%.0f/op", baud))
		}
	})
}

// BenchmarkEncode is the making of a card's bytes alone.
func BenchmarkEncode(b *testing.B) {
	benchLayouts(b, func(b *testing.B, _ *printertest.Printer, d *printer.Dev, job []printer.Raster) {
		b.ReportAllocs()
		for b.Loop() {
			if err := d.Encode(job...); err != nil {
				b.Fatal(err)
			}
		}
	})
}
