package uplink

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// A check beside the running kiosk finds no fault in cards that were handed out
// and acknowledged since it opened the journal.
func TestCheckBeside(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	k.issue(out()...)
	check(t, k.up.Sync(context.Background()))
	beside, err := journal.OpenFile(context.Background(), journal.Opts{
		Driver: "sqlite", Path: filepath.Join(k.dir, "journal.db"), Head: filepath.Join(k.dir, "journal.head"), Key: k.key, Now: func() time.Time { return noon }, ReadOnly: true,
	})
	check(t, err)
	defer beside.Close()
	k.issue(out()...)
	check(t, k.up.Sync(context.Background()))
	if _, err := beside.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}

// Only void and honoured end a void, and only one that was asked for.
func TestForeignOutcomes(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	c := k.issue(cards.Printing, cards.Uncertain)
	for _, state := range []cards.State{cards.Printing, cards.Printed, cards.Begun, "", cards.Void, cards.Honoured} {
		r := cards.Receipt{At: noon.UnixMilli(), Outcomes: []cards.Outcome{{Allotment: c.Allotment, Number: c.Number, State: state}}}
		check(t, k.Take(context.Background(), []byte{}, r))
		if got, _, err := k.State(context.Background(), c.Serial()); err != nil || got != cards.Uncertain {
			t.Errorf("an outcome %q made the card %q, %v", state, got, err)
		}
	}
}
