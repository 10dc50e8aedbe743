package printer_test

import (
	"bytes"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

const blade = 120 // 15 mm

// unpack returns a virtual printer and its driver, on virtual time.
func unpack(t *testing.T, paper *printertest.Opts, opts printer.Opts) (*printertest.Printer, *printer.Dev) {
	t.Helper()
	vp, err := printertest.New(paper)
	if err != nil {
		t.Fatal(err)
	}
	return vp, drive(t, vp, vp, opts, paper)
}

func drive(t *testing.T, c printer.Conn, vp *printertest.Printer, opts printer.Opts, paper *printertest.Opts) *printer.Dev {
	t.Helper()
	opts.Profile.Dots, opts.Profile.Answers, opts.Now = paper.Dots, paper.Answers, vp.Now
	d, err := printer.New(c, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// model returns a virtual printer that is what p says, and its driver.
func model(t testing.TB, p printer.Profile) (*printertest.Printer, *printer.Dev) {
	t.Helper()
	return modelOf(t, p, printertest.Like(p))
}

func modelOf(t testing.TB, p printer.Profile, paper *printertest.Opts) (*printertest.Printer, *printer.Dev) {
	t.Helper()
	vp, err := printertest.New(paper)
	if err != nil {
		t.Fatal(err)
	}
	d, err := printer.New(vp, &printer.Opts{Profile: p, Now: vp.Now})
	if err != nil {
		t.Fatal(err)
	}
	return vp, d
}

// sparse are the options of a printer that may leave out white.
func sparse(on bool) printer.Opts {
	return printer.Opts{Profile: printer.Profile{DotFeed: on, Place: on}}
}

// card draws a picture that no other seed draws, in squares of 8 dots: like a
// code it has no lone dots, so that it is printed as it is. The last row is
// black, so that a short page is seen.
func card(seed uint64, width, height int) *printer.Bitmap {
	rnd := rand.New(rand.NewPCG(seed, 1))
	b := printer.NewBitmap(width, height)
	for y := 0; y < height; y += 8 {
		if rnd.IntN(4) == 0 {
			continue // a white line
		}
		for x := 0; x < width; x += 8 {
			if rnd.IntN(2) == 0 {
				b.Fill(image.Rect(x, y, x+8, y+8))
			}
		}
	}
	b.Fill(image.Rect(0, 0, width, 2))
	b.Fill(image.Rect(0, height-2, width, height))
	return b
}

// whole reports whether p is r and nothing else, below the blade's white rows.
func whole(p printertest.Page, r printer.Raster) bool {
	area := r.Bounds()
	if p.Torn || p.Bounds().Dy() != blade+area.Dy() {
		return false
	}
	for y := range area.Dy() {
		if !bytes.Equal(p.Row(blade+y), r.Row(area.Min.Y+y)) {
			return false
		}
	}
	return len(bytes.Trim(p.Bits[:blade*p.Dots/8], "\x00")) == 0
}

func count(pages []printertest.Page, r printer.Raster) (n int) {
	for _, p := range pages {
		if whole(p, r) {
			n++
		}
	}
	return n
}

func clean(t *testing.T, vp *printertest.Printer) {
	t.Helper()
	for _, err := range vp.Errors() {
		t.Error(err)
	}
	if t.Failed() {
		t.Log(strings.TrimSpace(vp.Listing()))
	}
}

var classes = []printer.Answers{printer.Mute, printer.Realtime, printer.Queued, printer.ProcessID}

// best is the proof that a class gives when nothing goes wrong.
func best(a printer.Answers) printer.Proof {
	if a >= printer.Queued {
		return printer.Printed
	}
	return printer.Presumed
}
