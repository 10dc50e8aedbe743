package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// newPromising is a shelf with a slip whose card over 100 points is promised.
func newPromising(t *testing.T) (b *shelf, bare cards.PrizeTake) {
	b = newShelf(t)
	take := b.bag(100, b.card(b.cards, 1), b.card(b.walk, 1))
	take.Change = b.change.ID
	if a := b.takes(take); a.Slip != 1 || a.Change != b.change.ID {
		t.Fatalf("%+v", a)
	}
	bare = take
	bare.Cards = nil
	return b, bare
}

// pays signs a card over the surplus, as the kiosk does, and goes on to states.
func (b *shelf) pays(request string, number uint32, then ...cards.State) {
	b.t.Helper()
	c := b.card(b.change, number)
	digest := c.Digest()
	e := cards.Entry{State: cards.Signed, Allotment: c.Allotment, Number: c.Number, Operator: "山田", Digest: digest[:], Request: request}
	records := []cards.Record{b.kiosk.write(e)}
	for _, state := range then {
		e = cards.Entry{State: state, Allotment: c.Allotment, Number: c.Number, Operator: "山田"}
		if state == cards.Void {
			e.Reason = cards.NothingSent
		}
		records = append(records, b.kiosk.write(e))
	}
	b.take(b.kiosk, records...)
}

func (b *shelf) retire() {
	b.t.Helper()
	ctx := context.Background()
	check(b.t, b.AddPerson(ctx, "鈴木", []string{ledger.RoleRevoke, ledger.RolePeople}, "佐藤"))
	check(b.t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Retired, Person: "鈴木"}))
}

func (b *shelf) tomorrow() { b.set(b.clock().Add(25 * time.Hour)) }

// A surplus whose card never came is owed by a person's word; one whose card was
// signed is not, nor one whose card may still come.
func TestOweSlip(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name     string
		do       func(b *shelf, bare cards.PrizeTake)
		promised int
		owed     bool
	}{
		{"just now", func(*shelf, cards.PrizeTake) {}, 0, false},
		{"the key has ended", func(b *shelf, _ cards.PrizeTake) { b.retire() }, 0, true},
		{"a day ago", func(b *shelf, _ cards.PrizeTake) { b.tomorrow() }, 1, true},
		{"signed", func(b *shelf, bare cards.PrizeTake) {
			b.pays(cards.RequestText(bare.Request), 1, cards.Printing)
			b.tomorrow()
		}, 0, false},
		{"another's card", func(b *shelf, _ cards.PrizeTake) { b.pays(cards.RequestText(requestID()), 1); b.tomorrow() }, 1, true},
		{"nothing was sent", func(b *shelf, bare cards.PrizeTake) {
			b.pays(cards.RequestText(bare.Request), 1, cards.Void)
			b.tomorrow()
		}, 1, true},
		{"the next one was", func(b *shelf, bare cards.PrizeTake) {
			b.pays(cards.RequestText(bare.Request), 1, cards.Void)
			b.pays(cards.ChangeRequest(bare.Request, 1), 2, cards.Printing, cards.Printed)
			b.tomorrow()
		}, 0, false},
		{"signed, and disputed", func(b *shelf, bare cards.PrizeTake) { b.disputed(bare); b.tomorrow() }, 0, false},
		{"signed, disputed and refused", func(b *shelf, bare cards.PrizeTake) {
			b.disputed(bare)
			_, err := b.Decide(ctx, ledger.Decision{Serials: []cards.Serial{b.card(b.change, 1).Serial()}, Cards: 1, Person: "佐藤", Reason: "r"})
			check(b.t, err)
			b.tomorrow()
		}, 1, true},
		{"claimed, and not heard of", func(b *shelf, _ cards.PrizeTake) { b.redeems(b.change, 1, "AAAA2222"); b.tomorrow() }, 1, false},
		{"claimed, of a compromised key", func(b *shelf, _ cards.PrizeTake) {
			check(b.t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
			b.keep(b.change, 1, "AAAA2222")
			b.tomorrow()
		}, 1, false},
		{"claimed, and another's", func(b *shelf, _ cards.PrizeTake) {
			b.redeems(b.change, 1, "AAAA2222")
			b.pays(cards.RequestText(requestID()), 1)
			b.tomorrow()
		}, 1, true},
		{"nothing was sent, disputed and believed", func(b *shelf, bare cards.PrizeTake) {
			b.disputed(bare, cards.Printing, cards.Void)
			b.believe()
			b.tomorrow()
		}, 1, true},
		{"void by hand, and nothing was sent", func(b *shelf, bare cards.PrizeTake) {
			b.pays(cards.RequestText(bare.Request), 1)
			c := b.card(b.change, 1)
			_, err := b.VoidCard(ctx, c.Serial(), "佐藤", "r")
			check(b.t, err)
			b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Void, Allotment: c.Allotment, Number: c.Number, Reason: cards.NothingSent}))
			b.tomorrow()
		}, 1, true},
		{"void asked, disputed and believed", func(b *shelf, bare cards.PrizeTake) {
			b.disputed(bare, cards.Printing, cards.Printed, cards.VoidAsked)
			b.believe()
			b.tomorrow()
		}, 0, false},
		{"owed already", func(b *shelf, bare cards.PrizeTake) { bare.Unpaid = true; b.takes(bare); b.tomorrow() }, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, bare := newPromising(t)
			tt.do(b, bare)
			if list, err := b.Promised(ctx); err != nil || len(list) != tt.promised || len(list) > 0 && (list[0].Slip != 1 || list[0].Points != 100 || list[0].Kiosk != "station-1") {
				t.Errorf("promised: %+v, %v", list, err)
			}
			points, err := b.OweSlip(ctx, 1, "佐藤", "水にぬれた")
			if tt.owed && (points != 100 || err != nil) || !tt.owed && !errors.Is(err, ledger.ErrBadRequest) {
				t.Fatalf("%d, %v", points, err)
			}
			b.clean()
		})
	}
}

// disputed signs the card over the surplus after the key was compromised.
func (b *shelf) disputed(bare cards.PrizeTake, then ...cards.State) {
	b.t.Helper()
	check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
	b.pays(cards.RequestText(bare.Request), 1, then...)
}

// believe accepts what is disputed of that card.
func (b *shelf) believe() {
	b.t.Helper()
	_, err := b.Decide(context.Background(), ledger.Decision{Accept: true, Serials: []cards.Serial{b.card(b.change, 1).Serial()}, Cards: 1, Person: "佐藤", Reason: "r"})
	check(b.t, err)
}

// The cards that were handed in for a prize are not the one over its surplus, though
// they are worth as much, and no entry of them came.
func TestOweSlipOfCardsAsGood(t *testing.T) {
	b := newShelf(t)
	take := b.bag(100, b.card(b.change, 1), b.card(b.change, 2), b.card(b.walk, 1))
	take.Change = b.change.ID
	if a := b.takes(take); a.Slip != 1 || a.Change != b.change.ID {
		t.Fatalf("%+v", a)
	}
	b.tomorrow()
	if points, err := b.OweSlip(context.Background(), 1, "佐藤", "水にぬれた"); points != 100 || err != nil {
		t.Fatalf("%d, %v", points, err)
	}
	if _, err := b.PayOwed(context.Background(), 1, "佐藤", "現金"); err != nil {
		t.Error(err)
	}
	b.clean()
}

// What is owed is not paid back if a card may have: who asks is told, and so is
// who checks the book.
func TestOwedAndSigned(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name                   string
		do                     func(b *shelf, bare cards.PrizeTake)
		alarmed, paid, faulted bool
	}{
		{"signed", func(b *shelf, bare cards.PrizeTake) { b.pays(cards.RequestText(bare.Request), 1) }, true, false, true},
		{"signed, the third", func(b *shelf, bare cards.PrizeTake) { b.pays(cards.ChangeRequest(bare.Request, 2), 1, cards.Printing) }, true, false, true},
		{"signed, and disputed", func(b *shelf, bare cards.PrizeTake) { b.disputed(bare) }, true, false, true},
		{"nothing was sent", func(b *shelf, bare cards.PrizeTake) { b.pays(cards.RequestText(bare.Request), 1, cards.Void) }, true, true, false},
		{"another's", func(b *shelf, _ cards.PrizeTake) { b.pays(cards.RequestText(requestID()), 1) }, false, true, false},
		{"claimed, and not heard of", func(b *shelf, _ cards.PrizeTake) { b.redeems(b.change, 1, "AAAA2222") }, false, false, false},
		{"paid before", func(b *shelf, bare cards.PrizeTake) {
			_, err := b.PayOwed(ctx, 1, "佐藤", "現金")
			check(b.t, err)
			b.pays(cards.RequestText(bare.Request), 1)
		}, true, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, bare := newPromising(t)
			b.tomorrow()
			_, err := b.OweSlip(ctx, 1, "佐藤", "水にぬれた")
			check(t, err)
			tt.do(b, bare)
			alarms, err := b.Alarms(ctx)
			if check(t, err); (len(alarms) == 1 && alarms[0].Kind == "owed") != tt.alarmed || len(alarms) > 1 {
				t.Errorf("%+v", alarms)
			}
			if _, err := b.PayOwed(ctx, 1, "佐藤", "現金"); tt.paid && err != nil || !tt.paid && !errors.Is(err, ledger.ErrBadRequest) {
				t.Errorf("%v", err)
			}
			faults, err := b.Check(ctx)
			if check(t, err); (len(faults) == 1 && faults[0].Rule == "owed") != tt.faulted || len(faults) > 1 {
				t.Errorf("%v", faults)
			}
		})
	}
}

// What is owed by a person's word is paid once, and no kiosk that comes back
// issues the card all the same.
func TestOwedByWord(t *testing.T) {
	b, bare := newPromising(t)
	ctx := context.Background()
	b.takes(b.bag(50, b.card(b.cards, 3)))
	b.tomorrow()
	for _, tt := range []struct {
		name           string
		slip           uint64
		person, reason string
	}{{"without the role", 1, "山田", "r"}, {"no reason", 1, "佐藤", ""}, {"no such slip", 9, "佐藤", "r"}, {"given up", 2, "佐藤", "r"}} {
		if _, err := b.OweSlip(ctx, tt.slip, tt.person, tt.reason); err == nil {
			t.Errorf("%s: owed", tt.name)
		}
	}
	_, err := b.OweSlip(ctx, 1, "佐藤", "水にぬれた")
	check(t, err)
	if list, err := b.Owed(ctx); err != nil || len(list) != 1 || list[0].Slip != 1 || b.sum("owed:らづポイント") != 100 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := b.Promised(ctx); err != nil || len(list) != 0 {
		t.Errorf("promised: %+v, %v", list, err)
	}
	if a := b.takes(bare); a.Refused != "" || a.Slip != 1 || a.Change != 0 {
		t.Errorf("the kiosk comes back: %+v", a)
	}
	if points, err := b.PayOwed(ctx, 1, "佐藤", "現金"); points != 100 || err != nil {
		t.Errorf("%d, %v", points, err)
	}
	b.clean()
	for _, plant := range []string{`UPDATE prize_owed_said SET person = '田中'`, `UPDATE prize_owed_said SET reason = 'because'`, `DELETE FROM prize_owed_said`} {
		b, _ := newPromising(t)
		b.tomorrow()
		_, err := b.OweSlip(ctx, 1, "佐藤", "水にぬれた")
		check(t, err)
		b.misses("owed", plant)
	}
}
