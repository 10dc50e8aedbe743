package schema

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	_ "modernc.org/sqlite"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "hub.db")+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestMigrate(t *testing.T) {
	db := open(t)
	for range 2 { // the second time it finds nothing to do
		if err := Migrate(context.Background(), db); err != nil {
			t.Fatal(err)
		}
	}
	ran := 0
	if err := db.QueryRow(`SELECT COUNT(*) FROM migration`).Scan(&ran); err != nil {
		t.Fatal(err)
	}
	if names, _ := fs.Glob(files, "*.sql"); ran != len(names) {
		t.Errorf("%d changes ran, there are %d", ran, len(names))
	}
}

func TestMigrateAtOnce(t *testing.T) {
	db := open(t)
	errs := make(chan error)
	for range 4 {
		go func() { errs <- Migrate(context.Background(), db) }()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestMigrateRefuses(t *testing.T) {
	ctx := context.Background()
	one := fstest.MapFS{"0001_a.sql": {Data: []byte(`CREATE TABLE a (id BIGINT NOT NULL)`)}}
	db := open(t)
	if err := migrate(ctx, db, one); err != nil {
		t.Fatal(err)
	}
	edited := fstest.MapFS{"0001_a.sql": {Data: []byte(`CREATE TABLE a (id TEXT NOT NULL)`)}}
	if err := migrate(ctx, db, edited); !errors.Is(err, ErrEdited) {
		t.Errorf("an edited change: %v", err)
	}
	broken := fstest.MapFS{"0002_b.sql": {Data: []byte(`CREATE TABLE b (id BIGINT NOT NULL); CREATE TABEL c (id BIGINT)`)}}
	if err := migrate(ctx, db, broken); err == nil {
		t.Error("a broken change ran")
	}
	if _, err := db.Exec(`INSERT INTO b VALUES (1)`); err == nil {
		t.Error("half of a broken change stayed")
	}
}

// Both databases must read every file: these are the traps between them.
func TestSharedSQL(t *testing.T) {
	for _, tt := range []struct{ name, pattern string }{
		{"a type of SQLite alone", `(?i)\b(BLOB|INTEGER|AUTOINCREMENT|STRICT|WITHOUT ROWID)\b`},
		{"a type of PostgreSQL alone", `(?i)\b(SERIAL|JSONB|TIMESTAMPTZ|UUID)\b`},
		{"a parameter without its number", `\?`},
		{"a column that may be null", `(?m)^\t\w+ +(BIGINT|TEXT|BYTEA) *(,|--|PRIMARY|$)`},
	} {
		err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := files.ReadFile(path)
			if found := regexp.MustCompile(tt.pattern).FindString(withoutComments(string(text))); found != "" {
				t.Errorf("%s: %s: %q", path, tt.name, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func withoutComments(text string) string {
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		lines[n], _, _ = strings.Cut(line, "--")
	}
	return strings.Join(lines, "\n")
}
