package main

import (
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

func partnerAdd() command {
	return command{
		name: "partner add",
		do: func(k *call) error {
			name := k.flags.String("name", "", "")
			nameEn := k.flags.String("name-en", "", "")
			fromStdin := k.flags.Bool("password-stdin", false, "")
			by := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			if *name == "" {
				return k.misused("hub.use.name")
			}
			password, err := k.password(*fromStdin)
			if err != nil {
				return err
			}
			return k.with(func(s *store) error {
				if err := s.ledger.May(k.ctx, *by, ledger.RoleGrant); err != nil {
					return err
				}
				return s.registry.AddPartner(k.ctx, registry.Partner{ID: k.rest[0], Name: cards.Text{Ja: *name, En: *nameEn}}, password, *by)
			})
		},
	}
}

func partnerEnd() command {
	return command{
		name: "partner end",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				if err := s.ledger.May(k.ctx, *by, ledger.RoleGrant); err != nil {
					return err
				}
				return s.registry.EndPartner(k.ctx, k.rest[0], *by)
			})
		},
	}
}

// A partnerLine is a partner as JSON.
type partnerLine struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitempty"`
	Since  string `json:"since"`
	Ended  string `json:"ended,omitempty"`
}

func partnerList() command {
	return command{
		name: "partner list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				list, err := s.registry.Partners(k.ctx)
				if err != nil {
					return err
				}
				t, lines := newTable(k.Say("hub.head.partners")), k.lines()
				for _, p := range list {
					if *asJSON {
						line := partnerLine{p.ID, p.Name.Ja, p.Name.En, p.Since.In(cards.Japan).Format(time.RFC3339), ""}
						if !p.Ended.IsZero() {
							line.Ended = p.Ended.In(cards.Japan).Format(time.RFC3339)
						}
						if err := lines.Encode(line); err != nil {
							return err
						}
					}
					t.row(p.ID, p.Name.In(k.words.Lang()), moment(p.Since), moment(p.Ended))
				}
				if *asJSON {
					return nil
				}
				return t.write(k.out)
			})
		},
	}
}
