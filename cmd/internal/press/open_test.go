package press

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What lies where the opened files would go stays as it is, whoever put it there.
func TestOpenOverwritesNothing(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 20)
	job.Plain = false
	done, to := d.run(job), t.TempDir()
	name := filepath.Join(to, "may-001.pdf")
	if err := os.WriteFile(name, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), done.Dir, to, "鈴木"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("opened over a file: %v", err)
	}
	if text, err := os.ReadFile(name); string(text) != "mine" {
		t.Errorf("the file that was there is gone: %q, %v", text, err)
	}
}

// Files that are not encrypted can't be opened, and nobody is said to have done so.
func TestOpenPlain(t *testing.T) {
	d := newDesk(t)
	done := d.run(d.order("may", 20))
	before, _ := d.journal.Head()
	if _, err := d.Open(t.Context(), done.Dir, t.TempDir(), "鈴木"); !errors.Is(err, ErrPlain) {
		t.Error(err)
	}
	if after, _ := d.journal.Head(); after != before {
		t.Errorf("written down: entry %d behind %d", after, before)
	}
}

// A directory of the same name that another machine made, on the same stick, is not
// taken for this order's files.
func TestOtherMachinesFiles(t *testing.T) {
	one, two := newDesk(t), newDesk(t)
	two.Out, two.a.ID = one.Out, 9
	one.run(one.order("may", 20))
	job := two.order("may", 20)
	if done, err := two.Run(t.Context(), two.a, job); !errors.Is(err, ErrExists) {
		t.Errorf("%+v, %v", done, err)
	}
}

// Files of which one is gone are not taken as whole.
func TestFileGone(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 20)
	if _, err := d.Journal.Order(t.Context(), d.a, job.Count, job.Request, job.Operator); err != nil {
		t.Fatal(err)
	}
	twin := newDesk(t) // the same machine, as it was before
	twin.Out, twin.Dir = d.Out, d.Dir
	done := twin.run(job)
	if err := os.Remove(filepath.Join(done.Dir, done.Files[0].Name)); err != nil {
		t.Fatal(err)
	}
	if done, err := d.Run(t.Context(), d.a, job); !errors.Is(err, ErrExists) {
		t.Errorf("%+v, %v", done, err)
	}
}

// Opening that fails or was cut off leaves no plain file, and can be done again.
func TestOpenAgain(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 20)
	job.Plain = false
	done, to := d.run(job), t.TempDir()
	if err := os.WriteFile(filepath.Join(to, ".may-001.pdf.part"), []byte("%PDF-half"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(done.Dir, done.Files[1].Name)
	whole, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(second, int64(len(whole)-1)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), done.Dir, to, "鈴木"); err == nil {
		t.Error("a damaged file was opened")
	}
	if left, err := os.ReadDir(to); len(left) > 0 || err != nil {
		t.Errorf("plain files stay: %v, %v", left, err)
	}
	if err := os.WriteFile(second, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if names, err := d.Open(t.Context(), done.Dir, to, "鈴木"); len(names) != 2 || err != nil {
		t.Errorf("%v, %v", names, err)
	}
}

// Another machine's files are not opened, and the journal says nothing of their
// cards.
func TestOpenOthers(t *testing.T) {
	one, two := newDesk(t), newDesk(t)
	job := one.order("may", 20)
	job.Plain = false
	done := one.run(job)
	if _, err := two.Open(t.Context(), done.Dir, t.TempDir(), "鈴木"); !errors.Is(err, ErrNoOrder) {
		t.Errorf("opened: %v", err)
	}
	if n, err := two.journal.Verify(t.Context()); n != 1 || err != nil {
		t.Errorf("%d entries, %v", n, err)
	}
}

// Whatever the hub calls an event, an order of it has a name that files can have.
func TestName(t *testing.T) {
	for event, want := range map[string]string{
		"natural-bar":           "natural-bar-20261122-120000",
		"ナチュラルバル":               "order-20261122-120000",
		"bar 2026/秋":            "bar-2026-20261122-120000",
		"../etc":                "etc-20261122-120000",
		strings.Repeat("a", 99): strings.Repeat("a", 40) + "-20261122-120000",
	} {
		if got := Name(event, noon.UTC()); got != want || !plainName.MatchString(got) {
			t.Errorf("%q: %q, want %q", event, got, want)
		}
	}
}
