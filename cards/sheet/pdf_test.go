package sheet

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
)

// What is asked of a PDF here is answered by other programs than ours.

// saved writes a PDF into a file of the test.
func saved(t testing.TB, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func output(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%.500s", name, err, out)
	}
	return string(out)
}

// A word is a text as pdftotext finds it on a page, in mm from the upper left.
type word struct {
	text                   string
	xMin, yMin, xMax, yMax float64
}

type pdfPage struct {
	w, h  float64
	words []word
}

// pages are a PDF's texts by pdftotext.
func pages(t testing.TB, file string) (list []pdfPage) {
	t.Helper()
	proof.Needs(t, "pdftotext")
	out := filepath.Join(t.TempDir(), "bbox")
	output(t, "pdftotext", "-bbox-layout", file, out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Pages []struct {
			W     float64 `xml:"width,attr"`
			H     float64 `xml:"height,attr"`
			Words []struct {
				XMin float64 `xml:"xMin,attr"`
				YMin float64 `xml:"yMin,attr"`
				XMax float64 `xml:"xMax,attr"`
				YMax float64 `xml:"yMax,attr"`
				Text string  `xml:",chardata"`
			} `xml:"flow>block>line>word"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	for _, p := range doc.Pages {
		page := pdfPage{w: p.W / k, h: p.H / k}
		for _, w := range p.Words {
			page.words = append(page.words, word{w.Text, w.XMin / k, w.YMin / k, w.XMax / k, w.YMax / k})
		}
		list = append(list, page)
	}
	return list
}

// find gives the places of a word.
func (p *pdfPage) find(text string) (found []word) {
	for _, w := range p.words {
		if w.text == text {
			found = append(found, w)
		}
	}
	return found
}

// codeMatrix is how a code's content begins.
var codeMatrix = regexp.MustCompile(`q (-?[\d.]+) 0 0 (-?[\d.]+) ([\d.]+) ([\d.]+) +cm\n((?:\d+ \d+ \d+ \d+ re\n)+)f Q`)

// A drawn is a code as qpdf finds it: its upper left corner as it stands, where
// the first finder begins, and its module, in mm.
type drawn struct {
	x, y, module float64
	turned       bool
	modules      map[[2]int]bool
}

// drawnCodes are the codes of each page that has some.
func drawnCodes(t testing.TB, file string, high float64) (list [][]drawn) {
	t.Helper()
	proof.Needs(t, "qpdf")
	out := filepath.Join(t.TempDir(), "qdf")
	output(t, "qpdf", "--qdf", "--object-streams=disable", file, out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range strings.Split(string(b), "\nendstream") {
		var page []drawn
		for _, m := range codeMatrix.FindAllStringSubmatch(stream, -1) {
			page = append(page, readDrawn(t, m, high))
		}
		if page != nil {
			list = append(list, page)
		}
	}
	return list
}

func readDrawn(t testing.TB, m []string, high float64) drawn {
	t.Helper()
	var v [4]float64
	for i := range v {
		v[i], _ = strconv.ParseFloat(m[i+1], 64)
	}
	d := drawn{x: v[2] / k, y: high - v[3]/k, module: math.Abs(v[0]) / k, turned: v[0] < 0, modules: map[[2]int]bool{}}
	if v[0] != -v[1] {
		t.Errorf("a code of %s x %s", m[1], m[2])
	}
	for r := range strings.Lines(m[5]) {
		var x, y, w, h int
		if _, err := fmt.Sscanf(r, "%d %d %d %d re", &x, &y, &w, &h); err != nil {
			t.Fatal(err)
		}
		for i := range w * h {
			at := [2]int{x + i%w, y + i/w}
			if d.modules[at] {
				t.Errorf("module %v is drawn twice", at)
			}
			d.modules[at] = true
		}
	}
	return d
}

func crcOf(b []byte) (sum [4]byte) {
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE(b))
	return sum
}

// pageImage is a page as poppler draws it.
func pageImage(t testing.TB, file string, page, dpi int) image.Image {
	t.Helper()
	out := filepath.Join(t.TempDir(), "page")
	output(t, "pdftoppm", "-png", "-singlefile", "-f", strconv.Itoa(page), "-r", strconv.Itoa(dpi), file, out)
	b, err := os.ReadFile(out + ".png")
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The document says what it is, in Japanese, and leads to each sheet.
func TestDocument(t *testing.T) {
	proof.Needs(t, "qpdf", "pdfinfo", "pdffonts")
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu(), Title: "らづポイント（200ポイント）𠮷"})
	file := saved(t, written(t, s, many(25, shortHost)))
	if info := output(t, "pdfinfo", file); !strings.Contains(info, "Title:           らづポイント（200ポイント）𠮷\n") || !strings.Contains(info, "Pages:           6\n") || !strings.Contains(info, "(A4)") {
		t.Errorf("pdfinfo: %s", info)
	}
	var doc struct {
		Outlines []struct {
			Title string `json:"title"`
			Page  int    `json:"destpageposfrom1"`
		} `json:"outlines"`
	}
	if err := json.Unmarshal([]byte(output(t, "qpdf", "--json=2", "--json-key=outlines", file)), &doc); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(doc.Outlines)
	if want := "[{用紙 1 1} {用紙 2 3} {用紙 3 5}]"; got != want {
		t.Errorf("bookmarks %s, want %s", got, want)
	}
	if text := output(t, "qpdf", "--qdf", file, "-"); !strings.Contains(text, "/Lang (ja)") {
		t.Error("the document has no language")
	}
	fonts := strings.Split(strings.TrimSpace(output(t, "pdffonts", file)), "\n")[2:]
	for _, f := range fonts {
		if columns := strings.Fields(f); len(columns) < 7 || strings.Join(columns[1:7], " ") != "CID TrueType Identity-H yes no yes" {
			t.Errorf("font %s", f)
		}
	}
	if len(fonts) != 2 {
		t.Errorf("%d fonts, want 2", len(fonts))
	}
}

// One card a page says where it is cut, and where its ground ends.
func TestBoxes(t *testing.T) {
	proof.Needs(t, "pdfinfo")
	for _, tt := range []struct {
		back Offset
		want string
	}{
		{Offset{}, "BleedBox: 19.84 19.84 294.80 192.76; TrimBox: 28.35 28.35 286.30 184.25"},
		{Offset{X: 1, Y: -2}, "BleedBox: 22.68 25.51 297.64 198.43; TrimBox: 31.18 34.02 289.13 189.92"},
	} {
		s := newSheets(t, Opts{Stock: stock(t, "single"), Sides: ShortEdge, Card: kisarazu(), Back: tt.back})
		out := output(t, "pdfinfo", "-box", "-f", "2", "-l", "2", saved(t, written(t, s, many(1, shortHost))))
		var got []string
		for l := range strings.Lines(out) {
			if f := strings.Fields(l); len(f) == 7 && (f[2] == "BleedBox:" || f[2] == "TrimBox:") {
				got = append(got, strings.Join(f[2:], " "))
			}
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// SHEET.md lists what an archive would miss. Where a new fpdf writes it, the
// list must become shorter.
func TestWhatPDFALacks(t *testing.T) {
	proof.Needs(t, "qpdf")
	file := saved(t, written(t, newSheets(t, Opts{Stock: stock(t, "a4-10"), Card: kisarazu()}), many(10, shortHost)))
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if comment := bytes.SplitN(b, []byte("\n"), 3)[1]; bytes.HasPrefix(comment, []byte("%")) {
		t.Errorf("there is a comment after the header: %q", comment)
	}
	trailer := string(b[bytes.LastIndex(b, []byte("trailer")):])
	catalog := string(b[bytes.LastIndex(b, []byte("/Type /Catalog")):])
	for _, has := range []struct{ where, what string }{{trailer, "/ID"}, {catalog, "/OutputIntents"}, {catalog, "/Metadata"}} {
		if strings.Contains(has.where, has.what) {
			t.Errorf("there is %s", has.what)
		}
	}
}
