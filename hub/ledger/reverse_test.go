package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// reverses moves a card's points.
func (b *book) reverses(c cards.Card, to string) (ledger.Reversed, error) {
	return b.Reverse(context.Background(), ledger.Reversal{Serial: c.Serial(), To: to, Person: "佐藤", Reason: "口座ちがい"})
}

// Points that went to the wrong account go to the right one with the day they
// have, and the card is that one's from then on.
func TestReverse(t *testing.T) {
	ctx := context.Background()
	b := newBook(t)
	c := b.card(b.cards, 1)
	first, err := b.Claim(ctx, c, "AAAA2222")
	check(t, err)
	b.set(b.clock().Add(5 * 24 * time.Hour))
	done, err := b.reverses(c, "BBBB2222")
	check(t, err)
	if done.Points != 200 || done.From != "AAAA2222" || done.Expires != first.Expires {
		t.Errorf("%+v", done)
	}
	b.holds("AAAA2222", 0)
	b.holds("BBBB2222", 200)
	for account, points := range map[string]int64{"AAAA2222": -200, "BBBB2222": 200} {
		balance, err := b.Balance(ctx, account)
		check(t, err)
		m := balance.Movements[0]
		if m.Kind != "reverse" || m.Points != points || m.Serial != c.Serial() || m.Event.ID != "bar" || m.Expires != first.Expires {
			t.Errorf("%s: %+v", account, m)
		}
		if list, err := b.Reversals(ctx, account, 9); err != nil || len(list) != 1 || list[0] != done {
			t.Errorf("%s: %+v, %v", account, list, err)
		}
	}
	if v, err := b.Look(ctx, c); err != nil || v.RedeemedBy != "BBBB2222" {
		t.Errorf("%+v, %v", v, err)
	}
	if again, err := b.Claim(ctx, c, "BBBB2222"); err != nil || !again.Before || again.Points != 200 || again.Expires != first.Expires {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := b.Claim(ctx, c, "AAAA2222"); why(t, err) != ledger.Used {
		t.Errorf("claimed again: %v", err)
	}
	if _, err := b.Claim(ctx, b.card(b.cards, 2), "AAAA2222"); err != nil {
		t.Errorf("the day is not free again: %v", err)
	}
	if _, err := b.Claim(ctx, b.card(b.cards, 3), "BBBB2222"); why(t, err) != ledger.OncePerDay {
		t.Errorf("two cards of one day: %v", err)
	}
	b.clean()
}

// Given up, the points are nobody's, and the card stays used.
func TestReverseToNobody(t *testing.T) {
	ctx := context.Background()
	b := newBook(t)
	c := b.card(b.cards, 1)
	_, err := b.Claim(ctx, c, "AAAA2222")
	check(t, err)
	_, err = b.reverses(c, "")
	check(t, err)
	b.holds("AAAA2222", 0)
	if b.sum("reversed:らづポイント") != 200 {
		t.Error("the points are nowhere")
	}
	if _, err := b.Look(ctx, c); why(t, err) != ledger.Used {
		t.Errorf("Look: %v", err)
	}
	if _, err := b.Claim(ctx, c, "AAAA2222"); why(t, err) != ledger.Used {
		t.Errorf("Claim: %v", err)
	}
	b.clean()
}

// What can't be moved stays where it is, and the reason is told apart.
func TestReverseRefused(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name string
		do   func(b *till, c cards.Card)
		to   string
		want error
	}{
		{"nobody has it", func(b *till, c cards.Card) { b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...) }, "BBBB2222", ledger.ErrNotRedeemed},
		{"void", func(b *till, c cards.Card) { b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Void)...) }, "BBBB2222", ledger.ErrNotRedeemed},
		{"there already", func(b *till, c cards.Card) { b.Claim(ctx, c, "CCCC2222") }, "CCCC2222", ledger.ErrHasIt},
		{"twice", func(b *till, c cards.Card) { b.Claim(ctx, c, "CCCC2222"); b.reverses(c, "BBBB2222") }, "CCCC2222", ledger.ErrReversed},
		{"past its day", func(b *till, c cards.Card) {
			b.Claim(ctx, c, "CCCC2222")
			b.set(b.clock().Add(101 * 24 * time.Hour))
		}, "BBBB2222", ledger.ErrNothingLeft},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newTill(t)
			c := b.card(b.walk, 90)
			tt.do(b, c)
			before := b.sum("account:CCCC2222:らづポイント")
			if _, err := b.reverses(c, tt.to); !errors.Is(err, tt.want) {
				t.Errorf("%v, not %v", err, tt.want)
			}
			if after := b.sum("account:CCCC2222:らづポイント"); after != before {
				t.Errorf("%d points became %d", before, after)
			}
			b.clean()
		})
	}
}

// Who may is said by role, and why by a reason; a second card of an event's day
// is no way round its rule.
func TestReverseAsks(t *testing.T) {
	ctx := context.Background()
	b := newBook(t)
	for n, account := range []string{"AAAA2222", "BBBB2222"} {
		_, err := b.Claim(ctx, b.card(b.cards, uint32(n+1)), account)
		check(t, err)
	}
	r := ledger.Reversal{Serial: b.card(b.cards, 1).Serial(), To: "CCCC2222", Person: "佐藤"}
	if _, err := b.Reverse(ctx, r); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("no reason: %v", err)
	}
	r.Reason, r.Person = "r", "鈴木"
	if _, err := b.Reverse(ctx, r); !errors.As(err, new(*ledger.RoleError)) {
		t.Errorf("no role: %v", err)
	}
	if _, err := b.reverses(b.card(b.cards, 1), "BBBB2222"); why(t, err) != ledger.OncePerDay {
		t.Errorf("a second card of the day: %v", err)
	}
	b.holds("AAAA2222", 200)
	b.holds("BBBB2222", 200)
	b.clean()
}

// Of points that were partly spent only the rest moves.
func TestReverseTheRest(t *testing.T) {
	ctx := context.Background()
	b := newTill(t)
	c := b.card(b.walk, 90)
	for _, one := range []cards.Card{c, b.card(b.walk, 91), b.card(b.walk, 92), b.card(b.walk, 93)} {
		_, err := b.Claim(ctx, one, "CCCC2222")
		check(t, err)
	}
	bought, answer := b.buys("CCCC2222") // 150 of 200, the oldest first
	if answer.Refused != "" {
		t.Fatalf("%+v", answer)
	}
	if _, err := b.reverses(c, "BBBB2222"); !errors.Is(err, ledger.ErrNothingLeft) {
		t.Errorf("spent points: %v", err)
	}
	small := b.ticketsOf(20, 5)
	if r := b.asks(cards.TicketAsk{Request: requestID(), Token: "open", Allotment: small.ID, Number: 1}, "CCCC2222"); r.Refused != "" {
		t.Fatalf("%+v", r)
	}
	last := b.card(b.walk, 93)
	if done, err := b.reverses(last, "BBBB2222"); err != nil || done.Points != 30 {
		t.Errorf("%+v, %v", done, err)
	}
	b.holds("CCCC2222", 0)
	b.take(b.kiosk, b.kiosk.steps(bought, cards.Signed, cards.Void)...) // its points come back to where they were
	b.holds("CCCC2222", 150)
	b.clean()
}

// Who has used any points of a card has had the day: it stays theirs, whoever
// gets the rest, and that one has had it too.
func TestReverseOfARestLeavesTheDay(t *testing.T) {
	ctx := context.Background()
	for _, to := range []string{"BBBB2222", ""} {
		b := newTill(t)
		c := b.card(b.cards, 90)
		_, err := b.Claim(ctx, c, "CCCC2222")
		check(t, err)
		if _, a := b.buys("CCCC2222"); a.Refused != "" {
			t.Fatalf("%+v", a)
		}
		done, err := b.reverses(c, to)
		if err != nil || done.Points != 50 {
			t.Fatalf("%+v, %v", done, err)
		}
		for _, account := range []string{"CCCC2222", to} {
			if account == "" {
				continue
			}
			if _, err := b.Claim(ctx, b.card(b.cards, 91), account); why(t, err) != ledger.OncePerDay {
				t.Errorf("to %q: %s has a second card of the day: %v", to, account, err)
			}
		}
		b.misses("once a day", `DELETE FROM claimed_day WHERE account = 'CCCC2222'`)
	}
}

// reversedBook has a reversal to an account, one to nobody, and one of a rest.
func reversedBook(t *testing.T) *book {
	b := newTill(t)
	ctx := context.Background()
	for n, account := range []string{"CCCC2222", "DDDD2222"} {
		_, err := b.Claim(ctx, b.card(b.cards, uint32(80+n)), account)
		check(t, err)
	}
	_, err := b.reverses(b.card(b.cards, 80), "EEEE2222")
	check(t, err)
	_, err = b.reverses(b.card(b.cards, 81), "")
	check(t, err)
	return b.book
}

// Each invariant of reversals is broken once, by hand, and must be missed.
func TestCheckFindsPlantedReversals(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"reverse", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT MIN(transfer) FROM reversal)`},
		{"reverse", `UPDATE posting SET account = 'account:BBBB2222:らづポイント' WHERE account LIKE 'account:EEEE%'`},
		{"reverse", `UPDATE reversal SET heir = 'BBBB2222' WHERE number = 80`},
		{"reverse", `UPDATE reversal SET heir = '' WHERE number = 80`},
		{"reverse", `UPDATE reversal SET account = 'BBBB2222' WHERE number = 81`},
		{"reverse", `UPDATE reversal SET points = 100 WHERE number = 81`},
		{"reverse", `UPDATE reversal SET reason = '' WHERE number = 81`},
		{"reverse", `UPDATE reversal SET at = 4000000000000 WHERE number = 81`},
		{"reverse", `DELETE FROM reversal WHERE number = 81`},
		{"reversal", `UPDATE reversal SET person = '田中' WHERE number = 81`},
		{"reversal", `UPDATE reversal SET reason = 'because' WHERE number = 80`},
		{"reversal", `DELETE FROM reversal WHERE number = 80`},
		{"reversal", `DELETE FROM transfer WHERE seq = (SELECT MAX(seq) FROM transfer)`}, // the last: the chain has no gap
		{"reverse", `UPDATE ended SET account = 'BBBB2222' WHERE number = 81`},
		{"reverse", `DELETE FROM lot_use WHERE transfer = (SELECT MIN(transfer) FROM reversal)`},
		{"reverse", `UPDATE lot_use SET lot = (SELECT MIN(transfer) FROM lot) WHERE transfer = (SELECT MIN(transfer) FROM reversal)`},
		{"reverse", `UPDATE lot SET expires = expires + 1 WHERE account = 'EEEE2222'`},
		{"reverse", `DELETE FROM lot WHERE account = 'EEEE2222'`},
		{"lots", `UPDATE lot SET points = 100 WHERE account = 'EEEE2222'`},
		{"once a day", `DELETE FROM claimed_day WHERE account = 'EEEE2222'`},
		{"granted", `UPDATE posting SET amount = amount + 1 WHERE account LIKE 'reversed:%'`},
	} {
		t.Run(tt.rule, func(t *testing.T) { reversedBook(t).misses(tt.rule, tt.plant) })
	}
}

// A person's word voids a card that the hub has heard of and nobody has used.
func TestVoidCard(t *testing.T) {
	ctx := context.Background()
	b := newBook(t)
	b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 1), cards.Signed, cards.Printing, cards.Printed)...)
	b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 2), cards.Signed, cards.Printing, cards.Printed)...)
	_, err := b.Claim(ctx, b.card(b.walk, 2), "AAAA2222")
	check(t, err)
	void := func(n uint32) error {
		_, err := b.VoidCard(ctx, b.card(b.walk, n).Serial(), "佐藤", "印字が消えた")
		return err
	}
	if err := void(2); why(t, err) != ledger.Used {
		t.Errorf("a used card: %v", err)
	}
	if err := void(3); !errors.Is(err, ledger.ErrUnheard) {
		t.Errorf("a card that nobody heard of: %v", err)
	}
	if _, err := b.VoidCard(ctx, cards.Serial{Allotment: b.walk.ID, Number: 101}, "佐藤", "r"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("a card that there can't be: %v", err)
	}
	if _, err := b.VoidCard(ctx, b.card(b.walk, 1).Serial(), "鈴木", "r"); !errors.As(err, new(*ledger.RoleError)) {
		t.Errorf("no role: %v", err)
	}
	check(t, void(1))
	if err := void(1); why(t, err) != ledger.VoidCard {
		t.Errorf("twice: %v", err)
	}
	if _, err := b.Claim(ctx, b.card(b.walk, 1), "AAAA2222"); why(t, err) != ledger.VoidCard {
		t.Errorf("the void card: %v", err)
	}
	b.take(b.kiosk, b.kiosk.step(cards.VoidAsked, b.card(b.walk, 1))) // the kiosk asks all the same
	b.set(b.walk.Expires.End())
	late := b.card(b.cards, 1)
	b.take(b.kiosk, b.kiosk.steps(late, cards.Signed)...)
	if _, err := b.VoidCard(ctx, late.Serial(), "佐藤", "r"); why(t, err) != ledger.Lapsed {
		t.Errorf("past its day: %v", err)
	}
	b.clean()
}

// reverse puts a random card right, or says why not.
func (m *market) reverse() {
	if m.fresh == 0 {
		return
	}
	to := append(m.accounts, "")[m.rnd.IntN(len(m.accounts)+1)]
	_, err := m.reverses(m.card(m.today, 1+uint32(m.rnd.IntN(int(m.fresh)))), to)
	for _, known := range []error{nil, ledger.ErrNotRedeemed, ledger.ErrReversed, ledger.ErrHasIt, ledger.ErrNothingLeft} {
		if errors.Is(err, known) {
			return
		}
	}
	m.t.Fatal(err)
}

func (b *book) count(table string) (n int) {
	b.t.Helper()
	check(b.t, b.db.QueryRow(`SELECT COUNT(*) FROM `+table).Scan(&n))
	return n
}
