package station

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A stall is a kiosk with its journal, a printer to which things happen, and a
// volunteer, who mends what the kiosk complains of and is wrong in one answer
// of twenty. All of it follows from a seed, and time is virtual.
type stall struct {
	kind     printer.Profile
	rnd      *rand.Rand
	vp       *printertest.Printer
	line     *roughLine
	roll     int // rows of paper on a new one; 0 is without end
	issuer   *kiosk.Issuer
	journal  *journal.Journal
	event    cards.Allotment
	drawn    map[cards.Serial][]*face.Drawn // each print of a card
	proved   map[*face.Drawn]cards.Serial   // those that came out, as the printer proved
	torn     map[*face.Drawn]cards.Serial   // those of which no paper can be whole, as the kiosk says
	presumed map[*face.Drawn]cards.Serial   // those of a printer that was asked and had nothing to complain of, while nothing happened
	needless []error                        // questions
	asked    int                            // questions in all
	wrong    int                            // of them answered wrongly
	samples  map[*face.Drawn][]byte         // what prints look like on a printer that is well
	pens     pens
}

// A planted is a fault in the kiosk itself, for the checks to find; the zero
// value is none.
type planted struct {
	wire    func(printer.Conn) printer.Conn
	printer func(kiosk.Printer) kiosk.Printer
	journal func(kiosk.Journal) kiosk.Journal
}

// pens are the faces in use: their fonts are read once.
type pens map[face.Opts]*face.Face

func (p pens) of(o *face.Opts) (f *face.Face, err error) {
	if f = p[*o]; f == nil {
		f, err = face.New(o)
		p[*o] = f
	}
	return f, err
}

func (p pens) letters(c rune) printer.Raster {
	f, err := p.of(&face.Opts{Grid: true})
	if err != nil {
		return nil
	}
	if b := f.Cell(c); b != nil {
		return b
	}
	return nil
}

var stallOpens = time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan)

func stallEvent() cards.Allotment {
	return cards.Allotment{
		ID: 7, Key: 3, Kind: cards.KindCard, Points: 200, Count: 10_000, Day: cards.DayOf(stallOpens), Expires: cards.DayOf(stallOpens) + 100,
		From: stallOpens.Add(-time.Hour).Unix(), Until: stallOpens.Add(time.Hour).Unix(),
		Event: cards.Event{ID: "e", Host: "p.example.jp", Municipality: cards.Text{Ja: "木更津市"}, Name: cards.Text{Ja: "ナチュラルバル"},
			Scheme: cards.Text{Ja: "らづポイント"}, Place: cards.Text{Ja: "JR木更津駅西口広場"}},
	}
}

func newStall(t *testing.T, kind printer.Profile, seed uint64, p pens, fault planted) *stall {
	t.Helper()
	s := &stall{kind: kind, rnd: rand.New(rand.NewPCG(seed, 3)), event: stallEvent(),
		drawn: map[cards.Serial][]*face.Drawn{}, proved: map[*face.Drawn]cards.Serial{},
		torn: map[*face.Drawn]cards.Serial{}, presumed: map[*face.Drawn]cards.Serial{}, samples: map[*face.Drawn][]byte{}, pens: p}
	s.openJournal(t)
	var c printer.Conn = s.plug(t)
	if fault.wire != nil {
		c = fault.wire(c)
	}
	dev, err := printer.New(c, &printer.Opts{Profile: s.kind, Ping: s.line.serial, Now: s.vp.Now, Draw: p.letters})
	if err != nil {
		t.Fatal(err)
	}
	pen, err := p.of(look(kind))
	if err != nil {
		t.Fatal(err)
	}
	b := &booth{s: s, Printer: &paper{dev: dev, log: slog.New(slog.DiscardHandler)}}
	s.issuer = &kiosk.Issuer{Journal: s.journal, Printer: b, Face: pen, Dots: kind.Dots, Kiosk: "KSZ-014", Lang: "ja"}
	if fault.printer != nil {
		b.Printer = fault.printer(b.Printer)
	}
	if fault.journal != nil {
		s.issuer.Journal = fault.journal(s.journal)
	}
	return s
}

func (s *stall) openJournal(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	var err error
	s.journal, err = journal.OpenFile(t.Context(), journal.Opts{
		Driver: "sqlite", Path: filepath.Join(dir, "j.db"), Head: filepath.Join(dir, "j.head"),
		Key: cards.SigningKey{ID: 3, Private: ed25519.NewKeyFromSeed(make([]byte, 32))}, Now: func() time.Time { return stallOpens },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.journal.Close() })
}

// plug unpacks a printer, fast or slow, with a large buffer or a small one, on
// a network or a serial line.
func (s *stall) plug(t *testing.T) *roughLine {
	t.Helper()
	o := printertest.Like(s.kind)
	o.Skills.Font = s.pens.letters
	o.Speed = []int{0, max(s.kind.Speed, 400), 1600}[s.rnd.IntN(3)]
	o.Buffer = []int{256, 4096, 1 << 16}[s.rnd.IntN(3)]
	if s.kind.Answers != printer.Mute && s.rnd.IntN(2) == 0 {
		s.roll, o.NearEnd = 3000+s.rnd.IntN(3000), 800
	}
	s.line = &roughLine{serial: s.rnd.IntN(2) == 0}
	if s.line.serial { // by the clock, so that the profile has to be true
		o.Baud = []int{0, 19200, 115200}[s.rnd.IntN(3)]
		s.kind.Buffer = o.Buffer
	}
	o.Paper, o.Fault = s.roll, s.line.atByte
	var err error
	if s.vp, err = printertest.New(o); err != nil {
		t.Fatal(err)
	}
	s.line.Conn, s.line.vp = s.vp, s.vp
	return s.line
}

// A booth is the kiosk's printer, and keeps what it was given and said.
type booth struct {
	s *stall
	kiosk.Printer
}

// Print wants a doubt to have a reason.
func (b *booth) Print(ctx context.Context, d *face.Drawn) kiosk.Outcome {
	s := b.s
	serial, err := serialOf(d.URL)
	if err != nil {
		s.needless = append(s.needless, err)
		return kiosk.NotSent
	}
	s.drawn[serial] = append(s.drawn[serial], d)
	s.line.start(s.mishaps())
	o := b.Printer.Print(ctx, d)
	s.line.stop()
	switch {
	case o == kiosk.CameOut:
		s.proved[d] = serial
	case o == kiosk.Torn:
		s.torn[d] = serial
	case o == kiosk.Presumably && s.kind.Answers == printer.Realtime && len(s.line.ills) == 0 && s.roll == 0:
		s.presumed[d] = serial
	case o == kiosk.Doubtful && s.line.ear.proof && !s.line.ear.bad && !s.line.stood():
		s.needless = append(s.needless, fmt.Errorf("%v: asked where the printer had answered", serial))
	case o != kiosk.Presumably && len(s.line.ills) == 0 && s.roll == 0:
		s.needless = append(s.needless, fmt.Errorf("%v: outcome %d where nothing had happened", serial, o))
	}
	return o
}

func serialOf(code string) (cards.Serial, error) {
	token, err := cards.Normalize(code, stallEvent().Event.Host)
	if err != nil {
		return cards.Serial{}, err
	}
	c, err := cards.Parse(token)
	return c.Serial(), err
}

// mostTaps is how often a volunteer taps before a card counts as stuck.
const mostTaps = 12

// serve hands one card out.
func (s *stall) serve(ctx context.Context, visitor int) error {
	if s.rnd.IntN(3) == 0 {
		s.mend()
	}
	for n := range mostTaps {
		c, err := s.issuer.Issue(ctx, s.event, fmt.Sprintf("%d-%d", visitor, n), "volunteer")
		switch {
		case errors.Is(err, kiosk.ErrPaper) || err == nil && c.State == cards.Void:
			s.mend()
		case err != nil:
			return err
		case c.State == cards.Uncertain:
			return s.settle(ctx, c)
		default:
			return nil
		}
	}
	return fmt.Errorf("visitor %d gets no card", visitor)
}

// settle looks at the paper, sometimes too early, and says what it shows.
func (s *stall) settle(ctx context.Context, c cards.Issued) error {
	serial := c.Card.Serial()
	for range mostTaps {
		s.vp.Advance(time.Duration(s.rnd.IntN(10)) * time.Second)
		whole := false
		if !c.Torn { // else there is nothing to ask
			s.asked++
			if whole = s.lies(serial); s.rnd.IntN(20) == 0 {
				whole = !whole
				s.wrong++
			}
		}
		got, err := s.issuer.Settle(ctx, s.event, serial.Number, whole, "volunteer")
		switch {
		case errors.Is(err, kiosk.ErrPaper):
		case err != nil:
			return err
		case got.State != cards.Uncertain:
			return nil
		default:
			c = got
		}
		s.mend()
	}
	return fmt.Errorf("card %v stays uncertain", serial)
}

// lies reports whether a card lies whole in the tray.
func (s *stall) lies(serial cards.Serial) bool {
	for _, d := range s.drawn[serial] {
		for _, p := range s.vp.Pages() {
			if s.same(p, d) {
				return true
			}
		}
	}
	return false
}
