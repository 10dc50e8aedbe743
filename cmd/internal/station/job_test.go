package station

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards/face"
	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestJob prints cards on every kind of printer in every layout that it has:
// raster layouts are the picture, native ones say its words, and the code of
// each is read.
func TestJob(t *testing.T) {
	for _, kind := range printer.Profiles() {
		for _, l := range kind.Layouts() {
			kind.Layout = l
			f, err := face.New(look(kind))
			if err != nil {
				t.Fatal(err)
			}
			for _, tt := range []struct {
				name   string
				change func(*face.Card)
			}{
				{"card", func(*face.Card) {}},
				{"reprint", func(c *face.Card) { c.Reprint = 2 }},
				{"practice", func(c *face.Card) { c.Practice = true }},
				{"ticket", func(c *face.Card) { c.Ticket = true }},
				{"drawn within the line", func(c *face.Card) { c.Event = "髙橋の麵とﾗｼﾞｵ①" }},
			} {
				t.Run(fmt.Sprintf("%s/%v/%s", kind.Name, l, tt.name), func(t *testing.T) {
					c := sampleCard()
					tt.change(&c)
					d, err := f.Draw(&c, kind.Dots)
					if err != nil {
						t.Fatal(err)
					}
					page := onPaper(t, kind, d)
					if l < printer.NativeText {
						samePicture(t, page, d)
					} else {
						sameWords(t, page, d)
					}
					wantCode(t, page, c.URL)
				})
			}
		}
	}
}

// TestJobWithoutCode prints a slip that has no code, likewise.
func TestJobWithoutCode(t *testing.T) {
	for _, kind := range printer.Profiles() {
		for _, l := range kind.Layouts() {
			t.Run(fmt.Sprintf("%s/%v", kind.Name, l), func(t *testing.T) {
				kind.Layout = l
				f, err := face.New(look(kind))
				if err != nil {
					t.Fatal(err)
				}
				at := sampleCard().Date
				d, err := f.Balance(&face.Balance{Municipality: "木更津市", Tail: "W2HN", Kiosk: "KSZ-014", Date: at, Lang: "ja",
					Schemes: []face.SchemeBalance{{Scheme: "らづポイント", Points: 200, Lots: []face.DayPoints{{Points: 200, Expires: at}}}}}, kind.Dots)
				if err != nil {
					t.Fatal(err)
				}
				page := onPaper(t, kind, d)
				if l < printer.NativeText {
					samePicture(t, page, d)
				} else {
					sameWords(t, page, d)
				}
			})
		}
	}
}

func sampleCard() face.Card {
	japan := time.FixedZone("JST", 9*60*60)
	return face.Card{
		Municipality: "木更津市", Scheme: "らづポイント", Points: 200, Event: "ナチュラルバル",
		Date: time.Date(2026, 11, 22, 11, 0, 0, 0, japan), Place: "JR木更津駅西口広場", Expires: time.Date(2027, 3, 31, 0, 0, 0, 0, japan),
		Contact: "市民活動支援課", Phone: "0438-23-8610", Host: "p.example.jp",
		URL:    "HTTPS://P.EXAMPLE.JP/C/" + strings.Repeat("AEBAGBAFAYDQQCIK", 8),
		Serial: "0A2C-07K3-Q1F4", Kiosk: "KSZ-014", Lang: "ja",
	}
}

// onPaper prints a card as the station does.
func onPaper(t *testing.T, kind printer.Profile, d *face.Drawn) printertest.Page {
	t.Helper()
	draw, err := letters()
	if err != nil {
		t.Fatal(err)
	}
	opts := printertest.Like(kind)
	opts.Skills.Font = draw
	vp, err := printertest.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	dev, err := printer.New(vp, &printer.Opts{Profile: kind, Now: vp.Now, Draw: draw})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first also clears
		before := vp.Received()
		if _, err := dev.Print(job(d)...); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d bytes", vp.Received()-before)
	}
	for _, err := range vp.Errors() {
		t.Error(err)
	}
	return vp.Pages()[1]
}

func samePicture(t *testing.T, page printertest.Page, d *face.Drawn) {
	t.Helper()
	var want []byte
	for y := range d.Bounds().Dy() {
		want = append(want, d.Row(y)...)
	}
	if !bytes.Equal(bytes.Trim(page.Bits, "\x00"), bytes.Trim(want, "\x00")) {
		t.Error("the paper is not the picture")
	}
}

// sameWords wants every line that is nothing but text from the printer, a
// character that it lacks being a bit image.
func sameWords(t *testing.T, page printertest.Page, d *face.Drawn) {
	t.Helper()
	var want []string
	row := -1
	for _, l := range d.Lines {
		said := strings.NewReplacer("①", "□", "②", "□", "③", "□", "髙", "□", "麵", "□").Replace(l.Text)
		switch {
		case !l.Bare:
		case l.Baseline == row:
			want[len(want)-1] += said
		default:
			want = append(want, said)
		}
		row = l.Baseline
	}
	if !slices.Equal(page.Text, want) || len(want) < 2 {
		t.Errorf("the paper says\n%s\nnot\n%s", strings.Join(page.Text, "\n"), strings.Join(want, "\n"))
	}
}

func wantCode(t *testing.T, page printertest.Page, url string) {
	t.Helper()
	if !proof.Has(t, "zbarimg") {
		return
	}
	name := filepath.Join(t.TempDir(), "page.png")
	var b bytes.Buffer
	if err := page.PNG(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := proof.Zbar(name); err != nil || !slices.Equal(found[name], []string{url}) {
		t.Errorf("zbar: %v, %q", err, found[name])
	}
}
