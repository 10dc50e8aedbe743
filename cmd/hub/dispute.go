package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func disputeList() command {
	return command{
		name: "dispute list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				list, err := s.ledger.Disputes(k.ctx)
				if err != nil {
					return err
				}
				if *asJSON {
					return k.disputesJSON(list)
				}
				return k.disputes(list)
			})
		},
	}
}

func (k *call) disputes(list []ledger.Dispute) error {
	t := newTable(k.Say("hub.head.disputes"))
	for _, d := range list {
		span := "-"
		if d.Entries > 0 {
			span = fmt.Sprintf("%d (%d-%d)", d.Entries, d.First, d.Last)
		}
		t.row(d.Kiosk, d.Key, d.Allotment.Event.ID, d.Allotment.Day, span, len(d.Cards), words.Number(int(d.Yen())), d.Claims,
			moment(d.Since), strings.Join(d.Why, ", "))
	}
	return t.write(k.out)
}

// A disputeLine is a dispute as JSON.
type disputeLine struct {
	Kiosk     string         `json:"kiosk"`
	Key       cards.KeyID    `json:"key"`
	Allotment uint32         `json:"allotment"`
	Event     string         `json:"event"`
	Day       string         `json:"day"`
	Entries   int            `json:"entries"`
	First     uint64         `json:"first,omitempty"`
	Last      uint64         `json:"last,omitempty"`
	Yen       int64          `json:"yen"`
	Claims    int            `json:"claims"`
	Since     string         `json:"since"`
	Why       []string       `json:""`
	Cards     []disputedCard `json:"cards"`
}

type disputedCard struct {
	Serial string `json:"serial"`
	Entry  uint64 `json:"entry,omitempty"` // the first disputed one: a range that has it has the card
	Claims int    `json:"claims"`
	Why    string `json:""`
}

func (k *call) disputesJSON(list []ledger.Dispute) error {
	lines := k.lines()
	for _, d := range list {
		line := disputeLine{Kiosk: d.Kiosk, Key: d.Key, Allotment: d.Allotment.ID, Event: d.Allotment.Event.ID, Day: d.Allotment.Day.String(), Entries: d.Entries,
			First: d.First, Last: d.Last, Yen: d.Yen(), Claims: d.Claims, Since: d.Since.In(cards.Japan).Format(time.RFC3339), Why: d.Why}
		for _, c := range d.Cards {
			line.Cards = append(line.Cards, disputedCard{c.Serial.String(), c.First, c.Claims, c.Why})
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func disputeAccept() command { return decideCommand("accept", true) }
func disputeRefuse() command { return decideCommand("refuse", false) }

func decideCommand(verb string, accept bool) command {
	return command{
		name: "dispute " + verb,
		do: func(k *call) error {
			entries := k.flags.String("entries", "", "")
			key := k.flags.Uint("key", 0, "")
			seen := k.flags.Int("cards", 0, "")
			person := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			if err := k.parse(1, 1000); err != nil {
				return err
			}
			d := ledger.Decision{Accept: accept, Key: cards.KeyID(*key), Cards: *seen, Person: *person, Reason: *reason}
			switch {
			case d.Person == "":
				return k.misused("hub.use.by")
			case d.Reason == "":
				return k.misused("hub.use.reason")
			}
			if err := k.choose(&d, *entries); err != nil {
				return err
			}
			return k.with(func(s *store) error { return k.decide(s, d) })
		},
	}
}

// choose says which cards a decision is about: a kiosk's entries, or serials.
func (k *call) choose(d *ledger.Decision, entries string) error {
	if entries != "" {
		from, to, _ := strings.Cut(entries, "-")
		var errFrom, errTo error
		d.From, errFrom = strconv.ParseUint(from, 10, 63)
		d.To, errTo = strconv.ParseUint(to, 10, 63)
		if d.Kiosk = k.rest[0]; errFrom != nil || errTo != nil || d.From == 0 || d.To < d.From || len(k.rest) > 1 {
			return k.misused("hub.use.entries")
		}
		return nil
	}
	for _, text := range k.rest {
		s, err := cards.ParseSerial(text)
		if err != nil {
			return k.misused("hub.use.serial", text)
		}
		d.Serials = append(d.Serials, s)
	}
	return nil
}

func (k *call) decide(s *store, d ledger.Decision) error {
	v, err := s.ledger.Decide(k.ctx, d)
	if err == nil {
		fmt.Fprintln(k.out, k.Say("hub.decided", v.Decision, v.Cards, words.Number(int(v.Yen)), v.Good, v.Void, v.Refused, v.Redeemed, v.Left))
	}
	return err
}
