package schematest

import (
	"context"
	"database/sql"
	"errors"
	"maps"
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

// Again runs tests once more, on PostgreSQL, and in make soak the slow ones too.
// It is for a test named TestPostgres: where they open a database they ask
// [OnPostgres].
func Again(t *testing.T, tests, slow map[string]func(*testing.T)) {
	t.Helper()
	if t.Name() != againName {
		t.Fatal("the name must be " + againName)
	}
	address := proof.Postgres(t)
	write, read := openPostgres(t, address)
	made, err := url.Parse(address)
	if err := errors.Join(err, schema.Migrate(t.Context(), write), write.Close(), read.Close()); err != nil {
		t.Fatal(err)
	}
	proof.PostgresAdmin(t, `ALTER DATABASE `+strings.TrimPrefix(made.Path, "/")+` RENAME TO migrated`, `GRANT SET ON PARAMETER session_replication_role TO hub`)
	if proof.Times(0, 0, 1) == 1 {
		maps.Copy(tests, slow)
	}
	for name, test := range tests {
		t.Run(name, test)
	}
}

// OnPostgres reports whether a test is one that [Again] runs.
func OnPostgres(t testing.TB) bool { return strings.HasPrefix(t.Name(), againName+"/") }

// Postgres opens an empty database with all tables, as the hub does.
func Postgres(t testing.TB) (write, read *sql.DB) {
	t.Helper()
	return openPostgres(t, proof.Postgres(t, "--template=migrated"))
}

func openPostgres(t testing.TB, address string) (write, read *sql.DB) {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	server := postgres.New(stdlib.GetConnector(*config))
	for _, to := range []struct {
		db   **sql.DB
		open func(context.Context) (*sql.DB, error)
	}{{&write, func(ctx context.Context) (*sql.DB, error) { return server.Writer(ctx, true) }}, {&read, server.Reader}} {
		db, err := to.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		*to.db = db
	}
	return write, read
}

// Spelled returns what a test plants as its database reads it.
func Spelled(t testing.TB, statement string) string {
	if !OnPostgres(t) {
		return statement
	}
	return strings.NewReplacer(`x'00'`, `'\x00'`, `x''`, `''`, `PRAGMA foreign_keys = 0`, `SET session_replication_role = replica`).Replace(statement)
}
