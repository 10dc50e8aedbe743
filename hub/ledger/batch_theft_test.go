package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func (p *press) risk(kiosk string, want int64) {
	p.t.Helper()
	all, err := p.Kiosks(context.Background())
	check(p.t, err)
	for _, k := range all {
		if k.Name == kiosk {
			if k.AtRisk != want {
				p.t.Errorf("if %s is stolen now: %d yen, want %d", kiosk, k.AtRisk, want)
			}
			return
		}
	}
	p.t.Errorf("no kiosk %s", kiosk)
}

// What a stolen key can cost of a batch: what is active and not redeemed, and what it
// could activate, as far as the event has money.
func TestBatchAtRisk(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	station := int64(100*200 + 100*50) // its own cards
	p.risk("office", 100*200)
	p.risk("station-1", station)
	check(t, p.GrantRange(ctx, p.of(1, 20), "station-1"))
	check(t, p.GrantRange(ctx, p.of(1, 20), "station-1")) // again is harmless
	p.risk("station-1", station+20*200)
	_, err := p.Withdraw(ctx, p.of(91, 100))
	check(t, err)
	_, err = p.Activate(ctx, p.of(1, 10))
	check(t, err)
	p.risk("office", 90*200)
	p.risk("station-1", station+10*200) // who steals it has active cards too, if they lie there: those are the residents' by now
	p.claim(1, "AAAA2222")
	p.risk("office", 89*200)
	check(t, p.SetBudget(ctx, "bar", (100+10+5)*200, "佐藤", "会議で"))
	p.risk("office", (9+5)*200)
	p.risk("station-1", station+5*200)

	beyond := (*ledger.CapError)(nil)
	check(t, p.SetCap(ctx, station+6*200, "佐藤"))
	check(t, p.GrantRange(ctx, p.of(21, 21), "station-1"))
	check(t, p.SetCap(ctx, station+5*200, "佐藤"))
	if err := p.GrantRange(ctx, p.of(22, 22), "station-1"); !errors.As(err, &beyond) {
		t.Errorf("a range beyond the cap: %v", err)
	}
	check(t, p.SetCap(ctx, (9+5+4)*200, "佐藤"))
	if _, err := p.Grant(ctx, ledger.Grant{Kiosk: "office", Event: "bar", Count: 1000, Batch: true}); !errors.As(err, &beyond) {
		t.Errorf("a batch beyond the cap: %v", err)
	}
	check(t, p.SetCap(ctx, (9+5+5)*200, "佐藤"))
	p.grant(ledger.Grant{Kiosk: "office", Event: "bar", Count: 1000, Batch: true}) // the budget bounds it
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised}))
	p.risk("office", 9*200)
	p.clean()
}

// What a compromised key says activates nothing, nor does anybody else's entry of its
// cards; a person decides. What was activated in time is good.
func TestCompromisedBatch(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	check(t, p.GrantRange(ctx, p.of(1, 100), "station-1"))
	p.take(p.kiosk, p.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Activated, 1, 10), p.say(p.admin, cards.Activated, 11, 20))
	p.take(p.kiosk, p.say(p.kiosk, cards.Activated, 11, 12))
	p.claim(31, "AAAA2222")
	p.set(p.clock().Add(time.Second))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 3}))
	if why := reasons(p.take(p.admin, p.say(p.admin, cards.Activated, 21, 30), p.say(p.admin, cards.Lost, 1, 30))); why != "revoked revoked" {
		t.Errorf("its own: %q", why)
	}
	if why := reasons(p.take(p.kiosk, p.say(p.kiosk, cards.Activated, 31, 40))); why != "revoked" {
		t.Errorf("the other kiosk's: %q", why)
	}
	p.set(p.clock().Add(time.Second))
	for number, want := range map[uint32]ledger.Refusal{1: "", 12: "", 13: ledger.Revoked, 21: ledger.Inactive} {
		account := map[uint32]string{1: "BBBB2222", 12: "CCCC2222", 13: "DDDD2222", 21: "EEEE2222"}[number]
		if why := p.claim(number, account); why != want {
			t.Errorf("card %d: %q, want %q", number, why, want)
		}
	}
	p.clean()
	role := (*ledger.RoleError)(nil)
	other := p.of(21, 40)
	other.Person = "田中"
	if _, err := p.Activate(ctx, other); !errors.As(err, &role) {
		t.Errorf("by who may not decide: %v", err)
	}
	seen := (*ledger.SeenError)(nil)
	if _, err := p.Activate(ctx, p.of(21, 40)); !errors.As(err, &seen) || *seen != (ledger.SeenError{Cards: 20, Claims: 2, Yen: 4000}) {
		t.Errorf("unseen: %v", err)
	}
	all := p.of(21, 40)
	all.Seen = 20
	if done, err := p.Activate(ctx, all); err != nil || done.Cards != 20 || done.Given != 2 {
		t.Errorf("%+v, %v", done, err)
	}
	p.has("AAAA2222", 200)
	p.has("EEEE2222", 200)
	if _, err := p.Decide(ctx, ledger.Decision{Accept: true, Serials: []cards.Serial{p.printed(13).Serial()}, Cards: 1, Person: "佐藤", Reason: "見た"}); err != nil {
		t.Error(err)
	}
	p.has("DDDD2222", 200)
	p.clean()
}

// Of a kiosk that is compromised what it activated before counts; of what it
// activated since a person decides, though the batch's key is good.
func TestCompromisedHandOut(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	check(t, p.GrantRange(ctx, p.of(1, 100), "station-1"))
	p.take(p.kiosk, p.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.kiosk, cards.Activated, 1, 10), p.say(p.kiosk, cards.Activated, 11, 20))
	p.set(p.clock().Add(time.Second))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 3}))
	for number, account := range map[uint32]string{1: "AAAA2222", 15: "BBBB2222", 16: "CCCC2222"} {
		want := ledger.Revoked
		if number == 1 {
			want = ""
		}
		if why := p.claim(number, account); why != want {
			t.Errorf("card %d: %q, want %q", number, why, want)
		}
	}
	p.clean()
	for accept, number := range map[bool]uint32{true: 15, false: 16} {
		_, err := p.Decide(ctx, ledger.Decision{Accept: accept, Serials: []cards.Serial{p.printed(number).Serial()}, Cards: 1, Person: "佐藤", Reason: "見た"})
		check(t, err)
	}
	p.has("BBBB2222", 200)
	p.has("CCCC2222", 0)
	if _, err := p.Activate(ctx, p.of(17, 17)); err != nil { // by a person: it is vouched for
		t.Error(err)
	}
	if why := p.claim(17, "EEEE2222"); why != "" {
		t.Errorf("card 17: %q", why)
	}
	p.clean()
}

// After a backup was put back, claims that wait complete by a person's decision: the
// card may have been redeemed in what is lost.
func TestWaitAfterRestore(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	p.claim(5, "AAAA2222")
	p.set(p.clock().Add(time.Hour))
	_, err := p.db.Exec(`INSERT INTO restore (id, lost, since, at) VALUES (1, 1, $1, $2)`, p.clock().Add(-time.Hour).UnixMilli(), p.clock().UnixMilli())
	check(t, err)
	if why := p.claim(6, "AAAA2222"); why != ledger.Closed {
		t.Errorf("while it is closed: %q", why)
	}
	if _, err := p.Activate(ctx, p.of(1, 10)); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("by a person, while it is closed: %v", err)
	}
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Activated, 1, 10))
	p.has("AAAA2222", 0)
	list, err := p.Restores(ctx)
	check(t, err)
	_, err = p.AcceptRestore(ctx, list[0].Since.Truncate(time.Minute), "佐藤", "見た")
	check(t, err)
	p.clean()
	_, err = p.Decide(ctx, ledger.Decision{Accept: true, Serials: []cards.Serial{p.printed(5).Serial()}, Cards: 1, Person: "佐藤", Reason: "見た"})
	check(t, err)
	p.has("AAAA2222", 200)
	if why := p.claim(6, "AAAA2222"); why != ledger.Restored {
		t.Errorf("an active card: %q", why)
	}
	p.clean()
}

// A second card under one number, by the same key, gives nothing, and is noticed.
func TestSecondCardOfABatch(t *testing.T) {
	p := newPress(t, 100)
	_, err := p.Activate(context.Background(), p.of(1, 10))
	check(t, err)
	p.claim(1, "AAAA2222")
	if why := p.claim(1, "BBBB2222"); why != ledger.Used {
		t.Errorf("%q", why)
	}
	for _, change := range []func(*cards.Claims){func(c *cards.Claims) { c.Points++ }, func(c *cards.Claims) { c.Number = 101 }, func(c *cards.Claims) { c.Expires++ }} {
		claims := p.batch.Claims(2)
		change(&claims)
		c, err := cards.Sign(claims, key("b"))
		check(t, err)
		if _, err := p.Claim(context.Background(), c, "BBBB2222"); p.why(err) != ledger.Outside {
			t.Errorf("%+v: %v", claims, err)
		}
	}
	p.clean()
}

// Whoever stole a batch's key has no card made good by entries of single cards, which
// a batch has none of, whatever a person believes.
func TestBatchCardIsNoDispute(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 10)
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 2}))
	p.set(p.clock().Add(time.Second))
	p.take(p.admin, p.admin.steps(p.printed(5), cards.Signed, cards.Printing, cards.Printed)...)
	list, err := p.Disputes(ctx)
	check(t, err)
	if len(list) != 0 {
		t.Errorf("disputed: %+v", list)
	}
	_, err = p.Decide(ctx, ledger.Decision{Accept: true, Serials: []cards.Serial{p.printed(5).Serial()}, Cards: 1, Person: "佐藤", Reason: "見た"})
	if !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("decided: %v", err)
	}
	if why := p.claim(5, "AAAA2222"); why != ledger.Inactive {
		t.Errorf("nobody activated it: %q", why)
	}
	p.clean()
}

// A kiosk's old disk activates nothing that only its successor was granted.
func TestSuccessorsRange(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 10)
	check(t, p.GrantRange(ctx, p.of(1, 2), "station-1"))
	p.take(p.kiosk, p.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	p.set(p.clock().Add(time.Second))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Retired}))
	p.enrol("station-1", key("x"), key("y"))
	check(t, p.GrantRange(ctx, p.of(3, 10), "station-1"))
	if why := reasons(p.take(p.kiosk, p.say(p.kiosk, cards.Activated, 1, 2), p.say(p.kiosk, cards.Activated, 3, 10))); why != " outside" {
		t.Errorf("judged %q", why)
	}
	if why := p.claim(3, "AAAA2222"); why != ledger.Inactive {
		t.Errorf("nobody activated it: %q", why)
	}
	p.clean()
}
