package printer_test

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestCodes are printed in manuals: a code never moves to another reason.
func TestCodes(t *testing.T) {
	for code, r := range map[string]printer.Reason{
		"P-01": printer.Away, "P-02": printer.PaperOut, "P-03": printer.CoverOpen, "P-04": printer.CutterError,
		"P-05": printer.Overheated, "P-06": printer.Unrecoverable, "P-07": printer.Offline, "P-08": printer.RollLow, "P-09": printer.Refused,
	} {
		s := printer.Status{Reason: r}
		if s.Code() != code || s.Todo() != "printer."+code+".do" || s.Ready() {
			t.Errorf("%v is %q, %q", r, s.Code(), s.Todo())
		}
	}
	if s := (printer.Status{}); s.Code() != "" || s.Todo() != "" || !s.Ready() {
		t.Errorf("ready is %q, %q", s.Code(), s.Todo())
	}
}

// TestStopAtNearEnd wants cards up to the sign, the one under way too, and then
// none until there is a new roll.
func TestStopAtNearEnd(t *testing.T) {
	for _, class := range []printer.Answers{printer.Realtime, printer.Queued, printer.ProcessID} {
		for _, stop := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/%v", class, stop), func(t *testing.T) {
				paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade, Paper: 3000, NearEnd: 2500}
				vp, d := unpack(t, paper, printer.Opts{StopAtNearEnd: stop})
				r := card(1, 384, 400)
				if proof, err := d.Print(r); err != nil || proof != best(class) || count(vp.Pages(), r) != 1 {
					t.Fatalf("the card in which the sign came: %v, %v", proof, err)
				}
				before := vp.Received()
				s, err := d.Status()
				if err != nil || !s.NearEnd || s.Ready() == stop {
					t.Errorf("%v, %v", s, err)
				}
				_, err = d.Print(r)
				if !stop {
					if err != nil {
						t.Errorf("not told to stop: %v", err)
					}
					return
				}
				e, ok := errors.AsType[*printer.UnsentError](err)
				if !ok || e.Status.Code() != "P-08" {
					t.Errorf("the next card: %v", err)
				}
				if n := vp.Received() - before; n > 24 {
					t.Errorf("%d bytes left", n)
				}
				vp.Load(0)
				again(t, vp, d, class)
				clean(t, vp)
			})
		}
	}
}

// shut is a line that can't be opened.
type shut struct{ err error }

func (shut) String() string         { return "shut" }
func (s shut) Tx(_, _ []byte) error { return &printer.TxError{Err: s.err} }

// TestRefused: where another program holds the line nobody needs to look for a
// cable.
func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code string
	}{
		{&os.PathError{Op: "open", Path: "/dev/usb/lp0", Err: syscall.EACCES}, "P-09"},
		{syscall.EBUSY, "P-09"},
		{syscall.ENOENT, "P-01"},
		{syscall.ECONNREFUSED, "P-01"},
		{os.ErrDeadlineExceeded, "P-01"},
	} {
		for _, class := range classes {
			d, err := printer.New(shut{tt.err}, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: class}, Now: step()})
			if err != nil {
				t.Fatal(err)
			}
			if s, err := d.Status(); s.Code() != tt.code || !errors.Is(err, tt.err) {
				t.Errorf("%v, %v: %v, %v", class, tt.err, s, err)
			}
			_, err = d.Print(card(1, 384, 8))
			if e, ok := errors.AsType[*printer.UnsentError](err); !ok || e.Status.Code() != tt.code {
				t.Errorf("%v, %v: card: %v", class, tt.err, err)
			}
		}
	}
}

// step is a clock on which each look takes a second.
func step() func() time.Time {
	now := time.Date(2019, 5, 5, 11, 0, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}
