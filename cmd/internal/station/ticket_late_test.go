package station

import (
	"encoding/json"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/prize"
)

// A kiosk that is switched off between the hub's yes and the signature, and on
// again when no more tickets are sold, gives the points back all the same, and
// what it sells next is not held up by it.
func TestTicketPowerCutOverNight(t *testing.T) {
	c := newSale(t)
	of := c.desk.ticketDays(t.Context())[0]
	r := ticketRequest{Request: make([]byte, cards.RequestSize), Allotment: of.ID, Number: 1}
	text, err := json.Marshal(r)
	c.ok(err)
	c.ok(writeSynced(c.desk.clerk.ticketFile(), text))
	_, err = c.desk.clerk.askTicket(t.Context(), r, c.desk.clerk.token(c.desk.clerk.now))
	c.ok(err)
	if got := c.points(); got != 300 {
		t.Fatalf("%d points", got)
	}
	c.takeAway()
	c.stop()
	c.ok(c.desk.Close())
	late := time.Until(time.Unix(of.Until, 0)) + time.Minute
	c.later.put(late)
	c.clock.put(late)
	c.switchOn()
	if err := c.desk.clerk.mend(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
	if got := c.points(); got != 600 {
		t.Errorf("%d points at the hub", got)
	}
	c.isTickets(cards.Void)
}

// A kiosk whose journal did not pass its check issues nothing: no ticket, and no
// card over a surplus.
func TestNothingOnBrokenJournal(t *testing.T) {
	c := newSale(t)
	c.desk.broken.Store(true)
	c.buys()
	if s := c.state.Account.Sale; s.Word != cards.ValueStopped || c.points() != 600 {
		t.Errorf("%+v, %d points", s, c.points())
	}
	c.isTickets()
	c, urls := newTill(t)
	c.change(5)
	c.scan(urls...)
	c.towel()
	c.desk.broken.Store(true)
	c.do(prize.TapTake{})
	if s := c.state.Prize.Taken; s.Word != cards.ValueStopped {
		t.Errorf("%+v", s)
	}
	c.stock(3)
}
