package station

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/kiosk/uplink"
)

// Watch carries the journal to the hub and tells the screen, until ctx ends,
// how network and paper are.
func (d *Desk) Watch(ctx context.Context, send func(kiosk.Event)) error {
	d.sheets.tellBy(send)
	var online atomic.Bool
	tell := func(n uplink.News) {
		d.noteUplink(n)
		if errors.Is(n.Err, journal.ErrBroken) || errors.Is(n.Err, journal.ErrBehind) { // the hub knows another journal
			d.broken.Store(true)
		}
		online.Store(n.Online)
		send(d.network(n))
	}
	up, err := d.Uplink(tell)
	if err != nil {
		return err
	}
	var parts sync.WaitGroup
	parts.Go(func() { up.Run(ctx) })
	parts.Go(func() { d.check(ctx) })
	parts.Go(func() { d.clerk.tend(ctx) })
	parts.Go(func() {
		if err := d.clerk.watch(ctx, send); err != nil {
			d.opts.Log.Error("card reader", "error", err)
		}
	})
	parts.Go(func() { watchPaper(ctx, d.notePaper(new(PaperNote)), send) })
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			parts.Wait()
			return nil
		case <-look.C:
		}
		n := up.News(ctx) // cards handed out since the last attempt count too
		n.Online = online.Load()
		send(d.network(n))
	}
}

// noteUplink writes to the log what the uplink met.
func (d *Desk) noteUplink(n uplink.News) {
	if n.Err != nil {
		d.opts.Log.Info("uplink", "unsent", n.Unsent, "error", n.Err)
	}
	for _, why := range n.Rulings { // whose it is, nobody knows here
		d.opts.Log.Warn("a MyKey ID that was given without a network is refused by the hub", "ruling", string(why))
	}
	if n.MyKey != nil {
		d.opts.Log.Info("uplink: MyKey IDs", "waiting", n.Waiting, "error", n.MyKey)
	}
}

// lookEvery is how often printer and queue are looked at. A printer that comes
// back is taken up within twice this time: the question before may have gone
// to nobody.
const lookEvery = time.Second

// watchPaper tells how the printer is, until ctx ends.
func watchPaper(ctx context.Context, paper func(context.Context) kiosk.Paper, send func(kiosk.Event)) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		send(kiosk.PaperIs{Paper: paper(ctx)})
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

func (d *Desk) network(n uplink.News) kiosk.NetworkIs {
	if d.broken.Load() {
		n.Stopped = "journal"
	}
	return kiosk.NetworkIs{Network: kiosk.Network{Online: n.Online, Unsent: n.Unsent, Aside: n.Aside, Stopped: n.Stopped,
		Provisional: n.Waiting, Refused: n.Refused}}
}

// checkEvery is how often the whole journal is read and checked, beside the
// work: start-up checks only what follows the last checkpoint.
const checkEvery = 24 * time.Hour

// check reads the whole journal, now and every day. A broken one issues
// nothing more.
func (d *Desk) check(ctx context.Context) {
	for {
		began := time.Now()
		n, err := d.verifyBeside(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, journal.ErrBroken), errors.Is(err, journal.ErrBehind):
			d.opts.Log.Error("journal check", "entries", n, "error", err)
			d.broken.Store(true)
		case err != nil:
			d.opts.Log.Warn("journal check put off", "error", err)
		default:
			d.opts.Log.Info("journal check", "entries", n, "took", time.Since(began))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(checkEvery):
		}
	}
}

// verifyBeside checks the journal through a door of its own, so that issuing
// does not wait for it.
func (d *Desk) verifyBeside(ctx context.Context) (uint64, error) {
	opts := d.opts
	opts.ReadOnly = true
	j, err := opts.journal(ctx, "journal", d.live)
	if err != nil {
		return 0, err
	}
	n, err := j.Verify(ctx)
	return n, errors.Join(err, j.Close())
}
