// Package schematest writes databases that schema.Migrate has seen.
//
// The changes run once a process, as they take longer than most tests; each
// test has a database of its own: a file of SQLite, and on PostgreSQL one that
// is open.
//
// It puts no row into them.
package schematest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"pointkiosk/hub/schema"
)

// migrated is the file of an empty database with all tables.
var migrated = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "schematest")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(dir, "hub.db"), RawQuery: "_pragma=synchronous(OFF)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	if err := errors.Join(schema.Migrate(context.Background(), db), db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "hub.db"))
})

// Write writes an empty database with all tables to a path.
func Write(t testing.TB, path string) {
	t.Helper()
	file, err := migrated()
	if err == nil {
		err = os.WriteFile(path, file, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
