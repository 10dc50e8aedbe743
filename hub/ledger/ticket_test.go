package ledger_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A till is a book with an account that holds 400 points until held+100 and 50
// until held+110, ten days after the event's; and 20 tickets of 150 points,
// good for 10 days.
type till struct {
	*book
	tickets cards.Allotment
	next    uint32
}

func newTill(t testing.TB) *till {
	b := newBook(t)
	b.redeems(b.cards, 1, "AAAA2222")
	b.redeems(b.walk, 1, "AAAA2222")
	b.redeems(b.walk, 2, "AAAA2222")
	b.redeems(b.walk, 3, "AAAA2222")
	b.redeems(b.walk, 4, "AAAA2222")
	b.set(b.clock().Add(10 * 24 * time.Hour))
	b.redeems(b.walk, 5, "AAAA2222")
	return &till{book: b, tickets: b.ticketsOf(150, 20)}
}

// ticketsOf grants tickets of one amount for today.
func (b *book) ticketsOf(points, count uint32) cards.Allotment {
	b.t.Helper()
	today := cards.DayOf(b.clock())
	e := event(fmt.Sprint("desk-", points, "-", today), points, false)
	e.Day = today
	check(b.t, b.AddEvent(context.Background(), e))
	return b.grant(ledger.Grant{Kiosk: "station-1", Event: e.ID, Kind: cards.KindTicket, Count: count, Expires: today + 10})
}

func requestID() []byte {
	id := make([]byte, cards.RequestSize)
	rand.Read(id)
	return id
}

func (b *book) asks(ask cards.TicketAsk, account string) cards.TicketAnswer {
	b.t.Helper()
	a, err := b.Ticket(context.Background(), b.kiosk.key.ID, ask, account)
	check(b.t, err)
	return a
}

// buys turns points into the next ticket.
func (b *till) buys(account string) (cards.Card, cards.TicketAnswer) {
	b.t.Helper()
	b.next++
	a := b.asks(cards.TicketAsk{Request: requestID(), Token: "open", Allotment: b.tickets.ID, Number: b.next}, account)
	return b.card(b.tickets, b.next), a
}

func (b *book) spends(c cards.Card, partner, press string) error {
	_, err := b.Spend(context.Background(), c, partner, press)
	return err
}

// sum is what stands on an account of the book.
func (b *book) sum(account string) (n int64) {
	b.t.Helper()
	check(b.t, b.db.QueryRow(`SELECT COALESCE(SUM(amount), 0) FROM posting WHERE account = $1`, account).Scan(&n))
	return n
}

func refusal(err error) ledger.Refusal {
	if r := (*ledger.RefusedError)(nil); errors.As(err, &r) {
		return r.Why
	}
	return ""
}

// A ticket takes what expires first, and the holder sees one movement for it.
func TestTicket(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	for n, want := range []struct{ left, lots, ticketed int64 }{{300, 4, 150}, {150, 3, 300}, {0, 0, 450}} {
		_, a := b.buys("AAAA2222")
		if a.Refused != "" || a.Points != 150 || a.Expires != b.tickets.Expires {
			t.Fatalf("ticket %d: %+v", n, a)
		}
		balance, err := b.Balance(ctx, "AAAA2222")
		if err != nil || balance.Points != want.left || b.sum("ticketed:らづポイント") != want.ticketed {
			t.Errorf("after %d: %+v, %v", n+1, balance.Points, err)
		}
		if m := balance.Movements[0]; m.Kind != "ticket" || m.Points != -150 || m.Serial != (cards.Serial{Allotment: b.tickets.ID, Number: b.next}) {
			t.Errorf("after %d: the latest movement is %+v", n+1, m)
		}
	}
	if _, a := b.buys("AAAA2222"); a.Refused != cards.TicketShort {
		t.Errorf("of nothing: %+v", a)
	}
	b.clean()
}

// Why no ticket is granted, each in its word; and nothing has moved.
func TestTicketRefused(t *testing.T) {
	b := newTill(t)
	other := b.enrol("station-2", key("m"), key("q"))
	good := cards.TicketAsk{Token: "open", Allotment: b.tickets.ID, Number: 1}
	b.asks(cards.TicketAsk{Request: requestID(), Token: "open", Allotment: b.tickets.ID, Number: 2}, "AAAA2222")
	b.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})
	before := b.sum("account:AAAA2222:らづポイント")
	noon := b.clock()
	for _, tt := range []struct {
		want    string
		mend    func(*cards.TicketAsk)
		account string
		at      time.Time
	}{
		{cards.TicketOver, func(*cards.TicketAsk) {}, "", noon},
		{cards.TicketShort, func(*cards.TicketAsk) {}, "BBBB2222", noon},
		{cards.TicketNumber, func(a *cards.TicketAsk) { a.Number = 2 }, "AAAA2222", noon},
		{cards.TicketOutside, func(a *cards.TicketAsk) { a.Number = 21 }, "AAAA2222", noon},
		{cards.TicketOutside, func(a *cards.TicketAsk) { a.Allotment = b.walk.ID }, "AAAA2222", noon},
		{cards.TicketOutside, func(a *cards.TicketAsk) { a.Allotment = 999 }, "AAAA2222", noon},
		{cards.TicketShut, func(*cards.TicketAsk) {}, "AAAA2222", noon.Add(24 * time.Hour)},
		{cards.TicketShut, func(*cards.TicketAsk) {}, "AAAA2222", noon.Add(-24 * time.Hour)},
	} {
		b.set(tt.at)
		ask := good
		ask.Request = requestID()
		if tt.mend(&ask); b.asks(ask, tt.account).Refused != tt.want {
			t.Errorf("%+v: %+v, want %s", ask, b.asks(ask, tt.account), tt.want)
		}
	}
	b.set(noon)
	good.Request = requestID()
	if a, err := b.Ticket(context.Background(), other.key.ID, good, "AAAA2222"); err != nil || a.Refused != cards.TicketOutside {
		t.Errorf("another kiosk's: %+v, %v", a, err)
	}
	if after := b.sum("account:AAAA2222:らづポイント"); after != before {
		t.Errorf("%d points of %d are left", after, before)
	}
	b.clean()
}

// A ticket never outlasts its points: those that end before it are left alone.
func TestTicketDoesNotOutlast(t *testing.T) {
	b := newTill(t)
	b.set((held + 95).Start().Add(12 * time.Hour)) // 400 points end in 5 days, 50 in 15; tickets last 10
	b.tickets = b.ticketsOf(50, 5)
	if _, a := b.buys("AAAA2222"); a.Refused != "" {
		t.Fatalf("%+v", a)
	}
	balance, err := b.Balance(context.Background(), "AAAA2222")
	if err != nil || balance.Points != 400 || len(balance.Lots) != 1 || balance.Lots[0].Expires != held+100 {
		t.Errorf("%+v, %v", balance.Lots, err)
	}
	if _, a := b.buys("AAAA2222"); a.Refused != cards.TicketShort {
		t.Errorf("out of points that end before it: %+v", a)
	}
	b.clean()
}

// The same request has the same answer, for ever; a bare one tells and moves
// nothing, and what it forbade never happens.
func TestTicketAgain(t *testing.T) {
	b := newTill(t)
	ask := cards.TicketAsk{Request: requestID(), Token: "open", Allotment: b.tickets.ID, Number: 1}
	first := b.asks(ask, "AAAA2222")
	b.set(b.clock().Add(30 * 24 * time.Hour)) // long past everything
	bare := ask
	bare.Token = ""
	for _, again := range []cards.TicketAnswer{b.asks(ask, "AAAA2222"), b.asks(ask, ""), b.asks(ask, "BBBB2222"), b.asks(bare, "")} {
		if fmt.Sprint(again) != fmt.Sprint(first) {
			t.Errorf("%+v, at first %+v", again, first)
		}
	}
	changed := ask
	changed.Number = 2
	if a := b.asks(changed, "AAAA2222"); a.Refused != cards.ValueRequest {
		t.Errorf("the same request for another ticket: %+v", a)
	}
	b.set(b.clock().Add(-30 * 24 * time.Hour))
	late := cards.TicketAsk{Request: requestID(), Allotment: b.tickets.ID, Number: 2}
	for range 2 {
		if a := b.asks(late, ""); a.Refused != cards.ValueWithdrawn {
			t.Errorf("bare: %+v", a)
		}
		late.Token = "open" // what was on its way arrives
	}
	if n := b.sum("account:AAAA2222:らづポイント"); n != 300 {
		t.Errorf("%d points are left", n)
	}
	b.clean()
}

// The points of a void ticket are again where they came from, with the day they
// had; what is past it is expired at once.
func TestTicketReturns(t *testing.T) {
	printed := []cards.State{cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked}
	for _, tt := range []struct {
		name   string
		states []cards.State
		later  int // days, before the hub hears of it
		held   int64
		expire int64
	}{
		{"no byte was sent", []cards.State{cards.Signed, cards.Void}, 0, 450, 0},
		{"printed and asked back", printed, 0, 450, 0},
		{"uncertain, printed again, asked back", []cards.State{cards.Signed, cards.Printing, cards.Uncertain, cards.Printing, cards.Printed, cards.VoidAsked}, 0, 450, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newTill(t)
			c, _ := b.buys("AAAA2222")
			b.take(b.kiosk, b.kiosk.steps(c, tt.states...)...)
			balance, err := b.Balance(context.Background(), "AAAA2222")
			if err != nil || balance.Points != 450 || balance.Movements[0].Kind != "return" || balance.Movements[0].Points != 150 {
				t.Errorf("%+v, %v", balance, err)
			}
			if why := refusal(b.spends(c, "bakery", "1")); why != ledger.VoidCard {
				t.Errorf("spent all the same: %v", why)
			}
			b.clean()
		})
	}
}

// A ticket of points that end with it, given back to a kiosk of which the hub
// hears a day late: they are expired, a second time for one lot.
func TestTicketReturnsTooLate(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	b.set((held + 90).Start().Add(12 * time.Hour))
	b.tickets = b.ticketsOf(325, 5) // good until held+100, as 400 of the points are
	c, a := b.buys("AAAA2222")
	if a.Refused != "" {
		t.Fatalf("%+v", a)
	}
	b.set((held + 100).End())
	if _, err := b.Expire(ctx); err != nil {
		t.Fatal(err)
	}
	if n := b.sum("expired:らづポイント"); n != 75 {
		t.Fatalf("%d expired", n)
	}
	if _, err := b.VoidTicket(ctx, c.Serial(), "佐藤", "too late"); refusal(err) != ledger.Lapsed {
		t.Fatalf("VoidTicket = %v", err)
	}
	b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked)...)
	if n := b.sum("expired:らづポイント"); n != 400 {
		t.Errorf("%d expired", n)
	}
	balance, err := b.Balance(ctx, "AAAA2222")
	if err != nil || balance.Points != 50 {
		t.Errorf("%+v, %v", balance, err)
	}
	b.clean()
	b.misses("expire", `UPDATE transfer SET reference = reference || '0' WHERE kind = 'expire' AND reference LIKE '%/2'`)
}

// A ticket lapses after its last day, and its points count as expired.
func TestTicketLapses(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	c, _ := b.buys("AAAA2222")
	d, _ := b.buys("AAAA2222") // of which nothing was ever heard
	b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Printed)...)
	open, err := b.OpenTickets(ctx)
	if err != nil || len(open) != 2 || open[0].Journal != cards.Printed || open[1].Journal != "" || open[1].Serial != d.Serial() || open[1].Kiosk != "station-1" {
		t.Errorf("%+v, %v", open, err)
	}
	b.set(b.tickets.Expires.End().Add(-time.Second))
	check(t, b.spends(b.card(b.tickets, 1), "bakery", "1"))
	if n, err := b.Lapse(ctx); n != 0 || err != nil {
		t.Errorf("on its last day: %d, %v", n, err)
	}
	b.set(b.tickets.Expires.End())
	if why := refusal(b.spends(d, "bakery", "2")); why != ledger.Lapsed {
		t.Errorf("a second later: %v", why)
	}
	for _, want := range []int{1, 0} {
		if n, err := b.Lapse(ctx); n != want || err != nil {
			t.Errorf("Lapse = %d, %v, want %d", n, err, want)
		}
	}
	if b.sum("expired:らづポイント") != 150 || b.sum("ticketed:らづポイント") != 0 || b.sum("partner:bakery:らづポイント") != 150 {
		t.Error("its points are not expired")
	}
	if _, err := b.VoidTicket(ctx, d.Serial(), "佐藤", "too late"); refusal(err) != ledger.Lapsed {
		t.Errorf("VoidTicket = %v", err)
	}
	if open, err = b.OpenTickets(ctx); err != nil || len(open) != 0 {
		t.Errorf("%+v, %v", open, err)
	}
	b.clean()
}
