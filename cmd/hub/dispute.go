package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func disputeList() command {
	return command{
		name: "dispute list", args: "[--json]",
		help: "shows the cards of compromised kiosks that wait for a person: how many, and what they are worth",
		tells: `Why: late (its entry came after the revocation), since (its entry lies where the
kiosk was already compromised), unheard (somebody claims it, no entry came).
--json also names each card.
  hub dispute list`,
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "one JSON object a line")
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
	w := tabwriter.NewWriter(k.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KIOSK\tKEY\tEVENT\tDAY\tENTRIES\tCARDS\tYEN\tCLAIMS KEPT\tSINCE\tWHY")
	for _, d := range list {
		span := "-"
		if d.Entries > 0 {
			span = fmt.Sprintf("%d (%d-%d)", d.Entries, d.First, d.Last)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%d\t%s\t%d\t%s\t%s\n", d.Kiosk, d.Key, d.Allotment.Event.ID, d.Allotment.Day, span,
			len(d.Cards), words.Number(int(d.Yen())), d.Claims, d.Since.In(cards.Japan).Format("2006-01-02 15:04"), strings.Join(d.Why, ", "))
	}
	return w.Flush()
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
	Why       []string       `json:"why"`
	Cards     []disputedCard `json:"cards"`
}

type disputedCard struct {
	Serial string `json:"serial"`
	Entry  uint64 `json:"entry,omitempty"` // the first disputed one: a range that has it has the card
	Claims int    `json:"claims"`
	Why    string `json:"why"`
}

func (k *call) disputesJSON(list []ledger.Dispute) error {
	lines := json.NewEncoder(k.out)
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

func disputeAccept() command {
	return decideCommand("accept", "believes disputed entries: their cards are good, and claims that were kept have their points", true)
}

func disputeRefuse() command {
	return decideCommand("refuse", "believes nothing of disputed entries: their cards give no points, for ever", false)
}

func decideCommand(verb, help string, accept bool) command {
	return command{
		name: "dispute " + verb, args: "KIOSK --entries FROM-TO | SERIAL…  --cards N --by PERSON --reason TEXT",
		help: help,
		tells: fmt.Sprintf(`A decision is for good. --cards says how many cards you saw; if there are others by
now, or it is not said, the command tells number and yen and does nothing.
  hub dispute %[1]s station-1 --entries 101-150 --cards 17 --by 佐藤 --reason "名簿と合う"
  hub dispute %[1]s 0000-0080-008V --cards 1 --by 佐藤 --reason "本人の紙を見た"`, verb),
		do: func(k *call) error {
			entries := k.flags.String("entries", "", "the entries `FROM-TO` of the kiosk's journal")
			key := k.flags.Uint("key", 0, "the `KEY`, if several of the kiosk's have disputes")
			seen := k.flags.Int("cards", 0, "`N`, as many cards as you saw")
			person := k.flags.String("by", "", "who decides")
			reason := k.flags.String("reason", "", "why")
			if err := k.parse(1, 1000); err != nil {
				return err
			}
			d := ledger.Decision{Accept: accept, Key: cards.KeyID(*key), Cards: *seen, Person: *person, Reason: *reason}
			if d.Person == "" || d.Reason == "" {
				return usageError("dispute " + verb + ": say --by, who decides, and --reason")
			}
			if err := choose(&d, k.rest, *entries); err != nil {
				return err
			}
			return k.with(func(s *store) error { return k.decide(s, d) })
		},
	}
}

// choose says which cards a decision is about: a kiosk's entries, or serials.
func choose(d *ledger.Decision, rest []string, entries string) error {
	if entries != "" {
		from, to, _ := strings.Cut(entries, "-")
		var errFrom, errTo error
		d.From, errFrom = strconv.ParseUint(from, 10, 63)
		d.To, errTo = strconv.ParseUint(to, 10, 63)
		if d.Kiosk = rest[0]; errFrom != nil || errTo != nil || d.From == 0 || d.To < d.From || len(rest) > 1 {
			return usageError("say one kiosk and its --entries, like 101-150")
		}
		return nil
	}
	for _, text := range rest {
		s, err := cards.ParseSerial(text)
		if err != nil {
			return usageError(err.Error() + "; or say --entries of a kiosk")
		}
		d.Serials = append(d.Serials, s)
	}
	return nil
}

func (k *call) decide(s *store, d ledger.Decision) error {
	v, err := s.ledger.Decide(k.ctx, d)
	if seen := (*ledger.SeenError)(nil); errors.As(err, &seen) {
		return fmt.Errorf("nothing is decided: this is about %d cards, %s yen, %d claims kept; say --cards %[1]d if that is what you mean",
			seen.Cards, words.Number(int(seen.Yen)), seen.Claims)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(k.out, "decision %d: %d cards, %s yen: %d good, %d void, %d refused; %d claims have their points, %d have none\n",
		v.Decision, v.Cards, words.Number(int(v.Yen)), v.Good, v.Void, v.Refused, v.Redeemed, v.Left)
	return nil
}
