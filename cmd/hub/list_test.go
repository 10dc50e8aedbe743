package main

import (
	"strings"
	"testing"
)

// A kiosk that could issue nothing has -, one that could and did not has 0.
func TestListDash(t *testing.T) {
	dir := t.TempDir()
	s, err := openStore(t.Context(), dir, true)
	fatal(t, err)
	fatal(t, s.ledger.SetHost(t.Context(), "p.example.jp"))
	moveSome(t, s)
	_, _, err = s.ledger.AddKiosk(t.Context(), "new")
	fatal(t, err)
	fatal(t, s.Close())
	rows := map[string]string{}
	for line := range strings.Lines(ok(t, "", "kiosk", "list", "--data", dir)) {
		if cells := strings.Fields(line); len(cells) == 10 { // of the second table
			rows[cells[0]] = strings.Join(cells[2:], " ")
		}
	}
	if rows["KSZ-014"] != "0 0 0 0 0 0 0 0" || rows["new"] != "- - - - - - - -" {
		t.Errorf("%v", rows)
	}
}
