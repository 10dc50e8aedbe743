package ledger_test

import (
	"context"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// expiredBook has an account with a lot that expired and one that has not, and
// another whose only lot expired.
func expiredBook(t *testing.T) *book {
	b := newBook(t)
	ctx := context.Background()
	b.redeems(b.cards, 1, "AAAA2222")
	b.redeems(b.cards, 2, "BBBB2222")
	b.set(b.clock().Add(10 * 24 * time.Hour))
	b.redeems(b.walk, 1, "AAAA2222")
	b.set((held + 100).End().Add(-time.Second)) // the last second of the first lots
	if n, err := b.Expire(ctx); n != 0 || err != nil {
		t.Fatalf("on its last day: Expire = %d, %v", n, err)
	}
	b.set((held + 100).End())
	for _, want := range []int{2, 0} { // doing it again changes nothing
		if n, err := b.Expire(ctx); n != want || err != nil {
			t.Fatalf("Expire = %d, %v; want %d", n, err, want)
		}
	}
	return b
}

// Points go by the rule on the day after their last one, once, and the account
// says so; nobody enters anything.
func TestExpire(t *testing.T) {
	b := expiredBook(t)
	b.clean()
	var expired, left int64
	check(t, b.db.QueryRow(`SELECT SUM(amount) FROM posting WHERE account = 'expired:らづポイント'`).Scan(&expired))
	check(t, b.db.QueryRow(`SELECT SUM(amount) FROM posting WHERE account LIKE 'account:%'`).Scan(&left))
	if expired != 400 || left != 50 {
		t.Errorf("granted 450: expired %d, held %d", expired, left)
	}
	balance, err := b.Balance(context.Background(), "AAAA2222")
	if err != nil || balance.Points != 50 || len(balance.Lots) != 1 || len(balance.Movements) != 3 {
		t.Fatalf("Balance = %+v, %v", balance, err)
	}
	if m := balance.Movements[0]; m.Kind != "expire" || m.Points != -200 || m.Event.ID != "bar" || m.Expires != held+100 {
		t.Errorf("the latest movement is %+v", m)
	}
}

// What a resident sees and takes does not wait for the job.
func TestExpireBeforeTheJob(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	b.redeems(b.cards, 1, "AAAA2222")
	b.set((held + 100).End())
	balance, err := b.Balance(ctx, "AAAA2222")
	if err != nil || balance.Points != 0 || len(balance.Lots) != 0 {
		t.Errorf("Balance = %+v, %v", balance, err)
	}
	e := event("late", 50, false)
	e.Day = cards.DayOf(b.clock())
	check(t, b.AddEvent(ctx, e))
	b.redeems(b.grant(ledger.Grant{Kiosk: "station-1", Event: "late", Count: 5}), 1, "AAAA2222")
	if balance, err = b.Balance(ctx, "AAAA2222"); err != nil || balance.Points != 50 || len(balance.Movements) != 3 {
		t.Errorf("after a claim: %+v, %v", balance, err)
	}
	if n, err := b.Expire(ctx); n != 0 || err != nil {
		t.Errorf("the claim left %d, %v", n, err)
	}
	b.clean()
}

func TestCheckFindsPlantedExpiries(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"expire", `UPDATE lot_use SET points = 100 WHERE lot = (SELECT MIN(lot) FROM lot_use)`},
		{"expire", `DELETE FROM lot_use WHERE lot = (SELECT MIN(lot) FROM lot_use)`},
		{"expire", `UPDATE transfer SET at = at - 1 WHERE kind = 'expire'`},
		{"expire", `UPDATE transfer SET reference = '9' WHERE seq = (SELECT MIN(transfer) FROM lot_use)`},
		{"expire", `UPDATE lot SET expires = expires + 1`},
		{"expire", `UPDATE posting SET account = 'account:DDDD2222:らづポイント' WHERE account LIKE 'expired:%'`},
		{"expire", `INSERT INTO lot_use SELECT transfer, 1, 50 FROM lot WHERE points = 50`},
		{"lots", `UPDATE lot_use SET points = 100 WHERE lot = (SELECT MIN(lot) FROM lot_use)`},
		{"granted", `UPDATE lot SET points = 60 WHERE points = 50`},
		{"granted", `UPDATE posting SET amount = 100 WHERE account LIKE 'expired:%'`},
		{"granted", `DELETE FROM ended WHERE account = 'BBBB2222'`},
		{"outstanding", `DELETE FROM ended WHERE account = 'BBBB2222'`},
		{"hash chain", `UPDATE posting SET amount = 100 WHERE account LIKE 'expired:%'`},
	} {
		t.Run(tt.rule, func(t *testing.T) { expiredBook(t).misses(tt.rule, tt.plant) })
	}
}
