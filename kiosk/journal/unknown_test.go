package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"modernc.org/sqlite"

	"pointkiosk/cards"
)

var errDisk = errors.New("disk I/O error")

// moody is a driver whose disk fails when it is told to.
type moody struct {
	sqlite.Driver
	mood
}

type mood struct {
	lies  int // commits that are done and reported as failed
	fails int // commits that are not done
	shut  int // opens that fail
}

func (m *moody) Open(name string) (driver.Conn, error) {
	if m.shut > 0 {
		m.shut--
		return nil, errDisk
	}
	c, err := m.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return moodyConn{c.(sqliteConn), m}, nil
}

type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
}

type moodyConn struct {
	sqliteConn
	m *moody
}

func (c moodyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.sqliteConn.BeginTx(ctx, opts)
	return moodyTx{tx, c.m}, err
}

type moodyTx struct {
	driver.Tx
	m *moody
}

func (t moodyTx) Commit() error {
	switch {
	case t.m.lies > 0:
		t.m.lies--
		return errors.Join(t.Tx.Commit(), errDisk)
	case t.m.fails > 0:
		t.m.fails--
		return errors.Join(t.Rollback(), errDisk)
	}
	return t.Tx.Commit()
}

// A failed commit is unknown: whichever way it ended, the next card has the
// next number, and a repeated request has its own.
func TestUnknownCommit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		mood   mood
		first  bool   // the first call succeeds
		number uint32 // of the card after it
	}{
		{"done and reported as failed", mood{lies: 1}, true, 2},
		{"not done", mood{fails: 1}, false, 1},
		{"done, and the file can't be opened for a while", mood{lies: 1, shut: 1}, false, 2},
		{"not done, and the file can't be opened for a while", mood{fails: 1, shut: 1}, false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := new(moody)
			sql.Register(t.Name(), m)
			opts := testOpts(t.TempDir())
			opts.Driver = t.Name()
			j := open(t, opts)
			m.mood = tt.mood
			_, err := j.Sign(t.Context(), testAllotment(), "r1", "op")
			if (err == nil) != tt.first {
				t.Fatalf("Sign = %v, want success %v", err, tt.first)
			}
			if err != nil && !errors.Is(err, errDisk) {
				t.Fatalf("Sign = %v, want the disk's error", err)
			}
			second := sign(t, j, "r2")
			if second.Number != tt.number {
				t.Errorf("the next card is number %d, want %d", second.Number, tt.number)
			}
			if again := sign(t, j, "r1"); again.Number != 3-second.Number {
				t.Errorf("the first request has number %d beside %d", again.Number, second.Number)
			}
			mark(t, j, second, cards.Printing, cards.Printed)
			if _, err := j.Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
