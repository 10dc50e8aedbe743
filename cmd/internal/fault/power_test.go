package fault

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// However often the power is cut while cards are issued: nothing that was said
// is lost, no number is used again, and the journal opens by itself.
func TestPowerCut(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "zbarimg", "mkfs.ext4", "mount", "umount")
	s, d := newCutShop(t, sound)
	cuts := rounds(100, 10_000)
	start := time.Now()
	if n, err := s.cut(t, d, cuts); err != nil {
		t.Fatalf("cut %d: %v", n, err)
	}
	t.Logf("%d cuts in %v: %d acknowledged cards, %d readable papers, %d entries, nothing lost",
		cuts, time.Since(start).Round(time.Second), len(s.said), len(s.sheets), len(s.book))
	if said := len(s.said) - 6*((cuts+paceCuts-1)/paceCuts); said < cuts/2 {
		t.Errorf("only %d cards were acknowledged in %d cuts: the test shows little", said, cuts)
	}
}

// A journal with synchronous=NORMAL is caught.
func TestPowerCutFindsNormal(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "zbarimg", "mkfs.ext4", "mount", "umount")
	s, d := newCutShop(t, plantedNormal)
	n, err := s.cut(t, d, 30)
	if err == nil {
		t.Fatalf("%d cuts, %d acknowledged cards: a build with synchronous=NORMAL was not caught", n, len(s.said))
	}
	t.Logf("caught at cut %d: %v", n, err)
	lost, err := s.lost()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("of %d acknowledged cards the file has lost %d", len(s.said), lost)
}

// lost counts the acknowledged cards of which the file alone, without its head,
// knows nothing.
func (s *shop) lost() (n int, err error) {
	if err := os.Remove(filepath.Join(s.data, "journal.head")); err != nil {
		return 0, err
	}
	book, err := s.export()
	if err != nil {
		return 0, err
	}
	all := stories(book)
	for _, c := range s.said {
		if !all[c.Serial].has(c.State, c.Copy) {
			n++
		}
	}
	return n, nil
}

// A disk that fails for a while, a kiosk that goes on, and then a power cut:
// what was said holds.
func TestPowerCutAfterErrors(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "zbarimg", "mkfs.ext4", "mount", "umount")
	s, d := newCutShop(t, sound)
	rnd := seed(t)
	desk, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	hits, cuts := 0, rounds(30, 4000)
	for n := range cuts {
		c := Crash{At: 20 + rnd.IntN(180), Errno: errnos[rnd.IntN(len(errnos))], Calls: 1 + rnd.IntN(12), Limit: limit, Disk: d}
		r, err := c.Run(desk, []string{deskArg, s.data, s.uri()}, [3]*os.File{null, s.log, null})
		if err != nil {
			t.Fatal(err)
		}
		if r.Hit {
			hits++
		}
		if err := s.powerOff(d); err != nil {
			t.Fatal(err)
		}
		if _, err := s.restart(); err != nil {
			t.Fatalf("cut %d, %v for %d calls from %d (%s): %v", n+1, c.Errno, c.Calls, c.At, last(r, point{at: c.At}), err)
		}
		if err := s.settle(rnd); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d cuts, %d with errors before: %d acknowledged cards, nothing lost", cuts, hits, len(s.said))
	if len(s.said) < cuts/2 {
		t.Errorf("only %d cards were acknowledged", len(s.said))
	}
}

// newCutShop puts a kiosk on a disk whose power can be cut.
func newCutShop(t *testing.T, bin func() (string, error)) (*shop, *Disk) {
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
	s := newShop(t, bin, filepath.Join(d.Dir, "kiosk"), 0)
	if _, err := s.restart(); err != nil { // whatever it has now is synced by itself, or lost with the first cut
		t.Fatal(err)
	}
	if err := command("sync", "-f", d.Dir); err != nil { // but for the copy, which is not the kiosk's
		t.Fatal(err)
	}
	return s, d
}

// paceCuts is after how many cuts it is looked again how long a run takes that nobody
// cuts: what else the machine does changes it.
const paceCuts = 25

// cut cuts the power that often, and returns how often it did.
func (s *shop) cut(t *testing.T, d *Disk, cuts int) (int, error) {
	rnd := seed(t)
	var whole time.Duration
	for n := range cuts {
		if n%paceCuts == 0 {
			if err := s.settle(rnd); err != nil {
				return n, err
			}
			if err := s.do("issue", "--count", "6"); err != nil {
				return n, err
			}
			whole = s.took
			if _, err := s.restart(); err != nil {
				return n, err
			}
		}
		after := whole/10 + within(rnd, whole)
		if err := s.kill(after, "issue", "--count", "6"); err != nil {
			return n + 1, err
		}
		if err := s.powerOff(d); err != nil {
			return n + 1, err
		}
		if _, err := s.restart(); err != nil {
			return n + 1, fmt.Errorf("%w, after %v", err, after)
		}
		if err := s.settleAll(rnd, d); err != nil {
			return n + 1, err
		}
	}
	return cuts, s.goesOn()
}

func (s *shop) powerOff(d *Disk) error {
	for _, step := range []func() error{d.Cut, d.Unmount, d.Mount} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// settleAll settles what is uncertain, now and then with another cut right
// behind.
func (s *shop) settleAll(rnd *rand.Rand, d *Disk) error {
	if err := s.settle(rnd); err != nil || rnd.IntN(3) > 0 {
		return err
	}
	if err := s.powerOff(d); err != nil {
		return err
	}
	_, err := s.restart()
	return err
}
