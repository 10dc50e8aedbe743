package press

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// What access(2) asks of a directory in which files are to be made.
const writeEnter = 2 | 1

// ready reports, before numbers are taken, a place where no file of a new order can be
// made. What was begun may be whole elsewhere.
func (p *Press) ready(job Job) error {
	if _, err := p.Job(job.Request); !errors.Is(err, ErrNoOrder) {
		return nil
	}
	path, err := filepath.Abs(p.Out)
	if err == nil {
		err = writable(path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPlace, err)
	}
	return nil
}

// writable looks at a directory, or at that in which it would be made.
func writable(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path:
		return writable(filepath.Dir(path))
	case err == nil && !info.IsDir():
		err = syscall.ENOTDIR
	case err == nil:
		err = syscall.Access(path, writeEnter)
	}
	if err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: err}
	}
	return nil
}
