package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
	"pointkiosk/hub/schema"
)

// A store is everything that stands in the data directory.
type store struct {
	dir            string
	place          place
	writer, reader *sql.DB
	keys           keys
	ledger         *ledger.Ledger
	registry       *registry.Registry
	asks
}

// asks are whom a running hub asks about revoked certificates, and where it
// says that they did not answer.
type asks struct {
	revocation registry.Revocation // nobody if nil
	trouble    func(error)
}

var errNoHub = errors.New("there is no hub in this directory yet: start hub serve first")

// openStore opens the data directory; make says that an empty one becomes a hub.
func openStore(ctx context.Context, dir string, make bool) (s *store, err error) {
	at, err := findPlace(dir, "")
	if err != nil {
		return nil, err
	}
	return openStoreAt(ctx, at, make, asks{})
}

// openStoreAt is [openStore] for a hub that serves, and knows where its book is
// to be.
func openStoreAt(ctx context.Context, at place, make bool, a asks) (s *store, err error) {
	switch {
	case at.fresh && !make:
		return nil, fmt.Errorf("%s: %w", at.dir, errNoHub)
	case at.fresh:
		if err := os.MkdirAll(at.dir, 0o700); err != nil {
			return nil, err
		}
	}
	s = &store{dir: at.dir, place: at, asks: a}
	if s.keys, err = loadKeys(filepath.Join(at.dir, "keys"), at.fresh); err != nil {
		return nil, err
	}
	if err = s.open(ctx, make); err == nil {
		err = at.keep()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *store) open(ctx context.Context, serve bool) (err error) {
	if s.place.address != "" {
		err = s.openPostgres(ctx, s.place.address, serve)
	} else {
		err = s.openFile(ctx, s.place.file())
	}
	if err != nil {
		return err
	}
	if err := schema.Migrate(ctx, s.writer); err != nil {
		return err
	}
	if s.ledger, err = ledger.Open(s.writer, s.reader, &ledger.Opts{Trust: s.keys.trust, Hub: s.keys.hub, Marks: markFile(filepath.Join(s.dir, "keys", "mark"))}); err != nil {
		return err
	}
	return s.openRegistry(ctx)
}

// openRegistry opens the registry. Its key is made once: who is who can't be
// told by another.
func (s *store) openRegistry(ctx context.Context) error {
	begun, err := registry.Begun(ctx, s.reader)
	if err != nil {
		return err
	}
	if s.keys.registry, err = secretFile(filepath.Join(s.dir, "keys", "registry.key"), registryKeyType, !begun); err != nil {
		return err
	}
	s.registry, err = registry.Open(s.writer, s.reader, &registry.Opts{Key: s.keys.registry, Roots: s.roots, Revocation: s.revocation, Trouble: s.trouble})
	return err
}

// Close ends the connections.
func (s *store) Close() error {
	var err error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// ready reports whether the database answers.
func (s *store) ready(ctx context.Context) error {
	var n int
	return s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM migration`).Scan(&n)
}

// pragmas must be as here, or an acknowledged claim may be lost with the
// power: WAL with synchronous=FULL lost none in 450 cuts, NORMAL hundreds.
func pragmas(write bool) map[string]string {
	p := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"}
	if !write {
		p["query_only"] = "1"
	}
	return p
}

// openSQLite opens a file: one connection that writes, or a few that read.
func openSQLite(ctx context.Context, path string, write bool) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	q := url.Values{}
	for name, value := range pragmas(write) {
		q.Add("_pragma", name+"("+value+")")
	}
	if write {
		q.Set("_txlock", "immediate")
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: abs, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	if write {
		db.SetMaxOpenConns(1)
	}
	if err := readBack(ctx, db, write); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// readBack refuses a database whose settings are not those asked for.
func readBack(ctx context.Context, db *sql.DB, write bool) error {
	for name, want := range pragmas(write) {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return fmt.Errorf("database: %s: %w", name, err)
		}
		if !strings.EqualFold(got, want) {
			return fmt.Errorf("database: %s is %s, not %s: is it on a file system that can't?", name, got, want)
		}
	}
	return nil
}
