package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A claim that nobody's activation answers ends after some days; then the card can
// be claimed again.
func TestWaitEnds(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	check(t, p.SetWait(ctx, 3, "佐藤"))
	p.claim(5, "AAAA2222")
	p.set(p.clock().AddDate(0, 0, 3).Add(-time.Millisecond))
	if n, err := p.EndWaits(ctx); err != nil || n != 0 {
		t.Fatalf("%d ended early, %v", n, err)
	}
	p.claim(6, "BBBB2222")
	p.set(p.clock().Add(time.Millisecond))
	if n, err := p.EndWaits(ctx); err != nil || n != 1 || p.ended("AAAA2222") != ledger.WaitLate {
		t.Fatalf("%d ended as %q, %v", n, p.ended("AAAA2222"), err)
	}
	p.claim(5, "AAAA2222")
	p.set(p.clock().AddDate(0, 0, 3).Add(-time.Hour)) // the second of BBBB has waited too long by now, though nobody has said so
	p.set(p.clock().Add(time.Hour - time.Millisecond))
	_, err := p.Activate(ctx, p.of(1, 10))
	check(t, err)
	p.has("AAAA2222", 200)
	p.has("BBBB2222", 0)
	if how := p.ended("BBBB2222"); how != ledger.WaitLate {
		t.Errorf("ended as %q", how)
	}
	p.clean()
}

// Once a day holds for claims that waited; and one that came in time has its points,
// though the card's day is over when the record arrives.
func TestWaitIsJudgedAsAClaim(t *testing.T) {
	p := newPress(t, 100)
	p.set(p.batch.Expires.End().Add(-time.Hour))
	for _, c := range []struct {
		number  uint32
		account string
	}{{1, "AAAA2222"}, {2, "AAAA2222"}, {2, "BBBB2222"}, {3, "BBBB2222"}} {
		p.claim(c.number, c.account)
		p.set(p.clock().Add(time.Second))
	}
	p.set(p.batch.Expires.End().Add(time.Hour))
	if why := p.claim(4, "CCCC2222"); why != ledger.Lapsed {
		t.Errorf("past its day: %q", why)
	}
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Activated, 1, 10))
	p.has("AAAA2222", 200)
	p.has("BBBB2222", 200)
	if a, b := p.ended("AAAA2222"), p.ended("BBBB2222"); a != "given once" || b != "given once" {
		t.Errorf("%q and %q", a, b)
	}
	n, err := p.Lapse(context.Background())
	if err != nil || n != 8 {
		t.Errorf("%d lapsed, %v", n, err)
	}
	p.clean()
}

// One account that waits for many cards of a batch raises an alarm, once.
func TestHoard(t *testing.T) {
	p := newPress(t, 100)
	for n := range uint32(25) {
		p.claim(n+1, fmt.Sprintf("BBBB22%02d", n))
		if n < 19 {
			p.claim(n+1, "AAAA2222")
		}
	}
	alarms, err := p.Alarms(context.Background())
	check(t, err)
	if len(alarms) != 0 {
		t.Errorf("%+v", alarms)
	}
	p.claim(50, "AAAA2222")
	p.claim(51, "AAAA2222")
	if alarms, err = p.Alarms(context.Background()); err != nil || len(alarms) != 1 || alarms[0].Kind != "hoard" || alarms[0].Serial.Number != 50 {
		t.Errorf("%+v, %v", alarms, err)
	}
}

// Points of a claim that waited can be past the card's day when they come, and go to
// another account like any.
func TestWaitPastItsDay(t *testing.T) {
	p := newPress(t, 10)
	ctx := context.Background()
	check(t, p.SetWait(ctx, 1000, "佐藤"))
	p.claim(3, "AAAA2222")
	p.set(p.batch.Expires.End().Add(time.Hour))
	_, err := p.Lapse(ctx)
	check(t, err)
	done, err := p.Activate(ctx, p.of(1, 5))
	check(t, err)
	if done.Given != 1 || done.Cards != 5 {
		t.Errorf("%+v", done)
	}
	p.clean()
	n, err := p.Lapse(ctx)
	check(t, err)
	if n != 4 {
		t.Errorf("%d lapsed", n)
	}
	p.clean()
	_, err = p.reverses(p.printed(3), "BBBB2222")
	check(t, err)
	p.has("BBBB2222", 200)
	p.clean()
}
