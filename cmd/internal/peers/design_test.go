package peers

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// A design is what stands on a card: its front and its back.
type design struct {
	Front face `json:"front"`
	Back  face `json:"back"`
}

// A face is a side of a card: its lengths are mm from the upper left corner.
type face struct {
	Boxes []box  `json:"boxes"`
	Texts []text `json:"texts"`
}

type box struct {
	X   float64 `json:"x"`
	Y   float64 `json:"y"`
	W   float64 `json:"w"`
	H   float64 `json:"h"`
	R   float64 `json:"r"` // of the corners
	Ink string  `json:"ink"`
}

// A text stands with its left end on its baseline. None is the card's serial.
type text struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Size float64 `json:"size"`
	Bold bool    `json:"bold"`
	Ink  string  `json:"ink"`
	Text string  `json:"text"`
}

const (
	black = "#1B1B1B"
	white = "#FFFFFF"
	blue  = "#0A4A8F"
)

// The code with its quiet zone is a square of 34 mm, 4 mm from the back's left
// and upper edge.
const (
	codeAt   = 4.0
	codeSide = 34.0
)

// card is what ours draws: check finds each of the texts in it too.
var card = design{
	Front: face{
		[]box{{3, 3, 85, 11.5, 1.2, blue}},
		[]text{
			{6, 6.7, 2.9, false, white, "木更津市"},
			{6, 12.4, 4.7, true, white, "らづポイント"},
			{4, 32.26, 18, true, blue, "200"},
			{47.2, 32.26, 6.12, true, blue, "ポイント"},
			{4, 41.52, 4.6, true, black, "ナチュラルバル"},
			{4, 46.01, 3.2, false, black, "令和8年11月22日(日)"},
			{4, 50.1, 3.2, false, black, "JR木更津駅西口広場"},
		},
	},
	Back: face{
		[]box{{42, 8, 45, 0.25, 0, blue}, {42, 42.95, 45, 0.25, 0, blue}},
		[]text{
			{6.6, 42.7, 3.2, false, black, ""},
			{4.02, 48.6, 2.7, true, black, "有効期限　令和9年3月31日"},
			{42, 6.9, 3, true, blue, "使い方"},
			{42, 12.41, 3.21, false, black, "①スマートフォンのカメラで読む"},
			{42, 16.52, 3.21, false, black, "②マイキーIDでサインインする"},
			{42, 20.63, 3.21, false, black, "③ポイントが入ります（1回だけ）"},
			{42, 25.93, 2.8, false, black, "スマートフォンがない方は、これを"},
			{42, 29.51, 2.8, false, black, "ためて賞品と交換できます。"},
			{42, 41.85, 3, true, blue, "お問い合わせ"},
			{42, 46, 2.7, false, black, "市民活動支援課　0438-23-8610"},
			{42, 49.2, 2.5, false, black, "P.EXAMPLE.JP"},
			{42, 51.9, 2.5, false, black, "暗証番号は聞きません"},
		},
	},
}

// write keeps the design for the programs that aren't Go.
func (d *design) write(path string) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

// perPoint is how many mm a point has.
const perPoint = 25.4 / 72

// glabels is a side as gLabels's file: a text there is a box with a margin of 3
// points, and its first line stands 0.88 of its size below.
func (f *face) glabels(code bool) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?>
<Glabels-document xmlns="http://glabels.org/xmlns/3.0/">
  <Template brand="pointkiosk" part="a4-10" size="A4" description="Ten cards">
    <Meta category="label"/>
    <Label-rectangle id="0" width="91mm" height="55mm" round="0mm" x_waste="0mm" y_waste="0mm">
      <Layout nx="2" ny="5" x0="14mm" y0="11mm" dx="91mm" dy="55mm"/>
    </Label-rectangle>
  </Template>
  <Objects id="0" rotate="False">
`)
	const same = `a0="1" a1="0" a2="0" a3="1" a4="0" a5="0"`
	ink := func(s string) string { return "0x" + strings.ToLower(s[1:]) + "ff" }
	for _, x := range f.Boxes {
		fmt.Fprintf(&b, `<Object-box x="%gmm" y="%gmm" w="%gmm" h="%gmm" line_width="0pt" line_color="0x00000000" fill_color="%s" %s/>`+"\n",
			x.X, x.Y, x.W, x.H, ink(x.Ink), same)
	}
	if code {
		const quiet = codeSide * 4 / 49 // of version 6
		fmt.Fprintf(&b, `<Object-barcode x="%gmm" y="%gmm" w="%gmm" h="%gmm" style="IEC18004" text="False" checksum="True" color="0x000000ff" field="url" format="0" %s/>`+"\n",
			codeAt+quiet, codeAt+quiet, codeSide-2*quiet, codeSide-2*quiet, same)
	}
	for _, t := range f.Texts {
		what, weight := t.Text, "Regular"
		if what == "" {
			what = `<Field name="serial"/>`
		}
		if t.Bold {
			weight = "Bold"
		}
		const margin = 3 * perPoint
		fmt.Fprintf(&b, `<Object-text x="%.2fmm" y="%.2fmm" w="%.2fmm" h="%.2fmm" justify="Left" valign="Top" auto_shrink="False" %s>`+
			`<Span font_family="BIZ UDPGothic" font_size="%.2f" font_weight="%s" font_italic="False" color="%s" line_spacing="1">%s</Span></Object-text>`+"\n",
			t.X-margin, t.Y-0.88*t.Size-margin, 91-t.X+2*margin, 1.4*t.Size+2*margin, same, t.Size/perPoint, weight, ink(t.Ink), what)
	}
	b.WriteString(`  </Objects>
  <Merge type="Text/Comma/Line1Keys" src="cards.csv"/>
</Glabels-document>
`)
	return b.String()
}
