package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// spans are the ranges that a receipt names.
func spans(r cards.Receipt) (list [][2]uint32) {
	for _, one := range r.Ranges {
		list = append(list, [2]uint32{one.First, one.Last})
	}
	return list
}

// What a kiosk may activate is taken back with one word: its receipts name it no more,
// what it activated stands, and what it says of the rest from then on waits for a person.
func TestUngrant(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	check(t, p.GrantRange(ctx, p.of(1, 50), "station-1"))
	check(t, p.GrantRange(ctx, p.of(41, 60), "station-1"))
	late := []cards.Record{p.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.kiosk, cards.Activated, 1, 10)}
	p.take(p.kiosk, late...)
	offline := p.say(p.kiosk, cards.Activated, 21, 30) // written before, and heard of after
	p.claim(25, "AAAA2222")
	p.set(p.clock().Add(time.Minute))

	role := (*ledger.RoleError)(nil)
	check(t, p.AddPerson(ctx, "佐藤", []string{ledger.RoleGrant}, "佐藤"))
	for _, tt := range []struct {
		person, reason, kiosk string
		r                     ledger.Range
	}{{"佐藤", "", "station-1", p.of(1, 50)}, {"", "盗まれた", "station-1", p.of(1, 50)}, {"佐藤", "盗まれた", "", p.of(1, 50)}, {"佐藤", "盗まれた", "office", p.of(1, 50)},
		{"佐藤", "盗まれた", "station-1", p.of(61, 100)}, {"佐藤", "盗まれた", "station-1", p.of(61, 101)}, {"田中", "盗まれた", "station-1", p.of(1, 50)}} {
		tt.r.Person, tt.r.Reason = tt.person, tt.reason
		if done, err := p.UngrantRange(ctx, tt.r, tt.kiosk); !errors.Is(err, ledger.ErrBadRequest) && !errors.As(err, &role) {
			t.Errorf("%+v: %+v, %v", tt, done, err)
		}
	}
	done, err := p.UngrantRange(ctx, p.of(6, 45), "station-1")
	if err != nil || done != (ledger.Ungranted{Cards: 40, Active: 5, Inactive: 35, Yen: 7000}) {
		t.Errorf("%+v, %v", done, err)
	}
	got := p.take(p.kiosk, offline)
	if why := reasons(got); why != "outside" {
		t.Errorf("activated too late: %q", why)
	}
	if got := spans(got); len(got) != 3 || got[0] != [2]uint32{1, 5} || got[1] != [2]uint32{46, 50} || got[2] != [2]uint32{46, 60} {
		t.Errorf("told of %v", got)
	}
	if doubts := p.doubts(); len(doubts) != 1 || doubts[0].Cards != 10 || doubts[0].Yen != 2000 {
		t.Errorf("%+v", doubts)
	}
	if why := p.claim(6, "BBBB2222"); why != "" {
		t.Errorf("what was activated before: %q", why)
	}
	if why := reasons(p.take(p.kiosk, p.say(p.kiosk, cards.Activated, 46, 60), p.say(p.kiosk, cards.Activated, 45, 46))); why != " outside" {
		t.Errorf("what it has left: %q", why)
	}
	p.has("AAAA2222", 0)
	check(t, p.GrantRange(ctx, p.of(21, 30), "station-1")) // and again
	if why := reasons(p.take(p.kiosk, p.say(p.kiosk, cards.Activated, 21, 30))); why != "" {
		t.Errorf("granted again: %q", why)
	}
	p.has("AAAA2222", 200)
	if done, err := p.UngrantRange(ctx, ledger.Range{Person: "佐藤", Reason: "盗まれた"}, "station-1"); err != nil || done.Cards != 30 || done.Active != 30 {
		t.Errorf("everything: %+v, %v", done, err)
	}
	if got := p.take(p.kiosk); len(got.Ranges) != 0 {
		t.Errorf("told of %v", got.Ranges)
	}
	list, err := p.Batches(ctx, 0)
	check(t, err)
	if b := list[0]; len(b.Ungranted) != 6 || b.Ungranted[0].Reason != "配布" || b.Ungranted[0].Kiosk != "station-1" {
		t.Errorf("%+v", b.Ungranted)
	}
	p.clean()
	p.misses("may", `UPDATE batch_grant_end SET last_number = 100`)
}

// Taken back from a stolen kiosk, a range costs nothing any more if it is stolen.
func TestUngrantedAtRisk(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	station := int64(100*200 + 100*50) // its own cards
	check(t, p.GrantRange(ctx, p.of(1, 20), "station-1"))
	p.risk("station-1", station+20*200)
	_, err := p.UngrantRange(ctx, p.of(1, 15), "station-1")
	check(t, err)
	p.risk("station-1", station+5*200)
}

// A partner's range is taken back too.
func TestUngrantPartner(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	check(t, p.GrantPartner(ctx, p.of(1, 50), "table"))
	check(t, p.GrantRange(ctx, p.of(1, 50), "station-1"))
	_, err := p.ActivateBy(ctx, ledger.Range{Allotment: p.batch.ID, First: 1, Last: 10}, "table")
	check(t, err)
	if done, err := p.UngrantPartner(ctx, p.of(1, 100), "table"); err != nil || done.Cards != 50 || done.Active != 10 {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := p.ActivateBy(ctx, ledger.Range{Allotment: p.batch.ID, First: 11, Last: 11}, "table"); p.why(err) != ledger.Outside {
		t.Errorf("%v", err)
	}
	if list, err := p.PartnerRanges(ctx, "table"); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if got := p.take(p.kiosk); len(got.Ranges) != 1 {
		t.Errorf("the kiosk has lost it too: %v", got.Ranges)
	}
	p.clean()
	p.misses("may not", `DELETE FROM batch_grant_end`)
}

// A budget is lowered and taken back with a reason; what is activated stands.
func TestEndBudget(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100) // 100 cards of 200 yen are granted to the kiosk besides
	check(t, p.SetBudget(ctx, "bar", 22_000, "佐藤", ""))
	_, err := p.Activate(ctx, p.of(1, 5))
	check(t, err)
	for n, err := range []error{
		p.SetBudget(ctx, "bar", 21_000, "佐藤", ""), p.EndBudget(ctx, "bar", "佐藤", ""), p.SetBudget(ctx, "bar", 0, "佐藤", "まちがい"),
		p.SetBudget(ctx, "bar", -1, "佐藤", "まちがい"), p.EndBudget(ctx, "night", "佐藤", "まちがい"),
	} {
		if err == nil {
			t.Errorf("%d was done", n)
		}
	}
	check(t, p.SetBudget(ctx, "bar", 21_000, "佐藤", "減らす"))
	beyond := (*ledger.BudgetError)(nil)
	if _, err := p.Activate(ctx, p.of(6, 6)); !errors.As(err, &beyond) {
		t.Errorf("beyond it: %v", err)
	}
	p.clean()
	check(t, p.EndBudget(ctx, "bar", "佐藤", "まちがい"))
	if b, err := p.Budget(ctx, "bar"); err != nil || b.Set || b.Used != 21_000 {
		t.Errorf("%+v, %v", b, err)
	}
	if done, err := p.Activate(ctx, p.of(6, 100)); err != nil || done.Cards != 95 {
		t.Errorf("without one: %+v, %v", done, err)
	}
	if err := p.EndBudget(ctx, "bar", "佐藤", "まちがい"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("again: %v", err)
	}
	p.clean()
	p.misses("rule", `UPDATE money_rule SET reason = 'べつのわけ' WHERE value = 0`)
}

// A batch that was granted by mistake is withdrawn, and then its machine is not told
// of it any more, if it was not before.
func TestWithdrawnBatchIsNotSent(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	for _, tt := range []struct {
		first, last uint32
		want        int
	}{{1, 99, 1}, {100, 100, 0}} {
		_, err := p.Withdraw(ctx, p.of(tt.first, tt.last))
		check(t, err)
		if got := p.take(p.admin); len(got.Allotments) != tt.want {
			t.Errorf("to %d withdrawn: %d papers", tt.last, len(got.Allotments))
		}
	}
	p.clean()
}
