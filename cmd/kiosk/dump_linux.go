package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// noDumps keeps what is in memory out of core dumps, and from every program of
// the same user: only root may read it then (prctl(2), PR_SET_DUMPABLE).
func noDumps() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("kiosk: no core dumps: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil { // which what it starts has too
		return fmt.Errorf("kiosk: no core dumps: %w", err)
	}
	return nil
}
