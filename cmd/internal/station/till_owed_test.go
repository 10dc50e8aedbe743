package station

import (
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/printer/printertest"
)

// fill signs cards of an allotment until it has so many left.
func (c *counter) fill(a cards.Allotment, left uint32) {
	c.t.Helper()
	for c.desk.Journal.Tally(a.ID).Signed < a.Count-left {
		request, err := NewRequest(c.desk.opts.Rand)
		c.ok(err)
		_, err = c.desk.Journal.Sign(c.t.Context(), a, request, "sato")
		c.ok(err)
	}
}

// owed wants so many slips to owe 100 points at the hub.
func (c *counter) owed(want int) {
	c.t.Helper()
	list, err := c.ledger.Owed(c.t.Context())
	if c.ok(err); len(list) != want || want > 0 && list[0].Points != 100 {
		c.t.Errorf("owed: %+v", list)
	}
	if faults, err := c.ledger.Check(c.t.Context()); err != nil || len(faults) > 0 {
		c.t.Errorf("%v, %v", faults, err)
	}
}

// again opens 賞品交換 anew.
func (c *counter) again() {
	c.t.Helper()
	c.do(prize.TapEnd{}, kiosk.TapPrizes{})
}

// The allotment that was to pay the surplus back is used up meanwhile: another one
// of that worth pays it, and without one it is owed, which the hub knows and the
// slip says, once; and prizes go on.
func TestPrizeChangeUsedUpMeanwhile(t *testing.T) {
	for _, other := range []bool{true, false} {
		c, urls := newTill(t)
		a := c.change(2)
		more, _ := c.paper(3)
		c.scan(urls...)
		c.towel()
		mend := c.cut()
		c.do(prize.TapTake{})
		mend()
		c.fill(a, 0)
		if other {
			c.change(2)
		}
		pages := len(c.printer.Pages())
		c.again()
		c.prizeShows(prize.Done)
		if s := c.state.Prize.Taken; !s.Before || s.Word != "" || s.Unpaid == other || s.Card != other || !s.Printed {
			t.Errorf("another: %v: %+v\n%s", other, s, c.log)
		}
		if n := len(c.printer.Pages()) - pages; !other && n != 1 {
			t.Errorf("%d papers, not one slip", n)
		}
		c.owed(map[bool]int{false: 1}[other])
		c.do(prize.TapSlip{})
		if s := c.state.Prize.Taken; s.Unpaid == other || !s.Printed {
			t.Errorf("the slip again: %+v", s)
		}
		c.again()
		c.prizeShows(prize.Scan)
		c.scan(more...)
		c.towel()
		c.do(prize.TapTake{})
		if s := c.state.Prize.Taken; s.Word != "" || s.Slip != 2 {
			t.Errorf("the next one: %+v", s)
		}
		c.owed(map[bool]int{false: 1}[other])
		c.sync()
		c.stock(1)
	}
}

// The hub is away when the kiosk finds that no card comes: it is asked again until
// the hub knows, and nothing new is begun before.
func TestPrizeOwedUnheard(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(1)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{})
	c.fill(a, 0)
	for range 2 {
		c.again()
		if s := c.state.Prize; s.Step != prize.Done || s.Taken.Word != wordOpen {
			t.Fatalf("%+v", s)
		}
	}
	mend()
	c.again()
	if s := c.state.Prize.Taken; !s.Unpaid || !s.Printed {
		t.Errorf("%+v", s)
	}
	c.again()
	c.prizeShows(prize.Scan)
	c.owed(1)
}

// The printer goes off between the slip and the card: the card comes when
// it is on again, and there is one slip.
func TestPrizeChangeLater(t *testing.T) {
	c, urls := newTill(t)
	more, _ := c.paper(3)
	a := c.change(5)
	c.scan(urls...)
	c.towel()
	c.do(prize.TapTake{})
	const far = 1 << 40
	c.after.Store(far)
	c.do(prize.TapSlip{})
	slip := far - c.after.Load()
	c.again()
	c.scan(more...)
	c.towel()
	c.after.Store(slip + 40)
	c.do(prize.TapTake{})
	if s := c.state.Prize.Taken; s.Word != "" || s.Card || !s.Later || !s.Printed {
		t.Fatalf("%+v\n%s", s, c.log)
	}
	c.owed(0)
	c.printer.Inject(printertest.SwitchedOn)
	papers := c.papers()
	for n := range 2 {
		c.again()
		if s := c.state.Prize; n == 0 && (!s.Taken.Card || s.Taken.Later || !s.Taken.Printed) || n == 1 && s.Step != prize.Scan {
			t.Errorf("%+v\n%s", s, c.log)
		}
	}
	if tally := c.desk.Journal.Tally(a.ID); tally.Signed-tally.Void != 2 || c.papers() != papers+1 {
		t.Errorf("%+v, %d papers more", tally, c.papers()-papers)
	}
}

// Every card over the surplus comes to nothing: then it is owed, not forgotten.
func TestPrizeChangeNever(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(20)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{})
	mend()
	r, _, err := stored(c.desk.clerk.till.file())
	c.ok(err)
	for n := range cards.MaxChange {
		issued, err := c.desk.Journal.Sign(t.Context(), a, r.changeRequest(n), "sato")
		c.ok(err)
		_, err = c.desk.Journal.Mark(t.Context(), issued.Card.Serial(), cards.Void, "sato", cards.NothingSent)
		c.ok(err)
	}
	c.again()
	if s := c.state.Prize.Taken; !s.Unpaid || s.Card {
		t.Errorf("%+v", s)
	}
	c.owed(1)
	c.again()
	c.prizeShows(prize.Scan)
}

// A journal that did not pass its check gives no leased ID, neither settles a sale
// nor begins one, and pays no surplus back that was promised before.
func TestBrokenIssuesNothing(t *testing.T) {
	c, urls := newTill(t)
	a := c.change(5)
	c.scan(urls...)
	c.towel()
	mend := c.cut()
	c.do(prize.TapTake{})
	mend()
	c.desk.broken.Store(true)
	if c.desk.clerk.turn(&sitting{ctx: t.Context(), scheme: "らづポイント"}, unreached{error: errStopped}) {
		t.Error("a leased ID is proposed")
	}
	if e, stops := c.desk.clerk.give(&sitting{ctx: t.Context()}, "").(wizard.CardStops); !stops || e.Reason != wizard.Broken {
		t.Errorf("a leased ID is given: %+v", e)
	}
	if err := c.desk.clerk.mend(t.Context()); err == nil {
		t.Error("a sale is settled")
	}
	c.again()
	if s := c.state.Prize.Taken; !s.Unpaid || s.Card {
		t.Errorf("%+v", s)
	}
	c.owed(1)
	if n := c.desk.Journal.Tally(a.ID).Signed; n != 0 {
		t.Errorf("%d cards are signed", n)
	}
}

// The slip is in the language of the screen.
func TestPrizeSlipLang(t *testing.T) {
	var heights []int
	for _, lang := range []string{"ja", "en"} {
		c, urls := newTill(t)
		c.do(kiosk.TapLang{Lang: lang})
		c.scan(urls...)
		c.towel()
		c.do(prize.TapTake{})
		if r, found, err := stored(c.desk.clerk.till.file() + ".last"); err != nil || !found || r.Lang != lang || !r.Printed {
			t.Errorf("%s: %+v, %v", lang, r, err)
		}
		pages := c.printer.Pages()
		heights = append(heights, pages[len(pages)-1].Bounds().Dy())
	}
	if heights[0] == heights[1] {
		t.Errorf("both slips are %d dots long", heights[0])
	}
}

// A card whose answer is lost may be on the account: that is said, and scanned again
// the hub tells.
func TestPutUnheard(t *testing.T) {
	c := newSale(t)
	urls, _ := c.paper(4)
	c.do(account.TapPut{})
	mend := c.lose(api.PathPut)
	c.scan(urls[3])
	if l := c.state.Account.Lines; l[len(l)-1].Word != wordMaybe {
		t.Errorf("%+v", l)
	}
	mend()
	c.scan(urls[3])
	if l := c.state.Account.Lines; l[len(l)-1].Word != "" || !l[len(l)-1].Before {
		t.Errorf("%+v", l)
	}
	if got := c.points(); got != 800 {
		t.Errorf("%d points at the hub", got)
	}
}

// A ticket of a day that is over, which a person at the hub has voided, holds up
// nothing.
func TestTicketVoidedAtTheHub(t *testing.T) {
	c := newSale(t)
	mend := c.lose(api.PathTicket)
	c.buys()
	mend()
	c.ok(c.ledger.AddPerson(t.Context(), "佐藤", []string{ledger.RoleDecide, ledger.RolePeople}, ""))
	open, err := c.ledger.OpenTickets(t.Context())
	if c.ok(err); len(open) != 1 {
		t.Fatalf("%+v", open)
	}
	_, err = c.ledger.VoidTicket(t.Context(), open[0].Serial, "佐藤", "stuck")
	c.ok(err)
	c.takeAway()
	c.stop()
	c.ok(c.desk.Close())
	c.later.put(25 * time.Hour)
	c.clock.put(25 * time.Hour)
	c.switchOn()
	c.ok(c.desk.clerk.mend(t.Context()))
	c.isTickets(cards.Void)
	if got := c.points(); got != 600 {
		t.Errorf("%d points at the hub", got)
	}
}

// What the kiosk knew of a sale is lost, and the hub has granted its number: the
// points come back, and the next number is sold.
func TestTicketNumberTaken(t *testing.T) {
	c := newSale(t)
	mend := c.lose(api.PathTicket)
	c.buys()
	mend()
	c.ok(c.desk.clerk.forget())
	c.do(account.TapBack{})
	c.buys()
	c.isTickets(cards.Void, cards.Printed)
	if got := c.points(); got != 300 {
		t.Errorf("%d points at the hub", got)
	}
}

// A person has said meanwhile that the card over the surplus never came, and paid it
// back. The kiosk comes back after all: what is owed is on the slip, and no card pays
// it; one of which a byte may have been sent does.
func TestPrizeOwedByWord(t *testing.T) {
	for _, tt := range []struct {
		name       string
		card       []cards.State // what became of it before; nil: it was not signed
		pays, came bool
	}{
		{"not signed", nil, false, false},
		{"signed", []cards.State{cards.Signed}, false, false},
		{"nothing was sent", []cards.State{cards.Signed, cards.Printing, cards.Void}, false, false},
		{"uncertain", []cards.State{cards.Signed, cards.Printing, cards.Uncertain}, true, false},
		{"printed", []cards.State{cards.Signed, cards.Printing, cards.Printed}, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, urls := newTill(t)
			a := c.change(5)
			c.scan(urls...)
			c.towel()
			mend := c.cut()
			c.do(prize.TapTake{}, prize.TapEnd{})
			mend()
			if tt.card != nil {
				c.changeCard(a, tt.card[1:]...)
			}
			c.ok(c.ledger.AddPerson(t.Context(), "佐藤", []string{ledger.RoleDecide, ledger.RolePeople}, ""))
			c.later.put(25 * time.Hour)
			_, err := c.ledger.OweSlip(t.Context(), 1, "佐藤", "水にぬれた")
			c.ok(err)
			_, err = c.ledger.PayOwed(t.Context(), 1, "佐藤", "現金")
			c.ok(err)
			c.later.put(0)
			if len(tt.card) == 1 { // a journal that did not pass its check takes no void
				c.desk.broken.Store(true)
				c.do(kiosk.TapPrizes{})
				if s := c.state.Prize.Taken; s.Word != wordOpen || c.desk.Journal.Tally(a.ID).Void != 0 {
					t.Errorf("%+v", s)
				}
				c.desk.broken.Store(false)
				c.do(prize.TapEnd{})
			}
			c.do(kiosk.TapPrizes{})
			for range 2 {
				if s := c.state.Prize.Taken; s.Word != "" || s.Slip != 1 || s.Unpaid == tt.pays || s.Change != tt.pays || s.Card != tt.came || !s.Printed {
					t.Errorf("%+v\n%s", s, c.log)
				}
				c.do(prize.TapSlip{})
			}
			if n := c.desk.Journal.Tally(a.ID); n.Signed-n.Void != map[bool]uint32{true: 1}[tt.pays] {
				t.Errorf("%+v", n)
			}
			c.again()
			c.prizeShows(prize.Scan)
			c.sync()
			if faults, err := c.ledger.Check(t.Context()); err != nil || (len(faults) > 0) != tt.pays {
				t.Errorf("%v, %v", faults, err)
			}
		})
	}
}
