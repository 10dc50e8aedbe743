package press

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

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
	if err := page(path, func(out io.Writer) error { _, err := out.Write([]byte("%PDF-")); return err }); err == nil {
		t.Error("a page took the place of a folder")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); len(left) != 1 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}
