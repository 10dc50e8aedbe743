package main

import (
	"fmt"
	"strconv"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func prizeAdd() command {
	return command{
		name: "prize add",
		do: func(k *call) error {
			name := k.flags.String("name", "", "")
			nameEn := k.flags.String("name-en", "", "")
			scheme := k.flags.String("scheme", "", "")
			points := k.flags.Uint("points", 0, "")
			stock := k.flags.Uint("stock", 0, "")
			by := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			if *name == "" || *scheme == "" || *points == 0 || *points > cards.MaxPoints || *stock > 1<<31 {
				return k.misused("hub.use.prize", cards.MaxPoints)
			}
			p := ledger.Prize{ID: k.rest[0], Scheme: *scheme, Name: cards.Text{Ja: *name, En: *nameEn}, Points: uint32(*points), Stock: int64(*stock)}
			return k.with(func(s *store) error { return s.ledger.AddPrize(k.ctx, p, *by) })
		},
	}
}

func prizeStock() command {
	return command{
		name: "prize stock",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			more := k.flags.Uint("more", 0, "")
			less := k.flags.Uint("less", 0, "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			if (*more == 0) == (*less == 0) || *more > 1<<31 || *less > 1<<31 {
				return k.misused("hub.use.stock")
			}
			return k.with(func(s *store) error {
				stock, err := s.ledger.StockPrize(k.ctx, k.rest[0], int64(*more)-int64(*less), *by)
				if err == nil {
					fmt.Fprintln(k.out, k.Say("hub.prize.stock", k.rest[0], stock))
				}
				return err
			})
		},
	}
}

func prizeRule() command {
	return command{
		name: "prize rule",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			aDay, err := strconv.ParseUint(k.rest[0], 10, 32)
			if err != nil || aDay == 0 || aDay > cards.MaxPut {
				return k.misused("hub.use.aday", k.rest[0], cards.MaxPut)
			}
			return k.with(func(s *store) error { return s.ledger.SetPrizeRule(k.ctx, uint32(aDay), *by) })
		},
	}
}

// A prizeLine is a prize as JSON.
type prizeLine struct {
	ID     string `json:"id"`
	Scheme string `json:"scheme"`
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitempty"`
	Points uint32 `json:"points"`
	Stock  int64  `json:"stock"`
}

func prizeList() command {
	return command{
		name: "prize list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				list, err := s.ledger.Prizes(k.ctx)
				if err != nil {
					return err
				}
				aDay, err := s.ledger.PrizeRule(k.ctx)
				if err != nil {
					return err
				}
				t, lines := newTable(k.Say("hub.head.prizes")), k.lines()
				for _, p := range list {
					if *asJSON {
						if err := lines.Encode(prizeLine{p.ID, p.Scheme, p.Name.Ja, p.Name.En, p.Points, p.Stock}); err != nil {
							return err
						}
					}
					t.row(p.ID, p.Scheme, p.Name.In(k.words.Lang()), p.Points, p.Stock)
				}
				if *asJSON {
					return nil
				}
				if err := t.write(k.out); err != nil {
					return err
				}
				fmt.Fprintf(k.out, "\n%s\n", k.Say("hub.prize.rule", aDay))
				return nil
			})
		},
	}
}
