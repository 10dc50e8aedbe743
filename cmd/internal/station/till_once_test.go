package station

import (
	"net/http"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/prize"
)

// changeCard signs the card over the surplus of the prize that is open, as before a
// power cut, and brings it to the states that follow.
func (c *counter) changeCard(a cards.Allotment, states ...cards.State) cards.Serial {
	c.t.Helper()
	r, _, err := stored(c.desk.clerk.till.file())
	c.ok(err)
	issued, err := c.desk.Journal.Sign(c.t.Context(), a, r.changeRequest(0), "sato")
	c.ok(err)
	for _, next := range states {
		_, err = c.desk.Journal.Mark(c.t.Context(), issued.Card.Serial(), next, "", cards.NothingSent)
		c.ok(err)
	}
	return issued.Card.Serial()
}

// The power goes while the card over the surplus is printed, and staff type its
// number before they open 賞品交換 again: one card is good over one surplus.
func TestPrizeChangeByNumber(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before []cards.State
		again  bool // another card is handed out by its number
		out    bool // 賞品交換 hands one out
	}{
		{"no byte was sent", []cards.State{cards.Void}, false, true},
		{"void, and replaced", []cards.State{cards.Printing, cards.Uncertain}, true, false},
		{"void, and not replaced yet", []cards.State{cards.Printing, cards.Uncertain}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, urls := newTill(t)
			c.online()
			a := c.change(5)
			c.scan(urls...)
			c.towel()
			mend := c.cut()
			c.do(prize.TapTake{}, prize.TapEnd{})
			mend()
			s := c.changeCard(a, tt.before...)
			if f := c.byNumber(s); f.State == cards.Uncertain {
				c.do(kiosk.TapBack{}, kiosk.TapBack{})
				c.faded(s)
			}
			if c.state.Number.Card.State != cards.Void {
				t.Fatalf("%+v", c.state.Number.Card)
			}
			if c.do(kiosk.TapBack{}); tt.again {
				c.replaced(s)
			}
			c.do(kiosk.TapPrizes{})
			if p := c.state.Prize.Taken; p.Slip != 1 || p.Card != tt.out || p.Later || p.Unpaid {
				t.Errorf("%+v", p)
			}
			if c.do(prize.TapEnd{}, kiosk.TapPrizes{}); c.state.Prize.Step != prize.Scan {
				t.Errorf("the prize is still open: %+v", c.state.Prize.Taken)
			}
			c.do(prize.TapEnd{})
			if f := c.byNumber(s); f.MayAgain() != (!tt.again && !tt.out) {
				t.Errorf("its number: %+v", f)
			}
			if c.do(kiosk.TapAgain{}, kiosk.TapBack{}); c.good(a.ID) != 1 {
				t.Errorf("%d cards are good", c.good(a.ID))
			}
			c.owed(0)
		})
	}
}

// The power goes between signing the card over a surplus and printing it: while its
// prize is open, it is no other visitor's.
func TestPrizeChangeWaits(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(5)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{}, prize.TapEnd{})
	mend()
	x := c.changeCard(a)
	c.do(kiosk.TapDesk{Allotment: a.ID}, kiosk.TapIssue{})
	c.at(kiosk.Issue)
	if v := c.state.Desk.Last; v.Allotment != a.ID || v == x {
		t.Errorf("a visitor has %v", v)
	}
	c.do(kiosk.TapBack{}, kiosk.TapPrizes{})
	if s := c.state.Prize.Taken; !s.Card {
		t.Errorf("%+v", s)
	}
	c.is(cards.Printed, x)
}

// A void card over the surplus takes its place by its number alone: 賞品交換 does not
// make a debt of it where none is left, since more may be granted.
func TestPrizeChangeVoidNoneLeft(t *testing.T) {
	c, urls := newTill(t)
	c.online()
	a := c.change(1)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{}, prize.TapEnd{})
	mend()
	s := c.changeCard(a, cards.Printing, cards.Uncertain)
	c.faded(s)
	c.do(kiosk.TapBack{}, kiosk.TapPrizes{})
	if p := c.state.Prize.Taken; p.Slip != 1 || p.Card || p.Unpaid || p.Later {
		t.Errorf("%+v", p)
	}
	b := c.change(1)
	c.do(prize.TapEnd{})
	if other := c.replaced(s); other.Allotment != b.ID {
		t.Errorf("%v takes its place", other)
	}
	c.owed(0)
}

// A second slip says of the card over the surplus what the first screen said: a card
// that staff asked to void is not handed out.
func TestPrizeSlipAgainAsked(t *testing.T) {
	c, urls := newTill(t)
	c.online()
	a := c.change(5)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{}, prize.TapEnd{})
	mend()
	s := c.changeCard(a, cards.Printing, cards.Uncertain)
	c.faded(s)
	c.do(kiosk.TapBack{}, kiosk.TapPrizes{})
	for n := range 3 {
		if p := c.state.Prize.Taken; p.Slip != 1 || p.Asked != s.String() || p.Card || !p.Change || !p.Printed {
			t.Errorf("slip %d: %+v", n+1, p)
		}
		c.do(prize.TapSlip{})
	}
	c.owed(0)
}

// What the kiosk once told the hub that it owes, or began to, is a debt for ever: the
// answer is lost, before or after the hub wrote it down, more cards are granted, and
// none pays it.
func TestPrizeOwedStays(t *testing.T) {
	for _, heard := range []bool{false, true} {
		c, urls := newTill(t)
		a := c.change(1)
		c.scan(urls...)
		c.towel()
		mend := c.cut()
		c.do(prize.TapTake{})
		mend()
		c.fill(a, 0)
		mend = c.loseSecond(heard)
		if c.again(); c.state.Prize.Taken.Word != wordOpen {
			t.Errorf("%+v", c.state.Prize.Taken)
		}
		mend()
		c.owed(map[bool]int{true: 1}[heard])
		b := c.change(1)
		c.again()
		if s := c.state.Prize.Taken; s.Card || s.Change || !s.Unpaid || !s.Printed {
			t.Errorf("heard %v: %+v", heard, s)
		}
		if n := c.desk.Journal.Tally(b.ID).Signed; n != 0 {
			t.Errorf("heard %v: %d cards besides the debt", heard, n)
		}
		c.owed(1)
		c.again()
		c.prizeShows(prize.Scan)
	}
}

// loseSecond takes the answer of every second prize-take away, the one that tells the
// hub what is owed: before it is heard there, or after.
func (c *counter) loseSecond(heard bool) (mend func()) {
	n, whole := 0, c.road.hub
	return c.road.divert(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, api.PathTake) {
			if n++; n%2 == 0 {
				if heard {
					whole.ServeHTTP(discard{w.Header().Clone()}, r)
				}
				panic(http.ErrAbortHandler)
			}
		}
		whole.ServeHTTP(w, r)
	})
}

// A slip that promised a card says nothing of a debt: where none comes after all,
// another slip does.
func TestPrizeOwedSlip(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(1)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{}, prize.TapEnd{})
	mend()
	r, _, err := stored(c.desk.clerk.till.file())
	c.ok(err)
	r.Became, r.Printed = surplusCard, true
	c.ok(c.desk.clerk.till.store(r))
	c.fill(a, 0)
	mend = c.loseSecond(true)
	c.do(kiosk.TapPrizes{})
	mend()
	papers := len(c.printer.Pages())
	c.again()
	if s, n := c.state.Prize.Taken, len(c.printer.Pages())-papers; !s.Unpaid || !s.Printed || n != 1 {
		t.Errorf("%+v, %d papers", s, n)
	}
}
