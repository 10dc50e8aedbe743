package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"pointkiosk/cmd/internal/station"
	"pointkiosk/printer"
)

func printerTest(c *call) error {
	record := ""
	if err := c.parse(0, 0, func(f *flag.FlagSet) { f.StringVar(&record, "record", "", "") }); err != nil {
		return err
	}
	opts, err := c.opts(false)
	if err != nil {
		return err
	}
	uri := opts.Settings.Printer.URI
	proof, err := testAndRecord(c, opts, record)
	if err != nil {
		return err
	}
	key := "cli.printer.test"
	if proof == printer.Printed {
		key = "cli.printer.test.printed"
	}
	return c.say(map[string]string{"printer": uri, "proof": proof.String()}, key, uri)
}

// testAndRecord prints the test page. A recording of one that failed is wanted
// most, so it stays as it is.
func testAndRecord(c *call, opts station.Opts, file string) (printer.Proof, error) {
	if file == "" {
		return station.TestPage(opts, c.words, nil)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return printer.NoProof, told(err, c.words.Say("cli.record", file))
	}
	proof, err := station.TestPage(opts, c.words, f)
	return proof, errors.Join(err, f.Close())
}

// A finding is what a printer told of itself, for programs.
type finding struct {
	Printer  string          `json:"printer"`
	Maker    string          `json:"maker,omitempty"`
	Model    string          `json:"model,omitempty"`
	Firmware string          `json:"firmware,omitempty"`
	Heard    []string        `json:"answered"`
	Kanji    string          `json:"kanji,omitempty"`
	Answers  printer.Answers `json:"answers"`
	Layout   printer.Layout  `json:"layout"` // of the first profile
	Profiles []string        `json:"profiles"`
}

func printerProbe(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	opts, err := c.opts(false)
	if err != nil {
		return err
	}
	found, err := station.Probe(opts)
	if unsent, ok := errors.AsType[*printer.UnsentError](err); ok {
		return told(err, c.words.Say("cli.probe.unready", c.paper(unsent.Status)))
	}
	if err != nil {
		return err
	}
	fit := found.Propose()
	f := finding{opts.Settings.Printer.URI, found.Maker, found.Model, found.Firmware, found.Heard, found.Kanji, found.Answers, fit[0].Layout, nil}
	for _, p := range fit {
		f.Profiles = append(f.Profiles, p.Name)
	}
	if c.json {
		return json.NewEncoder(c.out).Encode(f)
	}
	c.printFinding(f)
	return nil
}

// printFinding says what a printer is, and the settings that fit it.
func (c *call) printFinding(f finding) {
	say := func(key string, args ...any) { fmt.Fprintln(c.out, c.words.Say(key, args...)) }
	switch name := strings.TrimSpace(f.Maker + " " + f.Model); {
	case len(f.Heard) == 0:
		say("cli.probe.mute", f.Printer)
	case name == "":
		say("cli.probe.nameless", f.Printer)
	default:
		say("cli.probe.name", f.Printer, name, f.Firmware)
	}
	if len(f.Heard) > 0 {
		say("cli.probe.heard", strings.Join(f.Heard, ", "))
	}
	say("cli.probe.answers", c.words.Say("cli.answers."+f.Answers.String()))
	say("cli.probe.settings")
	fmt.Fprintf(c.out, "\n[printer]\nuri = %q\nprofile = %q\n", f.Printer, f.Profiles[0])
	p, err := printer.Named(f.Profiles[0])
	if err != nil {
		p = printer.Profile{Answers: f.Answers, Layout: f.Layout}
	}
	if p.Answers != f.Answers || p.Layout != f.Layout {
		fmt.Fprintln(c.out, "[printer.differs]")
	}
	if p.Answers != f.Answers {
		fmt.Fprintf(c.out, "answers = %q\n", f.Answers.String())
	}
	if p.Layout != f.Layout {
		fmt.Fprintf(c.out, "layout = %q\n", f.Layout.String())
	}
	fmt.Fprintln(c.out)
	if p.Layout != f.Layout {
		say("cli.probe.raster")
	}
	if note, known := c.knows("printer.profile." + p.Name); known {
		say("cli.probe.note", note)
	}
	if p.Tried == "none" {
		say("cli.probe.untried")
	}
	if len(f.Profiles) > 1 {
		say("cli.probe.others", strings.Join(f.Profiles[1:], ", "))
	}
	say("cli.probe.width")
}
