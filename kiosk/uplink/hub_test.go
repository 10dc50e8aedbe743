package uplink

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// damage changes the bytes of an entry on the kiosk's disk, under its feet.
func (k *booth) damage(seq uint64, to string) {
	k.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(k.dir, "journal.db"))
	check(k.t, err)
	defer db.Close()
	_, err = db.Exec(`DROP TRIGGER IF EXISTS entry_kept`)
	check(k.t, err)
	_, err = db.Exec(`UPDATE entry SET record = `+to+` WHERE seq = $1`, seq)
	check(k.t, err)
}

// An entry that is damaged is set aside by a verdict that the hub signed, and
// holds up no entry of another card.
func TestBadEntryHoldsUpNobody(t *testing.T) {
	const flipped = `CAST(substr(record, 1, 90) || CASE substr(record, 91, 1) WHEN x'00' THEN x'01' ELSE x'00' END || substr(record, 92) AS BLOB)`
	for _, tt := range []struct {
		name string
		seq  uint64 // of 31 entries: the first, and three for each of ten cards
		to   string
	}{
		{"the first", 1, flipped}, {"in the middle", 17, flipped}, {"the last", 31, flipped},
		{"not even CBOR", 17, `CAST('lost sector' AS BLOB)`}, {"empty", 17, `x''`}, {"very long", 17, `zeroblob(300000)`},
	} {
		for _, size := range []int{1, 4, batch} {
			t.Run(fmt.Sprintf("%s, %d at once", tt.name, size), func(t *testing.T) {
				h := newTown(t)
				k := h.enrol("station-1", "l", direct{h})
				k.up.batch = size
				for range 10 {
					k.issue(out()...)
				}
				k.damage(tt.seq, tt.to)
				check(t, k.up.Sync(context.Background()))
				if got := h.lines(`SELECT seq FROM judged WHERE verdict = 'accepted' AND allotment <> 6`); len(got) < 28 {
					t.Errorf("of 31 entries %d were accepted: %v", len(got), got)
				}
				aside, err := k.Aside(context.Background())
				check(t, err)
				for _, a := range aside {
					if a.Verdict != cards.Disputed || (a.Seq-2)/3 != (tt.seq-2)/3 { // three entries a card
						t.Errorf("entry %d was set aside (%s, %s) for the sake of %d", a.Seq, a.Verdict, a.Reason, tt.seq)
					}
				}
				if !slices.ContainsFunc(aside, func(a cards.Judgement) bool { return a.Seq == tt.seq }) {
					t.Errorf("entry %d was not set aside: %v", tt.seq, aside)
				}
				k.issue(out()...) // and life goes on
				check(t, k.up.Sync(context.Background()))
				if top, _ := k.Head(); fmt.Sprint(h.lines(`SELECT MAX(seq) FROM judged`)) != fmt.Sprint([]uint64{top}) {
					t.Errorf("the hub is not at entry %d", top)
				}
				h.clean()
			})
		}
	}
}

// A hub that was restored from a backup says a lower cursor, and gets
// everything again: within one Sync, and without a loss.
func TestRestoredHub(t *testing.T) {
	for _, size := range []int{1, 7, batch} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			early := h.backup()
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			later := h.backup()
			for range 30 {
				k.issue(out()...)
			}
			k.issue(cards.Printing, cards.Printed, cards.VoidAsked)
			check(t, k.up.Sync(context.Background()))
			check(t, k.up.Sync(context.Background()))
			k.up.batch = size
			for _, backup := range []string{later, early} {
				h.restart(backup)
				k.restart()
				k.issue(out()...)
				check(t, k.up.Sync(context.Background()))
				h.same(k)
			}
		})
	}
}

// A kiosk that is restarted between any two steps sends everything once.
func TestRestartAnywhere(t *testing.T) {
	for step := range 12 {
		t.Run(fmt.Sprint(step), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			n := 0
			at := func() { // every step passes here
				if n++; n == step+1 {
					k.restart()
				}
			}
			at()
			for range 3 {
				k.issue(out()...)
				at()
			}
			k.issue(cards.Printing, cards.Printed, cards.VoidAsked)
			at()
			upload, err := k.up.Pack(context.Background(), 0, 5)
			check(t, err)
			at()
			answer, err := direct{h}.Upload(context.Background(), upload)
			check(t, err)
			at() // the answer is lost with the kiosk
			for {
				r, err := k.up.check(context.Background(), upload, answer)
				check(t, err)
				at()
				check(t, k.Take(context.Background(), answer, r))
				check(t, k.Take(context.Background(), answer, r)) // twice changes nothing
				at()
				if top, _ := k.Head(); r.Cursor == top {
					break
				}
				upload, err = k.up.Pack(context.Background(), r.Cursor, 5)
				check(t, err)
				answer, err = direct{h}.Upload(context.Background(), upload)
				check(t, err)
				at()
			}
			if n <= step {
				t.Fatalf("only %d steps", n)
			}
			check(t, k.up.Sync(context.Background()))
			h.same(k)
		})
	}
}

// clone copies a kiosk's disk.
func (k *booth) clone() *booth {
	k.t.Helper()
	check(k.t, k.Close())
	c := &booth{t: k.t, dir: k.t.TempDir(), key: k.key, grant: k.grant, line: k.line, asked: k.asked}
	check(k.t, os.CopyFS(c.dir, os.DirFS(k.dir)))
	k.open()
	c.open()
	k.t.Cleanup(func() { c.Close() })
	return c
}

// Two copies of one disk issue and send: the hub raises an alarm and says stop
// to both, and what the first one sent stays good.
func TestClonedDisk(t *testing.T) {
	for _, tt := range []struct {
		name           string
		first, second  int // cards that they issue, before they send
		verdict, alarm string
	}{
		{"as many", 3, 3, "conflict", "conflict"},
		{"the second more", 3, 5, "conflict", "conflict"},
		{"the second fewer", 5, 3, "conflict", "conflict"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			c := k.clone()
			for range tt.first {
				k.issue(out()...)
			}
			for range tt.second {
				c.issue(cards.Printing, cards.Presumed) // another story under the same numbers
			}
			check(t, k.up.Sync(context.Background()))
			kept := h.lines(`SELECT seq || hex(data) FROM entry ORDER BY seq`)
			check(t, c.up.Sync(context.Background()))
			check(t, k.up.Sync(context.Background()))
			for name, b := range map[string]*booth{"first": k, "second": c} {
				if r, err := b.Receipt(context.Background()); err != nil || r.Stop != "conflict" {
					t.Errorf("the %s is not stopped: %q, %v", name, r.Stop, err)
				}
				b.restart() // what happened can be looked at
			}
			if aside, err := c.Aside(context.Background()); err != nil || len(aside) == 0 || string(aside[0].Verdict) != tt.verdict {
				t.Errorf("the second set aside %v, %v", aside, err)
			}
			if alarms := h.lines(`SELECT kind FROM alarm`); !slices.Contains(alarms, tt.alarm) {
				t.Errorf("alarms: %v", alarms)
			}
			if now := h.lines(`SELECT seq || hex(data) FROM entry ORDER BY seq`); !slices.Equal(now[:len(kept)], kept) {
				t.Error("what the first one sent was changed")
			}
			h.clean()
			h.cleared(k, c)
		})
	}
}

// cleared checks that a person may let the kiosk go on, and only the one whose
// journal the hub has.
func (h *town) cleared(k, c *booth) {
	h.t.Helper()
	check(h.t, h.Clear(context.Background(), "station-1", "佐藤"))
	if err := k.up.Sync(context.Background()); err != nil && !errors.Is(err, journal.ErrBroken) && !errors.Is(err, journal.ErrBehind) {
		h.t.Error(err)
	}
	err := c.up.Sync(context.Background())
	if !errors.Is(err, journal.ErrBroken) && !errors.Is(err, journal.ErrBehind) {
		h.t.Errorf("the copy may go on: %v", err)
	}
	if _, err := c.Sign(context.Background(), c.grant, "a new request", "佐藤"); !errors.Is(err, journal.ErrBroken) && !errors.Is(err, journal.ErrBehind) {
		h.t.Errorf("the copy signs: %v", err)
	}
}

// A copy that has nothing of its own to send learns from the hub's cursor that
// its journal is not the newest, before it signs a number again.
func TestIdleCopy(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	k.issue(out()...)
	check(t, k.up.Sync(context.Background()))
	c := k.clone()
	k.issue(out()...)
	check(t, k.up.Sync(context.Background()))
	var told News
	c.up.opts.Tell = func(n News) { told = n }
	err := c.up.Sync(context.Background())
	if c.up.tell(context.Background(), err); !errors.Is(err, journal.ErrBehind) || told.Stopped != "journal" {
		t.Errorf("the copy is told %v, and tells %+v", err, told)
	}
	if _, err := c.Sign(context.Background(), c.grant, "another", "佐藤"); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy signs: %v", err)
	}
	check(t, c.Close())
	if err := c.tryOpen(); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy opens again: %v", err)
	}
	k.issue(out()...) // the true one goes on
	check(t, k.up.Sync(context.Background()))
	h.same(k)
}

// A key that was revoked goes on sending, and nothing is lost.
func TestRevokedGoesOnSending(t *testing.T) {
	for _, how := range []cards.Revocation{cards.Retired, cards.Compromised} {
		t.Run(string(how), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			check(t, h.Revoke(context.Background(), "station-1", how, 0))
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			r, err := k.Receipt(context.Background())
			check(t, err)
			if top, _ := k.Head(); r.Stop != "revoked" || r.Cursor != top {
				t.Errorf("stop %q at %d of %d", r.Stop, r.Cursor, top)
			}
			want := "accepted"
			if how == cards.Compromised {
				want = "disputed"
			}
			if got := h.lines(`SELECT DISTINCT verdict FROM judged WHERE seq > 4`); !slices.Equal(got, []string{want}) {
				t.Errorf("later entries are %v, want %s", got, want)
			}
			h.clean()
		})
	}
}

// More voids and allotments than one upload may name don't stop it.
func TestManyAskedAndHeld(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	check(t, k.up.Sync(context.Background()))
	held, err := k.Papers(context.Background(), cards.PaperAllotment)
	check(t, err)
	for range 1100 {
		check(t, k.Keep(context.Background(), cards.PaperAllotment, held[0]))
	}
	if testing.Short() {
		return
	}
	k.grant.Count = 1100
	for range 1010 {
		c := k.issue(cards.Printing)
		for _, s := range []cards.State{cards.Printed, cards.VoidAsked} {
			_, err := k.Mark(context.Background(), c.Serial(), s, "佐藤", "paper in hand")
			check(t, err)
		}
	}
	for range 40 {
		check(t, k.up.Sync(context.Background()))
	}
	if left := len(k.Open()); left > 10 { // the hub granted 1000: the others never get an answer
		t.Errorf("%d voids have no outcome", left)
	}
}
