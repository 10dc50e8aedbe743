package press

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
)

// Calibrate makes the page that tells by how much a printer misses the paper of a
// job.
func Calibrate(a cards.Allotment, job Job, path string) error {
	sheets, err := job.sheets(a, 0, false)
	if err != nil {
		return err
	}
	return Page(path, sheets.Calibration)
}

// Picking makes the list of which cards go where, the next event first.
func Picking(picks []sheet.Pick, lang, title, path string) error {
	slices.SortStableFunc(picks, func(a, b sheet.Pick) int { return a.Date.Compare(b.Date) })
	return Page(path, func(out io.Writer) error { return sheet.Picking(out, lang, title, picks) })
}

// Page makes a file of paper that is worth nothing, for everybody to read: it is there
// whole, in place of the one before, or not at all.
func Page(path string, do func(io.Writer) error) error {
	half, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	if err = errors.Join(do(half), half.Chmod(0o644), half.Sync(), half.Close()); err == nil {
		err = os.Rename(half.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(half.Name()))
	}
	return syncDir(filepath.Dir(path))
}
