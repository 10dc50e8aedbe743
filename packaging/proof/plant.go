package proof

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A Fault stands in place of what is right, in a file of this repository.
type Fault struct{ File, Right, Wrong string }

// Tags are those that every build here has.
const Tags = "migrated_fynedo,no_animations"

// Plant returns the file for go build -overlay with which faults are built in.
// The source stays as it is.
func Plant(t testing.TB, faults ...Fault) (overlay string) {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir, planted, replace := t.TempDir(), map[string][]byte{}, map[string]string{}
	for _, f := range faults {
		path := filepath.Join(strings.TrimSpace(string(root)), f.File)
		source, ok := planted[path]
		if !ok {
			if source, err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Contains(source, []byte(f.Right)) {
			t.Fatalf("%s does not say %q any more", f.File, f.Right)
		}
		planted[path] = bytes.ReplaceAll(source, []byte(f.Right), []byte(f.Wrong))
		replace[path] = filepath.Join(dir, strings.ReplaceAll(f.File, "/", "-"))
	}
	for path, source := range planted {
		if err := os.WriteFile(replace[path], source, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

// Finds runs a test of the package at hand once more, with faults planted. It has
// to fail, saying what it is there to say (DECISIONS 33).
func Finds(t testing.TB, test, says string, faults ...Fault) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "test", "-count", "1", "-timeout", "3m", "-tags", Tags, "-overlay", Plant(t, faults...), "-run", "^"+test+"$", ".")
	out, err := c.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("--- FAIL: "+test)) || !bytes.Contains(out, []byte(says)) {
		t.Errorf("%s does not find the fault in %s: %v\n%s", test, faults[0].File, err, out[:min(len(out), 2000)])
	}
}
