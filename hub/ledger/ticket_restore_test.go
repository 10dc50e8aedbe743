package ledger_test

import (
	"context"
	"testing"
	"time"

	"pointkiosk/cards"
)

// A backup was put back, and staff at a kiosk take tickets back that a shop may have
// taken in what is lost: their points stay where they are until a person has asked the
// shops. What the hub had ruled in what is lost, the kiosk says again, and it counts.
func TestTicketVoidAskedAfterRestore(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	waiting, _ := b.buys("AAAA2222")
	after, _ := b.buys("AAAA2222")
	ruled, _ := b.buys("AAAA2222")
	records := []cards.Record{b.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})}
	for _, c := range []cards.Card{waiting, after, ruled} {
		records = append(records, b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Printed)...)
	}
	b.take(b.kiosk, records...)
	b.set(b.clock().Add(time.Hour))
	_, err := b.db.Exec(`INSERT INTO restore (id, lost, since, at) VALUES (1, 1, $1, $2)`, b.clock().Add(-time.Hour).UnixMilli(), b.clock().UnixMilli())
	check(t, err)
	b.asksVoid(waiting, 0)
	if n := b.accepts(); n != 1 {
		t.Fatalf("%d windows", n)
	}
	b.asksVoid(after, 0, waiting.Serial())
	b.holds("AAAA2222", 0)
	_, err = b.VoidUnspent(ctx, after.Serial(), "佐藤", "no shop has it")
	check(t, err)
	b.holds("AAAA2222", 150)
	b.asksVoid(ruled, 1, waiting.Serial(), after.Serial())
	b.holds("AAAA2222", 150)
	for _, j := range b.take(b.kiosk, b.kiosk.steps(ruled, cards.Void)...).Judgements {
		if j.Verdict != cards.Accepted {
			t.Errorf("%+v", j)
		}
	}
	b.holds("AAAA2222", 300)
	b.clean()
}

// asksVoid has staff at the kiosk take a ticket back, and wants so many answers to
// that and to what was asked before.
func (b *till) asksVoid(c cards.Card, want int, before ...cards.Serial) {
	b.t.Helper()
	u := b.kiosk.whole(b.clock(), b.kiosk.steps(c, cards.VoidAsked)...)
	u.Asked = append(before, c.Serial())
	if r := b.ask(b.kiosk, u); len(r.Outcomes) != want || r.Judgements[0].Verdict != cards.Accepted {
		b.t.Errorf("outcomes %+v, %+v", r.Outcomes, r.Judgements)
	}
}
