package kiosk_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan)

// tray is a printer whose outcomes are set beforehand. It checks that the
// journal knew of every card before its first byte.
type tray struct {
	t        *testing.T
	journal  *journal.Journal
	paper    kiosk.Paper
	outcomes []kiosk.Outcome
	printed  []*face.Drawn
}

func (p *tray) Prepare(context.Context) kiosk.Paper { return p.paper }

func (p *tray) Print(_ context.Context, d *face.Drawn) kiosk.Outcome {
	open := p.journal.Open()
	if len(open) == 0 || open[len(open)-1].State != cards.Printing {
		p.t.Errorf("bytes left before the journal said printing: %v", open)
	}
	p.printed = append(p.printed, d)
	o := kiosk.CameOut
	if len(p.outcomes) > 0 {
		o, p.outcomes = p.outcomes[0], p.outcomes[1:]
	}
	return o
}

func allotment() cards.Allotment {
	return cards.Allotment{
		ID: 7, Key: 3, Kind: cards.KindCard, Points: 200, Count: 3, Day: cards.DayOf(noon), Expires: cards.DayOf(noon) + 100,
		From: noon.Add(-time.Hour).Unix(), Until: noon.Add(time.Hour).Unix(),
		Event: cards.Event{ID: "e", Host: "p.example.jp", Name: cards.Text{Ja: "ナチュラルバル"}, Scheme: cards.Text{Ja: "らづポイント"}},
	}
}

func newIssuer(t *testing.T, outcomes ...kiosk.Outcome) (*kiosk.Issuer, *tray, *journal.Journal) {
	t.Helper()
	dir := t.TempDir()
	j, err := journal.OpenFile(context.Background(), journal.Opts{
		Driver: "sqlite", Path: filepath.Join(dir, "j.db"), Head: filepath.Join(dir, "j.head"),
		Key: cards.SigningKey{ID: 3, Private: ed25519.NewKeyFromSeed(make([]byte, 32))},
		Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	f, err := face.New(&face.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	p := &tray{t: t, journal: j, paper: kiosk.Paper{Ready: true}, outcomes: outcomes}
	return &kiosk.Issuer{Journal: j, Printer: p, Face: f, Dots: 384, Kiosk: "KSZ-014", Lang: "ja"}, p, j
}

func TestIssueOutcomes(t *testing.T) {
	for _, tt := range []struct {
		name    string
		outcome kiosk.Outcome
		want    cards.State
	}{
		{"proof", kiosk.CameOut, cards.Printed},
		{"a printer without proof", kiosk.Presumably, cards.Presumed},
		{"nobody knows", kiosk.Doubtful, cards.Uncertain},
		{"its end never left", kiosk.Torn, cards.Uncertain},
		{"no byte taken", kiosk.NotSent, cards.Void},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i, p, j := newIssuer(t, tt.outcome)
			c, err := i.Issue(t.Context(), allotment(), "r", "op")
			if err != nil || c.State != tt.want {
				t.Fatalf("Issue = %v, %v, want %v", c.State, err, tt.want)
			}
			again, err := i.Issue(t.Context(), allotment(), "r", "op")
			if err != nil || again.Card != c.Card || again.State != tt.want || len(p.printed) != 1 {
				t.Errorf("a second call: %v %v, %d papers", again.State, err, len(p.printed))
			}
			if _, err := j.Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNoPaperNoNumber(t *testing.T) {
	i, p, j := newIssuer(t)
	p.paper = kiosk.Paper{Code: "P-02"}
	if _, err := i.Issue(t.Context(), allotment(), "r", "op"); !errors.Is(err, kiosk.ErrPaper) {
		t.Fatalf("Issue = %v, want ErrPaper", err)
	}
	if n := j.Tally(7).Signed; n != 0 {
		t.Errorf("%d numbers were taken", n)
	}
}

func TestMissingGlyphNoNumber(t *testing.T) {
	i, _, j := newIssuer(t)
	a := allotment()
	a.Event.Name.Ja = "𠮷野の祭り"
	var glyph *face.MissingGlyphError
	if _, err := i.Issue(t.Context(), a, "r", "op"); !errors.As(err, &glyph) || glyph.Rune != '𠮷' {
		t.Fatalf("Issue = %v, want a missing glyph", err)
	}
	if n := j.Tally(7).Signed; n != 0 {
		t.Errorf("%d numbers were taken", n)
	}
}

// The same card again, never another number; the paper says so.
func TestSettle(t *testing.T) {
	i, p, j := newIssuer(t, kiosk.Doubtful, kiosk.Doubtful, kiosk.CameOut)
	c, err := i.Issue(t.Context(), allotment(), "r", "op")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []cards.State{cards.Uncertain, cards.Printed} {
		got, err := i.Settle(t.Context(), allotment(), c.Card.Number, false, "op")
		if err != nil || got.State != want || got.Card != c.Card || got.Copy != uint32(n+1) {
			t.Fatalf("reprint %d: %v copy %d, %v", n+1, got.State, got.Copy, err)
		}
	}
	if got, err := i.Settle(t.Context(), allotment(), c.Card.Number, false, "op"); err != nil || got.State != cards.Printed || len(p.printed) != 3 {
		t.Errorf("a tap too many: %v %v, %d papers", got.State, err, len(p.printed))
	}
	if _, err := j.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// Nobody is asked about a card whose end never left, and a はい is not taken, also
// after a restart.
func TestTorn(t *testing.T) {
	i, _, j := newIssuer(t, kiosk.Torn, kiosk.Doubtful)
	c, err := i.Issue(t.Context(), allotment(), "r", "op")
	if err != nil || !c.Torn {
		t.Fatalf("%+v, %v", c, err)
	}
	if open := j.Open(); len(open) != 1 || !open[0].Torn {
		t.Errorf("%+v", open)
	}
	if got, err := i.Settle(t.Context(), allotment(), c.Card.Number, true, "op"); !errors.Is(err, kiosk.ErrTorn) || got.State != cards.Uncertain {
		t.Errorf("%+v, %v", got, err)
	}
	again, err := i.Settle(t.Context(), allotment(), c.Card.Number, false, "op")
	if err != nil || again.Torn || again.State != cards.Uncertain {
		t.Fatalf("%+v, %v", again, err)
	}
	if got, err := i.Settle(t.Context(), allotment(), c.Card.Number, true, "op"); err != nil || got.State != cards.Printed {
		t.Errorf("%+v, %v", got, err)
	}
}

// Of a reprint the first paper may be out: it never becomes void by itself.
func TestReprintNotSent(t *testing.T) {
	i, _, _ := newIssuer(t, kiosk.Doubtful, kiosk.NotSent)
	c, err := i.Issue(t.Context(), allotment(), "r", "op")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := i.Settle(t.Context(), allotment(), c.Card.Number, false, "op"); err != nil || got.State != cards.Uncertain {
		t.Errorf("Settle = %v, %v, want uncertain", got.State, err)
	}
}

func TestUsedUp(t *testing.T) {
	i, p, _ := newIssuer(t)
	for n := range 3 {
		if _, err := i.Issue(t.Context(), allotment(), string(rune('a'+n)), "op"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := i.Issue(t.Context(), allotment(), "d", "op"); !errors.Is(err, journal.ErrUsedUp) || len(p.printed) != 3 {
		t.Errorf("the fourth of three: %v, %d papers", err, len(p.printed))
	}
}
