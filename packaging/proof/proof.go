// Package proof is what the tests of every package share: which real parts they
// need, how often they try, golden files, and an independent reader of codes.
//
// It holds the only place where a test may be skipped: for a part that is
// missing, and never where POINTKIOSK_REAL=1 requires every one (make test).
package proof

import (
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Needs ends a test for which a program is missing.
func Needs(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if !Has(t, p) {
			t.Skip("missing: " + p)
		}
	}
}

// NeedsRoot ends a test that only root can do.
func NeedsRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		lacks(t, "root")
	}
}

// lacks ends a test for which something is missing.
func lacks(t testing.TB, what string) {
	t.Helper()
	if required() {
		t.Fatal("missing: " + what + " (packaging/setup-debian.sh test)")
	}
	t.Skip("missing: " + what)
}

// Has reports whether there is a program, for a test that proves something
// without it too.
func Has(t testing.TB, program string) bool {
	t.Helper()
	_, err := exec.LookPath(program)
	if err != nil && required() {
		t.Fatal("missing: " + program + " (packaging/setup-debian.sh test)")
	}
	return err == nil
}

func required() bool { return os.Getenv("POINTKIOSK_REAL") == "1" }

// Times is how often, or on how much, a test tries: few in go test, usual in
// make test, long in make soak.
func Times(few, usual, long int) int {
	switch {
	case os.Getenv("POINTKIOSK_SOAK") == "1":
		return long
	case required():
		return usual
	}
	return few
}

var update = flag.Bool("update", false, "write the golden files")

// Update reports whether the test is to write its golden files anew.
func Update() bool { return *update }

// Golden compares text with testdata/name, a file that people can read.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || text != string(want) {
		t.Errorf("%s is not what came (%v); go test -update writes:\n%s", path, err, text)
	}
}

// Zbar returns the texts of the QR codes in each picture, by its path.
func Zbar(pictures ...string) (map[string][]string, error) {
	args := append([]string{"--quiet", "--xml", "--nodbus", "-Sdisable", "-Sqrcode.enable"}, pictures...)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "zbarimg", args...).Output()
	var status *exec.ExitError
	if err != nil && !(errors.As(err, &status) && status.ExitCode() == 4) { // 4: some picture has no code
		return nil, fmt.Errorf("proof: zbarimg: %w", err)
	}
	var read struct {
		Sources []struct {
			File string   `xml:"href,attr"`
			Data []string `xml:"index>symbol>data"`
		} `xml:"source"`
	}
	if err := xml.Unmarshal(out, &read); err != nil {
		return nil, fmt.Errorf("proof: zbarimg: %w", err)
	}
	found := map[string][]string{}
	for _, s := range read.Sources {
		found[s.File] = s.Data
	}
	return found, nil
}
