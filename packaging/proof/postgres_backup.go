package proof

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A PostgresBackup is a base backup of the test binary's PostgreSQL server, and
// the archive of what was written since.
type PostgresBackup struct{ of, files *cluster }

// BackUpPostgres makes a base backup; from then on all that is written is
// archived, until the test ends.
func BackUpPostgres(t testing.TB) *PostgresBackup {
	t.Helper()
	b := &PostgresBackup{of: needCluster(t)}
	b.files = b.folder(t)
	archive := filepath.Join(b.files.dir, "archive")
	PostgresAdmin(t, `ALTER SYSTEM SET archive_command = 'mkdir -p "`+archive+`" && cp %p "`+archive+`/%f"'`)
	PostgresReload(t)
	t.Cleanup(func() { PostgresAdmin(t, `ALTER SYSTEM RESET archive_command`); PostgresReload(t) })
	if _, err := b.of.run("pg_basebackup", "--pgdata="+b.files.path("db"), "--wal-method=fetch", "--checkpoint=fast", "--no-sync"); err != nil {
		t.Fatal(err)
	}
	return b
}

// folder is a new one of the server's user, as another cluster's.
func (b *PostgresBackup) folder(t testing.TB) *cluster {
	t.Helper()
	c := &cluster{bin: b.of.bin, as: b.of.as}
	err := c.makeDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(c.dir) }) //nolint:errcheck // the server's shell does it too
	return c
}

// Restore starts a server from the base backup, and returns where its socket
// is. With replay it replays the archive, to the last moment at which Restore
// was called.
func (b *PostgresBackup) Restore(t testing.TB, replay bool) (host string) {
	t.Helper()
	if replay {
		return b.start(t, "recovery.signal", "f")
	}
	return b.start(t, "", "f")
}

// Standby starts a server that follows the archive, and returns where its socket
// is.
func (b *PostgresBackup) Standby(t testing.TB) (host string) {
	t.Helper()
	return b.start(t, "standby.signal", "t")
}

// start starts a server from a copy, told by a file how it recovers, and waits
// until it is, or no longer is, at that.
func (b *PostgresBackup) start(t testing.TB, signal, recovering string) (host string) {
	t.Helper()
	b.archived(t)
	c := b.folder(t)
	err := os.CopyFS(c.path("db"), os.DirFS(b.files.path("db")))
	if err == nil && signal != "" {
		err = errors.Join(c.configure("restore_command = 'cp \""+b.files.path("archive")+"/%f\" %p'"), os.WriteFile(c.path("db/"+signal), nil, 0o600))
	}
	if err == nil {
		err = c.own(t)
	}
	if err == nil {
		err = c.start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.alive.Close() }) //nolint:errcheck // its end is what counts
	if err := c.ready(recovering); err != nil {
		t.Fatal(err)
	}
	return c.dir
}

// own gives what was copied to the server's user, and to nobody else.
func (c *cluster) own(t testing.TB) error {
	t.Helper()
	return filepath.WalkDir(c.path("db"), func(path string, d os.DirEntry, err error) error {
		if err == nil && c.as != nil {
			err = os.Lchown(path, int(c.as.Uid), int(c.as.Gid))
		}
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		return err
	})
}

// archived waits until all that was written is in the archive.
func (b *PostgresBackup) archived(t testing.TB) {
	t.Helper()
	last := PostgresAdmin(t, `SELECT pg_walfile_name(pg_switch_wal())`)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(b.files.path("archive/" + last)); err == nil && PostgresAdmin(t, `SELECT last_archived_wal >= '`+last+`' FROM pg_stat_archiver`) == "t" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("PostgreSQL doesn't archive %s", last)
		}
	}
}
