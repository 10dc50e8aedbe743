package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

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
	f.costs(b)
	for number, account := range f.truth.paid {
		v, err := f.Look(context.Background(), f.printed(number))
		if check(f.t, err); v.RedeemedBy != account {
			f.t.Errorf("card %d was %s's, and is %q's", number, account, v.RedeemedBy)
		}
	}
	for _, q := range []struct{ what, query string }{
		{"claims that ended twice, or neither ended nor wait", `SELECT COUNT(*) FROM batch_claim k WHERE 1 <> (SELECT COUNT(*) FROM batch_claim_end w WHERE w.allotment = k.allotment
			AND w.number = k.number AND w.account = k.account AND w.claimed = k.at) AND EXISTS (SELECT 1 FROM issued i WHERE i.allotment = k.allotment AND i.number = k.number)`},
		{"claims that only a compromised key has ended", `SELECT COUNT(*) FROM batch_claim_end w WHERE w.how = 'withdrawn' AND NOT EXISTS (SELECT 1 FROM batch_range b
			WHERE b.allotment = w.allotment AND b.state IN ('withdrawn', 'lost') AND w.number BETWEEN b.first_number AND b.last_number
			AND NOT EXISTS (SELECT 1 FROM revocation_step s WHERE s.key_id = b.key_id AND s.how = 'compromised' AND s.since <= b.seq))`},
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

// costs wants what is active counted against the budget once, and nothing beside.
func (f *fair) costs(b ledger.Batch) {
	f.t.Helper()
	budget, err := f.Budget(context.Background(), "bar")
	check(f.t, err)
	if budget.Used != 200*int64(100+b.Cards.Issued) || budget.Set && budget.Used > budget.Yen {
		f.t.Errorf("the budget: %+v, with %d active cards", budget, b.Cards.Issued)
	}
}

// Whatever is said of a batch, in any order and mixture, each card is good once, each
// claim that waits ends in one way, and nothing is lost.
func TestBatchInAnyOrder(t *testing.T) {
	did := map[string]int{}
	for seed := range seeds(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			f := newFair(t, seed, did)
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
			check(t, f.decides(seed%2 == 0))
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
	for _, what := range []string{"seen", "ungranted", "kept", "compromised office", "compromised station-1", "retired office", "decided on void", "decided on unheard", "decided on restored"} {
		if did[what] == 0 {
			t.Errorf("%s: it never happened, and nothing of that is shown: %v", what, did)
		}
	}
}
