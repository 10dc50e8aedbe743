package main

import (
	"fmt"
	"strconv"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
)

// eventBudget says what an event may give, or how much of that is left.
func eventBudget() command {
	return command{
		name: "event budget",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			end := k.flags.Bool("end", false, "")
			reason := k.flags.String("reason", "", "")
			if err := k.parse(1, 2); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				switch {
				case *end && len(k.rest) > 1:
					return k.misused("hub.use.yen", k.rest[1])
				case *end && *reason == "":
					return k.misused("hub.use.reason")
				case *end:
					return s.ledger.EndBudget(k.ctx, k.rest[0], *by, *reason)
				case len(k.rest) > 1:
					yen, err := strconv.ParseInt(k.rest[1], 10, 62)
					if err != nil || yen < 1 {
						return k.misused("hub.use.yen", k.rest[1])
					}
					return s.ledger.SetBudget(k.ctx, k.rest[0], yen, *by, *reason)
				}
				b, err := s.ledger.Budget(k.ctx, k.rest[0])
				switch {
				case err != nil:
					return err
				case !b.Set:
					fmt.Fprintln(k.out, k.Say("hub.event.nobudget", words.Number(int(b.Used))))
				default:
					fmt.Fprintln(k.out, k.Say("hub.event.budget", words.Number(int(b.Yen)), words.Number(int(b.Used)), words.Number(int(b.Yen-b.Used))))
				}
				return nil
			})
		},
	}
}

// eventMost says what a card of a scheme is worth at most.
func eventMost() command {
	return command{
		name: "event most",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			if err := k.parse(2, 2); err != nil {
				return err
			}
			points, err := strconv.ParseInt(k.rest[1], 10, 32)
			if err != nil || points < 1 || points > cards.MaxPoints {
				return k.misused("hub.use.points", k.rest[1], cards.MaxPoints)
			}
			return k.with(func(s *store) error { return s.ledger.SetMostPoints(k.ctx, k.rest[0], points, *by) })
		},
	}
}

// eventWait says how long claims wait for their cards to be activated.
func eventWait() command {
	return command{
		name: "event wait",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			if err := k.parse(0, 1); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				if len(k.rest) > 0 {
					days, err := strconv.ParseInt(k.rest[0], 10, 16)
					if err != nil || days < 1 {
						return k.misused("hub.use.days", k.rest[0])
					}
					return s.ledger.SetWait(k.ctx, days, *by)
				}
				days, err := s.ledger.Wait(k.ctx)
				if err == nil {
					fmt.Fprintln(k.out, k.Say("hub.event.wait", days))
				}
				return err
			})
		},
	}
}
