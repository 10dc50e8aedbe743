// Command hub keeps the points of a municipality: it answers kiosks and
// residents, and does what an administrator asks at the command line.
//
// Every command but serve ends by itself, and works while serve runs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "hub:", err)
	}
	os.Exit(status(err))
}

// status is 0 when all is well, 2 when the command was not understood, else 1.
func status(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(usageError)):
		return 2
	}
	return 1
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// A usageError reports a command line that is not understood.
type usageError string

func (e usageError) Error() string { return string(e) }

// A command is one thing that hub does.
type command struct {
	name  string // "kiosk add"
	args  string // what follows the name, besides flags
	help  string // what it does, in one line
	tells string // an example or more
	do    func(*call) error
}

// A call is a command on its way: its flags, and then what they were.
type call struct {
	ctx context.Context
	streams
	flags *flag.FlagSet
	data  *string
	line  []string // the command line behind the name
	rest  []string // what is no flag
}

func commands() []command {
	return []command{
		serveCommand(), eventAdd(), eventList(), kioskAdd(), kioskGrant(), kioskRevoke(), kioskClear(), kioskList(),
		disputeList(), disputeAccept(), disputeRefuse(), accountAdd(), importCommand(), exportCommand(), checkCommand(),
	}
}

func run(ctx context.Context, args []string, io streams) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		return overview(io.out, len(args) > 0)
	}
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) < len(words) || strings.Join(args[:len(words)], " ") != c.name {
			continue
		}
		flags := flag.NewFlagSet("hub "+c.name, flag.ContinueOnError)
		flags.SetOutput(io.err)
		k := &call{ctx: ctx, streams: io, flags: flags, line: args[len(words):]}
		k.data = flags.String("data", "hub-data", "the `DIR` with the database")
		flags.Usage = func() { c.usage(io.out, flags) }
		err := c.do(k)
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	return usageError(fmt.Sprintf("no command %q; hub help names all", strings.Join(args[:min(2, len(args))], " ")))
}

// parse reads the flags, wherever they stand, and wants so many other words.
func (k *call) parse(least, most int) error {
	for line := k.line; ; {
		if err := k.flags.Parse(line); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return err
			}
			return usageError(err.Error())
		}
		line = k.flags.Args()
		if len(line) == 0 {
			break
		}
		k.rest, line = append(k.rest, line[0]), line[1:]
	}
	if len(k.rest) < least || len(k.rest) > most {
		return usageError(fmt.Sprintf("%s: wrong number of words; %[1]s -h helps", k.flags.Name()))
	}
	return nil
}

func (c command) usage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "%s\n\nusage: hub %s\n\n", c.help, strings.TrimSpace(c.name+" "+c.args))
	flags.SetOutput(w)
	flags.PrintDefaults()
	if c.tells != "" {
		fmt.Fprintf(w, "\n%s\n", c.tells)
	}
}

func overview(w io.Writer, asked bool) error {
	fmt.Fprint(w, "hub keeps the points of a municipality.\n\nusage: hub COMMAND [--data DIR] …\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-14s %s\n", c.name, c.help)
	}
	fmt.Fprint(w, "\nhub COMMAND -h says more.\n")
	if !asked {
		return usageError("say which command")
	}
	return nil
}
