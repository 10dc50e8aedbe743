package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A range is never half active, nor half withdrawn or void, whoever says so, and
// the claims that waited for it have all ended or none.
func TestTornRanges(t *testing.T) {
	ctx := context.Background()
	tables := []string{"batch_range", "issued", "transfer", "posting", "claimed_day", "batch_card", "ended", "lot", "batch_claim_end"}
	for _, table := range append(tables, "entry", "judged") {
		t.Run("entry/"+table, func(t *testing.T) {
			p := newPress(t, 100)
			p.claim(5, "AAAA2222")
			p.claim(5, "BBBB2222")
			sealed := p.admin.upload(cards.Upload{Records: []cards.Record{p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Activated, 1, 100)}})
			p.torn(table, func() error {
				_, err := p.Ingest(ctx, sealed)
				return err
			})
			p.has("AAAA2222", 200)
		})
	}
	for _, table := range tables {
		t.Run("person/"+table, func(t *testing.T) {
			p := newPress(t, 100)
			p.claim(5, "AAAA2222")
			done := false
			p.torn(table, func() error {
				if done {
					return nil
				}
				_, err := p.Activate(ctx, p.of(1, 100))
				done = err == nil
				return err
			})
			p.has("AAAA2222", 200)
		})
	}
	for _, table := range []string{"batch_range", "transfer", "posting", "ended", "batch_claim_end"} {
		t.Run("lost/"+table, func(t *testing.T) {
			p := newPress(t, 100)
			_, err := p.Activate(ctx, p.of(1, 50))
			check(t, err)
			p.claim(60, "AAAA2222")
			done := false
			p.torn(table, func() error {
				if done {
					return nil
				}
				_, err := p.Lose(ctx, p.of(1, 100))
				done = err == nil
				return err
			})
		})
	}
}

// One transaction activates all of a range, and leaves the ranges after many cards
// to the next.
func TestActivatedInSteps(t *testing.T) {
	p := newPress(t, 18_000)
	got := p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}),
		p.say(p.admin, cards.Activated, 1, 6000), p.say(p.admin, cards.Activated, 6001, 12_000), p.say(p.admin, cards.Activated, 12_001, 18_000))
	if got.Cursor != 3 || len(got.Judgements) != 3 {
		t.Errorf("cursor %d, %d judgements", got.Cursor, len(got.Judgements))
	}
	if got = p.take(p.admin); got.Cursor != 4 || reasons(got) != "" {
		t.Errorf("then cursor %d, %q", got.Cursor, reasons(got))
	}
	list, err := p.Batches(context.Background(), 0)
	check(t, err)
	if list[0].Cards.Issued != 18_000 {
		t.Errorf("%d are active", list[0].Cards.Issued)
	}
	p.clean()
}

// Who says the same of many cards again and again has one answer in each transaction:
// everybody else's writing waits for that long, and no longer.
func TestSaidAgainAndAgain(t *testing.T) {
	for _, state := range []cards.State{cards.Activated, cards.Withdrawn, cards.Lost} {
		p := newPress(t, 10_000)
		records := []cards.Record{p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})}
		for range 5 {
			records = append(records, p.say(p.admin, state, 1, 10_000))
		}
		if got := p.take(p.admin, records...); got.Cursor != 2 {
			t.Errorf("%s: cursor %d", state, got.Cursor)
		}
		if got := p.take(p.admin); got.Cursor != 3 || reasons(got) != "" {
			t.Errorf("%s: then cursor %d, %q", state, got.Cursor, reasons(got))
		}
		p.clean()
	}
}

// Claims that come while their range is activated either wait for it, and complete,
// or find it active: none is left waiting for a card that is.
func TestClaimsWhileActivated(t *testing.T) {
	p := newPress(t, 200)
	done := make(chan error)
	for n := range 4 {
		go func() {
			for number := uint32(n + 1); number <= 200; number += 4 {
				c, err := cards.Sign(p.batch.Claims(number), key("b"))
				if err == nil {
					_, err = p.Claim(context.Background(), c, fmt.Sprintf("AAAA2%03d", number))
				}
				if refused := (*ledger.RefusedError)(nil); err != nil && (!errors.As(err, &refused) || refused.Why != ledger.Inactive) {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	go func() {
		for first := uint32(1); first <= 200; first += 20 {
			if _, err := p.Activate(context.Background(), p.of(first, first+19)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 5 {
		check(t, <-done)
	}
	list, err := p.Batches(context.Background(), 0)
	check(t, err)
	if b := list[0]; b.Waiting != 0 || b.Cards.Redeemed != 200 {
		t.Errorf("%d claims wait, %d cards are redeemed", b.Waiting, b.Cards.Redeemed)
	}
	p.clean()
}
