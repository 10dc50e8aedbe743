package fault

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ways are what happens at a system call: 0 is kill -9.
var ways = map[string]syscall.Errno{"kill": 0, "EIO": syscall.EIO, "ENOSPC": syscall.ENOSPC, "EROFS": syscall.EROFS}

// Whichever system call of one issue is the last, or fails: what was said
// holds, no number is on two papers or signed twice, every card in doubt is
// asked about, and the kiosk goes on.
func TestEverySyscall(t *testing.T) {
	need(t, false, "zbarimg")
	l, calls := newLab(t, sound)
	t.Logf("one issue is %d calls: %s", len(calls), tally(calls))
	for _, way := range []string{"kill", "EIO", "ENOSPC", "EROFS"} {
		t.Run(way, func(t *testing.T) {
			start := time.Now()
			var points []point
			for at := 1; at <= len(calls); at++ {
				points = append(points, point{at: at, errno: ways[way]})
				if soak() && way != "kill" {
					points = append(points, point{at: at, errno: ways[way], lasts: true})
				}
			}
			hits, found := l.sweep(t, l.sample(points))
			for _, err := range found {
				t.Error(err)
			}
			t.Logf("%d points in %v, %d hit", len(l.sample(points)), time.Since(start).Round(time.Second), hits)
			if hits < len(l.sample(points))*9/10 {
				t.Errorf("only %d faults happened", hits)
			}
		})
	}
}

// A kiosk that commits "printing" only behind the last byte is caught.
func TestEverySyscallFindsLatePrinting(t *testing.T) {
	need(t, false, "zbarimg")
	l, calls := newLab(t, plantedLate)
	var points []point
	for at, call := range calls {
		if strings.HasPrefix(call, "pwrite64 journal.db-wal") {
			points = append(points, point{at: at + 1}, point{at: at + 1, errno: syscall.EIO})
		}
	}
	hits, found := l.sweep(t, points)
	if len(found) == 0 {
		t.Fatalf("%d points, %d hit: a build that writes after it prints was not caught", len(points), hits)
	}
	t.Logf("caught at %d of %d points; the first: %v", len(found), len(points), found[0])
}

// A lab tries points, each on a fresh copy of the same kiosk.
type lab struct {
	programs, origin string
	artist           *artist
}

// A point is a fault at one call.
type point struct {
	at    int
	errno syscall.Errno
	lasts bool
}

// newLab returns a lab, and the calls of one issue without a fault.
func newLab(t *testing.T, bin func() (string, error)) (*lab, []string) {
	t.Helper()
	programs, err := bin()
	if err != nil {
		t.Fatal(err)
	}
	origin, err := enrolled()
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{programs: programs, origin: origin}
	if l.artist, err = newArtist(origin); err != nil {
		t.Fatal(err)
	}
	r, err := l.try(t.TempDir(), point{})
	if err != nil {
		t.Fatal(err)
	}
	return l, r.Calls
}

// sample takes every point, or with -short some that lie apart.
func (l *lab) sample(points []point) []point {
	if !testing.Short() {
		return points
	}
	var some []point
	for n := 0; n < len(points); n += 1 + len(points)/12 {
		some = append(some, points[n])
	}
	return some
}

// sweep tries all points, two at a time, and returns how many faults happened
// and what each broke.
func (l *lab) sweep(t *testing.T, points []point) (hits int, found []error) {
	var mu sync.Mutex
	var workers sync.WaitGroup
	next := make(chan point)
	for range 2 {
		workers.Go(func() {
			for p := range next {
				dir, err := os.MkdirTemp(scratch, "point-")
				var r Result
				if err == nil {
					r, err = l.try(dir, p)
					err = errors.Join(err, os.RemoveAll(dir))
				}
				mu.Lock()
				if r.Hit {
					hits++
				}
				if err != nil {
					found = append(found, fmt.Errorf("%v at call %d (%s): %w", p.errno, p.at, last(r, p), err))
				}
				mu.Unlock()
			}
		})
	}
	for _, p := range points {
		next <- p
	}
	close(next)
	workers.Wait()
	return hits, found
}

func last(r Result, p point) string {
	if p.at == 0 || len(r.Calls) < p.at {
		return "not reached"
	}
	return r.Calls[p.at-1]
}

// try lets one fault happen to a fresh kiosk that issues one card. Then the
// kiosk is started again, settled, and issues one card more.
func (l *lab) try(dir string, p point) (r Result, err error) {
	data := filepath.Join(dir, "kiosk")
	if err := os.CopyFS(data, os.DirFS(l.origin)); err != nil {
		return r, err
	}
	s, err := openShop(l.programs, data, dir, l.artist, 0)
	if err != nil {
		return r, err
	}
	defer s.close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return r, err
	}
	defer null.Close()
	c := Crash{At: p.at, Errno: p.errno, Lasts: p.lasts, Limit: limit}
	if r, err = c.Run(s.ctl, s.args("issue", "--request", "visit"), [3]*os.File{null, s.log, null}); err != nil {
		return r, err
	}
	if r.Late {
		return r, fmt.Errorf("the process did not end within %v", limit)
	}
	if _, err := s.restart(); err != nil {
		return r, err
	}
	if err := s.settle(rand.New(rand.NewPCG(uint64(p.at), uint64(p.errno)))); err != nil {
		return r, err
	}
	return r, s.visitAgain()
}

// visitAgain repeats the visit's request, which must not give it a second card,
// and then serves another.
func (s *shop) visitAgain() error {
	if err := s.do("issue", "--request", "visit"); err != nil {
		return err
	}
	if _, err := s.restart(); err != nil {
		return err
	}
	if n := len(stories(s.book)); n != 1 {
		return fmt.Errorf("one request has %d cards", n)
	}
	return s.goesOn()
}

// tally counts the calls by name.
func tally(calls []string) string {
	count := map[string]int{}
	for _, c := range calls {
		name, _, _ := strings.Cut(c, " ")
		count[name]++
	}
	var parts []string
	for name, n := range count {
		parts = append(parts, fmt.Sprintf("%d %s", n, name))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
