package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
)

// paper is a PDF that isn't cards, looked at where -samples says.
func paper(t testing.TB, name string, write func(w io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	if *lookDir != "" {
		if err := os.WriteFile(filepath.Join(*lookDir, name+".pdf"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := saved(t, b.Bytes())
	output(t, "qpdf", "--check", file)
	return file
}

// read lists a PDF's words by place, in mm.
func read(t testing.TB, file string) string {
	var b strings.Builder
	for i, p := range pages(t, file) {
		fmt.Fprintf(&b, "page %d, %.0f x %.0f mm\n%6s %6s\n", i+1, p.w, p.h, "x", "y")
		for _, w := range p.words {
			fmt.Fprintf(&b, "%6.1f %6.1f %s\n", w.xMin, w.yMin, w.text)
		}
	}
	return b.String()
}

func TestCalibration(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext")
	o := Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()}
	s := newSheets(t, o)
	proof.Golden(t, "calibration.txt", read(t, paper(t, "calibration", s.Calibration)))
	o.Lang = "en"
	paper(t, "calibration-english", newSheets(t, o).Calibration)
	o.Stock = stock(t, "single")
	if err := newSheets(t, o).Calibration(io.Discard); !errors.Is(err, ErrSmallPage) || !strings.Contains(err.Error(), "it takes 180 x 180 mm, and there are 111 x 75") {
		t.Error(err)
	}
}

// What is set moves all of a side, and only that side.
func TestCalibrationHasTheOffsets(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext")
	o := Opts{Stock: stock(t, "a4-8"), Lang: "ja", Card: kisarazu()}
	before := pages(t, paper(t, "calibration-0", newSheets(t, o).Calibration))
	o.Front, o.Back = Offset{1, -2}, Offset{-0.5, 0.25}
	after := pages(t, paper(t, "calibration-set", newSheets(t, o).Calibration))
	for i, by := range []Offset{o.Front, o.Back} {
		now := before[i].find("今の設定")[0].yMin // that line says other numbers
		for n, w := range before[i].words {
			if moved := after[i].words[n]; w.yMin != now && (abs(moved.xMin-w.xMin-by.X) > 0.02 || abs(moved.yMin-w.yMin-by.Y) > 0.02) {
				t.Errorf("side %d: %q is moved by %.2f, %.2f", i, w.text, moved.xMin-w.xMin, moved.yMin-w.yMin)
			}
		}
	}
}

// The contact sheet has every serial once, behind its sheet.
func TestContact(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext")
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu(), Start: 7})
	list := many(233, shortHost)
	write := func(w io.Writer) error { return s.Contact(w, 0, list) }
	text := read(t, paper(t, "contact", write))
	for _, one := range list {
		if n := strings.Count(text, one.Serial+"\n"); n != 1 {
			t.Errorf("serial %s stands there %d times", one.Serial, n)
		}
	}
	proof.Golden(t, "contact.txt", text)
	rest := read(t, paper(t, "contact-rest", func(w io.Writer) error { return s.Contact(w, 213, list[213:]) }))
	if !strings.Contains(rest, " 23〜24\n") || !strings.Contains(rest, " 20枚\n") || strings.Count(rest, list[0].Serial[:10]) != 20 {
		t.Errorf("the list of the last cards says\n%s", rest)
	}
	if err := s.Contact(io.Discard, 0, nil); err == nil {
		t.Error("a list of nothing is none")
	}
}

func TestPicking(t *testing.T) {
	proof.Needs(t, "qpdf", "pdftotext")
	list := many(500, shortHost)
	c := kisarazu()
	var picks []Pick
	for i := range 10 {
		picks = append(picks, Pick{
			Event: c.Event, Date: c.Date.AddDate(0, 0, 7*i), Place: c.Place, Points: 200, Cards: 50,
			First: list[50*i].Serial, Last: list[50*i+49].Serial, FirstSheet: 5*i + 1, LastSheet: 5*i + 5,
		})
	}
	picks[1].Event, picks[1].Place = "第12回「くらしを守る」防災・防犯・交通安全フェスティバル", "相模原市立環境情報センター（エコパークさがみはら）2階"
	for _, lang := range []string{"ja", "en"} {
		write := func(w io.Writer) error { return Picking(w, lang, "らづポイント", picks) }
		text := read(t, paper(t, "picking-"+lang, write))
		if lang == "ja" {
			proof.Golden(t, "picking.txt", text)
		}
		picks := []Pick{picks[0]}
		picks[0].Cards, picks[0].Last, picks[0].LastSheet = 1, picks[0].First, 1
		one := read(t, paper(t, "picking-one-"+lang, func(w io.Writer) error { return Picking(w, lang, "らづポイント", picks) }))
		if lang == "en" && (!strings.Contains(one, " 1\n") || strings.Count(one, " cards") != 1 || strings.Count(one, " card\n") != 1) {
			t.Errorf("a list of one card says\n%s", one)
		}
	}
	if err := Picking(io.Discard, "ja", "", nil); err == nil {
		t.Error("a list of nothing is none")
	}
}
