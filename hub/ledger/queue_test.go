package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// newLine returns a ledger that has a queue and one table, and nothing else.
func newLine(t *testing.T) *Ledger {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "line.db")+"?_txlock=immediate")
	if err == nil {
		db.SetMaxOpenConns(1)
		t.Cleanup(func() { db.Close() })
		_, err = db.Exec(`CREATE TABLE mark (n BIGINT NOT NULL PRIMARY KEY)`)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &Ledger{writer: &shelf{DB: db}, reader: &shelf{DB: db}, clock: time.Now, queue: newQueue()}
}

func mark(n int) func(*txn) error {
	return func(t *txn) error {
		_, err := t.exec(`INSERT INTO mark (n) VALUES ($1)`, n)
		return err
	}
}

func (l *Ledger) marks(t *testing.T) (n int) {
	t.Helper()
	if err := l.writer.QueryRow(`SELECT COUNT(*) FROM mark`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Each of those who share a transaction has its own result.
func TestTogether(t *testing.T) {
	l := newLine(t)
	errOdd := errors.New("odd")
	errs := make([]error, 500)
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() {
			errs[n] = l.together(t.Context(), func(x *txn) error {
				return x.attempt(func() error {
					if err := mark(n)(x); err != nil || n%2 == 0 {
						return err
					}
					return fmt.Errorf("%d: %w", n, errOdd)
				})
			})
		})
	}
	wg.Wait()
	for n, err := range errs {
		if n%2 == 0 && err != nil || n%2 == 1 && (!errors.Is(err, errOdd) || err.Error() != fmt.Sprintf("%d: odd", n)) {
			t.Errorf("%d: %v", n, err)
		}
	}
	if got := l.marks(t); got != 250 {
		t.Errorf("%d marks: what was undone stayed, or more was undone", got)
	}
}

// hold keeps the turn while more come into line, and then leads them.
func (l *Ledger) hold(t *testing.T, tasks ...func(*txn) error) (errs []error) {
	t.Helper()
	errs = make([]error, len(tasks))
	l.queue.turn <- struct{}{}
	var wg sync.WaitGroup
	for n, do := range tasks {
		wg.Go(func() {
			defer func() { // the one who leads has the panic of the task
				if p := recover(); p != nil {
					errs[n] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[n] = l.together(t.Context(), do)
		})
		for len(l.queue.waiting) <= n {
			time.Sleep(time.Millisecond)
		}
	}
	<-l.queue.turn
	wg.Wait()
	return errs
}

// If the transaction fails, nobody in it is told that all is well, and those
// who come later are served.
func TestTogetherFails(t *testing.T) {
	errBroken := errors.New("disk")
	for name, bad := range map[string]func(*txn) error{
		"cannot undo":   func(x *txn) error { x.broken = errBroken; return errBroken },
		"commit fails":  func(x *txn) error { return x.tx.Rollback() },
		"a task panics": func(*txn) error { panic("a mistake") },
	} {
		l := newLine(t)
		for n, err := range l.hold(t, mark(1), bad, mark(2)) {
			if err == nil {
				t.Errorf("%s: task %d is told that all is well", name, n)
			}
		}
		if err := l.together(t.Context(), mark(3)); err != nil {
			t.Errorf("%s: then %v", name, err)
		}
		if got := l.marks(t); got != 1 {
			t.Errorf("%s: %d marks", name, got)
		}
	}
}

// Who has gone before there was room in line writes nothing.
func TestTogetherGone(t *testing.T) {
	l := newLine(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	for range cap(l.queue.waiting) {
		l.queue.waiting <- &task{}
	}
	if err := l.together(gone, mark(1)); !errors.Is(err, context.Canceled) || l.marks(t) != 0 {
		t.Errorf("the line is full: %v", err)
	}
}
