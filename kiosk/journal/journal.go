// Package journal keeps what was issued here: one table that only grows, in
// one SQLite file. Each entry is signed by the kiosk's key and chained by hash
// to the one before, so that the journal proves itself wherever it is carried.
//
// No row of it is ever changed. An entry is acknowledged only after it was synced;
// what lies beyond the hub's signed cursor is the outbox.
//
// Beside it lie the MyKey IDs that the hub leased, and what people signed for
// one without a network: sealed to the hub, and wiped when the hub has answered.
//
// It does not print, send or decide: it refuses a step that a card's state
// does not allow.
package journal

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"pointkiosk/cards"
)

// Errors of a journal that must not be written to. Staff have to be called:
// issuing goes on only with another key.
var (
	ErrBroken = errors.New("journal: the chain of entries is broken")
	ErrBehind = errors.New("journal: entries are missing that were written before: the file is older than its head")
	ErrSetup  = errors.New("journal: the database does not keep its promise to sync, and to wipe what is deleted")
)

// Errors of a single step.
var (
	ErrUnknown = errors.New("journal: no such card")
	ErrState   = errors.New("journal: the card's state does not allow this")
	ErrUsedUp  = errors.New("journal: the allotment is used up")
	ErrSecond  = errors.New("journal: so many voids in a day take a second person")
	ErrOver    = errors.New("journal: the allotment is not for now")
)

// Opts say how a journal is opened.
type Opts struct {
	Driver   string // database/sql driver for SQLite
	Path     string
	Head     string // the file that keeps the chain's head; on another disk if there is one
	Key      cards.SigningKey
	Now      func() time.Time
	Rand     io.Reader // crypto/rand when nil
	Voids    int       // asked for here in a day on one person's word; above it takes two
	Rehead   bool      // a head file that is missing is made anew: somebody has checked that this is the newest journal
	ReadOnly bool      // look only: nothing is written, not even the outcome of a crash
}

// A Journal is open on one file. Issuing and upload may use it at the same
// time: each method is one step.
type Journal struct {
	mu      sync.Mutex
	opts    Opts
	db      *sql.DB
	head    *head // nil when read-only and there is none
	seq     uint64
	hash    [32]byte
	at      int64 // the newest entry's time
	suspect bool  // the clock is not to be trusted: the count alone decides
	asked   bool  // a person has been asked about the date since then, or since the start
	sum     *sum
	unknown error         // a commit whose fate is not known yet
	known   cards.Receipt // the newest that the entries were compared with
	apart   error         // the hub knows another journal than this
	unswept bool          // what was deleted still stands in the write-ahead log
}

//go:embed schema.sql
var schema string

// OpenFile opens the journal, makes it if there is none, checks it from the last
// checkpoint on, and writes down as uncertain every card that was printing
// when the kiosk stopped.
func OpenFile(ctx context.Context, opts Opts) (*Journal, error) {
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	j := &Journal{opts: opts, unswept: true}
	err := j.connect(ctx)
	if err == nil {
		err = j.start(ctx)
	}
	if err != nil {
		_ = j.Close()
		return nil, err
	}
	return j, nil
}

func (j *Journal) start(ctx context.Context) error {
	if err := j.load(ctx); err != nil {
		return err
	}
	if j.opts.ReadOnly {
		return nil
	}
	if j.seq == 0 {
		id := make([]byte, 16)
		if _, err := io.ReadFull(j.opts.Rand, id); err != nil {
			return fmt.Errorf("journal: begin: %w", err)
		}
		if err := j.append(ctx, cards.Entry{State: cards.Begun, Journal: id}); err != nil {
			return err
		}
		if err := j.head.sync(); err != nil { // from now on a missing head is a fault
			return err
		}
	}
	for _, c := range j.sum.cards() {
		if c.State == cards.Printing {
			e := cards.Entry{State: cards.Uncertain, Allotment: c.Allotment, Number: c.Number, Copy: c.Copy, Reason: "stopped while printing"}
			if err := j.append(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// connect opens the file with the pragmas in the DSN and reads them back.
func (j *Journal) connect(ctx context.Context) error {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", "trusted_schema(0)", "mmap_size(0)", "cache_size(-8000)",
	}, "_txlock": {"immediate"}}
	if j.opts.ReadOnly {
		q.Set("mode", "ro")
	} else {
		q["_pragma"] = append(q["_pragma"], "journal_mode(WAL)", "synchronous("+durable+")", "secure_delete(1)")
		if err := os.MkdirAll(filepath.Dir(j.opts.Path), 0o700); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	db, err := sql.Open(j.opts.Driver, "file:"+(&url.URL{Path: j.opts.Path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return fmt.Errorf("journal: open: %w", err)
	}
	db.SetMaxOpenConns(1)
	j.db = db
	if j.opts.ReadOnly { // the head before the entries: whoever writes beside us moves it last
		j.head, err = openHead(j.opts.Head, true)
		return err
	}
	return j.prepare(ctx)
}

func (j *Journal) prepare(ctx context.Context) error {
	if _, err := j.db.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("journal: schema: %w", err)
	}
	var mode string
	var sync, mmap, wiped int
	if err := errors.Join(
		j.db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode),
		j.db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&sync),
		j.db.QueryRowContext(ctx, "PRAGMA mmap_size").Scan(&mmap),
		j.db.QueryRowContext(ctx, "PRAGMA secure_delete").Scan(&wiped),
	); err != nil {
		return fmt.Errorf("journal: read the settings back: %w", err)
	}
	want := map[string]int{"FULL": 2, "NORMAL": 1}[durable]
	if mode != "wal" || sync != want || mmap != 0 || wiped != 1 {
		return fmt.Errorf("%w: journal_mode %s, synchronous %d, mmap_size %d, secure_delete %d", ErrSetup, mode, sync, mmap, wiped)
	}
	if j.head == nil {
		h, err := openHead(j.opts.Head, false)
		if err != nil {
			return err
		}
		j.head = h
	}
	return syncDir(filepath.Dir(j.opts.Path), filepath.Dir(j.opts.Head))
}

// syncDir makes the names of new files durable.
func syncDir(dirs ...string) error {
	for _, dir := range dirs {
		d, err := os.Open(dir)
		if err != nil {
			return fmt.Errorf("journal: sync: %w", err)
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return fmt.Errorf("journal: sync %s: %w", dir, err)
		}
	}
	return nil
}

// Close closes the files.
func (j *Journal) Close() error {
	if j.db == nil {
		return nil
	}
	err := j.db.Close()
	if j.head == nil {
		return err
	}
	if !j.opts.ReadOnly {
		err = errors.Join(err, j.head.sync())
	}
	return errors.Join(err, j.head.file.Close())
}

// String names the file.
func (j *Journal) String() string { return "journal.Journal{" + j.opts.Path + "}" }

// Head returns how many entries there are and the hash of the newest.
func (j *Journal) Head() (seq uint64, hash [32]byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq, j.hash
}

// Key returns the id of the kiosk's key.
func (j *Journal) Key() cards.KeyID { return j.opts.Key.ID }
