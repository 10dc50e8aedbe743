package fault

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// torn is which slips are torn: every so manieth.
const torn = 4

// home sends those home who have a slip in hand, and returns how many are left.
func (g *lender) home() (left int) {
	g.t.Helper()
	for _, s := range g.slips()[g.seen:] {
		if g.seen++; g.seen%torn != 0 {
			name := filepath.Join(g.queue, s.card)
			g.ok(errors.Join(os.Remove(name+".key"), os.Remove(name+".der")))
		}
	}
	names, err := filepath.Glob(filepath.Join(g.queue, "*.der"))
	g.ok(err)
	return len(names)
}

// A slip is an ID, and whose it is.
type slip struct{ id, card string }

// slips are those that were said whole.
func (g *lender) slips() (all []slip) {
	b, err := os.ReadFile(g.log.Name())
	g.ok(err)
	for line := range strings.Lines(string(b)) {
		if id, card, ok := strings.Cut(line, " "); ok && strings.HasSuffix(card, "\n") {
			all = append(all, slip{id, strings.TrimSpace(card)})
		}
	}
	return all
}

// registered counts the registers of each ID that is held, and all deeds by which
// an ID was given.
func (g *lender) registered() (of map[string]int, deeds int) {
	g.t.Helper()
	out, err := g.hub.say("hub", "", "mykey", "audit", "--json", "--data", g.hub.data)
	g.ok(err)
	of = map[string]int{}
	for line := range strings.Lines(out) {
		var d struct {
			What string `json:"what"`
			ID   string `json:"mykey_id"`
		}
		if json.Unmarshal([]byte(line), &d) != nil || d.What != "register" && d.What != "replace" {
			continue
		}
		if deeds++; d.What == "register" {
			of[d.ID]++
		}
	}
	return of, deeds
}

// inHand wants the slip that somebody went home with to be registered exactly
// once, and nobody's ID to stand on a slip before.
func (g *lender) inHand(registered map[string]int) {
	g.t.Helper()
	g.home()
	last, seen := map[string]string{}, map[string]bool{}
	for _, s := range g.slips() {
		if seen[s.id] {
			g.t.Errorf("%s is on two slips", s.id)
		}
		last[s.card], seen[s.id] = s.id, true
	}
	for card, id := range last {
		if _, err := os.Stat(filepath.Join(g.queue, card+".der")); err != nil && registered[id] != 1 {
			g.t.Errorf("the slip of %s is registered %d times", id, registered[id])
		}
	}
}

// settled wants the slip in every hand to be registered exactly once, somebody to
// have come twice, and no lease to be held by one side alone.
func (g *lender) settled() {
	g.t.Helper()
	registered, deeds := g.registered()
	g.inHand(registered)
	g.t.Logf("%d came, %d came again", len(registered), deeds-len(registered))
	if deeds == len(registered) {
		g.t.Error("nobody came again")
	}
	count := func(name, query string) (n int) {
		db, err := sql.Open("sqlite", "file:"+name+"?mode=ro")
		g.ok(err)
		defer db.Close()
		g.ok(db.QueryRow(query).Scan(&n))
		return n
	}
	here := count(filepath.Join(g.data, "journal.db"), `SELECT count(*) FROM lease WHERE state = 'held'`)
	other := count(filepath.Join(g.data, "journal.db"), `SELECT count(*) FROM lease WHERE state IN ('given', 'back')`)
	there := count(filepath.Join(g.hub.data, "hub.db"), `SELECT count(*) FROM lease`)
	given := count(filepath.Join(g.data, "journal.db"), `SELECT count(*) FROM entry WHERE state = 'given'`)
	if here != leases || there != here || other != 0 || given != deeds {
		g.t.Errorf("leased: %d here, %d at the hub, %d in between; %d were given, %d registered", here, there, other, given, deeds)
	}
	if _, err := g.hub.say("kioskctl", "", "journal", "verify", "--data", g.data); err != nil {
		g.t.Error(err)
	}
}
