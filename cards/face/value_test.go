package face

import (
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

func inJapan(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 11, 5, 0, 0, time.FixedZone("JST", 9*60*60))
}

// say picks the text of a language.
func say(lang, ja, en string) string {
	if lang == "en" {
		return en
	}
	return ja
}

func ticketOf(lang string) *Card {
	return &Card{
		Municipality: say(lang, "木更津市", "Kisarazu City"), Scheme: say(lang, "らづポイント", "Radu Point"), Points: 500, Ticket: true,
		Event: "ポイント券", Expires: inJapan(2026, 12, 31), Contact: say(lang, "市民活動支援課", "Civic Activities"), Phone: "0438-23-8610",
		Host: "p.example.jp", URL: "HTTPS://P.EXAMPLE.JP/C/" + strings.Repeat("CMAAAAAE", 16) + "AE", Serial: "0A2C-07K3-Q1F4", Kiosk: "KSZ-014", Lang: lang,
	}
}

func balanceOf(lang string, lots int) *Balance {
	b := &Balance{Municipality: say(lang, "木更津市", "Kisarazu City"), Tail: "W2HN", Contact: say(lang, "市民活動支援課", "Civic Activities"),
		Phone: "0438-23-8610", Kiosk: "KSZ-014", Date: inJapan(2026, 11, 22), Lang: lang}
	if lots == 0 {
		return b
	}
	s := SchemeBalance{Scheme: say(lang, "らづポイント", "Radu Point"), Points: 123456}
	for n := range lots {
		s.Lots = append(s.Lots, DayPoints{Points: 1200 + n, Expires: inJapan(2027, 1+n, 28)})
	}
	b.Schemes = []SchemeBalance{s, {Scheme: say(lang, "ボランティアポイント", "Volunteer Point"), Points: 50, Lots: []DayPoints{{50, inJapan(2027, 3, 31)}}}}
	return b
}

func prizeOf(lang string, change bool) *PrizeSlip {
	return &PrizeSlip{Municipality: say(lang, "木更津市", "Kisarazu City"), Scheme: say(lang, "らづポイント", "Radu Point"), Number: 31,
		Prize: say(lang, "木更津産はちみつ（小びん）", "Kisarazu honey, small jar"), Points: 400, Cards: 3, Sum: 450, Surplus: 50, Change: change, Operator: "山田",
		Contact: say(lang, "市民活動支援課", "Civic Activities"), Phone: "0438-23-8610", Kiosk: "KSZ-014", Date: inJapan(2026, 11, 22), Lang: lang}
}

// What stands where on tickets and slips, in the print of the kiosk and in the
// printer's own letters.
func TestValuePapers(t *testing.T) {
	type paper struct {
		name string
		draw func(*Face) (*Drawn, error)
	}
	practice, again := ticketOf("ja"), ticketOf("ja")
	practice.Practice, again.Reprint = true, 2
	papers := []paper{
		{"ticket-58mm", func(f *Face) (*Drawn, error) { return f.Draw(ticketOf("ja"), 384) }},
		{"ticket-80mm", func(f *Face) (*Drawn, error) { return f.Draw(ticketOf("ja"), 576) }},
		{"ticket-58mm-english", func(f *Face) (*Drawn, error) { return f.Draw(ticketOf("en"), 384) }},
		{"ticket-58mm-practice", func(f *Face) (*Drawn, error) { return f.Draw(practice, 384) }},
		{"ticket-58mm-reprint", func(f *Face) (*Drawn, error) { return f.Draw(again, 384) }},
		{"balance-58mm", func(f *Face) (*Drawn, error) { return f.Balance(balanceOf("ja", 3), 384) }},
		{"balance-58mm-english-many", func(f *Face) (*Drawn, error) { return f.Balance(balanceOf("en", 11), 384) }},
		{"balance-80mm-nothing", func(f *Face) (*Drawn, error) { return f.Balance(balanceOf("ja", 0), 576) }},
		{"prize-58mm", func(f *Face) (*Drawn, error) { return f.PrizeSlip(prizeOf("ja", false), 384) }},
		{"prize-58mm-english-change", func(f *Face) (*Drawn, error) { return f.PrizeSlip(prizeOf("en", true), 384) }},
		{"prize-58mm-owed", func(f *Face) (*Drawn, error) { s := prizeOf("ja", false); s.Owed = true; return f.PrizeSlip(s, 384) }},
		{"prize-80mm-change", func(f *Face) (*Drawn, error) { return f.PrizeSlip(prizeOf("ja", true), 576) }},
	}
	for _, grid := range []bool{false, true} {
		f, err := New(&Opts{Module: 6, Grid: grid})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range papers {
			name := tt.name
			if grid {
				name = "grid-" + name
			}
			t.Run(name, func(t *testing.T) {
				d, err := tt.draw(f)
				if err != nil {
					t.Fatal(err)
				}
				proof.Golden(t, name+".txt", string(listing(d)))
				pictured(t, name, d)
				if strings.HasPrefix(tt.name, "ticket") {
					wantSaid(t, d)
				} else if !d.QR.Empty() || d.URL != "" {
					t.Error("a slip with a code")
				}
			})
		}
	}
}

// pictured writes a picture for people, if that was asked for.
func pictured(t *testing.T, name string, d *Drawn) {
	t.Helper()
	if *sampleDir == "" {
		return
	}
	file, err := os.Create(filepath.Join(*sampleDir, name+".png"))
	if err == nil {
		err = errors.Join(png.Encode(file, d), file.Close())
	}
	if err != nil {
		t.Error(err)
	}
}

// The whole ID stands on no balance, all of the ticket's text above its code,
// and what can't be drawn is an error.
func TestValuePapersKeep(t *testing.T) {
	f := newFace(t)
	d, err := f.Draw(ticketOf("ja"), 384)
	if err != nil {
		t.Fatal(err)
	}
	below := 0
	for _, l := range d.Lines {
		if l.Top >= d.QR.Max.Y {
			below++
		}
	}
	if below != 2 {
		t.Errorf("%d lines below the code, not serial and kiosk", below)
	}
	b := balanceOf("ja", 3)
	b.Schemes[0].Scheme = "𠮷野ポイント"
	var glyph *MissingGlyphError
	if _, err := f.Balance(b, 384); !errors.As(err, &glyph) || glyph.Field != "scheme" {
		t.Errorf("%v", err)
	}
	s := prizeOf("ja", false)
	s.Prize = strings.Repeat("はちみつ", 30)
	var long *TooLongError
	if _, err := f.PrizeSlip(s, 384); !errors.As(err, &long) {
		t.Errorf("%v", err)
	}
}
