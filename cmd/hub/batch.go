package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// batchRange reads ALLOTMENT FIRST LAST, or FIRST LAST as serials; ALLOTMENT
// alone is all of it where that may be.
func (k *call) batchRange(all bool) (r ledger.Range, err error) {
	line := k.rest
	if len(line) != 2 {
		id, err := strconv.ParseUint(line[0], 10, 32)
		if err != nil || id == 0 {
			return r, k.misused("hub.use.batch", line[0])
		}
		r.Allotment, line = uint32(id), line[1:]
	}
	if len(line) == 0 && all {
		return r, nil
	}
	if len(line) != 2 {
		return r, k.misused("hub.use.range")
	}
	for n, into := range []*uint32{&r.First, &r.Last} {
		s, err := k.batchNumber(line[n])
		if err != nil {
			return r, err
		}
		if s.Allotment != 0 && r.Allotment != 0 && s.Allotment != r.Allotment {
			return r, k.misused("hub.use.otherbatch", line[n], r.Allotment)
		}
		r.Allotment, *into = cmp.Or(r.Allotment, s.Allotment), s.Number
	}
	if r.Allotment == 0 || r.Last < r.First {
		return r, k.misused("hub.use.range")
	}
	return r, nil
}

// batchNumber reads a number, or the serial that is printed on the card.
func (k *call) batchNumber(text string) (s cards.Serial, err error) {
	if n, err := strconv.ParseUint(text, 10, 32); err == nil && n > 0 && n <= cards.MaxNumber {
		return cards.Serial{Number: uint32(n)}, nil
	}
	if s, err = cards.NormalizeSerial(text); err != nil {
		return s, k.misused("hub.use.number", text)
	}
	return s, nil
}

// A mustSay is what a person has to say of a range.
type mustSay struct {
	all  bool // of a batch, where they name no range
	why  bool // a reason
	seen bool // how many cards they saw it is about
}

// onRange is a command on a range of a batch, by a person.
func onRange(name string, must mustSay, do func(k *call, s *store, r ledger.Range) error) command {
	return command{
		name: name,
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			reason, seen := "", 0
			if must.why {
				k.flags.StringVar(&reason, "reason", "", "")
			}
			if must.seen {
				k.flags.IntVar(&seen, "cards", 0, "")
			}
			least := 2
			if must.all {
				least = 1
			}
			if err := k.parse(least, 3); err != nil {
				return err
			}
			r, err := k.batchRange(must.all)
			switch {
			case err != nil:
				return err
			case *by == "":
				return k.misused("hub.use.by")
			case must.why && reason == "":
				return k.misused("hub.use.reason")
			}
			r.Person, r.Reason, r.Seen = *by, reason, seen
			return k.with(func(s *store) error { return do(k, s, r) })
		},
	}
}

func batchActivate() command {
	return onRange("batch activate", mustSay{seen: true}, func(k *call, s *store, r ledger.Range) error {
		done, err := s.ledger.Activate(k.ctx, r)
		if err != nil {
			return err
		}
		fmt.Fprintln(k.out, k.Say("hub.batch.activated", words.Number(done.Cards), words.Number(int(done.Yen)), words.Number(done.Given)))
		if done.Withdrawn > 0 {
			fmt.Fprintln(k.err, k.Say("hub.batch.gone", words.Number(done.Withdrawn)))
			for _, g := range done.Gone {
				fmt.Fprintf(k.err, "  %d–%d\n", g.First, g.Last)
			}
		}
		return nil
	})
}

func batchWithdraw() command {
	return onRange("batch withdraw", mustSay{all: true, why: true}, func(k *call, s *store, r ledger.Range) error {
		done, err := s.ledger.Withdraw(k.ctx, r)
		if err == nil {
			fmt.Fprintln(k.out, k.Say("hub.batch.withdrawn", words.Number(done.Cards), words.Number(int(done.Yen))))
		}
		return err
	})
}

func batchLost() command {
	return onRange("batch lost", mustSay{why: true}, func(k *call, s *store, r ledger.Range) error {
		done, err := s.ledger.Lose(k.ctx, r)
		if err == nil {
			fmt.Fprintln(k.out, k.Say("hub.batch.lost", words.Number(done.Cards), words.Number(done.Void), words.Number(done.Honoured)))
		}
		return err
	})
}

func batchGrant() command {
	return command{
		name: "batch grant",
		do: func(k *call) error {
			kiosk := k.flags.String("kiosk", "", "")
			partner := k.flags.String("partner", "", "")
			by := k.flags.String("by", "", "")
			if err := k.parse(2, 3); err != nil {
				return err
			}
			r, err := k.batchRange(false)
			if err != nil {
				return err
			}
			if (*kiosk == "") == (*partner == "") {
				return k.misused("hub.use.kiosk")
			}
			r.Person = *by
			return k.with(func(s *store) error {
				if *partner != "" {
					return k.grantPartner(s, r, *partner)
				}
				err := s.ledger.GrantRange(k.ctx, r, *kiosk)
				if err == nil {
					fmt.Fprintln(k.out, k.Say("hub.batch.granted", *kiosk, r.First, r.Last, r.Allotment))
				}
				return err
			})
		},
	}
}

// grantPartner lets a partner activate a range, if there is such a partner.
func (k *call) grantPartner(s *store, r ledger.Range, typed string) error {
	list, err := s.registry.Partners(k.ctx)
	if err != nil {
		return err
	}
	id, err := registry.NormalizePartner(typed)
	if err != nil || !slices.ContainsFunc(list, func(p registry.Partner) bool { return p.ID == id && p.Ended.IsZero() }) {
		return errors.Join(err, registry.ErrPartner)
	}
	if err := s.ledger.GrantPartner(k.ctx, r, id); err != nil {
		return err
	}
	fmt.Fprintln(k.out, k.Say("hub.batch.granted.partner", id, r.First, r.Last, r.Allotment))
	return nil
}

// A batchLine is a batch as JSON.
type batchLine struct {
	Allotment   uint32 `json:"allotment"`
	Kiosk       string `json:"kiosk"`
	Event       string `json:"event"`
	Day         string `json:"day"`
	Points      uint32 `json:"points"`
	Count       uint32 `json:"count"`
	Made        uint32 `json:"made"`
	Inactive    uint32 `json:"inactive"`
	Withdrawn   uint32 `json:"withdrawn"`
	Active      uint32 `json:"active"` // redeemed, void, lapsed, outstanding
	Redeemed    uint32 `json:"redeemed"`
	Void        uint32 `json:"void"`
	Lapsed      uint32 `json:"lapsed"`
	Outstanding uint32 `json:"outstanding"`
	Waiting     int    `json:"waiting_claims"`
	Disputed    int    `json:"disputed_entries"`
}

func batchList() command {
	return command{
		name: "batch list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 1); err != nil {
				return err
			}
			only := uint64(0)
			if len(k.rest) > 0 {
				var err error
				if only, err = strconv.ParseUint(k.rest[0], 10, 32); err != nil || only == 0 {
					return k.misused("hub.use.batch", k.rest[0])
				}
			}
			return k.with(func(s *store) error {
				list, err := s.ledger.Batches(k.ctx, uint32(only))
				switch {
				case err != nil:
					return err
				case only != 0 && len(list) == 0:
					return k.fails("hub.err.batch", only)
				case *asJSON:
					return k.batchesJSON(list)
				}
				return k.batches(list, only != 0)
			})
		},
	}
}

func (k *call) batchesJSON(list []ledger.Batch) (err error) {
	lines := k.lines()
	for _, b := range list {
		a, c := b.Allotment, b.Cards
		err = errors.Join(err, lines.Encode(batchLine{a.ID, b.Kiosk, a.Event.ID, a.Day.String(), a.Points, a.Count, b.Made, b.Inactive, b.Withdrawn,
			c.Issued, c.Redeemed, c.Void, c.Lapsed, c.Outstanding(), b.Waiting, len(b.Disputed)}))
	}
	return err
}

// batches shows how each batch stands, and of one all that was said of it.
func (k *call) batches(list []ledger.Batch, whole bool) error {
	t := newTable(k.Say("hub.head.batches"))
	for _, b := range list {
		a, c := b.Allotment, b.Cards
		t.row(a.ID, b.Kiosk, a.Event.ID, a.Day, a.Points, a.Count, b.Made, b.Inactive, b.Withdrawn, c.Issued, c.Redeemed, c.Void, c.Lapsed, c.Outstanding(), b.Waiting)
	}
	err := t.write(k.out)
	for _, b := range list {
		for _, d := range b.Disputed {
			count, yen := words.Number(d.Cards), words.Number(int(d.Yen))
			if d.Why == ledger.WhySince {
				fmt.Fprintln(k.out, k.Say("hub.batch.doubted", b.Allotment.ID, d.First, d.Last, k.rangeState(d.State), d.Kiosk, d.Seq, count, yen))
				continue
			}
			fmt.Fprintln(k.out, k.Say("hub.batch.disputed", b.Allotment.ID, d.First, d.Last, k.rangeState(d.State), d.Kiosk, d.Seq, k.Say("cli.reason."+d.Why), count, yen))
		}
		if whole {
			err = errors.Join(err, k.batchSaid(b))
		}
	}
	return err
}

func (k *call) batchSaid(b ledger.Batch) error {
	fmt.Fprintln(k.out)
	t := newTable(k.Say("hub.head.ranges"))
	for _, g := range b.Granted {
		t.row(moment(g.At), k.Say("hub.range.may", cmp.Or(g.Kiosk, g.Partner)), g.First, g.Last, "-", "-", g.Person, "")
	}
	for _, g := range b.Ungranted {
		t.row(moment(g.At), k.Say("hub.range.maynot", cmp.Or(g.Kiosk, g.Partner)), g.First, g.Last, "-", "-", g.Person, g.Reason)
	}
	for _, r := range b.Said {
		from := "-"
		if r.Kiosk != "" {
			from = fmt.Sprintf("%s %d", r.Kiosk, r.Seq)
		}
		t.row(moment(r.At), k.rangeState(r.State), r.First, r.Last, r.Cards, from, cmp.Or(r.Person, r.Partner), k.why(r.Reason))
	}
	return t.write(k.out)
}

// why says a reason: what a person wrote, or the word key of what was tapped.
func (k *call) why(reason string) string {
	if reason == "sheets.end.reason" {
		return k.Say(reason)
	}
	return reason
}

// rangeState says what was said of a range.
func (k *call) rangeState(s cards.State) string {
	switch s {
	case cards.Making:
		return k.Say("hub.range.making")
	case cards.Made:
		return k.Say("hub.range.made")
	case cards.Opened:
		return k.Say("hub.range.opened")
	case cards.Activated:
		return k.Say("hub.range.activated")
	case cards.Withdrawn:
		return k.Say("hub.range.withdrawn")
	case cards.Lost:
		return k.Say("hub.range.lost")
	}
	return k.Say("hub.range.kept")
}
