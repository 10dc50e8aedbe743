package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Keys are files of their own, for their owner alone, and belong to one database.
func TestKeys(t *testing.T) {
	ctx, data := context.Background(), t.TempDir()
	reopen := func() error {
		s, err := openStore(ctx, data, true)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	if err := reopen(); err != nil {
		t.Fatal(err)
	}
	database, err := os.ReadFile(filepath.Join(data, "hub.db"))
	if err != nil {
		t.Fatal(err)
	}
	trust := filepath.Join(data, "keys", "trust.key")
	for _, name := range []string{"trust.key", "hub.key", "page.key", "registry.key"} {
		path := filepath.Join(data, "keys", name)
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	private, err := signingKey(trust, false)
	if err != nil || bytes.Contains(database, private.Seed()) {
		t.Errorf("the database holds a private key: %v", err)
	}
	if err := os.Chmod(trust, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := reopen(); err == nil {
		t.Error("a key that the group may read is taken")
	}
	if err := os.Rename(trust, trust+".old"); err != nil {
		t.Fatal(err)
	}
	if err := reopen(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing key is made anew: %v", err)
	}
	other := filepath.Join(t.TempDir(), "other")
	if s, err := openStore(ctx, other, true); err != nil {
		t.Fatal(err)
	} else if err := errors.Join(s.Close(), os.Rename(filepath.Join(other, "keys", "trust.key"), trust)); err != nil {
		t.Fatal(err)
	}
	if err := reopen(); err == nil || !strings.Contains(err.Error(), "do not belong") {
		t.Errorf("another hub's key: %v", err)
	}
}

// A database whose settings could lose a claim is refused.
func TestReadBack(t *testing.T) {
	const good = "?_pragma=journal_mode(wal)&_pragma=synchronous(2)&_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)"
	for _, tt := range []struct{ from, to string }{
		{"", ""}, {"synchronous(2)", "synchronous(1)"}, {"journal_mode(wal)", "journal_mode(delete)"}, {"foreign_keys(1)", "foreign_keys(0)"}, {"busy_timeout(5000)", "busy_timeout(1)"},
	} {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "hub.db")+strings.Replace(good, tt.from, tt.to, 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := readBack(context.Background(), db, true); (err == nil) != (tt.from == "") {
			t.Errorf("%s: %v", tt.to, err)
		}
		db.Close()
	}
}
