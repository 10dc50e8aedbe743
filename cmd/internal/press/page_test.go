package press

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards/sheet"
)

// Pages beside the cards are whole, in place of the one before.
func TestPages(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 45)
	done := d.run(job)
	pick, err := Pick(d.a, job, done.Order)
	if err != nil || pick.Cards != 45 || pick.FirstSheet != 1 || pick.LastSheet != 5 || pick.First == pick.Last {
		t.Errorf("%+v, %v", pick, err)
	}
	path := filepath.Join(t.TempDir(), "page.pdf")
	for name, do := range map[string]func() error{
		"calibration": func() error { return Calibrate(d.a, job, path) },
		"picking":     func() error { return Picking([]sheet.Pick{pick}, "ja", "KSZ-014", path) },
	} {
		for range 2 {
			if err := do(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if text, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Picking([]sheet.Pick{{Event: "𠮷"}}, "ja", "", filepath.Join(t.TempDir(), "none", "page.pdf")); err == nil {
		t.Error("a page where there is no folder")
	}
}

// A page that can't have its name leaves no half one.
func TestPageWithoutName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.MkdirAll(filepath.Join(path, "mine"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Page(path, func(out io.Writer) error { _, err := out.Write([]byte("%PDF-")); return err }); err == nil {
		t.Error("a page took the place of a folder")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); len(left) != 1 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A page touches nothing of anybody's beside it, and is for everybody to read.
func TestPageTouchesNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(path+".part", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Page(path, func(out io.Writer) error { _, err := out.Write([]byte("%PDF-")); return err }); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path + ".part"); string(text) != "mine" {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	broken := errors.New("broken")
	if err := Page(path, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); len(left) != 2 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A place where no files can be made is found before a number is taken.
func TestNoPlace(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{file, filepath.Join(file, "below")} {
		p := &Press{Journal: d.Journal, Dir: d.Dir, Out: out}
		if _, err := p.Run(t.Context(), d.a, d.order("may", 5)); !errors.Is(err, ErrPlace) {
			t.Errorf("%s: %v", out, err)
		}
	}
	if all, err := d.Journal.Orders(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("%d orders, %v", len(all), err)
	}
}

// How far it is comes in time and never goes back.
func TestSeldom(t *testing.T) {
	var got []int
	tell := Seldom(time.Hour, func(done, _ int) { got = append(got, done) })
	for _, done := range []int{2, 1, 3, 5, 4} {
		tell(done, 5)
	}
	if !slices.Equal(got, []int{2, 5}) {
		t.Errorf("told of %v", got)
	}
}
