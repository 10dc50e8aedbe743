package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A process of its own says how it can be dumped, before and after.
func TestNoDumps(t *testing.T) {
	if os.Getenv("POINTKIOSK_DUMPS") == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestNoDumps$")
		c.Env = append(os.Environ(), "POINTKIOSK_DUMPS=1")
		out, err := c.Output()
		if !strings.Contains(string(out), "1, 0, core 0\n") {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	dumpable := func() int {
		is, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	before := dumpable()
	if err := noDumps(); err != nil {
		t.Fatal(err)
	}
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%d, %d, core %d\n", before, dumpable(), core.Cur+core.Max)
}
