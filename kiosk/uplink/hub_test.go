package uplink

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/packaging/proof"
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

// A key that was revoked goes on sending, and nothing is lost.
func TestRevokedGoesOnSending(t *testing.T) {
	for _, how := range []cards.Revocation{cards.Retired, cards.Compromised} {
		t.Run(string(how), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			check(t, h.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: how}))
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
	many, syncs := proof.Times(3, 3, 1000), proof.Times(2, 2, 40)
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
