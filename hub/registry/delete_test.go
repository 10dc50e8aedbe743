package registry

import (
	"bytes"
	"database/sql"
	"errors"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
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

// A former is somebody whose account an ID named before.
type former struct {
	name  string
	steps []func(*booth, catest.Card)
	by    string
	ids   []string
	lines int // of the audit log
	opens cards.Ruling
}

// Who no longer has an ID has everything deleted all the same, by any ID that the
// account ever had: after retirement, after a change before it, and where the card
// went back to an account of before. The audit log is read by it until then.
func TestDeleteByFormerID(t *testing.T) {
	change := func(b *booth, card catest.Card) { b.apply(card, cards.Change, "HANA2346") }
	retire := func(b *booth, card catest.Card) { b.apply(card, cards.Retire, "") }
	leave := func(b *booth, card catest.Card) {
		if got := b.rebind(card, "HANA2999", testPassword); got.Ruling != cards.RulingOK {
			b.t.Fatal(got.Ruling)
		}
	}
	steps := func(all ...func(*booth, catest.Card)) []func(*booth, catest.Card) { return all }
	for _, f := range []former{
		{"changed", steps(change), "HANA2345", []string{"HANA2345", "HANA2346"}, 2, cards.RulingNoID},
		{"retired", steps(retire), "hana 2345", []string{"HANA2345"}, 2, cards.RulingNoID},
		{"changed, then retired", steps(change, retire), "HANA2345", []string{"HANA2345", "HANA2346"}, 3, cards.RulingNoID},
		{"left", steps(retire, leave), "HANA2345", []string{"HANA2345"}, 3, cards.RulingOK},
		{"changed, then left", steps(change, retire, leave), "HANA2345", []string{"HANA2345", "HANA2346"}, 4, cards.RulingOK},
	} {
		t.Run(f.name, f.deleted)
	}
}

func (f former) deleted(t *testing.T) {
	b := newBooth(t, nil)
	b.apply(b.card(nil), cards.Register, "HANA2999")
	card := b.card(nil)
	b.apply(card, cards.Register, "HANA2345")
	b.rebind(card, "HANA2999", testPassword) // it has an ID
	for _, step := range f.steps {
		step(b, card)
	}
	lines := 0
	if err := b.Deeds(t.Context(), f.by, func(Deed) error { lines++; return nil }); err != nil || lines != f.lines {
		t.Errorf("%d lines of the audit log, %v", lines, err)
	}
	if err := b.Delete(t.Context(), f.by, "佐藤", "asked"); err != nil {
		t.Error(err)
	}
	for _, id := range f.ids {
		if tables := b.holding(id); len(tables) > 0 {
			t.Errorf("%s stands in %v", id, tables)
		}
		if o := b.ask(cards.Register, id); o.Wanted != cards.RulingTaken {
			t.Errorf("%s is %s", id, o.Wanted)
		}
	}
	if n := b.count(`SELECT COUNT(*) FROM certificate`); n != 1 { // of who has HANA2999
		t.Errorf("%d certificates are left", n)
	}
	if got := b.apply(card, cards.Show, ""); got.Ruling != f.opens {
		t.Errorf("the card opens %s", got.Ruling)
	}
	if err := b.Delete(t.Context(), f.by, "佐藤", "asked"); !errors.Is(err, ErrNoID) {
		t.Errorf("again: %v", err)
	}
}

// Who asked for another's ID in vain has it in no record of theirs, once that one
// is deleted; what is their own stays.
func TestDeleteForgetsWhoHadAnID(t *testing.T) {
	b := newBooth(t, nil)
	b.apply(b.card(nil), cards.Register, "HANA2345")
	card := b.card(nil)
	b.apply(card, cards.Register, "HANA2346")
	for _, got := range []cards.Answer{b.rebind(card, "HANA2345", testPassword), b.apply(card, cards.Register, "HANA2345")} {
		if got.Ruling != cards.RulingHasID || got.ID != "HANA2346" {
			t.Errorf("%s %s", got.Ruling, got.ID)
		}
	}
	if err := b.Delete(t.Context(), "HANA2345", "佐藤", "asked"); err != nil {
		t.Fatal(err)
	}
	if tables := b.holding("HANA2345"); len(tables) > 0 {
		t.Errorf("HANA2345 stands in %v", tables)
	}
	if n := b.count(`SELECT COUNT(*) FROM application WHERE mykey = 'HANA2346'`); n != 1 {
		t.Errorf("%d applications of who asked are left", n)
	}
}

// Staff's word for a card, and points, go only to who has the ID now.
func TestFormerIDOpensNothing(t *testing.T) {
	b := newBooth(t, nil)
	card := b.card(nil)
	b.apply(card, cards.Register, "HANA2345")
	b.apply(card, cards.Change, "HANA2346")
	if _, err := b.AllowRebind(t.Context(), "HANA2345", testKiosk, "佐藤", "seen"); !errors.Is(err, ErrNoID) {
		t.Error(err)
	}
	if account, err := b.Account(t.Context(), "HANA2345"); !errors.Is(err, ErrNoID) {
		t.Error(account, err)
	}
}
