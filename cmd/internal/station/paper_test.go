package station

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestUnmade: a printer that says it is ready, and does not do what its profile
// promises, is out of order before a number is taken. Each try cuts off some
// paper, so that they become rare.
func TestUnmade(t *testing.T) {
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.Realtime})
	if err != nil {
		t.Fatal(err)
	}
	uri, unplug, err := vp.Plug()
	if err != nil {
		t.Fatal(err)
	}
	defer unplug()
	s := Printer{URI: uri, Profile: "raster-58", Differs: map[string]any{"answers": "queued"}} // it isn't
	p, err := openPaper(s, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ctx := t.Context()
	if out := p.Paper(ctx); !out.Ready {
		t.Fatalf("before anything was tried: %+v", out)
	}
	if out := p.Prepare(ctx); out.Ready || out.Code != "P-01" {
		t.Fatalf("%+v", out)
	}
	cuts := func() int { return strings.Count(vp.Listing(), "and cut") }
	for range 3 {
		if out := p.Paper(ctx); out.Ready || out.Todo == "" {
			t.Errorf("%+v", out)
		}
	}
	if n := cuts(); n != 2 { // the volunteer's, and one more
		t.Errorf("%d cuts", n)
	}
	p.unmade.again = time.Time{}
	p.Paper(ctx)
	if n := cuts(); n != 3 || p.unmade.wait < 8*time.Second {
		t.Errorf("%d cuts, the next in %v", n, p.unmade.wait)
	}
	vp.Inject(printertest.CoverOpened)
	if out := p.Paper(ctx); out.Code != "P-03" || !p.unmade.again.IsZero() {
		t.Errorf("%+v", out) // somebody is there
	}
}

// TestBlind: a printer that never answers is not said to have paper.
func TestBlind(t *testing.T) {
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.Mute})
	if err != nil {
		t.Fatal(err)
	}
	uri, unplug, err := vp.Plug()
	if err != nil {
		t.Fatal(err)
	}
	defer unplug()
	p, err := openPaper(Printer{URI: uri, Profile: "clone-58-mute"}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if out := p.Paper(t.Context()); !out.Ready || !out.Blind {
		t.Errorf("%+v", out)
	}
}

// TestPaperNote: who looks beside the running kiosk sees how it saw its printer,
// and can't take it away.
func TestPaperNote(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	look := m.desk.notePaper(new(PaperNote))
	want := func(code string) {
		t.Helper()
		look(t.Context())
		n, ok, err := m.desk.PaperNote()
		if err != nil || !ok || n.Code != code || n.Ready != (code == "") || time.Since(n.At) > time.Minute {
			t.Errorf("%+v, %v, %v; want %q", n, ok, err, code)
		}
	}
	if _, ok, err := m.desk.PaperNote(); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	want("")
	m.printer.Inject(printertest.PaperEnd)
	want("P-02")
	m.printer.Load(0)
	want("")
	if _, err := Probe(m.opts); !errors.Is(err, ErrBusy) {
		t.Errorf("asked beside the kiosk: %v", err)
	}
}
