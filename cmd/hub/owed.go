package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// An owedLine is a surplus that nobody paid back, as JSON.
type owedLine struct {
	Slip     uint64 `json:"slip"`
	Kiosk    string `json:"kiosk"`
	Scheme   string `json:"scheme"`
	Points   uint32 `json:"points"`
	Prize    string `json:"prize"`
	Operator string `json:"operator"`
	At       string `json:"at"`
	Promised bool   `json:"promised,omitempty"` // a card was to pay it back, and none was heard of
}

func prizeOwed() command {
	return command{
		name: "prize owed",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				owed, errOwed := s.ledger.Owed(k.ctx)
				promised, errPromised := s.ledger.Promised(k.ctx)
				if err := errors.Join(errOwed, errPromised); err != nil {
					return err
				}
				if *asJSON {
					return errors.Join(k.owedJSON(owed, false), k.owedJSON(promised, true))
				}
				t := newTable(k.Say("hub.head.owed"))
				for n, o := range append(owed, promised...) {
					state := k.Say("hub.owed.owed")
					if n >= len(owed) {
						state = k.Say("hub.owed.promised")
					}
					t.row(o.Slip, o.Kiosk, moment(o.At), o.Prize.In(k.words.Lang()), o.Operator, o.Points, state)
				}
				return t.write(k.out)
			})
		},
	}
}

func (k *call) owedJSON(list []ledger.Owed, promised bool) error {
	lines := k.lines()
	for _, o := range list {
		if err := lines.Encode(owedLine{o.Slip, o.Kiosk, o.Scheme, o.Points, o.Prize.Ja, o.Operator, o.At.In(cards.Japan).Format(time.RFC3339), promised}); err != nil {
			return err
		}
	}
	return nil
}

// owing says, if so, that surpluses are owed, or promised and not paid: clean
// books may hold debts.
func (k *call) owing(s *store) error {
	owed, errOwed := s.ledger.Owed(k.ctx)
	promised, errPromised := s.ledger.Promised(k.ctx)
	for _, one := range []struct {
		key  string
		list []ledger.Owed
	}{{"hub.check.owed", owed}, {"hub.check.promised", promised}} {
		sum := 0
		for _, o := range one.list {
			sum += int(o.Points)
		}
		if sum > 0 {
			fmt.Fprintln(k.out, k.Say(one.key, len(one.list), words.Number(sum)))
		}
	}
	return errors.Join(errOwed, errPromised)
}

func prizePaid() command {
	return onSlip("prize paid", "hub.prize.paid", func(k *call, s *store, slip uint64, by, reason string) (uint32, error) {
		return s.ledger.PayOwed(k.ctx, slip, by, reason)
	})
}

func prizeOwe() command {
	return onSlip("prize owe", "hub.prize.owe", func(k *call, s *store, slip uint64, by, reason string) (uint32, error) {
		return s.ledger.OweSlip(k.ctx, slip, by, reason)
	})
}

// onSlip is a command on one prize slip by a person who may decide, with a
// reason; it tells the points.
func onSlip(name, says string, do func(k *call, s *store, slip uint64, by, reason string) (points uint32, err error)) command {
	return command{
		name: name,
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			slip, err := strconv.ParseUint(k.rest[0], 10, 62)
			switch {
			case err != nil || slip == 0:
				return k.misused("hub.use.slip", k.rest[0])
			case *by == "":
				return k.misused("hub.use.by")
			case *reason == "":
				return k.misused("hub.use.reason")
			}
			return k.with(func(s *store) error {
				points, err := do(k, s, slip, *by, *reason)
				if err == nil {
					fmt.Fprintln(k.out, k.Say(says, slip, words.Number(int(points))))
				}
				return err
			})
		},
	}
}
