package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"pointkiosk/hub/postgres"
)

// A place is where a hub's book is: the file hub.db in the data directory, or a
// PostgreSQL database, whose address the directory keeps so that no command can
// take an empty file for the book.
type place struct {
	dir     string
	address string // of the PostgreSQL database; "" for the file
	kept    string // the address that the directory has; "" if none
	fresh   bool   // there is no hub yet
}

var (
	errTwoBooks = errors.New("the book of this hub is in the file hub.db")
	errAddress  = errors.New("that is no address of a PostgreSQL database")
)

// findPlace says where the book of a directory is, or is to be: said is the
// address of a database, "" if none was said.
func findPlace(dir, said string) (p place, err error) {
	p.dir = dir
	text, err := os.ReadFile(p.addressFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	p.kept = strings.TrimSpace(string(text))
	p.address = cmp.Or(said, p.kept)
	_, err = os.Stat(p.file())
	switch {
	case err == nil && p.address != "":
		return p, fmt.Errorf("%s: %w", dir, errTwoBooks)
	case errors.Is(err, fs.ErrNotExist):
		p.fresh, err = p.kept == "", nil
	}
	return p, err
}

func (p place) file() string        { return filepath.Join(p.dir, "hub.db") }
func (p place) addressFile() string { return filepath.Join(p.dir, "database") }

// keep keeps the address of a database that was opened. It may hold a password.
func (p place) keep() error {
	if p.address == p.kept {
		return nil
	}
	next := p.addressFile() + ".new"
	if err := os.WriteFile(next, []byte(p.address+"\n"), 0o600); err != nil {
		return err
	}
	return errors.Join(os.Rename(next, p.addressFile()), syncDir(p.dir))
}

// connectTime is how long a server may take to answer a connection, unless its
// address says connect_timeout.
const connectTime = 10 * time.Second

// keepAlive notices within half a minute that the server's machine is gone:
// what waits for a commit has no end of its own.
func keepAlive() net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}
}

// openPostgres opens the connections of a database that is served by one hub,
// this one if serve says so.
func (s *store) openPostgres(ctx context.Context, address string, serve bool) (err error) {
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return errAddress
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return errAddress // the driver's words may hold the password
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTime)
	config.DialFunc = (&net.Dialer{KeepAliveConfig: keepAlive()}).DialContext
	config.RuntimeParams["application_name"] = "pointkiosk hub"
	server := postgres.New(stdlib.GetConnector(*config))
	if s.writer, err = server.Writer(ctx, serve); err != nil {
		return err
	}
	s.reader, err = server.Reader(ctx)
	return err
}

// openFile opens the connections of the file.
func (s *store) openFile(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // it holds who has what: nobody else reads it
	if err != nil {
		return err
	}
	f.Close()
	if s.writer, err = openSQLite(ctx, path, true); err != nil {
		return err
	}
	s.reader, err = openSQLite(ctx, path, false)
	return err
}
