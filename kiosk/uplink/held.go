package uplink

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"pointkiosk/cards"
)

// opened are the allotments held here, under one trust list: whether each is
// genuine need not be asked anew with every upload.
type opened struct {
	trust  uint32
	papers int // that were looked at
	list   []cards.Allotment
}

// names returns which allotments to name as held: those whose day is not over,
// by the hub's clock, and of these the next ones.
func (u *Uplink) names(ctx context.Context, trust cards.TrustList, heard int64) ([]uint32, error) {
	sealed, err := u.opts.Journal.Papers(ctx, cards.PaperAllotment)
	if err != nil {
		return nil, err
	}
	if u.held.trust != trust.Version || u.held.papers > len(sealed) {
		u.held = opened{trust: trust.Version}
	}
	for _, s := range sealed[u.held.papers:] {
		if a, err := cards.OpenAllotment(s, trust); err == nil {
			u.held.list = append(u.held.list, a)
		}
	}
	u.held.papers = len(sealed)
	slices.SortFunc(u.held.list, func(a, b cards.Allotment) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID))
	})
	var ids []uint32
	for _, a := range u.held.list {
		if a.Day >= cards.DayOf(time.UnixMilli(heard)) {
			ids = append(ids, a.ID)
		}
	}
	ids = slices.Compact(ids)
	return ids[:min(len(ids), cards.MaxHeld)], nil
}

// unheld returns those of the allotments that came which are not held yet.
func (u *Uplink) unheld(ctx context.Context, came [][]byte) ([][]byte, error) {
	if len(came) == 0 {
		return came, nil
	}
	held, err := u.opts.Journal.Papers(ctx, cards.PaperAllotment)
	return slices.DeleteFunc(came, func(a []byte) bool {
		return slices.ContainsFunc(held, func(h []byte) bool { return bytes.Equal(a, h) })
	}), err
}
