package printer_test

import (
	"errors"
	"fmt"
	"image"
	"testing"

	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

func TestPrintListing(t *testing.T) {
	for _, class := range classes {
		for _, dots := range []int{384, 576} {
			t.Run(fmt.Sprintf("%v-%d", class, dots), func(t *testing.T) {
				paper := &printertest.Opts{Dots: dots, Answers: class, Blade: blade}
				vp, d := unpack(t, paper, printer.Opts{})
				for seed := range uint64(2) {
					r := card(seed, dots, 300)
					proof, err := d.Print(r)
					if err != nil || proof != best(class) {
						t.Fatalf("got %v, %v", proof, err)
					}
					if pages := vp.Pages(); len(pages) != int(seed)+1 || !whole(pages[seed], r) {
						t.Fatalf("page %d is not the card", seed)
					}
				}
				clean(t, vp)
				proof.Golden(t, fmt.Sprintf("%v-%d.txt", class, dots), vp.Listing())
			})
		}
	}
}

// TestNarrow centres a raster whose width and place are no whole bytes.
func TestNarrow(t *testing.T) {
	paper := &printertest.Opts{Dots: 16, Answers: printer.ProcessID}
	vp, d := unpack(t, paper, printer.Opts{})
	r := printer.NewBitmap(5, 5)
	for i := range 5 {
		r.Fill(image.Rect(i, i, i+1, i+1))
	}
	r.Row(0)[0] |= 0x07 // beyond the bounds
	if _, err := d.Print(r); err != nil {
		t.Fatal(err)
	}
	clean(t, vp)
	proof.Golden(t, "narrow.txt", vp.Pages()[0].String())
}

type window struct {
	printer.Raster
	area image.Rectangle
}

func (w window) Bounds() image.Rectangle { return w.area }

func TestUnfitRasters(t *testing.T) {
	vp, d := unpack(t, &printertest.Opts{Dots: 384, Answers: printer.ProcessID}, printer.Opts{})
	for _, tt := range []struct {
		name string
		r    printer.Raster
	}{
		{"too wide", printer.NewBitmap(385, 1)},
		{"empty", printer.NewBitmap(384, 0)},
		{"short rows", window{printer.NewBitmap(8, 8), image.Rect(0, 0, 80, 8)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := d.Print(tt.r)
			if _, ok := errors.AsType[*printer.UncertainError](err); err == nil || ok {
				t.Errorf("got %v", err)
			}
		})
	}
	if n := vp.Received(); n != 0 {
		t.Errorf("%d bytes left", n)
	}
}

func TestOpts(t *testing.T) {
	for _, tt := range []struct {
		name string
		opts printer.Opts
		ok   bool
	}{
		{"58 mm", printer.Opts{Profile: printer.Profile{Dots: 384}}, true},
		{"80 mm", printer.Opts{Profile: printer.Profile{Dots: 576, Answers: printer.ProcessID}}, true},
		{"no width", printer.Opts{}, false},
		{"odd width", printer.Opts{Profile: printer.Profile{Dots: 380}}, false},
		{"band too high", printer.Opts{Profile: printer.Profile{Dots: 384, Band: 2304}}, false},
		{"feed too long", printer.Opts{Profile: printer.Profile{Dots: 384, Feed: 256}}, false},
		{"no such class", printer.Opts{Profile: printer.Profile{Dots: 384, Answers: 9}}, false},
		{"negative", printer.Opts{Profile: printer.Profile{Dots: 384}, Patience: -1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := printer.New(nil, &tt.opts); (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnswersText(t *testing.T) {
	for _, class := range classes {
		var got printer.Answers
		if err := got.UnmarshalText([]byte(class.String())); err != nil || got != class {
			t.Errorf("%v became %v, %v", class, got, err)
		}
	}
	if err := new(printer.Answers).UnmarshalText([]byte("Process-ID")); err == nil {
		t.Error("two texts name one class")
	}
}

func TestTestPage(t *testing.T) {
	for _, dots := range []int{384, 576} {
		vp, d := unpack(t, &printertest.Opts{Dots: dots, Answers: printer.ProcessID, Blade: blade}, printer.Opts{})
		r := printer.TestPage(dots)
		if _, err := d.Print(r); err != nil {
			t.Fatal(err)
		}
		if !whole(vp.Pages()[0], r) {
			t.Errorf("%d dots: not the test page", dots)
		}
	}
}
