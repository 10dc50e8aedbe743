package main

import (
	"strings"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func personAdd() command {
	return command{
		name: "person add",
		do: func(k *call) error {
			may := k.flags.String("may", "", "")
			by := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			roles := strings.FieldsFunc(*may, func(r rune) bool { return r == ',' })
			if len(roles) == 0 {
				return k.misused("hub.use.may", strings.Join(ledger.Roles(), ", "))
			}
			return k.with(func(s *store) error { return s.ledger.AddPerson(k.ctx, k.rest[0], roles, *by) })
		},
	}
}

func personRemove() command {
	return command{
		name: "person remove",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			return k.with(func(s *store) error { return s.ledger.RemovePerson(k.ctx, k.rest[0], *by) })
		},
	}
}

// A personLine is a person with a role, as JSON.
type personLine struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Since string `json:"since"`
	Said  string `json:"said_by,omitempty"`
}

func personList() command {
	return command{
		name: "person list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				people, err := s.ledger.People(k.ctx)
				if err != nil {
					return err
				}
				if !*asJSON {
					return k.people(people)
				}
				lines := k.lines()
				for _, p := range people {
					if err := lines.Encode(personLine{p.Name, p.Role, p.At.In(cards.Japan).Format(time.RFC3339), p.Said}); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

func (k *call) people(list []ledger.Person) error {
	t := newTable(k.Say("hub.head.people"))
	for _, p := range list {
		t.row(p.Name, p.Role, moment(p.At), p.Said)
	}
	return t.write(k.out)
}
