package printer

import (
	"errors"
	"fmt"
	"time"
)

// stopped ends a card at a write that failed.
func (d *Dev) stopped(sent int, err error) error {
	d.broke(err)
	if sent == 0 {
		d.unsent()
		return &UnsentError{d.blame(err), err}
	}
	s := d.blame(err)
	if !d.watch.bad.Ready() {
		s = d.watch.bad // before it was mended, perhaps
	}
	d.watch = watch{}
	return &UncertainError{s, sent, sent < d.body, err}
}

// unsent is the paper when no byte of a job left: the printer was set up, and
// waits for a command. But where nobody says that a cut was made, it may be lost
// with the line.
func (d *Dev) unsent() {
	if d.paper = clean; d.p.Answers < Queued {
		d.paper = torn
	}
}

// halted ends a card at a printer that stopped, or fell silent, before a part.
func (d *Dev) halted(sent int, err error) error {
	if sent > 0 {
		return d.uncertain(sent, err)
	}
	d.watch = watch{}
	d.unsent()
	s := d.blame(err)
	if errors.Is(err, errBad) {
		err = nil
	}
	return &UnsentError{s, err}
}

// uncertain ends a card whose bytes all left, or whose printer stopped between
// two of them. What the printer still holds is cleared at once: after new paper
// it would print by itself.
func (d *Dev) uncertain(sent int, err error) error {
	s, hears := d.watch.bad, true
	if s.Ready() {
		s, hears = d.why(err)
	}
	d.watch = watch{}
	if errors.Is(err, errBad) {
		err = nil
	}
	if hears && d.p.Answers == ProcessID {
		d.discard()
	}
	return &UncertainError{s, sent, sent < d.body, err}
}

// why asks a printer that fell silent what ails it. Where it is well now, that
// it was silent is all that is known.
func (d *Dev) why(err error) (s Status, hears bool) {
	if errors.Is(err, errBad) || timedOut(err) {
		s, err := d.poll()
		if err != nil {
			return d.blame(err), false
		}
		if s.Ready() {
			s.Reason = Away
		}
		return s, true
	}
	return Status{Reason: Away}, errors.Is(err, errStood)
}

// discard clears the printer's buffers in real time, even in mid-command.
func (d *Dev) discard() {
	if err := d.c.Tx([]byte{dle, dc4, 8, 1, 3, 20, 1, 6, 2, 8}, nil); err != nil { // DLE DC4 fn 8
		d.broke(err)
		return
	}
	err := d.await(answerTime, func(r reply) bool {
		return r.kind == block && string(r.data) == "\x37\x25"
	})
	if err == nil {
		d.paper = cleared
	}
}

// clear ends a command that may be open, empties the printer and cuts off
// whatever sticks out of it. Where the printer gives a proof, the cut is proved.
func (d *Dev) clear() error {
	if d.p.Answers == ProcessID && d.paper != cleared {
		d.discard()
	}
	w := append(d.setup(), d.cut()...)
	if d.paper != cleared {
		// Rows of white end an open raster; between commands NUL does nothing.
		nuls := make([]byte, max(d.p.Band*d.p.Dots/8, d.p.Buffer)+headSize)
		if d.p.Answers == Realtime {
			if err := d.nuls(nuls); err != nil {
				return fmt.Errorf("printer: clear %v: %w", d.c, err)
			}
			nuls = nil
		}
		w = append(nuls, w...)
	}
	switch d.p.Answers {
	case ProcessID:
		w = append(w, d.process()...)
	case Queued:
		w = append(w, gs, 'I', 67) // GS I 67: its answer is a block, which no card's is
	}
	err := d.pace(part{w, d.p.cutRows()})
	if err == nil {
		if err = d.c.Tx(w, nil); err != nil {
			d.broke(err)
		}
	}
	if err != nil {
		return fmt.Errorf("printer: clear %v: %w", d.c, err)
	}
	switch d.p.Answers {
	case Realtime:
		err = d.observe(d.done.Add(settle))
	case ProcessID:
		err = d.await(clearTime, func(reply) bool { return d.watch.got })
	case Queued: // what the printer still answers to earlier cards comes before it
		err = d.await(clearTime, func(r reply) bool { return r.kind == block && r.data[0] == '_' })
	}
	if err != nil {
		return fmt.Errorf("printer: clear %v: %w", d.c, err)
	}
	d.watch, d.paper, d.heads = watch{}, clean, 0
	return nil
}

// clearTime is how long it may take until a cut is made behind what is cleared.
const clearTime = 5 * time.Second
