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

	"golang.org/x/sys/unix"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// errnos are what a system call returns instead of being done.
var errnos = []syscall.Errno{syscall.EIO, syscall.ENOSPC, syscall.EROFS}

// Whichever system call of one issue is the last, or fails: what was said
// holds, no number is on two papers or signed twice, every card in doubt is
// asked about, and the kiosk goes on.
func TestEverySyscall(t *testing.T) {
	proof.Needs(t, "zbarimg")
	l, calls := newLab(t, sound)
	t.Logf("one issue is %d calls: %s", len(calls), tally(calls))
	for _, errno := range append([]syscall.Errno{0}, errnos...) {
		t.Run(wayOf(errno), func(t *testing.T) {
			var points []point
			most := 75
			if errno == 0 {
				most = len(calls)
			}
			for at := 1; at <= len(calls); at++ {
				points = append(points, point{at: at, errno: errno})
				if soak() && errno != 0 {
					points = append(points, point{at: at, errno: errno, calls: 12})
				}
			}
			l.report(t, spread(points, rounds(most, len(points))))
		})
	}
}

func wayOf(errno syscall.Errno) string {
	if errno == 0 {
		return "kill -9"
	}
	return unix.ErrnoName(errno)
}

// report tries points and fails the test for every promise that one broke.
func (l *lab) report(t *testing.T, points []point) {
	t.Helper()
	start := time.Now()
	hits, found := l.sweep(points)
	for _, err := range found {
		t.Error(err)
	}
	t.Logf("%d points in %v, %d faults happened", len(points), time.Since(start).Round(time.Second), hits)
	if hits < len(points)*9/10 {
		t.Error("too few faults happened")
	}
}

// spread takes at most so many points, which lie apart.
func spread(points []point, most int) (some []point) {
	for n := range min(most, len(points)) {
		some = append(some, points[n*len(points)/min(most, len(points))])
	}
	return some
}

// A kiosk that commits "printing" only behind the last byte is caught.
func TestEverySyscallFindsLatePrinting(t *testing.T) {
	proof.Needs(t, "zbarimg")
	l, calls := newLab(t, plantedLate)
	var points []point
	for at, call := range calls {
		if strings.HasPrefix(call, "pwrite64 journal.db-wal") {
			points = append(points, point{at: at + 1}, point{at: at + 1, errno: syscall.EIO})
		}
	}
	hits, found := l.sweep(points)
	if len(found) == 0 {
		t.Fatalf("%d points, %d faults happened: a build that writes after it prints was not caught", len(points), hits)
	}
	t.Logf("caught at %d of %d points; the first: %v", len(found), len(points), found[0])
}

// A lab tries points, each on a fresh copy of the same kiosk.
type lab struct {
	programs, origin string
	artist           *artist
	run              func(*shop) (program string, args []string)
	after            func(*shop, Result) error // what must hold when all is settled
}

// A point is a fault at one call, or from it on.
type point struct {
	at    int
	errno syscall.Errno
	calls int
}

// newLab returns a lab for one issue, and its calls without a fault.
func newLab(t *testing.T, bin func() (string, error)) (*lab, []string) {
	t.Helper()
	l := &lab{after: (*shop).visitAgain}
	var err error
	if l.programs, err = bin(); err != nil {
		t.Fatal(err)
	}
	if l.origin, err = enrolled(); err != nil {
		t.Fatal(err)
	}
	if l.artist, err = newArtist(l.origin); err != nil {
		t.Fatal(err)
	}
	l.run = func(s *shop) (string, []string) { return s.ctl, s.args("issue", "--request", "visit") }
	calls, err := l.calls(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return l, calls
}

// calls returns the calls of a run without a fault.
func (l *lab) calls(dir string) ([]string, error) {
	r, err := l.try(dir, point{})
	return r.Calls, err
}

// sweep tries all points, two at a time, and returns how many faults happened
// and what each broke.
func (l *lab) sweep(points []point) (hits int, found []error) {
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
					found = append(found, fmt.Errorf("%s at call %d (%s), %d calls: %w", wayOf(p.errno), p.at, last(r, p), max(p.calls, 1), err))
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
	program, args := l.run(s)
	c := Crash{At: p.at, Errno: p.errno, Calls: p.calls, Limit: limit}
	if r, err = c.Run(program, args, [3]*os.File{null, s.log, null}); err != nil {
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
	return r, l.after(s, r)
}

// visitAgain repeats the visit's request, which must not give it a second card,
// nor a first one where that was void, and then serves another.
func (s *shop) visitAgain(Result) error {
	void := false
	for _, story := range stories(s.book) {
		void = story.last() == cards.Void
	}
	papers := len(s.sheets)
	if err := s.do("issue", "--request", "visit"); (err != nil) != void || void && len(s.sheets) > papers {
		return fmt.Errorf("the same visit again, its card void %v: %w", void, err)
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
