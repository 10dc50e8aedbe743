package fault

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"pointkiosk/packaging/proof"
)

// What is planted, for each harness one.
var (
	inDrop = proof.Fault{File: "cmd/internal/press/left.go",
		Right: "os.Rename(dir, half), syncDir(out), os.RemoveAll(half)", Wrong: "os.RemoveAll(dir)"}
	inStop = proof.Fault{File: "cmd/internal/press/press.go",
		Right: "defer os.RemoveAll(half) //nolint:errcheck // nothing is there after all went well", Wrong: ""}
	inWrite = proof.Fault{File: "cmd/internal/press/file.go",
		Right: `return fmt.Errorf("press: write %s: %w", filepath.Base(path), err)`, Wrong: "return nil"}
	inSync = proof.Fault{File: "cmd/internal/press/file.go", Right: "err = file.Sync()", Wrong: "err = nil"}
	inHead = proof.Fault{File: "kiosk/journal/append.go", Right: "cards.Making, cards.Opened:", Wrong: "cards.Opened:"}
	inLock = proof.Fault{File: "cmd/internal/station/station.go", Right: "syscall.LOCK_EX|syscall.LOCK_NB", Wrong: "syscall.LOCK_UN"}
)

// Each harness finds what is planted for it: a folder that is removed under its real
// name, half files that stay after Ctrl-C, a full disk of which nobody hears, files and
// a head that aren't synced, a machine that two may use at once.
func TestOrderFindsPlanted(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "mkfs.ext4", "mount", "umount")
	japanese(t)
	overlay := proof.Plant(t, inDrop, inStop, inWrite, inSync, inHead, inLock)
	o, err := newOrigins(t.TempDir(), func() (string, error) { return build("", overlay) })
	if err != nil {
		t.Fatal(err)
	}
	order, withdraw := jobs[0], jobs[5]
	disk, small := cuttable(t), room(t)
	for _, tt := range []struct {
		name string
		find func() error
		says []string
	}{
		{"killed", func() error { return o.first(withdraw, Crash{}, "unlinkat ma") }, []string{"is a half one"}},
		{"stopped", func() error { return o.first(order, Crash{Signal: syscall.SIGINT}, "openat may-") }, []string{".may.part was left"}},
		{"power", func() error { return o.cutAt(order, disk, o.isWhole()) }, []string{"is a half one", "the head does not know"}},
		{"full", func() error { _, err := o.filled(order, small, false, 500); return err }, []string{"is a half one"}},
		{"two", func() error { return o.both(1) }, []string{"a person is told"}},
	} {
		if err := tt.find(); err == nil {
			t.Errorf("%s: what was planted was not found", tt.name)
		} else {
			t.Logf("%s: %v", tt.name, err)
			for _, says := range tt.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%s: not found: %s", tt.name, says)
				}
			}
		}
	}
}

// A journal with synchronous=NORMAL is found.
func TestOrderFindsNormal(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "mkfs.ext4", "mount", "umount")
	japanese(t)
	o, err := newOrigins(t.TempDir(), plantedNormal)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.cutAt(jobs[0], cuttable(t), o.isWhole()); err == nil || !strings.Contains(err.Error(), "the file is older than its head") {
		t.Errorf("not found: %v", err)
	} else {
		t.Log(err)
	}
}

// first is what is found first at a job's calls of this name.
func (o *origins) first(j job, c Crash, name string) error {
	r, err := o.without(j)
	if err != nil {
		return err
	}
	for at, call := range r.Calls {
		if strings.HasPrefix(call, name) {
			c.At = at + 1
			if _, err := o.try(j, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// both is what is found first when a pair runs again and again.
func (o *origins) both(pair int) error {
	for n := range 10 {
		if err := o.twice(pair+n*len(pairs), rand.New(rand.NewPCG(uint64(n), 1))); err != nil {
			return fmt.Errorf("at the %d. time: %w", n+1, err)
		}
	}
	return nil
}
