package ledger_test

import (
	"context"
	"testing"
	"time"

	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

// slipBook has a slip with a second person's name and one that owes its surplus,
// and stock that a person counted.
func slipBook(t *testing.T) *book {
	b, _ := newOwing(t)
	take := b.bag(100, b.card(b.cards, 5), b.card(b.walk, 5))
	take.Operator, take.Second = "山田", "田中"
	b.takes(take)
	_, err := b.StockPrize(context.Background(), "bag", 3, "佐藤")
	check(t, err)
	return b.book
}

// When a thing happened, when points end, who handed what out and what kiosks
// were told: each is changed once, by hand, and must be missed.
func TestCheckFindsPlantedTimes(t *testing.T) {
	till := func(t *testing.T) *book { return newTill(t).book }
	reversed, busy := reversedBook, func(t *testing.T) *book { return busyBook(t) }
	for _, tt := range []struct {
		rule  string
		of    func(*testing.T) *book
		plant string
	}{
		{"expire", till, `UPDATE lot SET expires = expires + 1000`},
		{"expire", till, `UPDATE lot SET expires = expires - 60`},
		{"expire", till, `UPDATE allotment SET point_days = 9999`},
		{"expire", reversed, `UPDATE lot SET expires = expires + 1`},
		{"terms", till, `UPDATE allotment SET point_days = 9999`},
		{"terms", till, `UPDATE allotment SET person = '田中'`},
		{"terms", till, `UPDATE allotment SET at = at + 1`},
		{"terms", till, `PRAGMA foreign_keys = 0; DELETE FROM allotment WHERE id = (SELECT MAX(id) FROM allotment)`},
		{"time", till, `UPDATE ended SET at = at - 86400000000`},
		{"time", till, `UPDATE issued SET at = at - 1`},
		{"time", busy, `UPDATE ended SET at = at + 1 WHERE state = 'lapsed'`},
		{"time", busy, `UPDATE ended SET at = at + 1 WHERE state = 'void'`},
		{"time", spentBook, `UPDATE ended SET at = at + 2592000000 WHERE state = 'spent'; UPDATE spent SET at = at + 2592000000`},
		{"time", spentBook, `UPDATE ended SET at = at + 1 WHERE state = 'void'`},
		{"time", spentBook, `UPDATE ended SET at = at + 1 WHERE state = 'lapsed'`},
		{"time", spentBook, `UPDATE ticket SET at = at + 1`},
		{"time", slipBook, `UPDATE prize_slip SET at = at - 2592000000`},
		{"time", slipBook, `UPDATE prize_owed SET at = at + 1`},
		{"slip", slipBook, `UPDATE prize_slip SET operator = 'somebody' WHERE slip = 2`},
		{"slip", slipBook, `UPDATE prize_slip SET second = '' WHERE slip = 3`},
		{"stock", slipBook, `UPDATE prize_stock SET person = 'somebody' WHERE slip = 2`},
		{"stock", slipBook, `UPDATE prize_stock SET change = change + 3 WHERE slip = 0`},
		{"stock", slipBook, `DELETE FROM prize_stock WHERE slip = 0 AND change = 3`},
		{"stock", slipBook, `INSERT INTO prize_stock (seq, prize, change, slip, person, at) VALUES (99, 'bag', 1, 0, '佐藤', 1)`},
		{"digest", busy, `UPDATE issued SET digest = x'00'`},
		{"once a day", till, `INSERT INTO claimed_day (account, event, day, allotment, number, at) VALUES ('ZZZZ2222', 'bar', 1, 1, 1, 1)`},
		{"once a day", till, `UPDATE claimed_day SET account = 'ZZZZ2222'`},
		{"answer", slipBook, `DELETE FROM value_request`},
		{"answer", spentBook, `DELETE FROM value_request`},
		{"answer", spentBook, `UPDATE value_request SET key_id = (SELECT MIN(id) FROM signing_key)`},
		{"answer", slipBook, `DELETE FROM value_request WHERE request = (SELECT request FROM value_request ORDER BY request LIMIT 1)`},
	} {
		t.Run(tt.rule, func(t *testing.T) { tt.of(t).misses(tt.rule, tt.plant) })
	}
}

// What was said before there was a chain of it is not asked for there; what is
// said later is.
func TestStockOfAnOlderBook(t *testing.T) {
	ctx := context.Background()
	b := newBook(t)
	_, err := b.db.Exec(schematest.Spelled(t, `INSERT INTO prize (id, revision, scheme, name_ja, name_en, points, person, at) VALUES ('bag', 1, 'らづポイント', 'マイバッグ', '', 150, '佐藤', 1);
		INSERT INTO prize_stock (seq, prize, change, slip, person, at) VALUES (1, 'bag', 5, 0, '佐藤', 1)`))
	check(t, err)
	b.clean()
	b.set(b.clock().Add(time.Minute))
	if n, err := b.StockPrize(ctx, "bag", -2, "佐藤"); n != 3 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	check(t, b.AddPrize(ctx, ledger.Prize{ID: "pot", Scheme: "らづポイント", Name: event("x", 1, false).Name, Points: 400, Stock: 1}, "佐藤"))
	b.clean()
	b.misses("stock", `UPDATE prize_stock SET change = -1 WHERE seq = 2`)
}
