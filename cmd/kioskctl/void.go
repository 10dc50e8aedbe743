package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// A taking is a card to be taken back: which, by whom and why.
type taking struct {
	serial         cards.Serial
	reason, person string
	piped          bool // the PINs come from standard input, whatever that is
}

// void takes a card back: at once if nothing was ever sent to the printer,
// else by asking the hub.
func void(c *call) error {
	var reason, name *string
	var piped *bool
	if err := c.parse(1, 1, func(f *flag.FlagSet) {
		reason, name, piped = f.String("reason", "", ""), operator(f), f.Bool("pin-stdin", false, "")
	}); err != nil {
		return err
	}
	serial, err := cards.NormalizeSerial(c.args[0])
	if err != nil {
		return err
	}
	if *reason == "" {
		return c.misused(c.words.Say("cli.void.reason"))
	}
	return c.with(func(s *station.Station) error {
		return c.takeBack(s, taking{serial, *reason, *name, *piped})
	})
}

func (c *call) takeBack(s *station.Station, t taking) error {
	state, copy, err := s.Journal.State(c.ctx, t.serial)
	if err != nil {
		return err
	}
	next, key := cards.VoidAsked, "cli.void.asked"
	if state == cards.Signed { // nothing was ever sent to a printer
		next, key = cards.Void, "cli.void.void"
		_, err = s.Journal.Mark(c.ctx, t.serial, next, t.person, t.reason)
	} else {
		err = c.askVoid(s, t)
	}
	if errors.Is(err, journal.ErrState) {
		return told(err, c.words.Say("cli.err.state.is", t.serial.String(), c.word("state", string(state))))
	}
	if err != nil {
		return err
	}
	return c.say(card{Serial: t.serial.String(), State: next, Copy: copy}, key, t.serial.String())
}

// askVoid asks for a second person where the journal wants one. Both then
// prove who they are, as at the window: a name alone proves nothing.
func (c *call) askVoid(s *station.Station, t taking) error {
	err := s.Journal.AskVoid(c.ctx, t.serial, t.person, "", t.reason)
	if !errors.Is(err, journal.ErrSecond) || !t.piped && c.terminal() == nil {
		return err
	}
	desk := s.NewDesk()
	first, err := c.prove(desk, c.words.Say("cli.pin.first"))
	if err != nil {
		return err
	}
	second, err := c.prove(desk, c.words.Say("cli.pin.second"))
	if err != nil {
		return err
	}
	if first == second {
		return told(journal.ErrSecond, c.words.Say("cli.err.pin.same"))
	}
	return s.Journal.AskVoid(c.ctx, t.serial, first, second, t.reason)
}

var errPIN = errors.New("not a staff PIN")

// prove returns whose staff PIN is typed.
func (c *call) prove(desk *station.Desk, ask string) (name string, err error) {
	typed, err := c.secret(ask)
	if err != nil {
		return "", err
	}
	switch e := desk.Do(c.ctx, kiosk.Unlock{PIN: typed}).(type) {
	case kiosk.DoorOpened:
		return e.Operator, nil
	case kiosk.DoorRefused:
		if e.Wait > 0 {
			return "", told(errPIN, c.words.Say("cli.err.pin.wait", e.Wait))
		}
	}
	return "", told(errPIN, c.words.Say("cli.err.pin"))
}

// pin turns a staff PIN into what the settings hold.
func pin(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	secret, err := c.secret(c.words.Say("cli.pin.ask"))
	if err != nil {
		return err
	}
	typed := string(secret)
	if len(typed) < 4 || len(typed) > 8 || strings.Trim(typed, "0123456789") != "" {
		return c.misused(c.words.Say("cli.pin.digits"))
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(typed), bcrypt.DefaultCost)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, string(hash))
	return nil
}
