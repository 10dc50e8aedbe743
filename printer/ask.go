package printer

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// answerTime is how long a real-time answer may take: the wire's way, and a
// printer that is busy with a cut.
const answerTime = time.Second

// errSilent is the end of a wait.
var errSilent = fmt.Errorf("no answer in time: %w", os.ErrDeadlineExceeded)

func timedOut(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// watch is what was seen since the first byte of the card.
type watch struct {
	id  string // of the process, as the answer carries it
	got bool   // the proof came
	bad Status // the first bad status before it
}

// over reports whether nothing that still comes can change the verdict.
func (w *watch) over() bool { return w.got || !w.bad.Ready() }

// powerOn begins the notice of a printer that was switched on: nothing that is
// asked here is answered by such a block.
const powerOn = 0x3B

// note takes in a reply that may come at any time.
func (d *Dev) note(r reply) {
	switch r.kind {
	case asb:
		d.last = fromASB(r.asb).status()
		d.suspect(d.last)
	case single: // GS r 1: bits 2, 3 are the paper end
		if r.byte&0x0C != 0 {
			d.suspect(Status{Reason: PaperOut, Known: true})
		}
		if d.p.Answers == Queued && d.watch.id != "" { // clearing up saw to it that no earlier one is under way
			d.watch.got = true
		}
	case block:
		if r.data[0] == powerOn {
			d.suspect(Status{Reason: Away})
		}
		if d.watch.id != "" && string(r.data) == "\x37\x22"+d.watch.id { // GS ( H fn 48
			d.watch.got = true
		}
	}
}

func (d *Dev) suspect(s Status) {
	if !s.Ready() && !d.watch.over() {
		d.watch.bad = s
	}
}

// await reads until want is true of a reply, or limit has passed.
func (d *Dev) await(limit time.Duration, want func(reply) bool) error {
	end := d.opts.Now().Add(limit)
	var b [1]byte
	for {
		err := d.c.Tx(nil, b[:])
		if err != nil && !timedOut(err) {
			d.hangUp()
			return err
		}
		if err == nil {
			if r := d.in.next(b[0]); r.kind != none {
				d.note(r)
				if want(r) {
					return nil
				}
			}
		}
		if !d.opts.Now().Before(end) {
			return errSilent
		}
	}
}

// hangUp forgets what belonged to the line that broke.
func (d *Dev) hangUp() { d.in, d.stale, d.begun = parser{}, false, nil }

// ask sends DLE EOT n and returns its answer.
func (d *Dev) ask(n byte) (answer byte, err error) {
	if err := d.question(n); err != nil {
		return 0, err
	}
	err = d.await(answerTime, func(r reply) bool {
		answer = r.byte
		return r.kind == status
	})
	if timedOut(err) {
		d.stale, d.in = true, parser{} // half an answer, of before it was switched off, would swallow all others
	}
	return answer, err
}

// question sends DLE EOT n, behind what is left of one that a full buffer cut
// short: half of one would spoil the next.
func (d *Dev) question(n byte) error {
	rest, q := len(d.begun), []byte{dle, eot, n}
	err := d.c.Tx(append(d.begun, q...), nil)
	if err == nil {
		d.begun = nil
		return nil
	}
	switch sent := left(err, rest+len(q)); {
	case sent < rest:
		d.begun = d.begun[sent:]
	case sent > rest:
		d.begun = q[sent-rest:]
	default:
		d.begun = nil
	}
	d.broke(err)
	return err
}

// broke forgets the line unless err only says that it is slow.
func (d *Dev) broke(err error) {
	if !timedOut(err) {
		d.hangUp()
	}
}

// drain takes in what already came, up to a pause. It ends without one where
// more came than fits its time.
func (d *Dev) drain() (quiet bool, err error) {
	end := d.opts.Now().Add(answerTime)
	var b [1]byte
	for d.opts.Now().Before(end) {
		err := d.c.Tx(nil, b[:])
		if timedOut(err) {
			return true, nil
		}
		if err != nil {
			d.hangUp()
			return false, err
		}
		d.note(d.in.next(b[0]))
	}
	return false, nil
}
