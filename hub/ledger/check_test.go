package ledger_test

import (
	"context"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/schema/schematest"
)

// busyBook has one of everything: grants, issues, redemptions, voids, lapses.
func busyBook(t testing.TB) *book {
	b := newBook(t)
	ctx := context.Background()
	printed := []cards.State{cards.Signed, cards.Printing, cards.Printed}
	for n := range uint32(6) {
		b.take(b.kiosk, b.kiosk.steps(b.card(b.cards, n+1), printed...)...)
		b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, n+1), printed...)...)
	}
	b.take(b.kiosk, b.kiosk.steps(b.card(b.cards, 2), cards.VoidAsked)...)
	for account, c := range map[string]cards.Card{"AAAA2222": b.card(b.cards, 1), "BBBB2222": b.card(b.cards, 3), "CCCC2222": b.card(b.cards, 50)} {
		_, err := b.Claim(ctx, c, account)
		check(t, err)
	}
	_, err := b.Claim(ctx, b.card(b.walk, 1), "AAAA2222")
	check(t, err)
	b.set(b.cards.Expires.End().Add(time.Minute))
	if n, err := b.Lapse(ctx); n != 8 || err != nil {
		t.Fatalf("Lapse = %d, %v", n, err)
	}
	return b
}

// decidedBook has one of each outcome: cards 3 and 5 accepted, 4 refused, 2
// kept, 6 void; the claim of 5 was kept, the one of 9 still is.
func decidedBook(t testing.TB) *book {
	b := stolen(t)
	b.late(2, cards.Printing, cards.Printed, cards.VoidAsked)
	b.late(6, cards.Signed, cards.Void)
	b.keep(b.walk, 5, "AAAA2222")
	b.keep(b.walk, 9, "AAAA2222")
	b.settle(true, 3, 5, 6)
	b.settle(false, 4)
	b.settle(false, 2)
	return b
}

// Each invariant is broken once, by hand in the database, and must be missed.
func TestCheckFindsPlantedFaults(t *testing.T) {
	for _, tt := range []struct {
		rule  string // that must name it
		plant string
	}{
		{"hash chain", `UPDATE transfer SET at = at + 1 WHERE seq = 5`},
		{"hash chain", `UPDATE transfer SET hash = (SELECT hash FROM transfer WHERE seq = 6) WHERE seq = 7`},
		{"hash chain", `UPDATE posting SET account = 'account:DDDD2222:らづポイント' WHERE account LIKE 'account:BBBB%'`},
		{"sum zero", `UPDATE posting SET amount = amount + 1 WHERE transfer = 5 AND amount > 0`},
		{"gapless", `DELETE FROM posting WHERE transfer = 5; DELETE FROM lot WHERE transfer = 5; DELETE FROM transfer WHERE seq = 5`},
		{"grant", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT MIN(seq) FROM transfer WHERE kind = 'grant')`},
		{"issue", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT seq FROM transfer WHERE kind = 'issue' LIMIT 1)`},
		{"redeem", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT seq FROM transfer WHERE kind = 'redeem' LIMIT 1)`},
		{"void", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT seq FROM transfer WHERE kind = 'void' LIMIT 1)`},
		{"lapse", `UPDATE posting SET amount = amount * 2 WHERE transfer = (SELECT seq FROM transfer WHERE kind = 'lapse' LIMIT 1)`},
		{"redeem", `UPDATE ended SET account = 'DDDD2222' WHERE account = 'BBBB2222'`},
		{"redeem", `DELETE FROM ended WHERE account = 'BBBB2222'`},
		{"void", `DELETE FROM ended WHERE state = 'void'`},
		{"lapse", `DELETE FROM ended WHERE state = 'lapsed'`},
		{"issue", `DELETE FROM ended WHERE number = 50; DELETE FROM issued WHERE number = 50`},
		{"grant", `UPDATE allotment SET practice = 1 WHERE id = 1`},
		{"kind", `UPDATE transfer SET kind = 'gift' WHERE kind = 'void'`},
		{"redeem", `INSERT INTO ended SELECT allotment, 4, 'redeemed', 'DDDD2222', '', '', 1 FROM issued WHERE 1 = 0; UPDATE ended SET state = 'redeemed', account = 'DDDD2222' WHERE state = 'void'`},
		{"card ends", `PRAGMA foreign_keys = 0; INSERT INTO ended VALUES (1, 99, 'void', '', '', '', 1)`},
		{"card ends", `UPDATE ended SET state = 'gone' WHERE state = 'void'`},
		{"count", `INSERT INTO issued VALUES (1, 101, 'card', x'00', 1)`},
		{"allotment", `UPDATE allotment SET cards = 1000 WHERE id = 1`},
		{"allotment", `UPDATE allotment SET points = 300 WHERE id = 1`},
		{"allotment", `UPDATE allotment SET sealed = (SELECT sealed FROM allotment WHERE id = 1) WHERE id = 2`},
		{"outstanding", `INSERT INTO transfer SELECT MAX(seq) + 1, 'void', '9/9', 1, x'00' FROM transfer;
			INSERT INTO posting SELECT MAX(seq), 'outstanding:らづポイント', -200 FROM transfer; INSERT INTO posting SELECT MAX(seq), 'void:らづポイント', 200 FROM transfer`},
		{"below zero", `UPDATE posting SET amount = -amount WHERE account LIKE 'account:BBBB%'`},
		{"lots", `UPDATE lot SET points = 300 WHERE account = 'BBBB2222'`},
		{"lots", `DELETE FROM lot WHERE account = 'BBBB2222'`},
		{"lots", `UPDATE lot SET account = 'DDDD2222' WHERE account = 'BBBB2222'`},
		{"once a day", `DELETE FROM claimed_day WHERE account = 'BBBB2222'`},
		{"journal", `PRAGMA foreign_keys = 0; DELETE FROM ended WHERE number = 4; DELETE FROM issued WHERE number = 4`},
		{"journal", `UPDATE judged SET verdict = 'disputed' WHERE state = 'signed' AND number = 1`},
		{"journal", `DELETE FROM judged WHERE seq = 3`},
		{"entry", `UPDATE entry SET data = x'00' WHERE seq = 3`},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			busyBook(t).misses(tt.rule, tt.plant)
		})
	}
}

// misses plants a fault that Check must name.
func (b *book) misses(rule, plant string) {
	b.t.Helper()
	b.clean()
	_, err := b.db.Exec(schematest.Spelled(b.t, plant))
	check(b.t, err)
	faults, err := b.Check(context.Background())
	check(b.t, err)
	for _, f := range faults {
		if f.Rule == rule {
			return
		}
	}
	b.t.Errorf("%s\nnot found; only %v", plant, faults)
}

// So is each invariant of decisions.
func TestCheckFindsPlantedDecisions(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"disputed", `DELETE FROM decided WHERE number = 5; UPDATE ended SET at = at + 1 WHERE number = 5`},
		{"disputed", `UPDATE ended SET at = at + 1 WHERE number = 5; UPDATE decided SET outcome = 'void' WHERE number = 5`},
		{"disputed", `DELETE FROM decided WHERE number = 6`},
		{"disputed", `UPDATE issued SET source = 'wish' WHERE number = 1`},
		{"decision", `UPDATE decided SET outcome = 'refused' WHERE number = 5`},
		{"decision", `DELETE FROM ended WHERE number = 4`},
		{"decision", `DELETE FROM ended WHERE number = 6`},
		{"decision", `UPDATE decided SET outcome = 'perhaps' WHERE number = 3`},
		{"decision", `UPDATE decided SET outcome = 'good' WHERE number = 2`},
		{"decision", `UPDATE revocation_step SET how = 'retired'`},
		{"decision", `UPDATE decision SET person = '' WHERE id = 1`},
		{"decision", `UPDATE decision SET cards = 4 WHERE id = 1`},
		{"decision", `UPDATE decision SET points = 4 WHERE id = 1`},
		{"decision", `DELETE FROM decided WHERE number = 3`},
		{"decision", `INSERT INTO decided SELECT allotment, 8, decision, 'good' FROM decided WHERE number = 3`},
		{"kept claim", `INSERT INTO kept_claim SELECT allotment, number, 'DDDD2222', 1, digest FROM issued WHERE number = 3`},
		{"kept claim", `INSERT INTO kept_claim SELECT allotment, number, 'DDDD2222', 4000000000000, digest FROM issued WHERE number = 3`},
	} {
		t.Run(tt.rule, func(t *testing.T) { decidedBook(t).misses(tt.rule, tt.plant) })
	}
}
