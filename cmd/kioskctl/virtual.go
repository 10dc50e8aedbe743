package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"strconv"
	"strings"

	"pointkiosk/cmd/internal/station"
	"pointkiosk/printer/printertest"
)

// printerVirtual is a printer for a developer's desk: its papers are pictures
// in a folder, and what is typed happens to it.
func printerVirtual(c *call) error {
	listen, rows := "", 0
	err := c.parse(1, 1, func(f *flag.FlagSet) {
		f.StringVar(&listen, "listen", "127.0.0.1:9100", "")
		f.IntVar(&rows, "rows", 0, "")
	})
	if err != nil {
		return err
	}
	opts, err := c.opts(true)
	if err != nil {
		return err
	}
	v := &virtual{c: c}
	if v.printer, err = station.Virtual(opts.Settings.Printer, c.args[0], rows, v.page); err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return told(err, c.words.Say("cli.virtual.address", listen))
	}
	ctx, stop := context.WithCancel(c.ctx)
	defer stop()
	fmt.Fprintln(c.out, c.words.Say("cli.virtual.open", opts.Settings.Printer.Profile, "tcp://"+l.Addr().String(), c.args[0]))
	go v.listen() // until nothing more is typed; the command doesn't wait for that
	return v.printer.Serve(ctx, l)
}

// A virtual is a printer with somebody beside it.
type virtual struct {
	c          *call
	printer    *printertest.Printer
	complaints int // that were told
}

// page tells of a paper that came out, and of what was wrong with its bytes.
func (v *virtual) page(p printertest.Page) {
	fmt.Fprintln(v.c.out, v.c.words.Say("cli.virtual.page", p.Name()))
	errs := v.printer.Errors()
	for _, err := range errs[v.complaints:] {
		fmt.Fprintln(v.c.out, v.c.words.Say("cli.virtual.wrong", err))
	}
	v.complaints = len(errs)
}

// listen makes happen what is typed, a line each: a fault, or roll and how many
// rows of paper are on it.
func (v *virtual) listen() {
	for lines := bufio.NewScanner(v.c.in); lines.Scan(); {
		text := strings.TrimSpace(lines.Text())
		if err := v.happen(text); err != nil && text != "" {
			var names []string
			for _, f := range printertest.Faults() {
				names = append(names, f.String())
			}
			fmt.Fprintln(v.c.out, v.c.words.Say("cli.virtual.unknown", text, strings.Join(names, ", ")))
		}
	}
}

func (v *virtual) happen(text string) error {
	if rows, ok := strings.CutPrefix(text, "roll "); ok {
		n, err := strconv.Atoi(rows)
		if err != nil || n < 1 {
			return errors.New("no rows")
		}
		v.printer.Load(n)
		return nil
	}
	f, err := printertest.ParseFault(text)
	if err == nil {
		v.printer.Inject(f)
	}
	return err
}
