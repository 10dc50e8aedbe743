package main

import (
	"bytes"
	"errors"
	"testing"

	"pointkiosk/packaging/proof"
)

func TestHelp(t *testing.T) {
	for _, lang := range []string{"ja", "en"} {
		t.Setenv("LC_ALL", lang)
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-h"}, &out); err != nil {
			t.Error(err)
		}
		proof.Golden(t, "help."+lang+".txt", out.String())
		for _, wrong := range [][]string{{"--colour"}, {"a", "b"}} {
			var again bytes.Buffer
			if err := run(t.Context(), wrong, &again); !errors.Is(err, errUsage) || again.String() != out.String() {
				t.Errorf("%q: %v, %s", wrong, err, &again)
			}
		}
	}
}
