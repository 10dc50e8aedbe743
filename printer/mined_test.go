package printer_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// mined draws a picture full of bytes that are real-time commands, with white
// as wide as a card's on both sides.
func mined(seed uint64, width, height int) *printer.Bitmap {
	rnd := rand.New(rand.NewPCG(seed, 2))
	b := printer.NewBitmap(width, height)
	for y := range height {
		row := b.Row(y)[1 : width/8-1]
		if rnd.IntN(8) == 0 {
			continue
		}
		for i := range row {
			switch rnd.IntN(8) {
			case 0, 1, 2:
				row[i] = 0x10
			case 3:
				row[i] = []byte{0x04, 0x05, 0x14}[rnd.IntN(3)]
			case 4:
				row[i] = []byte{0x01, 0x02, 0x08, 0x00}[rnd.IntN(4)]
			case 5:
				row[i] = byte(rnd.Uint32())
			}
		}
	}
	return b
}

// TestMinedPictures wants paper to equal the picture dot for dot, and a wire on
// which no raster holds a real-time command, however it goes on.
func TestMinedPictures(t *testing.T) {
	mines := 0
	for seed := range uint64(60) {
		dots, crop := []int{384, 576}[seed%2], seed/2%2 == 0
		t.Run(fmt.Sprintf("%d-%v-%d", dots, crop, seed), func(t *testing.T) {
			paper := &printertest.Opts{Dots: dots, Answers: printer.ProcessID, Blade: blade}
			vp, err := printertest.New(paper)
			if err != nil {
				t.Fatal(err)
			}
			rec := &recorder{Conn: vp}
			d := drive(t, rec, vp, sparse(crop), paper)
			r := mined(seed, dots, 60)
			for y := range 60 {
				mines += commands(r.Row(y))
			}
			if _, err := d.Print(r); err != nil {
				t.Fatal(err)
			}
			for _, tx := range rec.txs {
				if at := bytes.Index(tx, []byte("\x1dv0")); at >= 0 && commands(tx) > 0 {
					t.Errorf("% x", tx)
				}
			}
			if pages := vp.Pages(); len(pages) != 1 || !whole(pages[0], r) {
				t.Error("the paper is not the picture")
			}
			clean(t, vp)
		})
	}
	if mines < 5000 {
		t.Errorf("only %d commands in the pictures: this test tests nothing", mines)
	}
}

func commands(data []byte) (n int) {
	for i := 1; i < len(data); i++ {
		if data[i-1] == 0x10 && (data[i] == 0x04 || data[i] == 0x05 || data[i] == 0x14) {
			n++
		}
	}
	return n
}

// TestUnprintable: black to the edge, and a command wherever the row begins.
func TestUnprintable(t *testing.T) {
	vp, d := unpack(t, &printertest.Opts{Dots: 384, Answers: printer.ProcessID}, printer.Opts{})
	r := printer.NewBitmap(384, 3)
	copy(r.Row(1), "\xff\x10\x04\x01")
	if _, err := d.Print(r); err == nil || vp.Received() != 0 {
		t.Errorf("%v, %d bytes left", err, vp.Received())
	}
}
