package printer_test

import (
	"fmt"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestPaperEndsWithoutStatusBack lets the roll end anywhere on printers that
// only answer DLE EOT. Such a one takes no question once it is full; it must
// not come to that, for staff who read P-01 would look for a cable.
func TestPaperEndsWithoutStatusBack(t *testing.T) {
	for _, buffer := range []int{64, 256, 1024, 4096} {
		for _, speed := range []int{0, 400} {
			for rows := 1; rows < 540; rows += 37 {
				t.Run(fmt.Sprintf("%d/%d/%d", buffer, speed, rows), func(t *testing.T) {
					p := printer.Profile{Name: "clone", Dots: 384, Answers: printer.Realtime, Blade: blade, Buffer: buffer}
					paper := printertest.Like(p)
					paper.Paper, paper.Speed = rows, speed
					vp, d := modelOf(t, p, paper)
					_, err := d.Print(card(1, 384, 400))
					if r := reason(err); r != printer.PaperOut {
						t.Errorf("the card: %v", err)
					}
					wantPaperOut(t, d)
					vp.Load(0)
					again(t, vp, d, printer.Realtime)
					if buffer >= 1024 { // a smaller one is full of questions by now
						clean(t, vp)
					}
				})
			}
		}
	}
}
