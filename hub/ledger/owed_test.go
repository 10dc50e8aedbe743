package ledger_test

import (
	"context"
	"errors"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// newOwing is a shelf with a slip whose card over 100 points never comes, and one
// that owes nothing.
func newOwing(t *testing.T) (b *shelf, bare cards.PrizeTake) {
	b = newShelf(t)
	take := b.bag(100, b.card(b.cards, 1), b.card(b.walk, 1))
	take.Change = b.change.ID
	first := b.takes(take)
	bare = take
	bare.Cards, bare.Unpaid = nil, true
	for range 2 { // its answer may be lost
		if a := b.takes(bare); a.Slip != first.Slip || a.Refused != "" {
			t.Fatalf("%+v", a)
		}
	}
	b.takes(b.bag(50, b.card(b.cards, 3)))
	return b, bare
}

// What no card pays back is owed once, and a person pays it back once.
func TestOwed(t *testing.T) {
	b, bare := newOwing(t)
	ctx := context.Background()
	check(t, b.AddPerson(ctx, "佐藤", []string{ledger.RoleDecide, ledger.RolePeople}, ""))
	list, err := b.Owed(ctx)
	if check(t, err); len(list) != 1 || list[0].Slip != 1 || list[0].Points != 100 || list[0].Kiosk != "station-1" || list[0].Operator != "山田" {
		t.Fatalf("%+v", list)
	}
	if b.sum("owed:らづポイント") != 100 || b.sum("change:らづポイント") != 0 {
		t.Error("the book is wrong")
	}
	b.clean()
	for _, tt := range []struct {
		name           string
		slip           uint64
		person, reason string
	}{{"without the role", 1, "山田", "r"}, {"no reason", 1, "佐藤", ""}, {"no such slip", 9, "佐藤", "r"}, {"nothing is owed", 2, "佐藤", "r"}} {
		if _, err := b.PayOwed(ctx, tt.slip, tt.person, tt.reason); err == nil {
			t.Errorf("%s: paid", tt.name)
		}
	}
	if points, err := b.PayOwed(ctx, 1, "佐藤", "別のポイントカードを渡した"); err != nil || points != 100 {
		t.Errorf("%d, %v", points, err)
	}
	if _, err := b.PayOwed(ctx, 1, "佐藤", "again"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("twice: %v", err)
	}
	b.takes(bare)
	if list, err := b.Owed(ctx); err != nil || len(list) != 0 || b.sum("owed:らづポイント") != 0 || b.sum("change:らづポイント") != 100 {
		t.Errorf("%+v, %v", list, err)
	}
	b.clean()
}

// The entries of cards that came to nothing may come after their kiosk's word; a
// card that it signed all the same pays.
func TestOwedByTheKiosk(t *testing.T) {
	for _, sent := range []bool{false, true} {
		o, bare := newOwing(t)
		if sent {
			o.pays(cards.RequestText(bare.Request), 1, cards.Printing)
		} else {
			o.pays(cards.RequestText(bare.Request), 1, cards.Void)
		}
		alarms, err := o.Alarms(context.Background())
		if check(t, err); len(alarms) > 0 {
			t.Errorf("%+v", alarms)
		}
		if _, err := o.PayOwed(context.Background(), 1, "佐藤", "現金"); sent && !errors.Is(err, ledger.ErrBadRequest) || !sent && err != nil {
			t.Errorf("sent %v: %v", sent, err)
		}
		o.clean()
	}
}

// A prize that was never handed out owes nothing, and never will.
func TestOwedForNothing(t *testing.T) {
	b := newShelf(t)
	take := b.bag(100)
	take.Change, take.Unpaid = b.change.ID, true
	if a := b.takes(take); a.Refused != cards.ValueWithdrawn {
		t.Errorf("%+v", a)
	}
	b.clean()
}

// Each invariant of what is owed is broken once, by hand, and must be missed.
func TestCheckFindsPlantedDebts(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"owed", `DELETE FROM prize_owed`},
		{"owed", `INSERT INTO prize_owed (slip, at) VALUES (2, 1)`},
		{"owed", `INSERT INTO prize_paid (slip, person, reason, at) VALUES (1, '佐藤', 'r', 1)`},
		{"owed", `UPDATE posting SET account = 'surplus:らづポイント' WHERE account LIKE 'owed:%'`},
		{"owed", `UPDATE prize_slip SET change = 0 WHERE slip = 1`},
		{"granted", `UPDATE posting SET amount = amount + 1 WHERE account LIKE 'owed:%'`},
	} {
		b, _ := newOwing(t)
		b.misses(tt.rule, tt.plant)
	}
	for _, plant := range []string{
		`UPDATE prize_paid SET person = '田中'`, `UPDATE prize_paid SET reason = 'because'`, `DELETE FROM prize_paid`,
		`DELETE FROM transfer WHERE seq = (SELECT MAX(seq) FROM transfer)`,
	} {
		b, _ := newOwing(t)
		_, err := b.PayOwed(context.Background(), 1, "佐藤", "in cash")
		check(t, err)
		b.misses("paid", plant)
	}
}
