package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func TestHelp(t *testing.T) {
	for _, lang := range []string{"ja", "en"} {
		t.Setenv("LC_ALL", lang)
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-h"}, &out); err != nil {
			t.Error(err)
		}
		golden(t, "help."+lang+".txt", out.Bytes())
		for _, wrong := range [][]string{{"--colour"}, {"a", "b"}} {
			var again bytes.Buffer
			if err := run(t.Context(), wrong, &again); !errors.Is(err, errUsage) || again.String() != out.String() {
				t.Errorf("%q: %v, %s", wrong, err, &again)
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (-update writes it):\n%s", file, got)
	}
}
