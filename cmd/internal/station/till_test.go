package station

import (
	"net/http"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
)

// newTill is a kiosk whose staff hand out towels for 500 points, at 賞品交換, with
// three cards of 200 points to hand in.
func newTill(t *testing.T) (c *counter, urls []string) {
	t.Helper()
	c, _ = newCounter(t)
	c.ok(c.ledger.AddPrize(t.Context(), ledger.Prize{ID: "towel", Scheme: "らづポイント", Name: cards.Text{Ja: "手ぬぐい", En: "Towel"}, Points: 500, Stock: 3}, ""))
	c.ok(c.ledger.SetPrizeRule(t.Context(), 9, ""))
	urls, _ = c.paper(3)
	c.do(kiosk.TapStaff{})
	c.pin("2468")
	c.at(kiosk.Menu)
	c.do(kiosk.TapPrizes{})
	c.prizeShows(prize.Scan)
	return c, urls
}

func (c *counter) prizeShows(want prize.Step) {
	c.t.Helper()
	if c.state.Step != kiosk.Prize || c.state.Prize.Step != want {
		c.t.Fatalf("screen %d, step %d, not %d: %+v\n%s", c.state.Step, c.state.Prize.Step, want, c.state.Prize, c.log)
	}
}

// towel goes from the scanned cards to the question whether to hand it out.
func (c *counter) towel() {
	c.t.Helper()
	if p := c.state.Prize.Basket.Prizes; len(p) != 1 || p[0].ID != "towel" {
		c.t.Fatalf("%+v\n%s", c.state.Prize.Basket, c.log)
	}
	c.do(prize.TapChoose{}, prize.TapPrize{ID: "towel"})
	c.prizeShows(prize.Sure)
}

func (c *counter) stock(want uint32) {
	c.t.Helper()
	list, err := c.ledger.Prizes(c.t.Context())
	c.ok(err)
	if uint32(list[0].Stock) != want {
		c.t.Errorf("%d towels are left, not %d", list[0].Stock, want)
	}
	if faults, err := c.ledger.Check(c.t.Context()); err != nil || len(faults) > 0 {
		c.t.Errorf("%v, %v", faults, err)
	}
}

// Cards are handed in one by one, a bad one is named and does not count, and a
// prize is handed out with a slip; what is left over is given up.
func TestPrize(t *testing.T) {
	c, urls := newTill(t)
	c.scan(urls[0], urls[1], "https://elsewhere.example/C/X", urls[1])
	if b := c.state.Prize.Basket; b.Sum != 400 || len(b.Lines) != 4 || b.Lines[2].Word != wordHost || b.Lines[3].Word != wordTwice || len(b.Prizes) != 0 {
		t.Fatalf("%+v", b)
	}
	c.scan(urls[2])
	c.towel()
	pages := len(c.printer.Pages())
	c.do(prize.TapTake{})
	c.prizeShows(prize.Done)
	if s := c.state.Prize.Taken; s.Word != "" || s.Slip == 0 || !s.Printed || s.Surplus != 100 || s.Change || len(c.printer.Pages()) <= pages {
		t.Errorf("%+v\n%s", s, c.log)
	}
	c.stock(2)
	slip := c.state.Prize.Taken.Slip
	c.do(prize.TapSlip{})
	if s := c.state.Prize.Taken; s.Slip != slip || !s.Printed || s.Word != "" {
		t.Errorf("a second slip: %+v", s)
	}
	c.stock(2)
	c.do(prize.TapEnd{}, kiosk.TapPrizes{})
	c.scan(urls[0])
	if b := c.state.Prize.Basket; b.Sum != 0 || len(b.Lines) != 1 || b.Lines[0].Word != string(ledger.Used) {
		t.Errorf("a card that was handed in: %+v", b)
	}
	c.noCardIn(urls)
}

// What is left over is paid back as one card, once, out of an allotment that is
// worth just that.
func TestPrizeChange(t *testing.T) {
	c, urls := newTill(t)
	_, err := c.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Points: 100, Count: 5})
	c.ok(err)
	c.sync()
	c.scan(urls...)
	c.towel()
	if c.state.Prize.Give {
		t.Fatal("nothing is given back")
	}
	c.do(prize.TapTake{})
	if s := c.state.Prize.Taken; s.Word != "" || !s.Change || !s.Card || s.Surplus != 100 {
		t.Errorf("%+v\n%s", s, c.log)
	}
	pages := c.printer.Pages()
	all, err := c.desk.Allotments(t.Context())
	c.ok(err)
	for _, a := range all {
		if a.Points == 100 {
			card, err := cards.Sign(a.Claims(1), c.desk.live.Private)
			c.ok(err)
			wantCode(t, pages[len(pages)-1], a.Event.Host.URL(card))
			if n := c.desk.Journal.Tally(a.ID).Signed; n != 1 {
				t.Errorf("%d cards of the change", n)
			}
		}
	}
	c.sync()
	c.stock(2)
}

// A second person says yes where the hub asks for one; the same one again does not.
func TestPrizeSecond(t *testing.T) {
	c, urls := newTill(t)
	c.ok(c.ledger.SetPrizeRule(t.Context(), 1, ""))
	c.scan(urls...)
	c.towel()
	c.do(prize.TapTake{})
	c.at(kiosk.Door)
	c.pin("2468")
	if c.at(kiosk.Door); !c.state.Keys.Wrong || !c.state.Keys.Second {
		t.Errorf("%+v", c.state.Keys)
	}
	c.stock(3)
	c.do(kiosk.TapBack{})
	c.prizeShows(prize.Sure)
	c.do(prize.TapTake{})
	c.pin("1357")
	c.prizeShows(prize.Done)
	if s := c.state.Prize.Taken; s.Word != "" || !s.Printed {
		t.Errorf("%+v", s)
	}
	c.stock(2)
}

// The answer is lost, before or after the hub did it: opened again, the screen
// knows, and nothing is handed out or paid back twice.
func TestPrizeUnheard(t *testing.T) {
	for _, done := range []bool{false, true} {
		c, urls := newTill(t)
		_, err := c.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Points: 100, Count: 5})
		c.ok(err)
		c.sync()
		c.scan(urls...)
		c.towel()
		whole := c.road.hub
		back := c.road.divert(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, api.PathTake) {
				if done {
					whole.ServeHTTP(discard{w.Header().Clone()}, r)
				}
				panic(http.ErrAbortHandler)
			}
			whole.ServeHTTP(w, r)
		})
		c.do(prize.TapTake{})
		c.prizeShows(prize.Done)
		if s := c.state.Prize.Taken; s.Word != wordUnheard {
			t.Errorf("%+v", s)
		}
		c.stop()
		c.ok(c.desk.Close())
		c.switchOn()
		back()
		for range 2 {
			c.do(kiosk.TapStaff{})
			c.pin("2468")
			c.do(kiosk.TapPrizes{})
			if done && c.state.Prize.Step == prize.Done {
				if s := c.state.Prize.Taken; !s.Before || s.Word != "" || s.Slip == 0 || !s.Card || !s.Printed {
					t.Errorf("%+v\n%s", s, c.log)
				}
				done = false
				c.stock(2)
			} else {
				c.prizeShows(prize.Scan)
			}
			c.do(prize.TapEnd{}, kiosk.TapBack{})
		}
		if done {
			t.Error("nobody is told what became of it")
		}
		c.sync()
		if faults, err := c.ledger.Check(t.Context()); err != nil || len(faults) > 0 {
			t.Errorf("%v, %v", faults, err)
		}
	}
}

// A scan on the staff's screens is of no account.
func TestPrizeLeaves(t *testing.T) {
	c, urls := newTill(t)
	c.scan(urls[0])
	c.do(kiosk.Tick{Now: c.state.Now.Add(kiosk.DeskIdle)})
	c.at(kiosk.Home)
	if len(c.desk.clerk.till.texts) != 0 || c.state.Prize.Basket.N != 0 {
		t.Errorf("left behind: %d texts, %+v", len(c.desk.clerk.till.texts), c.state.Prize)
	}
	c.do(account.TapEnd{})
}
