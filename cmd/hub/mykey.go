package main

import (
	"fmt"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// staffed is a command on one MyKey ID by a person who has the role, with a
// reason.
func staffed(name string, do func(k *call, s *store, id, by, reason string) error) command {
	return command{
		name: name,
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			if *by == "" {
				return k.misused("hub.use.by")
			}
			if *reason == "" {
				return k.misused("hub.use.reason")
			}
			return k.with(func(s *store) error {
				if err := s.ledger.May(k.ctx, *by, ledger.RoleMyKey); err != nil {
					return err
				}
				return do(k, s, k.rest[0], *by, *reason)
			})
		},
	}
}

func myKeyRebind() command {
	return staffed("mykey rebind", func(k *call, s *store, id, by, reason string) error {
		until, err := s.registry.AllowRebind(k.ctx, id, by, reason)
		if err == nil {
			fmt.Fprintln(k.out, k.Say("hub.mykey.rebind", moment(until)))
		}
		return err
	})
}

func myKeyDelete() command {
	return staffed("mykey delete", func(k *call, s *store, id, by, reason string) error {
		err := s.registry.Delete(k.ctx, id, by, reason)
		if err == nil {
			fmt.Fprintln(k.out, k.Say("hub.mykey.deleted"))
		}
		return err
	})
}

// A deedLine is one line of the audit log, as JSON.
type deedLine struct {
	At      string `json:"at"`
	What    string `json:"what"`
	ID      string `json:"mykey_id,omitempty"`
	Account string `json:"account,omitempty"`
	Kiosk   string `json:"kiosk,omitempty"`
	Person  string `json:"person,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

func myKeyAudit() command {
	return command{
		name: "mykey audit",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 1); err != nil {
				return err
			}
			id := ""
			if len(k.rest) > 0 {
				id = k.rest[0]
			}
			lines, t := k.lines(), newTable(k.Say("hub.head.deeds"))
			return k.with(func(s *store) error {
				err := s.registry.Deeds(k.ctx, id, func(d registry.Deed) error {
					if *asJSON {
						return lines.Encode(deedLine{d.At.In(cards.Japan).Format(time.RFC3339), d.What, d.ID, d.Account, d.Kiosk, d.Person, d.Reason})
					}
					t.row(moment(d.At), k.Say("hub.deed."+d.What), d.ID, d.Kiosk, d.Person, d.Reason)
					return nil
				})
				if err != nil || *asJSON {
					return err
				}
				return t.write(k.out)
			})
		},
	}
}
