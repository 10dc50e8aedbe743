package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A market is everything that can happen to points, at random, and what must
// have come of it.
type market struct {
	*shelf
	rnd       *rand.Rand
	today     cards.Allotment // of cards
	accounts  []string
	allotment map[uint32]cards.Allotment // of tickets
	latest    []uint32                   // the day's
	signed    map[uint32]uint32          // by allotment: the last number that was granted
	open      []cards.Card               // tickets that were granted and have not ended, as far as is known here
	steps     map[cards.Serial][]cards.State
	spent     map[cards.Serial]string // by whom
	fresh     uint32                  // the next card of each card allotment
	asked     []cards.TicketAsk
	told      []string
}

func newMarket(t *testing.T, seed uint64) *market {
	m := &market{shelf: newShelf(t), rnd: rand.New(rand.NewPCG(seed, 3)), allotment: map[uint32]cards.Allotment{}, signed: map[uint32]uint32{},
		steps: map[cards.Serial][]cards.State{}, spent: map[cards.Serial]string{}}
	for n := range 4 {
		m.accounts = append(m.accounts, fmt.Sprintf("AAAA222%d", n+2))
	}
	m.morning()
	return m
}

// morning grants the day's cards, and tickets of two amounts.
func (m *market) morning() {
	today := cards.DayOf(m.clock())
	e := event(fmt.Sprint("day-", today), 60, false)
	e.Day, e.PointDays = today, uint32(10+m.rnd.IntN(40))
	check(m.t, m.AddEvent(context.Background(), e))
	m.today, m.fresh = m.grant(ledger.Grant{Kiosk: "station-1", Event: e.ID, Count: 200}), 0
	m.grantTickets()
	m.grantTickets()
}

func (m *market) one() string { return m.accounts[m.rnd.IntN(len(m.accounts))] }

// claim puts a card on an account.
func (m *market) claim() {
	m.fresh++
	_, err := m.Claim(context.Background(), m.card(m.today, m.fresh), m.one())
	check(m.t, err)
}

// grantTickets makes an allotment of tickets for today.
func (m *market) grantTickets() {
	points := []uint32{30, 50, 75, 120}[m.rnd.IntN(4)]
	today := cards.DayOf(m.clock())
	e := event(fmt.Sprint("desk-", len(m.allotment)), points, false)
	e.Day = today
	check(m.t, m.AddEvent(context.Background(), e))
	a := m.grant(ledger.Grant{Kiosk: "station-1", Event: e.ID, Kind: cards.KindTicket, Count: 6, Expires: today + cards.Day(m.rnd.IntN(40))})
	m.allotment[a.ID] = a
	m.latest = append([]uint32{a.ID}, m.latest[:min(1, len(m.latest))]...)
}

// ask asks for a ticket, new or again.
func (m *market) ask() {
	if len(m.asked) > 0 && m.rnd.IntN(3) == 0 {
		n := m.rnd.IntN(len(m.asked))
		again := m.asked[n]
		if m.rnd.IntN(2) == 0 {
			again.Token = ""
		}
		if got := fmt.Sprint(m.asks(again, m.one())); got != m.told[n] {
			m.t.Fatalf("again: %s, at first %s", got, m.told[n])
		}
		return
	}
	for _, id := range m.latest {
		a := m.allotment[id]
		ask := cards.TicketAsk{Request: requestID(), Token: "open", Allotment: id, Number: m.signed[id] + 1}
		answer := m.asks(ask, m.one())
		m.asked, m.told = append(m.asked, ask), append(m.told, fmt.Sprint(answer))
		if answer.Refused != "" {
			continue
		}
		m.signed[id]++
		c := m.card(a, ask.Number)
		m.open = append(m.open, c)
		paths := [][]cards.State{
			{cards.Signed, cards.Printing, cards.Printed}, {cards.Signed, cards.Void}, {cards.Signed, cards.Printing, cards.Presumed, cards.VoidAsked},
			{cards.Signed, cards.Printing, cards.Uncertain, cards.Printing, cards.Printed}, {cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked}, {},
		}
		m.steps[c.Serial()] = paths[m.rnd.IntN(len(paths))]
		return
	}
}

// journal brings the next step of some ticket.
func (m *market) journal() {
	if len(m.open) == 0 {
		return
	}
	c := m.open[m.rnd.IntN(len(m.open))]
	if left := m.steps[c.Serial()]; len(left) > 0 {
		m.take(m.kiosk, m.kiosk.step(left[0], c))
		m.steps[c.Serial()] = left[1:]
	}
}

// spend shows some ticket in some shop; a ticket is taken once.
func (m *market) spend() {
	if len(m.open) == 0 {
		return
	}
	c := m.open[m.rnd.IntN(len(m.open))]
	shop := fmt.Sprint("shop-", m.rnd.IntN(3))
	err := m.spends(c, shop, fmt.Sprint(m.rnd.Uint64()))
	before, twice := m.spent[c.Serial()]
	switch why := refusal(err); {
	case err == nil && twice:
		m.t.Fatalf("%v was spent at %s and at %s", c, before, shop)
	case err == nil:
		m.spent[c.Serial()] = shop
	case why == ledger.Used && !twice, why == "":
		m.t.Fatal(err)
	}
}

// prize hands two cards in.
func (m *market) prize() {
	m.fresh++
	m.fresh += 2
	p := m.bag(0, m.card(m.today, m.fresh-2), m.card(m.today, m.fresh-1), m.card(m.today, m.fresh))
	if p.Surplus = 30; m.rnd.IntN(2) == 0 {
		p.Change = m.change.ID
	}
	if a := m.takes(p); a.Refused != "" && !slices.Contains([]string{cards.PrizeStock, cards.PrizeCards, cards.PrizeChange}, a.Refused) {
		m.t.Fatalf("%+v", a)
	}
}

// owe says of some slip that its card never came.
func (m *market) owe() {
	_, err := m.OweSlip(context.Background(), uint64(1+m.rnd.IntN(m.count("prize_slip")+1)), "佐藤", "水にぬれた")
	if err != nil && !errors.Is(err, ledger.ErrBadRequest) {
		m.t.Fatal(err)
	}
}

func (m *market) voidByHand() {
	if len(m.open) > 0 {
		_, err := m.VoidTicket(context.Background(), m.open[m.rnd.IntN(len(m.open))].Serial(), "佐藤", "lost")
		if err != nil && refusal(err) == "" {
			m.t.Fatal(err)
		}
	}
}

func (m *market) tomorrow() {
	m.set(m.clock().Add(time.Duration(1+m.rnd.IntN(8)) * 24 * time.Hour))
	if m.rnd.IntN(2) == 0 {
		_, err := m.Lapse(context.Background())
		check(m.t, err)
	}
	if m.rnd.IntN(2) == 0 {
		_, err := m.Expire(context.Background())
		check(m.t, err)
	}
	m.morning()
}

// conserved wants every point that was granted to be somewhere, and each shop to
// be owed what it took.
func (m *market) conserved() {
	m.t.Helper()
	owed := map[string]int64{}
	for s, shop := range m.spent {
		owed[shop] += int64(m.allotment[s.Allotment].Points)
	}
	for shop, yen := range owed {
		if got := m.sum("partner:" + shop + ":らづポイント"); got != yen {
			m.t.Fatalf("%s took tickets of %d yen and is owed %d", shop, yen, got)
		}
	}
	var redeemed, everywhere int64
	check(m.t, m.db.QueryRow(`SELECT COALESCE(SUM(a.points), 0) FROM ended e JOIN allotment a ON a.id = e.allotment WHERE e.state = 'redeemed'`).Scan(&redeemed))
	check(m.t, m.db.QueryRow(`SELECT COALESCE(SUM(amount), 0) FROM posting WHERE account LIKE 'account:%' OR account LIKE 'ticketed:%' OR account LIKE 'partner:%'
		OR account LIKE 'expired:%' OR account LIKE 'prized:%' OR account LIKE 'surplus:%' OR account LIKE 'change:%' OR account LIKE 'owed:%' OR account LIKE 'reversed:%'`).Scan(&everywhere))
	if redeemed != everywhere {
		m.t.Fatalf("%d points were granted, %d are somewhere", redeemed, everywhere)
	}
	m.clean()
}

// Whatever happens to points, in whatever order, none is made and none is lost.
func TestPointsAreConserved(t *testing.T) {
	for seed := range seeds(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := newMarket(t, seed)
			acts := []func(){m.claim, m.claim, m.claim, m.claim, m.ask, m.ask, m.ask, m.ask, m.journal, m.journal, m.journal, m.spend, m.spend, m.prize, m.voidByHand, m.tomorrow, m.reverse, m.reverse, m.owe}
			for n := range 250 {
				acts[m.rnd.IntN(len(acts))]()
				if n%50 == 49 {
					m.conserved()
				}
			}
			if len(m.spent) == 0 || m.sum("expired:らづポイント") == 0 || m.count("reversal") == 0 {
				t.Errorf("too little happened: %d spent", len(m.spent))
			}
		})
	}
}
