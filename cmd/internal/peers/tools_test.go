//go:build !race

package peers

// The race detector has memory of its own and makes pictures ten times slower: this
// is for go test and make soak.

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
)

// A short order shows that each tool that is there makes what it should.
func TestTools(t *testing.T) {
	proof.Needs(t, "pdfinfo", "pdftoppm", "pdftotext", "zbarimg")
	w := prepare(t, 10)
	if err := check(pdfs(w.dir), w.rows, t.TempDir()); err != nil {
		t.Error("ours: ", err)
	}
	for _, tool := range tools {
		if lacks := w.missing(tool); len(lacks) > 0 {
			t.Logf("%s: missing: %s", tool.name, strings.Join(lacks, ", ")) // none is a part of ours
			continue
		}
		dir := t.TempDir()
		out := filepath.Join(dir, "cards.pdf")
		if _, err := measure(tool.child(w, out), out); err != nil {
			t.Error(err)
		} else if err := check(pdfs(out), w.rows, dir); err != nil {
			t.Errorf("%s: %v", tool.name, err)
		}
	}
}

// What lacks a card, a code or a page is found.
func TestCheckFinds(t *testing.T) {
	proof.Needs(t, "pdfinfo", "pdftoppm", "pdftotext", "zbarimg")
	w := prepare(t, 20)
	other := slices.Clone(w.rows)
	other[19].url = other[18].url + "0"
	serial := slices.Clone(w.rows)
	serial[0].serial = "0000-0000-0000"
	for _, tt := range []struct {
		says string
		rows []row
	}{{"1 of 10 codes", other}, {"lacks texts", serial}, {"want 2", w.rows[:10]}, {"want 6", append(other, other[0])}} {
		if err := check(pdfs(w.dir), tt.rows, t.TempDir()); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%v, want %q", err, tt.says)
		}
	}
}
