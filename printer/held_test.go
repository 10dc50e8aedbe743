package printer_test

import (
	"os"
	"testing"
	"time"

	"pointkiosk/printer"
)

// held is a slow line whose printer takes nothing for a while: the questions
// wait, and all are answered when it does.
type held struct {
	now      time.Time
	waiting  []byte // n of each DLE EOT
	stopped  bool
	coverNow bool
}

func (h *held) String() string { return "held" }

func (h *held) Tx(w, r []byte) error {
	const each = 3 * 10 * time.Second / 9600 // a question of three bytes
	for i := 0; i+2 < len(w); i++ {
		if w[i] == 0x10 && w[i+1] == 0x04 {
			h.waiting = append(h.waiting, w[i+2])
		}
	}
	for i := range r {
		if h.stopped || len(h.waiting) == 0 {
			h.now = h.now.Add(500 * time.Millisecond)
			return os.ErrDeadlineExceeded
		}
		h.now = h.now.Add(each)
		r[i], h.waiting = h.answer(h.waiting[0]), h.waiting[1:]
	}
	return nil
}

// answer is that of a printer whose roll ends soon: of all answers only the
// fourth says so, where the others have a jam or nothing.
func (h *held) answer(n byte) byte {
	switch {
	case n == 4:
		return 0x1E
	case h.coverNow && n == 1:
		return 0x1A
	case h.coverNow && n == 2:
		return 0x16
	}
	return 0x12
}

// TestLateAnswers stops the printer for so long that hundreds of questions
// wait: their answers must not be taken for those to later ones.
func TestLateAnswers(t *testing.T) {
	for _, out := range []time.Duration{time.Minute, 30 * time.Minute} {
		h := &held{now: time.Unix(1_000_000_000, 0), stopped: true}
		d, err := printer.New(h, &printer.Opts{
			Profile: printer.Profile{Dots: 384, Answers: printer.ProcessID},
			Now:     func() time.Time { return h.now }, StopAtNearEnd: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		status := func(want printer.Reason) {
			t.Helper()
			for range 20 {
				if s, _ := d.Status(); s.Reason == want {
					return
				} else if s.Reason != printer.Away {
					t.Fatalf("out for %v: %v, want %v", out, s, want)
				}
				h.now = h.now.Add(time.Second)
			}
			t.Fatalf("out for %v: never %v", out, want)
		}
		for end := h.now.Add(out); h.now.Before(end); {
			status(printer.Away)
		}
		h.stopped = false
		status(printer.RollLow)
		status(printer.RollLow)
		h.coverNow = true
		if s, err := d.Status(); s.Reason != printer.CoverOpen {
			t.Errorf("out for %v: %v, %v", out, s, err)
		}
	}
}
