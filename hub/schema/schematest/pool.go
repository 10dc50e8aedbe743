package schematest

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pointkiosk/packaging/proof"
)

// An opened database is one that a test has, or had.
type opened struct{ write, read *sql.DB }

// Close ends the connections.
func (o *opened) Close() (err error) {
	for _, db := range []*sql.DB{o.read, o.write} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// A lending holds the databases on PostgreSQL that no test has.
type lending struct {
	mu    sync.Mutex
	t     testing.TB // at whose end they go
	empty string     // the statements that make one empty
	free  []*opened
}

var pool = sync.OnceValue(func() *lending { return new(lending) })

// begin makes the template. The databases go when t ends.
func (l *lending) begin(t testing.TB) {
	t.Helper()
	tables := migrate(t, proof.Postgres(t))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.t, l.free = t, nil
	l.empty = `SET session_replication_role = replica; DELETE FROM ` + strings.Join(tables, `; DELETE FROM `) + `; SET session_replication_role = origin`
}

func (l *lending) take() *opened {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := len(l.free) - 1; last >= 0 {
		one := l.free[last]
		l.free = l.free[:last]
		return one
	}
	return openPostgres(l.t, proof.Postgres(l.t, "--template=migrated"))
}

// giveBack takes a database that a test had. One that can't be emptied, as the
// test has closed it, is nobody's.
func (l *lending) giveBack(one *opened) {
	if _, err := one.write.Exec(l.empty); err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, one)
}

// emptyTables returns the tables that tests write to. What a change put into one
// of them would be missing in all databases but the first.
func emptyTables(db *sql.DB) (names []string, err error) {
	var all string
	if err := db.QueryRow(`SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'`).Scan(&all); err != nil {
		return nil, err
	}
	names = strings.Fields(all)
	for _, name := range names {
		var n int
		if err := db.QueryRow(`SELECT COUNT(*) FROM ` + name).Scan(&n); err != nil || n > 0 {
			return nil, errors.Join(err, fmt.Errorf("schematest: %d rows in %s before any test", n, name))
		}
	}
	return names, nil
}
