package fault

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Crash runs one program and lets a fault happen at one of its system calls
// that touch a disk or the network. They are counted from 1 over all threads.
type Crash struct {
	At    int           // which call; 0 only counts
	Errno syscall.Errno // what the call returns, undone; 0 kills the process before the call
	Calls int           // how many calls in a row return Errno, as on a disk that is full for a while; 0 is 1
	Limit time.Duration // when the process is killed for good; 0 is 20 s
	Disk  *Disk         // whose files the process sees; may be nil

	Signal syscall.Signal // what the process is sent before the call, which is done; 0 is none
}

// A Result is what came of a run.
type Result struct {
	Calls []string // what was counted, as "pwrite64 journal.db-wal"
	Hit   bool     // the fault happened
	Late  bool     // the process did not end within the limit
	State *os.ProcessState
}

// Run runs a program with these files as its standard input, output and error.
func (c Crash) Run(name string, args []string, files [3]*os.File) (Result, error) {
	child, err := c.start(name, args, files)
	if err != nil {
		return Result{}, err
	}
	defer unix.Close(child.listener)
	w := &watch{Crash: c, child: child}
	if w.Limit == 0 {
		w.Limit = 20 * time.Second
	}
	ended := make(chan error, 1)
	go func() {
		var err error
		w.result.State, err = child.process.Wait()
		ended <- err
	}()
	return w.serve(ended)
}

// child is a process under the filter.
type child struct {
	process  *os.Process
	listener int
	parent   int // the thread that started it, which has the filter too
}

// start starts a process under the filter.
func (c Crash) start(name string, args []string, files [3]*os.File) (p child, err error) {
	argv, attr := append([]string{name}, args...), &syscall.ProcAttr{Env: os.Environ()}
	for _, f := range files {
		attr.Files = append(attr.Files, f.Fd())
	}
	var pid int
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The thread has the filter for ever, so it ends with this goroutine.
		// Until then nothing here may write: nobody listens yet.
		runtime.LockOSThread()
		p.parent = unix.Gettid()
		if c.Disk != nil {
			err = c.Disk.enter()
		}
		if err == nil {
			p.listener, err = listen()
		}
		if err == nil {
			pid, err = syscall.ForkExec(name, argv, attr)
		}
	}()
	<-done
	runtime.KeepAlive(files)
	if err == nil {
		p.process, err = os.FindProcess(pid)
	}
	if err != nil {
		return p, fmt.Errorf("fault: start %s: %w", name, err)
	}
	return p, nil
}

// watch serves the calls of one process.
type watch struct {
	Crash
	child
	result Result
}

func (w *watch) serve(ended <-chan error) (Result, error) {
	end := time.Now().Add(w.Limit)
	for {
		select {
		case err := <-ended:
			return w.result, err
		default:
		}
		if time.Now().After(end) && !w.result.Late {
			w.result.Late = true
			_ = w.process.Kill() // it may have ended by itself
		}
		p := []unix.PollFd{{Fd: int32(w.listener), Events: unix.POLLIN}}
		const pause = 5 // ms: how late the end is noticed at most
		if n, err := unix.Poll(p, pause); errors.Is(err, unix.EINTR) || err == nil && n == 0 {
			continue
		} else if err != nil {
			return w.result, errors.Join(fmt.Errorf("fault: seccomp: %w", err), w.process.Kill())
		}
		if p[0].Revents&unix.POLLIN == 0 { // nobody has the filter any more
			return w.result, <-ended
		}
		if err := w.next(); err != nil {
			return w.result, errors.Join(fmt.Errorf("fault: seccomp: %w", err), w.process.Kill())
		}
	}
}

// next answers one call.
func (w *watch) next() error {
	n, err := receive(w.listener)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR) {
		return nil // whoever called has died
	}
	if err != nil {
		return err
	}
	a := answer{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
	if int(n.pid) != w.parent && touches(n) {
		w.result.Calls = append(w.result.Calls, describe(n))
		if at := len(w.result.Calls); w.At > 0 && at >= w.At && at < w.At+max(w.Calls, 1) {
			w.result.Hit = true
			switch {
			case w.Signal != 0:
				_ = w.process.Signal(w.Signal) // it may have ended, by the same one before
			case w.Errno == 0:
				return w.process.Kill() // with the call still waiting
			default:
				a = answer{id: n.id, errno: -int32(w.Errno)}
			}
		}
	}
	if err := reply(w.listener, a); !errors.Is(err, unix.ENOENT) {
		return err
	}
	return nil
}

// touches reports whether a call touches a disk or the network: files opened to
// be read don't, nor do Go's own wake-up calls.
func touches(n notice) bool {
	const writes = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC
	switch name := callNames[uint32(n.call)]; name {
	case "openat":
		return n.args[2]&writes != 0
	case "open":
		return n.args[1]&writes != 0
	case "write":
		return !strings.HasPrefix(file(n), "anon_inode:")
	}
	return true
}

// file names the file that a call's first argument stands for.
func file(n notice) string {
	link, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", n.pid, int32(n.args[0])))
	if err != nil {
		return "?"
	}
	return link
}

// path reads the name that a call was given in the process's memory.
func path(n notice, arg int) string {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", n.pid))
	if err != nil {
		return "?"
	}
	defer f.Close()
	b := make([]byte, 512)
	got, _ := f.ReadAt(b, int64(n.args[arg])) // what there is, up to the end of the page
	name, _, _ := strings.Cut(string(b[:got]), "\x00")
	return name
}

// describe names a call for people.
func describe(n notice) string {
	name := callNames[uint32(n.call)]
	of := ""
	switch {
	case name == "":
		return "call " + strconv.Itoa(int(n.call))
	case name == "socket":
		return name
	case strings.HasSuffix(name, "at"):
		of = path(n, 1)
	case slices.Contains([]string{"open", "unlink", "rename", "mkdir"}, name):
		of = path(n, 0)
	default:
		of = file(n)
	}
	if strings.HasPrefix(of, "socket:") {
		of = "socket"
	}
	return name + " " + filepath.Base(of)
}

// callNames are those that are seen most.
var callNames = names(map[uint32]string{
	unix.SYS_OPENAT: "openat", unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "pwrite64", unix.SYS_FSYNC: "fsync", unix.SYS_FDATASYNC: "fdatasync",
	unix.SYS_FTRUNCATE: "ftruncate", unix.SYS_UNLINKAT: "unlinkat", unix.SYS_MKDIRAT: "mkdirat",
	unix.SYS_SOCKET: "socket", unix.SYS_CONNECT: "connect", unix.SYS_SHUTDOWN: "shutdown", unix.SYS_FALLOCATE: "fallocate", unix.SYS_FCHMOD: "fchmod",
})

func names(all map[uint32]string) map[uint32]string {
	maps.Copy(all, olderNames)
	return all
}
