package ledger_test

import (
	"context"
	"errors"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// Who may do what: on what is disputed nobody decides without the role; the
// rest anybody does until somebody is named for it.
func TestRoles(t *testing.T) {
	ctx := context.Background()
	acts := map[string]func(*book, string) error{
		ledger.RoleDecide: func(b *book, who string) error {
			_, err := b.Decide(ctx, ledger.Decision{Serials: []cards.Serial{b.serial(3)}, Cards: 1, Person: who, Reason: "r"})
			return err
		},
		ledger.RoleRevoke: func(b *book, who string) error {
			return b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 2, Person: who})
		},
		ledger.RoleGrant: func(b *book, who string) error {
			b.enrol("station-2", key("n"), key("o"))
			_, err := b.Grant(ctx, ledger.Grant{Kiosk: "station-2", Event: "walk", Count: 1, Person: who})
			return err
		},
		"cap":             func(b *book, who string) error { return b.SetCap(ctx, 1, who) },
		ledger.RolePeople: func(b *book, who string) error { return b.AddPerson(ctx, "田中", []string{ledger.RoleGrant}, who) },
		"remove":          func(b *book, who string) error { return b.RemovePerson(ctx, "佐藤", who) },
		"clear":           func(b *book, who string) error { return b.Clear(ctx, "station-1", who) },
	}
	for _, tt := range []struct {
		act, role string
		who       string
		named     bool // 鈴木 has the role
		may       bool
	}{
		{"decide", "decide", "田中", false, false}, {"decide", "decide", "鈴木", false, false}, {"decide", "decide", "鈴木", true, true}, {"decide", "revoke", "鈴木", true, false},
		{"clear", "decide", "", false, false}, {"clear", "decide", "鈴木", true, true}, {"clear", "grant", "鈴木", true, false},
		{"revoke", "revoke", "", false, true}, {"revoke", "revoke", "", true, false}, {"revoke", "revoke", "田中", true, false}, {"revoke", "revoke", "鈴木", true, true},
		{"grant", "grant", "", false, true}, {"grant", "grant", "", true, false}, {"grant", "grant", "鈴木", true, true},
		{"cap", "grant", "", false, true}, {"cap", "grant", "田中", true, false}, {"cap", "grant", "鈴木", true, true},
		{"people", "people", "", false, true}, {"people", "people", "田中", true, false}, {"people", "people", "鈴木", true, true},
		{"remove", "people", "", false, true}, {"remove", "people", "田中", true, false}, {"remove", "people", "鈴木", true, true},
	} {
		b := stolen(t)
		if tt.named {
			check(t, b.AddPerson(ctx, "鈴木", []string{tt.role}, ""))
		}
		err := acts[tt.act](b, tt.who)
		if refused := errors.As(err, new(*ledger.RoleError)); refused == tt.may {
			t.Errorf("%s by %q, who has %s: %v: %v", tt.act, tt.who, tt.role, tt.named, err)
		}
	}
}

// A role is taken away again, and given back; each step names who said so.
func TestPeople(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	check(t, b.AddPerson(ctx, "鈴木", []string{ledger.RolePeople, ledger.RoleDecide}, ""))
	check(t, b.RemovePerson(ctx, "佐藤", "鈴木"))
	if err := b.RemovePerson(ctx, "佐藤", "鈴木"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := b.Decide(ctx, ledger.Decision{Serials: []cards.Serial{b.serial(1)}, Cards: 1, Person: "佐藤", Reason: "r"}); !errors.As(err, new(*ledger.RoleError)) {
		t.Errorf("a person who left decides: %v", err)
	}
	check(t, b.AddPerson(ctx, "佐藤", []string{ledger.RoleGrant}, "鈴木"))
	people, err := b.People(ctx)
	check(t, err)
	want := []ledger.Person{{Name: "鈴木", Role: "decide"}, {Name: "佐藤", Role: "grant", Said: "鈴木"}, {Name: "鈴木", Role: "people"}}
	if len(people) != len(want) {
		t.Fatalf("%+v", people)
	}
	for n, p := range people {
		if want[n].At = b.clock(); p != want[n] {
			t.Errorf("%+v, want %+v", p, want[n])
		}
	}
	for _, bad := range []struct {
		name  string
		roles []string
	}{{"", []string{"grant"}}, {" 佐藤", []string{"grant"}}, {"佐藤", nil}, {"佐藤", []string{"king"}}} {
		if err := b.AddPerson(ctx, bad.name, bad.roles, "鈴木"); !errors.Is(err, ledger.ErrBadRequest) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// Where somebody had a role, it does not become everybody's when the last one
// leaves; and there is always one who can name the next.
func TestLastOneLeaves(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	check(t, b.AddPerson(ctx, "鈴木", []string{ledger.RolePeople}, ""))
	check(t, b.AddPerson(ctx, "田中", []string{ledger.RoleGrant}, "鈴木"))
	check(t, b.RemovePerson(ctx, "田中", "鈴木"))
	for _, who := range []string{"", "田中", "鈴木"} {
		if _, err := b.Grant(ctx, ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 1, Person: who}); !errors.As(err, new(*ledger.RoleError)) {
			t.Errorf("%q grants, as the last who might has left: %v", who, err)
		}
	}
	if err := b.RemovePerson(ctx, "鈴木", "鈴木"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("the last to say who has a role leaves: %v", err)
	}
	check(t, b.AddPerson(ctx, "中村", []string{ledger.RolePeople}, "鈴木"))
	check(t, b.RemovePerson(ctx, "鈴木", "中村"))
}

// An unbound kiosk holds no more than the cap, under all its keys together.
func TestCap(t *testing.T) {
	b, _, _ := again(t) // holds 200 x 100, 50 x 100 and, by its newer key, 50 x 100
	ctx := context.Background()
	check(t, b.SetCap(ctx, 30_000+1000, ""))
	for _, tt := range []struct {
		count uint32
		yen   int64 // that would be too much
	}{{21, 31_050}, {20, 0}, {1, 31_050}} {
		_, err := b.Grant(ctx, ledger.Grant{Kiosk: "station-1", Event: "walk", Count: tt.count})
		if e := (*ledger.CapError)(nil); errors.As(err, &e) != (tt.yen > 0) || tt.yen > 0 && *e != (ledger.CapError{Cap: 31_000, Yen: tt.yen}) {
			t.Errorf("%d cards: %v", tt.count, err)
		}
	}
	check(t, b.SetCap(ctx, 0, ""))
	b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 100})
	b.clean()
}
