package main

import (
	"crypto/sha256"
	"fmt"
	"text/tabwriter"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
)

func kioskAdd() command {
	return command{
		name: "kiosk add", args: "NAME [--url URL]",
		help:  "names a kiosk and prints the code with which it enrols, once, within 30 minutes",
		tells: "  hub kiosk add station-1",
		do: func(k *call) error {
			base := k.flags.String("url", "", "the `URL` at which the kiosk reaches this hub")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				address, err := s.address(*base)
				if err != nil {
					return err
				}
				c := api.Code{Base: address, Fingerprint: sha256.Sum256(s.ledger.TrustKey())}
				secret, until, err := s.ledger.AddKiosk(k.ctx, k.rest[0])
				if err != nil {
					return err
				}
				copy(c.Secret[:], secret)
				if _, err := api.ParseCode(c.String()); err != nil {
					return fmt.Errorf("%w: is %q an address that ends with a slash?", err, address)
				}
				fmt.Fprintln(k.out, c)
				fmt.Fprintln(k.err, "good until", until.In(cards.Japan).Format("15:04"), "for one kiosk; whoever has it can enrol as", k.rest[0])
				return nil
			})
		},
	}
}

func kioskGrant() command {
	return command{
		name: "kiosk grant", args: "NAME --event E --count N [--points N] [--day DAY] [--expires DAY] [--practice]",
		help:  "lets a kiosk issue so many cards for one event's day",
		tells: "  hub kiosk grant station-1 --event natural-bar --count 500\n  hub kiosk grant station-1 --event natural-bar --count 50 --practice",
		do: func(k *call) error {
			event := k.flags.String("event", "", "the event's `ID`")
			count := k.flags.Uint("count", 0, "how many cards")
			points := k.flags.Uint("points", 0, "points a card (the event's if not said)")
			day := k.flags.String("day", "", "the event's `DAY` (as the event says)")
			expires := k.flags.String("expires", "", "the cards' last `DAY` (as the event says)")
			practice := k.flags.Bool("practice", false, "samples without worth")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			g := ledger.Grant{Kiosk: k.rest[0], Event: *event, Count: uint32(*count), Points: uint32(*points), Practice: *practice}
			if *event == "" || *count == 0 || *count > cards.MaxNumber || *points > cards.MaxPoints {
				return usageError(fmt.Sprintf("kiosk grant: say --event and --count (at most %d, of at most %d points)", cards.MaxNumber, cards.MaxPoints))
			}
			for text, d := range map[string]*cards.Day{*day: &g.Day, *expires: &g.Expires} {
				if text == "" {
					continue
				}
				var err error
				if *d, err = cards.ParseDay(text); err != nil {
					return usageError(err.Error())
				}
			}
			return k.with(func(s *store) error {
				a, err := s.ledger.Grant(k.ctx, g)
				if err == nil {
					fmt.Fprintf(k.out, "allotment %d: %d %ss of %d points on %s, good until %s\n", a.ID, a.Count, a.Kind, a.Points, a.Day, a.Expires)
				}
				return err
			})
		},
	}
}

func kioskRevoke() command {
	return command{
		name: "kiosk revoke", args: "NAME --retired | --compromised [--since N]",
		help: "ends a kiosk's keys",
		tells: `Retired: its cards stay good. Compromised: only those whose record the hub has
by now (of entries before N) stay good; all others wait for a person (hub dispute list).
  hub kiosk revoke station-1 --compromised`,
		do: func(k *call) error {
			retired := k.flags.Bool("retired", false, "it is not needed any more")
			compromised := k.flags.Bool("compromised", false, "it is lost, stolen or copied")
			since := k.flags.Uint64("since", 0, "compromised from entry `N` on")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			how := cards.Retired
			if *compromised {
				how = cards.Compromised
			}
			if *retired == *compromised || *retired && *since != 0 {
				return usageError("kiosk revoke: say --retired, or --compromised and perhaps --since")
			}
			return k.with(func(s *store) error { return s.ledger.Revoke(k.ctx, k.rest[0], how, *since) })
		},
	}
}

func kioskClear() command {
	return command{
		name: "kiosk clear", args: "NAME --by PERSON",
		help:  "lets a kiosk issue again that was stopped because its journal forked",
		tells: "  hub kiosk clear station-1 --by 佐藤",
		do: func(k *call) error {
			person := k.flags.String("by", "", "who decided so")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			if *person == "" {
				return usageError("kiosk clear: say --by, who decided so")
			}
			return k.with(func(s *store) error { return s.ledger.Clear(k.ctx, k.rest[0], *person) })
		},
	}
}

func kioskList() command {
	return command{
		name: "kiosk list", help: "shows every kiosk, and what it can cost if stolen now", tells: "  hub kiosk list",
		do: func(k *call) error {
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				kiosks, err := s.ledger.Kiosks(k.ctx)
				w := tabwriter.NewWriter(k.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "NAME\tKEY\tSTATE\tENTRIES\tLAST HEARD\tGRANTED\tISSUED\tENDED\tIF STOLEN NOW")
				for _, i := range kiosks {
					fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%s\t%d\t%d\t%d\tat most %s yen\n",
						i.Name, i.Key, stateOf(i), i.Cursor, heard(i), i.Granted, i.Issued, i.Ended, words.Number(int(i.AtRisk)))
				}
				w.Flush()
				if err != nil {
					return err
				}
				alarms, err := s.ledger.Alarms(k.ctx)
				for _, a := range alarms {
					fmt.Fprintf(k.out, "alarm %s: %s, key %d, entry %d: %s\n", a.At.In(cards.Japan).Format("2006-01-02 15:04"), a.Kind, a.Key, a.Seq, a.Words)
				}
				return err
			})
		},
	}
}

func stateOf(k ledger.Kiosk) string {
	switch {
	case k.Key == 0:
		return "not enrolled"
	case k.Revoked != "":
		return string(k.Revoked)
	case k.Stop != "":
		return "stopped: " + k.Stop
	}
	return "good"
}

func heard(k ledger.Kiosk) string {
	if k.Heard.IsZero() {
		return "-"
	}
	return k.Heard.In(cards.Japan).Format("2006-01-02 15:04")
}
