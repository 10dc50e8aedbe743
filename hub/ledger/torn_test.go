package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

// everything is the whole book, to see whether anything changed.
func (b *book) everything() (lines []string) {
	b.t.Helper()
	place := "rowid"
	if schematest.OnPostgres(b.t) {
		place = "((ctid::text::point)[0] * 1000 + (ctid::text::point)[1])::bigint" // its page and line
	}
	for _, table := range []string{"transfer", "posting", "lot", "lot_use", "issued", "ended", "ticket", "spent", "value_request", "prize_slip", "prize_stock", "prize_owed", "prize_paid", "prize_owed_said", "unvoided", "decided",
		"entry", "judged", "claimed_day", "batch_range", "batch_card", "batch_claim", "batch_claim_end", "batch_claim_again", "batch_grant", "batch_grant_end", "money_rule"} {
		var n, sum int64
		check(b.t, b.db.QueryRow(`SELECT COUNT(*), COALESCE(SUM(`+place+`), 0) FROM `+table).Scan(&n, &sum))
		lines = append(lines, fmt.Sprint(table, n, sum))
	}
	return lines
}

// torn lets the database fail when a table is written to, wants nothing to have
// happened, and then lets the same thing happen once.
func (b *book) torn(table string, do func() error) {
	b.t.Helper()
	before := fmt.Sprint(b.everything())
	tear, mend := `CREATE TRIGGER torn BEFORE INSERT ON `+table+` BEGIN SELECT RAISE(ABORT, 'torn'); END`, `DROP TRIGGER torn`
	if schematest.OnPostgres(b.t) {
		tear = `CREATE FUNCTION torn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''torn''; END';
			CREATE TRIGGER torn BEFORE INSERT ON ` + table + ` EXECUTE FUNCTION torn()`
		mend = `DROP FUNCTION torn() CASCADE`
	}
	_, err := b.db.Exec(tear)
	check(b.t, err)
	if err := do(); err == nil {
		b.t.Errorf("%s was not written to", table)
	}
	if after := fmt.Sprint(b.everything()); after != before {
		b.t.Errorf("torn at %s:\n%s\n%s", table, before, after)
	}
	_, err = b.db.Exec(mend)
	check(b.t, err)
	for range 2 { // the kiosk that lost the answer asks again
		check(b.t, do())
	}
	b.clean()
}

// A transaction that breaks off anywhere has not happened at all, and the same
// request does it once.
func TestTornTransactions(t *testing.T) {
	ctx := context.Background()
	for _, table := range []string{"transfer", "posting", "lot_use", "ticket", "value_request"} {
		t.Run("ticket/"+table, func(t *testing.T) {
			b := newTill(t)
			ask := cards.TicketAsk{Request: requestID(), Token: "open", Allotment: b.tickets.ID, Number: 1}
			b.torn(table, func() error {
				_, err := b.Ticket(ctx, b.kiosk.key.ID, ask, "AAAA2222")
				return err
			})
			if n := b.sum("ticketed:らづポイント"); n != 150 {
				t.Errorf("%d points became one ticket", n)
			}
		})
	}
	for _, table := range []string{"issued", "ended", "transfer", "posting", "spent"} {
		t.Run("spend/"+table, func(t *testing.T) {
			b := newTill(t)
			c, _ := b.buys("AAAA2222")
			b.torn(table, func() error { return b.spends(c, "bakery", "1") })
			if n := b.sum("partner:bakery:らづポイント"); n != 150 {
				t.Errorf("%d yen are owed", n)
			}
		})
	}
	for _, table := range []string{"issued", "ended", "transfer", "posting", "lot_use"} {
		t.Run("void/"+table, func(t *testing.T) {
			b := newTill(t)
			c, _ := b.buys("AAAA2222")
			done := false
			b.torn(table, func() error {
				if done {
					return nil
				}
				_, err := b.VoidTicket(ctx, c.Serial(), "佐藤", "torn")
				done = err == nil
				return err
			})
			if n := b.sum("account:AAAA2222:らづポイント"); n != 450 {
				t.Errorf("%d points are back", n)
			}
		})
	}
	for _, table := range []string{"issued", "ended", "transfer", "posting", "prize_slip", "prize_stock", "value_request"} {
		t.Run("prize/"+table, func(t *testing.T) {
			b := newShelf(t)
			take := b.bag(100, b.card(b.cards, 1), b.card(b.walk, 1))
			take.Change = b.change.ID
			b.torn(table, func() error {
				_, err := b.TakePrize(ctx, b.kiosk.key.ID, take)
				return err
			})
			if b.stock("bag") != 4 || b.sum("prized:らづポイント") != 150 {
				t.Error("not one prize")
			}
		})
	}
}

// So does what a person says: that a surplus is owed, and that a void is not
// believed.
func TestTornWords(t *testing.T) {
	once := func(do func() error) func() error {
		done := false
		return func() error {
			if done {
				return nil
			}
			err := do()
			done = err == nil
			return err
		}
	}
	for _, table := range []string{"transfer", "posting", "prize_owed", "prize_owed_said"} {
		t.Run("owe/"+table, func(t *testing.T) {
			b, _ := newPromising(t)
			b.tomorrow()
			b.torn(table, once(func() error {
				_, err := b.OweSlip(context.Background(), 1, "佐藤", "水にぬれた")
				return err
			}))
			if n := b.sum("owed:らづポイント"); n != 100 {
				t.Errorf("%d points are owed", n)
			}
		})
	}
	for _, table := range []string{"transfer", "posting", "unvoided", "decision", "decided", "lot"} {
		t.Run("unvoid/"+table, func(t *testing.T) {
			b, c := robbed(t, thiefVoids)
			b.keep(b.walk, 7, "AAAA2222")
			d := ledger.Decision{Serials: []cards.Serial{c.Serial()}, Cards: 1, Person: "佐藤", Reason: "紙を見た"}
			b.torn(table, once(func() error {
				_, err := b.Decide(context.Background(), d)
				return err
			}))
			b.holds("AAAA2222", 50)
		})
	}
}
