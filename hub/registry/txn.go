package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A txn is one transaction, with the moment at which it happens.
type txn struct {
	ctx context.Context
	tx  *sql.Tx
	at  time.Time
}

// ms is the moment as the tables keep it.
func (t *txn) ms() int64 { return t.at.UnixMilli() }

// update runs f in a transaction that may write. Once begun it goes on to its
// end, even if who asked has gone. An error from the commit means that the
// outcome is unknown: every caller may be repeated.
func (r *Registry) update(ctx context.Context, f func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.in(context.WithoutCancel(ctx), r.write, f)
}

// view runs f in a transaction that only reads.
func (r *Registry) view(ctx context.Context, f func(*txn) error) error { return r.in(ctx, r.read, f) }

func (r *Registry) in(ctx context.Context, db *sql.DB, f func(*txn) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("registry: begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := f(&txn{ctx: ctx, tx: tx, at: r.now()}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("registry: commit: %w", err)
	}
	return nil
}

// exec returns how many rows the statement touched: 0 says that ON CONFLICT
// found one already there, or WHERE found none.
func (t *txn) exec(query string, args ...any) (int64, error) {
	done, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("registry: write: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("registry: write: %w", err)
	}
	return n, nil
}

// all runs statements that have the same arguments.
func (t *txn) all(args []any, queries ...string) error {
	for _, q := range queries {
		if _, err := t.exec(q, args...); err != nil {
			return err
		}
	}
	return nil
}

// one reads a single row; found is false if there is none.
func (t *txn) one(query string, args []any, into ...any) (found bool, err error) {
	switch err := t.tx.QueryRowContext(t.ctx, query, args...).Scan(into...); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("registry: read: %w", err)
	}
	return true, nil
}

// each calls f for every row; scan reads the row at hand.
func (t *txn) each(query string, args []any, f func(scan func(...any) error) error) error {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return fmt.Errorf("registry: read: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return fmt.Errorf("registry: read: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("registry: read: %w", err)
	}
	return nil
}

// Now is the hub's clock.
func (r *Registry) Now() time.Time { return r.now() }
