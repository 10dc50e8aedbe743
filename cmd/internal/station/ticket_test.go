package station

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/printer/printertest"
)

// newSale is a counter that sells tickets of 300 points, at whose open account
// there are 600.
func newSale(t *testing.T) *counter {
	t.Helper()
	c, dealt := newCounter(t, "p256")
	_, err := c.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Kind: cards.KindTicket, Points: 300, Count: 5})
	c.ok(err)
	urls, _ := c.paper(3)
	c.do(c.desk.Arrive(t.Context()))
	if !c.state.Site.Tickets {
		t.Fatal("no tickets are offered")
	}
	c.sit(dealt[0])
	c.register()
	c.home()
	c.reopen(dealt[0])
	c.scan(urls...)
	if c.state.Account.Sum() != 600 {
		t.Fatal(verdicts(c.state.Account))
	}
	c.do(account.TapBack{})
	return c
}

// reopen opens the account by card.
func (c *counter) reopen(card *jpkitest.Card) {
	c.t.Helper()
	c.do(kiosk.TapBalance{})
	c.lay(card)
	c.pinIs("1234")
	c.accountShows(account.Balance)
}

func (c *counter) buys() {
	c.t.Helper()
	c.do(account.TapSell{})
	c.accountShows(account.Tickets)
	if len(c.state.Account.Tickets) != 1 {
		c.t.Fatalf("%+v", c.state.Account.Tickets)
	}
	c.do(account.TapTicket{Allotment: c.state.Account.Tickets[0].Allotment})
	c.accountShows(account.Sure)
	c.do(account.TapYes{})
	c.accountShows(account.Bought)
}

// points are those of the account at the hub.
func (c *counter) points() (sum int64) {
	c.t.Helper()
	c.sync()
	c.ok(c.db.QueryRowContext(c.t.Context(), `SELECT COALESCE(SUM(points), 0) - (SELECT COALESCE(SUM(points), 0) FROM lot_use) FROM lot`).Scan(&sum))
	if faults, err := c.ledger.Check(c.t.Context()); err != nil || len(faults) > 0 {
		c.t.Errorf("%v, %v", faults, err)
	}
	return sum
}

// tickets are those in the journal, with their states.
func (c *counter) tickets() (list []cards.State) {
	c.t.Helper()
	all, err := c.desk.Allotments(c.t.Context())
	c.ok(err)
	for _, a := range all {
		for n := uint32(1); a.Kind == cards.KindTicket && n <= c.desk.Journal.Tally(a.ID).Signed; n++ {
			state, _, err := c.desk.Journal.State(c.t.Context(), cards.Serial{Allotment: a.ID, Number: n})
			c.ok(err)
			list = append(list, state)
		}
	}
	return list
}

func (c *counter) isTickets(want ...cards.State) {
	c.t.Helper()
	got := c.tickets()
	if len(got) != len(want) {
		c.t.Fatalf("tickets %q, not %q", got, want)
	}
	for n := range want {
		if got[n] != want[n] {
			c.t.Errorf("tickets %q, not %q", got, want)
		}
	}
	if _, err := os.Stat(c.desk.clerk.ticketFile()); err == nil {
		c.t.Error("a request is still stored")
	}
}

// Points become tickets as far as they go, and each is a card that a shop can take.
func TestTicket(t *testing.T) {
	c := newSale(t)
	for n := int64(1); n <= 2; n++ {
		c.buys()
		if s := c.state.Account; s.Sale.Word != "" || s.Sale.Doubt || s.Sale.Serial == "" || s.Account.Totals()[0].Points != 600-300*n || s.Account.Moves[0].Points != -300 {
			t.Fatalf("%+v\n%s", s, c.log)
		}
		c.do(account.TapBack{})
		if got := c.points(); got != 600-300*n {
			t.Errorf("%d points at the hub", got)
		}
	}
	c.isTickets(cards.Printed, cards.Printed)
	c.do(account.TapSell{}, account.TapTicket{Allotment: c.state.Account.Tickets[0].Allotment})
	c.accountShows(account.Tickets) // there are no points left
	var spent cards.Card
	pages := c.printer.Pages()
	all, err := c.desk.Allotments(t.Context())
	c.ok(err)
	for _, a := range all {
		if a.Kind == cards.KindTicket {
			spent, err = cards.Sign(a.Claims(2), c.desk.live.Private)
			c.ok(err)
			wantCode(t, pages[len(pages)-1], string(a.Event.Host.URL(spent)))
		}
	}
	_, err = c.ledger.LookTicket(t.Context(), spent)
	c.ok(err)
	c.takeAway()
	c.gone()
}

// A printer without paper takes no points.
func TestTicketWithoutPaper(t *testing.T) {
	c := newSale(t)
	c.printer.Inject(printertest.PaperEnd)
	c.buys()
	if s := c.state.Account.Sale; s.Word != wordPaper || c.points() != 600 {
		t.Errorf("%+v, %d points", s, c.points())
	}
	c.isTickets()
}

// The hub's answer is lost, before or after it moved the points: nobody loses any,
// whether the kiosk runs on or is switched off.
func TestTicketUnheard(t *testing.T) {
	for _, tt := range []struct {
		name           string
		asked, restart bool
	}{{"never asked", false, false}, {"the answer is lost", true, false}, {"never asked, and switched off", false, true}, {"the answer is lost, and switched off", true, true}} {
		c := newSale(t)
		whole := c.road.hub
		back := c.road.divert(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, api.PathTicket) {
				if tt.asked {
					whole.ServeHTTP(discard{w.Header().Clone()}, r)
				}
				panic(http.ErrAbortHandler)
			}
			whole.ServeHTTP(w, r)
		})
		c.buys()
		if s := c.state.Account.Sale; s.Word != wordUnheard {
			t.Errorf("%s: %+v", tt.name, s)
		}
		if want := map[bool]int64{false: 600, true: 300}[tt.asked]; c.points() != want {
			t.Errorf("%s: %d points at the hub meanwhile", tt.name, c.points())
		}
		if tt.restart {
			c.takeAway()
			c.stop()
			c.ok(c.desk.Close())
			c.switchOn()
		}
		back()
		c.ok(c.desk.clerk.mend(t.Context()))
		if got := c.points(); got != 600 {
			t.Errorf("%s: %d points at the hub", tt.name, got)
		}
		if tt.asked {
			c.isTickets(cards.Void)
		} else {
			c.isTickets()
		}
	}
}

// discard is a line that was cut before the answer.
type discard struct{ h http.Header }

func (d discard) Header() http.Header       { return d.h }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// A kiosk that is switched off between the hub's yes and the paper gives the points
// back when it is on again: before the ticket is signed, and after.
func TestTicketPowerCut(t *testing.T) {
	for _, signed := range []bool{false, true} {
		c := newSale(t)
		var of cards.Allotment
		for _, a := range c.desk.ticketDays(t.Context()) {
			of = a
		}
		r := ticketRequest{Request: make([]byte, cards.RequestSize), Allotment: of.ID, Number: 1}
		text, err := json.Marshal(r)
		c.ok(err)
		c.ok(writeSynced(c.desk.clerk.ticketFile(), text))
		sit := c.desk.clerk.now
		answer, err := c.desk.clerk.askTicket(t.Context(), r, c.desk.clerk.token(sit))
		c.ok(err)
		if answer.Refused != "" || c.points() != 300 {
			t.Fatalf("%+v, %d points", answer, c.points())
		}
		if signed {
			c.ok(c.desk.clerk.signGranted(t.Context(), r))
		}
		c.takeAway()
		c.stop()
		c.ok(c.desk.Close())
		c.switchOn()
		c.ok(c.desk.clerk.mend(t.Context()))
		if got := c.points(); got != 600 {
			t.Errorf("signed %v: %d points at the hub", signed, got)
		}
		c.isTickets(cards.Void)
	}
}

// A ticket that may not be whole is asked about; torn, the same one is printed
// again, and no more points are taken. Whoever goes away leaves it to the staff.
func TestTicketTorn(t *testing.T) {
	for _, away := range []bool{false, true} {
		c := newSale(t)
		c.after.Store(9000)
		c.buys()
		serial := c.state.Account.Sale.Serial
		if s := c.state.Account.Sale; !s.Doubt || serial == "" {
			t.Fatalf("%+v\n%s", s, c.log)
		}
		c.printer.Inject(printertest.SwitchedOn)
		if away {
			c.takeAway()
			c.gone()
			c.isTickets(cards.Uncertain)
			c.do(c.desk.Arrive(t.Context()))
			if c.state.Owed != 1 {
				t.Errorf("%d cards wait for the staff's word", c.state.Owed)
			}
			c.voidedByStaff(serial)
			continue
		}
		c.do(account.TapNo{})
		if s := c.state.Account.Sale; s.Doubt || s.Word != "" || s.Serial != serial {
			t.Errorf("%+v\n%s", s, c.log)
		}
		c.isTickets(cards.Printed)
		if got := c.points(); got != 300 {
			t.Errorf("%d points at the hub", got)
		}
	}
}

// voidedByStaff is a ticket whose buyer went away: staff are asked about a ticket,
// and where it is void its points are in the account again.
func (c *counter) voidedByStaff(serial string) {
	c.t.Helper()
	c.do(kiosk.TapStaff{})
	c.pin("2468")
	c.do(kiosk.TapReview{})
	c.at(kiosk.Confirm)
	if a := c.state.Ask; !a.Ticket || a.Card.Serial().String() != serial {
		c.t.Errorf("asked about %+v", a)
	}
	if got := c.points(); got != 300 {
		c.t.Errorf("%d points at the hub", got)
	}
	c.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"})
	if c.at(kiosk.Menu); c.state.Desk.Note != "issue.void.noted.ticket" {
		c.t.Errorf("note %q", c.state.Desk.Note)
	}
	c.sync()
	if got := c.points(); got != 600 {
		c.t.Errorf("%d points at the hub", got)
	}
	c.isTickets(cards.Void)
}
