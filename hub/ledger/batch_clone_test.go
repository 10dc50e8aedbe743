package ledger_test

import (
	"context"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A copied disk of the machine that holds a batch, if it comes to the hub first, is
// caught when the other comes; from then on what either says of ranges changes nothing
// before a person has looked.
func TestClonedPress(t *testing.T) {
	ctx := context.Background()
	p := newPress(t, 100)
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	clone := *p.admin
	p.claim(30, "AAAA2222")
	p.take(&clone, p.say(&clone, cards.Activated, 1, 10))
	if got := p.take(p.admin, p.say(p.admin, cards.Activated, 11, 20)); got.Stop != ledger.StopConflict {
		t.Fatalf("not caught: %+v", got)
	}
	got := p.take(&clone, p.say(&clone, cards.Activated, 21, 40), p.say(&clone, cards.Lost, 1, 100), p.say(&clone, cards.Withdrawn, 50, 60))
	if why := reasons(got); why != "stopped stopped stopped" {
		t.Errorf("the clone goes on: %q", why)
	}
	p.has("AAAA2222", 0)
	if why := p.claim(50, "BBBB2222"); why != ledger.Inactive {
		t.Errorf("withdrawn by the clone: %q", why)
	}
	if doubts := p.doubts(); len(doubts) != 3 || doubts[0].Cards != 20 || doubts[0].Yen != 4000 || doubts[1].Cards != 100 || doubts[2].Cards != 11 {
		t.Errorf("%+v", doubts)
	}
	p.clean()
	p.set(p.clock().Add(time.Second))
	check(t, p.Clear(ctx, "office", "佐藤"))
	if why := reasons(p.take(&clone, p.say(&clone, cards.Activated, 25, 30))); why != "" {
		t.Errorf("after a person has looked: %q", why)
	}
	p.has("AAAA2222", 200)
	p.clean()
}

// So it is with a kiosk that a range was granted to.
func TestClonedKioskActivates(t *testing.T) {
	p := newPress(t, 100)
	check(t, p.GrantRange(context.Background(), p.of(1, 100), "station-1"))
	p.take(p.kiosk, p.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	clone := *p.kiosk
	p.take(&clone, p.say(&clone, cards.Activated, 1, 10))
	p.take(p.kiosk, p.say(p.kiosk, cards.Activated, 11, 20))
	if why := reasons(p.take(&clone, p.say(&clone, cards.Activated, 21, 100))); why != "stopped" {
		t.Errorf("the clone goes on: %q", why)
	}
	p.risk("station-1", 100*200+100*50+90*200)
	p.clean()
}
