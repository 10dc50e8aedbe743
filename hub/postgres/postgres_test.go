package postgres_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"pointkiosk/hub/postgres"
	"pointkiosk/hub/schema"
	"pointkiosk/packaging/proof"
)

// server is a database as one process has it.
func server(t *testing.T, address string) *postgres.Server {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	check(t, err)
	return postgres.New(stdlib.GetConnector(*config))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func writer(t *testing.T, s *postgres.Server, serve bool) *sql.DB {
	t.Helper()
	db, err := s.Writer(t.Context(), serve)
	check(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func reader(t *testing.T, s *postgres.Server) *sql.DB {
	t.Helper()
	db, err := s.Reader(t.Context())
	check(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// database is the name in an address.
func database(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	check(t, err)
	return strings.TrimPrefix(u.Path, "/")
}

// A setting that could lose a claim, or sort otherwise than SQLite, is refused.
func TestSettings(t *testing.T) {
	for _, tt := range []struct {
		name   string
		create []string // the database, otherwise
		plant  string   // %s is the database's name
		cure   string
	}{
		{"", nil, "", ""},
		{"synchronous_commit", nil, `ALTER DATABASE %s SET synchronous_commit = off`, ""},
		{"synchronous_commit", nil, `ALTER DATABASE %s SET synchronous_commit = local`, ""},
		{"fsync", nil, `ALTER SYSTEM SET fsync = off`, `ALTER SYSTEM RESET fsync`},
		{"full_page_writes", nil, `ALTER SYSTEM SET full_page_writes = off`, `ALTER SYSTEM RESET full_page_writes`},
		{"session_replication_role", nil, `ALTER DATABASE %s SET session_replication_role = replica`, ""},
		{"server_encoding", []string{"--encoding=SQL_ASCII"}, "", ""},
		{"lc_collate", []string{"--locale=C.UTF-8"}, "", ""},
		{"lc_collate", []string{"--locale-provider=icu", "--icu-locale=ja"}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			address := proof.Postgres(t, tt.create...)
			if tt.plant != "" {
				proof.PostgresAdmin(t, strings.ReplaceAll(tt.plant, "%s", database(t, address)))
				proof.PostgresReload(t)
			}
			s := server(t, address)
			for role, open := range map[string]func(context.Context) (*sql.DB, error){
				"reader": s.Reader, "writer": func(ctx context.Context) (*sql.DB, error) { return s.Writer(ctx, false) },
			} {
				db, err := open(t.Context())
				if err == nil {
					db.Close()
				}
				var wrong *postgres.SettingError
				if errors.As(err, &wrong); tt.name == "" && err != nil || tt.name != "" && (wrong == nil || wrong.Name != tt.name) {
					t.Errorf("%s: %v", role, err)
				}
			}
			if tt.cure != "" {
				proof.PostgresAdmin(t, tt.cure)
				proof.PostgresReload(t)
			}
		})
	}
}

// Who has the setting when it connects keeps it, whatever is set later.
func TestSettingIsKept(t *testing.T) {
	address := proof.Postgres(t)
	db := writer(t, server(t, address), false)
	set := func() (is string) {
		t.Helper()
		check(t, db.QueryRow(`SHOW synchronous_commit`).Scan(&is))
		return is
	}
	proof.PostgresAdmin(t, `ALTER SYSTEM SET synchronous_commit = off`)
	proof.PostgresReload(t)
	if is := set(); is != "on" {
		t.Errorf("synchronous_commit became %s", is)
	}
	proof.PostgresAdmin(t, `ALTER SYSTEM RESET synchronous_commit`)
	proof.PostgresReload(t)
}

// One hub serves a database, and another only when that has gone; commands work
// beside it.
func TestOneServes(t *testing.T) {
	address := proof.Postgres(t)
	first := writer(t, server(t, address), true)
	other := server(t, address)
	if _, err := other.Writer(t.Context(), true); !errors.Is(err, postgres.ErrServed) {
		t.Fatalf("a second hub: %v", err)
	}
	check(t, schema.Migrate(t.Context(), writer(t, other, false)))
	first.Close() //nolint:errcheck // it ends
	second := writer(t, other, true)
	check(t, second.Ping())
}

// A hub whose connection broke while another took over writes nothing more.
func TestBrokenHubIsFenced(t *testing.T) {
	address := proof.Postgres(t)
	first, reading := writer(t, server(t, address), true), reader(t, server(t, address))
	if _, err := first.Exec(`CREATE TABLE n (n BIGINT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	proof.PostgresAdmin(t, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '`+database(t, address)+`'`)
	second := writer(t, server(t, address), true)
	for range 2 {
		if _, err := first.Exec(`INSERT INTO n VALUES (1)`); !errors.Is(err, postgres.ErrServed) {
			t.Errorf("two hubs write: %v", err)
		}
	}
	second.Close() //nolint:errcheck // it ends
	_, err := first.Exec(`INSERT INTO n VALUES (1)`)
	check(t, err)
	var n int
	for range 4 { // some of its connections were broken too
		err = reading.QueryRow(`SELECT COUNT(*) FROM n`).Scan(&n)
	}
	if err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

// A turncoat leads to one server, and then to another.
type turncoat struct{ driver.Connector }

func (c *turncoat) turn(t *testing.T, address string) {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	check(t, err)
	c.Connector = stdlib.GetConnector(*config)
}

// A server that was put back from a backup is another, though it has all: only
// a hub that starts may see whether it has. A server that only stopped is not.
func TestAnotherServer(t *testing.T) {
	address := proof.Postgres(t)
	_, host, _ := strings.Cut(address, "host=")
	backup := proof.BackUpPostgres(t)
	c := new(turncoat)
	c.turn(t, address)
	s := postgres.New(c)
	db, reading := writer(t, s, true), reader(t, s)
	broken := func() {
		t.Helper()
		proof.PostgresAdmin(t, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '`+database(t, address)+`'`)
		for range 3 { // it finds that out by trying
			_ = errors.Join(db.Ping(), reading.Ping())
		}
	}
	broken()
	check(t, errors.Join(db.Ping(), reading.Ping()))
	c.turn(t, strings.Replace(address, host, backup.Restore(t, true), 1))
	broken()
	for _, db := range []*sql.DB{db, reading} {
		if err := db.Ping(); !errors.Is(err, postgres.ErrMoved) {
			t.Errorf("another server: %v", err)
		}
	}
	standby := server(t, strings.Replace(address, host, backup.Standby(t), 1))
	if _, err := standby.Reader(t.Context()); !errors.As(err, new(*postgres.SettingError)) {
		t.Errorf("a standby: %v", err)
	}
	again := postgres.New(c)
	check(t, errors.Join(writer(t, again, true).Ping(), reader(t, again).Ping()))
}

// Writers in several processes go one after the other, and each sees what the
// one before has done: as many as they are, they count to their number.
func TestWritersTakeTurns(t *testing.T) {
	const each, processes = 20, 4
	address := proof.Postgres(t)
	var all []*sql.DB
	for range processes {
		all = append(all, writer(t, server(t, address), false))
	}
	_, err := all[0].Exec(`CREATE TABLE n (n BIGINT NOT NULL)`)
	check(t, err)
	done := make(chan error)
	for _, db := range all {
		go func() {
			for range each {
				if err := count(db); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range all {
		check(t, <-done)
	}
	var rows, most int
	check(t, all[0].QueryRow(`SELECT COUNT(*), MAX(n) FROM n`).Scan(&rows, &most))
	if rows != each*processes || most != rows {
		t.Errorf("%d rows, the greatest %d", rows, most)
	}
}

// count adds one more than the greatest, as the ledger gives its ids.
func count(db *sql.DB) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	var last int
	if err := tx.QueryRow(`SELECT COALESCE(MAX(n), 0) FROM n`).Scan(&last); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO n VALUES ($1)`, last+1); err != nil {
		return err
	}
	return tx.Commit()
}

// What was acknowledged before the server crashed is there after it, and who was
// connected goes on. With a session that doesn't wait, as a server may be set to
// and as is refused, something is lost: the crash is a real one.
func TestServerCrashes(t *testing.T) {
	for _, tt := range []struct {
		name, plant string
		lost        bool
	}{
		{"as the hub has it", `SELECT 1`, false},
		{"planted", `SET synchronous_commit = off`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := writer(t, server(t, proof.Postgres(t)), true)
			_, err := db.Exec(`CREATE TABLE n (n BIGINT NOT NULL)`)
			check(t, err)
			_, err = db.Exec(tt.plant)
			check(t, err)
			done := make(chan int)
			go func() {
				n := 0
				for count(db) == nil {
					n++
				}
				done <- n
			}()
			time.Sleep(300 * time.Millisecond)
			proof.PostgresCrash(t)
			acknowledged, kept := <-done, 0
			for range 3 {
				err = db.QueryRow(`SELECT COUNT(*) FROM n`).Scan(&kept)
			}
			if err != nil || acknowledged < 20 || tt.lost != (kept < acknowledged) {
				t.Errorf("%d of %d are there, %v", kept, acknowledged, err)
			}
		})
	}
}

// A transaction that reads sees one moment, and can't write.
func TestReaderSeesOneMoment(t *testing.T) {
	s := server(t, proof.Postgres(t))
	write, read := writer(t, s, false), reader(t, s)
	_, err := write.Exec(`CREATE TABLE n (n BIGINT NOT NULL)`)
	check(t, err)
	tx, err := read.Begin()
	check(t, err)
	for range 2 {
		var n int
		check(t, tx.QueryRow(`SELECT COUNT(*) FROM n`).Scan(&n))
		if n != 0 {
			t.Error("it sees what came later")
		}
		check(t, count(write))
	}
	if _, err := tx.Exec(`INSERT INTO n VALUES (9)`); err == nil {
		t.Error("a reader writes")
	}
	check(t, tx.Rollback())
}

// What fails in a part of a transaction is undone by itself, and the rest is
// kept, with statements that were prepared: the ledger's claims share one.
func TestPartFails(t *testing.T) {
	db := writer(t, server(t, proof.Postgres(t)), false)
	_, err := db.Exec(`CREATE TABLE n (n BIGINT NOT NULL PRIMARY KEY)`)
	check(t, err)
	for range 2 { // the second time with the statements of the first
		tx, err := db.Begin()
		check(t, err)
		do := func(query string, args ...any) error {
			stmt, err := tx.Prepare(query)
			if err == nil {
				_, err = stmt.Exec(args...)
			}
			return err
		}
		insert := `INSERT INTO n VALUES ((SELECT COALESCE(MAX(n), 0) + $1 FROM n))`
		check(t, errors.Join(do(insert, 1), do(`SAVEPOINT part`), do(insert, 1)))
		if err := do(insert, 0); err == nil {
			t.Error("one number twice")
		}
		check(t, errors.Join(do(`ROLLBACK TO SAVEPOINT part`), do(insert, 1), tx.Commit()))
	}
	var rows, most int
	check(t, db.QueryRow(`SELECT COUNT(*), MAX(n) FROM n`).Scan(&rows, &most))
	if rows != 4 || most != 4 {
		t.Errorf("%d rows, the greatest %d", rows, most)
	}
}

// However many start at once on an empty database, each change runs once.
func TestMigrateAtOnce(t *testing.T) {
	address := proof.Postgres(t)
	done := make(chan error)
	for range 4 {
		db := writer(t, server(t, address), false)
		go func() { done <- schema.Migrate(context.Background(), db) }()
	}
	for range 4 {
		check(t, <-done)
	}
}
