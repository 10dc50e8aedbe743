package station

import (
	"context"
	"sync"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/kiosk/wizard"
)

// watch tells when a card is put down and taken away, until ctx ends. Nobody's
// card keeps its power beyond that.
func (c *clerk) watch(ctx context.Context, send func(kiosk.Event)) error {
	if c.readers == nil {
		return nil
	}
	var off sync.WaitGroup
	gone := func() { // powering down takes its time
		was := c.end(0)
		off.Go(func() { c.dismiss(was) })
	}
	err := c.readers.Run(ctx, func(e pcsc.Event) {
		switch e := e.(type) {
		case pcsc.Inserted:
			gone() // somebody may have signed in by password
			c.lies(e.Reader)
			send(wizard.CardIn{})
		case pcsc.Mute:
			c.lies(e.Reader)
			send(wizard.CardIn{})
			send(wizard.CardStops{Reason: wizard.Mute})
		case pcsc.Removed:
			gone()
			send(wizard.CardOut{})
		case pcsc.Second: // of two nobody knows whose visit it is
			gone()
			send(wizard.CardStops{Reason: wizard.TwoCards})
		case pcsc.NoReader:
			gone()
			c.isAway(true)
			send(wizard.CardStops{Reason: wizard.NoReader})
			send(c.s.Arrive(ctx))
		case pcsc.ReaderBack:
			c.isAway(false)
			send(c.s.Arrive(ctx))
			send(wizard.ReaderBack{})
		}
	})
	gone()
	off.Wait()
	return err
}

func (c *clerk) lies(reader string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reader = reader
}

func (c *clerk) isAway(away bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = away
}

// isOpen reports whether MyKey IDs are made here, now.
func (c *clerk) isOpen(ctx context.Context) bool {
	if c == nil || c.readers == nil {
		return false
	}
	c.mu.Lock()
	away := c.away
	c.mu.Unlock()
	_, err := c.scheme(ctx)
	return err == nil && !away
}
