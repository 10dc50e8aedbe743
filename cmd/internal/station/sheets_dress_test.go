package station

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"pointkiosk/assets"
	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/kiosk"
	"pointkiosk/packaging/proof"
)

// A used sheet goes on where it was left, in the city's colour and with its picture,
// and that is written down: printed again it is the same.
func TestSheetsUsed(t *testing.T) {
	r := newPressRoom(t, true)
	picture := filepath.Join(t.TempDir(), "family.svg")
	r.ok(os.WriteFile(picture, assets.Picture("family"), 0o600))
	r.desk.opts.Settings.Sheets.Picture, r.desk.opts.Settings.Sheets.Colour = picture, "#0A6B3B"
	r.toSheets()
	r.orders("10")
	r.do(kiosk.TapBack{}, kiosk.TapCell{Cell: 7}, kiosk.TapLook{})
	if look := r.state.Sheet.Look; look.Sheets != 2 {
		t.Errorf("ten cards from the eighth place of ten take %d sheets", look.Sheets)
	}
	r.do(kiosk.TapMake{})
	r.sheetsAt(kiosk.SheetsDone)
	job := r.kept()
	if first := job.Start; first != 7 || job.Colour != "#0A6B3B" || string(job.Picture) != string(assets.Picture("family")) {
		t.Errorf("from %d, in %q, a picture of %d bytes", first, job.Colour, len(job.Picture))
	}
	r.do(kiosk.TapBack{})
	if o := r.state.Sheet.Lists.Orders[0]; o.Start != 7 || o.State != cards.Made {
		t.Errorf("%+v", o)
	}
}

// kept is the order of this machine, as it was written down.
func (r *pressRoom) kept() press.Job {
	r.t.Helper()
	orders, err := r.desk.Journal.Orders(r.t.Context())
	if r.ok(err); len(orders) != 1 {
		r.t.Fatalf("%d orders", len(orders))
	}
	job, err := r.desk.newPress("", "").Job(orders[0].Request)
	r.ok(err)
	return job
}

// A picture that is gone since the settings were read is told of before a number is
// taken; a card printed on one side has no room for any.
func TestSheetsPictureGone(t *testing.T) {
	r := newPressRoom(t, true)
	r.desk.opts.Settings.Sheets.Picture = filepath.Join(t.TempDir(), "gone.png")
	r.toSheets()
	lists := r.state.Sheet.Lists
	r.do(kiosk.TapBatch{Allotment: lists.Batches[0].Allotment.ID}, kiosk.TapDigit{Digit: '5'}, kiosk.TapEnter{}, kiosk.TapPaper{}, kiosk.TapLook{})
	r.sheetsAt(kiosk.SheetsCell)
	if note := r.state.Sheet.Note; note != "sheets.note.picture" {
		t.Errorf("%q", note)
	}
	r.do(kiosk.TapBack{}, kiosk.TapSides{Sides: "single"}, kiosk.TapPaper{}, kiosk.TapLook{}, kiosk.TapMake{})
	r.sheetsAt(kiosk.SheetsDone)
	if job := r.kept(); job.Sides != sheet.Single || job.Picture != nil {
		t.Errorf("%v, a picture of %d bytes", job.Sides, len(job.Picture))
	}
}

// A back stands upright on the screen, whichever edge the paper is turned over: its
// code is at the left.
func TestSheetSampleUpright(t *testing.T) {
	proof.Needs(t, "pdftoppm")
	r := newPressRoom(t, true)
	r.toSheets()
	for _, stock := range []string{"a4-8", "single"} {
		for _, sides := range []string{"long", "short"} {
			o := kiosk.SheetOrder{SheetJob: kiosk.SheetJob{Of: r.state.Sheet.Lists.Batches[0].Allotment, Count: 5, Stock: stock, Sides: sides}}
			look := r.desk.lookSheets(t.Context(), kiosk.LookSheets{Order: o}).(kiosk.SheetsSeen).Look
			if look.Back == nil {
				t.Fatalf("%s, %s: no back", stock, sides)
			}
			if left, right := dark(look.Back); left < 2*right {
				t.Errorf("%s, %s: %d dark dots on the left, %d on the right", stock, sides, left, right)
			}
		}
	}
}

// dark counts the dots of each half that are nearly black.
func dark(m image.Image) (left, right int) {
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, _, _, _ := m.At(x, y).RGBA(); r > 0x4000 {
				continue
			}
			if x < (b.Min.X+b.Max.X)/2 {
				left++
			} else {
				right++
			}
		}
	}
	return left, right
}
