package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The roles that people have.
const (
	RoleDecide = "decide" // decides on disputed cards, and whether a stopped kiosk goes on
	RoleRevoke = "revoke" // ends keys
	RoleGrant  = "grant"  // grants allotments, and caps them
	RoleMyKey  = "mykey"  // binds and deletes MyKey IDs, and says which CAs count
	RolePeople = "people" // says who has a role
)

// Roles lists them.
func Roles() []string { return []string{RoleDecide, RoleRevoke, RoleGrant, RoleMyKey, RolePeople} }

// A RoleError reports somebody who does not have the role that this takes.
type RoleError struct{ Person, Role string }

func (e *RoleError) Error() string {
	return fmt.Sprintf("ledger: %q does not have the role %s", e.Person, e.Role)
}

// A Person has a role.
type Person struct {
	Name string
	Role string
	Said string // who said so; empty for those named before anybody could
	At   time.Time
}

// holders are those who have the role $1 now.
const holders = ` FROM person p WHERE p.role = $1 AND p.holds = 1
	AND NOT EXISTS (SELECT 1 FROM person n WHERE n.role = p.role AND n.name = p.name AND n.id > p.id)`

// may returns a [RoleError] unless the person has the role. What a hub did
// before it had people it goes on doing until somebody has the role for it, and
// not again when the last of them has left; but what is disputed nobody decides
// without (DECISIONS 7), nor does anybody touch a MyKey ID.
func (t *txn) may(person, role string) error {
	var named, his int64
	if _, err := t.one(`SELECT (SELECT COUNT(*) FROM person e WHERE e.role = $1), (SELECT COUNT(*)`+holders+` AND p.name = $2)`,
		[]any{role, person}, &named, &his); err != nil {
		return err
	}
	if his == 0 && (named > 0 || role == RoleDecide || role == RoleMyKey) {
		return &RoleError{Person: person, Role: role}
	}
	return nil
}

// AddPerson gives a person roles; said names who says so.
func (l *Ledger) AddPerson(ctx context.Context, name string, roles []string, said string) error {
	if name == "" || name != strings.TrimSpace(name) || len(name) > 64 || len(roles) == 0 {
		return fmt.Errorf("%w: a person has a name of 1 to 64 bytes, and a role", ErrBadRequest)
	}
	for _, role := range roles {
		if !slices.Contains(Roles(), role) {
			return fmt.Errorf("%w: no role %q: there are %s", ErrBadRequest, role, strings.Join(Roles(), ", "))
		}
	}
	return l.update(ctx, func(t *txn) error { return t.keepRoles(name, roles, said, true) })
}

// RemovePerson takes every role from a person. Who is the last to say who has
// a role stays until there is another.
func (l *Ledger) RemovePerson(ctx context.Context, name, said string) error {
	return l.update(ctx, func(t *txn) error {
		people, err := t.people()
		if err != nil {
			return err
		}
		var roles []string
		others := 0
		for _, p := range people {
			switch {
			case p.Name == name:
				roles = append(roles, p.Role)
			case p.Role == RolePeople:
				others++
			}
		}
		switch {
		case len(roles) == 0:
			return fmt.Errorf("%w: %q has no role", ErrBadRequest, name)
		case others == 0 && slices.Contains(roles, RolePeople):
			return fmt.Errorf("%w: nobody but %q says who has a role", ErrBadRequest, name)
		}
		return t.keepRoles(name, roles, said, false)
	})
}

func (t *txn) keepRoles(name string, roles []string, said string, holds bool) error {
	if err := t.may(said, RolePeople); err != nil {
		return err
	}
	for _, role := range roles {
		id, err := t.next(`SELECT COALESCE(MAX(id), 0) FROM person`)
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO person (id, name, role, holds, said, at) VALUES ($1, $2, $3, $4, $5, $6)`,
			id, name, role, bit(holds), said, t.ms()); err != nil {
			return err
		}
	}
	return nil
}

// People returns who has which role, role by role, in order of name.
func (l *Ledger) People(ctx context.Context) (people []Person, err error) {
	err = l.view(ctx, func(t *txn) error { people, err = t.people(); return err })
	return people, err
}

func (t *txn) people() (people []Person, err error) {
	for _, role := range Roles() {
		err = errorOr(err, t.each(`SELECT p.name, p.said, p.at`+holders+` ORDER BY p.name`, []any{role}, func(scan func(...any) error) error {
			p := Person{Role: role}
			var at int64
			err := scan(&p.Name, &p.Said, &at)
			p.At = time.UnixMilli(at)
			people = append(people, p)
			return err
		}))
	}
	return people, err
}
