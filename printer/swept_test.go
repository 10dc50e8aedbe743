package printer_test

import (
	"bytes"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// lostCut breaks the printer for good just behind the bytes that clear up, so
// that the cut among them is never made.
type lostCut struct {
	*printertest.Printer
	armed bool
}

// Tx strikes once.
func (l *lostCut) Tx(w, r []byte) error {
	hit := l.armed && bytes.HasPrefix(w, []byte("\x1b@")) && bytes.Contains(w, []byte("\x1dVB"))
	if hit {
		l.armed = false
		l.Inject(printertest.CutterJammed)
	}
	return l.Printer.Tx(w, r)
}

// TestLostCut: what is left of a card is cut off before the next, even if the
// printer dies before it makes the first cut for that.
func TestLostCut(t *testing.T) {
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.ProcessID, Blade: blade,
		Fault: func(n int64) printertest.Fault {
			if n == 9000 {
				return printertest.Overheated
			}
			return printertest.None
		}})
	if err != nil {
		t.Fatal(err)
	}
	line := &lostCut{Printer: vp}
	d, err := printer.New(line, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.ProcessID, Blade: blade}, Now: vp.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Print(card(1, 384, 440)); err == nil {
		t.Fatal("the head was not hot")
	}
	vp.Inject(printertest.Cooled)
	line.armed = true
	second := card(2, 384, 200)
	if _, err := d.Print(second); err == nil || line.armed {
		t.Fatalf("the cutter was not jammed: %v", err)
	}
	for _, f := range []printertest.Fault{printertest.SwitchedOff, printertest.CutterFreed, printertest.SwitchedOn} {
		vp.Inject(f)
		vp.Advance(2e9)
	}
	if proof, err := d.Print(second); proof != printer.Printed {
		t.Fatal(proof, err)
	}
	if count(vp.Pages(), second) != 1 {
		t.Error("the next card came out with what was left of the one before")
	}
}

// TestHalfAnswer: a printer that was switched off in the middle of an answer is
// taken up again, on a line that didn't break.
func TestHalfAnswer(t *testing.T) {
	vp, _ := unpack(t, &printertest.Opts{Dots: 384, Answers: printer.ProcessID}, printer.Opts{})
	half := &first{Conn: vp, say: []byte{0x37, 0x22}}
	d, err := printer.New(half, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.ProcessID}, Now: vp.Now})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if s, err := d.Status(); err == nil && s.Ready() {
			if n == 0 {
				t.Error("nothing was half")
			}
			return
		}
	}
	t.Error("it is never heard again")
}

// first says something before all else.
type first struct {
	printer.Conn
	say []byte
}

// Tx reads that first.
func (f *first) Tx(w, r []byte) error {
	if len(r) == 1 && len(f.say) > 0 {
		r[0], f.say = f.say[0], f.say[1:]
		return f.Conn.Tx(w, nil)
	}
	return f.Conn.Tx(w, r)
}
