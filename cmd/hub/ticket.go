package main

import (
	"errors"
	"fmt"
	"time"

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
			asked := k.flags.Bool("after-restore", false, "")
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
				void := s.ledger.VoidTicket
				if *asked {
					void = s.ledger.VoidUnspent
				}
				points, err := void(k.ctx, serial, *by, *reason)
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

// A ticketLine is a ticket that has not ended, as JSON.
type ticketLine struct {
	Serial  string      `json:"serial"`
	Kiosk   string      `json:"kiosk"`
	Points  uint32      `json:"points"`
	Granted string      `json:"granted"`
	Expires string      `json:"expires"`
	Journal cards.State `json:"journal"` // empty if it was never signed, as far as was heard
}

func ticketList() command {
	return command{
		name: "ticket list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				list, err := s.ledger.OpenTickets(k.ctx)
				if err != nil {
					return err
				}
				t, lines := newTable(k.Say("hub.head.tickets")), k.lines()
				for _, one := range list {
					if *asJSON {
						if err := lines.Encode(ticketLine{one.Serial.String(), one.Kiosk, one.Points, one.Granted.In(cards.Japan).Format(time.RFC3339), one.Expires.String(), one.Journal}); err != nil {
							return err
						}
					}
					state := string(one.Journal)
					if state == "" {
						state = k.Say("hub.ticket.unsigned")
					}
					t.row(one.Serial, one.Kiosk, one.Points, moment(one.Granted), one.Expires, state)
				}
				if *asJSON {
					return nil
				}
				return t.write(k.out)
			})
		},
	}
}
