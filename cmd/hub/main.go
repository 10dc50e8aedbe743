// Command hub keeps the points of a municipality: it answers kiosks and
// residents, and does what an administrator asks at the command line.
//
// Every command but serve ends by itself, and works while serve runs.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cmd/internal/tongue"
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

// A command is one thing that hub does. What it says of itself stands in the
// word list, under hub.help and its name.
type command struct {
	name string // "kiosk add"
	do   func(*call) error
}

// A call is a command on its way: its flags, and then what they were.
type call struct {
	ctx context.Context
	streams
	words *words.Words
	name  string
	flags *flag.FlagSet
	data  *string
	line  []string // the command line behind the name
	rest  []string // what is no flag
}

// Say gives a text in the language of who reads it.
func (k *call) Say(key string, args ...any) string { return k.words.Say(key, args...) }

func commands() []command {
	return []command{
		serveCommand(), eventAdd(), eventList(), eventPaper(), eventBudget(), eventMost(), eventWait(), kioskAdd(), kioskGrant(), kioskRevoke(), kioskClear(), kioskCap(), kioskList(),
		disputeList(), disputeAccept(), disputeRefuse(), personAdd(), personRemove(), personList(), reportHonoured(), reportSettlement(), batchList(), batchGrant(), batchActivate(), batchWithdraw(), batchLost(), batchKeep(), batchUngrant(), cardVoid(), cardReverse(), ticketList(), ticketVoid(),
		partnerAdd(), partnerEnd(), partnerList(), prizeAdd(), prizeStock(), prizeRule(), prizeList(), prizeOwed(), prizeOwe(), prizePaid(), restoreList(), restoreAccept(),
		accountAdd(), myKeyRebind(), myKeyDelete(), myKeyAudit(), caAdd(), caList(), importCommand(), exportCommand(), checkCommand(),
	}
}

func run(ctx context.Context, args []string, io streams) error {
	k := &call{ctx: ctx, streams: io, words: tongue.Words(os.Getenv)}
	args, err := k.language(args)
	if err != nil {
		return err
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprintln(io.out, k.Say("hub.help"))
		if len(args) == 0 {
			return usageError(k.Say("hub.use.none"))
		}
		return nil
	}
	for _, c := range commands() {
		names := strings.Fields(c.name)
		if len(args) >= len(names) && strings.Join(args[:len(names)], " ") == c.name {
			return k.run(c, args[len(names):])
		}
	}
	return usageError(k.Say("hub.use.command", strings.Join(args[:min(2, len(args))], " ")))
}

// language takes --lang out of a command line, wherever it stands, and reads
// in that language from then on.
func (k *call) language(args []string) (rest []string, err error) {
	for n := 0; n < len(args); n++ {
		name, lang, said := strings.Cut(strings.TrimLeft(args[n], "-"), "=")
		if name != "lang" || !strings.HasPrefix(args[n], "-") {
			rest = append(rest, args[n])
			continue
		}
		if n+1 < len(args) && !said {
			n++
			lang = args[n]
		}
		if !slices.Contains(words.Languages(), lang) {
			return nil, usageError(k.Say("hub.use.lang", lang))
		}
		k.words = words.In(lang)
	}
	return rest, nil
}

func (k *call) run(c command, line []string) error {
	k.name, k.line = c.name, line
	k.flags = flag.NewFlagSet("hub "+c.name, flag.ContinueOnError)
	k.flags.SetOutput(io.Discard)
	k.data = k.flags.String("data", "hub-data", "")
	err := c.do(k)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(k.out, k.Say(c.key()))
		return nil
	}
	return k.told(err)
}

// key is where the word list has what a command says of itself.
func (c command) key() string { return "hub.help." + strings.ReplaceAll(c.name, " ", ".") }

// parse reads the flags, wherever they stand, and wants so many other words.
func (k *call) parse(least, most int) error {
	for line := k.line; ; {
		if err := k.flags.Parse(line); errors.Is(err, flag.ErrHelp) {
			return err
		} else if err != nil {
			return k.misused("hub.use.bad", err)
		}
		line = k.flags.Args()
		if len(line) == 0 {
			break
		}
		k.rest, line = append(k.rest, line[0]), line[1:]
	}
	if len(k.rest) < least || len(k.rest) > most {
		return k.misused("hub.use.words")
	}
	return nil
}

// day reads a day that was said, and leaves it as it is where none was.
func (k *call) day(text string, into *cards.Day) (err error) {
	if text == "" {
		return nil
	}
	if *into, err = cards.ParseDay(text); err != nil {
		return k.misused("hub.use.day", text)
	}
	return nil
}

// lines writes JSON for programs, one object a line.
func (k *call) lines() *json.Encoder {
	e := json.NewEncoder(k.out)
	e.SetEscapeHTML(false)
	return e
}
