// Command kioskctl is the kiosk without a window: for tests, for devices
// without a screen, and for support.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/assets/words"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/cmd/internal/tongue"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status(err))
}

// errUsage reports a call that was not understood; its text was shown.
var errUsage = errors.New("usage")

// status is the exit status: 0 done, 1 not done, 2 not understood.
func status(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	return 1
}

// A command is one word of the command line, or two.
type command struct {
	name string
	run  func(*call) error
}

var commands = []command{
	{"enroll", enroll},
	{"issue", issue},
	{"settle", settle},
	{"void", void},
	{"status", showStatus},
	{"queue list", queueList},
	{"queue sync", queueSync},
	{"queue export", queueExport},
	{"journal verify", journalVerify},
	{"journal export", journalExport},
	{"journal rehead", journalRehead},
	{"verify", verify},
	{"sheets resume", sheetsResume},
	{"sheets again", sheetsAgain},
	{"sheets open", sheetsOpen},
	{"sheets list", sheetsList},
	{"sheets withdraw", sheetsWithdraw},
	{"sheets calibrate", sheetsCalibrate},
	{"sheets picking", sheetsPicking},
	{"sheets", sheets},
	{"poster", poster},
	{"activate", activate},
	{"printer probe", printerProbe},
	{"printer test", printerTest},
	{"printer virtual", printerVirtual},
	{"pin", pin},
}

// A call is one command with its flags, its words and where it speaks.
type call struct {
	ctx      context.Context
	words    *words.Words
	flags    *flag.FlagSet
	in       io.Reader
	out, err io.Writer
	args     []string // what is left when the flags are read
	raw      []string // before
	name     string

	config, data, printer string
	json, rehead          bool
}

func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) error {
	c := &call{ctx: ctx, words: tongue.Words(os.Getenv), in: in, out: out, err: errw}
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprintln(out, c.words.Say("cli.help"))
		if len(args) == 0 {
			return errUsage
		}
		return nil
	}
	for _, cmd := range commands {
		n := len(strings.Fields(cmd.name))
		if len(args) < n || strings.Join(args[:n], " ") != cmd.name {
			continue
		}
		c.name, c.raw = cmd.name, args[n:]
		err := cmd.run(c)
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		if err == nil || errors.Is(err, errUsage) {
			return err
		}
		if text := c.explain(err); text != "" {
			fmt.Fprintln(errw, "kioskctl:", text)
		}
		return err
	}
	fmt.Fprintln(errw, c.words.Say("cli.unknown", strings.Join(args[:min(2, len(args))], " ")))
	return errUsage
}

// parse reads the flags that every command has and those that define adds,
// before or behind the other words, of which there must be least to most.
func (c *call) parse(least, most int, define func(*flag.FlagSet)) error {
	c.flags = flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.flags.SetOutput(io.Discard)
	c.flags.StringVar(&c.config, "config", "", "")
	c.flags.StringVar(&c.data, "data", defaultData(), "")
	c.flags.StringVar(&c.printer, "printer", "", "")
	c.flags.BoolVar(&c.json, "json", false, "")
	if define != nil {
		define(c.flags)
	}
	rest := c.raw
	for {
		if err := c.flags.Parse(rest); errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(c.out, c.help())
			return err
		} else if err != nil {
			return c.misused(c.words.Say("cli.flag", err))
		}
		if rest = c.flags.Args(); len(rest) == 0 {
			break
		}
		c.args, rest = append(c.args, rest[0]), rest[1:]
	}
	if len(c.args) < least || len(c.args) > most {
		return c.misused(c.words.Say("cli.words", least, most, len(c.args)))
	}
	return nil
}

func (c *call) help() string {
	return c.words.Say("cli.help." + strings.ReplaceAll(c.name, " ", "."))
}

func (c *call) misused(why string) error {
	fmt.Fprintf(c.err, "kioskctl %s: %s\n\n%s\n", c.name, why, c.help())
	return errUsage
}

func defaultData() string {
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "pointkiosk")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "state", "pointkiosk")
	}
	return "pointkiosk"
}

func (c *call) opts(readOnly bool) (station.Opts, error) {
	s, err := station.Load(c.config)
	if err != nil {
		return station.Opts{}, err
	}
	if c.printer != "" {
		s.Printer.URI = c.printer
	}
	if strings.HasPrefix(s.Printer.URI, "virtual:") && !filepath.IsAbs(s.Printer.URI[len("virtual:"):]) && c.printer == "" {
		s.Printer.URI = "virtual:" + filepath.Join(c.data, s.Printer.URI[len("virtual:"):])
	}
	return station.Opts{
		Dir: c.data, Settings: s, Driver: "sqlite", Now: time.Now, Rand: rand.Reader, ReadOnly: readOnly, Rehead: c.rehead,
		Log: slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}, nil
}

// with opens the kiosk for one command and closes it behind it.
func (c *call) with(f func(*station.Station) error) error { return c.open(false, f) }

// look does the same to look only: the kiosk may be running.
func (c *call) look(f func(*station.Station) error) error { return c.open(true, f) }

func (c *call) open(readOnly bool, f func(*station.Station) error) error {
	opts, err := c.opts(readOnly)
	if err != nil {
		return err
	}
	s, err := station.Open(c.ctx, opts)
	if err != nil {
		return err
	}
	err = f(s)
	if closed := s.Close(); err == nil {
		err = closed
	}
	return err
}
