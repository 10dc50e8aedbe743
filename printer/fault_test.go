package printer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// during injects one fault while the first card's third band is on its way.
// Armed is set when the first card begins.
type during struct {
	at    int64
	fault printertest.Fault
	armed bool
	base  int64
}

func (d *during) next(offset int64) printertest.Fault {
	if d.armed && offset == d.base+d.at {
		d.armed = false
		return d.fault
	}
	return printertest.None
}

// warm prints one card, so that the printer is known, and arms the fault.
func warm(t *testing.T, vp *printertest.Printer, d *printer.Dev, f *during) {
	t.Helper()
	if proof, err := d.Print(card(99, 384, 64)); err != nil || proof == printer.NoProof {
		t.Fatalf("first card: %v, %v", proof, err)
	}
	f.base, f.armed = vp.Received(), true
}

func TestFaultInMidCard(t *testing.T) {
	const big, small = 1 << 16, 4096
	for _, tt := range []struct {
		fault  printertest.Fault
		mend   []printertest.Fault
		buffer int
		ping   bool
		reason [4]printer.Reason // by class; Ready on Mute means presumed
	}{
		{printertest.PaperEnd, []printertest.Fault{printertest.PaperLoaded}, big, false,
			[4]printer.Reason{printer.Ready, printer.PaperOut, printer.PaperOut, printer.PaperOut}},
		{printertest.PaperEnd, []printertest.Fault{printertest.PaperLoaded}, small, false,
			[4]printer.Reason{printer.Away, printer.PaperOut, printer.PaperOut, printer.PaperOut}},
		{printertest.PaperEnd, []printertest.Fault{printertest.PaperLoaded}, small, true,
			[4]printer.Reason{printer.Away, printer.PaperOut, printer.PaperOut, printer.PaperOut}},
		{printertest.PaperEnd, []printertest.Fault{printertest.PaperLoaded}, big, true,
			[4]printer.Reason{printer.Ready, printer.PaperOut, printer.PaperOut, printer.PaperOut}},
		{printertest.CoverOpened, []printertest.Fault{printertest.CoverShut}, big, false,
			[4]printer.Reason{printer.Ready, printer.CoverOpen, printer.CoverOpen, printer.CoverOpen}},
		{printertest.CutterJammed, []printertest.Fault{printertest.CutterFreed}, big, false,
			[4]printer.Reason{printer.Ready, printer.CutterError, printer.CutterError, printer.CutterError}},
		{printertest.Overheated, []printertest.Fault{printertest.Cooled}, big, false,
			[4]printer.Reason{printer.Ready, printer.Overheated, printer.Overheated, printer.Overheated}},
		{printertest.Broken, []printertest.Fault{printertest.SwitchedOff, printertest.SwitchedOn}, big, false,
			[4]printer.Reason{printer.Ready, printer.Unrecoverable, printer.Unrecoverable, printer.Unrecoverable}},
		{printertest.SwitchedOff, []printertest.Fault{printertest.SwitchedOn}, big, false,
			[4]printer.Reason{printer.Away, printer.Away, printer.Away, printer.Away}},
		{printertest.Disconnected, nil, big, false,
			[4]printer.Reason{printer.Away, printer.Away, printer.Away, printer.Away}},
		{printertest.Hung, []printertest.Fault{printertest.Released}, big, false,
			[4]printer.Reason{printer.Away, printer.Away, printer.Away, printer.Away}},
		{printertest.Rebooted, nil, big, true,
			[4]printer.Reason{printer.Ready, printer.Away, printer.Away, printer.Away}},
		{printertest.Restarted, nil, big, true,
			[4]printer.Reason{printer.Ready, printer.Away, printer.Away, printer.Away}},
	} {
		for _, class := range classes {
			t.Run(fmt.Sprintf("%v/%v/%d/%v", tt.fault, class, tt.buffer, tt.ping), func(t *testing.T) {
				f := &during{at: 9000, fault: tt.fault}
				paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade, Buffer: tt.buffer, Fault: f.next}
				vp, d := unpack(t, paper, printer.Opts{Ping: tt.ping})
				warm(t, vp, d, f)
				r := card(1, 384, 400)
				proof, err := d.Print(r)
				if want := tt.reason[class]; want != printer.Ready {
					e, ok := errors.AsType[*printer.UncertainError](err)
					if !ok || e.Status.Reason != want || e.Sent == 0 || proof != printer.NoProof {
						t.Fatalf("got %v, %v; want %v", proof, err, want)
					}
				} else if err != nil || proof != printer.Presumed {
					t.Fatalf("got %v, %v; want presumed", proof, err)
				}
				mend(vp, tt.mend)
				if class == printer.Mute && (tt.fault == printertest.Rebooted || tt.fault == printertest.Restarted) {
					return // nobody can know that the next card has this one's head on it
				}
				again(t, vp, d, class)
			})
		}
	}
}

func mend(vp *printertest.Printer, how []printertest.Fault) {
	for _, f := range how {
		vp.Advance(1e9)
		vp.Inject(f)
	}
	vp.Advance(1e9)
}

// again prints until the printer is taken up, which at the latest the second
// try must be, and wants that card whole with nothing of the last one on it.
func again(t *testing.T, vp *printertest.Printer, d *printer.Dev, class printer.Answers) {
	t.Helper()
	r := card(2, 384, 200)
	proof, err := d.Print(r)
	if _, unsent := errors.AsType[*printer.UnsentError](err); unsent {
		proof, err = d.Print(r)
	}
	if err != nil || proof != best(class) {
		t.Fatalf("again: %v, %v\n%s", proof, err, vp.Listing())
	}
	if n := count(vp.Pages(), r); n != 1 {
		t.Errorf("again: %d whole papers\n%s", n, vp.Listing())
	}
}

// TestNothingSent wants no byte of a card to leave while the printer is not
// ready, and the next card to be whole when it is.
func TestNothingSent(t *testing.T) {
	for _, tt := range []struct {
		fault, mend printertest.Fault
		reason      printer.Reason
	}{
		{printertest.PaperEnd, printertest.PaperLoaded, printer.PaperOut},
		{printertest.CoverOpened, printertest.CoverShut, printer.CoverOpen},
		{printertest.Overheated, printertest.Cooled, printer.Overheated},
		{printertest.SwitchedOff, printertest.SwitchedOn, printer.Away},
		{printertest.Hung, printertest.Released, printer.Away},
	} {
		for _, class := range classes[1:] {
			t.Run(fmt.Sprintf("%v/%v", tt.fault, class), func(t *testing.T) {
				vp, d := unpack(t, &printertest.Opts{Dots: 384, Answers: class, Blade: blade}, printer.Opts{})
				warm(t, vp, d, &during{})
				before := len(vp.Pages())
				vp.Inject(tt.fault)
				_, err := d.Print(card(1, 384, 400))
				e, ok := errors.AsType[*printer.UnsentError](err)
				if !ok || e.Status.Reason != tt.reason {
					t.Fatalf("got %v; want %v", err, tt.reason)
				}
				if s, _ := d.Status(); s.Reason != tt.reason {
					t.Errorf("status is %v; want %v", s, tt.reason)
				}
				mend(vp, []printertest.Fault{tt.mend})
				again(t, vp, d, class)
				if n := len(vp.Pages()); n != before+1 {
					t.Errorf("%d papers, want %d", n, before+1)
				}
			})
		}
	}
}

// TestReloadedInMidCard mends before the driver looks: the id comes, and proves
// nothing, for the card is in two pieces.
func TestReloadedInMidCard(t *testing.T) {
	f := &during{at: 9000, fault: printertest.PaperEnd}
	var mended bool
	paper := &printertest.Opts{Dots: 384, Answers: printer.ProcessID, Blade: blade, Buffer: 1 << 16,
		Fault: func(offset int64) printertest.Fault {
			if !mended && f.base > 0 && offset == f.base+15000 {
				mended = true
				return printertest.PaperLoaded
			}
			return f.next(offset)
		}}
	vp, d := unpack(t, paper, printer.Opts{})
	warm(t, vp, d, f)
	r := card(1, 384, 400)
	proof, err := d.Print(r)
	e, ok := errors.AsType[*printer.UncertainError](err)
	if !ok || e.Status.Reason != printer.PaperOut || !mended {
		t.Fatalf("got %v, %v; mended %v", proof, err, mended)
	}
	if count(vp.Pages(), r) != 0 {
		t.Error("the card came out whole; this test tests nothing")
	}
	again(t, vp, d, printer.ProcessID)
}

// TestBufferIsCleared wants nothing of a stopped card to come out of a printer
// with new paper by itself.
func TestBufferIsCleared(t *testing.T) {
	f := &during{at: 9000, fault: printertest.PaperEnd}
	paper := &printertest.Opts{Dots: 384, Answers: printer.ProcessID, Blade: blade, Buffer: 1 << 16, Fault: f.next}
	vp, d := unpack(t, paper, printer.Opts{})
	warm(t, vp, d, f)
	if _, err := d.Print(card(1, 384, 400)); err == nil {
		t.Fatal("printed without paper")
	}
	mend(vp, []printertest.Fault{printertest.PaperLoaded})
	if strip := vp.Strip(); strip.Bounds().Dy() != blade {
		t.Errorf("%d rows came out by themselves", strip.Bounds().Dy()-blade)
	}
	if err := d.Halt(); err != nil {
		t.Error(err)
	}
}

func TestNearEnd(t *testing.T) {
	vp, d := unpack(t, &printertest.Opts{Dots: 384, Answers: printer.ProcessID, Paper: 2000, NearEnd: 1600}, printer.Opts{})
	if s, err := d.Status(); err != nil || s.NearEnd || !s.Ready() || !s.Known {
		t.Errorf("at first %v, %v", s, err)
	}
	if proof, err := d.Print(card(1, 384, 500)); proof != printer.Printed {
		t.Errorf("%v, %v", proof, err)
	}
	if s, err := d.Status(); err != nil || !s.NearEnd || !s.Ready() {
		t.Errorf("then %v, %v", s, err)
	}
	clean(t, vp)
}

func TestHaltCutsTheHalfCard(t *testing.T) {
	f := &during{at: 9000, fault: printertest.Disconnected}
	vp, d := unpack(t, &printertest.Opts{Dots: 384, Answers: printer.ProcessID, Blade: blade, Fault: f.next}, printer.Opts{})
	warm(t, vp, d, f)
	if err := d.Halt(); err != nil || len(vp.Pages()) != 1 {
		t.Fatalf("halt of a clean printer: %v, %d pages", err, len(vp.Pages()))
	}
	if _, err := d.Print(card(1, 384, 400)); err == nil {
		t.Fatal("printed")
	}
	if err := d.Halt(); err != nil {
		t.Fatal(err)
	}
	if n := vp.Strip().Bounds().Dy(); n != blade || len(vp.Pages()) != 2 {
		t.Errorf("%d rows hang out, %d pages", n-blade, len(vp.Pages()))
	}
}

// TestStory is a whole afternoon for a person to read: the roll ends in the
// second card, somebody loads paper, the third card is printed on it.
func TestStory(t *testing.T) {
	for _, class := range []printer.Answers{printer.Realtime, printer.Queued, printer.ProcessID} {
		t.Run(class.String(), func(t *testing.T) {
			paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade, Paper: 700, NearEnd: 400, Buffer: 1 << 16}
			vp, d := unpack(t, paper, printer.Opts{})
			text := ""
			for n := range uint64(3) {
				s, err := d.Status()
				text += vp.Listing()[len(strip(text)):] + fmt.Sprintf("-> status: %v, error: %v\n", s, err)
				proof, err := d.Print(card(n, 384, 300))
				text += vp.Listing()[len(strip(text)):] + fmt.Sprintf("-> card %d: %v, error: %v\n", n+1, proof, err)
				if err != nil {
					vp.Load(0)
				}
			}
			for _, page := range vp.Pages() {
				text += fmt.Sprintf("%s: %d rows\n", page.Name(), page.Bounds().Dy())
			}
			proof.Golden(t, "story-"+class.String()+".txt", text)
		})
	}
}

// strip takes the driver's lines out of a story.
func strip(text string) (listing string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "-> ") {
			listing += line
		}
	}
	return listing
}
