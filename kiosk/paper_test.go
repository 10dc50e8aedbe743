package kiosk_test

import (
	"bytes"
	"context"
	"image"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A press is the real driver on a virtual printer. It keeps the pictures that
// it was given, and the bytes that each cost.
type press struct {
	t      *testing.T
	vp     *printertest.Printer
	dev    *printer.Dev
	drawn  []*face.Drawn
	bytes  []int64
	doubts int // how many more papers nobody is sure of
}

const bladeRows = 120

func newPress(t *testing.T, dots int) *press {
	t.Helper()
	vp, err := printertest.New(&printertest.Opts{Dots: dots, Answers: printer.ProcessID, Blade: bladeRows})
	if err != nil {
		t.Fatal(err)
	}
	model, err := printer.Named(map[int]string{384: "raster-58", 576: "raster-80"}[dots])
	if err != nil {
		t.Fatal(err)
	}
	dev, err := printer.New(vp, &printer.Opts{Profile: model, Now: vp.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &press{t: t, vp: vp, dev: dev}
}

// Prepare is what the kiosk does before each card.
func (p *press) Prepare(context.Context) kiosk.Paper {
	if _, err := p.dev.Prepare(); err != nil {
		p.t.Error(err)
	}
	return kiosk.Paper{Ready: true}
}

func (p *press) Print(_ context.Context, d *face.Drawn) kiosk.Outcome {
	before := p.vp.Received()
	if proof, err := p.dev.Print(d); err != nil || proof != printer.Printed {
		p.t.Errorf("%v, %v", proof, err)
	}
	p.drawn, p.bytes = append(p.drawn, d), append(p.bytes, p.vp.Received()-before)
	if p.doubts--; p.doubts >= 0 {
		return kiosk.Doubtful
	}
	return kiosk.CameOut
}

// fromPreset is the allotment of a day of ナチュラルバル.
func fromPreset() cards.Allotment {
	a := allotment()
	a.Event.Municipality, a.Event.Place = cards.Text{Ja: "木更津市"}, cards.Text{Ja: "JR木更津駅西口広場"}
	a.Event.Contact, a.Event.Phone = cards.Text{Ja: "市民活動支援課"}, "0438-23-8610"
	return a
}

// Paper is the picture, dot for dot (DECISIONS 16): whatever lies between the
// Issuer and the knife. The third paper is a reprint.
func TestPaperIsThePicture(t *testing.T) {
	for _, tt := range []struct {
		name string
		dots int
		most int64 // bytes a card, what was reached
	}{
		{"58 mm", 384, 30000},
		{"80 mm", 576, 40000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i, _, _ := newIssuer(t)
			p := newPress(t, tt.dots)
			i.Printer, i.Dots = p, tt.dots
			for n, request := range []string{"a", "b"} {
				p.doubts = n
				c, err := i.Issue(t.Context(), fromPreset(), request, "op")
				if err != nil {
					t.Fatal(err)
				}
				if c.State == cards.Uncertain {
					if c, err = i.Settle(t.Context(), fromPreset(), c.Card.Number, false, "op"); err != nil || c.Copy != 1 {
						t.Fatalf("copy %d, %v", c.Copy, err)
					}
				}
			}
			pages := p.vp.Pages()
			if len(p.drawn) != 3 || len(pages) != 3 {
				t.Fatalf("%d pictures, %d papers", len(p.drawn), len(pages))
			}
			for n, d := range p.drawn {
				same(t, pages[n], d)
				t.Logf("paper %d: %d bytes", n+1, p.bytes[n])
			}
			if n := p.bytes[1]; n > tt.most {
				t.Errorf("%d bytes on the wire, at most %d", n, tt.most)
			}
			for _, err := range p.vp.Errors() {
				t.Error(err)
			}
		})
	}
}

// same compares a paper, below the white that lay between head and knife, with
// the picture.
func same(t *testing.T, page printertest.Page, d *face.Drawn) {
	t.Helper()
	if got, want := page.Bounds().Size(), d.Bounds().Size(); got != want.Add(image.Pt(0, bladeRows)) {
		t.Fatalf("the paper is %v, the picture %v", got, want)
	}
	for y := range d.Bounds().Dy() {
		if !bytes.Equal(page.Row(bladeRows+y), d.Row(y)) {
			t.Fatalf("row %d is % x, drawn as % x", y, page.Row(bladeRows+y), d.Row(y))
		}
	}
	for y := range bladeRows {
		if len(bytes.Trim(page.Row(y), "\x00")) > 0 {
			t.Fatalf("row %d above the card has dots", y)
		}
	}
}
