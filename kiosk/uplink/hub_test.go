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

// A hub that was restored from a backup says a lower cursor, and gets
// everything again: within one Sync, and without a loss.
func TestRestoredHub(t *testing.T) {
	for _, size := range []int{1, batch} {
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

// A journey is all that a kiosk does, with a step between any two things.
func journey(h *town, k *booth, step func()) {
	ctx := context.Background()
	step()
	for range 3 {
		k.issue(out()...)
		step()
	}
	k.issue(cards.Printing, cards.Printed, cards.VoidAsked)
	step()
	for cursor, top := uint64(0), uint64(1); cursor < top; top, _ = k.Head() {
		upload, err := k.up.Pack(ctx, cursor, 5)
		check(h.t, err)
		step()
		answer, err := direct{h}.Upload(ctx, upload)
		check(h.t, err)
		step() // the answer may be lost with the kiosk, or
		r, err := k.up.check(ctx, upload, answer)
		check(h.t, err)
		step()
		check(h.t, k.Take(ctx, answer, r))
		check(h.t, k.Take(ctx, answer, r)) // twice changes nothing
		step()
		cursor = r.Cursor
	}
}

// A kiosk that is restarted between any two steps sends everything once.
func TestRestartAnywhere(t *testing.T) {
	for at, all := 1, 1; at <= all; at++ {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			n := 0
			journey(h, k, func() {
				if n++; n == at {
					k.restart()
				}
			})
			all = n
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
	return c
}

// Two copies of one disk issue and send: the hub raises an alarm and says stop
// to both, and what the first one sent stays good.
func TestClonedDisk(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second int // cards that they issue, before they send
	}{{"as many", 3, 3}, {"the second more", 3, 5}, {"the second fewer", 5, 3}} {
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
			if aside, err := c.Aside(context.Background()); err != nil || len(aside) == 0 || aside[0].Verdict != cards.Conflict {
				t.Errorf("the second set aside %v, %v", aside, err)
			}
			if alarms := h.lines(`SELECT kind FROM alarm`); !slices.Contains(alarms, "conflict") {
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

// cleared checks that when a person lets the kiosk go on, one of the two does,
// and that is the one whose journal ends as the hub's does.
func (h *town) cleared(booths ...*booth) {
	h.t.Helper()
	check(h.t, h.Clear(context.Background(), "station-1", "佐藤"))
	goOn := 0
	for _, b := range booths {
		synced := b.up.Sync(context.Background())
		_, err := b.Sign(context.Background(), b.grant, "a new request", "佐藤")
		if err == nil && synced == nil {
			goOn++
		} else if !errors.Is(err, journal.ErrBroken) && !errors.Is(err, journal.ErrBehind) {
			h.t.Errorf("%v, and a card: %v", synced, err)
		}
	}
	if goOn != 1 {
		h.t.Errorf("%d of the two go on", goOn)
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
	if err := c.up.Sync(context.Background()); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy is told %v", err)
	}
	if _, err := c.Sign(context.Background(), c.grant, "another", "佐藤"); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy signs: %v", err)
	}
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

// More allotments and voids than one upload may name don't stop it.
func TestManyHeldAndAsked(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	check(t, k.up.Sync(context.Background()))
	db, err := sql.Open("sqlite", filepath.Join(k.dir, "journal.db"))
	check(t, err)
	defer db.Close()
	_, err = db.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
		INSERT INTO paper (kind, sealed) SELECT kind, sealed FROM paper, n WHERE kind = $1`, string(cards.PaperAllotment))
	check(t, err)
	many, syncs := 3, 2
	if os.Getenv("POINTKIOSK_SOAK") == "1" {
		many, syncs = 1000, 40
	}
	for range many {
		k.issue(cards.Printing, cards.Printed, cards.VoidAsked)
	}
	for range syncs { // chance decides whose turn it is
		check(t, k.up.Sync(context.Background()))
	}
	if left := len(k.Open()); left > 0 {
		t.Errorf("%d voids have no outcome", left)
	}
}
