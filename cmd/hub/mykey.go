package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// An order is what a person says of one MyKey ID.
type order struct{ id, by, reason string }

// staffed is a command on one MyKey ID by a person who has the role, with a
// reason; flags adds its own flags, and returns what is done with them.
func staffed(name string, flags func(k *call) (do func(s *store, o order) error)) command {
	return command{
		name: name,
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			do := flags(k)
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
				return do(s, order{k.rest[0], *by, *reason})
			})
		},
	}
}

func myKeyRebind() command {
	return staffed("mykey rebind", func(k *call) func(*store, order) error {
		kiosk := k.flags.String("kiosk", "", "")
		return func(s *store, o order) error {
			if *kiosk == "" {
				return k.misused("hub.use.kiosk")
			}
			if err := s.enrolled(k.ctx, *kiosk); err != nil {
				return err
			}
			until, err := s.registry.AllowRebind(k.ctx, o.id, *kiosk, o.by, o.reason)
			if err == nil {
				fmt.Fprintln(k.out, k.Say("hub.mykey.rebind", moment(until), *kiosk))
			}
			return err
		}
	})
}

// enrolled refuses a kiosk that has no key that counts: nobody can apply there.
func (s *store) enrolled(ctx context.Context, kiosk string) error {
	all, err := s.ledger.Kiosks(ctx)
	if err == nil && !slices.ContainsFunc(all, func(k ledger.Kiosk) bool { return k.Name == kiosk && k.Key != 0 && k.Revoked == "" }) {
		err = ledger.ErrNoKiosk
	}
	return err
}

func myKeyDelete() command {
	return staffed("mykey delete", func(k *call) func(*store, order) error {
		return func(s *store, o order) error {
			err := s.registry.Delete(k.ctx, o.id, o.by, o.reason)
			if err == nil {
				fmt.Fprintln(k.out, k.Say("hub.mykey.deleted"))
			}
			return err
		}
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
