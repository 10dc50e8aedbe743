package fault

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk"
	"pointkiosk/packaging/proof"
)

// deskArg makes the test binary a kiosk's window without a screen: unlike
// kioskctl it goes on after an error, as a volunteer does who taps again.
const deskArg = "desk"

// visitors is how many cards the desk hands out.
const visitors = 2

// What a desk's exit status says, 0 being that every visitor has a card.
const (
	noStart = iota + 1 // systemd would start it again
	noCard
)

// beDesk hands out cards, whatever fails in between, and says which. It ends
// without closing anything.
func beDesk(data, uri string) int {
	settings := station.Usual()
	settings.Printer.URI = uri
	ctx := context.Background()
	s, err := station.Open(ctx, station.Opts{
		Dir: data, Settings: settings, Driver: "sqlite", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return noStart
	}
	d := s.NewDesk()
	var tap kiosk.PrintCard
	for range taps {
		if e, ok := d.Do(ctx, kiosk.OpenDesk{}).(kiosk.DeskReady); ok {
			tap = kiosk.PrintCard{Allotment: e.Site.Allotment.ID, Request: e.Request, Operator: "volunteer"}
			break
		}
	}
	for range visitors {
		if !serve(ctx, d, &tap) {
			return noCard
		}
	}
	return 0
}

// taps is how often a volunteer tries.
const taps = 20

// serve taps until a card is out, and says so.
func serve(ctx context.Context, d *station.Desk, tap *kiosk.PrintCard) bool {
	var effect kiosk.Effect = *tap
	for range taps {
		switch e := d.Do(ctx, effect).(type) {
		case kiosk.CardOut:
			// What can't be said is no promise; the card is out all the same.
			if state, copy, err := d.Journal.State(ctx, e.Serial); err == nil {
				_ = json.NewEncoder(os.Stdout).Encode(card{Serial: e.Serial.String(), State: state, Copy: copy})
			}
			tap.Request = e.Request
			return true
		case kiosk.CardDoubtful:
			effect = kiosk.Settle{Serial: e.Card.Serial(), Operator: "volunteer"}
		case kiosk.NotIssued:
			if e.Request != "" {
				tap.Request = e.Request
			}
			effect = *tap
		}
	}
	return false
}

// Whatever fails for a while, the window's kiosk goes on by itself, and what
// holds for kioskctl holds for it.
func TestEverySyscallOfDesk(t *testing.T) {
	proof.Needs(t, "zbarimg")
	l, _ := newLab(t, sound)
	desk, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l.run = func(s *shop) (string, []string) { return desk, []string{deskArg, s.data, s.uri()} }
	l.after = (*shop).servedAll
	calls, err := l.calls(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d visitors are %d calls: %s", visitors, len(calls), tally(calls))
	var points []point
	for at := 1; at <= len(calls); at++ {
		for _, errno := range errnos {
			points = append(points, point{at: at, errno: errno}, point{at: at, errno: errno, calls: 12})
		}
	}
	l.report(t, spread(points, rounds(75, len(points))))
}

// servedAll wants every visitor to have a card, but where the kiosk could not
// start at all. Then the kiosk serves another.
func (s *shop) servedAll(r Result) error {
	given := 0
	for _, story := range stories(s.book) {
		if story.last() == cards.Printed {
			given++
		}
	}
	want := visitors
	if r.Hit && r.State.ExitCode() == noStart {
		want = 0
	}
	if given < want || want > 0 && r.State.ExitCode() != 0 {
		return fmt.Errorf("%d of %d visitors got a card, %v", given, visitors, r.State)
	}
	return s.goesOn()
}
