package station

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
)

// Errors of a place for files.
var (
	errNoStick = errors.New("station: there is no USB stick")
	errSticks  = errors.New("station: there are several USB sticks")
)

// Sheets says where the staff menu puts the PDFs of cards that are printed
// beforehand.
type Sheets struct {
	// Out is a directory; empty: a USB stick that is mounted under /media or
	// /run/media.
	Out string `toml:"out"`
	// Plain leaves the PDFs unencrypted, so that a print shop can read them.
	Plain bool `toml:"plain"`
}

func (s Sheets) check() error {
	if s.Out != "" && !path.IsAbs(s.Out) {
		return fmt.Errorf("station: settings: sheets.out %q does not begin with /", s.Out)
	}
	return nil
}

// place is where files go: the directory of the settings, or the one USB stick.
func (s Sheets) place() (string, error) {
	if s.Out != "" {
		return s.Out, nil
	}
	mounts, err := os.Open("/proc/self/mounts")
	if err != nil {
		return "", fmt.Errorf("station: %w", err)
	}
	defer mounts.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(mounts)
	if err != nil {
		return "", fmt.Errorf("station: %w", err)
	}
	switch found := sticks(string(text)); len(found) {
	case 0:
		return "", errNoStick
	case 1:
		return found[0], nil
	}
	return "", errSticks
}

// sticks are the places of what is mounted under /media or /run/media and can be
// written: a line each of device, place, kind and options (proc(5), fstab(5)).
func sticks(mounts string) (found []string) {
	for line := range strings.Lines(mounts) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "/dev/") {
			continue
		}
		at, writes := unescaped(f[1]), false
		for option := range strings.SplitSeq(f[3], ",") {
			writes = writes || option == "rw"
		}
		if writes && path.Clean(at) == at && (strings.HasPrefix(at, "/media/") || strings.HasPrefix(at, "/run/media/")) {
			found = append(found, at)
		}
	}
	return found
}

// unescaped undoes \040 and the like: blanks in the names of sticks.
func unescaped(s string) string {
	var out strings.Builder
	for s != "" {
		if len(s) >= 4 && s[0] == '\\' {
			if n, err := strconv.ParseUint(s[1:4], 8, 8); err == nil {
				out.WriteByte(byte(n))
				s = s[4:]
				continue
			}
		}
		out.WriteByte(s[0])
		s = s[1:]
	}
	return out.String()
}
