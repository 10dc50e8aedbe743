package face

import (
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards/qr"
	"pointkiosk/packaging/proof"
)

func slipOf(lang string, later bool) *Slip {
	japan := time.FixedZone("JST", 9*60*60)
	return &Slip{
		Municipality: map[string]string{"ja": "木更津市", "en": "Kisarazu City"}[lang], Scheme: map[string]string{"ja": "らづポイント", "en": "Radu Point"}[lang],
		ID: "K7M4W2HN", Code: "ABCD-EFGH-JKMN", CodeEnds: time.Date(2026, 12, 6, 0, 0, 0, 0, japan), Host: "p.example.jp/password",
		Later: later, Contact: map[string]string{"ja": "市民活動支援課", "en": "Civic Activities"}[lang], Phone: "0438-23-8610",
		Kiosk: "KSZ-014", Date: time.Date(2026, 11, 22, 11, 0, 0, 0, japan), Lang: lang,
	}
}

// TestSlip lists what stands where on the slip, in the print of the kiosk and
// in the printer's own letters; its code says the ID and nothing else.
func TestSlip(t *testing.T) {
	for _, grid := range []bool{false, true} {
		f, err := New(&Opts{Module: 6, Grid: grid})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name  string
			slip  *Slip
			width int
		}{
			{"58mm", slipOf("ja", false), 384}, {"58mm-later", slipOf("ja", true), 384}, {"80mm-english-later", slipOf("en", true), 576},
			{"58mm-english", slipOf("en", false), 384},
		} {
			name := "slip-" + tt.name + ".txt"
			if grid {
				name = "grid-" + name
			}
			t.Run(name, func(t *testing.T) {
				d, err := f.Slip(tt.slip, tt.width)
				if err != nil {
					t.Fatal(err)
				}
				proof.Golden(t, name, string(listing(d)))
				if d.URL != tt.slip.ID {
					t.Errorf("its code says %q", d.URL)
				}
				wantSaid(t, d)
			})
		}
	}
}

// wantSaid wants zbar to read from the picture what it says that it says.
func wantSaid(t *testing.T, d *Drawn) {
	t.Helper()
	if !proof.Has(t, "zbarimg") {
		return
	}
	name := filepath.Join(t.TempDir(), "slip.png")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(file, d), file.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("zbarimg", "--quiet", "--raw", name).Output(); err != nil || strings.TrimSpace(string(out)) != d.URL {
		t.Errorf("zbar: %q, %v", out, err)
	}
}

func TestSlipRefuses(t *testing.T) {
	f := newFace(t)
	s := slipOf("ja", false)
	s.Municipality = "𠮷野町"
	var glyph *MissingGlyphError
	if _, err := f.Slip(s, 384); !errors.As(err, &glyph) || glyph.Rune != '𠮷' {
		t.Errorf("%v", err)
	}
	s.ID = strings.Repeat("A", 400)
	if _, err := f.Slip(s, 384); !errors.Is(err, qr.ErrTooLong) && err == nil {
		t.Errorf("%v", err)
	}
}
