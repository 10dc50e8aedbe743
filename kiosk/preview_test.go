package kiosk_test

import (
	"image"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
)

// The preview is the paper, dot for dot, but for the code: of that nothing is
// there that could be read.
func TestPreview(t *testing.T) {
	i, p, _ := newIssuer(t)
	a := allotment()
	preview, err := i.Preview(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Issue(t.Context(), a, "r", "op"); err != nil {
		t.Fatal(err)
	}
	paper := p.printed[0]
	if preview.Bounds() != paper.Bounds() || preview.QR != paper.QR {
		t.Fatalf("the preview is %v with the code at %v, the paper %v, %v", preview.Bounds(), preview.QR, paper.Bounds(), paper.QR)
	}
	inCode, wrong := 0, 0
	for y := range paper.Bounds().Dy() {
		for x := range paper.Bounds().Dx() {
			switch dark := preview.Dark(x, y); {
			case !image.Pt(x, y).In(paper.QR):
				if dark != paper.Dark(x, y) {
					wrong++
				}
			case dark:
				inCode++
			}
		}
	}
	finder := 33 * preview.Module * preview.Module // 24 modules of ring and 9 of core
	if wrong != 0 || inCode != 3*finder {
		t.Errorf("%d dots differ; of the code %d dots stand there, want three finder patterns of %d", wrong, inCode, finder)
	}
}

// An allotment of tickets is printed as tickets: with its own words, reprinted
// as the same one.
func TestTicketOnPaper(t *testing.T) {
	i, p, j := newIssuer(t, kiosk.Doubtful, kiosk.CameOut)
	a := allotment()
	a.Kind = cards.KindTicket
	c, err := i.Issue(t.Context(), a, cards.RequestText(make([]byte, cards.RequestSize)), "op")
	if err != nil || c.State != cards.Uncertain || c.Card.Kind != cards.KindTicket {
		t.Fatalf("%+v, %v", c, err)
	}
	again, err := i.Settle(t.Context(), a, c.Card.Number, false, "op")
	if err != nil || again.State != cards.Printed || again.Card != c.Card || len(j.Open()) != 0 {
		t.Fatalf("%+v, %v", again, err)
	}
	for n, want := range []string{"ポイント券", "再印刷 1"} {
		if !slices.ContainsFunc(p.printed[n].Lines, func(l face.Line) bool { return l.Text == want }) || p.printed[n].URL != p.printed[0].URL {
			t.Errorf("paper %d does not say %s: %v", n, want, p.printed[n].Lines)
		}
	}
}
