package fault

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// Ctrl-C, and a machine that goes down, at whichever call: a sentence that says how to
// go on, no half file, no number lost or there twice, and the order goes on with the
// same cards or is ended.
func TestOrderStopped(t *testing.T) {
	o := orderLab(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for n, j := range jobs {
			if !soak() && n%2 == int(signal)%2 { // each in one way
				continue
			}
			t.Run(fmt.Sprint(j.name, " ", signal), func(t *testing.T) {
				calls, hits, found := o.sweep(j, Crash{Signal: signal}, proof.Times(2, 3, 10_000))
				for _, err := range found {
					t.Error(err)
				}
				t.Logf("%d of %d calls", hits, calls)
			})
		}
	}
}

// Whichever call says that the disk is full, or fails: a sentence that says what to
// do, no half file, no number lost or there twice, and the order goes on with the same
// cards or is ended.
func TestOrderErrors(t *testing.T) {
	o := orderLab(t)
	for n, j := range jobs {
		for m, errno := range errnos {
			if !soak() && n%len(errnos) != m { // each in one way
				continue
			}
			t.Run(fmt.Sprint(j.name, " ", wayOf(errno)), func(t *testing.T) {
				calls, hits, found := o.sweep(j, Crash{Errno: errno}, proof.Times(2, 2, 10_000))
				for _, err := range found {
					t.Error(err)
				}
				t.Logf("%d of %d calls", hits, calls)
			})
		}
	}
}

// Two who want something of one machine at the same time: one after the other has it,
// or is told to wait; no number is there twice.
func TestOrderTwice(t *testing.T) {
	o := orderLab(t)
	for n := range proof.Times(6, 6, 200) {
		if err := o.twice(n, rand.New(rand.NewPCG(uint64(n), 0))); err != nil {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// pairs are what two people may want at once.
var pairs = []struct {
	name     string
	begun    func(o *origins) (string, error)
	one, two func(p *printery) []string
	ends     func(p *printery, r Result) error
}{
	{"the same order", (*origins).fresh, (*printery).plain, (*printery).plain, (*printery).finishes},
	{"another order", (*origins).fresh, (*printery).plain, func(p *printery) []string { return p.order("july", 20) }, (*printery).finishes},
	{"resume", (*origins).half, (*printery).plain, func(p *printery) []string { return p.resume("elsewhere") }, (*printery).finishes},
	{"again", (*origins).made, (*printery).again, (*printery).again, (*printery).printedAgain},
	{"withdraw", (*origins).half, func(p *printery) []string { return p.resume("out") }, (*printery).withdraw, (*printery).goesOnOrEnded},
	{"open", (*origins).sealed, (*printery).open, (*printery).open, (*printery).opensAgain},
}

// goesOnOrEnded is for whoever withdrew an order while another went on with it.
func (p *printery) goesOnOrEnded(Result) error { return p.goesOn() }

// twice lets the n-th pair run at once, the second a little later.
func (o *origins) twice(n int, rnd *rand.Rand) error {
	pair := pairs[n%len(pairs)]
	p, err := o.copyOf(job{begun: pair.begun}, scratch)
	if err != nil {
		return err
	}
	defer os.RemoveAll(p.dir)
	var both sync.WaitGroup
	errs := make([]error, 2)
	for n, args := range [][]string{pair.one(p), pair.two(p)} {
		both.Go(func() { _, errs[n] = p.plainly(args) })
		time.Sleep(within(rnd, 60*time.Millisecond))
	}
	both.Wait()
	if err := errors.Join(append(errs, p.stands(false))...); err != nil {
		return fmt.Errorf("%s: %w", pair.name, err)
	}
	if err := pair.ends(p, Result{Calls: make([]string, 2)}); err != nil {
		return fmt.Errorf("%s: %w", pair.name, err)
	}
	return nil
}

// plainly runs kioskctl, which says in a sentence why not all is done.
func (p *printery) plainly(args []string) (done bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, p.ctl, args...)
	var said strings.Builder
	c.Stderr = &said
	var exit *exec.ExitError
	if err := c.Run(); errors.As(err, &exit) {
		return false, says(said.String())
	} else if err != nil {
		return false, err
	}
	return true, nil
}

// Beside a kiosk that runs nothing is ordered, and whoever asks is told so; the list
// can be looked at.
func TestOrderBesideKiosk(t *testing.T) {
	o := orderLab(t)
	p, err := o.copyOf(job{begun: (*origins).half}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	kiosk, err := openGiver(p.data())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, args := range [][]string{p.plain(), p.order("july", 20), p.resume("out"), p.withdraw()} {
		all.Go(func() {
			if done, err := p.plainly(args); done || err != nil {
				t.Errorf("it was done %v: %v", done, err)
			}
		})
	}
	all.Wait()
	found, err := p.list()
	if err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
	if err := errors.Join(p.stands(true), kiosk.Close(), p.finishes(Result{})); err != nil {
		t.Error(err)
	}
}
