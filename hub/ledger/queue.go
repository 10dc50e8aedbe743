package ledger

import (
	"context"
	"errors"
	"fmt"
)

// A queue lets those who wait for the one writer share its transaction, and
// so the time that the disk takes: whoever has the turn does the work of all
// who wait. It starts no goroutine.
type queue struct {
	waiting chan *task
	turn    chan struct{} // full while somebody has it
}

// A task is work in a transaction that others share.
type task struct {
	do   func(*txn) error
	err  error
	done chan struct{} // closed when err counts
}

// The most tasks in one transaction, and the most that wait in line.
const (
	maxGroup = 64
	maxLine  = 1024
)

func newQueue() queue {
	return queue{waiting: make(chan *task, maxLine), turn: make(chan struct{}, 1)}
}

// errGroup reports a transaction that ended before its tasks did.
var errGroup = errors.New("ledger: the transaction ended early: come again")

// together runs do in a transaction shared with others, and returns after the
// commit. Once in line it ends only when it is done, so that nobody is left
// waiting for who has gone.
func (l *Ledger) together(ctx context.Context, do func(*txn) error) error {
	t := &task{do: do, err: errGroup, done: make(chan struct{})}
	select {
	case l.queue.waiting <- t:
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		select {
		case <-t.done:
			return t.err
		case l.queue.turn <- struct{}{}: // whoever had it may have done this task too
			select {
			case <-t.done:
				<-l.queue.turn
			default:
				l.lead(ctx)
			}
		}
	}
}

// lead does the work of all who wait, and gives the turn back.
func (l *Ledger) lead(ctx context.Context) {
	ctx = context.WithoutCancel(ctx) // the others have not gone
	var group []*task
	defer func() { // also if a task panics
		for _, t := range group {
			close(t.done)
		}
		<-l.queue.turn
	}()
	var errs []error
	err := l.update(ctx, func(t *txn) error {
		group = l.queue.take() // now, not before: more may have come while others wrote
		for _, one := range group {
			errs = append(errs, one.do(t))
			if t.broken != nil {
				return t.broken
			}
		}
		return nil
	})
	if err != nil && group == nil { // there was no transaction
		group = l.queue.take()
	}
	for n, t := range group {
		if t.err = err; err == nil { // else what one saw of the others did not happen
			t.err = errs[n]
		}
	}
}

// take returns who waits now.
func (q queue) take() (group []*task) {
	for len(group) < maxGroup {
		select {
		case t := <-q.waiting:
			group = append(group, t)
		default:
			return group
		}
	}
	return group
}

// attempt runs f and undoes what it wrote if it returns an error.
func (t *txn) attempt(f func() error) error {
	if _, err := t.exec(`SAVEPOINT attempt`); err != nil {
		t.broken = err
		return err
	}
	head := t.head
	if err := f(); err != nil {
		t.head = head
		t.drop()
		if _, undone := t.exec(`ROLLBACK TO SAVEPOINT attempt`); undone != nil {
			t.broken = fmt.Errorf("%w (after %w)", undone, err)
			return t.broken
		}
		return err
	}
	if _, err := t.exec(`RELEASE SAVEPOINT attempt`); err != nil {
		t.broken = err
		return err
	}
	return nil
}
