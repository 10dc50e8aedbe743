// Command demo shows the whole thing on one machine: a hub on SQLite with the
// preset ナチュラルバル, opened today, a kiosk enrolled with it, and the
// kiosk's window with a virtual printer. Without a display it does the same
// job by itself and says what it saw.
//
// It is what `make run` starts. Everything it makes lies in one folder, which
// it names; the keys in it are made there and then.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cmd/internal/tongue"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// errUsage reports a call that was not understood; the help was shown.
var errUsage = errors.New("usage")

// A demo is the folder it lives in and the programs it starts.
type demo struct {
	ctx   context.Context
	words *words.Words
	out   io.Writer
	bin   string // where hub, kiosk and kioskctl are
	dir   string
	url   string // of the hub, with the slash
}

func run(ctx context.Context, args []string, out io.Writer) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	d := &demo{ctx: ctx, words: tongue.Words(os.Getenv), out: out, bin: filepath.Dir(exe)}
	dir := filepath.Join(filepath.Dir(d.bin), "build", "demo")
	switch {
	case len(args) > 1:
		fmt.Fprintln(out, d.words.Say("demo.help"))
		return errUsage
	case len(args) == 1 && strings.HasPrefix(args[0], "-"), len(args) == 1 && args[0] == "help":
		fmt.Fprintln(out, d.words.Say("demo.help"))
		if !slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
			return errUsage
		}
		return nil
	case len(args) == 1:
		dir = args[0]
	}
	if d.dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	return d.run()
}

// run is done when the job is, or when it was told to end: then what was cut
// short is no error.
func (d *demo) run() error {
	stop, err := d.startHub()
	if err == nil {
		if err = d.show(); d.ctx.Err() != nil {
			err = nil
		}
		err = errors.Join(err, stop())
	} else if d.ctx.Err() != nil {
		err = nil
	}
	if d.ctx.Err() != nil && err == nil {
		fmt.Fprintln(d.out, "\n"+d.words.Say("demo.stopped"))
	}
	return err
}

func (d *demo) path(parts ...string) string {
	return filepath.Join(append([]string{d.dir}, parts...)...)
}

// startHub starts the hub and returns what stops it and waits for it.
func (d *demo) startHub() (stop func() error, err error) {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, err
	}
	log, err := os.Create(d.path("hub.log"))
	if err != nil {
		return nil, err
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	hub := exec.Command(filepath.Join(d.bin, "hub"), "serve", "--data", d.path("hub"), "--listen", listen, "--host", listen, "--plain-http")
	hub.Stderr = log
	hub.SysProcAttr = apart
	said, err := hub.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := hub.Start(); err != nil {
		return nil, err
	}
	stop = func() error {
		_ = hub.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		return errors.Join(hub.Wait(), log.Close())
	}
	waited := context.AfterFunc(d.ctx, func() { _ = hub.Process.Signal(syscall.SIGTERM) })
	d.url, err = address(said)
	if waited(); err != nil {
		return nil, errors.Join(fmt.Errorf("the hub did not start, see %s: %w", log.Name(), err), stop())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }() // until it ends
	return stop, nil
}

// show prepares event and kiosk, then opens the window or does the job alone.
func (d *demo) show() error {
	if err := d.prepare(); err != nil {
		return err
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return d.alone()
	}
	if err := d.trust(); err != nil {
		return err
	}
	paper := d.path("kiosk", "paper")
	fmt.Fprintln(d.out, d.words.Say("demo.window", staffPIN, paper, account, password, d.url, cardPIN))
	kiosk := d.command("kiosk", "--data", d.path("kiosk"), "--config", d.path("kiosk.toml"), "--card", "virtual:good")
	kiosk.Stderr = os.Stderr
	kiosk.Env = append(os.Environ(), "LANG=ja_JP.UTF-8", "LC_ALL=ja_JP.UTF-8") // C.UTF-8 is no locale to Fyne
	ctx, closed := context.WithCancel(d.ctx)
	var tray sync.WaitGroup
	tray.Go(func() { d.watch(ctx, paper) })
	err := kiosk.Run()
	closed()
	tray.Wait()
	return err
}

// command is a program that is asked to end when the demo is, and waited for.
func (d *demo) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(d.ctx, filepath.Join(d.bin, name), args...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 20 * time.Second
	c.SysProcAttr = apart
	return c
}

// apart keeps Ctrl-C of the terminal from the children: they are told in order.
var apart = &syscall.SysProcAttr{Setpgid: true}

// say runs a program and returns what it printed.
func (d *demo) say(in, name string, args ...string) (string, error) {
	c := d.command(name, args...)
	c.Stdin = strings.NewReader(in)
	var errs strings.Builder
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return string(out), nil
}
