package main

import (
	"fmt"
	"strconv"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
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
				list, err := s.ledger.Owed(k.ctx)
				if err != nil {
					return err
				}
				t, lines := newTable(k.Say("hub.head.owed")), k.lines()
				for _, o := range list {
					if *asJSON {
						if err := lines.Encode(owedLine{o.Slip, o.Kiosk, o.Scheme, o.Points, o.Prize.Ja, o.Operator, o.At.In(cards.Japan).Format(time.RFC3339)}); err != nil {
							return err
						}
					}
					t.row(o.Slip, o.Kiosk, moment(o.At), o.Prize.In(k.words.Lang()), o.Operator, o.Points)
				}
				if *asJSON {
					return nil
				}
				return t.write(k.out)
			})
		},
	}
}

// owing says, if so, that surpluses are owed: clean books may hold debts.
func (k *call) owing(s *store) error {
	list, err := s.ledger.Owed(k.ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	sum := 0
	for _, o := range list {
		sum += int(o.Points)
	}
	fmt.Fprintln(k.out, k.Say("hub.check.owed", len(list), words.Number(sum)))
	return nil
}

func prizePaid() command {
	return command{
		name: "prize paid",
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
				points, err := s.ledger.PayOwed(k.ctx, slip, *by, *reason)
				if err == nil {
					fmt.Fprintln(k.out, k.Say("hub.prize.paid", slip, words.Number(int(points))))
				}
				return err
			})
		},
	}
}
