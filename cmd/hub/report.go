package main

import (
	"cmp"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func reportHonoured() command {
	return command{
		name: "report honoured",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				list, err := s.ledger.HonouredCards(k.ctx)
				if err != nil {
					return err
				}
				if *asJSON {
					return k.honouredJSON(list)
				}
				t := newTable(k.Say("hub.head.honoured"))
				for _, h := range list {
					t.row(cmp.Or(h.Kiosk, "-"), h.Operator, len(h.Cards), words.Number(int(h.Points)))
				}
				return t.write(k.out)
			})
		},
	}
}

// An honouredLine is what one operator of a kiosk asked for, as JSON.
type honouredLine struct {
	Kiosk    string         `json:"kiosk"`
	Operator string         `json:"operator"`
	Count    int            `json:"count"`
	Points   int64          `json:"points"`
	Cards    []honouredCard `json:"cards"`
}

type honouredCard struct {
	Serial   string      `json:"serial"`
	Key      cards.KeyID `json:"key"`
	Entry    uint64      `json:"entry"`
	Reason   string      `json:"reason"`
	Second   string      `json:"second,omitempty"`
	Redeemed string      `json:"redeemed"`
}

func (k *call) honouredJSON(list []ledger.Honoured) error {
	lines := k.lines()
	for _, h := range list {
		line := honouredLine{Kiosk: h.Kiosk, Operator: h.Operator, Count: len(h.Cards), Points: h.Points}
		for _, c := range h.Cards {
			line.Cards = append(line.Cards, honouredCard{c.Serial.String(), c.Key, c.Entry, c.Reason, c.Second, c.Redeemed.In(cards.Japan).Format(time.RFC3339)})
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
