package station

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"pointkiosk/cards/sheet"
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
	// Stocks are papers of one's own, beside those that are known.
	Stocks []sheet.Stock `toml:"stock"`
	// Printers say by how much each misses the paper (kioskctl sheets calibrate).
	Printers []SheetPrinter `toml:"printer"`
}

// A SheetPrinter is a printer for sheets, and what to move each side by, in mm.
type SheetPrinter struct {
	Name  string       `toml:"name"`
	Front sheet.Offset `toml:"front"`
	Back  sheet.Offset `toml:"back"`
}

// Stock finds a paper by its name: one's own, or a known one.
func (s Sheets) Stock(name string) (sheet.Stock, error) {
	for _, own := range s.Stocks {
		if own.Name == name {
			return own, nil
		}
	}
	return sheet.FindStock(name)
}

// StockNames names all papers.
func (s Sheets) StockNames() (names []string) {
	for _, stock := range slices.Concat(s.Stocks, sheet.Stocks()) {
		names = append(names, stock.Name)
	}
	return names
}

// Printer finds a printer for sheets; none is one that misses nothing.
func (s Sheets) Printer(name string) (found SheetPrinter, ok bool) {
	for _, p := range s.Printers {
		if p.Name == name {
			return p, true
		}
	}
	return found, name == ""
}

func (s Sheets) check() error {
	if s.Out != "" && !path.IsAbs(s.Out) {
		return fmt.Errorf("station: settings: sheets.out %q does not begin with /", s.Out)
	}
	for _, own := range s.Stocks {
		if err := own.Check(); err != nil {
			return fmt.Errorf("station: settings: sheets.stock: %w", err)
		}
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
