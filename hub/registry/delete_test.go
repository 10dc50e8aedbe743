package registry

import (
	"bytes"
	"database/sql"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/schema/schematest"
)

// holding returns the tables in which a text stands.
func (b *booth) holding(text string) (tables []string) {
	b.t.Helper()
	every := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if schematest.OnPostgres(b.t) {
		every = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	}
	names, err := b.read.QueryContext(b.t.Context(), every)
	if err != nil {
		b.t.Fatal(err)
	}
	defer names.Close()
	for names.Next() {
		var table string
		if err := names.Scan(&table); err != nil {
			b.t.Fatal(err)
		}
		tables = append(tables, table)
	}
	return slices.DeleteFunc(tables, func(table string) bool { return !b.holds(table, text) })
}

func (b *booth) holds(table, text string) (found bool) {
	b.t.Helper()
	rows, err := b.read.QueryContext(b.t.Context(), `SELECT * FROM `+table)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.t.Fatal(err)
	}
	for rows.Next() {
		cells, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
		for n := range cells {
			into[n] = &cells[n]
		}
		if err := rows.Scan(into...); err != nil {
			b.t.Fatal(err)
		}
		found = found || slices.ContainsFunc(cells, func(cell sql.RawBytes) bool { return bytes.Contains(cell, []byte(text)) })
	}
	return found
}

// After a deletion an ID stands nowhere, however it was given and whoever asked
// for it; what was sent once and comes again changes nothing.
func TestDeleteLeavesNoID(t *testing.T) {
	for _, leased := range []bool{false, true} {
		b := newBooth(t, nil)
		card, id := b.card(nil), "HANA2345"
		var again func() cards.Ruling
		if leased {
			l := b.lease(1)
			id = l.Leased[0].ID
			sealed := b.sealed(l, card)
			again = func() cards.Ruling {
				done, err := b.Deposit(t.Context(), testKiosk, cards.Deposit{Sealed: sealed})
				if err != nil {
					t.Fatal(err)
				}
				return done.Answer.Ruling
			}
		} else {
			a := b.file(card, cards.Register, id).sent(t)
			again = func() cards.Ruling { return b.send(testKiosk, a).Ruling }
		}
		if got := again(); got != cards.RulingOK {
			t.Fatal(got)
		}
		b.rebind(b.card(nil), id, "not-the-password-1")
		vain := b.file(b.card(nil), cards.Register, id).sent(t)
		if got := b.send(testKiosk, vain).Ruling; got != cards.RulingTaken {
			t.Fatal(got)
		}
		b.ask(cards.Rebind, id)
		if err := b.Delete(t.Context(), id, "佐藤", "asked"); err != nil {
			t.Fatal(err)
		}
		if tables := b.holding(id); len(tables) > 0 {
			t.Errorf("leased %v: %s stands in %v", leased, id, tables)
		}
		if got := again(); got != cards.RulingLate {
			t.Errorf("leased %v: sent again: %s", leased, got)
		}
		if got := b.send(testKiosk, vain).Ruling; got != cards.RulingLate {
			t.Errorf("leased %v: asked for in vain, and again: %s", leased, got)
		}
		if tables := b.holding(id); len(tables) > 0 {
			t.Errorf("leased %v: sent again, %s stands in %v", leased, id, tables)
		}
	}
}
