package station

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// plugged is a printer on the network, as the settings say that it is.
func plugged(t *testing.T, opts *printertest.Opts, s Printer) (*printertest.Printer, *paper) {
	t.Helper()
	vp, err := printertest.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	uri, unplug, err := vp.Plug()
	if err != nil {
		t.Fatal(err)
	}
	s.URI = uri
	p, err := openPaper(s, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(); unplug() })
	return vp, p
}

// TestUnmade: a printer that says it is ready, and does not do what its profile
// promises, is out of order before a number is taken. Each try cuts off some
// paper, so that they become rare.
func TestUnmade(t *testing.T) {
	vp, p := plugged(t, &printertest.Opts{Dots: 384, Answers: printer.Realtime},
		Printer{Profile: "raster-58", Differs: map[string]any{"answers": "queued"}}) // it isn't
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
	_, p := plugged(t, &printertest.Opts{Dots: 384, Answers: printer.Mute}, Printer{Profile: "clone-58-mute"})
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

// TestPrinterSettings: what the settings say reaches the printer.
func TestPrinterSettings(t *testing.T) {
	model, err := printer.Named("epson-tm-58")
	if err != nil {
		t.Fatal(err)
	}
	page, err := testPage(model, words.In("ja"))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("beep", func(t *testing.T) {
		for _, on := range []bool{false, true} {
			vp, p := plugged(t, printertest.Like(model), Printer{Profile: model.Name, Beep: on})
			if _, err := p.dev.Print(page...); err != nil || strings.Contains(vp.Listing(), "buzzer") != on {
				t.Errorf("%v: %v", on, err)
			}
		}
	})
	t.Run("ping", func(t *testing.T) {
		for _, on := range []bool{false, true} {
			vp, p := plugged(t, printertest.Like(model), Printer{Profile: model.Name, Ping: on})
			_, err := p.dev.Print(page...)
			if n := strings.Count(vp.Listing(), "ask status 1"); err != nil || (n > 5) != on {
				t.Errorf("%v: asked %d times, %v", on, n, err)
			}
		}
	})
	t.Run("near end", func(t *testing.T) {
		low := printertest.Like(model)
		low.Paper, low.NearEnd = 5000, 6000
		for _, stop := range []bool{false, true} {
			_, p := plugged(t, low, Printer{Profile: model.Name, Stop: stop})
			if out := p.Paper(t.Context()); !out.Low || out.Ready == stop || (out.Code == "P-08") != stop {
				t.Errorf("stop %v: %+v", stop, out)
			}
		}
	})
}
