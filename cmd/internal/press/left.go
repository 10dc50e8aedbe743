package press

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// half is where files are until all are whole.
func half(out, name string) string { return filepath.Join(out, "."+name+".part") }

// placePath is where it stands into which directory an order's files went last: a
// crash may have left some there.
func (p *Press) placePath(request string) string {
	return filepath.Join(p.Dir, "orders", request+".out")
}

// places are where files of an order may be: where they go now, and where they went
// before.
func (p *Press) places(request string) ([]string, error) {
	now, err := filepath.Abs(p.Out)
	if err != nil {
		return nil, fmt.Errorf("press: %w", err)
	}
	before, err := os.ReadFile(p.placePath(request))
	if errors.Is(err, fs.ErrNotExist) || err == nil && string(before) == now {
		return []string{p.Out}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("press: %w", err)
	}
	return []string{p.Out, string(before)}, nil
}

// settle clears what a crash left half, wherever that was, and writes down where the
// files go now, before the first is there.
func (w *work) settle(name string) error {
	all, err := w.places(w.job.Request)
	for _, out := range all {
		err = errors.Join(err, w.unless(out, os.RemoveAll(half(out, name))))
	}
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	now, err := filepath.Abs(w.Out)
	if err != nil {
		return fmt.Errorf("press: %w", err)
	}
	path := w.placePath(w.job.Request)
	if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, []byte(now)) {
		return nil
	}
	return whole(path, []byte(now))
}

// unheard finds the files that a crash left whole before the journal knew of it: they
// are taken as they are.
func (w *work) unheard() (dir string, m Manifest, digest [32]byte, found bool) {
	all, err := w.places(w.job.Request)
	if err != nil {
		return "", m, digest, false
	}
	for _, out := range all {
		dir = filepath.Join(out, kiosk.Folder(w.job.Request, w.copy()))
		if m, digest, err = readManifest(dir); err == nil && w.complete(m, digest, dir) {
			return dir, m, digest, true
		}
	}
	return "", m, digest, false
}

// hear writes down an unheard reprint of other sheets than are asked for now, so that
// this one is the next.
func (w *work) hear(ctx context.Context) (err error) {
	_, m, digest, found := w.unheard()
	if !found || m.rangeOf() == w.part {
		return nil
	}
	w.order, err = w.made(ctx, m.rangeOf(), digest)
	return err
}

// complete reports whether a directory's files are of the order and the copy that are
// printed now, as this machine made them, and all there.
func (w *work) complete(m Manifest, sum [32]byte, dir string) bool {
	noted, err := os.ReadFile(w.notePath(filepath.Base(dir)))
	if err != nil || string(noted) != hex.EncodeToString(sum[:]) || m.Order != w.order.Request || m.Copy != w.copy() {
		return false
	}
	r := m.rangeOf()
	return (r == w.part || w.order.State == cards.Made && w.order.Holds(r)) && w.same(dir, m.Files) == nil
}

// Drop removes what a machine that was switched off left of the first files of an
// order that was never made: half ones, and whole ones that the journal doesn't know.
// A directory under its real name is whole until it is gone.
func (p *Press) Drop(o journal.Order) error {
	if !plainName.MatchString(o.Request) {
		return fmt.Errorf("%w: %q", ErrName, o.Request)
	}
	all, err := p.places(o.Request)
	for _, out := range all {
		err = errors.Join(err, p.unless(out, drop(out, o)))
	}
	return err
}

// unless drops an error of a directory into which no files go any more: a stick that is
// broken keeps nobody from going on with another, or from ending an order.
func (p *Press) unless(out string, err error) error {
	if out != p.Out {
		return nil
	}
	return err
}

// drop does it in one directory.
func drop(out string, o journal.Order) error {
	dir, half := filepath.Join(out, o.Request), half(out, o.Request)
	err := errors.Join(os.RemoveAll(half), os.RemoveAll(reprint(out, o)))
	if m, _, unread := readManifest(dir); unread == nil && o.Digest == nil && m.Order == o.Request && m.rangeOf() == o.Range && m.Copy == 0 {
		err = errors.Join(err, os.Rename(dir, half), syncDir(out), os.RemoveAll(half))
	}
	return err
}

// reprint is where files of an order that is printed again are until all are whole.
func reprint(out string, o journal.Order) string {
	return half(out, kiosk.Folder(o.Request, o.Copy+1))
}

// folder makes a directory that stays, with those that it lies in.
func folder(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := folder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("press: %w", err)
	}
	return syncDir(filepath.Dir(path))
}
