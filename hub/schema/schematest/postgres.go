package schematest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"pointkiosk/hub/postgres"
	"pointkiosk/hub/schema"
	"pointkiosk/packaging/proof"
)

// againName is the test under which others run on PostgreSQL.
const againName = "TestPostgres"

// Again runs tests once more, on PostgreSQL. It is for a test named
// TestPostgres: where they open a database they ask [OnPostgres].
func Again(t *testing.T, tests map[string]func(*testing.T)) {
	t.Helper()
	if t.Name() != againName {
		t.Fatal("the name must be " + againName)
	}
	pool().begin(t)
	for name, test := range tests {
		t.Run(name, test)
	}
}

// OnPostgres reports whether a test is one that [Again] runs.
func OnPostgres(t testing.TB) bool { return strings.HasPrefix(t.Name(), againName+"/") }

// Postgres opens an empty database with all tables, as the hub does. When the
// test ends another one gets it, empty again: to make one takes longer than most
// tests.
func Postgres(t testing.TB) (write, read *sql.DB) {
	t.Helper()
	one := pool().take()
	t.Cleanup(func() {
		if !t.Failed() {
			pool().giveBack(one)
		}
	})
	return one.write, one.read
}

// Spelled returns what a test plants as its database reads it.
func Spelled(t testing.TB, statement string) string {
	if !OnPostgres(t) {
		return statement
	}
	return strings.NewReplacer(`x'00'`, `'\x00'`, `x''`, `''`, `PRAGMA foreign_keys = 0`, `SET session_replication_role = replica`).Replace(statement)
}

func openPostgres(t testing.TB, address string) *opened {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	server := postgres.New(stdlib.GetConnector(*config))
	one := new(opened)
	t.Cleanup(func() {
		if err := one.Close(); err != nil {
			t.Error(err)
		}
	})
	if one.write, err = server.Writer(t.Context(), true); err == nil {
		one.read, err = server.Reader(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// migrate makes the database of an address the template of others, and returns
// the names of its tables, which are empty. PostgreSQL doesn't count their rows by
// itself: as each test leaves empty pages to the next, it would take a table that was
// filled since for one of a few rows, and look through all of it for each of them.
func migrate(t testing.TB, address string) (tables []string) {
	t.Helper()
	one := openPostgres(t, address)
	made, err := url.Parse(address)
	if err == nil {
		err = schema.Migrate(context.Background(), one.write)
	}
	if err == nil {
		tables, err = emptyTables(one.write)
	}
	for _, table := range tables {
		_, set := one.write.Exec(`ALTER TABLE ` + table + ` SET (autovacuum_enabled = false)`)
		err = errors.Join(err, set)
	}
	if err := errors.Join(err, one.Close()); err != nil {
		t.Fatal(err)
	}
	proof.PostgresAdmin(t, `ALTER DATABASE `+strings.TrimPrefix(made.Path, "/")+` RENAME TO migrated`, `GRANT SET ON PARAMETER session_replication_role TO hub`)
	return tables
}
