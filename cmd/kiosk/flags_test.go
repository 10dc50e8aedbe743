package main

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/packaging/proof"
)

func TestHelp(t *testing.T) {
	for _, lang := range words.Languages() {
		var out, errs bytes.Buffer
		if _, err := read(words.In(lang), []string{"-h"}, &out, &errs); !errors.Is(err, flag.ErrHelp) || errs.Len() > 0 {
			t.Errorf("%v, %s", err, &errs)
		}
		proof.Golden(t, "help."+lang+".txt", out.String())
	}
}

func TestLine(t *testing.T) {
	usual := station.Usual().Screen
	for _, tt := range []struct {
		name, args    string
		width, height int
		full          bool
		says          string // of a line that is not understood
	}{
		{"nothing", "", usual.Width, usual.Height, false, ""},
		{"a size", "--size 800x480 --full-screen", 800, 480, true, ""},
		{"no size", "--size large", 0, 0, false, "--size large is not like 1280x800"},
		{"half a size", "--size 800x", 0, 0, false, "--size 800x is not like"},
		{"nothing to see", "--size 0x0", 0, 0, false, "--size 0x0 is not like"},
		{"no such flag", "--colour red", 0, 0, false, "An option is not right"},
		{"a word", "now", 0, 0, false, "It takes 0 to 0 words"},
	} {
		var out, errs bytes.Buffer
		l, err := read(words.In("en"), strings.Fields(tt.args), &out, &errs)
		if tt.says != "" {
			if !errors.Is(err, errUsage) || !strings.Contains(errs.String(), tt.says) || !strings.Contains(errs.String(), "Example: ") {
				t.Errorf("%s: %v, %s", tt.name, err, &errs)
			}
			continue
		}
		got := l.over(station.Usual()).Screen
		if err != nil || got.Width != tt.width || got.Height != tt.height || got.FullScreen != tt.full {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}
