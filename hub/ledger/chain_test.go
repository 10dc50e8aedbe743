package ledger_test

import (
	"context"
	"testing"

	"pointkiosk/hub/ledger"
)

// Whoever changes what a person decided must break the chain: no other rule
// knows who it was, why, or of which entries.
func TestCheckFindsChangedDecisions(t *testing.T) {
	for _, plant := range []string{
		`UPDATE decision SET person = '田中' WHERE id = 1`,
		`UPDATE decision SET reason = 'because' WHERE id = 2`,
		`UPDATE decision SET at = at + 1 WHERE id = 1`,
		`UPDATE decision SET first_seq = 99, last_seq = 99 WHERE id = 1`,
		`UPDATE decided SET decision = 1 WHERE decision = 2`,
		`PRAGMA foreign_keys = 0; DELETE FROM decided; DELETE FROM decision`,
		`DELETE FROM transfer WHERE kind = 'decide' AND seq = (SELECT MAX(seq) FROM transfer)`, // the last: the chain has no gap
	} {
		t.Run(plant, func(t *testing.T) { decidedBook(t).misses("decide", plant) })
	}
}

// The export has what moved no points, and says so.
func TestExportDecided(t *testing.T) {
	n := 0
	err := decidedBook(t).ExportTransfers(context.Background(), func(l ledger.TransferLine) error {
		if l.Kind == "decide" {
			n++
		}
		if (l.Kind == "decide" || l.Kind == "terms") != (len(l.Postings) == 0) || l.Postings == nil {
			t.Errorf("%+v", l)
		}
		return nil
	})
	if err != nil || n != 3 {
		t.Errorf("%d decisions, %v", n, err)
	}
}
