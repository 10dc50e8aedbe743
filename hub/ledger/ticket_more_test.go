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

// A database was put back: tickets that may have been spent in between nobody
// takes, a person voids them, and new ones are as good as ever.
func TestTicketAfterRestore(t *testing.T) {
	b, p := markedBook(t)
	ctx := context.Background()
	for n := range uint32(4) {
		b.redeems(b.walk, n+1, "AAAA2222")
	}
	m := &till{book: b, tickets: b.ticketsOf(50, 10)}
	kept, _ := m.buys("AAAA2222")
	yesterday := b.backup()
	b.set(b.clock().Add(time.Hour))
	check(t, b.spends(kept, "bakery", "1")) // will be lost, and so will this ticket:
	lost, _ := m.buys("AAAA2222")
	b.reopen(yesterday, p)
	if why := refusal(b.spends(kept, "bakery", "2")); why != ledger.Closed {
		t.Errorf("while it waits: %v", why)
	}
	ask := cards.TicketAsk{Request: requestID(), Token: "open", Allotment: m.tickets.ID, Number: 3}
	if _, err := b.Ticket(ctx, b.kiosk.key.ID, ask, "AAAA2222"); err != ledger.ErrClosed {
		t.Errorf("granted while it waits: %v", err)
	}
	if _, err := b.VoidTicket(ctx, kept.Serial(), "佐藤", "x"); err != ledger.ErrClosed {
		t.Errorf("voided while it waits: %v", err)
	}
	if n := b.accepts(); n != 1 {
		t.Fatalf("%d windows", n)
	}
	b.set(b.clock().Add(time.Minute))
	if why := refusal(b.spends(kept, "bakery", "3")); why != ledger.Restored {
		t.Errorf("it may have been spent: %v", why)
	}
	if why := refusal(b.spends(lost, "bakery", "4")); why != ledger.Restored {
		t.Errorf("it is not known any more: %v", why)
	}
	r := b.take(b.kiosk, b.kiosk.steps(lost, cards.Signed)...)
	if r.Judgements[0].Reason != "ticket" {
		t.Errorf("its entry: %+v", r.Judgements)
	}
	if _, a := m.buys("AAAA2222"); a.Refused != cards.TicketShut {
		t.Errorf("a ticket that no shop would take is sold: %+v", a)
	}
	b.holds("AAAA2222", 150)
	if n, err := b.VoidTicket(ctx, kept.Serial(), "佐藤", "stuck"); n != 0 || !errors.Is(err, ledger.ErrMayBeSpent) {
		t.Errorf("VoidTicket = %d, %v", n, err)
	}
	b.holds("AAAA2222", 150)
	if n, err := b.VoidUnspent(ctx, kept.Serial(), "佐藤", "the bakery has it not"); n != 50 || err != nil {
		t.Errorf("VoidUnspent = %d, %v", n, err)
	}
	b.holds("AAAA2222", 200)
	m.tickets, m.next = b.ticketsOf(60, 5), 0
	c, a := m.buys("AAAA2222")
	if a.Refused != "" {
		t.Fatalf("%+v", a)
	}
	check(t, b.spends(c, "bakery", "5"))
	b.clean()
}

// A ticket that a shop took is honoured if the kiosk asks for its void after
// that, and one of which no printing is known raises the alarm.
func TestTicketHonoured(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	asked, _ := b.buys("AAAA2222")
	never, _ := b.buys("AAAA2222")
	records := append([]cards.Record{b.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})},
		b.kiosk.steps(asked, cards.Signed, cards.Printing, cards.Printed)...)
	b.take(b.kiosk, append(records, b.kiosk.steps(never, cards.Signed)...)...)
	check(t, b.spends(asked, "bakery", "1"))
	check(t, b.spends(never, "bakery", "2"))
	b.set(b.clock().Add(time.Hour))
	u := b.kiosk.whole(b.clock(), b.kiosk.steps(asked, cards.VoidAsked)...)
	u.Asked = []cards.Serial{asked.Serial()}
	r := b.ask(b.kiosk, u)
	if len(r.Outcomes) != 1 || r.Outcomes[0].State != cards.Honoured {
		t.Errorf("outcomes %+v", r.Outcomes)
	}
	if list, err := b.HonouredCards(ctx); err != nil || len(list) != 1 || list[0].Points != 150 {
		t.Errorf("honoured: %+v, %v", list, err)
	}
	alarms, err := b.Alarms(ctx)
	alarms = slices.DeleteFunc(alarms, func(a ledger.Alarm) bool { return a.Serial.Allotment != b.tickets.ID }) // no card of this book was printed either
	if err != nil || len(alarms) != 1 || alarms[0].Kind != "never printed" || alarms[0].Serial != never.Serial() {
		t.Errorf("%+v, %v", alarms, err)
	}
	if n := b.sum("account:AAAA2222:らづポイント"); n != 150 {
		t.Errorf("%d points are left", n)
	}
	b.clean()
}

// A void by hand comes before anything was heard of the paper; what the kiosk
// wrote of it comes later and changes nothing.
func TestTicketVoidBeforeItsEntry(t *testing.T) {
	b := newTill(t)
	c, _ := b.buys("AAAA2222")
	_, err := b.VoidTicket(context.Background(), c.Serial(), "佐藤", "its kiosk is broken")
	check(t, err)
	u := cards.Upload{Records: b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked), Asked: []cards.Serial{c.Serial()}}
	r := b.ask(b.kiosk, u)
	for _, j := range r.Judgements {
		if j.Verdict != cards.Accepted {
			t.Errorf("%+v", j)
		}
	}
	if len(r.Outcomes) != 1 || r.Outcomes[0].State != cards.Void {
		t.Errorf("outcomes %+v", r.Outcomes)
	}
	if a := b.asks(cards.TicketAsk{Request: requestID(), Token: "open", Allotment: b.tickets.ID, Number: 1}, "AAAA2222"); a.Refused != cards.TicketNumber {
		t.Errorf("its number again: %+v", a)
	}
	if alarms, err := b.Alarms(context.Background()); err != nil || len(alarms) != 0 {
		t.Errorf("%+v, %v", alarms, err)
	}
	b.clean()
}

// A kiosk that must not issue is granted no ticket and hands out no prize.
func TestStoppedKioskMovesNothing(t *testing.T) {
	b := newShelf(t)
	b.redeems(b.cards, 1, "AAAA2222")
	tickets := b.ticketsOf(100, 5)
	b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	b.kiosk.seq, b.kiosk.prev = 0, make([]byte, 32)
	b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Begun, Journal: []byte("another journal!")}))
	if a := b.asks(cards.TicketAsk{Request: requestID(), Token: "open", Allotment: tickets.ID, Number: 1}, "AAAA2222"); a.Refused != cards.ValueStopped {
		t.Errorf("%+v", a)
	}
	if a := b.takes(b.bag(50, b.card(b.cards, 2))); a.Refused != cards.ValueStopped {
		t.Errorf("%+v", a)
	}
	b.clean()
}

// A key that was enrolled before keys signed tickets is listed as one that does,
// once tickets are granted to it, and then nothing changes any more.
func TestTicketsAreVouchedFor(t *testing.T) {
	b := newBook(t)
	list := b.trustList()
	for n := range list.Issuers {
		list.Issuers[n].Kinds = list.Issuers[n].Kinds[:1]
	}
	var trust cards.SigningKey
	trust.Private = key("t")
	check(t, b.db.QueryRow(`SELECT id FROM signing_key WHERE role = 'trust'`).Scan(&trust.ID))
	sealed, err := cards.Seal(trust, cards.PaperTrustList, list)
	check(t, err)
	_, err = b.db.Exec(`UPDATE trust_list SET sealed = $1 WHERE version = $2`, sealed, list.Version)
	check(t, err)
	c := b.card(b.ticketsOf(100, 5), 1)
	after := b.trustList()
	if list.Verify(c, b.clock()) == nil || after.Verify(c, b.clock()) != nil || after.Follows(list) != nil {
		t.Errorf("a kiosk says of a genuine ticket: %v, and before: %v", after.Verify(c, b.clock()), list.Verify(c, b.clock()))
	}
	b.ticketsOf(200, 5)
	if again := b.trustList(); again.Version != after.Version {
		t.Errorf("version %d, then %d: nothing had changed", after.Version, again.Version)
	}
}

// trustList opens the newest one.
func (b *book) trustList() cards.TrustList {
	b.t.Helper()
	var sealed []byte
	check(b.t, b.db.QueryRow(`SELECT sealed FROM trust_list ORDER BY version DESC LIMIT 1`).Scan(&sealed))
	list, err := cards.OpenTrustList(sealed, b.TrustKey())
	check(b.t, err)
	return list
}
