package press

import (
	"errors"
	"fmt"
	"io"
	"os"
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
	return page(path, sheets.Calibration)
}

// Picking makes the list of which cards go where, the next event first.
func Picking(picks []sheet.Pick, lang, title, path string) error {
	slices.SortStableFunc(picks, func(a, b sheet.Pick) int { return a.Date.Compare(b.Date) })
	return page(path, func(out io.Writer) error { return sheet.Picking(out, lang, title, picks) })
}

// page makes a file that is there whole, in place of the one before, or not at all.
func page(path string, do func(io.Writer) error) error {
	half := path + ".part"
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("press: %w", err)
	}
	err := write(half, do)
	if err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(half))
	}
	return err
}
