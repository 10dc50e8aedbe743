package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// A shelf keeps a database's statements prepared from one transaction to the
// next: on SQLite, preparing costs more than running. Inside a transaction
// that has the only connection nothing can be prepared for later, so that what
// was missing is prepared before the next one begins.
type shelf struct {
	*sql.DB
	stmts  sync.Map // query → *sql.Stmt
	wanted sync.Map // query → nothing
}

// fill prepares what was wanted and not there.
func (s *shelf) fill(ctx context.Context) (err error) {
	s.wanted.Range(func(query, _ any) bool {
		var stmt *sql.Stmt
		if stmt, err = s.PrepareContext(ctx, query.(string)); err != nil { // closed with the database
			err = fmt.Errorf("ledger: prepare: %w", err)
			return false
		}
		if _, held := s.stmts.LoadOrStore(query, stmt); held {
			stmt.Close() //nolint:errcheck // another was faster
		}
		s.wanted.Delete(query)
		return true
	})
	return err
}

// in returns the statement for one transaction.
func (s *shelf) in(ctx context.Context, tx *sql.Tx, query string) (*sql.Stmt, error) {
	if stmt, held := s.stmts.Load(query); held {
		return tx.StmtContext(ctx, stmt.(*sql.Stmt)), nil
	}
	s.wanted.Store(query, nil)
	stmt, err := tx.PrepareContext(ctx, query) // closed with the transaction
	if err != nil {
		return nil, fmt.Errorf("ledger: prepare: %w", err)
	}
	return stmt, nil
}
