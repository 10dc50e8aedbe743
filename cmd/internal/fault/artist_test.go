package fault

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// An artist knows what every paper of the enrolled kiosk must look like.
type artist struct {
	trust      cards.TrustList
	allotments []cards.Allotment

	mu    sync.Mutex
	face  *face.Face
	drawn map[drawing][]byte
}

type drawing struct {
	card cards.Card
	copy int
}

// newArtist learns it from the data folder.
func newArtist(dir string) (*artist, error) {
	ctx := context.Background()
	s, err := station.Open(ctx, station.Opts{
		Dir: dir, Settings: station.Usual(), Driver: "sqlite", Now: time.Now, Log: slog.New(slog.DiscardHandler), ReadOnly: true,
	})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	a := &artist{drawn: map[drawing][]byte{}}
	if a.trust, err = s.TrustList(ctx); err != nil {
		return nil, err
	}
	if a.allotments, err = s.Allotments(ctx); err != nil {
		return nil, err
	}
	a.face, err = face.New(&face.Opts{})
	return a, err
}

// mostCopies is how many reprints of one card are told apart.
const mostCopies = 8

// recognize says which card a page is, by the code that was read, and which
// copy of it, by its picture. A card that is not genuine is an error.
func (a *artist) recognize(page printertest.Page, text string) (sheet, error) {
	token, err := cards.Normalize(text, a.trust.Hosts...)
	if err != nil {
		return sheet{}, err
	}
	s := sheet{copy: -1}
	if s.card, err = cards.Parse(token); err != nil {
		return sheet{}, err
	}
	if err := a.trust.Verify(s.card, time.Now()); err != nil {
		return sheet{}, err
	}
	got := bytes.Trim(page.Bits, "\x00")
	for copy := range mostCopies {
		want, err := a.draw(s.card, copy)
		if err != nil {
			return sheet{}, err
		}
		if bytes.HasPrefix(want, got) {
			s.copy, s.whole = copy, len(got) == len(want)
			return s, nil
		}
	}
	return s, nil
}

// draw prints a card as it must be on a printer of the artist's own, and
// returns its dots from the first to the last.
func (a *artist) draw(c cards.Card, copy int) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := drawing{c, copy}
	if bits := a.drawn[key]; bits != nil {
		return bits, nil
	}
	allotment := cards.Allotment{}
	for _, one := range a.allotments {
		if one.ID == c.Allotment {
			allotment = one
		}
	}
	model := &model{card: c, copy: uint32(copy)}
	i := &kiosk.Issuer{Journal: model, Printer: model, Face: a.face, Dots: dots, Kiosk: name, Lang: "ja"}
	issue := func() (cards.Issued, error) { return i.Issue(context.Background(), allotment, "model", name) }
	if copy > 0 {
		issue = func() (cards.Issued, error) { return i.Settle(context.Background(), allotment, c.Number, false, name) }
	}
	if got, err := issue(); err != nil || got.State != cards.Printed || len(model.bits) == 0 {
		return nil, fmt.Errorf("draw card %v: %v, %w", c.Serial(), got.State, err)
	}
	a.drawn[key] = model.bits
	return model.bits, nil
}

// model is a journal that says what it is told, and a printer that keeps the
// picture.
type model struct {
	card cards.Card
	copy uint32
	bits []byte
}

// Sign returns the card.
func (m *model) Sign(context.Context, cards.Allotment, string, string) (cards.Issued, error) {
	return cards.Issued{Card: m.card, State: cards.Signed}, nil
}

// Card returns the card, to be printed again.
func (m *model) Card(context.Context, cards.Allotment, uint32) (cards.Issued, error) {
	return cards.Issued{Card: m.card, State: cards.Uncertain, Copy: m.copy - 1}, nil
}

// Mark agrees.
func (m *model) Mark(context.Context, cards.Serial, cards.State, string, string) (uint32, error) {
	return m.copy, nil
}

// Paper is always ready.
func (m *model) Prepare(context.Context) kiosk.Paper { return kiosk.Paper{Ready: true} }

// Print prints on a fresh printer.
func (m *model) Print(_ context.Context, d *face.Drawn) kiosk.Outcome {
	vp, err := printertest.New(&printertest.Opts{Dots: dots, Answers: printer.ProcessID})
	if err != nil {
		return kiosk.NotSent
	}
	raster, err := printer.Named(station.Usual().Printer.Profile)
	if err != nil {
		return kiosk.NotSent
	}
	dev, err := printer.New(vp, &printer.Opts{Profile: raster, Now: vp.Now})
	if err != nil {
		return kiosk.NotSent
	}
	if proof, err := dev.Print(d); err != nil || proof != printer.Printed {
		return kiosk.Doubtful
	}
	for _, page := range vp.Pages() {
		m.bits = bytes.Trim(page.Bits, "\x00")
	}
	return kiosk.CameOut
}
