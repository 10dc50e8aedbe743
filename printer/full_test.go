package printer_test

import (
	"errors"
	"fmt"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestPaperEndsWhileFull lets the roll end anywhere, in clearing up, setting up
// or in a card that the printer can't hold. Automatic status back says so, and
// must win over what ran out of time, now and whenever the printer is asked
// again, on a new line too: staff who read P-01 would look for a cable.
func TestPaperEndsWhileFull(t *testing.T) {
	for _, class := range []printer.Answers{printer.Queued, printer.ProcessID} {
		for _, buffer := range []int{64, 1024, 4096} {
			for _, speed := range []int{0, 400} {
				for rows := 1; rows < 540; rows += 37 {
					t.Run(fmt.Sprintf("%v/%d/%d/%d", class, buffer, speed, rows), func(t *testing.T) {
						vp, d := unpack(t, &printertest.Opts{Dots: 384, Answers: class, Blade: blade,
							Buffer: buffer, Paper: rows, Speed: speed}, sparse(rows%2 == 0))
						_, err := d.Print(card(1, 384, 400))
						if r := reason(err); r != printer.PaperOut {
							t.Errorf("the card: %v", err)
						}
						wantPaperOut(t, d)
						vp.Inject(printertest.Disconnected)
						wantPaperOut(t, d)
						vp.Load(0)
						again(t, vp, d, class)
					})
				}
			}
		}
	}
}

func wantPaperOut(t *testing.T, d *printer.Dev) {
	t.Helper()
	for range 3 {
		if s, err := d.Status(); s.Reason != printer.PaperOut {
			t.Errorf("asked: %v, %v", s, err)
		}
	}
	if _, err := d.Print(card(3, 384, 200)); reason(err) != printer.PaperOut {
		t.Errorf("the next card: %v", err)
	}
}

// reason is what a failed Print says of the printer.
func reason(err error) printer.Reason {
	if e, ok := errors.AsType[*printer.UncertainError](err); ok {
		return e.Status.Reason
	}
	if e, ok := errors.AsType[*printer.UnsentError](err); ok {
		return e.Status.Reason
	}
	return printer.Ready
}
