package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// onCard is a command on one point card by a person who may decide, with a
// reason; flags adds what else it takes and returns what is missing of that.
func onCard(name string, flags func(k *call) (missing func() string), do func(k *call, s *store, serial cards.Serial, by, reason string) error) command {
	return command{
		name: name,
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			missing := flags(k)
			if err := k.parse(1, 1); err != nil {
				return err
			}
			serial, err := cards.NormalizeSerial(k.rest[0])
			switch lacks := missing(); {
			case err != nil:
				return k.misused("hub.use.ticket", k.rest[0])
			case lacks != "":
				return k.misused(lacks)
			case *by == "":
				return k.misused("hub.use.by")
			case *reason == "":
				return k.misused("hub.use.reason")
			}
			return k.with(func(s *store) error {
				err := do(k, s, serial, *by, *reason)
				if refused := (*ledger.RefusedError)(nil); errors.As(err, &refused) {
					return k.fails("hub.card.refused", serial, k.cardEnded(refused.Why))
				}
				return err
			})
		},
	}
}

// cardEnded says what speaks against it.
func (k *call) cardEnded(why ledger.Refusal) string {
	switch why {
	case ledger.Used:
		return k.Say("hub.card.ended.used")
	case ledger.Inactive:
		return k.Say("hub.card.inactive")
	case ledger.Withdrawn:
		return k.Say("hub.card.withdrawn")
	case ledger.OncePerDay:
		return k.Say("hub.card.ended.day")
	case ledger.VoidCard, ledger.ByPerson, ledger.Revoked:
		return k.Say("hub.ticket.ended.void")
	}
	return k.Say("hub.ticket.ended.lapsed")
}

func cardVoid() command {
	return onCard("card void", func(*call) func() string { return func() string { return "" } },
		func(k *call, s *store, serial cards.Serial, by, reason string) error {
			points, err := s.ledger.VoidCard(k.ctx, serial, by, reason)
			if err == nil {
				fmt.Fprintln(k.out, k.Say("hub.card.void", serial, words.Number(int(points))))
			}
			return err
		})
}

func cardReverse() command {
	var to *string
	var nobody *bool
	return onCard("card reverse", func(k *call) func() string {
		to, nobody = k.flags.String("to", "", ""), k.flags.Bool("nobody", false, "")
		return func() string {
			if (*to == "") == !*nobody {
				return "hub.use.to"
			}
			return ""
		}
	}, func(k *call, s *store, serial cards.Serial, by, reason string) error {
		r := ledger.Reversal{Serial: serial, Person: by, Reason: reason}
		if !*nobody {
			var err error
			if r.To, err = s.registry.Account(k.ctx, *to); err != nil {
				return err
			}
		}
		done, err := s.ledger.Reverse(k.ctx, r)
		switch {
		case err != nil:
			return err
		case *nobody:
			fmt.Fprintln(k.out, k.Say("hub.card.givenup", serial, words.Number(int(done.Points))))
		default:
			fmt.Fprintln(k.out, k.Say("hub.card.reversed", serial, words.Number(int(done.Points)), done.Expires))
		}
		return nil
	})
}

// A reversalLine is a reversal as JSON.
type reversalLine struct {
	Serial  string `json:"serial"`
	From    string `json:"from"`         // the account
	To      string `json:"to,omitempty"` // none: the points were given up
	Points  int64  `json:"points"`
	Expires string `json:"expires"`
	Person  string `json:"person"`
	Reason  string `json:"reason"`
	At      string `json:"at"`
}

// reversals calls f for every one, in order.
func (s *store) reversals(ctx context.Context, f func(reversalLine) error) error {
	list, err := s.ledger.Reversals(ctx, "", math.MaxInt32)
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(list) {
		if err := f(reversalLine{r.Serial.String(), r.From, r.To, r.Points, r.Expires.String(), r.Person, r.Reason, r.At.In(cards.Japan).Format(time.RFC3339)}); err != nil {
			return err
		}
	}
	return nil
}
