package press

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
)

// alter changes a manifest that lies beside its files.
func alter(t *testing.T, dir string, change func(m *Manifest)) {
	t.Helper()
	m, _, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	change(&m)
	text, err := json.MarshalIndent(m, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, manifestJSON), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// opened are the ranges that the journal says were opened.
func (d *desk) opened() (list []cards.Range) {
	d.t.Helper()
	for _, e := range d.entries(cards.Opened) {
		list = append(list, cards.Range{Allotment: e.Allotment, First: e.Number, Last: e.Last})
	}
	return list
}

// Whatever lies beside the files, the journal says which cards they have; what is not
// as this machine made it is not opened, nor written down as opened.
func TestOpenAltered(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(may, june string)
	}{
		{"fewer cards", func(may, _ string) { alter(t, may, func(m *Manifest) { m.Last = 1 }) }},
		{"more", func(may, _ string) { alter(t, may, func(m *Manifest) { m.Last++ }) }},
		{"another order's", func(may, _ string) { alter(t, may, func(m *Manifest) { m.Order, m.First, m.Last = "june", 21, 40 }) }},
		{"another event", func(may, _ string) { alter(t, may, func(m *Manifest) { m.Event = "night" }) }},
		{"another order's file", func(may, june string) {
			text, err := os.ReadFile(filepath.Join(june, "june-002.pdf.age"))
			if err == nil {
				err = os.WriteFile(filepath.Join(may, "may-002.pdf.age"), text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}},
	} {
		d := newDesk(t)
		may, june := d.order("may", 20), d.order("june", 20)
		may.Plain, june.Plain = false, false
		done, other := d.run(may), d.run(june)
		tt.do(done.Dir, other.Dir)
		to := t.TempDir()
		if _, err := d.Open(t.Context(), done.Dir, to, "鈴木"); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if list, err := os.ReadDir(to); len(list) > 0 || err != nil || len(d.opened()) > 0 {
			t.Errorf("%s: left are %v, %v, %v", tt.name, list, d.opened(), err)
		}
	}
}

// Of some sheets that were printed again those cards are opened, and no others.
func TestOpenSomeSheets(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 20)
	job.Plain = false
	all := d.run(job)
	d.Only = Sheets{2, 2}
	some := d.run(job)
	for _, done := range []Done{some, all} {
		if _, err := d.Open(t.Context(), done.Dir, t.TempDir(), "鈴木"); err != nil {
			t.Fatal(err)
		}
	}
	if want := []cards.Range{{Allotment: 8, First: 8, Last: 17}, {Allotment: 8, First: 1, Last: 20}}; !slices.Equal(d.opened(), want) {
		t.Errorf("%v, want %v", d.opened(), want)
	}
}

// A folder that somebody put on the stick, with a manifest that says it is the order's,
// is not taken for what this machine made before it was switched off.
func TestPlantedFolder(t *testing.T) {
	for _, plain := range []bool{true, false} {
		d, thief := newDesk(t), newDesk(t) // who knows the order, and perhaps has its key, but not its machine
		job := d.order("may", 12)
		job.Plain = plain
		thief.Out = d.Out
		thief.run(job)
		if done, err := d.Run(t.Context(), d.a, job); !errors.Is(err, ErrExists) {
			t.Errorf("%+v, %v", done, err)
		}
		if all, err := d.journal.Orders(t.Context()); err != nil || len(all) != 1 || all[0].State != cards.Making {
			t.Errorf("%+v, %v", all, err)
		}
	}
	d := newDesk(t) // the folder is this machine's, and a file of it no more
	d.Journal = deaf{d.journal}
	if _, err := d.Run(t.Context(), d.a, d.order("may", 12)); !errors.Is(err, errDeaf) {
		t.Fatal(err)
	}
	d.Journal = d.journal
	if err := os.WriteFile(filepath.Join(d.Out, "may", "may-001.pdf"), []byte("%PDF-1.7 other codes"), 0o600); err != nil {
		t.Fatal(err)
	}
	if done, err := d.Run(t.Context(), d.a, d.order("may", 12)); !errors.Is(err, ErrExists) {
		t.Errorf("%+v, %v", done, err)
	}
}
