package fault

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// A job is one call of kioskctl that a fault happens to, and what there was before.
type job struct {
	name  string
	args  func(p *printery) []string
	begun func(o *origins) (string, error)  // the folder that it begins with
	ends  func(p *printery, r Result) error // goes on with it, or ends it, and wants all to be well

	said   cards.State // of the order, when kioskctl has said that all is done
	copies uint32
}

// jobs are all that make, open or remove files of an order.
var jobs = []job{
	{"order", (*printery).plain, (*origins).fresh, (*printery).finishes, cards.Made, 0},
	{"resume", func(p *printery) []string { return p.resume("out") }, (*origins).half, (*printery).finishes, cards.Made, 0},
	{"take", func(p *printery) []string { return p.resume("out") }, (*origins).unheard, (*printery).finishes, cards.Made, 0},
	{"again", (*printery).again, (*origins).made, (*printery).printedAgain, cards.Made, 1},
	{"open", (*printery).open, (*origins).sealed, (*printery).opensAgain, cards.Made, 0},
	{"withdraw", (*printery).withdraw, (*origins).unheard, (*printery).withdrawn, cards.Withdrawn, 0},
	{"withdraw half", (*printery).withdraw, (*origins).half, (*printery).withdrawn, cards.Withdrawn, 0},
}

func (p *printery) resume(out string) []string {
	return p.args("sheets", "resume", "may", "--out", filepath.Join(p.dir, out))
}
func (p *printery) again() []string {
	return p.args("sheets", "again", "may", "--out", p.out())
}
func (p *printery) open() []string {
	return p.args("sheets", "open", filepath.Join(p.out(), "may"), "--out", p.opened())
}
func (p *printery) withdraw() []string {
	return p.args("sheets", "withdraw", "may", "--reason", "rain", "--out", p.out())
}

func (p *printery) plain() []string  { return p.may("--plain") }
func (p *printery) locked() []string { return p.may() }

// finishes goes on with the order, into another folder now and then, or ends it.
func (p *printery) finishes(r Result) error {
	o, err := p.mayOrder()
	if err != nil {
		return err
	}
	switch {
	case o.State == cards.Making && len(r.Calls)%4 == 0:
		return p.withdrawn(r)
	case o.State == cards.Making && len(r.Calls)%4 == 1:
		err = p.do(p.resume("elsewhere")...)
	case o.State == cards.Making:
		err = p.do(p.resume("out")...)
	case o.State == "":
		err = p.do(p.may("--plain")...)
	}
	if err != nil {
		return err
	}
	return errors.Join(p.sets(1), p.goesOn())
}

// sets wants at least so many folders of the order's cards, each of another copy, and
// as many in the journal: no files are unheard of.
func (p *printery) sets(least int) error {
	book, err := p.book()
	if err != nil {
		return err
	}
	var first uint32
	heard := 0
	for _, e := range book {
		if e.Request == "may" {
			first = e.Number
		}
		if e.State == cards.Made && e.Number == first {
			heard++
		}
	}
	copies := map[uint32]bool{}
	for _, out := range []string{"out", "elsewhere"} {
		dirs, err := inside(filepath.Join(p.dir, out))
		if err != nil {
			return err
		}
		for _, name := range dirs {
			m, err := whole(filepath.Join(p.dir, out, name))
			if err == nil {
				err = m.isOf(p.want)
			}
			if err != nil {
				return err
			}
			if m.Order != "may" {
				continue
			}
			if copies[m.Copy] {
				return fmt.Errorf("there are two folders of copy %d", m.Copy)
			}
			copies[m.Copy] = true
		}
	}
	if len(copies) != heard || heard < least {
		return fmt.Errorf("there are %d folders, and %d in the journal", len(copies), heard)
	}
	return nil
}

// printedAgain prints the order again once more.
func (p *printery) printedAgain(Result) error {
	if err := p.do(p.again()...); err != nil {
		return err
	}
	return errors.Join(p.sets(2), p.goesOn())
}

// opensAgain opens the files once more.
func (p *printery) opensAgain(Result) error {
	if err := p.do(p.open()...); err != nil {
		return err
	}
	plain, err := inside(p.opened())
	if err != nil || len(plain) != 3 {
		return fmt.Errorf("%v are opened, %w", plain, err)
	}
	return p.goesOn()
}

// withdrawn ends the order, of which nothing may be left.
func (p *printery) withdrawn(Result) error {
	o, err := p.mayOrder()
	if err != nil {
		return err
	}
	if o.State != cards.Withdrawn {
		if err := p.do(p.withdraw()...); err != nil {
			return err
		}
	}
	if left, err := inside(p.out()); len(left) > 0 || err != nil {
		return fmt.Errorf("the order is ended, and %v is left, %w", left, err)
	}
	if err := p.do(p.resume("out")...); err == nil {
		return errors.New("an order that was ended goes on")
	}
	return p.goesOn()
}

// goesOn makes another order, which takes the next numbers.
func (p *printery) goesOn() error {
	if err := p.do(p.order("june", 3, "--plain")...); err != nil {
		return err
	}
	p.half = false
	return p.stands(false)
}

// run lets a fault happen to kioskctl.
func (p *printery) run(c Crash, args []string) (r Result, err error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return r, err
	}
	defer null.Close()
	files := [3]*os.File{null}
	for n, name := range []string{"out", "err"} {
		f, err := os.Create(filepath.Join(p.aside, name))
		if err != nil {
			return r, err
		}
		defer f.Close()
		files[n+1] = f
	}
	c.Limit = limit
	r, err = c.Run(p.ctl, args, files)
	if err == nil && r.Late {
		err = fmt.Errorf("kioskctl did not end within %v", limit)
	}
	return r, err
}

// try lets a fault happen to a job, on a copy of what it begins with.
func (o *origins) try(j job, c Crash) (r Result, err error) {
	p, err := o.copyOf(j, scratch)
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(p.dir)
	if r, err = p.run(c, j.args(p)); err != nil {
		return r, err
	}
	killed := c.At > 0 && c.Signal == 0 && c.Errno == 0
	if !killed {
		err = p.ended(r)
	}
	if r.Hit && c.Errno != 0 && strings.HasPrefix(r.Calls[c.At-1], "unlinkat") {
		killed = true // nobody could have removed it
	}
	if err = errors.Join(err, p.kept(j), p.stands(killed)); err == nil {
		err = j.ends(p, r)
	}
	return r, err
}

// ended wants whoever was not killed to have told a person why not all is done.
func (p *printery) ended(r Result) error {
	status, ok := r.State.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() { // before kioskctl began to listen, or when all was done
		return nil
	}
	told, err := os.ReadFile(filepath.Join(p.aside, "err"))
	if err == nil && r.State.ExitCode() != 0 {
		err = says(string(told))
	}
	return err
}

// without is a job without a fault: its calls are counted once.
func (o *origins) without(j job) (Result, error) {
	o.Lock()
	r, ok := o.counted[j.name]
	o.Unlock()
	if ok {
		return r, nil
	}
	r, err := o.try(j, Crash{})
	if err != nil {
		return r, fmt.Errorf("%s without a fault: %w", j.name, err)
	}
	o.Lock()
	o.counted[j.name] = r
	o.Unlock()
	return r, nil
}

// sweep lets a fault happen at so many of a job's calls, two at a time, and returns
// how many happened and what each broke.
func (o *origins) sweep(j job, c Crash, most int) (calls, hits int, found []error) {
	r, err := o.without(j)
	if err != nil {
		return 0, 0, []error{err}
	}
	var mu sync.Mutex
	var workers sync.WaitGroup
	next := make(chan int)
	for range 2 {
		workers.Go(func() {
			for at := range next {
				c := c
				c.At = at
				r, err := o.try(j, c)
				mu.Lock()
				if r.Hit {
					hits++
				}
				if err != nil {
					found = append(found, fmt.Errorf("%s, call %d (%s): %w", j.name, at, last(r, point{at: at}), err))
				}
				mu.Unlock()
			}
		})
	}
	for n := range min(most, len(r.Calls)) {
		next <- 1 + n*len(r.Calls)/min(most, len(r.Calls))
	}
	close(next)
	workers.Wait()
	return len(r.Calls), hits, found
}

// japanese makes kioskctl speak Japanese, as it does at an event.
func japanese(t *testing.T) {
	t.Helper()
	t.Setenv("LC_ALL", "ja_JP.UTF-8")
}

// Whichever system call is the last: an order's folder is whole or not there, no
// number is lost or there twice, and the order goes on with the same cards or is
// ended.
func TestOrderKilled(t *testing.T) {
	o := orderLab(t)
	t.Logf("one order is %d calls: %s", len(o.calls), tally(o.calls))
	for _, j := range jobs {
		t.Run(strings.ReplaceAll(j.name, " ", "-"), func(t *testing.T) {
			start := time.Now()
			calls, hits, found := o.sweep(j, Crash{}, proof.Times(3, 4, 10_000))
			for _, err := range found {
				t.Error(err)
			}
			t.Logf("%d of %d calls in %v", hits, calls, time.Since(start).Round(time.Millisecond))
		})
	}
}

// A folder that is made for an order is one that stays: the one that it lies in is
// synced before the order's is whole.
func TestOrderSyncsFolders(t *testing.T) {
	o := orderLab(t)
	whole := o.isWhole()
	for made, in := range map[string]string{"orders": "kiosk", "out": "made", ".may.part": "out"} {
		at := o.find(0, "mkdirat "+made)
		if at == 0 || o.find(at, "fsync "+in) == at || o.find(at, "fsync "+in) > whole {
			t.Errorf("%s is made at call %d, and %s is not synced: %v", made, at, in, o.calls)
		}
	}
}
