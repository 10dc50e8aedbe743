package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strconv"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
)

func kioskAdd() command {
	return command{
		name: "kiosk add",
		do: func(k *call) error {
			base := k.flags.String("url", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				address, err := s.address(*base)
				if err != nil {
					return k.misused("hub.use.url")
				}
				c := api.Code{Base: address, Fingerprint: sha256.Sum256(s.ledger.TrustKey())}
				secret, until, err := s.ledger.AddKiosk(k.ctx, k.rest[0])
				if err != nil {
					return err
				}
				copy(c.Secret[:], secret)
				if _, err := api.ParseCode(c.String()); err != nil {
					return k.fails("hub.err.url", address)
				}
				fmt.Fprintln(k.out, c)
				fmt.Fprintln(k.err, k.Say("hub.kiosk.code", until.In(cards.Japan).Format("15:04"), k.rest[0]))
				return nil
			})
		},
	}
}

func kioskGrant() command {
	return command{
		name: "kiosk grant",
		do: func(k *call) error {
			event := k.flags.String("event", "", "")
			count := k.flags.Uint("count", 0, "")
			points := k.flags.Uint("points", 0, "")
			day := k.flags.String("day", "", "")
			expires := k.flags.String("expires", "", "")
			kind := k.flags.String("kind", "card", "")
			batch := k.flags.Bool("batch", false, "")
			person := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			of, known := map[string]cards.Kind{"card": cards.KindCard, "ticket": cards.KindTicket}[*kind]
			if !known {
				return k.misused("hub.use.kind", *kind)
			}
			if *event == "" || *count == 0 || *count > cards.MaxNumber || *points > cards.MaxPoints {
				return k.misused("hub.use.grant", cards.MaxNumber, cards.MaxPoints)
			}
			g := ledger.Grant{Kiosk: k.rest[0], Event: *event, Kind: of, Count: uint32(*count), Points: uint32(*points), Batch: *batch, Person: *person}
			if err := k.day(*day, &g.Day); err != nil {
				return err
			}
			if err := k.day(*expires, &g.Expires); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				a, err := s.ledger.Grant(k.ctx, g)
				if err == nil {
					k.granted(a)
				}
				return err
			})
		},
	}
}

// granted says what a kiosk may issue from now on.
func (k *call) granted(a cards.Allotment) {
	switch {
	case a.Kind == cards.KindTicket:
		fmt.Fprintln(k.out, k.Say("hub.kiosk.granted.tickets", a.ID, a.Count, a.Points, a.Day, a.Expires))
	case a.Batch:
		fmt.Fprintln(k.out, k.Say("hub.kiosk.granted.batch", a.ID, words.Number(int(a.Count)), a.Points, a.Day, a.Expires))
	default:
		fmt.Fprintln(k.out, k.Say("hub.kiosk.granted", a.ID, a.Count, a.Points, a.Day, a.Expires))
	}
}

func kioskRevoke() command {
	return command{
		name: "kiosk revoke",
		do: func(k *call) error {
			retired := k.flags.Bool("retired", false, "")
			compromised := k.flags.Bool("compromised", false, "")
			since := k.flags.Uint64("since", 0, "")
			key := k.flags.Uint("key", 0, "")
			person := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			if *retired == *compromised || *retired && *since != 0 {
				return k.misused("hub.use.revoke")
			}
			r := ledger.Revocation{Kiosk: k.rest[0], Key: cards.KeyID(*key), How: cards.Retired, Since: *since, Person: *person}
			if *compromised {
				r.How = cards.Compromised
			}
			return k.with(func(s *store) error {
				if err := s.ledger.Revoke(k.ctx, r); err != nil {
					return err
				}
				return k.voidsOf(s, r.Kiosk)
			})
		},
	}
}

// voidsOf says how many cards a kiosk has voided, and withdrawn, where it was
// compromised: their holders have nothing until a person decides.
func (k *call) voidsOf(s *store, kiosk string) error {
	list, err := s.ledger.Disputes(k.ctx)
	count, yen := 0, 0
	for _, d := range list {
		for _, c := range d.Cards {
			if d.Kiosk == kiosk && c.Why == ledger.WhyVoid {
				count, yen = count+1, yen+int(d.Allotment.Points)
			}
		}
	}
	if count > 0 {
		fmt.Fprintln(k.out, k.Say("hub.kiosk.voids", count, words.Number(yen)))
	}
	batches, batchErr := s.ledger.Batches(k.ctx, 0)
	count, yen = 0, 0
	for _, b := range batches {
		for _, d := range b.Disputed {
			if d.Kiosk == kiosk && d.Why == ledger.WhySince {
				count, yen = count+d.Cards, yen+int(d.Yen)
			}
		}
	}
	if count > 0 {
		fmt.Fprintln(k.out, k.Say("hub.kiosk.withdrew", count, words.Number(yen)))
	}
	return cmp.Or(err, batchErr)
}

func kioskClear() command {
	return command{
		name: "kiosk clear",
		do: func(k *call) error {
			person := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			if *person == "" {
				return k.misused("hub.use.by")
			}
			return k.with(func(s *store) error { return s.ledger.Clear(k.ctx, k.rest[0], *person) })
		},
	}
}

func kioskCap() command {
	return command{
		name: "kiosk cap",
		do: func(k *call) error {
			person := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			yen, err := strconv.ParseUint(k.rest[0], 10, 62)
			if err != nil {
				return k.misused("hub.use.yen", k.rest[0])
			}
			return k.with(func(s *store) error { return s.ledger.SetCap(k.ctx, int64(yen), *person) })
		},
	}
}
