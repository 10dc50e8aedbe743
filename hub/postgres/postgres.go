// Package postgres makes a database on a PostgreSQL server into what the hub's
// book relies on: one transaction writes at a time, in all processes together,
// and a reader sees one moment.
//
// A server whose settings could lose what was acknowledged, or sort texts in
// another order than SQLite, is refused before anything is written.
//
// It knows no driver: the caller brings a connector of one.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
)

var (
	// ErrServed reports that a hub serves this database already. End that one first.
	ErrServed = errors.New("postgres: another hub serves this database")
	// ErrMoved reports that the server is not the one with which the hub began:
	// a standby took over, or a backup was put back. Start the hub again, so that
	// it compares what there is with its mark.
	ErrMoved = errors.New("postgres: the server is another since the hub began")
)

// A Server is a database on one PostgreSQL server.
type Server struct {
	connector driver.Connector
	identity  atomic.Pointer[string] // of the server and its history, once it is known
}

// New returns the database that a connector leads to, and connects to nothing yet.
func New(c driver.Connector) *Server { return &Server{connector: c} }

// readers is how many read at a time.
const readers = 4

// Writer opens the one connection that writes. With serve it is refused while
// another has it that serves, and is that one for as long as it lives: the lock
// belongs to the connection that writes, so that a hub whose connection broke
// writes nothing more once another has taken over.
func (s *Server) Writer(ctx context.Context, serve bool) (*sql.DB, error) {
	return s.open(ctx, 1, func(ctx context.Context, c conn) (driver.Conn, error) {
		err := run(ctx, c, writes)
		if err == nil && serve {
			err = alone(ctx, c)
		}
		return writer{session{c}}, err
	})
}

// Reader opens a few connections that read, each transaction at one moment.
func (s *Server) Reader(ctx context.Context) (*sql.DB, error) {
	return s.open(ctx, readers, func(ctx context.Context, c conn) (driver.Conn, error) { return session{c}, run(ctx, c, reads) })
}

// The advisory locks of a database (PostgreSQL 13.3.5), by our class and a number.
const (
	serveLock = `1886085986, 1` // whoever serves
	writeLock = `1886085986, 2` // whoever writes, for one transaction
)

// alone takes the lock of who serves. The server may need a moment to see that
// a hub that was killed is gone: two seconds, in steps of a tenth.
func alone(ctx context.Context, c conn) error {
	for range 20 {
		got, err := ask(ctx, c, `SELECT pg_try_advisory_lock(`+serveLock+`)::text`)
		if err != nil || got[0] == "true" {
			return err
		}
		if err := run(ctx, c, `SELECT pg_sleep(0.1)`); err != nil {
			return err
		}
	}
	return ErrServed
}

// How sessions are set. A writer waits 5 seconds for another, as on SQLite; one
// that hangs in the middle of a transaction, or whose machine is gone, is thrown
// out, so that it stops nobody for ever.
const (
	writes = `SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;
		SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '1min';
		SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3`
	reads = `SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
)

func (s *Server) open(ctx context.Context, connections int, with func(context.Context, conn) (driver.Conn, error)) (*sql.DB, error) {
	db := sql.OpenDB(&connector{s.connector, func(ctx context.Context, c conn) (driver.Conn, error) {
		if err := trusted(ctx, c); err != nil {
			return nil, err
		}
		if err := s.same(ctx, c); err != nil {
			return nil, err
		}
		return with(ctx, c)
	}})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// same refuses a server that is not the one of before: an asynchronous standby
// may lack what was acknowledged, and only a hub that starts looks for that. A
// server has a number from its birth, and a timeline that ends when another
// takes over or a backup is put back.
func (s *Server) same(ctx context.Context, c conn) error {
	who, err := ask(ctx, c, `SELECT system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()`)
	if err != nil {
		return err
	}
	if !s.identity.CompareAndSwap(nil, &who[0]) && *s.identity.Load() != who[0] {
		return ErrMoved
	}
	return nil
}

// A connector opens connections of a driver and makes them ours.
type connector struct {
	driver.Connector
	with func(context.Context, conn) (driver.Conn, error)
}

// Connect implements [driver.Connector].
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	raw, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, able := raw.(conn)
	if !able {
		return nil, errors.Join(fmt.Errorf("postgres: %T lacks what a session needs", raw), raw.Close())
	}
	ours, err := c.with(ctx, full)
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return ours, nil
}

// A conn is a driver's connection with all that database/sql asks for.
type conn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.NamedValueChecker
}

// A session keeps texts that PostgreSQL has no way to keep: a kiosk whose
// journal holds one must not be stuck at it for ever.
type session struct{ conn }

// CheckNamedValue implements [driver.NamedValueChecker].
func (s session) CheckNamedValue(v *driver.NamedValue) (err error) {
	if v.Value, err = driver.DefaultParameterConverter.ConvertValue(v.Value); err != nil {
		return err
	}
	if text, is := v.Value.(string); is {
		v.Value = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	}
	return nil
}

// A writer begins each transaction with the lock, as BEGIN IMMEDIATE does on
// SQLite. The transactions are READ COMMITTED for a reason: each statement sees
// what was committed before it, so that those after the lock see all that the
// writers before have done, and nobody changes anything in between. Under
// SERIALIZABLE the moment would be fixed by the statement that waits for the
// lock, before the other's commit.
type writer struct{ session }

// BeginTx implements [driver.ConnBeginTx].
func (w writer) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := w.conn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := run(ctx, w.conn, `SELECT pg_advisory_xact_lock(`+writeLock+`)`); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

func run(ctx context.Context, c conn, query string) error {
	_, err := c.ExecContext(ctx, query, nil)
	return err
}

// ask returns the texts of one row.
func ask(ctx context.Context, c conn, query string) (texts []string, err error) {
	rows, err := c.QueryContext(ctx, query, nil)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(values); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("postgres: no answer to %s", query)
	} else if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	for _, v := range values {
		texts = append(texts, fmt.Sprint(v))
	}
	return texts, nil
}
