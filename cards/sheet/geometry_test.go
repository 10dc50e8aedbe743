package sheet

import (
	"math"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

func TestPresetsCanBePrinted(t *testing.T) {
	names := ""
	for _, s := range Stocks() {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		names += s.Name + " "
	}
	if names != "a4-10 a4-8 single " {
		t.Errorf("presets are %s", names)
	}
	if _, err := FindStock("a3"); err == nil || !strings.Contains(err.Error(), "a4-10, a4-8, single") {
		t.Errorf("a stock that isn't there: %v", err)
	}
}

func TestOwnMeasures(t *testing.T) {
	var s Stock
	err := toml.Unmarshal([]byte(`
		name = "ours"
		page = { width = 297, height = 210 }
		cell = { width = 85.6, height = 54 }
		columns = 3
		rows = 3
		left = 15
		top = 20
		gap_x = 5
		gap_y = 4
		corner_radius = 3.2
		die_line = true`), &s)
	if err != nil || s.Check() != nil {
		t.Fatalf("%v, %v", err, s.Check())
	}
	want := Stock{Name: "ours", Page: Size{297, 210}, Cell: Size{85.6, 54}, Columns: 3, Rows: 3, Left: 15, Top: 20, GapX: 5, GapY: 4, Corner: 3.2, DieLine: true}
	if s != want {
		t.Errorf("read %+v", s)
	}
}

func TestStockCheck(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *Stock)
		want   string // empty: good
	}{
		{"as it is", func(*Stock) {}, ""},
		{"bleed where cards adjoin", func(s *Stock) { s.GapX = 0; s.CropMarks = false }, "a bleed of 3 mm runs into the next card: the columns lie 0 mm apart"},
		{"bleed into half a gap", func(s *Stock) { s.GapY = 5.9 }, "the rows lie 5.9 mm apart"},
		{"a gap of just two bleeds", func(s *Stock) { s.GapY = 6 }, ""},
		{"cards beside the page", func(s *Stock) { s.Left = 20.1 }, "the columns end 0.10 mm outside the page"},
		{"cards below the page", func(s *Stock) { s.Rows = 5 }, "the rows end 36.50 mm outside the page"},
		{"bleed beside the page", func(s *Stock) { s.Left, s.CropMarks = 2, false }, "leaves the page: beside the columns are 2.00 mm"},
		{"no room for marks", func(s *Stock) { s.Left = 5.5 }, "no room for crop marks: beside the columns are 5.50 mm, want 6"},
		{"overlap", func(s *Stock) { s.GapX = -1 }, "a length of -1 mm"},
		{"no number", func(s *Stock) { s.Top = math.NaN() }, "a length of NaN mm"},
		{"endless", func(s *Stock) { s.Page.W = math.Inf(1) }, "a length of +Inf mm"},
		{"no columns", func(s *Stock) { s.Columns = 0 }, "0 columns and 4 rows"},
		{"too many", func(s *Stock) { s.Columns, s.Rows = 1<<40, 1<<40 }, "want 1 to 1000 cards"},
		{"card too small", func(s *Stock) { s.Cell.W = 80 }, "cards of 80 x 55 mm, want at least 82.7 x 50.3"},
		{"corner too round", func(s *Stock) { s.Corner = 28 }, "corners of 28 mm"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := stock(t, "a4-8")
			tt.change(&s)
			err := s.Check()
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), `sheet: stock "a4-8": `)):
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestSides(t *testing.T) {
	for _, want := range []Sides{LongEdge, ShortEdge, Single} {
		text, _ := want.MarshalText()
		var got Sides
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if err := new(Sides).UnmarshalText([]byte("Long")); err == nil {
		t.Error("Long is no side")
	}
	if got := Sides(7).String(); got != "Sides(7)" {
		t.Error(got)
	}
}

func TestPlaceAndSplit(t *testing.T) {
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Card: kisarazu(), Start: 7})
	for _, tt := range []struct{ card, sheet, cell int }{{0, 1, 7}, {2, 1, 9}, {3, 2, 0}, {12, 2, 9}, {13, 3, 0}, {10_002, 1001, 9}} {
		if sheet, cell := s.Place(tt.card); sheet != tt.sheet || cell != tt.cell {
			t.Errorf("card %d lies on %d, %d, want %d, %d", tt.card, sheet, cell, tt.sheet, tt.cell)
		}
	}
	for _, tt := range []struct {
		n, sheets int
		want      []Span
	}{
		{0, 2, nil},
		{1, 2, []Span{{0, 1}}},
		{13, 2, []Span{{0, 13}}},
		{14, 2, []Span{{0, 13}, {13, 14}}},
		{40, 2, []Span{{0, 13}, {13, 33}, {33, 40}}},
		{5, 1, []Span{{0, 3}, {3, 5}}},
	} {
		got := s.Split(tt.n, tt.sheets)
		if len(got) != len(tt.want) {
			t.Errorf("%d cards: %v, want %v", tt.n, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%d cards: %v, want %v", tt.n, got, tt.want)
			}
		}
	}
}
