package main

import (
	"errors"
	"fmt"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func ticketVoid() command {
	return command{
		name: "ticket void",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			serial, err := cards.ParseSerial(k.rest[0])
			switch {
			case err != nil:
				return k.misused("hub.use.ticket", k.rest[0])
			case *by == "":
				return k.misused("hub.use.by")
			case *reason == "":
				return k.misused("hub.use.reason")
			}
			return k.with(func(s *store) error {
				points, err := s.ledger.VoidTicket(k.ctx, serial, *by, *reason)
				if refused := (*ledger.RefusedError)(nil); errors.As(err, &refused) {
					return k.fails("hub.ticket.ended", serial, k.ended(refused.Why))
				}
				if err == nil {
					fmt.Fprintln(k.out, k.Say("hub.ticket.void", serial, words.Number(int(points))))
				}
				return err
			})
		},
	}
}

// ended says how a ticket ended.
func (k *call) ended(why ledger.Refusal) string {
	switch why {
	case ledger.Used:
		return k.Say("hub.ticket.ended.used")
	case ledger.VoidCard:
		return k.Say("hub.ticket.ended.void")
	}
	return k.Say("hub.ticket.ended.lapsed")
}
