package printer_test

import (
	"errors"
	"fmt"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestLateProof breaks the line behind the end of a card, whose answer comes when
// the line is back: it is none to the next card, however slow the printer is.
func TestLateProof(t *testing.T) {
	for _, class := range []printer.Answers{printer.Queued, printer.ProcessID} {
		for _, speed := range []int{40, 100, 200, 800} {
			t.Run(fmt.Sprint(class, speed), func(t *testing.T) {
				at := int64(-1)
				paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade, Buffer: 1 << 16, Speed: speed,
					Fault: func(n int64) printertest.Fault {
						if n == at {
							return printertest.Disconnected
						}
						return printertest.None
					}}
				vp, d := unpack(t, paper, printer.Opts{Profile: printer.Profile{Speed: 400}})
				first, second := card(1, 384, 400), card(2, 384, 200)
				if _, err := d.Print(first); err != nil && speed > 40 {
					t.Fatal(err)
				}
				before := vp.Received()
				_, _ = d.Print(first) // for its length alone
				at = vp.Received() + vp.Received() - before
				_, _ = d.Print(first)
				for range 5 {
					proof, err := d.Print(second)
					if proof == printer.Printed {
						if n := count(vp.Pages(), second); n != 1 {
							t.Errorf("printed, and %d papers", n)
						}
						return
					}
					if _, unsent := errors.AsType[*printer.UnsentError](err); !unsent {
						return // in doubt: a person looks
					}
				}
			})
		}
	}
}

// lossy loses the first byte of each automatic status that is offline.
type lossy struct{ printer.Conn }

func (l lossy) Tx(w, r []byte) error {
	err := l.Conn.Tx(w, r)
	if err == nil && len(r) == 1 && r[0]&0x93 == 0x10 && r[0]&0x08 != 0 {
		return l.Conn.Tx(nil, r)
	}
	return err
}

// TestLostByte: what is left of a status looks like the answer to GS r.
func TestLostByte(t *testing.T) {
	paper := &printertest.Opts{Dots: 384, Answers: printer.Queued, Blade: blade, Buffer: 1 << 16, Speed: 400}
	vp, err := printertest.New(paper)
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, lossy{vp}, vp, printer.Opts{}, paper)
	if _, err := d.Print(card(1, 384, 64)); err != nil {
		t.Fatal(err)
	}
	vp.Load(300)
	r := card(2, 384, 400)
	if proof, err := d.Print(r); proof == printer.Printed || count(vp.Pages(), r) != 0 {
		t.Errorf("%v, %v", proof, err)
	}
}

// usb is a line that knows, beside the stream, when the paper has ended.
type usb struct {
	*printertest.Printer
	empty bool
}

func (u *usb) PaperEmpty() bool { return u.empty }

// TestMutePaperEnd: a printer that never answers is in doubt where USB says that
// its paper ended within the card.
func TestMutePaperEnd(t *testing.T) {
	c := new(usb)
	paper := &printertest.Opts{Dots: 384, Answers: printer.Mute, Blade: blade, Buffer: 1 << 16, Fault: func(n int64) printertest.Fault {
		if n == 15000 {
			c.empty = true
			return printertest.PaperEnd
		}
		return printertest.None
	}}
	var err error
	if c.Printer, err = printertest.New(paper); err != nil {
		t.Fatal(err)
	}
	proof, err := drive(t, c, c.Printer, printer.Opts{}, paper).Print(card(2, 384, 400))
	if e, ok := errors.AsType[*printer.UncertainError](err); !ok || e.Status.Reason != printer.PaperOut {
		t.Errorf("%v, %v", proof, err)
	}
}

// TestSwallowed switches the printer off and on while a card is on its way over
// a serial line without flow control: what came meanwhile is lost, and the rest
// prints as letters, with cut and proof.
func TestSwallowed(t *testing.T) {
	for _, class := range []printer.Answers{printer.Queued, printer.ProcessID} {
		for _, baud := range []int{9600, 19200, 38400, 115200} {
			for part := 1; part < 10; part++ {
				at := int64(-1)
				paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade, Baud: baud, Speed: 800, Fault: func(n int64) printertest.Fault {
					if n == at {
						return printertest.Rebooted
					}
					return printertest.None
				}}
				vp, d := unpack(t, paper, printer.Opts{Ping: true})
				r := card(1, 384, 440)
				before := int64(0)
				for n := range 2 { // the first one also clears
					before = vp.Received()
					if proof, err := d.Print(r); proof != printer.Printed {
						t.Fatalf("%v, %d baud, card %d, well: %v, %v", class, baud, n, proof, err)
					}
				}
				at = vp.Received() + (vp.Received()-before)*int64(part)/10
				if proof, err := d.Print(r); proof == printer.Printed && count(vp.Pages(), r) != 3 {
					t.Errorf("%v, %d baud, at %d tenths: %v, %v, %d papers", class, baud, part, proof, err, count(vp.Pages(), r))
				}
			}
		}
	}
}
