package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// Each entry of a range is judged: whose it is, its order, its bounds.
func TestRangesAreJudged(t *testing.T) {
	for _, tt := range []struct {
		name    string
		said    []cards.State
		ranges  [][2]uint32
		reasons string // by entry, after begun
	}{
		{"in order", []cards.State{cards.Making, cards.Made, cards.Making, cards.Made, cards.Opened}, [][2]uint32{{1, 40}, {1, 40}, {41, 100}, {1, 100}, {5, 5}}, "    "},
		{"a gap", []cards.State{cards.Making, cards.Making}, [][2]uint32{{1, 40}, {42, 100}}, " step"},
		{"again", []cards.State{cards.Making, cards.Making}, [][2]uint32{{1, 40}, {1, 40}}, " step"},
		{"not from 1", []cards.State{cards.Making}, [][2]uint32{{2, 40}}, "step"},
		{"beyond the count", []cards.State{cards.Making}, [][2]uint32{{1, 101}}, "outside"},
		{"made and not taken", []cards.State{cards.Making, cards.Made, cards.Opened}, [][2]uint32{{1, 40}, {1, 41}, {41, 41}}, " step step"},
		{"activated twice, overlapping", []cards.State{cards.Activated, cards.Activated, cards.Activated}, [][2]uint32{{1, 40}, {30, 60}, {1, 40}}, "  "},
		{"activated beyond the count", []cards.State{cards.Activated}, [][2]uint32{{90, 101}}, "outside"},
		{"withdrawn and lost again", []cards.State{cards.Withdrawn, cards.Lost, cards.Withdrawn}, [][2]uint32{{1, 40}, {30, 60}, {1, 60}}, "  "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPress(t, 100)
			p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
			var records []cards.Record
			for n, s := range tt.said {
				records = append(records, p.say(p.admin, s, tt.ranges[n][0], tt.ranges[n][1]))
			}
			first := p.take(p.admin, records...)
			if got := reasons(first); got != tt.reasons {
				t.Errorf("%q, want %q", got, tt.reasons)
			}
			p.take(p.admin, records...) // again is harmless
			p.clean()
		})
	}
}

// An order takes one range, and cards of a batch have no entries of their own.
func TestOrderTakesOneRange(t *testing.T) {
	p := newPress(t, 100)
	begun := p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})
	one := cards.Entry{State: cards.Making, Allotment: p.batch.ID, Number: 1, Last: 10, Request: "order"}
	two := one
	two.Number, two.Last = 11, 20
	got := reasons(p.take(p.admin, begun, p.admin.write(one), p.admin.write(two), p.admin.step(cards.Signed, p.printed(3))))
	if got != "  step outside" {
		t.Errorf("%q", got)
	}
	p.clean()
}

// A kiosk activates what it was granted and nothing else, and says nothing else.
func TestKioskActivatesWhatItWasGranted(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	for _, r := range [][2]uint32{{11, 20}, {1, 10}, {18, 30}} {
		check(t, p.GrantRange(ctx, p.of(r[0], r[1]), "station-1"))
	}
	got := p.take(p.kiosk, p.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.kiosk, cards.Activated, 5, 30),
		p.say(p.kiosk, cards.Activated, 1, 31), p.say(p.kiosk, cards.Withdrawn, 1, 10), p.say(p.kiosk, cards.Lost, 1, 10), p.say(p.kiosk, cards.Making, 1, 10))
	if why := reasons(got); why != "  outside outside outside outside" {
		t.Errorf("%q", why)
	}
	want := []cards.Range{{Allotment: p.batch.ID, First: 11, Last: 20}, {Allotment: p.batch.ID, First: 1, Last: 10}, {Allotment: p.batch.ID, First: 18, Last: 30}}
	if len(got.Ranges) != 3 || got.Ranges[0] != want[0] || got.Ranges[1] != want[1] || got.Ranges[2] != want[2] || len(got.Batches) != 1 {
		t.Errorf("told of %v, with %d papers", got.Ranges, len(got.Batches))
	}
	if got := p.ask(p.kiosk, cards.Upload{Held: []uint32{p.batch.ID}}); len(got.Batches) != 0 || len(got.Ranges) != 3 {
		t.Errorf("told again of %v, with %d papers", got.Ranges, len(got.Batches))
	}
	list, err := p.Batches(ctx, p.batch.ID)
	check(t, err)
	if b := list[0]; b.Cards.Issued != 26 || b.Inactive != 74 || len(b.Disputed) != 3 || b.Disputed[0].Cards != 5 || b.Disputed[0].Why != "outside" {
		t.Errorf("%+v", b)
	}
	for _, bad := range []struct {
		r     ledger.Range
		kiosk string
	}{{p.of(1, 101), "station-1"}, {p.of(1, 10), "nobody"}, {ledger.Range{Allotment: p.cards.ID, First: 1, Last: 2}, "station-1"}} {
		if err := p.GrantRange(ctx, bad.r, bad.kiosk); err == nil {
			t.Errorf("granted %+v", bad)
		}
	}
	p.clean()
}

// A card that is inactive can't be void: there is nothing of it yet.
func TestVoidInactive(t *testing.T) {
	p := newPress(t, 100)
	_, err := p.Activate(context.Background(), p.of(1, 10))
	check(t, err)
	_, err = p.Withdraw(context.Background(), p.of(20, 20))
	check(t, err)
	for number, want := range map[uint32]ledger.Refusal{5: "", 11: ledger.Inactive, 20: ledger.Withdrawn} {
		if _, err := p.VoidCard(context.Background(), p.printed(number).Serial(), "佐藤", "破れた"); p.why(err) != want {
			t.Errorf("card %d: %v", number, err)
		}
	}
	p.clean()
}

// A redeemed card that the journal, whole as it is, has not made raises an alarm;
// the others of a batch, which have no entries of their own, don't.
func TestRedeemedAndNeverMade(t *testing.T) {
	p := newPress(t, 100)
	_, err := p.Activate(context.Background(), p.of(1, 100))
	check(t, err)
	p.claim(3, "AAAA2222")
	p.claim(60, "BBBB2222")
	p.set(p.clock().Add(time.Hour))
	u := p.admin.whole(p.clock(), p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Making, 1, 50))
	p.ask(p.admin, u)
	alarms, err := p.Alarms(context.Background())
	check(t, err)
	if len(alarms) != 1 || alarms[0].Kind != "never printed" || alarms[0].Serial.Number != 60 {
		t.Errorf("%+v", alarms)
	}
	p.clean()
}

// A partner activates what it was granted, once, and nothing else.
func TestPartnerActivates(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	check(t, p.GrantPartner(ctx, p.of(1, 50), "table"))
	p.claim(5, "AAAA2222")
	for _, tt := range []struct {
		first, last uint32
		partner     string
		want        ledger.Refusal
		cards       int
	}{
		{1, 10, "table", "", 10}, {1, 10, "table", "", 0}, {5, 20, "table", "", 10}, {50, 51, "table", ledger.Outside, 0},
		{21, 30, "bakery", ledger.Outside, 0}, {21, 30, "", ledger.Outside, 0}, {0, 30, "table", ledger.Outside, 0}, {30, 21, "table", ledger.Outside, 0},
	} {
		done, err := p.ActivateBy(ctx, ledger.Range{Allotment: p.batch.ID, First: tt.first, Last: tt.last}, tt.partner)
		if p.why(err) != tt.want || done.Cards != tt.cards {
			t.Errorf("%+v: %+v, %v", tt, done, err)
		}
	}
	p.has("AAAA2222", 200)
	list, err := p.PartnerRanges(ctx, "table")
	check(t, err)
	if len(list) != 1 || list[0].Inactive != 30 || list[0].Active != 20 || list[0].Yen() != 6000 {
		t.Errorf("%+v", list)
	}
	if got := p.take(p.kiosk, p.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.kiosk, cards.Activated, 21, 30)); reasons(got) != " outside" {
		t.Errorf("a kiosk activates what a partner was granted: %q", reasons(got))
	}
	p.misses("range", `UPDATE batch_range SET partner = 'bakery' WHERE partner = 'table'`)
}

// What is withdrawn never becomes active: the rest of an activation does, and an
// alarm is raised.
func TestWithdrawnStaysSo(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	p.claim(5, "AAAA2222")
	p.claim(15, "AAAA2222")
	done, err := p.Withdraw(ctx, p.of(1, 10))
	if err != nil || done.Cards != 10 || done.Yen != 2000 {
		t.Fatalf("%+v, %v", done, err)
	}
	if how := p.ended("AAAA2222"); how != "withdrawn" {
		t.Errorf("the claim ended as %q", how)
	}
	if why := p.claim(5, "AAAA2222"); why != ledger.Withdrawn {
		t.Errorf("a withdrawn card: %q", why)
	}
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	if why := reasons(p.take(p.admin, p.say(p.admin, cards.Activated, 6, 20))); why != "" {
		t.Errorf("disputed: %q", why)
	}
	alarms, err := p.Alarms(ctx)
	check(t, err)
	if len(alarms) != 1 || alarms[0].Kind != "withdrawn" {
		t.Errorf("%+v", alarms)
	}
	p.has("AAAA2222", 200)
	if done, err = p.Withdraw(ctx, ledger.Range{Allotment: p.batch.ID, Person: "佐藤", Reason: "終わった"}); err != nil || done.Cards != 80 || done.Withdrawn != 10 {
		t.Errorf("the rest: %+v, %v", done, err)
	}
	if why := p.claim(16, "BBBB2222"); why != "" {
		t.Errorf("an active card, after all that is not was withdrawn: %q", why)
	}
	p.clean()
}

// Of a lost box what is active is void, and what is redeemed is counted.
func TestLostBox(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	_, err := p.Activate(ctx, p.of(1, 20))
	check(t, err)
	p.claim(3, "AAAA2222")
	done, err := p.Lose(ctx, p.of(1, 30))
	if err != nil || done.Cards != 10 || done.Void != 19 || done.Honoured != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if a, b := p.claim(4, "BBBB2222"), p.claim(25, "BBBB2222"); a != ledger.VoidCard || b != ledger.Withdrawn {
		t.Errorf("%q and %q", a, b)
	}
	if again, err := p.Lose(ctx, p.of(1, 30)); err != nil || again.Cards != 0 || again.Void != 0 || again.Honoured != 1 {
		t.Errorf("again: %+v, %v", again, err)
	}
	p.has("AAAA2222", 200)
	list, err := p.HonouredCards(ctx)
	check(t, err)
	if len(list) != 1 || len(list[0].Cards) != 1 || list[0].Kiosk != "" || list[0].Operator != "佐藤" || list[0].Points != 200 || list[0].Cards[0].Serial != p.printed(3).Serial() {
		t.Errorf("honoured: %+v", list)
	}
	p.clean()
}

// An activation beyond the budget activates nothing; a person raises it and decides.
func TestBudget(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100) // 100 cards of 200 yen are granted to the kiosk besides
	beyond := (*ledger.BudgetError)(nil)
	if err := p.SetBudget(ctx, "bar", 19_999, "佐藤", "会議で"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("a budget below what is used: %v", err)
	}
	check(t, p.SetBudget(ctx, "bar", 22_000, "佐藤", "会議で"))
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	if why := reasons(p.take(p.admin, p.say(p.admin, cards.Activated, 1, 10), p.say(p.admin, cards.Activated, 10, 11))); why != " budget" {
		t.Errorf("%q", why)
	}
	if _, err := p.Activate(ctx, p.of(11, 11)); !errors.As(err, &beyond) || beyond.Yen != 200 || beyond.Used != 22_000 {
		t.Errorf("at the hub: %v", err)
	}
	if _, err := p.Grant(ctx, ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 1}); !errors.As(err, &beyond) {
		t.Errorf("a grant: %v", err)
	}
	if done, err := p.Activate(ctx, p.of(1, 10)); err != nil || done.Cards != 0 {
		t.Errorf("what is active already: %+v, %v", done, err)
	}
	alarms, err := p.Alarms(ctx)
	check(t, err)
	if len(alarms) != 1 || alarms[0].Kind != "budget" {
		t.Errorf("%+v", alarms)
	}
	check(t, p.SetBudget(ctx, "bar", 22_200, "佐藤", "会議で"))
	if done, err := p.Activate(ctx, p.of(10, 11)); err != nil || done.Cards != 1 {
		t.Errorf("after it was raised: %+v, %v", done, err)
	}
	list, err := p.Batches(ctx, 0)
	check(t, err)
	if len(list[0].Disputed) != 0 {
		t.Errorf("still waits for a person: %+v", list[0].Disputed)
	}
	p.clean()
}

// A batch that can't be is refused before anything.
func TestGrantBatchRefused(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	check(t, p.SetMostPoints(ctx, "らづポイント", 200, "佐藤"))
	other := func(g ledger.Grant) ledger.Grant { g.Kiosk, g.Event, g.Batch = "office", "bar", true; return g }
	for _, tt := range []struct {
		name string
		g    ledger.Grant
		at   time.Time
		want error
	}{
		{"cards beside a batch", ledger.Grant{Kiosk: "office", Event: "bar", Count: 1}, time.Time{}, ledger.ErrBatchKey},
		{"tickets beside a batch", ledger.Grant{Kiosk: "office", Event: "bar", Count: 1, Kind: cards.KindTicket}, time.Time{}, ledger.ErrBatchKey},
		{"a batch beside cards", ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 1, Batch: true}, time.Time{}, ledger.ErrBatchKey},
		{"of tickets", other(ledger.Grant{Count: 1, Kind: cards.KindTicket}), time.Time{}, ledger.ErrBadRequest},
		{"too many points", other(ledger.Grant{Count: 1, Points: 201}), time.Time{}, ledger.ErrBadRequest},
		{"too many cards", other(ledger.Grant{Count: 50_001}), time.Time{}, ledger.ErrBadRequest},
		{"no cards", other(ledger.Grant{}), time.Time{}, ledger.ErrBadRequest},
		{"the event ended", other(ledger.Grant{Count: 1}), held.End(), ledger.ErrBadRequest},
		{"as it may be", other(ledger.Grant{Count: 1}), time.Time{}, nil},
	} {
		if !tt.at.IsZero() {
			p.set(tt.at)
		}
		if _, err := p.Grant(ctx, tt.g); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
		p.set(held.Start())
	}
	p.clean()
}

// A surplus is not paid back by a card of a batch, which no tap signs.
func TestBatchIsNoChange(t *testing.T) {
	p := newPress(t, 10)
	check(t, p.AddPrize(context.Background(), ledger.Prize{ID: "pen", Scheme: "らづポイント", Name: cards.Text{Ja: "ペン"}, Points: 100, Stock: 5}, "佐藤"))
	check(t, p.AddEvent(context.Background(), event("big", 300, false)))
	big := p.grant(ledger.Grant{Kiosk: "station-1", Event: "big", Count: 10})
	p.set(held.Start().Add(12 * time.Hour))
	o, err := p.LookPrizes(context.Background(), p.admin.key.ID, cards.PrizeLook{Cards: p.texts(p.card(big, 1)), Nonce: requestID()})
	check(t, err)
	if len(o.Prizes) != 1 || len(o.Prizes[0].Change) != 0 {
		t.Errorf("%+v", o)
	}
}

// A text with a NUL is none for PostgreSQL; it must not stop the journal.
func TestRangeWithANUL(t *testing.T) {
	p := newPress(t, 10)
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	r := p.take(p.admin, p.admin.write(cards.Entry{State: cards.Making, Allotment: p.batch.ID, Number: 1, Last: 5, Request: "a\x00b", Operator: "\x00佐藤"}),
		p.admin.write(cards.Entry{State: cards.Lost, Allotment: p.batch.ID, Number: 1, Last: 5, Operator: "佐藤", Reason: "箱\x00"}))
	if reasons(r) != " " || r.Cursor != 3 {
		t.Errorf("%q, %+v", reasons(r), r)
	}
	p.clean()
}
