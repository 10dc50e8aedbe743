package ledger

import (
	"fmt"
	"strings"
)

// A table is where rows are added in bulk, many a statement.
type table int

// The tables, in an order in which no row comes before one that it refers to.
const (
	tableEntry table = iota
	tableJudged
	tableIssued
	tableTransfer
	tablePosting
	tables
)

// columns names a table and its columns.
func (n table) columns() string {
	return [tables]string{
		"entry (key_id, seq, hash, data, late, received)",
		"judged (key_id, seq, verdict, reason, state, allotment, number, copy, at)",
		"issued (allotment, number, source, digest, at)",
		"transfer (seq, kind, reference, at, hash)",
		"posting (transfer, account, amount)",
	}[n]
}

func (n table) width() int { return strings.Count(n.columns(), ",") + 1 }

// insert returns the statement that adds so many rows.
func (n table) insert(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + n.columns() + " VALUES ")
	for row := range rows {
		b.WriteString(separator(row))
		b.WriteByte('(')
		for column := range n.width() {
			fmt.Fprintf(&b, "%s$%d", separator(column), row*n.width()+column+1)
		}
		b.WriteByte(')')
	}
	return b.String()
}

func separator(n int) string {
	if n == 0 {
		return ""
	}
	return ", "
}

// marks returns the parameters $first, … of a list.
func marks(first, count int) string {
	var b strings.Builder
	for n := range count {
		fmt.Fprintf(&b, "%s$%d", separator(n), first+n)
	}
	return b.String()
}

// bulkSizes are how many rows a statement adds: two sizes, so that each
// statement is prepared once. The driver for SQLite looks each parameter's name
// up in a list, so that 50 rows cost more than five times 10.
var bulkSizes = [...]int{10, 1}

// bulkInserts are the statements for each table and size.
var bulkInserts = func() (all [tables][len(bulkSizes)]string) {
	for to := range tables {
		for n, rows := range bulkSizes {
			all[to][n] = to.insert(rows)
		}
	}
	return all
}()

// add keeps a row back, to be written with others: before whatever else is
// read or written in this transaction, and before its end.
func (t *txn) add(to table, values ...any) {
	t.rows[to] = append(t.rows[to], values...)
	t.held = true
}

// flush writes the rows kept back.
func (t *txn) flush() error {
	if !t.held {
		return nil
	}
	t.held = false // what follows runs statements, which would begin anew
	for to := range tables {
		left := t.rows[to]
		for n, rows := range bulkSizes {
			for size := rows * to.width(); len(left) >= size; left = left[size:] {
				if _, err := t.exec(bulkInserts[to][n], left[:size]...); err != nil {
					return err
				}
			}
		}
		t.rows[to] = t.rows[to][:0]
	}
	return nil
}

// drop forgets the rows kept back.
func (t *txn) drop() { t.rows, t.held = [tables][]any{}, false }
