package ledger_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// robbedPress is a batch of which 1 to 20 are active and AAAA2222 waits for 30, whose
// key is compromised since entry 3: that which something was said with.
func robbedPress(t *testing.T, said cards.State, first, last uint32) *press {
	p := newPress(t, 100)
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Activated, 1, 20))
	p.claim(5, "ZZZZ2222")
	p.claim(30, "AAAA2222")
	p.set(p.clock().Add(time.Minute))
	p.take(p.admin, p.say(p.admin, said, first, last))
	p.clean()
	p.set(p.clock().Add(time.Minute))
	check(t, p.Revoke(context.Background(), ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 3}))
	p.set(p.clock().Add(time.Minute))
	p.clean()
	return p
}

// doubts are the entries of the batch that wait for a person.
func (p *press) doubts() []ledger.DisputedRange {
	p.t.Helper()
	list, err := p.Batches(context.Background(), p.batch.ID)
	check(p.t, err)
	return list[0].Disputed
}

// What a stolen batch key withdrew is believed or not by a person alone, who sees
// number and yen; until then claims of it wait, those too that it ended.
func TestThiefWithdraws(t *testing.T) {
	ctx := context.Background()
	for _, said := range []cards.State{cards.Withdrawn, cards.Lost} {
		p := robbedPress(t, said, 25, 40)
		if how := p.ended("AAAA2222"); how != "" {
			t.Errorf("the claim that it ended: %q", how)
		}
		for _, account := range []string{"AAAA2222", "BBBB2222"} {
			if why := p.claim(30, account); why != ledger.Inactive {
				t.Errorf("a claim of %s while nobody has decided: %q", account, why)
			}
		}
		doubts := p.doubts()
		if len(doubts) != 1 || doubts[0].State != said || doubts[0].Cards != 16 || doubts[0].Yen != 3200 || doubts[0].Seq != 3 || doubts[0].Kiosk != "office" || doubts[0].Why != ledger.WhySince {
			t.Fatalf("%+v", doubts)
		}
		p.clean()

		role, seen := (*ledger.RoleError)(nil), (*ledger.SeenError)(nil)
		other := p.of(25, 40)
		other.Person = "田中"
		if _, err := p.Keep(ctx, other); !errors.As(err, &role) {
			t.Errorf("by who may not decide: %v", err)
		}
		if _, err := p.Keep(ctx, p.of(25, 40)); !errors.As(err, &seen) || *seen != (ledger.SeenError{Cards: 16, Claims: 2, Yen: 3200}) {
			t.Errorf("unseen: %v", err)
		}
		part := p.of(29, 50)
		part.Seen = 12
		if done, err := p.Keep(ctx, part); err != nil || done.Cards != 12 || done.Yen != 2400 {
			t.Errorf("%+v, %v", done, err)
		}
		p.clean()
		if _, err := p.Withdraw(ctx, p.of(25, 26)); err != nil { // believed
			t.Error(err)
		}
		if doubts := p.doubts(); len(doubts) != 1 || doubts[0].Cards != 2 {
			t.Errorf("then: %+v", doubts)
		}
		if why := p.claim(25, "CCCC2222"); why != ledger.Withdrawn {
			t.Errorf("a card that a person withdrew: %q", why)
		}
		if why := p.claim(28, "DDDD2222"); why != ledger.Inactive {
			t.Errorf("a card in doubt: %q", why)
		}
		all := p.of(21, 40)
		all.Seen = 16
		if done, err := p.Activate(ctx, all); err != nil || done.Cards != 16 || done.Withdrawn != 4 || done.Given != 1 {
			t.Errorf("%+v, %v", done, err)
		}
		p.has("AAAA2222", 200)
		p.has("BBBB2222", 0)
		if how := p.ended("DDDD2222"); how != "" { // it waits for a person still
			t.Errorf("of a card in doubt, that was not activated: %q", how)
		}
		if how := p.ended("BBBB2222"); how != ledger.WaitUsed {
			t.Errorf("the second ended as %q", how)
		}
		list, err := p.Batches(ctx, 0)
		check(t, err)
		if b := list[0]; b.Withdrawn != 4 || b.Inactive != 60 || b.Cards.Issued != 36 {
			t.Errorf("%+v", b)
		}
		p.clean()
	}
}

// A person who believes what the stolen key withdrew ends the claims again.
func TestThiefsWithdrawalBelieved(t *testing.T) {
	p := robbedPress(t, cards.Withdrawn, 25, 40)
	p.claim(31, "BBBB2222")
	done, err := p.Withdraw(context.Background(), p.of(25, 40))
	if err != nil || done.Cards != 0 || done.Withdrawn != 16 {
		t.Errorf("%+v, %v", done, err)
	}
	if a, b := p.ended("AAAA2222"), p.ended("BBBB2222"); a != "withdrawn" || b != "withdrawn" {
		t.Errorf("%q and %q", a, b)
	}
	if doubts := p.doubts(); len(doubts) != 0 {
		t.Errorf("%+v", doubts)
	}
	if _, err := p.Keep(context.Background(), p.of(25, 40)); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("kept what nobody disputes: %v", err)
	}
	p.clean()
}

// Cards that were active, and that a stolen batch key said are lost, are void or not
// by a person's word.
func TestThiefLosesABox(t *testing.T) {
	ctx := context.Background()
	p := robbedPress(t, cards.Lost, 11, 20)
	for number, account := range map[uint32]string{11: "BBBB2222", 12: "CCCC2222"} {
		if why := p.claim(number, account); why != ledger.Revoked {
			t.Errorf("card %d: %q", number, why)
		}
	}
	list, err := p.Disputes(ctx)
	check(t, err)
	if len(list) != 1 || list[0].Yen() != 2000 || len(list[0].Cards) != 10 || list[0].Claims != 2 || list[0].First != 3 || list[0].Kiosk != "office" || !slices.Equal(list[0].Why, []string{ledger.WhyVoid}) {
		t.Fatalf("%+v", list)
	}
	v, err := p.Decide(ctx, ledger.Decision{Kiosk: "office", From: 3, To: 3, Cards: 10, Person: "佐藤", Reason: "箱は倉庫にある"})
	if err != nil || v.Good != 10 || v.Redeemed != 2 || v.Yen != 2000 {
		t.Errorf("%+v, %v", v, err)
	}
	p.has("BBBB2222", 200)
	if why := p.claim(13, "DDDD2222"); why != "" {
		t.Errorf("a card that was kept: %q", why)
	}
	p.clean()
	if done, err := p.Lose(ctx, p.of(11, 20)); err != nil || done.Void != 0 || done.Honoured != 3 { // they have had their one void
		t.Errorf("lost after all: %+v, %v", done, err)
	}
	p.clean()
}

// What was withdrawn or lost before the key was compromised stands, and so does what a
// person said, whatever the thief said of it too.
func TestThiefWithdrawsTheSame(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Activated, 1, 20),
		p.say(p.admin, cards.Lost, 11, 30), p.say(p.admin, cards.Lost, 11, 40)) // of one moment
	_, err := p.Withdraw(ctx, p.of(36, 45))
	check(t, err)
	p.set(p.clock().Add(time.Minute))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 4}))
	if list, err := p.Disputes(ctx); err != nil || len(list) != 0 {
		t.Errorf("disputed: %+v, %v", list, err)
	}
	if doubts := p.doubts(); len(doubts) != 1 || doubts[0].Cards != 5 {
		t.Errorf("%+v", doubts)
	}
	kept := p.of(1, 100)
	kept.Seen = 5
	if done, err := p.Keep(ctx, kept); err != nil || done.Cards != 5 {
		t.Errorf("%+v, %v", done, err)
	}
	for number, want := range map[uint32]ledger.Refusal{11: ledger.VoidCard, 30: ledger.Withdrawn, 31: ledger.Inactive, 36: ledger.Withdrawn} {
		if why := p.claim(number, "AAAA2222"); why != want {
			t.Errorf("card %d: %q, want %q", number, why, want)
		}
	}
	p.clean()
}

// Earlier than first thought: what the key withdrew between waits for a person then.
func TestThiefWasThereBefore(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	p.claim(30, "AAAA2222")
	p.set(p.clock().Add(time.Minute))
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Withdrawn, 21, 30), p.say(p.admin, cards.Withdrawn, 26, 40))
	p.set(p.clock().Add(time.Minute))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 3}))
	if how := p.ended("AAAA2222"); how != "withdrawn" {
		t.Errorf("what was withdrawn in time: %q", how)
	}
	kept := p.of(1, 100)
	kept.Seen = 10
	_, err := p.Keep(ctx, kept)
	check(t, err)
	p.clean()
	p.set(p.clock().Add(time.Minute))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 2}))
	if how := p.ended("AAAA2222"); how != "" {
		t.Errorf("then: %q", how)
	}
	p.clean()
	if done, err := p.Keep(ctx, kept); err != nil || done.Cards != 10 {
		t.Errorf("%+v, %v", done, err)
	}
	p.clean()
	list, err := p.Batches(ctx, 0)
	check(t, err)
	if list[0].Inactive != 100 || list[0].Withdrawn != 0 || list[0].Waiting != 1 {
		t.Errorf("%+v", list[0])
	}
}

// What a key says after it was revoked ends nothing, and is shown with what it would.
func TestLateLossIsShown(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Activated, 1, 20))
	p.claim(5, "AAAA2222")
	p.claim(30, "BBBB2222")
	p.set(p.clock().Add(time.Minute))
	check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised}))
	p.take(p.admin, p.say(p.admin, cards.Lost, 1, 20), p.say(p.admin, cards.Lost, 11, 40))
	if how := p.ended("BBBB2222"); how != "" {
		t.Errorf("ended as %q", how)
	}
	doubts := p.doubts()
	if len(doubts) != 2 || doubts[0].Cards != 19 || doubts[0].Yen != 3800 || doubts[1].Cards != 30 || doubts[1].Why != "revoked" {
		t.Fatalf("%+v", doubts)
	}
	_, err := p.Lose(ctx, p.of(1, 20))
	check(t, err)
	if doubts := p.doubts(); len(doubts) != 1 || doubts[0].Cards != 20 {
		t.Errorf("then: %+v", doubts)
	}
	p.clean()
}

// What a person keeps, and the claims that a revocation opens again, happen wholly or
// not at all.
func TestTornKeep(t *testing.T) {
	ctx := context.Background()
	rob := func() *press {
		p := newPress(t, 100)
		p.claim(30, "AAAA2222")
		p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Withdrawn, 25, 40))
		p.set(p.clock().Add(time.Minute))
		return p
	}
	once := func(do func() error) func() error {
		done := false
		return func() (err error) {
			if !done {
				err = do()
				done = err == nil
			}
			return err
		}
	}
	for _, table := range []string{"revocation_step", "batch_claim_again", "trust_list"} {
		t.Run("revoke/"+table, func(t *testing.T) {
			p := rob()
			p.torn(table, once(func() error {
				return p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 2})
			}))
			if how := p.ended("AAAA2222"); how != "" {
				t.Errorf("ended as %q", how)
			}
		})
	}
	for _, table := range []string{"batch_range", "transfer"} {
		t.Run("keep/"+table, func(t *testing.T) {
			p := rob()
			check(t, p.Revoke(ctx, ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 2}))
			all := p.of(1, 100)
			all.Seen = 16
			p.torn(table, once(func() error { _, err := p.Keep(ctx, all); return err }))
		})
	}
	for _, table := range []string{"batch_grant_end", "transfer"} {
		t.Run("ungrant/"+table, func(t *testing.T) {
			p := rob()
			check(t, p.GrantRange(ctx, p.of(1, 10), "station-1"))
			check(t, p.GrantRange(ctx, p.of(5, 20), "station-1"))
			p.torn(table, once(func() error { _, err := p.UngrantRange(ctx, p.of(1, 100), "station-1"); return err }))
		})
	}
}

// Each invariant of what a person keeps is broken once, and must be missed.
func TestCheckFindsPlantedKeeps(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"range", `UPDATE batch_range SET cards = cards + 1 WHERE state = 'kept'`},
		{"range", `UPDATE batch_range SET last_number = 41 WHERE state = 'kept'`},
		{"range", `UPDATE batch_range SET seq = 1 WHERE state = 'kept'`},
		{"range", `UPDATE batch_range SET person = '' WHERE state = 'kept'`},
		{"range", `DELETE FROM batch_range WHERE state = 'kept'`},
		{"range", `UPDATE revocation_step SET since = 4 WHERE how = 'compromised'`},
		{"waiting claim", `UPDATE batch_claim_again SET ended = ended + 1`},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			p := robbedPress(t, cards.Lost, 25, 40)
			all := p.of(1, 100)
			all.Seen = 16
			_, err := p.Keep(context.Background(), all)
			check(t, err)
			p.misses(tt.rule, tt.plant)
		})
	}
}

// What waited for the entry before it when the key was compromised is believed up to
// there, and no further.
func TestThiefWaited(t *testing.T) {
	p := newPress(t, 100)
	begun := p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})
	p.take(p.admin, p.say(p.admin, cards.Activated, 1, 10), p.say(p.admin, cards.Withdrawn, 11, 20), p.say(p.admin, cards.Activated, 21, 30))
	p.set(p.clock().Add(time.Minute))
	check(t, p.Revoke(context.Background(), ledger.Revocation{Kiosk: "office", How: cards.Compromised, Since: 3}))
	if why := reasons(p.take(p.admin, begun)); why != "revoked  revoked revoked" {
		t.Errorf("%q", why)
	}
	for number, want := range map[uint32]ledger.Refusal{5: "", 15: ledger.Inactive, 25: ledger.Inactive} {
		if why := p.claim(number, map[uint32]string{5: "AAAA2222", 15: "BBBB2222", 25: "CCCC2222"}[number]); why != want {
			t.Errorf("card %d: %q, want %q", number, why, want)
		}
	}
	if doubts := p.doubts(); len(doubts) != 2 {
		t.Errorf("%+v", doubts)
	}
	p.clean()
}

// A person who believes that the box is lost leaves its cards void, and who claimed one
// without points.
func TestThiefsLossBelieved(t *testing.T) {
	ctx := context.Background()
	p := robbedPress(t, cards.Lost, 11, 20)
	p.claim(11, "BBBB2222")
	v, err := p.Decide(ctx, ledger.Decision{Accept: true, Kiosk: "office", From: 3, To: 3, Cards: 10, Person: "佐藤", Reason: "本当だった"})
	if err != nil || v.Void != 10 || v.Left != 1 || v.Redeemed != 0 {
		t.Errorf("%+v, %v", v, err)
	}
	p.has("BBBB2222", 0)
	if why := p.claim(12, "CCCC2222"); why != ledger.VoidCard {
		t.Errorf("%q", why)
	}
	if list, err := p.Disputes(ctx); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	p.clean()
}
