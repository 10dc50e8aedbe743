package sheet

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
)

func posterSamples() (list []sampledPoster) {
	with := func(name string, o PosterOpts) { list = append(list, sampledPoster{name, o}) }
	for _, kind := range []PosterKind{Venue, Plate, Flyer} {
		ja := PosterOpts{Kind: kind, Paper: "a4", Lang: "ja", Card: kisarazu(), Hours: "11:00〜17:00", Shop: "パンのきさらぎ"}
		en := ja
		en.Lang, en.Hours, en.Shop, en.Paper = "en", "11:00–17:00", "Kisaragi Bakery", "a3"
		c := &en.Card
		c.Municipality, c.Scheme, c.Contact = "Kisarazu City", "Radu Point", "Civic Activities"
		c.Event, c.Place = "Natural Bar", "JR Kisarazu Station, west square"
		with(kind.String()+"-ja", ja)
		with(kind.String()+"-en", en)
		long := ja
		c = &long.Card
		c.Municipality, c.Scheme, c.Points = "相模原市", "暮らし潤いさがみはら寄附ポイント", 12000
		c.Event = "第12回「くらしを守る」防災・防犯・交通安全フェスティバル"
		c.Place = "相模原市立環境情報センター（エコパークさがみはら）2階"
		c.Host, c.Contact, c.Phone = "points.city-of-sagamihara.example.jp", "環境経済局環境共生部環境政策課", "042-769-8240（直通）"
		long.Shop = "株式会社さがみはら商店街振興組合連合会　本町通り中央店"
		long.Colour = "#0A6B3B"
		with(kind.String()+"-long", long)
	}
	return list
}

type sampledPoster struct {
	name string
	opts PosterOpts
}

func newPoster(t testing.TB, o PosterOpts) (*Poster, []byte) {
	t.Helper()
	p, err := NewPoster(&o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return p, b.Bytes()
}

// The golden files list what stands where on a poster.
func TestPosters(t *testing.T) {
	for _, tt := range posterSamples() {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := newPoster(t, tt.opts)
			proof.Golden(t, "poster-"+tt.name+".txt", p.listing())
			for paper := range papers {
				if *lookDir == "" {
					break
				}
				tt.opts.Paper = paper
				_, b := newPoster(t, tt.opts)
				if err := os.WriteFile(filepath.Join(*lookDir, "poster-"+tt.name+"-"+paper+".pdf"), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func (p *Poster) listing() string {
	var b strings.Builder
	page := p.sheets.opts.Stock.Page
	fmt.Fprintf(&b, "page of %g x %g mm\n%6s %6s %6s %6s\n", page.W, page.H, "x", "y", "width", "height")
	d := &p.sheets.sides[0]
	line := func(x, y, w, h float64, what string) {
		fmt.Fprintf(&b, "%6.2f %6.2f %6.2f %6.2f %s\n", x, y, w, h, what)
	}
	for _, r := range d.boxes {
		line(r.x, r.y, r.w, r.h, fmt.Sprintf("#%02X%02X%02X", r.ink[0], r.ink[1], r.ink[2]))
	}
	for _, one := range p.pictures {
		line(one.at.x, one.at.y, one.at.w, one.at.h, "picture "+one.name)
	}
	line(d.code.x, d.code.y, d.code.w, d.code.h, "code")
	for _, l := range d.texts {
		line(l.x, l.y, l.width, l.size, map[bool]string{true: "bold ", false: "     "}[l.bold]+l.text)
	}
	return b.String()
}
