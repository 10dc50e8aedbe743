package main

import (
	"errors"
	"flag"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk/journal"
)

// activate activates cards that are handed out.
func activate(c *call) error {
	var name *string
	if err := c.parse(2, 2, func(f *flag.FlagSet) { name = operator(f) }); err != nil {
		return err
	}
	first, err := cards.NormalizeSerial(c.args[0])
	if err != nil {
		return err
	}
	last, err := cards.NormalizeSerial(c.args[1])
	if err != nil {
		return err
	}
	return c.with(func(s *station.Station) error {
		found, err := s.FoundRange(c.ctx, first, last)
		if err != nil {
			return err
		}
		if found.Why != "" {
			return told(errRange, c.words.Say(found.Why))
		}
		fresh, err := s.Journal.Activate(c.ctx, found.Range, *name)
		if err != nil {
			return err
		}
		say := orderedOf(journal.Order{Range: found.Range, State: cards.Activated})
		say.Count = fresh
		return c.say(say, "cli.activate.done", fresh)
	})
}

var errRange = errors.New("kioskctl: the range can't be activated here")
