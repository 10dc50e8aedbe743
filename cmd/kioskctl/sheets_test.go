package main

import (
	"bytes"
	"flag"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/cmd/internal/station"
)

// Paper is turned over the edge that suits it, unless somebody says otherwise, and a
// file of it has as many cards as one likes to open.
func TestSidesOfPaper(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want sheet.Sides
		file int // sheets
		err  bool
	}{
		{nil, sheet.LongEdge, 80, false},
		{[]string{"--stock", "a4-8"}, sheet.LongEdge, 80, false},
		{[]string{"--stock", "single"}, sheet.ShortEdge, 400, false},
		{[]string{"--stock", "single", "--sides", "long"}, sheet.LongEdge, 400, false},
		{[]string{"--sides", "single"}, sheet.Single, 80, false},
		{[]string{"--sides", "both"}, 0, 0, true},
	} {
		var o order
		f := flag.NewFlagSet("sheets", flag.ContinueOnError)
		o.paper(f)
		if err := f.Parse(tt.args); err != nil {
			t.Fatal(err)
		}
		var job press.Job
		c := &call{words: words.In("ja"), out: new(bytes.Buffer), err: new(bytes.Buffer), flags: f}
		if err := c.jobPaper(station.Sheets{}, o, &job); (err != nil) != tt.err || err == nil && (job.Sides != tt.want || job.PerFile != tt.file) {
			t.Errorf("%q: %v, %d sheets a file, %v; want %v, %d", tt.args, job.Sides, job.PerFile, err, tt.want, tt.file)
		}
	}
}

// A poster has the settings' colour, unless somebody says otherwise.
func TestColourOfPoster(t *testing.T) {
	for _, tt := range []struct{ flag, settings, want string }{
		{"", "", ""}, {"", "#0A6B3B", "#0A6B3B"}, {"112233", "", "#112233"}, {"112233", "#0A6B3B", "#112233"},
	} {
		n := &notice{colour: tt.flag, lang: "ja"}
		if o := n.poster(sheet.Flyer, cards.Allotment{}, tt.settings); o.Colour != tt.want {
			t.Errorf("%q over %q: %q, want %q", tt.flag, tt.settings, o.Colour, tt.want)
		}
	}
}
