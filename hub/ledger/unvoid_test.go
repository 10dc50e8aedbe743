package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// robbed is a book in whose walk card 7 was printed, before something happened to
// it, and whose kiosk is compromised since entry 4.
func robbed(t testing.TB, happened func(b *book, c cards.Card)) (b *book, c cards.Card) {
	b = newBook(t)
	c = b.card(b.walk, 7)
	b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Printed)...)
	b.set(b.clock().Add(time.Minute))
	happened(b, c)
	b.set(b.clock().Add(time.Minute))
	check(t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 4}))
	return b, c
}

func thiefVoids(b *book, c cards.Card) {
	b.take(b.kiosk, b.kiosk.steps(c, cards.VoidAsked)...)
	b.take(b.kiosk, b.kiosk.steps(c, cards.Void)...)
}

// A void that only a compromised key asked for is believed or not by a person's
// word alone, and the card is what they say.
func TestThiefsVoid(t *testing.T) {
	ctx := context.Background()
	for _, accept := range []bool{true, false} {
		for _, claimed := range []bool{true, false} {
			b, c := robbed(t, thiefVoids)
			if claimed {
				b.keep(b.walk, 7, "AAAA2222")
			}
			v, err := b.Look(ctx, c)
			if why(t, err) != ledger.Revoked || (len(v.Waiting) == 1) != claimed {
				t.Errorf("Look: %+v, %v", v, err)
			}
			list, err := b.Disputes(ctx)
			check(t, err)
			if len(list) != 1 || list[0].Yen() != 50 || list[0].First != 4 || list[0].Kiosk != "station-1" || !slices.Equal(list[0].Why, []string{ledger.WhyVoid}) ||
				(list[0].Claims == 1) != claimed {
				t.Fatalf("%+v", list)
			}
			b.clean()
			want := ledger.Verdict{Decision: 1, Cards: 1, Yen: 50}
			switch {
			case accept && claimed:
				want.Void, want.Left = 1, 1
			case accept:
				want.Void = 1
			case claimed:
				want.Good, want.Redeemed = 1, 1
			default:
				want.Good = 1
			}
			if got := b.settle(accept, 7); got != want {
				t.Errorf("accept %v, claimed %v: %+v", accept, claimed, got)
			}
			b.clean()
			_, err = b.Claim(ctx, c, "AAAA2222")
			if accept && why(t, err) != ledger.VoidCard || !accept && err != nil {
				t.Errorf("accept %v: %v", accept, err)
			}
			if list, err := b.Disputes(ctx); err != nil || len(list) > 0 {
				t.Errorf("still disputed: %+v, %v", list, err)
			}
			b.clean()
		}
	}
}

// What is void by another's word, or by an entry that vouches, stays void.
func TestVoidsThatStand(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name string
		do   func(b *book, c cards.Card)
		want int // disputes
	}{
		{"asked by the thief", thiefVoids, 1},
		{"voided by hand before", func(b *book, c cards.Card) {
			_, err := b.VoidCard(ctx, c.Serial(), "佐藤", "印字が消えた")
			check(t, err)
			b.set(b.clock().Add(time.Minute))
			thiefVoids(b, c)
		}, 0},
		{"signed where nothing vouches", func(b *book, _ cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 8), cards.Signed, cards.Void)...)
		}, 0},
		{"redeemed before", func(b *book, c cards.Card) {
			_, err := b.Claim(ctx, c, "AAAA2222")
			check(t, err)
			thiefVoids(b, c)
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := robbed(t, tt.do)
			waiting := 0
			list, err := b.Disputes(ctx)
			check(t, err)
			for _, d := range list {
				waiting += len(d.Cards)
			}
			if waiting != tt.want {
				t.Errorf("%+v", list)
			}
			b.clean()
		})
	}
}

// An outcome that a kiosk repeats voids nothing, whenever it came.
func TestVoidBeforeTheThief(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	c := b.card(b.walk, 7)
	b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked)...)
	b.take(b.kiosk, b.kiosk.steps(c, cards.Void)...)
	check(t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 5}))
	if list, err := b.Disputes(ctx); err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := b.Claim(ctx, c, "AAAA2222"); why(t, err) != ledger.VoidCard {
		t.Errorf("%v", err)
	}
	b.clean()
}

// A void stands whose card has another in its place: what was handed out for it
// may be redeemed already.
func TestReplacedVoidStands(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name    string
		late    bool // its entry comes after the revocation
		other   bool // it takes the place of another card
		waiting bool
	}{{"in time", false, false, false}, {"late", true, false, false}, {"of another card", false, true, true}} {
		t.Run(tt.name, func(t *testing.T) {
			again := func(b *book, c cards.Card) {
				next, of := b.card(b.walk, 8), c.Serial()
				if tt.other {
					of.Number = 9
				}
				digest := next.Digest()
				b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Signed, Allotment: next.Allotment, Number: next.Number, Digest: digest[:], Request: cards.AgainRequest(of, 1)}))
			}
			b, c := robbed(t, func(b *book, c cards.Card) {
				thiefVoids(b, c)
				if !tt.late {
					again(b, c)
				}
			})
			if tt.late {
				b.keep(b.walk, 7, "CCCC2222")
				again(b, c)
				if v, err := b.Look(ctx, c); why(t, err) != ledger.VoidCard || len(v.Waiting) > 0 {
					t.Errorf("Look: %+v, %v", v, err)
				}
			}
			list, err := b.Disputes(ctx)
			check(t, err)
			if len(list) != 1 || slices.Contains(list[0].Why, ledger.WhyVoid) != tt.waiting {
				t.Errorf("%+v", list)
			}
			want := ledger.VoidCard
			if tt.waiting {
				want = ledger.Revoked
			}
			if _, err := b.Claim(ctx, c, "AAAA2222"); why(t, err) != want {
				t.Errorf("%v", err)
			}
			_, err = b.Decide(ctx, ledger.Decision{Serials: []cards.Serial{c.Serial()}, Cards: 1, Person: "佐藤", Reason: "r"})
			if tt.waiting && err != nil || !tt.waiting && !errors.Is(err, ledger.ErrBadRequest) {
				t.Errorf("%v", err)
			}
			b.clean()
		})
	}
}

// Who claims a card is told what who decides sees, wherever in the journal the card
// stands that takes its place.
func TestReplacedBeforeItsVoid(t *testing.T) {
	ctx := context.Background()
	b := newBook(t)
	first, c := b.card(b.walk, 6), b.card(b.walk, 7)
	for _, one := range []cards.Card{first, c} {
		b.take(b.kiosk, b.kiosk.steps(one, cards.Signed, cards.Printing, cards.Printed)...)
	}
	b.set(b.clock().Add(time.Minute))
	thiefVoids(b, first)
	next := b.card(b.walk, 8)
	digest := next.Digest()
	b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Signed, Allotment: next.Allotment, Number: next.Number, Digest: digest[:], Request: cards.AgainRequest(c.Serial(), 1)}))
	thiefVoids(b, c)
	b.set(b.clock().Add(time.Minute))
	check(t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 7}))
	list, err := b.Disputes(ctx)
	check(t, err)
	waiting := map[cards.Serial]bool{}
	for _, d := range list {
		for _, one := range d.Cards {
			waiting[one.Serial] = one.Why == ledger.WhyVoid
		}
	}
	for _, one := range []cards.Card{first, c} {
		if _, err := b.Claim(ctx, one, "AAAA2222"); (why(t, err) == ledger.Revoked) != waiting[one.Serial()] || waiting[one.Serial()] != (one == first) {
			t.Errorf("%s: %v, waiting %v", one.Serial(), err, waiting[one.Serial()])
		}
	}
	b.clean()
}

// A void card is claimed for a person to decide only as long as it could be good.
func TestThiefsVoidPastItsDay(t *testing.T) {
	ctx := context.Background()
	for name, past := range map[string]func(b *book){
		"the card's last day": func(b *book) { b.set(b.walk.Expires.End()) },
		"the key's honour": func(b *book) {
			_, err := b.db.Exec(fmt.Sprintf(`UPDATE signing_key SET honoured_until = %d`, b.clock().UnixMilli()))
			check(b.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, c := robbed(t, thiefVoids)
			b.set(b.clock().Add(time.Minute))
			past(b)
			if _, err := b.Claim(ctx, c, "AAAA2222"); why(t, err) != ledger.VoidCard {
				t.Errorf("%v", err)
			}
			if v, err := b.Look(ctx, c); why(t, err) != ledger.VoidCard || len(v.Waiting) > 0 {
				t.Errorf("%+v, %v", v, err)
			}
		})
		t.Run(name+", kept before this was asked", func(t *testing.T) {
			b, c := robbed(t, thiefVoids)
			b.keep(b.walk, 7, "AAAA2222")
			b.set(b.clock().Add(time.Minute))
			past(b)
			_, err := b.db.Exec(fmt.Sprintf(`UPDATE kept_claim SET at = %d`, b.clock().UnixMilli()))
			check(t, err)
			if got, want := b.settle(false, c.Number), (ledger.Verdict{Decision: 1, Cards: 1, Yen: 50, Good: 1, Left: 1}); got != want {
				t.Errorf("%+v", got)
			}
			b.holds("AAAA2222", 0)
			b.clean()
		})
	}
}

// A range has voids alone or none: to believe them is something else.
func TestVoidsAreDecidedApart(t *testing.T) {
	ctx := context.Background()
	b, _ := robbed(t, thiefVoids) // entries 4 and 5
	b.late(8, cards.Signed)
	d := ledger.Decision{Accept: true, Kiosk: "station-1", From: 4, To: 6, Cards: 2, Person: "佐藤", Reason: "r"}
	for range 2 {
		if _, err := b.Decide(ctx, d); !errors.Is(err, ledger.ErrBadRequest) {
			t.Errorf("accept %v: %v", d.Accept, err)
		}
		d.Accept = !d.Accept
	}
	d.To, d.Cards = 5, 1
	if v, err := b.Decide(ctx, d); err != nil || v.Void != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	d.To = 6
	if v, err := b.Decide(ctx, d); err != nil || v.Good != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	b.clean()
}

// A card is unvoided once; it lapses as any other, and nobody voids it again.
func TestUnvoidedOnce(t *testing.T) {
	b, c := robbed(t, thiefVoids)
	ctx := context.Background()
	b.settle(false, 7)
	if _, err := b.VoidCard(ctx, c.Serial(), "佐藤", "r"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("%v", err)
	}
	b.late(8, cards.Signed) // what comes later changes nothing
	b.set(b.walk.Expires.End())
	if n, err := b.Lapse(ctx); n != 1 || err != nil {
		t.Errorf("Lapse = %d, %v", n, err)
	}
	b.clean()
}

// Each invariant of voids that were taken back is broken once, by hand, and must
// be missed.
func TestCheckFindsPlantedUnvoids(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"unvoid", `DELETE FROM decided`},
		{"unvoid", `UPDATE decided SET outcome = 'void'`},
		{"unvoid", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT seq FROM transfer WHERE kind = 'unvoid')`},
		{"unvoid", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT seq FROM transfer WHERE kind = 'void')`},
		{"unvoid", `DELETE FROM unvoided`},
		{"void", `DELETE FROM unvoided`},
		{"unvoid", `INSERT INTO ended (allotment, number, state, account, person, reason, at) SELECT allotment, number, 'void', '', '', '', at FROM unvoided`},
		{"unvoid", `INSERT INTO unvoided (allotment, number, person, reason, void_at, at) SELECT allotment, number + 1, '', '', 1, 1 FROM unvoided`},
		{"time", `UPDATE unvoided SET at = at + 1`},
	} {
		b, _ := robbed(t, func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 8), cards.Signed)...)
			thiefVoids(b, c)
		})
		b.settle(false, 7)
		b.misses(tt.rule, tt.plant)
	}
}
