package station

import (
	"context"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
)

// blinkers hide automatic status back from the driver, which then takes the
// process id alone for proof.
type blinkers struct {
	printer.Conn
	skip  int
	block bool
}

// Tx lets through all but status.
func (b *blinkers) Tx(w, r []byte) error {
	err := b.Conn.Tx(w, nil)
	for err == nil && len(r) > 0 {
		if err = b.Conn.Tx(nil, r); err != nil {
			break
		}
		switch {
		case b.skip > 0:
			b.skip--
			continue
		case b.block:
			b.block = r[0] != 0
		case r[0] == 0x37:
			b.block = true
		case r[0]&0x93 == 0x10:
			b.skip = 3
			continue
		}
		return nil
	}
	return err
}

// timeless hides how long bytes take on the line, by which a printer that was
// switched off and on behind flow control is noticed.
type timeless struct{ printer.Conn }

// changed is a printer with other outcomes.
type changed struct {
	kiosk.Printer
	from, to kiosk.Outcome
}

// Print prints, and says something else.
func (c changed) Print(ctx context.Context, d *face.Drawn) kiosk.Outcome {
	if o := c.Printer.Print(ctx, d); o != c.from {
		return o
	}
	return c.to
}

// deadEnd is a printer that is never ready again after its first complaint.
type deadEnd struct {
	kiosk.Printer
	dead bool
}

// Prepare is ready at most until it isn't.
func (d *deadEnd) Prepare(ctx context.Context) kiosk.Paper {
	p := d.Printer.Prepare(ctx)
	d.dead = d.dead || !p.Ready
	p.Ready = !d.dead
	return p
}

// unmarked is a journal that forgets which copy is the next.
type unmarked struct{ kiosk.Journal }

// Card is always one that was never printed again.
func (u unmarked) Card(ctx context.Context, a cards.Allotment, n uint32) (cards.Issued, error) {
	c, err := u.Journal.Card(ctx, a, n)
	c.Copy = ^uint32(0) // the next is 0
	return c, err
}

// TestStallFindsFaults plants a fault in the kiosk, and wants the stall to find
// it: else it proves nothing.
func TestStallFindsFaults(t *testing.T) {
	proof.Needs(t, "zbarimg")
	kind, err := printer.Named("raster-58")
	if err != nil {
		t.Fatal(err)
	}
	kind.Layout = printer.Cropped
	outcome := func(from, to kiosk.Outcome) planted {
		return planted{printer: func(p kiosk.Printer) kiosk.Printer { return changed{p, from, to} }}
	}
	for _, tt := range []struct {
		name  string
		from  uint64 // a stall that found it once
		fault planted
		want  string
	}{
		{"the id alone is proof", 9, planted{wire: func(c printer.Conn) printer.Conn { return &blinkers{Conn: c} }}, "printed, but there is no such paper"},
		{"no clock on a serial line", 2, planted{wire: func(c printer.Conn) printer.Conn { return timeless{c} }}, "printed, but there is no such paper"},
		{"doubt is proof", 1, outcome(kiosk.Doubtful, kiosk.CameOut), "printed, but there is no such paper"},
		{"doubt is nothing sent", 1, outcome(kiosk.Doubtful, kiosk.NotSent), "readable, but void"},
		{"proof is doubt", 1, outcome(kiosk.CameOut, kiosk.Doubtful), "asked where the printer had answered"},
		{"no mark on reprints", 3, planted{journal: func(j kiosk.Journal) kiosk.Journal { return unmarked{j} }}, "none says 再印刷"},
		{"out of order for ever", 1, planted{printer: func(p kiosk.Printer) kiosk.Printer { return &deadEnd{Printer: p} }}, "gets no card"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pens{}
			for n := tt.from; n < tt.from+30; n++ {
				s := newStall(t, kind, n, p, tt.fault)
				if err := s.play(t.Context(), t.TempDir()); err != nil && strings.Contains(err.Error(), tt.want) {
					t.Logf("found by stall %d", n)
					return
				}
			}
			t.Error("not found")
		})
	}
}
