// Package ledger knows every card ever issued and every point ever moved.
//
// Each point has come from somewhere and gone somewhere: the postings of a
// transfer sum to zero, and no row is ever changed. A card ends once
// (redeemed, void or lapsed; a ticket spent, void or lapsed), and a unique key of the database decides how,
// not a look before the write.
//
// It knows no HTTP, no passwords and no SQL driver; the caller opens the
// database and brings it up to package schema.
package ledger

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"pointkiosk/cards"
)

// Opts are what the ledger needs from outside. The private keys never reach
// the database; it holds their public halves.
type Opts struct {
	Clock func() time.Time   // time.Now if nil
	Rand  io.Reader          // crypto/rand if nil
	Trust ed25519.PrivateKey // signs trust lists and welcomes
	Hub   ed25519.PrivateKey // signs allotments and receipts
	Marks Marks              // where the mark is kept that no backup of the database has; none if nil
	Late  int64              // bytes of entries a day that are kept under a compromised key; 8 MiB if 0
}

// A Ledger is the hub's book. Its methods may be called at the same time.
type Ledger struct {
	writer, reader *shelf
	clock          func() time.Time
	rand           io.Reader
	trust, hub     cards.SigningKey
	queue          queue
	late           int64
	mark           Marks    // nil if none are kept
	granted        sync.Map // id → allotmentRow: a signed allotment never changes
}

// ErrKeys reports private keys that do not belong to this database. Put back
// the keys directory that was made with it.
var ErrKeys = errors.New("ledger: the keys do not belong to this database")

// Open returns the ledger in a database that schema.Migrate has seen. On
// SQLite write should have one connection whose transactions begin immediate.
func Open(write, read *sql.DB, opts *Opts) (*Ledger, error) {
	l := &Ledger{writer: &shelf{DB: write}, reader: &shelf{DB: read}, clock: opts.Clock, rand: opts.Rand, mark: opts.Marks, queue: newQueue(), late: cmp.Or(opts.Late, lateBytes)}
	if l.clock == nil {
		l.clock = time.Now
	}
	if l.rand == nil {
		l.rand = rand.Reader
	}
	if len(opts.Trust) != ed25519.PrivateKeySize || len(opts.Hub) != ed25519.PrivateKeySize || opts.Trust.Equal(opts.Hub) {
		return nil, fmt.Errorf("%w: a trust key and another hub key are needed", ErrKeys)
	}
	err := l.update(context.Background(), func(t *txn) (err error) {
		if err := t.lookBack(); err != nil {
			return err
		}
		if l.trust, err = t.ownKey("trust", opts.Trust); err != nil {
			return err
		}
		l.hub, err = t.ownKey("hub", opts.Hub)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// A txn is one transaction, with the moment at which it happens and the
// statements prepared in it.
type txn struct {
	ctx    context.Context
	tx     *sql.Tx
	at     time.Time
	shelf  *shelf
	stmts  map[string]*sql.Stmt
	head   *chainHead // of the transfers, once one is posted
	broken error      // why nothing of this transaction may be committed
	rows   [tables][]any
	held   bool // there are rows
	mark   Marks
	gave   Ids   // in this transaction
	found  *Kept // what a database has that was put back, and noticed now
}

// ms is the moment as the tables keep it.
func (t *txn) ms() int64 { return t.at.UnixMilli() }

// update runs f in a transaction that may write. An error from the commit
// means that the outcome is unknown: every caller may be repeated. Once begun
// it goes on to its end, even if who asked has gone.
func (l *Ledger) update(ctx context.Context, f func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return l.in(context.WithoutCancel(ctx), l.writer, f)
}

// view runs f in a transaction that only reads.
func (l *Ledger) view(ctx context.Context, f func(*txn) error) error {
	return l.in(ctx, l.reader, f)
}

func (l *Ledger) in(ctx context.Context, db *shelf, f func(*txn) error) error {
	if err := db.fill(ctx); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("ledger: begin: %w", err)
	}
	defer tx.Rollback() // after Commit it does nothing
	t := &txn{ctx: ctx, tx: tx, at: l.clock(), shelf: db, stmts: map[string]*sql.Stmt{}, mark: l.mark}
	if err := f(t); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("ledger: commit: %w", err)
	}
	return t.keepMark()
}

// prepared returns the statement, after what was kept back is written.
func (t *txn) prepared(query string) (*sql.Stmt, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	if s := t.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.shelf.in(t.ctx, t.tx, query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

// exec returns how many rows the statement added: 0 says that ON CONFLICT
// found one already there.
func (t *txn) exec(query string, args ...any) (int64, error) {
	s, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("ledger: write: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("ledger: write: %w", err)
	}
	return n, nil
}

// one reads a single row; found is false if there is none.
func (t *txn) one(query string, args []any, into ...any) (found bool, err error) {
	s, err := t.prepared(query)
	if err != nil {
		return false, err
	}
	switch err := s.QueryRowContext(t.ctx, args...).Scan(into...); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("ledger: read: %w", err)
	}
	return true, nil
}

// each calls f for every row; scan reads the row at hand.
func (t *txn) each(query string, args []any, f func(scan func(...any) error) error) error {
	s, err := t.prepared(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return fmt.Errorf("ledger: read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ledger: read: %w", err)
	}
	return nil
}

// next returns one more than the greatest id of a table of ours.
func (t *txn) next(query string) (int64, error) {
	var last int64
	_, err := t.one(query, nil, &last)
	return last + 1, err
}
