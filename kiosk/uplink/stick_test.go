package uplink

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// seeds is how many schedules are tried: some, or many where there is time.
func seeds(some uint64) uint64 { return some * uint64(proof.Times(1, 1, 100)) }

// morning lets a kiosk issue some cards by a plan. Between two of them it asks
// for anything that the schedule does.
func morning(k *booth, plan *rand.Rand, between func()) {
	k.t.Helper()
	for range 20 {
		stories := [][]cards.State{
			out(), out(), {cards.Printing, cards.Presumed}, {cards.Printing, cards.Uncertain, cards.Printing, cards.Printed}, nil,
			{cards.Void}, {cards.Printing, cards.Printed, cards.VoidAsked}, {cards.Printing, cards.Uncertain, cards.VoidAsked},
		}
		k.issue(stories[plan.IntN(len(stories))]...)
		between()
	}
}

// claims lets people claim the cards that nobody asks back.
func claims(h *town, k *booth, by *rand.Rand) {
	h.t.Helper()
	number := uint32(by.IntN(20) + 1)
	s := cards.Serial{Allotment: k.grant.ID, Number: number}
	state, _, err := k.State(context.Background(), s)
	if err != nil || state != cards.Printed && state != cards.Presumed {
		return
	}
	c, err := k.Card(context.Background(), k.grant, number)
	check(h.t, err)
	_, err = h.Claim(context.Background(), c.Card, fmt.Sprintf("AAAA22%02d", number))
	check(h.t, err)
}

// book is the ledger without what time and order put into it.
func (h *town) book() (lines []string) {
	h.t.Helper()
	for _, query := range []string{
		`SELECT 'issued ' || allotment || '/' || number || ' ' || hex(digest) FROM issued ORDER BY 1`,
		`SELECT 'ended ' || allotment || '/' || number || ' ' || state || ' ' || account FROM ended ORDER BY 1`,
		`SELECT 'last ' || allotment || '/' || number || ' ' || state || ' ' || copy || ' ' || verdict FROM judged j
			WHERE allotment > 0 AND seq = (SELECT MAX(seq) FROM judged n WHERE n.allotment = j.allotment AND n.number = j.number) ORDER BY 1`,
		`SELECT 'transfer ' || t.kind || ' ' || t.reference || ' ' || p.account || ' ' || p.amount FROM transfer t JOIN posting p ON p.transfer = t.seq ORDER BY 1`,
		`SELECT 'alarm ' || kind || ' ' || seq FROM alarm`,
		`SELECT 'aside ' || seq || ' ' || reason FROM entry_aside`,
	} {
		lines = append(lines, h.lines(query)...)
	}
	return lines
}

// settled syncs until no void is open, and lets the last cards be claimed.
func (h *town) settled(k *booth) {
	h.t.Helper()
	for range 2 {
		check(h.t, k.up.Sync(context.Background()))
	}
	for n := range uint64(400) {
		claims(h, k, rand.New(rand.NewPCG(n, 9)))
	}
	h.same(k)
}

// Sticks and network, in any order and mixture, make the ledger that the
// network alone makes. Sticks are lost, come late, and come twice.
func TestSticksAndNetwork(t *testing.T) {
	for seed := range seeds(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			straight := newTown(t)
			k := straight.enrol("station-1", "l", direct{straight})
			morning(k, rand.New(rand.NewPCG(seed, 1)), func() {})
			straight.settled(k)

			mixed := newTown(t)
			m := mixed.enrol("station-1", "l", direct{mixed})
			chance := rand.New(rand.NewPCG(seed, 2))
			var sticks [][][]byte
			morning(m, rand.New(rand.NewPCG(seed, 1)), func() {
				for range chance.IntN(4) {
					sticks = mixed.travel(m, sticks, chance)
				}
			})
			mixed.settled(m)
			want, got := straight.book(), mixed.book()
			for n := range max(len(want), len(got)) {
				if n >= len(want) || n >= len(got) || want[n] != got[n] {
					t.Fatalf("line %d of %d and %d differs:\n%q\n%q", n, len(want), len(got), want[n:min(n+1, len(want))], got[n:min(n+1, len(got))])
				}
			}
			if len(got) < 60 || !slices.ContainsFunc(got, func(l string) bool { return l[:5] == "ended" }) {
				t.Errorf("only %d lines: the test shows nothing", len(got))
			}
		})
	}
}

// travel does one thing with network or sticks.
func (h *town) travel(k *booth, sticks [][][]byte, chance *rand.Rand) [][][]byte {
	h.t.Helper()
	switch chance.IntN(6) {
	case 0: // the network, as far as it goes
		k.up.batch = 1 + chance.IntN(9)
		check(h.t, k.up.Sync(context.Background()))
	case 1: // an answer lost
		r, err := k.Receipt(context.Background())
		check(h.t, err)
		upload, err := k.up.Pack(context.Background(), r.Cursor, 1+chance.IntN(9))
		check(h.t, err)
		_, err = h.Ingest(context.Background(), upload)
		check(h.t, err)
	case 2, 3: // another stick
		sticks = append(sticks, k.stick(1+chance.IntN(9)))
	case 4: // a stick arrives, its parts in any order; it may come again
		if len(sticks) > 0 {
			parts := sticks[chance.IntN(len(sticks))]
			for _, n := range chance.Perm(len(parts)) {
				_, err := h.Ingest(context.Background(), parts[n])
				check(h.t, err)
			}
		}
	case 5:
		claims(h, k, chance)
	}
	return sticks
}
