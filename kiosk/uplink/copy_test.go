package uplink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk/journal"
)

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
// its journal is not the newest, and the hub from its next upload: within one
// Sync both kiosks are stopped. Once a person has looked, the true one goes on.
func TestIdleCopy(t *testing.T) {
	h := newTown(t)
	ctx := context.Background()
	k := h.enrol("station-1", "l", direct{h})
	k.issue(out()...)
	check(t, k.up.Sync(ctx))
	c := k.clone()
	k.issue(out()...)
	check(t, k.up.Sync(ctx))
	check(t, c.up.Sync(ctx))
	check(t, k.up.Sync(ctx))
	for name, b := range map[string]*booth{"the true one": k, "the copy": c} {
		if r, err := b.Receipt(ctx); err != nil || r.Stop != ledger.StopConflict {
			t.Errorf("%s is not stopped: %q, %v", name, r.Stop, err)
		}
	}
	if alarms := h.lines(`SELECT kind FROM alarm`); !slices.Equal(alarms, []string{"fork"}) {
		t.Errorf("alarms %q", alarms)
	}
	check(t, h.Clear(ctx, "station-1", "佐藤"))
	if err := c.up.Sync(ctx); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy is told %v", err)
	}
	if _, err := c.Sign(ctx, c.grant, "another", "佐藤"); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy signs: %v", err)
	}
	if err := c.tryOpen(); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy opens again: %v", err)
	}
	k.issue(out()...)
	check(t, k.up.Sync(ctx))
	if faults := h.missing(k); len(faults) > 0 {
		t.Errorf("the true one: %q", faults)
	}
	h.clean()
}

// A copy may have entries of its own below the hub's cursor, more than one
// upload has. Each comes to the hub and gets its verdict, wherever the kiosk
// was restarted meanwhile; and each of the true one's stays as it was.
func TestCopySendsAll(t *testing.T) {
	for _, size := range []int{1, 5, batch} {
		for stop := range 3 { // uploads before a restart; none at 0
			t.Run(fmt.Sprint(size, stop), func(t *testing.T) {
				h := newTown(t)
				ctx := context.Background()
				k := h.enrol("station-1", "l", direct{h})
				k.issue(out()...)
				check(t, k.up.Sync(ctx))
				c := k.clone()
				for range 6 {
					k.issue(out()...)
				}
				for range 4 {
					c.issue(cards.Printing, cards.Presumed)
				}
				check(t, k.up.Sync(ctx))
				kept := h.lines(`SELECT seq || hex(data) FROM entry ORDER BY seq`)
				c.up.batch = size
				for range stop {
					after, err := c.up.Next(ctx)
					check(t, err)
					_, err = c.up.send(ctx, after)
					check(t, err)
					c.restart()
				}
				check(t, c.up.Sync(ctx))
				h.hasAll(c)
				if now := h.lines(`SELECT seq || hex(data) FROM entry ORDER BY seq`); !slices.Equal(now, kept) {
					t.Error("what the first one sent was changed")
				}
				asked := len(h.lines(`SELECT seq FROM entry_aside`))
				check(t, c.up.Sync(ctx))
				if again := len(h.lines(`SELECT seq FROM entry_aside`)); again != asked {
					t.Errorf("%d set aside, and then %d", asked, again)
				}
				h.clean()
			})
		}
	}
}

// hasAll fails the test unless each entry of a copy is at the hub, and the copy
// has the verdict of each that it does not share.
func (h *town) hasAll(c *booth) {
	h.t.Helper()
	records, err := c.Records(context.Background(), 0, 1<<20)
	check(h.t, err)
	aside, err := c.Aside(context.Background())
	check(h.t, err)
	for _, r := range records {
		where := h.lines(`SELECT 'kept' FROM entry WHERE data = $1 UNION ALL SELECT 'aside' FROM entry_aside WHERE data = $1 AND seq = $2`, r.Data, int64(r.Seq))
		verdict := slices.ContainsFunc(aside, func(j cards.Judgement) bool { return j.Seq == r.Seq && j.Verdict == cards.Conflict })
		if len(where) != 1 || where[0] == "aside" != verdict {
			h.t.Errorf("entry %d of the copy is %v at the hub, and set aside here: %v", r.Seq, where, verdict)
		}
	}
}

// The stick of a copy carries all that the hub has no verdict on.
func TestStickOfCopy(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	k.issue(out()...)
	check(t, k.up.Sync(context.Background()))
	c := k.clone()
	for range 6 {
		k.issue(out()...)
		c.issue(cards.Printing, cards.Presumed)
	}
	check(t, k.up.Sync(context.Background()))
	c.up.batch = 2
	after, err := c.up.Next(context.Background())
	check(t, err)
	_, err = c.up.send(context.Background(), after) // now it knows of the other
	check(t, err)
	c.restart()
	for _, part := range c.stick(4) {
		_, err := h.Import(context.Background(), part)
		check(t, err)
	}
	if got := h.lines(`SELECT COUNT(*) FROM entry_aside`); got[0] != "16" { // of 22; 4 are older, and 2 are the same on both
		t.Errorf("%s entries are set aside", got[0])
	}
	check(t, c.up.Sync(context.Background())) // the verdicts that the stick did not bring back
	h.hasAll(c)
}

// What a late upload says of an end that lies behind is no alarm, however it
// came: network or stick, once or twice, before or after a hub's restore.
func TestLateUploads(t *testing.T) {
	h := newTown(t)
	ctx := context.Background()
	k := h.enrol("station-1", "l", direct{h})
	var old [][]byte
	early := h.backup()
	for range 12 {
		after, err := k.up.Next(ctx)
		check(t, err)
		part, err := k.up.Pack(ctx, after, 2)
		check(t, err)
		old = append(old, part)
		_, err = h.Claim(ctx, k.issue(out()...), "AAAA2222")
		check(t, err)
		check(t, k.up.Sync(ctx))
		k.restart()
	}
	for _, part := range slices.Concat(old, old) {
		_, err := h.Ingest(ctx, part)
		check(t, err)
	}
	h.same(k)
	h.restart(early)
	for _, part := range slices.Backward(old) {
		_, err := h.Import(ctx, part)
		check(t, err)
	}
	check(t, k.up.Sync(ctx))
	h.same(k)
}

// An export beside a running kiosk that writes and sends meanwhile says nothing
// that looks like a copy.
func TestExportBeside(t *testing.T) {
	h := newTown(t)
	ctx := context.Background()
	k := h.enrol("station-1", "l", direct{h})
	k.issue(out()...)
	check(t, k.up.Sync(ctx))
	beside, err := journal.OpenFile(ctx, journal.Opts{
		Driver: "sqlite", Path: filepath.Join(k.dir, "journal.db"), Head: filepath.Join(k.dir, "journal.head"), Key: k.key, Now: k.up.opts.Now, ReadOnly: true,
	})
	check(t, err)
	defer beside.Close()
	opts := k.up.opts
	opts.Journal = beside
	k.issue(out()...)
	check(t, k.up.Sync(ctx))
	part, err := New(opts).Pack(ctx, 0, batch)
	check(t, err)
	_, err = h.Import(ctx, part)
	check(t, err)
	part, err = New(opts).Pack(ctx, 7, batch)
	check(t, err)
	_, err = h.Import(ctx, part)
	check(t, err)
	h.same(k)
}

// A card that people have and the kiosk never printed raises an alarm at its
// second contact after the claim, and an honest one never does.
func TestStolenText(t *testing.T) {
	h := newTown(t)
	ctx := context.Background()
	k := h.enrol("station-1", "l", direct{h})
	stolen, honest := k.issue(), k.issue(out()...)
	for _, c := range []cards.Card{honest, stolen} {
		_, err := h.Claim(ctx, c, "AAAA2222")
		check(t, err)
	}
	for range 2 {
		check(t, k.up.Sync(ctx))
	}
	want := fmt.Sprintf("never printed %d", stolen.Number)
	if alarms := h.lines(`SELECT kind || ' ' || number FROM alarm`); !slices.Equal(alarms, []string{want}) {
		t.Errorf("alarms %q", alarms)
	}
}
