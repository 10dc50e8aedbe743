package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A shop takes a ticket once: the same press again is the same, another press
// is not, at the same shop or at another.
func TestSpend(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	c, _ := b.buys("AAAA2222")
	if v, err := b.LookTicket(ctx, c); err != nil || !v.SpentAt.IsZero() || v.Allotment.Points != 150 {
		t.Errorf("LookTicket = %+v, %v", v, err)
	}
	for range 2 {
		check(t, b.spends(c, "bakery", "first"))
	}
	for _, press := range []struct{ partner, press string }{{"bakery", "second"}, {"butcher", "first of mine"}, {"butcher", "first"}} {
		if why := refusal(b.spends(c, press.partner, press.press)); why != ledger.Used {
			t.Errorf("%v: %v", press, why)
		}
	}
	v, err := b.LookTicket(ctx, c)
	if err != nil || v.SpentBy != "bakery" || v.Press != "first" || !v.SpentAt.Equal(b.clock()) {
		t.Errorf("LookTicket = %+v, %v", v, err)
	}
	if n := b.sum("partner:bakery:らづポイント"); n != 150 || b.sum("partner:butcher:らづポイント") != 0 {
		t.Errorf("the bakery is owed %d", n)
	}
	b.clean()
}

// Each ticket that is not one has a word of its own, and moves nothing.
func TestSpendRefused(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	good, _ := b.buys("AAAA2222")
	void, _ := b.buys("AAAA2222")
	b.take(b.kiosk, b.kiosk.steps(good, cards.Signed)...)
	b.take(b.kiosk, b.kiosk.steps(void, cards.Signed, cards.Void)...)
	forged, err := cards.Sign(b.tickets.Claims(1), key("x"))
	check(t, err)
	richer := b.tickets.Claims(1)
	richer.Points = 9000
	rich, err := cards.Sign(richer, key("l"))
	check(t, err)
	stranger := b.tickets.Claims(1)
	stranger.Key = 999
	strange, err := cards.Sign(stranger, key("l"))
	check(t, err)
	sample := b.tickets
	sample.ID, sample.Key, sample.Kind = sample.ID|1<<31, b.kiosk.key.ID+1, cards.KindPracticeTicket
	for _, tt := range []struct {
		name string
		card cards.Card
		want ledger.Refusal
	}{
		{"never granted", b.card(b.tickets, 3), ledger.NotGranted},
		{"void", void, ledger.VoidCard},
		{"forged", forged, ledger.BadSignature},
		{"richer", rich, ledger.Outside},
		{"a number beyond", b.card(b.tickets, 21), ledger.Outside},
		{"an unknown key", strange, ledger.UnknownKey},
		{"practice", b.card(sample, 1), ledger.Practice},
		{"a card", b.card(b.cards, 7), ledger.IsCard},
	} {
		if _, err := b.LookTicket(ctx, tt.card); refusal(err) != tt.want {
			t.Errorf("%s: LookTicket = %v, want %s", tt.name, err, tt.want)
		}
		if err := b.spends(tt.card, "bakery", tt.name); refusal(err) != tt.want {
			t.Errorf("%s: Spend = %v, want %s", tt.name, err, tt.want)
		}
	}
	if _, err := b.Claim(ctx, good, "AAAA2222"); refusal(err) != ledger.IsTicket {
		t.Errorf("claimed as a card: %v", err)
	}
	alarms, err := b.Alarms(ctx)
	if err != nil || len(alarms) != 1 || alarms[0].Kind != "not granted" || alarms[0].Serial.Number != 3 {
		t.Errorf("alarms: %+v, %v", alarms, err)
	}
	if b.sum("partner:bakery:らづポイント") != 0 {
		t.Error("something was spent")
	}
	b.clean()
}

// A ticket that is signed and was never granted is disputed, and no shop takes it.
func TestTicketSignedByItself(t *testing.T) {
	b := newTill(t)
	c := b.card(b.tickets, 1)
	r := b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Printing)...)
	if len(r.Judgements) != 2 || r.Judgements[0].Verdict != cards.Disputed || r.Judgements[0].Reason != "ticket" {
		t.Errorf("%+v", r.Judgements)
	}
	if why := refusal(b.spends(c, "bakery", "1")); why != ledger.NotGranted {
		t.Errorf("spent: %v", why)
	}
	b.clean()
}

// Of a compromised key the hub honours what was journalled in time; the rest a
// person voids, and the points go back.
func TestTicketOfCompromisedKey(t *testing.T) {
	b := newTill(t)
	ctx := context.Background()
	in, _ := b.buys("AAAA2222")
	late, _ := b.buys("AAAA2222")
	b.take(b.kiosk, b.kiosk.steps(in, cards.Signed, cards.Printing, cards.Printed)...)
	check(t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
	kiosks, err := b.Kiosks(ctx)
	if err != nil || kiosks[0].AtRisk < 300 {
		t.Errorf("at risk: %+v, %v", kiosks, err)
	}
	check(t, b.spends(in, "bakery", "1"))
	if why := refusal(b.spends(late, "bakery", "2")); why != ledger.Revoked {
		t.Errorf("late: %v", why)
	}
	if n, err := b.VoidTicket(ctx, late.Serial(), "佐藤", "its kiosk was stolen"); n != 150 || err != nil {
		t.Errorf("VoidTicket = %d, %v", n, err)
	}
	if _, err := b.VoidTicket(ctx, in.Serial(), "佐藤", "spent"); refusal(err) != ledger.Used {
		t.Errorf("a spent one: %v", err)
	}
	role := (*ledger.RoleError)(nil)
	if _, err := b.VoidTicket(ctx, in.Serial(), "山田", "x"); !errors.As(err, &role) {
		t.Errorf("by anybody: %v", err)
	}
	if list, err := b.Disputes(ctx); err != nil || len(list) != 0 {
		t.Errorf("tickets are disputed as if they were cards: %+v, %v", list, err)
	}
	b.take(b.kiosk, b.kiosk.steps(late, cards.Signed)...)
	b.clean()
}

// Two shops and many presses at once: each ticket is owed once.
func TestSpendAtOnce(t *testing.T) {
	b := newTill(t)
	for n := range uint32(3) {
		b.redeems(b.cards, n+10, fmt.Sprintf("BBBB222%d", n+2))
	}
	var tickets []cards.Card
	for _, account := range []string{"AAAA2222", "AAAA2222", "AAAA2222", "BBBB2222", "BBBB2223", "BBBB2224"} {
		c, a := b.buys(account)
		if a.Refused != "" {
			t.Fatalf("%s: %+v", account, a)
		}
		tickets = append(tickets, c)
	}
	done := make(chan int)
	for shop := range 4 {
		go func() {
			won := 0
			for _, c := range tickets {
				if b.spends(c, fmt.Sprintf("shop-%d", shop%2), fmt.Sprint("press ", shop)) == nil {
					won++
				}
			}
			done <- won
		}()
	}
	won := 0
	for range 4 {
		won += <-done
	}
	if owed := b.sum("partner:shop-0:らづポイント") + b.sum("partner:shop-1:らづポイント"); won != len(tickets) || owed != 150*int64(len(tickets)) {
		t.Errorf("%d of %d tickets were taken, %d yen are owed", won, len(tickets), owed)
	}
	b.clean()
}

// Two kiosks ask for the last points of one account at once: one of them has
// the ticket.
func TestTicketsAtOnce(t *testing.T) {
	b := newTill(t)
	b.enrol("station-2", key("m"), key("q"))
	other := b.grant(ledger.Grant{Kiosk: "station-2", Event: b.tickets.Event.ID, Kind: cards.KindTicket, Count: 20, Points: 400, Expires: b.tickets.Expires})
	mine := b.grant(ledger.Grant{Kiosk: "station-1", Event: b.tickets.Event.ID, Kind: cards.KindTicket, Count: 20, Points: 400, Expires: b.tickets.Expires})
	done := make(chan string)
	for _, a := range []cards.Allotment{mine, other, mine, other} {
		go func() {
			answer, err := b.Ticket(context.Background(), a.Key, cards.TicketAsk{Request: requestID(), Token: "open", Allotment: a.ID, Number: 1}, "AAAA2222")
			if err != nil {
				answer.Refused = err.Error()
			}
			done <- answer.Refused
		}()
	}
	got := map[string]int{}
	for range 4 {
		got[<-done]++
	}
	if got[""] != 1 || got[cards.TicketShort]+got[cards.TicketNumber] != 3 {
		t.Errorf("%v", got)
	}
	if n := b.sum("account:AAAA2222:らづポイント"); n != 50 {
		t.Errorf("%d points are left", n)
	}
	b.clean()
}

// One request that arrives several times at once takes the points once, and all
// hear the same.
func TestSameRequestAtOnce(t *testing.T) {
	b := newTill(t)
	ask := cards.TicketAsk{Request: requestID(), Token: "open", Allotment: b.tickets.ID, Number: 1}
	done := make(chan string)
	for range 4 {
		go func() {
			a, err := b.Ticket(context.Background(), b.kiosk.key.ID, ask, "AAAA2222")
			done <- fmt.Sprint(a, err)
		}()
	}
	first := <-done
	for range 3 {
		if again := <-done; again != first {
			t.Errorf("%s and %s", first, again)
		}
	}
	if n := b.sum("ticketed:らづポイント"); n != 150 {
		t.Errorf("%d points became one ticket", n)
	}
	b.clean()
}

// spentBook has a ticket of each kind: spent, void, lapsed.
func spentBook(t *testing.T) *book {
	b := newTill(t)
	spent, _ := b.buys("AAAA2222")
	void, _ := b.buys("AAAA2222")
	b.buys("AAAA2222")
	b.take(b.kiosk, b.kiosk.steps(spent, cards.Signed, cards.Printing, cards.Printed)...)
	b.take(b.kiosk, b.kiosk.steps(void, cards.Signed, cards.Void)...)
	check(t, b.spends(spent, "bakery", "1"))
	b.set(b.tickets.Expires.End())
	if n, err := b.Lapse(context.Background()); n != 1 || err != nil {
		t.Fatalf("Lapse = %d, %v", n, err)
	}
	b.buys2(b.ticketsOf(100, 5))
	return b.book
}

// buys2 leaves one ticket that has not ended.
func (b *till) buys2(a cards.Allotment) {
	b.t.Helper()
	if r := b.asks(cards.TicketAsk{Request: requestID(), Token: "open", Allotment: a.ID, Number: 1}, "AAAA2222"); r.Refused != "" {
		b.t.Fatalf("%+v", r)
	}
}

// Each invariant of tickets is broken once, by hand, and must be missed.
func TestCheckFindsPlantedTickets(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"ticket", `UPDATE posting SET amount = amount + 1 WHERE transfer = (SELECT MIN(seq) FROM transfer WHERE kind = 'ticket') AND amount > 0`},
		{"ticket", `UPDATE posting SET account = 'account:BBBB2222:らづポイント' WHERE amount < 0 AND transfer = (SELECT MIN(seq) FROM transfer WHERE kind = 'ticket')`},
		{"ticket", `UPDATE ticket SET account = 'BBBB2222' WHERE number = 1`},
		{"ticket", `UPDATE ticket SET number = 99 WHERE number = 3`},
		{"ticket", `UPDATE lot_use SET points = points - 1 WHERE transfer = (SELECT MIN(seq) FROM transfer WHERE kind = 'ticket')`},
		{"ticket", `UPDATE lot SET expires = (SELECT MIN(expires) FROM allotment WHERE kind = 19) - 1`},
		{"ticket", `DELETE FROM ticket WHERE number = 3`},
		{"ticket", `DELETE FROM ticket WHERE transfer = (SELECT MAX(transfer) FROM ticket)`},
		{"return", `DELETE FROM lot_use WHERE points < 0`},
		{"return", `UPDATE lot_use SET points = points - 1 WHERE points < 0`},
		{"return", `UPDATE lot_use SET lot = (SELECT MAX(transfer) FROM lot) WHERE lot = (SELECT MIN(lot) FROM lot_use WHERE points < 0) AND points < 0`},
		{"return", `UPDATE posting SET account = 'account:BBBB2222:らづポイント' WHERE amount > 0 AND transfer = (SELECT seq FROM transfer WHERE kind = 'return')`},
		{"return", `UPDATE ended SET state = 'spent', account = 'bakery' WHERE state = 'void'`},
		{"lapse", `UPDATE posting SET account = 'lapsed:らづポイント' WHERE account LIKE 'expired:%'`},
		{"lapse", `UPDATE ended SET state = 'void' WHERE state = 'lapsed'`},
		{"spend", `UPDATE posting SET amount = 300 WHERE account LIKE 'partner:%'`},
		{"spend", `UPDATE posting SET account = 'partner:butcher:らづポイント' WHERE account LIKE 'partner:%'`},
		{"spend", `UPDATE ended SET account = 'butcher' WHERE state = 'spent'`},
		{"spend", `DELETE FROM ended WHERE state = 'spent'`},
		{"spend", `DELETE FROM spent`},
		{"spend", `UPDATE spent SET partner = 'butcher'`},
		{"spend", `UPDATE ended SET state = 'void' WHERE state = 'spent'`},
		{"ticketed", `UPDATE posting SET amount = amount + 100 WHERE account LIKE 'ticketed:%' AND amount > 0 AND transfer = (SELECT MAX(transfer) FROM ticket)`},
		{"granted", `UPDATE posting SET amount = amount + 100 WHERE account LIKE 'ticketed:%' AND amount > 0 AND transfer = (SELECT MAX(transfer) FROM ticket)`},
		{"granted", `DELETE FROM ended WHERE state = 'spent'`},
		{"lots", `UPDATE lot_use SET points = points - 1 WHERE transfer = (SELECT MAX(transfer) FROM ticket)`},
		{"grant", `INSERT INTO transfer SELECT MAX(seq) + 1, 'grant', (SELECT MAX(id) FROM allotment), 1, x'00' FROM transfer`},
		{"disputed", `UPDATE issued SET source = 'ticket' WHERE number = 50 OR allotment = 1`},
	} {
		t.Run(tt.rule, func(t *testing.T) { spentBook(t).misses(tt.rule, tt.plant) })
	}
}
