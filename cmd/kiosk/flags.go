package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"pointkiosk/assets/words"
	"pointkiosk/cmd/internal/station"
)

// errUsage reports a call that was not understood; its text was shown.
var errUsage = errors.New("usage")

// A line is what stood on the command line.
type line struct {
	data, config, printer, card string
	width, height               int // 0: as the settings say
	full                        bool
}

// read reads the command line. Help that was asked for goes to out, and
// flag.ErrHelp comes back.
func read(w *words.Words, args []string, out, errw io.Writer) (l line, err error) {
	flags := flag.NewFlagSet("kiosk", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&l.data, "data", "pointkiosk", "")
	flags.StringVar(&l.config, "config", "", "")
	flags.StringVar(&l.printer, "printer", "", "")
	flags.StringVar(&l.card, "card", "", "")
	size := flags.String("size", "", "")
	flags.BoolVar(&l.full, "full-screen", false, "")
	misused := func(why string) error {
		fmt.Fprintf(errw, "kiosk: %s\n\n%s\n", why, w.Say("kiosk.help"))
		return errUsage
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(out, w.Say("kiosk.help"))
		return l, err
	case err != nil:
		return l, misused(w.Say("cli.flag", err))
	case flags.NArg() > 0:
		return l, misused(w.Say("cli.words", 0, 0, flags.NArg()))
	}
	if *size != "" {
		if n, err := fmt.Sscanf(*size, "%dx%d", &l.width, &l.height); n != 2 || err != nil || l.width < 1 || l.height < 1 {
			return l, misused(w.Say("kiosk.size", *size))
		}
	}
	return l, nil
}

// over lays what the line says over the settings.
func (l line) over(s station.Settings) station.Settings {
	if l.printer != "" {
		s.Printer.URI = l.printer
	}
	if l.card != "" {
		s.Card.Reader = l.card
	}
	if l.width > 0 {
		s.Screen.Width, s.Screen.Height = l.width, l.height
	}
	s.Screen.FullScreen = s.Screen.FullScreen || l.full
	return s
}
