package proof

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Daemon is a pcscd of a test's own, with a virtual reader of two slots (vpcd). Nothing of it
// is seen by another one, or by the machine's.
type Daemon struct {
	t     testing.TB
	dir   string
	name  string // of the reader; empty: there is none
	port  int    // of its first slot; the second has the next one
	run   *exec.Cmd
	ended chan struct{}
}

// vpcdDriver is where Debian's vsmartcard-vpcd has its library.
const vpcdDriver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"

// PCSCD starts a pcscd that ends with the test. To its clients the slots are two
// readers, "NAME 00 00" and "NAME 00 01"; vpcd can't have a third.
func PCSCD(t testing.TB, name string) *Daemon {
	t.Helper()
	Needs(t, "pcscd", "unshare")
	if _, err := os.Stat(vpcdDriver); err != nil {
		lacks(t, vpcdDriver)
	}
	dir, err := os.MkdirTemp("", "pcscd-") // a socket's path has 107 bytes at most
	if err != nil {
		t.Fatal(err)
	}
	d := &Daemon{t: t, dir: dir}
	t.Cleanup(func() { d.Stop(); _ = os.RemoveAll(dir) })
	d.Start(name)
	return d
}

// Env is what a client's environment needs to have: the library reads it once, before
// its first call.
func (d *Daemon) Env() string { return "PCSCLITE_CSOCK_NAME=" + d.Socket() }

// Socket is where the daemon listens, after a restart too.
func (d *Daemon) Socket() string { return filepath.Join(d.dir, "run", "pcscd.comm") }

// Address is where the virtual card of slot 0 or 1 connects to, after a restart
// too.
func (d *Daemon) Address(slot int) string { return fmt.Sprintf("127.0.0.1:%d", d.port+slot) }

// Reader is slot 0 or 1 as a client sees it.
func (d *Daemon) Reader(slot int) string { return fmt.Sprintf("%s 00 %02X", d.name, slot) }

// Log is what the daemon has written since its start. It holds no commands.
func (d *Daemon) Log() string {
	log, _ := os.ReadFile(filepath.Join(d.dir, "log"))
	return string(log)
}

// Start starts the daemon anew with a reader of this name, or of none with none:
// that is how a reader comes and goes, since pcscd finds no virtual one that is
// plugged in.
func (d *Daemon) Start(name string) {
	d.t.Helper()
	d.Stop()
	d.name = name
	for range 5 {
		if d.port == 0 {
			d.port = twoPorts(d.t)
		}
		if d.start() {
			return
		}
		d.Stop()
		if strings.Contains(d.Log(), "init failed") {
			d.port = 0 // somebody took one
		}
	}
	d.t.Fatalf("pcscd isn't ready:\n%s", d.Log())
}

func (d *Daemon) start() bool {
	d.configure()
	log, err := os.Create(filepath.Join(d.dir, "log"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	d.run = exec.Command("unshare", append(d.namespace(), "sh", "-ec", `
		mount -t tmpfs none /run
		mkdir /run/pcscd
		mount --bind "$1/run" /run/pcscd
		exec pcscd --foreground --info --config "$1/conf"`, "sh", d.dir)...)
	d.run.Stdout, d.run.Stderr = log, log
	d.run.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
	if err := d.run.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.ended = make(chan struct{})
	go func(run *exec.Cmd, ended chan struct{}) { _ = run.Wait(); close(ended) }(d.run, d.ended)
	return d.ready()
}

// namespace is a file system of the daemon's own: the path of its socket is
// compiled in. Without root, it is one's own root there.
func (d *Daemon) namespace() []string {
	if os.Geteuid() == 0 {
		return []string{"--mount"}
	}
	return []string{"--user", "--map-root-user", "--mount"}
}

// configure writes the reader's file, and nothing else into its folder: pcscd
// reads every file that is there.
func (d *Daemon) configure() {
	for _, dir := range []string{"run", "conf"} {
		if err := os.RemoveAll(filepath.Join(d.dir, dir)); err != nil {
			d.t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(d.dir, dir), 0o755); err != nil {
			d.t.Fatal(err)
		}
	}
	if d.name == "" {
		return
	}
	conf := fmt.Sprintf("FRIENDLYNAME %q\nDEVICENAME /dev/null:%d\nLIBPATH %s\nCHANNELID %d\n", d.name, d.port, vpcdDriver, d.port)
	if err := os.WriteFile(filepath.Join(d.dir, "conf", "reader"), []byte(conf), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// ready waits for the daemon. With a port taken it would say that it is, and have
// no reader.
func (d *Daemon) ready() bool {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case <-d.ended:
			return false
		default:
		}
		log := d.Log()
		if strings.Contains(log, "init failed") {
			return false
		}
		if _, err := os.Stat(d.Socket()); err == nil && strings.Contains(log, "daemon ready") {
			return true
		}
	}
	return false
}

// twoPorts returns a port that is free, as the next one is.
func twoPorts(t testing.TB) int {
	for range 100 {
		first, err := net.Listen("tcp", ":0")
		if err != nil {
			t.Fatal(err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp", fmt.Sprintf(":%d", port+1))
		_ = first.Close()
		if err == nil {
			_ = second.Close()
			return port
		}
	}
	t.Fatal("no two ports are free")
	return 0
}

// Stop ends the daemon, as an update of the machine would.
func (d *Daemon) Stop() { d.end(syscall.SIGTERM) }

// Kill ends it with no chance to tidy up.
func (d *Daemon) Kill() { d.end(syscall.SIGKILL) }

// Hang stops it in the middle of whatever it does, until GoOn.
func (d *Daemon) Hang() {
	d.t.Helper()
	if err := d.run.Process.Signal(syscall.SIGSTOP); err != nil {
		d.t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); d.running(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatal("pcscd doesn't stop")
		}
	}
}

// running reports whether one of its threads isn't stopped (proc(5)).
func (d *Daemon) running() bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", d.run.Process.Pid))
	for _, path := range threads {
		if stat, err := os.ReadFile(path); err == nil && !strings.Contains(string(stat), ") T ") {
			return true
		}
	}
	return len(threads) == 0
}

// GoOn ends Hang.
func (d *Daemon) GoOn() { _ = d.run.Process.Signal(syscall.SIGCONT) }

func (d *Daemon) end(signal syscall.Signal) {
	if d.run == nil {
		return
	}
	_ = d.run.Process.Signal(signal)
	select {
	case <-d.ended:
	case <-time.After(5 * time.Second):
		_ = d.run.Process.Kill()
		<-d.ended
	}
	d.run = nil
}
