package proof

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Postgres returns the address of a new, empty database on a PostgreSQL server
// that this test binary has for itself; options are createdb's. The database's
// owner may make others, and is nobody special otherwise.
//
// The server ends with the test binary, however that ends.
func Postgres(t testing.TB, options ...string) string {
	t.Helper()
	c := needCluster(t)
	name := "t" + strings.ToLower(rand.Text())
	args := append([]string{"--owner=" + owner, "--template=template0", "--encoding=UTF8", "--locale=C"}, options...)
	if _, err := c.run("createdb", append(args, name)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.run("dropdb", "--force", "--if-exists", name); err != nil {
			t.Error(err)
		}
	})
	return "postgres://" + owner + "@/" + name + "?host=" + c.dir
}

// PostgresAdmin runs statements as the server's superuser, and returns what they
// print.
func PostgresAdmin(t testing.TB, statements ...string) string {
	t.Helper()
	out, err := needCluster(t).say(statements...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// PostgresReload makes the server read its settings again, as SIGHUP would, and
// returns when new sessions have them.
func PostgresReload(t testing.TB) {
	t.Helper()
	const loaded = `SELECT extract(epoch FROM pg_conf_load_time())`
	before := PostgresAdmin(t, loaded)
	PostgresAdmin(t, `SELECT pg_reload_conf()`)
	for end := time.Now().Add(10 * time.Second); PostgresAdmin(t, loaded) == before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("PostgreSQL doesn't read its settings")
		}
	}
}

// PostgresCrash ends the server in the middle of what it does, with what it had
// not written yet, and starts it again.
func PostgresCrash(t testing.TB) {
	t.Helper()
	c := needCluster(t)
	const started = `SELECT pg_postmaster_start_time()`
	before := PostgresAdmin(t, started)
	if _, err := io.WriteString(c.alive, "\n"); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if now, err := c.say(started); err == nil && now != before {
			return
		}
	}
	t.Fatal("PostgreSQL doesn't come back")
}

func needCluster(t testing.TB) *cluster {
	t.Helper()
	c, err := theCluster()
	if errors.Is(err, errNoPostgres) {
		lacks(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	superuser = "postgres" // and Debian's user, as the server won't run as root
	owner     = "hub"
)

var errNoPostgres = errors.New("a PostgreSQL server, 15 or later")

// A cluster is a server with its files in a folder, where its socket is too.
type cluster struct {
	dir, bin string
	as       *syscall.Credential // nil: who runs the test
	alive    io.WriteCloser      // the server runs while this is open
}

// theCluster is started once a test binary.
var theCluster = sync.OnceValues(func() (*cluster, error) {
	c := new(cluster)
	if err := c.find(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{c.make, c.start, c.addOwner} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("proof: PostgreSQL: %w", err)
		}
	}
	return c, nil
})

// find looks for the newest server, where Debian has them.
func (c *cluster) find() error {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	version := func(path string) int { n, _ := strconv.Atoi(filepath.Base(filepath.Dir(path))); return n }
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if err != nil || len(found) == 0 || version(found[0]) < 15 {
		return errNoPostgres
	}
	c.bin = found[0]
	if os.Geteuid() != 0 {
		return nil
	}
	as, err := user.Lookup(superuser)
	if err != nil {
		return errNoPostgres
	}
	uid, uidErr := strconv.ParseUint(as.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(as.Gid, 10, 32)
	c.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return errors.Join(uidErr, gidErr)
}

// memory is a file system without a disk, so that the server may wait for that.
const memory, room = "/dev/shm", 2 << 30

// make makes the folder and the server's files.
func (c *cluster) make() error {
	if err := c.makeDir(); err != nil {
		return err
	}
	_, err := c.run("initdb", "--pgdata="+c.path("db"), "--username="+superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--wal-segsize=1")
	return err
}

func (c *cluster) makeDir() (err error) {
	parent := "" // a socket's path has 107 bytes at most
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err == nil && fs.Bavail*uint64(fs.Bsize) > room {
		parent = memory
	}
	c.dir, err = os.MkdirTemp(parent, "postgres-")
	if err == nil && c.as != nil {
		err = os.Chown(c.dir, int(c.as.Uid), int(c.as.Gid))
	}
	return err
}

func (c *cluster) path(name string) string { return filepath.Join(c.dir, name) }

// command is a program of PostgreSQL, run by its user.
func (c *cluster) command(name string, args ...string) *exec.Cmd {
	run := exec.Command(name, args...)
	run.Dir = c.dir
	run.Env = append(os.Environ(), "PATH="+c.bin+":"+os.Getenv("PATH"), "PGHOST="+c.dir, "PGUSER="+superuser)
	run.SysProcAttr = &syscall.SysProcAttr{Credential: c.as, Setpgid: true} // no Ctrl-C
	return run
}

func (c *cluster) run(name string, args ...string) (string, error) {
	out, err := c.command(filepath.Join(c.bin, name), args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("proof: %s: %w\n%s", name, err, out)
	}
	return string(out), nil
}

// say runs statements as the superuser.
func (c *cluster) say(statements ...string) (string, error) {
	args := []string{"--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"}
	for _, s := range statements {
		args = append(args, "--command="+s)
	}
	out, err := c.run("psql", append(args, "postgres")...)
	return strings.TrimSpace(out), err
}

// configure adds a line to the server's settings; the last one counts.
func (c *cluster) configure(line string) error {
	f, err := os.OpenFile(c.path("db/postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\n" + line + "\n")
	return errors.Join(err, f.Close())
}

// start starts the server. A shell beside it crashes the server and starts it
// again for each line of its input, and clears up at the end of that, which
// comes when the test binary ends.
func (c *cluster) start() error {
	err := c.configure("listen_addresses = ''\nmax_wal_size = 256MB\nmin_wal_size = 32MB\narchive_mode = on\narchive_command = 'true'\nunix_socket_directories = '" + c.dir + "'")
	if err != nil {
		return err
	}
	run := c.command("sh", "-c", `start() { postgres -D "$1/db" >>"$1/log" 2>&1 & server=$!; }
		stop() { kill -QUIT $server; wait $server; }
		start "$1"
		while read -r _; do stop; start "$1"; done
		stop
		rm -rf "$1"`, "sh", c.dir)
	if c.alive, err = run.StdinPipe(); err != nil {
		return err
	}
	return run.Start()
}

// ready waits for the server, until it says whether it recovers.
func (c *cluster) ready(recovering string) (err error) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var out string
		if out, err = c.say(`SELECT pg_is_in_recovery()`); err == nil && out == recovering {
			return nil
		}
	}
	log, _ := os.ReadFile(c.path("log"))
	return fmt.Errorf("it isn't ready: %w\n%s", err, log[max(0, len(log)-2000):])
}

// addOwner makes the user of the databases, once there is a server.
func (c *cluster) addOwner() error {
	if err := c.ready("f"); err != nil {
		return err
	}
	_, err := c.run("createuser", "--createdb", owner)
	return err
}
