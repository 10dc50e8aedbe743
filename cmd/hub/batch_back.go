package main

import (
	"cmp"
	"fmt"

	"pointkiosk/assets/words"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// batchKeep makes cards inactive again that only a compromised key withdrew.
func batchKeep() command {
	return onRange("batch keep", mustSay{all: true, why: true, seen: true}, func(k *call, s *store, r ledger.Range) error {
		done, err := s.ledger.Keep(k.ctx, r)
		if err == nil {
			fmt.Fprintln(k.out, k.Say("hub.batch.kept", words.Number(done.Cards), words.Number(int(done.Yen))))
		}
		return err
	})
}

// batchUngrant takes back what a kiosk or a partner may activate.
func batchUngrant() command {
	return command{
		name: "batch ungrant",
		do: func(k *call) error {
			kiosk := k.flags.String("kiosk", "", "")
			partner := k.flags.String("partner", "", "")
			by := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			if err := k.parse(0, 3); err != nil {
				return err
			}
			r := ledger.Range{} // everything
			if len(k.rest) > 0 {
				var err error
				if r, err = k.batchRange(true); err != nil {
					return err
				}
			}
			switch {
			case (*kiosk == "") == (*partner == ""):
				return k.misused("hub.use.kiosk")
			case *by == "":
				return k.misused("hub.use.by")
			case *reason == "":
				return k.misused("hub.use.reason")
			}
			r.Person, r.Reason = *by, *reason
			return k.with(func(s *store) error { return k.ungrant(s, r, *kiosk, *partner) })
		},
	}
}

func (k *call) ungrant(s *store, r ledger.Range, kiosk, partner string) (err error) {
	var done ledger.Ungranted
	if kiosk != "" {
		done, err = s.ledger.UngrantRange(k.ctx, r, kiosk)
	} else if partner, err = registry.NormalizePartner(partner); err == nil {
		done, err = s.ledger.UngrantPartner(k.ctx, r, partner)
	}
	if err == nil {
		fmt.Fprintln(k.out, k.Say("hub.batch.ungranted", cmp.Or(kiosk, partner), words.Number(done.Cards), words.Number(done.Active), words.Number(done.Inactive), words.Number(int(done.Yen))))
	}
	return err
}
