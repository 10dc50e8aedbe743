package pcsc

import (
	"bytes"
	"errors"
	"sync"
	"time"

	"github.com/ebfe/scard"
)

// How long a card that is in use is waited for, in Connect.
const (
	holds = 4
	hold  = 200 * time.Millisecond
)

// A Session is with one card, which nobody else can talk to meanwhile. It is a
// jpki.Card. After the first error it is over: a card that is put down again
// gets no command of it.
//
// One goroutine has the context and the card. No other may touch them: pcsc-lite
// holds its lock for all contexts while it waits for one that hangs.
type Session struct {
	limit time.Duration
	ask   chan []byte
	told  chan answer
	quit  chan struct{} // nobody asks any more
	ended chan struct{} // the card is powered down, and the goroutine has ended
	down  error         // from powering it down; read after ended
	long  bool          // the reader takes long commands; read after Connect

	stop sync.Once
	mu   sync.Mutex // of the one who asks
	err  error      // why it is over
}

type answer struct {
	response []byte
	err      error
}

// Connect begins a session with the card on a reader, by the name that Run tells.
// It takes Opts.Limit and two seconds at most. Errors are [ErrNoReader], [ErrHeld],
// [ErrMute], [ErrGone], or one with a code of PC/SC's. Whatever comes of the
// session, End it.
func (r *Readers) Connect(reader string) (*Session, error) {
	s := &Session{
		limit: r.opts.Limit,
		ask:   make(chan []byte), told: make(chan answer),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	if err := r.replace(reader, s); err != nil {
		return nil, err
	}
	go s.run(reader) // it may never end, and that is why there is one
	limit := time.NewTimer(s.limit + holds*hold)
	defer limit.Stop()
	select {
	case a := <-s.told:
		if a.err != nil {
			return nil, a.err
		}
		return s, nil
	case <-limit.C:
		s.leave()
		return nil, ErrMute
	}
}

// replace makes s the reader's session. One that hangs keeps its place, so that
// there are never two.
func (r *Readers) replace(reader string, s *Session) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last := r.sessions[reader]; last != nil {
		limit := time.NewTimer(holds * hold)
		defer limit.Stop()
		select {
		case <-last.ended:
		case <-limit.C:
			select {
			case <-last.quit:
				return ErrMute
			default:
				return ErrHeld
			}
		}
	}
	r.sessions[reader] = s
	return nil
}

// Extended reports whether the reader takes commands of extended length.
func (s *Session) Extended() bool { return s.long }

// Transmit gives the card a command and returns its answer, within Opts.Limit.
// It keeps neither. A command that is no command isn't sent, and ends nothing.
func (s *Session) Transmit(apdu []byte) ([]byte, error) {
	if len(apdu) < 4 {
		return nil, errors.New("pcsc: a command has four bytes or more")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	var response []byte
	response, s.err = s.exchange(bytes.Clone(apdu))
	if s.err != nil {
		s.leave()
	}
	return response, s.err
}

func (s *Session) exchange(apdu []byte) ([]byte, error) {
	limit := time.NewTimer(s.limit)
	defer limit.Stop()
	select {
	case s.ask <- apdu:
	case <-s.quit:
		clear(apdu)
		return nil, ErrEnded
	}
	select {
	case a := <-s.told:
		return a.response, a.err
	case <-s.quit:
		return nil, ErrEnded
	case <-limit.C:
		return nil, ErrMute
	}
}

// End powers the card down, and may be called from any goroutine, any number of
// times: a Transmit that is under way returns. An error means that the card may
// still have its power: it has to be taken away.
func (s *Session) End() error {
	s.leave()
	s.mu.Lock()
	limit := time.NewTimer(s.limit)
	defer limit.Stop()
	if errors.Is(s.err, ErrMute) {
		limit.Reset(hold) // it was waited for already
	}
	if s.err == nil {
		s.err = ErrEnded
	}
	s.mu.Unlock()
	select {
	case <-s.ended:
		return s.down
	case <-limit.C:
		return ErrMute
	}
}

func (s *Session) leave() { s.stop.Do(func() { close(s.quit) }) }

// tell hands an answer over, or drops it where nobody waits any more.
func (s *Session) tell(a answer) bool {
	select {
	case s.told <- a:
		return a.err == nil
	case <-s.quit:
		clear(a.response)
		return false
	}
}

// run has the card until nobody asks any more, or it fails.
func (s *Session) run(reader string) {
	defer close(s.ended)
	ctx, err := scard.EstablishContext()
	if err != nil {
		s.tell(answer{err: reason("connect", err)})
		return
	}
	defer func() { _ = ctx.Release() }() // of one that is dead there is nothing to release
	card, err := s.connect(ctx, reader)
	if card != nil {
		defer func() { s.down = powerDown(card) }()
		s.long = err == nil && extended(card)
	}
	for open := s.tell(answer{err: err}); open; {
		select {
		case apdu := <-s.ask:
			open = s.tell(transmit(card, apdu))
		case <-s.quit:
			open = false
		}
	}
}

// connect has the card for itself, and waits a little for somebody else to let
// go of it. It may return a card with an error, to be powered down.
func (s *Session) connect(ctx *scard.Context, reader string) (*scard.Card, error) {
	for held := 0; ; held++ {
		card, err := ctx.Connect(reader, scard.ShareExclusive, scard.ProtocolAny)
		switch {
		case err == nil && card.ActiveProtocol() != scard.ProtocolT0 && card.ActiveProtocol() != scard.ProtocolT1:
			return card, ErrMute // scard would panic
		case err == nil:
			return card, nil
		case held == holds || !errors.Is(err, scard.ErrSharingViolation):
			return nil, reason("connect", err)
		}
		again := time.NewTimer(hold)
		select {
		case <-again.C:
		case <-s.quit:
			again.Stop()
			return nil, ErrEnded
		}
	}
}

// transmit overwrites the command: it may have a PIN in it. An answer of no
// bytes is how some readers report a card that was pulled away.
func transmit(card *scard.Card, apdu []byte) answer {
	buffer, err := card.Transmit(apdu)
	clear(apdu)
	defer clear(buffer)
	switch {
	case err != nil:
		return answer{err: reason("transmit", err)}
	case len(buffer) < 2:
		return answer{err: ErrGone}
	}
	return answer{response: bytes.Clone(buffer)}
}

// powerDown is content with a card that is gone: it has no power either.
func powerDown(card *scard.Card) error {
	err := card.Disconnect(scard.UnpowerCard)
	if err == nil {
		return nil
	}
	if err = reason("power down", err); errors.Is(err, ErrGone) {
		return nil
	}
	return err
}
