package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A table is what a person reads in columns, also where letters are two
// columns wide.
type table struct{ rows [][]string }

// newTable begins a table with a head whose cells a tab parts.
func newTable(head string) *table { return &table{rows: [][]string{strings.Split(head, "\t")}} }

func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for n, c := range cells {
		row[n] = fmt.Sprint(c)
	}
	t.rows = append(t.rows, row)
}

func (t *table) write(w io.Writer) error {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for n, cell := range row {
			widths[n] = max(widths[n], width(cell))
		}
	}
	for _, row := range t.rows {
		line := ""
		for n, cell := range row {
			line += cell + strings.Repeat(" ", widths[n]-width(cell)+2)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// width counts a terminal's columns: kana, kanji, hangul and full-width forms
// take two (Unicode Standard Annex 11, East Asian Width).
func width(text string) int {
	n := utf8.RuneCountInString(text)
	for _, r := range text {
		if r >= 0x1100 && r <= 0x115F || r >= 0x2E80 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE6F ||
			r >= 0xFF00 && r <= 0xFF60 || r >= 0xFFE0 && r <= 0xFFE6 || r >= 0x20000 && r <= 0x3FFFD {
			n++
		}
	}
	return n
}
