package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

// A fair is a batch to which anything may happen, in any order.
type fair struct {
	*press
	rnd    *rand.Rand
	late   []cards.Record // of the office, not sent yet
	theirs []cards.Record // of the kiosk
	making uint32
}

func (f *fair) span() (first, last uint32) {
	first = 1 + f.rnd.Uint32N(f.batch.Count)
	return first, min(first+f.rnd.Uint32N(15), f.batch.Count)
}

// send brings some of what was written, in any order, some of it again.
func (f *fair) send(by *pen, records []cards.Record) {
	part := append([]cards.Record{}, records...)
	f.rnd.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	f.take(by, part[:f.rnd.IntN(len(part)+1)]...)
}

// happen does one thing at random.
func (f *fair) happen() {
	ctx := context.Background()
	first, last := f.span()
	r := f.of(first, last)
	var err error
	switch f.rnd.IntN(14) {
	case 0, 1, 2, 3:
		f.claim(first, fmt.Sprintf("AAAA22%02d", f.rnd.IntN(12)))
	case 4:
		f.late = append(f.late, f.say(f.admin, cards.Activated, first, last))
	case 5:
		f.theirs = append(f.theirs, f.say(f.kiosk, cards.Activated, first, last))
	case 6:
		state := []cards.State{cards.Withdrawn, cards.Lost, cards.Made, cards.Opened}[f.rnd.IntN(4)]
		f.late = append(f.late, f.say(f.admin, state, first, min(first+2, last)))
	case 7:
		f.making = min(f.making+10, f.batch.Count)
		f.late = append(f.late, f.say(f.admin, cards.Making, f.making-9, f.making))
	case 8:
		f.send(f.admin, f.late)
	case 9:
		f.send(f.kiosk, f.theirs)
	case 10:
		_, err = f.Activate(ctx, r)
	case 11:
		_, err = f.Withdraw(ctx, f.of(first, first))
	case 12:
		_, err = f.Lose(ctx, f.of(first, first))
	case 13:
		f.set(f.clock().Add(time.Duration(f.rnd.IntN(60)) * time.Hour))
		_, err = f.EndWaits(ctx)
		_, lapsed := f.Lapse(ctx)
		err = errors.Join(err, lapsed)
	}
	if beyond := (*ledger.BudgetError)(nil); errors.As(err, &beyond) {
		err = f.SetBudget(ctx, "bar", beyond.Used+beyond.Yen+1000, "佐藤", "会議で")
	}
	check(f.t, err)
}

// whole fails unless each card is in one state, each claim has ended in one way or
// waits for a card that is inactive, and points are where redeemed cards are.
func (f *fair) whole() {
	f.t.Helper()
	f.clean()
	list, err := f.Batches(context.Background(), 0)
	check(f.t, err)
	b := list[0]
	if c := b.Cards; b.Inactive+b.Withdrawn+c.Issued != f.batch.Count || c.Redeemed+c.Void+c.Lapsed+c.Outstanding() != c.Issued || c.Outstanding() > c.Issued {
		f.t.Errorf("%+v", b)
	}
	for _, q := range []struct{ what, query string }{
		{"claims that ended twice, or neither ended nor wait", `SELECT COUNT(*) FROM batch_claim k WHERE 1 <> (SELECT COUNT(*) FROM batch_claim_end w WHERE w.allotment = k.allotment
			AND w.number = k.number AND w.account = k.account AND w.claimed = k.at) AND EXISTS (SELECT 1 FROM issued i WHERE i.allotment = k.allotment AND i.number = k.number)`},
		{"cards that gave points twice", `SELECT COUNT(*) FROM (SELECT reference FROM transfer WHERE kind = 'redeem' GROUP BY reference HAVING COUNT(*) > 1) x`},
		{"accounts with points twice a day", `SELECT COUNT(*) FROM (SELECT account FROM ended WHERE state = 'redeemed' GROUP BY account HAVING COUNT(*) > 1) x`},
		{"points that no redeemed card gave", `SELECT (SELECT COALESCE(SUM(points), 0) FROM lot) - 200 * (SELECT COUNT(*) FROM ended WHERE state = 'redeemed')`},
		{"yen out of the funding that are nowhere", fmt.Sprintf(`SELECT COALESCE(SUM(p.amount), 0) + 200 * (SELECT COUNT(*) FROM issued WHERE allotment = %d) FROM posting p
			JOIN transfer t ON t.seq = p.transfer WHERE t.kind = 'activate' AND p.account LIKE 'funding:%%'`, f.batch.ID)},
	} {
		var n int64
		check(f.t, f.db.QueryRow(schematest.Spelled(f.t, q.query)).Scan(&n))
		if n != 0 {
			f.t.Errorf("%d %s", n, q.what)
		}
	}
}

// Whatever is said of a batch, in any order and mixture, each card is good once, each
// claim that waits ends in one way, and nothing is lost.
func TestBatchInAnyOrder(t *testing.T) {
	for seed := range seeds(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			f := &fair{press: newPress(t, 60), rnd: rand.New(rand.NewPCG(seed, 3))}
			check(t, f.GrantRange(context.Background(), f.of(10, 50), "station-1"))
			check(t, f.SetBudget(context.Background(), "bar", 100*200+20*200, "佐藤", "会議で"))
			f.late = append(f.late, f.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
			f.theirs = append(f.theirs, f.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
			for n := range 150 {
				f.happen()
				if n%50 == 49 {
					f.whole()
				}
			}
			f.take(f.admin, f.late...)
			f.take(f.kiosk, f.theirs...)
			f.whole()
			f.set(f.batch.Expires.End().Add(20 * 24 * time.Hour))
			_, err := f.EndWaits(context.Background())
			check(t, err)
			_, err = f.Lapse(context.Background())
			check(t, err)
			f.whole()
			list, err := f.Batches(context.Background(), 0)
			check(t, err)
			if list[0].Waiting != 0 || list[0].Cards.Outstanding() != 0 {
				t.Errorf("%d claims wait, and %d cards are outstanding, when all is over", list[0].Waiting, list[0].Cards.Outstanding())
			}
			t.Logf("%+v", list[0].Cards)
		})
	}
}
