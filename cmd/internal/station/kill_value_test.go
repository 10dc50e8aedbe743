package station

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	mrand "math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// sellerArg makes the test binary a kiosk that sells tickets and hands out prizes
// until it is killed.
const sellerArg = "seller"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == sellerArg {
		if err := beSeller(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1) // it never ends by itself
	}
	os.Exit(m.Run())
}

// A seller is what that kiosk is told.
type seller struct {
	Dir, Printer, Answers string
	ID, Pass              string   // of who buys tickets
	Cards                 []string // that are handed in for prizes, three by three
}

const (
	sellerPass = "natsu-no-umi-2026"
	perKill    = 15 // cards that may be handed in before the kiosk is killed
)

func beSeller(file string) error {
	ctx := context.Background()
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var w seller
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	settings := Usual()
	settings.Printer.URI, settings.Printer.Differs = w.Printer, map[string]any{"answers": w.Answers}
	s, err := Open(ctx, Opts{Dir: w.Dir, Settings: settings, Driver: "sqlite", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	d := s.NewDesk()
	go d.Watch(ctx, func(kiosk.Event) {}) //nolint:errcheck // it is killed
	opened, ok := d.Do(ctx, account.SignIn{ID: w.ID, Pass: wizard.NewTyped([]byte(w.Pass))}).(account.Opened)
	if !ok {
		return fmt.Errorf("no sitting")
	}
	fmt.Println("ready")
	for at := 0; ; at++ {
		d.sellOne(ctx, opened.Sitting)
		d.handOutOne(ctx, w.Cards, at)
	}
}

func (d *Desk) sellOne(ctx context.Context, sitting int) {
	list, _ := d.Do(ctx, account.ListTickets{}).(account.TicketsAre)
	if len(list.Tickets) == 0 {
		return
	}
	if done, ok := d.Do(ctx, account.BuyTicket{Sitting: sitting, Ticket: list.Tickets[0]}).(account.TicketDone); ok && done.Sale.Doubt {
		d.Do(ctx, account.SettleTicket{Serial: done.Sale.Serial, Whole: false})
	}
}

// handOutOne hands three cards in, if what was open before is settled.
func (d *Desk) handOutOne(ctx context.Context, cards []string, at int) {
	b, ok := d.Do(ctx, prize.Open{}).(prize.BasketIs)
	for n := 3 * at; ok && n < min(3*at+3, len(cards)); n++ {
		b, ok = d.Do(ctx, prize.Add{Text: wizard.NewTyped([]byte(cards[n]))}).(prize.BasketIs)
	}
	if ok && len(b.Prizes) > 0 {
		one := b.Prizes[0]
		d.Do(ctx, prize.Take{Prize: one, Surplus: b.Sum - one.Points, Change: one.Change != 0, Operator: "sato"})
	}
}

// newKilled is a hub with an account of 100,000 points and towels enough, and what
// a kiosk that will be killed is told.
func newKilled(t *testing.T, kills int) (c *counter, w seller) {
	t.Helper()
	c, dealt := newCounter(t, "p256")
	c.ok(c.ledger.AddPrize(t.Context(), ledger.Prize{ID: "towel", Scheme: "らづポイント", Name: cards.Text{Ja: "手ぬぐい"}, Points: 500, Stock: 100_000}, ""))
	c.ok(c.ledger.SetPrizeRule(t.Context(), 9, ""))
	c.sit(dealt[0])
	id, code := c.register()
	c.home()
	signed, err := c.accounts.SetPassword(t.Context(), netip.Addr{}, id, code, sellerPass, "a phone")
	c.ok(err)
	for _, g := range []ledger.Grant{
		{Points: 100_000, Count: 1}, {Points: 200, Count: uint32(perKill * kills)},
		{Points: 100, Count: 10_000}, {Points: 100, Count: 10_000, Kind: cards.KindTicket},
	} {
		g.Kiosk, g.Event = "KSZ-014", "bar"
		_, err := c.ledger.Grant(t.Context(), g)
		c.ok(err)
	}
	c.sync()
	all, err := c.desk.Allotments(t.Context())
	c.ok(err)
	w = seller{Dir: c.opts.Dir, Printer: c.opts.Settings.Printer.URI, Answers: fmt.Sprint(c.opts.Settings.Printer.Differs["answers"]), ID: id, Pass: sellerPass}
	for _, a := range all {
		for n := uint32(1); a.Points == 100_000 || a.Points == 200 && a.Count > 10 && n <= a.Count; n++ {
			card, err := cards.Sign(a.Claims(n), c.desk.live.Private) // of which this journal never hears
			c.ok(err)
			if a.Points != 200 {
				_, err := c.ledger.Claim(t.Context(), card, signed.Account)
				c.ok(err)
				break
			}
			w.Cards = append(w.Cards, a.Event.Host.URL(card))
		}
	}
	c.stop()
	c.ok(c.desk.Close())
	return c, w
}

// killed runs the kiosk and kills it.
func (c *counter) killed(file string, after time.Duration) {
	c.t.Helper()
	self, err := os.Executable()
	c.ok(err)
	kiosk := exec.Command(self, sellerArg, file)
	said, err := os.OpenFile(filepath.Join(filepath.Dir(file), "said"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	c.ok(err)
	defer said.Close()
	kiosk.Stderr = said
	out, err := kiosk.StdoutPipe()
	c.ok(err)
	c.ok(kiosk.Start())
	ready, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || ready != "ready\n" {
		log, _ := os.ReadFile(said.Name())
		c.t.Fatalf("the kiosk does not start: %q, %v\n%s", ready, err, log[max(0, len(log)-3000):])
	}
	time.Sleep(after)
	_ = kiosk.Process.Kill()
	_, _ = io.Copy(io.Discard, out)
	_ = kiosk.Wait()
}

// settle is what the staff and the kiosk do when it is on again.
func (c *counter) settle() {
	c.t.Helper()
	c.switchOn()
	c.ok(c.desk.clerk.mend(c.t.Context()))
	for n := 0; ; n++ {
		for _, o := range c.desk.Journal.Open() {
			a, err := c.desk.AllotmentOf(c.t.Context(), o.Serial())
			c.ok(err)
			_, err = c.desk.Issuer(false).Settle(c.t.Context(), a, o.Number, false, "sato")
			c.ok(err)
		}
		e := c.desk.Do(c.t.Context(), prize.Open{})
		if _, settled := e.(prize.BasketIs); settled {
			break
		}
		if n == 5 {
			c.t.Fatalf("賞品交換 does not open: %+v", e)
		}
	}
	c.sync()
}

// However often the kiosk is killed while it sells tickets and hands out prizes:
// points are conserved, each ticket that was granted is out and can be spent once,
// or is void, and each prize has its slip, and the card over its surplus.
func TestKillSeller(t *testing.T) {
	kills := proof.Times(5, 30, 1500)
	c, w := newKilled(t, kills)
	file := filepath.Join(t.TempDir(), "seller.json")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := mrand.New(mrand.NewPCG(seed, 0))
	began, window, before := time.Now(), 250*time.Millisecond, 0
	for n := range kills {
		one := w
		one.Cards = w.Cards[perKill*n : perKill*(n+1)]
		text, err := json.Marshal(one)
		c.ok(err)
		c.ok(os.WriteFile(file, text, 0o600))
		c.killed(file, time.Duration(rnd.Int64N(int64(window))))
		if now := c.got(); now > before {
			before = now
		} else { // the machine is slower than that
			window = min(window*3/2, 10*time.Second)
		}
	}
	took := time.Since(began)
	c.settle()
	tickets, voids := c.ticketsHold(w.ID)
	slips := c.prizesHold()
	t.Logf("%d kills in %v: %d tickets, %d void; %d prizes", kills, took, tickets, voids, slips)
	if tickets < kills/2 || slips < kills/2 {
		t.Error("the kills came too early")
	}
}

// got counts what the hub has given so far: of tickets and prizes, the fewer.
func (c *counter) got() int {
	c.t.Helper()
	var tickets, prizes int
	c.ok(c.db.QueryRowContext(c.t.Context(), `SELECT (SELECT COUNT(*) FROM ticket), (SELECT COUNT(*) FROM prize_slip)`).Scan(&tickets, &prizes))
	return min(tickets, prizes)
}

// ticketsHold wants each ticket that was granted to be printed and good once, or
// void with its points where they came from.
func (c *counter) ticketsHold(id string) (printed, voids int) {
	c.t.Helper()
	all, err := c.desk.Allotments(c.t.Context())
	c.ok(err)
	signed := 0
	for _, a := range all {
		if a.Kind != cards.KindTicket {
			continue
		}
		for n := uint32(1); n <= c.desk.Journal.Tally(a.ID).Signed; n++ {
			signed++
			state, _, err := c.desk.Journal.State(c.t.Context(), cards.Serial{Allotment: a.ID, Number: n})
			c.ok(err)
			card, err := cards.Sign(a.Claims(n), c.desk.live.Private)
			c.ok(err)
			_, once := c.ledger.Spend(c.t.Context(), card, "bakery", fmt.Sprint("one ", n))
			_, twice := c.ledger.Spend(c.t.Context(), card, "bakery", fmt.Sprint("two ", n))
			if good := state == cards.Printed; good != (once == nil) || twice == nil || !good && state != cards.Void {
				c.t.Errorf("ticket %d is %s: spent once: %v, twice: %v", n, state, once, twice)
			}
			if state == cards.Printed {
				printed++
			} else {
				voids++
			}
		}
	}
	var granted int
	c.ok(c.db.QueryRowContext(c.t.Context(), `SELECT COUNT(*) FROM ticket`).Scan(&granted))
	if open, err := c.ledger.OpenTickets(c.t.Context()); err != nil || len(open) > 0 || granted != signed {
		c.t.Errorf("%d tickets are open, %d granted, %d signed: %v", len(open), granted, signed, err)
	}
	if got := c.points(); got != 100_000-100*int64(printed) {
		c.t.Errorf("%s has %d points after %d tickets", id, got, printed)
	}
	return printed, voids
}

// prizesHold wants each prize to have its slip on paper, and each surplus its card.
func (c *counter) prizesHold() (slips int) {
	c.t.Helper()
	var change int
	c.ok(c.db.QueryRowContext(c.t.Context(), `SELECT COUNT(*), SUM(CASE WHEN change <> 0 THEN 1 ELSE 0 END) FROM prize_slip`).Scan(&slips, &change))
	all, err := c.desk.Allotments(c.t.Context())
	c.ok(err)
	var out uint32
	for _, a := range all {
		if a.Points != 100 || a.Kind != cards.KindCard {
			continue
		}
		for n := uint32(1); n <= c.desk.Journal.Tally(a.ID).Signed; n++ {
			switch state, _, err := c.desk.Journal.State(c.t.Context(), cards.Serial{Allotment: a.ID, Number: n}); {
			case err != nil || state != cards.Printed && state != cards.Void:
				c.t.Errorf("card %d over a surplus is %s, %v", n, state, err)
			case state == cards.Printed:
				out++
			}
		}
	}
	papers := 0
	for _, p := range c.printer.Pages() {
		if !p.Torn && p.Bounds().Dy() > 300 && p.Bounds().Dy() <= 800 {
			papers++
		}
	}
	if int(out) != change || change != slips || papers < slips {
		c.t.Errorf("%d prizes, %d slips on paper, %d of %d cards over a surplus", slips, papers, out, change)
	}
	c.owed(0)
	return slips
}
