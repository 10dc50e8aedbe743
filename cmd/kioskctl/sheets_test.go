package main

import (
	"bytes"
	"flag"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/cmd/internal/station"
)

// Paper is turned over the edge that suits it, unless somebody says otherwise.
func TestSidesOfPaper(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want sheet.Sides
		err  bool
	}{
		{nil, sheet.LongEdge, false},
		{[]string{"--stock", "a4-8"}, sheet.LongEdge, false},
		{[]string{"--stock", "single"}, sheet.ShortEdge, false},
		{[]string{"--stock", "single", "--sides", "long"}, sheet.LongEdge, false},
		{[]string{"--sides", "single"}, sheet.Single, false},
		{[]string{"--sides", "both"}, 0, true},
	} {
		var o order
		f := flag.NewFlagSet("sheets", flag.ContinueOnError)
		o.paper(f)
		if err := f.Parse(tt.args); err != nil {
			t.Fatal(err)
		}
		var job press.Job
		c := &call{words: words.In("ja"), out: new(bytes.Buffer), err: new(bytes.Buffer), flags: f}
		if err := c.jobPaper(station.Sheets{}, o, &job); (err != nil) != tt.err || err == nil && job.Sides != tt.want {
			t.Errorf("%q: %v, %v; want %v", tt.args, job.Sides, err, tt.want)
		}
	}
}
