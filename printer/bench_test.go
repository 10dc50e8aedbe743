package printer_test

import (
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// BenchmarkPrint is a card of 58 mm paper on a printer that takes no time.
func BenchmarkPrint(b *testing.B) {
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.ProcessID, Blade: blade})
	if err != nil {
		b.Fatal(err)
	}
	d, err := printer.New(vp, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.ProcessID}, Now: vp.Now})
	if err != nil {
		b.Fatal(err)
	}
	r := card(1, 384, 600)
	before := vp.Received()
	for b.Loop() {
		if _, err := d.Print(r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(vp.Received()-before)/float64(b.N), "wire-B/op")
}
