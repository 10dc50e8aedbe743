package fault

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// Origins are printeries that a fault may begin with; each is made once.
type origins struct {
	printery
	calls []string // of an order without a fault
	sync.Mutex
	counted map[string]Result // of each job without one
}

// newOrigins makes the first order without a fault, to know its calls and its cards.
func newOrigins(dir string, bin func() (string, error)) (*origins, error) {
	programs, err := bin()
	if err != nil {
		return nil, err
	}
	kiosk, err := enrolled()
	if err != nil {
		return nil, err
	}
	o := &origins{printery: printery{ctl: filepath.Join(programs, "kioskctl"), dir: dir}, counted: map[string]Result{}}
	if err := os.CopyFS(filepath.Join(dir, "fresh", "kiosk"), os.DirFS(kiosk+printing)); err != nil {
		return nil, err
	}
	all, _, err := o.from("fresh", "all", Crash{}, func(p *printery) []string { return p.order("all", 100) })
	if err != nil {
		return nil, err
	}
	m, err := whole(filepath.Join(all.out(), "all"))
	o.want = map[string]string{}
	for _, c := range m.Cards {
		o.want[c.Serial] = c.Payload
	}
	if err != nil || len(o.want) != 100 {
		return nil, fmt.Errorf("%d cards, %w", len(o.want), err)
	}
	_, r, err := o.from("fresh", "made", Crash{}, (*printery).plain)
	o.calls = r.Calls
	return o, err
}

// from makes one origin of another, if it isn't there.
func (o *origins) from(before, name string, c Crash, args func(*printery) []string) (p *printery, r Result, err error) {
	p = &printery{ctl: o.ctl, dir: filepath.Join(o.dir, name), aside: o.dir, want: o.want}
	if _, err := os.Stat(p.dir); err == nil {
		return p, r, nil
	}
	if err := os.CopyFS(p.dir, os.DirFS(filepath.Join(o.dir, before))); err != nil {
		return p, r, err
	}
	if err := os.Mkdir(p.opened(), 0o700); err != nil {
		return p, r, err
	}
	r, err = p.run(c, args(p))
	if err == nil && r.Hit != (c.At > 0) {
		err = fmt.Errorf("origin %s: %d calls: %v", name, len(r.Calls), r.State)
	}
	return p, r, err
}

func (o *origins) fresh() (string, error) {
	p, _, err := o.from("fresh", "begun", Crash{}, func(p *printery) []string { return p.args("sheets", "list") })
	return p.dir, err
}

func (o *origins) made() (string, error) { return filepath.Join(o.dir, "made"), nil }

func (o *origins) sealed() (string, error) {
	p, _, err := o.from("fresh", "sealed", Crash{}, (*printery).locked)
	return p.dir, err
}

// half is an order that was cut off when its last file was nearly whole.
func (o *origins) half() (string, error) {
	at := o.find(0, "fsync may-003.pdf")
	p, _, err := o.from("fresh", "half", Crash{At: at}, (*printery).plain)
	return p.dir, err
}

// unheard is an order that was cut off when its folder was whole, and the journal
// did not know.
func (o *origins) unheard() (string, error) {
	p, _, err := o.from("fresh", "unheard", Crash{At: o.isWhole()}, (*printery).plain)
	return p.dir, err
}

// isWhole is the call before which an order's folder is whole, and the journal does
// not know.
func (o *origins) isWhole() int {
	return o.find(o.find(0, "renameat .may.part"), "pwrite64 journal.db-wal")
}

// find is which call is the first of this name, from 1, behind another.
func (o *origins) find(after int, name string) int {
	return after + slices.Index(o.calls[after:], name) + 1
}

// orders are the origins of kioskctl as it is, and orderLab the same for a test.
var orders = sync.OnceValues(func() (*origins, error) { return newOrigins(filepath.Join(scratch, "orders"), sound) })

func orderLab(t *testing.T) *origins {
	t.Helper()
	japanese(t)
	o, err := orders()
	if err != nil {
		t.Fatal(err)
	}
	return o
}
