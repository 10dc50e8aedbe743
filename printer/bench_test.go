package printer_test

import (
	"fmt"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// benchLayouts runs f for the card of eight lines in each layout, on 58 mm
// paper and a printer that takes no time; plain is one that can't leave out
// white.
func benchLayouts(b *testing.B, f func(*testing.B, *printertest.Printer, *printer.Dev, []printer.Raster)) {
	best, err := printer.Named("epson-tm-58")
	if err != nil {
		b.Fatal(err)
	}
	plain := printer.Profile{Dots: best.Dots, Blade: best.Blade, Answers: best.Answers}
	run := func(name string, p printer.Profile) {
		b.Run(name, func(b *testing.B) {
			vp, err := printertest.New(printertest.Like(p))
			if err != nil {
				b.Fatal(err)
			}
			d, err := printer.New(vp, &printer.Opts{Profile: p, Now: vp.Now})
			if err != nil {
				b.Fatal(err)
			}
			f(b, vp, d, drawEight(b, p.Dots, moduleFor(p.Layout)).job)
		})
	}
	run("plain", plain)
	for _, best.Layout = range best.Layouts() {
		run(best.Layout.String(), best)
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
