package main

import (
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// A settlementLine is what one partner took in one month of one scheme, as JSON.
type settlementLine struct {
	Partner string `json:"partner"`
	Name    string `json:"name"`
	Month   string `json:"month"`
	Scheme  string `json:"scheme,omitempty"`
	Tickets *int   `json:"tickets"` // null where none could be taken
	Points  *int64 `json:"points_used"`
	Yen     *int64 `json:"yen_owed"` // the points, in full
}

func reportSettlement() command {
	return command{
		name: "report settlement",
		do: func(k *call) error {
			month := k.flags.String("month", "", "")
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			now := time.Now().In(cards.Japan)
			from := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, cards.Japan)
			if *month != "" {
				said, err := time.ParseInLocation("2006-01", *month, cards.Japan)
				if err != nil {
					return k.misused("hub.use.month", *month)
				}
				from = said
			}
			return k.with(func(s *store) error {
				partners, err := s.registry.Partners(k.ctx)
				if err != nil {
					return err
				}
				taken, err := s.ledger.Settlement(k.ctx, "", from, from.AddDate(0, 1, 0))
				if err != nil {
					return err
				}
				return k.settlement(settled(partners, taken, from), *asJSON)
			})
		},
	}
}

// settled lists every partner in a month: what it took, 0 if it could have, and
// nothing said if it could not (DECISIONS 22).
func settled(partners []registry.Partner, taken []ledger.Settled, from time.Time) (lines []settlementLine) {
	until, month := from.AddDate(0, 1, 0), from.Format("2006-01")
	for _, p := range partners {
		found := false
		for _, one := range taken {
			if one.Partner == p.ID {
				found = true
				lines = append(lines, settlementLine{p.ID, p.Name.Ja, month, one.Scheme, &one.Tickets, &one.Points, &one.Points})
			}
		}
		if found {
			continue
		}
		line := settlementLine{Partner: p.ID, Name: p.Name.Ja, Month: month}
		if p.Since.Before(until) && (p.Ended.IsZero() || p.Ended.After(from)) {
			line.Tickets, line.Points, line.Yen = new(int), new(int64), new(int64)
		}
		lines = append(lines, line)
	}
	return lines
}

func (k *call) settlement(list []settlementLine, asJSON bool) error {
	t, lines := newTable(k.Say("hub.head.settlement")), k.lines()
	tickets, points := 0, int64(0)
	for _, one := range list {
		if asJSON {
			if err := lines.Encode(one); err != nil {
				return err
			}
		}
		if one.Tickets == nil {
			t.row(one.Partner, one.Name, one.Month, one.Scheme, "-", "-", "-")
			continue
		}
		tickets, points = tickets+*one.Tickets, points+*one.Points
		t.row(one.Partner, one.Name, one.Month, one.Scheme, *one.Tickets, words.Number(int(*one.Points)), words.Number(int(*one.Yen)))
	}
	if asJSON {
		return nil
	}
	t.row(k.Say("hub.settlement.sum"), "", "", "", tickets, words.Number(int(points)), words.Number(int(points)))
	return t.write(k.out)
}
