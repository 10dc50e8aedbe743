package ledger_test

import (
	"context"
	"testing"
	"time"

	"pointkiosk/cards"
)

// fairBook has one of everything that can happen to a batch.
func fairBook(t testing.TB) *press {
	p := newPress(t, 100)
	ctx := context.Background()
	check(t, p.SetBudget(ctx, "bar", 100_000, "佐藤", "会議で"))
	check(t, p.GrantRange(ctx, p.of(1, 50), "station-1"))
	for n, account := range map[uint32]string{5: "AAAA2222", 6: "BBBB2222", 61: "CCCC2222", 91: "DDDD2222"} {
		p.claim(n, account)
	}
	p.claim(7, "AAAA2222") // once a day
	p.set(p.clock().Add(time.Second))
	p.claim(5, "EEEE2222")
	p.take(p.admin, p.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}), p.say(p.admin, cards.Making, 1, 100),
		p.say(p.admin, cards.Made, 1, 100), p.say(p.admin, cards.Activated, 1, 10))
	_, err := p.Activate(ctx, p.of(5, 20))
	check(t, err)
	_, err = p.Withdraw(ctx, p.of(60, 70))
	check(t, err)
	_, err = p.Lose(ctx, p.of(20, 25))
	check(t, err)
	p.claim(15, "FFFF2222")
	return p
}

// Each invariant of batches is broken once, by hand in the database, and must be missed.
func TestCheckFindsPlantedBatches(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"allotment", `UPDATE allotment SET batch = 0 WHERE batch = 1`},
		{"activate", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT MIN(seq) FROM transfer WHERE kind = 'activate')`},
		{"activate", `UPDATE batch_range SET cards = 0 WHERE state = 'activated'`},
		{"activate", `UPDATE transfer SET kind = 'grant' WHERE kind = 'activate'`},
		{"batch", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT MIN(seq) FROM transfer WHERE kind = 'activate')`},
		{"batch", `INSERT INTO issued SELECT allotment, 30, source, digest, at FROM issued WHERE number = 15`},
		{"batch", `INSERT INTO issued SELECT allotment, 65, source, digest, at FROM issued WHERE number = 15`},
		{"batch", `PRAGMA foreign_keys = 0; DELETE FROM issued WHERE number = 12`},
		{"batch", `UPDATE issued SET source = 'card' WHERE number = 15`},
		{"batch", `PRAGMA foreign_keys = 0; DELETE FROM batch_card WHERE number = 15`},
		{"batch", `UPDATE allotment SET key_id = (SELECT key_id FROM allotment WHERE batch = 1) WHERE batch = 0`},
		{"batch", `UPDATE batch_range SET last_number = 3 WHERE state = 'activated' AND key_id <> 0`},
		{"range", `UPDATE batch_range SET last_number = 9 WHERE state = 'activated' AND key_id <> 0`},
		{"range", `UPDATE batch_range SET cards = cards + 1 WHERE state = 'withdrawn'`},
		{"range", `UPDATE batch_range SET state = 'opened' WHERE state = 'withdrawn'`},
		{"range", `DELETE FROM batch_range WHERE state = 'lost'`},
		{"range", `DELETE FROM batch_range WHERE state = 'making'`},
		{"range", `UPDATE batch_range SET person = '田中' WHERE state = 'withdrawn'`},
		{"range", `UPDATE batch_range SET digest = x'00' WHERE state = 'made'`},
		{"range", `UPDATE batch_range SET first_number = 2 WHERE state = 'making'`},
		{"range", `UPDATE batch_range SET key_id = 0, seq = 0 WHERE state = 'made'`},
		{"rule", `UPDATE money_rule SET value = 999999`},
		{"rule", `DELETE FROM money_rule`},
		{"budget", `UPDATE money_rule SET value = 20000`},
		{"may", `UPDATE batch_grant SET last_number = 60`},
		{"may", `DELETE FROM batch_grant`},
		{"waiting claim", `PRAGMA foreign_keys = 0; DELETE FROM batch_claim_end WHERE number = 5 AND how = 'used'`},
		{"waiting claim", `PRAGMA foreign_keys = 0; DELETE FROM batch_claim_end WHERE number = 61`},
		{"waiting claim", `UPDATE batch_claim_end SET how = 'given' WHERE number = 5 AND how = 'used'`},
		{"waiting claim", `UPDATE batch_claim_end SET how = 'withdrawn' WHERE number = 5 AND how = 'used'`},
		{"waiting claim", `UPDATE batch_claim_end SET how = 'gone' WHERE number = 61`},
		{"waiting claim", `UPDATE batch_claim_end SET how = 'person' WHERE number = 61`},
		{"waiting claim", `INSERT INTO batch_claim_end SELECT allotment, number, account, at, 'late', at + 1000 FROM batch_claim WHERE number = 91`},
		{"waiting claim", `INSERT INTO batch_claim_end SELECT allotment, number, account, at, 'lapsed', at + 1000 FROM batch_claim WHERE number = 91`},
		{"waiting claim", `INSERT INTO batch_claim_end SELECT allotment, number, account, at, 'other', at + 1000 FROM batch_claim WHERE number = 91`},
	} {
		t.Run(tt.rule, func(t *testing.T) { fairBook(t).misses(tt.rule, tt.plant) })
	}
}
