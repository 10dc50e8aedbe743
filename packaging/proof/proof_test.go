package proof

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A verdict is how a test ended.
type verdict struct {
	testing.TB
	end string
}

func (v *verdict) Helper()      {}
func (v *verdict) Fatal(...any) { v.end = "failed" }
func (v *verdict) Skip(...any)  { v.end += "skipped" }

// A missing part skips a test in go test, and fails it in make test.
func TestNeeds(t *testing.T) {
	for _, tt := range []struct{ real, program, want string }{
		{"", "go", ""},
		{"1", "go", ""},
		{"", "no-such-program", "skipped"},
		{"1", "no-such-program", "failed"},
	} {
		t.Setenv("POINTKIOSK_REAL", tt.real)
		v := verdict{TB: t}
		if Needs(&v, tt.program); !strings.HasPrefix(v.end, tt.want) || (tt.want == "") != (v.end == "") {
			t.Errorf("REAL=%q, %s: %q, want %q", tt.real, tt.program, v.end, tt.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, tt := range []struct {
		real, soak string
		want       int
	}{{"", "", 1}, {"1", "", 2}, {"1", "1", 3}} {
		t.Setenv("POINTKIOSK_REAL", tt.real)
		t.Setenv("POINTKIOSK_SOAK", tt.soak)
		if got := Times(1, 2, 3); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
}

// Only this package may skip a test, so that make test leaves none out.
func TestNobodyElseSkips(t *testing.T) {
	skip := regexp.MustCompile(`\.Skip(f|Now)?\(`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.Contains(path, "packaging/proof/") {
			return err
		}
		source, err := os.ReadFile(path)
		for n, line := range bytes.Split(source, []byte("\n")) {
			if skip.Match(line) {
				t.Errorf("%s:%d: %s", path, n+1, bytes.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is planted is found by the test that it is planted for, and by no other.
func TestPlant(t *testing.T) {
	fault := Fault{"packaging/proof/proof.go", `return usual`, `return few`}
	Finds(t, "TestTimes", `real:1 soak: want:2}: 1`, fault)
	overlay, err := os.ReadFile(Plant(t, fault))
	if err != nil || !bytes.Contains(overlay, []byte("proof.go")) {
		t.Errorf("%s, %v", overlay, err)
	}
}
