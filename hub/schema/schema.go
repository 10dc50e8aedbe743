// Package schema holds the hub's tables and brings a database up to them.
//
// Each file is one change, in plain SQL that SQLite and PostgreSQL both read,
// and is never edited once it has run anywhere: the sum of each is kept, and
// a database that ran another text is refused. Nothing here is ever undone.
package schema

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed *.sql
var files embed.FS

// ErrEdited reports a change that ran here with another text than ours.
var ErrEdited = errors.New("schema: this database ran another text of the change")

const bootstrap = `CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY, sum BYTEA NOT NULL)`

// Migrate runs the changes that db has not seen, in order of their names, each
// in a transaction of its own.
func Migrate(ctx context.Context, db *sql.DB) error {
	return migrate(ctx, db, files)
}

func migrate(ctx context.Context, db *sql.DB, from fs.FS) error {
	if err := begin(ctx, db); err != nil {
		return fmt.Errorf("schema: list of changes: %w", err)
	}
	names, err := fs.Glob(from, "*.sql")
	if err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	for _, name := range names { // Glob sorts
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("schema: %w", err)
		}
		if err := change(ctx, db, name, text); err != nil {
			return fmt.Errorf("schema: %s: %w", name, err)
		}
	}
	return nil
}

// begin makes the list of changes. It does so in a transaction because only
// those take turns: on PostgreSQL two that make a table at once fail.
func begin(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, bootstrap); err != nil {
		return err
	}
	return tx.Commit()
}

// change runs one file unless it has run. The row is written in the same
// transaction, so that two processes starting at once run it once.
func change(ctx context.Context, db *sql.DB, name string, text []byte) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	sum := sha256.Sum256(text)
	var before []byte
	switch err := tx.QueryRowContext(ctx, `SELECT sum FROM migration WHERE name = $1`, name).Scan(&before); {
	case err == nil && bytes.Equal(before, sum[:]):
		return nil
	case err == nil:
		return ErrEdited
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO migration (name, sum) VALUES ($1, $2)`, name, sum[:]); err != nil {
		return err
	}
	return tx.Commit()
}
