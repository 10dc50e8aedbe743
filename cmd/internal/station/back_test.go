package station

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestBackByItself lets the paper end and pulls the printer's plug while a
// volunteer hands out cards. The screen says so, and returns within 2 s after
// somebody mended it; nobody touches the kiosk.
func TestBackByItself(t *testing.T) {
	const limit = 2 * time.Second
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.ProcessID})
	if err != nil {
		t.Fatal(err)
	}
	l, err := printertest.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	parts.Go(func() { vp.Serve(ctx, l) })
	s := Usual().Printer
	s.URI = "tcp://" + l.Addr().String()
	p, err := openPaper(s, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()

	events, steps := make(chan kiosk.Event), make(chan kiosk.Step, 100)
	send := func(e kiosk.Event) {
		select {
		case events <- e:
		case <-ctx.Done():
		}
	}
	parts.Go(func() {
		kiosk.Run(ctx, kiosk.State{Step: kiosk.Issue, Paper: kiosk.Paper{Ready: true}}, events, nil, func(st kiosk.State) { steps <- st.Step })
	})
	parts.Go(func() { watchPaper(ctx, p.Paper, send) })
	until := func(want kiosk.Step) time.Duration {
		t.Helper()
		began := time.Now()
		for {
			select {
			case step := <-steps:
				if step == want {
					return time.Since(began)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("never at step %v", want)
			}
		}
	}
	for _, tt := range []struct {
		name      string
		bad, good printertest.Fault
	}{
		{"paper", printertest.PaperEnd, printertest.PaperLoaded},
		{"switched off", printertest.SwitchedOff, printertest.SwitchedOn},
		{"cover", printertest.CoverOpened, printertest.CoverShut},
	} {
		until(kiosk.Issue)
		vp.Inject(tt.bad)
		until(kiosk.Out)
		vp.Inject(tt.good)
		took := until(kiosk.Issue)
		t.Logf("%s: back after %v", tt.name, took)
		if took > limit {
			t.Errorf("%s: back only after %v", tt.name, took)
		}
	}
}
