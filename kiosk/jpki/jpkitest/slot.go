package jpkitest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// A Slot is where a card lies on a reader of vpcd's: what is put there, pcscd
// finds, and what is taken away it misses. pcscd looks every 400 ms.
//
// It outlives pcscd: a card that lies there is found again by the next one.
type Slot struct {
	mu   sync.Mutex
	card *Card
	link *net.TCPConn // while vpcd has the card
	busy bool         // a command is being answered
	wake chan struct{}
}

// NewSlot returns one with nothing on it.
func NewSlot() *Slot { return &Slot{wake: make(chan struct{}, 1)} }

// Insert puts a card down; one that lies there goes away.
func (s *Slot) Insert(c *Card) {
	c.PutBack()
	s.change(c, false)
}

// Remove takes the card away between two commands.
func (s *Slot) Remove() { s.change(nil, false) }

// Pull takes the card away as a hand does: if a command is being answered, in the
// middle of it.
func (s *Slot) Pull() { s.change(nil, true) }

func (s *Slot) change(c *Card, torn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(torn && s.busy)
	s.card = c
	select {
	case s.wake <- struct{}{}:
	default: // it is going to look anyway
	}
}

// drop ends the link. A torn answer, two bytes promised and none sent before a
// reset, is what pcscd reports as not transacted; after a mere end it would say
// that an answer of no bytes came.
func (s *Slot) drop(torn bool) {
	if s.link == nil {
		return
	}
	if torn {
		_ = s.link.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = s.link.Write([]byte{0x00, 0x02})
		_ = s.link.SetLinger(0)
	}
	_ = s.link.Close()
	if s.card != nil {
		s.card.PowerDown()
	}
	s.link = nil
}

// Run serves vpcd at an address until ctx ends. Whatever fails there is the
// reader's being away: it is tried again.
func (s *Slot) Run(ctx context.Context, address string) error {
	defer s.Remove()
	for {
		if card := s.lying(); card != nil && s.dial(ctx, address, card) {
			s.serve(ctx, card)
		}
		again := time.NewTimer(200 * time.Millisecond)
		select {
		case <-ctx.Done():
			again.Stop()
			return nil
		case <-s.wake:
			again.Stop()
		case <-again.C:
		}
	}
}

func (s *Slot) lying() *Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.card
}

// dial reports whether vpcd has the card now.
func (s *Slot) dial(ctx context.Context, address string, card *Card) bool {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	link, tcp := conn.(*net.TCPConn)
	if !tcp || s.card != card { // it was taken away in the meantime
		_ = conn.Close()
		return false
	}
	card.PowerDown() // it had no reader until now
	s.link = link
	return true
}

// serve answers vpcd until the card or vpcd goes away: two bytes of length, then
// that many of a command; one byte alone is about power.
func (s *Slot) serve(ctx context.Context, card *Card) {
	s.mu.Lock()
	link := s.link
	s.mu.Unlock()
	if link == nil {
		return
	}
	defer context.AfterFunc(ctx, func() { _ = link.Close() })()
	defer s.lost(link)
	frame := make([]byte, 2+0xFFFF)
	for {
		n, err := receive(link, frame)
		if err != nil {
			return
		}
		answer, end := s.answer(card, frame[2:2+n])
		clear(frame[:2+n]) // a PIN may have been there
		if end || answer != nil && !s.send(link, answer) {
			return
		}
	}
}

// answer returns nothing where none is due. At its end the card is away.
func (s *Slot) answer(card *Card, frame []byte) (answer []byte, end bool) {
	if len(frame) == 1 {
		return power(card, frame[0]), false
	}
	s.mu.Lock()
	s.busy = true
	s.mu.Unlock()
	answer, err := card.Transmit(frame)
	switch {
	case errors.Is(err, ErrPulled):
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.card == card {
			s.drop(true)
			s.card, s.busy = nil, false
		}
		return nil, true
	case err != nil: // mute, or without power: vpcd waits for ever, until the card is taken away
		return nil, false
	}
	return answer, false
}

// power does what a control byte says; only the ATR is asked for.
func power(card *Card, control byte) []byte {
	switch control {
	case 0:
		card.PowerDown()
	case 1:
		card.PowerUp()
	case 2:
		card.Reset()
	case 4:
		return card.ATR()
	}
	return nil
}

func (s *Slot) send(link *net.TCPConn, answer []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = false
	if s.link != link {
		return false
	}
	_, err := link.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	return err == nil
}

// lost notes that vpcd is gone, if the card isn't.
func (s *Slot) lost(link *net.TCPConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = false
	if s.link == link {
		s.drop(false)
	}
	_ = link.Close()
}

// receive reads one frame: its length comes in a packet of its own, which vpcd
// delays for 40 ms unless the one before was acknowledged at once.
func receive(link *net.TCPConn, frame []byte) (int, error) {
	acknowledge(link)
	if _, err := io.ReadFull(link, frame[:2]); err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint16(frame))
	acknowledge(link)
	_, err := io.ReadFull(link, frame[2:2+n])
	return n, err
}
