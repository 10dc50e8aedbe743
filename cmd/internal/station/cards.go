package station

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/jpki"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/pcsc"
)

// readers are where My Number cards are put down; package pcsc's are.
type readers interface {
	Run(ctx context.Context, tell func(pcsc.Event)) error
	Connect(reader string) (session, error)
	// Done says that nothing more is asked of the card that lies there.
	Done()
}

// A session is a card that nobody else talks to.
type session interface {
	jpki.Card
	Extended() bool // the reader takes commands of extended length
	End() error
}

func (c Card) check() error {
	if c.Leases < 0 || c.Leases > cards.MaxLeased {
		return fmt.Errorf("station: settings: leases %d is not between 0 and %d", c.Leases, cards.MaxLeased)
	}
	kind, virtual := strings.CutPrefix(c.Reader, "virtual:")
	kind, _, _ = strings.Cut(kind, "@")
	switch {
	case c.Reader == "", strings.HasPrefix(c.Reader, "pcsc:"), virtual && slices.Contains(jpkitest.Names(), kind):
		return nil
	case virtual:
		return fmt.Errorf("station: settings: there is no card %q; there are %s", kind, strings.Join(jpkitest.Names(), " "))
	}
	return fmt.Errorf("station: settings: card reader %q is not like pcsc: or virtual:good", c.Reader)
}

// open returns the readers that are named; nil for none. It touches none.
func (c Card) open(o Opts) (readers, error) {
	if err := c.check(); err != nil || c.Reader == "" {
		return nil, err
	}
	if kind, ok := strings.CutPrefix(c.Reader, "virtual:"); ok {
		return &virtualReader{kind: kind, now: o.Now, sleep: pause, done: make(chan struct{}, 1)}, nil
	}
	return realReaders{pcsc.New(&pcsc.Opts{
		Reader: strings.TrimPrefix(c.Reader, "pcsc:"),
		Log:    func(err error) { o.Log.Warn("card reader", "error", err) },
	})}, nil
}

// realReaders are pcscd's.
type realReaders struct{ *pcsc.Readers }

func (r realReaders) Connect(reader string) (session, error) {
	s, err := r.Readers.Connect(reader)
	if err != nil {
		return nil, err // and no session that is not nil
	}
	return s, nil
}

// Done does nothing: a person takes their card away when they like.
func (realReaders) Done() {}

// handTime is how long a virtual hand takes to take a card away, and to put the
// next one down.
const handTime = 3 * time.Second

// A virtualReader is one on which a hand lays one card of the demo's deck after
// another.
type virtualReader struct {
	kind  string
	now   func() time.Time
	sleep func(context.Context, time.Duration)
	done  chan struct{}

	mu   sync.Mutex
	card *jpkitest.Card // that lies there
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Run lays down and takes away until ctx ends.
func (v *virtualReader) Run(ctx context.Context, tell func(pcsc.Event)) error {
	deck, err := jpkitest.DemoDeck(v.now())
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		card, err := deck.Card(v.kind)
		if err != nil {
			return err
		}
		v.lay(card)
		tell(pcsc.Inserted{Reader: "virtual"})
		select {
		case <-ctx.Done():
		case <-v.done:
			v.sleep(ctx, handTime)
		}
		v.lay(nil)
		tell(pcsc.Removed{})
		v.sleep(ctx, handTime)
	}
	return nil
}

func (v *virtualReader) lay(card *jpkitest.Card) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.card = card
	select {
	case <-v.done: // it was about the card before
	default:
	}
}

// Done has the hand come.
func (v *virtualReader) Done() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.card == nil {
		return
	}
	select {
	case v.done <- struct{}{}:
	default:
	}
}

// Connect gives the card power.
func (v *virtualReader) Connect(string) (session, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.card == nil {
		return nil, pcsc.ErrGone
	}
	v.card.PowerUp()
	return virtualCard{v.card}, nil
}

// A virtualCard errs in the words of package pcsc.
type virtualCard struct{ *jpkitest.Card }

func (c virtualCard) Transmit(apdu []byte) ([]byte, error) {
	answer, err := c.Card.Transmit(apdu)
	switch {
	case errors.Is(err, jpkitest.ErrMute):
		return nil, pcsc.ErrMute
	case errors.Is(err, jpkitest.ErrPulled):
		return nil, pcsc.ErrGone
	case errors.Is(err, jpkitest.ErrOff):
		return nil, pcsc.ErrEnded
	}
	return answer, err
}

// Extended is false: most readers of cards without contacts take short commands.
func (c virtualCard) Extended() bool { return false }

func (c virtualCard) End() error {
	c.PowerDown()
	return nil
}
