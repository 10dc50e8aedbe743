package fault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// A disk that is full, after whichever page: a sentence that says what to do, nothing
// half, no number lost or there twice, and with room the order goes on with the same
// cards or is ended. On the disk lies everything, or the files alone.
func TestOrderOnFullDisk(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "mount", "umount")
	o := orderLab(t)
	d := room(t)
	sum := 0
	for _, j := range jobs {
		for _, all := range []bool{true, false} {
			if !soak() && all == (j.name == "resume" || j.name == "again") { // each in one way
				continue
			}
			full, err := o.filled(j, d, all, int64(proof.Times(240, 240, 4)))
			if err != nil {
				t.Errorf("%s, all of it there %v: %v", j.name, all, err)
			}
			t.Logf("%s, all of it there %v: it was full %d times", j.name, all, full)
			sum += full
		}
	}
	if sum < 3 {
		t.Errorf("it was full %d times: the test shows little", sum)
	}
}

// room is a disk in memory.
func room(t *testing.T) *Disk {
	t.Helper()
	d, err := NewRoom(t.TempDir(), roomy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Unmount(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// filled runs a job with ever more kilobytes left, until they are enough, and returns
// how often they were not.
func (o *origins) filled(j job, d *Disk, all bool, step int64) (full int, err error) {
	for free := int64(0); ; free += step {
		was, err := o.fill(j, d, all, free)
		if err != nil {
			return full, fmt.Errorf("with %d kB: %w", free, err)
		}
		if !was {
			return full, nil
		}
		full++
	}
}

// roomy is room enough for all that is done, in kilobytes.
const roomy = 50 << 10

// fill runs a job with so many kilobytes left, and goes on when there is room.
func (o *origins) fill(j job, d *Disk, all bool, free int64) (full bool, err error) {
	if err := d.Resize(roomy); err != nil {
		return false, err
	}
	p, err := o.copyOf(j, d.Dir)
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(p.dir)
	if !all {
		if p, err = p.onStick(); err != nil {
			return false, err
		}
		defer os.RemoveAll(p.dir)
	}
	if err := d.Resize(free); err != nil {
		return false, err
	}
	done, err := p.plainly(j.args(p))
	if err := errors.Join(err, d.Resize(roomy), p.stands(false)); err != nil {
		return !done, err
	}
	return !done, j.ends(p, Result{Calls: make([]string, free)})
}

// copyOf is what a job begins with, in a folder of its own.
func (o *origins) copyOf(j job, in string) (p *printery, err error) {
	o.Lock()
	before, err := j.begun(o)
	o.Unlock()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(in, "order-")
	if err != nil {
		return nil, err
	}
	aside, err := os.MkdirTemp(o.dir, "aside-")
	p = &printery{ctl: o.ctl, dir: dir, aside: aside, want: o.want}
	if err := errors.Join(err, os.CopyFS(dir, os.DirFS(before)), p.here()); err != nil {
		return nil, err
	}
	left, err := inside(p.out())
	p.half = slices.ContainsFunc(left, isHalf)
	return p, err
}

// here says in a copied folder that the files went into this one: those of the copied
// one are none of its business.
func (p *printery) here() error {
	note := filepath.Join(p.data(), "orders", "may.out")
	if _, err := os.Stat(note); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return os.WriteFile(note, []byte(p.out()), 0o600)
}

// onStick leaves the files where they are and takes the rest to the machine's own disk.
func (p *printery) onStick() (*printery, error) {
	home := &printery{ctl: p.ctl, dir: filepath.Join(p.aside, "home"), aside: p.aside, want: p.want, half: p.half}
	if err := os.CopyFS(home.data(), os.DirFS(p.data())); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(p.data()); err != nil {
		return nil, err
	}
	for _, dir := range []string{p.out(), p.opened()} {
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.Symlink(dir, filepath.Join(home.dir, filepath.Base(dir)))); err != nil {
			return nil, err
		}
	}
	return home, home.here()
}

// The power is cut while an order is made, and whatever was not synced is gone: what
// was said holds, and all that holds when kioskctl is killed.
func TestOrderPowerCut(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "mkfs.ext4", "mount", "umount")
	o := orderLab(t)
	d := cuttable(t)
	for _, j := range jobs {
		cuts, err := o.cut(j, d, proof.Times(1, 2, 10_000))
		if err != nil {
			t.Errorf("%s: %v", j.name, err)
		}
		t.Logf("%s: the power was cut %d times", j.name, cuts)
	}
}

// cuttable is a disk whose power can be cut.
func cuttable(t *testing.T) *Disk {
	t.Helper()
	d, err := NewDisk(t.TempDir(), 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Unmount(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// cut cuts the power at so many of a job's calls, the last time when it has ended.
func (o *origins) cut(j job, d *Disk, most int) (cuts int, err error) {
	r, err := o.without(j)
	if err != nil {
		return 0, err
	}
	calls := len(r.Calls)
	for most = min(most, calls); cuts < most; cuts++ {
		at := 1 + (cuts+1)*calls/most
		if err := o.cutAt(j, d, at); err != nil {
			return cuts, fmt.Errorf("cut at call %d of %d: %w", at, calls, err)
		}
	}
	return cuts, nil
}

func (o *origins) cutAt(j job, d *Disk, at int) error {
	p, err := o.copyOf(j, d.Dir)
	if err != nil {
		return err
	}
	defer os.RemoveAll(p.dir)
	if err := command("sync", "-f", d.Dir); err != nil { // what there was before is not the job's
		return err
	}
	r, err := p.run(Crash{At: at, Disk: d}, j.args(p))
	if err != nil {
		return err
	}
	for _, step := range []func() error{d.Cut, d.Unmount, d.Mount} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := errors.Join(p.headed(), p.kept(j), p.stands(true)); err != nil {
		return err
	}
	return j.ends(p, r)
}

// kept wants the journal to hold what was said.
func (p *printery) kept(j job) error {
	said, err := os.ReadFile(filepath.Join(p.aside, "out"))
	if err != nil || len(said) == 0 {
		return err
	}
	o, err := p.mayOrder()
	if err == nil && (o.State != j.said || o.Copy != j.copies) {
		err = fmt.Errorf("it was said %q, and the order is %s, copy %d", said, o.State, o.Copy)
	}
	return err
}

// headed wants the journal's head to be as new as the numbers of which there are
// files, and as those that were opened: a journal of before is found out.
func (p *printery) headed() error {
	text, err := os.ReadFile(filepath.Join(p.data(), "journal.head"))
	if err != nil {
		return err
	}
	head := binary.BigEndian.Uint64(text) // two slots (journal.head)
	if len(text) > 4096+8 {
		head = max(head, binary.BigEndian.Uint64(text[4096:]))
	}
	book, err := p.book()
	if err != nil {
		return err
	}
	files, err := inside(p.out())
	if err != nil {
		return err
	}
	plain, err := inside(p.opened())
	if err != nil {
		return err
	}
	for _, e := range book {
		if e.Seq > head && (e.State == cards.Making && len(files) > 0 || e.State == cards.Opened && len(plain) > 0) {
			return fmt.Errorf("there are %v %v, and the head does not know entry %d, %s", files, plain, e.Seq, e.State)
		}
	}
	return nil
}
