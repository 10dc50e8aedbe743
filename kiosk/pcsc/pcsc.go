// Package pcsc is the card reader: it tells when a card is put down and taken
// away, and carries commands to it.
//
// One context of pcscd's watches and another, of each session's own, talks. A
// session has its card alone and ends with its power: on a My Number card only
// that ends what a PIN has opened. Every wait ends, whatever a card, a reader or
// pcscd does; what hangs is left behind, one a reader at most, until the card or
// pcscd goes away.
//
// The package knows no command. None, and no answer, is logged, kept or part of
// an error.
package pcsc

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ebfe/scard"
)

// Opts say which readers there are to be, and how long to wait.
type Opts struct {
	Reader string           // is part of the names of the readers to use; empty: any
	Limit  time.Duration    // how long a card may take for one command; 0: 4 s
	Settle time.Duration    // how long a card lies still before it is told; 0: 300 ms
	Now    func() time.Time // nil is time.Now
	Log    func(error)      // called by Run when it loses pcscd, and why; must not wait; may be nil
}

// Readers are those of this machine. A program has them once.
type Readers struct {
	opts Opts

	mu       sync.Mutex
	sessions map[string]*Session // the last one of each reader
}

// New returns the readers. It touches none.
func New(opts *Opts) *Readers {
	r := &Readers{opts: *opts, sessions: map[string]*Session{}}
	if r.opts.Limit == 0 {
		r.opts.Limit = 4 * time.Second
	}
	if r.opts.Settle == 0 {
		r.opts.Settle = 300 * time.Millisecond
	}
	if r.opts.Now == nil {
		r.opts.Now = time.Now
	}
	if r.opts.Log == nil {
		r.opts.Log = func(error) {}
	}
	return r
}

// What keeps a card from being talked to. After each, the session is over.
var (
	// ErrNoReader reports that there is no reader, or no pcscd. Run tells when there is one.
	ErrNoReader = errors.New("pcsc: no reader")
	// ErrHeld reports a card that another program, or another session, is using.
	ErrHeld = errors.New("pcsc: another program uses the card")
	// ErrMute reports a card that doesn't answer. It has to be taken away: lay it down again.
	ErrMute = errors.New("pcsc: card doesn't answer")
	// ErrGone reports a card that was taken away, or was reset. What the last command did isn't known.
	ErrGone = errors.New("pcsc: card is gone")
	// ErrEnded reports a session that was ended.
	ErrEnded = errors.New("pcsc: session has ended")
)

// reasons are what the codes of PC/SC mean here. 0x80100013, a broken line to
// pcscd, is how its death shows first.
var reasons = []struct {
	reason error
	codes  []scard.Error
}{
	{ErrNoReader, []scard.Error{scard.ErrNoService, scard.ErrServiceStopped, scard.ErrCommError, scard.ErrInvalidHandle, scard.ErrNoReadersAvailable, scard.ErrUnknownReader, scard.ErrReaderUnavailable}},
	{ErrHeld, []scard.Error{scard.ErrSharingViolation}},
	{ErrMute, []scard.Error{scard.ErrUnpoweredCard, scard.ErrUnresponsiveCard, scard.ErrUnsupportedCard, scard.ErrProtoMismatch, scard.ErrTimeout}},
	{ErrGone, []scard.Error{scard.ErrNotTransacted, scard.ErrRemovedCard, scard.ErrResetCard, scard.ErrNoSmartcard, scard.ErrCommDataLost}},
}

// reason says in this package's words why what was done failed. A code without
// one stays a number.
func reason(what string, err error) error {
	var code scard.Error
	if !errors.As(err, &code) {
		return fmt.Errorf("pcsc: %s: %w", what, err)
	}
	for _, r := range reasons {
		for _, c := range r.codes {
			if c == code {
				return fmt.Errorf("%w (%s: %08X)", r.reason, what, uint32(code))
			}
		}
	}
	return fmt.Errorf("pcsc: %s: error %08X", what, uint32(code))
}
