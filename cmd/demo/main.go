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
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stopped := ctx.Err() != nil
	stop()
	switch {
	case stopped:
		fmt.Println("\n終わりました。 / Stopped.")
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// A demo is the folder it lives in and the programs it starts.
type demo struct {
	ctx context.Context
	out io.Writer
	bin string // where hub, kiosk and kioskctl are
	dir string
	url string
}

func run(ctx context.Context, args []string, out io.Writer) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	dir := filepath.Join(filepath.Dir(filepath.Dir(exe)), "build", "demo")
	if len(args) == 1 {
		dir = args[0]
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	d := &demo{ctx: ctx, out: out, bin: filepath.Dir(exe), dir: dir}
	stop, err := d.startHub()
	if err != nil {
		return err
	}
	return errors.Join(d.show(), stop())
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
	if d.url, err = address(said); err != nil {
		return nil, errors.Join(fmt.Errorf("the hub did not start, see %s: %w", log.Name(), err), stop())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }() // until it ends
	return stop, nil
}

// show prepares event and kiosk, then opens the window or does the job alone.
func (d *demo) show() error {
	host := strings.TrimSuffix(strings.TrimPrefix(d.url, "http://"), "/")
	if err := d.prepare(); err != nil {
		return err
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return d.alone(host)
	}
	fmt.Fprintf(d.out, `
ポイント窓口を開きます。 / The point kiosk opens.
  職員の暗証番号 / staff PIN          %s
  印刷された紙   / printed paper       %s
  マイキーIDとパスワード / MyKey ID    %s  %s
  ポイントカードのページ / card's page  %s
  終わるには Ctrl-C / Ctrl-C ends it
`, staffPIN, d.path("kiosk", "paper"), account, password, d.url)
	kiosk := d.command("kiosk", "--data", d.path("kiosk"), "--config", d.path("kiosk.toml"))
	kiosk.Stderr = os.Stderr
	kiosk.Env = append(os.Environ(), "LANG=ja_JP.UTF-8", "LC_ALL=ja_JP.UTF-8") // C.UTF-8 is no locale to Fyne
	err := kiosk.Run()
	if d.ctx.Err() != nil {
		return nil
	}
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
