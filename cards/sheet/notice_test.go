package sheet

import (
	"io"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
)

func notice(t testing.TB, paper string, lang string) *Notice {
	t.Helper()
	size, err := PageSize(paper)
	if err != nil {
		t.Fatal(err)
	}
	n := &Notice{Card: kisarazu(), Shop: "八百屋 木更津", URL: "HTTPS://P.EXAMPLE.JP/SHOP/17", Lang: lang, Page: size}
	if lang == "en" {
		c := &n.Card
		c.Municipality, c.Scheme, c.Contact = "Kisarazu City", "Radu Point", "Civic Activities"
		c.Event, c.Place, n.Shop = "Natural Bar", "JR Kisarazu Station, west square", "Kisarazu Greengrocer"
	}
	return n
}

// Notices are the same on each paper, only larger, and their code is read.
func TestNotices(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext", "pdftoppm", "zbarimg")
	for _, tt := range []struct {
		name, paper, lang string
		write             func(n *Notice, w io.Writer) error
	}{
		{"poster", "A4", "ja", (*Notice).Poster}, {"poster-large", "A3", "en", (*Notice).Poster},
		{"poster-long", "A4", "ja", func(n *Notice, w io.Writer) error {
			c := &n.Card
			c.Municipality, c.Scheme, c.Points = "相模原市", "暮らし潤いさがみはら寄附ポイント", 12000
			c.Event, c.Place = "第12回「くらしを守る」防災・防犯・交通安全フェスティバル", "相模原市立環境情報センター（エコパークさがみはら）2階"
			c.Contact, c.Practice, n.Colour = "環境経済局環境共生部環境政策課", true, "#FFD500"
			return n.Poster(w)
		}},
		{"plate", "A5", "ja", (*Notice).Plate}, {"plate-english", "A4", "en", (*Notice).Plate},
		{"flyer", "A4", "ja", (*Notice).Flyer}, {"flyer-english", "A4", "en", (*Notice).Flyer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := notice(t, tt.paper, tt.lang)
			file := paper(t, tt.name, func(w io.Writer) error { return tt.write(n, w) })
			proof.Golden(t, tt.name+".txt", read(t, file))
			page := rendered(t, renderers[0], file, 1, 1, dpi)[0]
			got, err := proof.Zbar(page)
			if err != nil || len(got[page]) != 1 || got[page][0] != n.URL {
				t.Errorf("the code says %q, %v", got[page], err)
			}
		})
	}
}

func TestNoticeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(n *Notice)
		want   string
	}{
		{"level paper", func(n *Notice) { n.Page = Size{297, 210} }, "sheet: a notice of 297 x 210 mm"},
		{"no paper", func(n *Notice) { n.Page = Size{} }, "sheet: a notice of 0 x 0 mm"},
		{"no shop", func(n *Notice) { n.Shop = "" }, "sheet: a plate without a shop's name"},
		{"a shop's name that can't be set", func(n *Notice) { n.Shop = "𠮷野家" }, "sheet: face: shop: the font has no '𠮷'"},
		{"a shop's name too long", func(n *Notice) { n.Shop = strings.Repeat("店", 90) }, "sheet: face: shop: "},
		{"a code that isn't one", func(n *Notice) { n.URL = "https://p.example.jp" }, "sheet: qr: not alphanumeric"},
		{"a colour's name", func(n *Notice) { n.Colour = "red" }, "sheet: colour"},
	} {
		n := notice(t, "A4", "ja")
		tt.change(n)
		if err := n.Plate(io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := PageSize("a4"); err == nil {
		t.Error("a4 is no paper")
	}
}
