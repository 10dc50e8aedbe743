package sheet

import (
	"encoding/xml"
	"fmt"
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
