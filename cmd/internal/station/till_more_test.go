package station

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/prize"
)

// cut loses the answers to prize-takes, until it is called back.
func (c *counter) cut() (mend func()) { return c.lose(api.PathTake) }

// lose takes a path's answers away, once they were given, until it is called back.
func (c *counter) lose(path string) (mend func()) {
	whole := c.road.hub
	return c.road.divert(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, path) {
			whole.ServeHTTP(discard{w.Header().Clone()}, r)
			panic(http.ErrAbortHandler)
		}
		whole.ServeHTTP(w, r)
	})
}

// toTill opens 賞品交換 from Home.
func (c *counter) toTill() {
	c.t.Helper()
	c.do(kiosk.TapStaff{})
	c.pin("2468")
	c.do(kiosk.TapPrizes{})
}

// change grants cards of the worth that is left over for a towel.
func (c *counter) change(count uint32) (a cards.Allotment) {
	c.t.Helper()
	_, err := c.ledger.Grant(c.t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Points: 100, Count: count})
	c.ok(err)
	c.sync()
	all, err := c.desk.Allotments(c.t.Context())
	c.ok(err)
	return all[len(all)-1]
}

// While what became of a prize is not known, no other one is begun: it would be
// forgotten, with the prize and the card that its cards were handed in for.
func TestPrizeUnheardTwice(t *testing.T) {
	c, urls := newTill(t)
	c.change(5)
	more, _ := c.paper(3)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{}, prize.TapEnd{}, kiosk.TapBack{})
	before, found, err := stored(c.desk.clerk.till.file())
	if err != nil || !found {
		t.Fatal(err, found)
	}
	c.toTill()
	c.scan(more...)
	if len(c.state.Prize.Basket.Prizes) > 0 {
		c.towel()
		c.do(prize.TapTake{})
	}
	if now, found, err := stored(c.desk.clerk.till.file()); err != nil || !found || string(now.Request) != string(before.Request) {
		t.Errorf("the first is forgotten: %v, %v", found, err)
	}
	if s := c.state.Prize; s.Step != prize.Done || s.Taken.Word != wordOpen || !s.Taken.Before {
		t.Errorf("%+v", s)
	}
	mend()
	c.do(prize.TapEnd{}, kiosk.TapBack{})
	c.toTill()
	c.prizeShows(prize.Done)
	if s := c.state.Prize.Taken; !s.Before || s.Word != "" || !s.Card {
		t.Errorf("%+v", s)
	}
	c.stock(2)
}

// Only cards that are there can pay a surplus back.
func TestPrizeChangeUsedUp(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(1)
	_, err := c.desk.Journal.Sign(t.Context(), a, "another", "sato")
	c.ok(err)
	c.sync()
	c.scan(urls...)
	c.towel()
	if !c.state.Prize.Give || c.state.Prize.Prize.Change != 0 {
		t.Errorf("a card is promised of an allotment that is used up: %+v", c.state.Prize.Prize)
	}
	c.change(1)
	c.do(prize.TapBack{}, prize.TapBack{})
	c.toTill()
	c.scan(urls...)
	c.towel()
	c.do(prize.TapTake{})
	if s := c.state.Prize.Taken; !s.Change || !s.Card {
		t.Errorf("%+v\n%s", s, c.log)
	}
}

// A card over the surplus of which no byte was sent is void; another one comes.
func TestPrizeChangeVoid(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(5)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{}, prize.TapEnd{}, kiosk.TapBack{})
	r, _, err := stored(c.desk.clerk.till.file())
	c.ok(err)
	issued, err := c.desk.Journal.Sign(t.Context(), a, cards.RequestText(r.Request), "sato")
	c.ok(err)
	_, err = c.desk.Journal.Mark(t.Context(), issued.Card.Serial(), cards.Void, "sato", cards.NothingSent)
	c.ok(err)
	mend()
	for n := range 2 {
		c.toTill()
		if s := c.state.Prize.Taken; n == 0 && (!s.Before || !s.Card) {
			t.Errorf("%+v\n%s", s, c.log)
		}
		c.do(prize.TapEnd{}, kiosk.TapBack{})
	}
	if n := c.desk.Journal.Tally(a.ID).Signed; n != 2 {
		t.Errorf("%d cards are signed, not the void one and one more", n)
	}
	c.sync()
	c.stock(2)
}

// A kiosk that comes back when the event is over can't pay the surplus back. It
// says so once, and the next prize does not wait for it.
func TestPrizeChangeOverNight(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(5)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{})
	c.stop()
	c.ok(c.desk.Close())
	late := time.Until(time.Unix(a.Until, 0)) + time.Minute
	c.later.put(late)
	c.clock.put(late)
	mend()
	c.switchOn()
	c.toTill()
	c.prizeShows(prize.Done)
	if s := c.state.Prize.Taken; !s.Before || !s.Unpaid || s.Change || s.Card || !s.Printed {
		t.Errorf("%+v\n%s", s, c.log)
	}
	c.do(prize.TapSlip{})
	if s := c.state.Prize.Taken; !s.Unpaid || s.Change || s.Card || !s.Printed {
		t.Errorf("a second slip: %+v", s)
	}
	c.do(prize.TapEnd{}, kiosk.TapPrizes{})
	c.prizeShows(prize.Scan)
}
