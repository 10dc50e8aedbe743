package station

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/kiosk"
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
	// Front and Back are what the printer needs (cards/sheet, the calibration page).
	Front sheet.Offset `toml:"front"`
	Back  sheet.Offset `toml:"back"`
	// Picture is a file that stands on every front, on paper printed on both sides:
	// PNG, JPEG or SVG. Colour is #RRGGBB.
	Picture string `toml:"picture"`
	Colour  string `toml:"colour"`
	// Printers are others, by their names (kioskctl sheets --on NAME).
	Printers []SheetPrinter `toml:"printer"`
	// Stock is paper beside the presets; it is named as it is on the screen.
	Stock []sheet.Stock `toml:"stock"`
}

// A SheetPrinter is a printer for sheets, and what to move each side by, in mm.
type SheetPrinter struct {
	Name  string       `toml:"name"`
	Front sheet.Offset `toml:"front"`
	Back  sheet.Offset `toml:"back"`
}

// Printer finds a printer; "" is the usual one.
func (s Sheets) Printer(name string) (found SheetPrinter, ok bool) {
	n := slices.IndexFunc(s.Printers, func(p SheetPrinter) bool { return p.Name == name })
	switch {
	case name == "":
		return SheetPrinter{Front: s.Front, Back: s.Back}, true
	case n < 0:
		return found, false
	}
	return s.Printers[n], true
}

// Stocks are the presets, and then the settings' own.
func (s Sheets) Stocks() []sheet.Stock { return slices.Concat(sheet.Stocks(), s.Stock) }

// FindStock finds paper by its name.
func (s Sheets) FindStock(name string) (sheet.Stock, error) {
	all := s.Stocks()
	n := slices.IndexFunc(all, func(one sheet.Stock) bool { return one.Name == name })
	if n < 0 {
		return sheet.Stock{}, fmt.Errorf("station: no paper is called %q", name)
	}
	return all[n], nil
}

func (s Sheets) check() error {
	if s.Out != "" && !path.IsAbs(s.Out) {
		return fmt.Errorf("station: settings: sheets.out %q does not begin with /", s.Out)
	}
	if err := s.checkLooks(); err != nil {
		return err
	}
	all := s.Stocks()
	if len(all) > kiosk.MostStocks {
		return fmt.Errorf("station: settings: %d kinds of paper, at most %d beside the presets", len(s.Stock), kiosk.MostStocks-len(sheet.Stocks()))
	}
	for n, one := range all {
		if err := one.Check(); err != nil {
			return fmt.Errorf("station: settings: paper %q: %w", one.Name, err)
		}
		if slices.ContainsFunc(all[:n], func(b sheet.Stock) bool { return b.Name == one.Name }) {
			return fmt.Errorf("station: settings: two kinds of paper are called %q", one.Name)
		}
	}
	offsets := []sheet.Offset{s.Front, s.Back}
	for _, p := range s.Printers {
		offsets = append(offsets, p.Front, p.Back)
	}
	for _, o := range offsets {
		if err := o.Check(); err != nil {
			return fmt.Errorf("station: settings: %w", err)
		}
	}
	return nil
}

// checkLooks reads the picture too: that none of the settings can be printed shows
// when they are read, and not at an order.
func (s Sheets) checkLooks() error {
	if err := sheet.CheckColour(s.Colour); err != nil {
		return fmt.Errorf("station: settings: sheets.colour: %w", err)
	}
	switch {
	case s.Picture == "":
		return nil
	case !path.IsAbs(s.Picture):
		return fmt.Errorf("station: settings: sheets.picture %q does not begin with /", s.Picture)
	}
	_, err := s.picture(sheet.LongEdge)
	if err != nil {
		err = fmt.Errorf("station: settings: sheets.picture: %w", err)
	}
	return err
}

// errPicture reports a picture that was there when the settings were read.
var errPicture = errors.New("station: the picture of the settings can't be printed")

// picture reads the picture of the settings; one-sided cards have no room for it.
func (s Sheets) picture(sides sheet.Sides) ([]byte, error) {
	if s.Picture == "" || sides == sheet.Single {
		return nil, nil
	}
	b, err := os.ReadFile(s.Picture)
	if err == nil {
		err = sheet.CheckPicture(b)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	return b, nil
}

// Dress gives a job the colour of the settings, and their picture, where it has none
// of its own.
func (s Sheets) Dress(job *press.Job) (err error) {
	job.Colour = cmp.Or(job.Colour, s.Colour)
	if job.Picture == nil {
		job.Picture, err = s.picture(job.Sides)
	}
	return err
}

// place is where files go: the directory of the settings, or the one USB stick.
func (s Sheets) place(table string) (string, error) {
	if s.Out != "" {
		return s.Out, nil
	}
	mounts, err := os.Open(cmp.Or(table, "/proc/self/mounts"))
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
