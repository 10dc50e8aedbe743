package ledger_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A press is a batch with the machine that holds it, and a kiosk that hands out.
type press struct {
	*book
	admin *pen
	batch cards.Allotment
}

// newPress makes a batch of so many cards of the event bar, 200 points, once a day,
// a week before the event.
func newPress(t testing.TB, count uint32) *press {
	t.Helper()
	p := &press{book: newBook(t)}
	p.set(held.Start().AddDate(0, 0, -7))
	p.admin = p.enrol("office", key("b"), key("c"))
	p.batch = p.grant(ledger.Grant{Kiosk: "office", Event: "bar", Count: count, Batch: true})
	return p
}

// printed signs a card of the batch.
func (p *press) printed(number uint32) cards.Card {
	p.t.Helper()
	c, err := cards.Sign(p.batch.Claims(number), key("b"))
	check(p.t, err)
	return c
}

// say writes an entry of a range.
func (p *press) say(by *pen, s cards.State, first, last uint32) cards.Record {
	p.t.Helper()
	e := cards.Entry{State: s, Allotment: p.batch.ID, Number: first, Last: last, Operator: "佐藤"}
	switch s {
	case cards.Making:
		e.Request = fmt.Sprintf("order %d", first)
	case cards.Made:
		digest := sha256.Sum256([]byte("manifest"))
		e.Digest = digest[:]
	case cards.Lost, cards.Withdrawn:
		e.Reason = "箱をなくした"
	}
	return by.write(e)
}

// of is a range with who says something of it.
func (p *press) of(first, last uint32) ledger.Range {
	return ledger.Range{Allotment: p.batch.ID, First: first, Last: last, Person: "佐藤", Reason: "配布"}
}

// claim returns why a card gives an account nothing; "" if it gives its points.
func (p *press) claim(number uint32, account string) ledger.Refusal {
	p.t.Helper()
	_, err := p.Claim(context.Background(), p.printed(number), account)
	return p.why(err)
}

func (p *press) why(err error) ledger.Refusal {
	p.t.Helper()
	refused := (*ledger.RefusedError)(nil)
	if err != nil && !errors.As(err, &refused) {
		p.t.Fatal(err)
	}
	if refused == nil {
		return ""
	}
	return refused.Why
}

func (p *press) has(account string, want int64) {
	p.t.Helper()
	b, err := p.Balance(context.Background(), account)
	check(p.t, err)
	if b.Points != want {
		p.t.Errorf("%s has %d points, want %d", account, b.Points, want)
	}
}

// ended says how an account's claims ended that waited.
func (p *press) ended(account string) string {
	p.t.Helper()
	list, err := p.EndedWaits(context.Background(), account, 10)
	check(p.t, err)
	var how []string
	for _, e := range list {
		how = append(how, e.How)
	}
	return strings.Join(how, " ")
}

// reasons are why entries are disputed; "" for one that is not.
func reasons(r cards.Receipt) string {
	var all []string
	for _, j := range r.Judgements {
		all = append(all, j.Reason)
	}
	return strings.Join(all, " ")
}

// A claim of a card that nobody has activated waits, and has its points in the
// transaction that activates the card. The first account gets them.
func TestBatch(t *testing.T) {
	p := newPress(t, 100)
	got := p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Making, 1, 100), p.say(p.admin, cards.Made, 1, 100))
	if why := reasons(got); strings.TrimSpace(why) != "" {
		t.Fatalf("disputed: %s", why)
	}
	p.set(held.Start().Add(12 * time.Hour))
	for _, account := range []string{"AAAA2222", "BBBB2222"} {
		for range 2 { // again is harmless
			if why := p.claim(7, account); why != ledger.Inactive {
				t.Fatalf("claimed before it is active: %q", why)
			}
		}
		p.set(p.clock().Add(time.Second))
	}
	look, err := p.Look(context.Background(), p.printed(7))
	if p.why(err) != ledger.Inactive || len(look.Waiting) != 2 {
		t.Errorf("%v waiting, %v", look.Waiting, err)
	}
	p.has("AAAA2222", 0)
	p.clean()
	if why := reasons(p.take(p.admin, p.say(p.admin, cards.Activated, 1, 50))); why != "" {
		t.Fatalf("activation disputed: %s", why)
	}
	p.has("AAAA2222", 200)
	p.has("BBBB2222", 0)
	if a, b := p.ended("AAAA2222"), p.ended("BBBB2222"); a != ledger.WaitGiven || b != ledger.WaitUsed {
		t.Errorf("the first ended as %q, the second as %q", a, b)
	}
	if why := p.claim(8, "BBBB2222"); why != "" {
		t.Errorf("an active card: %q", why)
	}
	if why := p.claim(51, "CCCC2222"); why != ledger.Inactive {
		t.Errorf("beyond the range: %q", why)
	}
	p.clean()
}
