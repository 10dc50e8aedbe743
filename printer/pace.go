package printer

import (
	"slices"
	"time"
)

// A printer that only answers DLE EOT says nothing of itself when it stops, and
// takes no question once its buffer is full. So it is never given more than the
// buffer holds: in pieces of at most half of it, each when enough of those before
// should be on paper and it still says that all is well.

// A load is what a printer may still hold.
type load struct {
	bytes int
	rows  int
	until time.Time // then it is on paper, if nothing stopped it
}

// questions is room for those that are asked when it has stopped, and for the
// NULs before them.
const questions = 3 + 2*4*3 + headSize

// cutRows is how many rows pass before the next job is printed: the feed to the
// blade, and those of the half second that a cut takes at most.
func (p *Profile) cutRows() int { return p.Blade + p.Feed + p.Speed/2 }

// half is most bytes in one command for it.
func (p *Profile) half() int { return p.Buffer / 2 }

// kept is how large a picture may be that is printed without a stop.
func (p *Profile) kept() int {
	most := p.Buffer
	if p.Answers == Realtime {
		most = p.half()
	}
	if p.part > 0 {
		most = min(most, p.part)
	}
	return most
}

// limit lets no command take longer than most on a line on which bytes take so
// long: a printer that is switched off and on meanwhile is asked before it is up
// again. What it swallowed is seen by nothing else.
func (p *Profile) limit(takes func(bytes int) time.Duration, most time.Duration) {
	const many = 1 << 16
	if all := takes(many); all > 0 {
		p.part = max(int(many*most/all), placeSize+headSize+p.Dots/8)
		p.Band = min(p.Band, (p.part-placeSize-headSize)/(p.Dots/8))
	}
}

// due forgets what must be on paper by now, and returns when there will be room
// for so many bytes more.
func (d *Dev) due(now time.Time, bytes int) time.Time {
	held := bytes
	for _, l := range d.loads {
		held += l.bytes
	}
	at := now
	for len(d.loads) > 0 {
		first := d.loads[0]
		if first.until.After(now) {
			if held <= d.p.Buffer {
				break
			}
			at = first.until
		}
		held -= first.bytes
		d.loads = d.loads[1:]
	}
	return at
}

// spinUp is how long a motor takes to be at its speed.
const spinUp = 50 * time.Millisecond

// hold notes what is written next.
func (d *Dev) hold(now time.Time, p part) {
	begins := now.Add(spinUp)
	if n := len(d.loads); n > 0 && d.loads[n-1].until.After(now) {
		begins = d.loads[n-1].until
	}
	d.done = begins.Add(d.p.time(p.rows) * 17 / 16) // no motor is as even as a clock
	d.loads = append(d.loads, load{len(p.bytes), p.rows, d.done})
}

// waits is how long so many bytes may have to wait for room. The printer took
// all that was sent before, so that no more than its buffer can be unprinted.
func (d *Dev) waits(now time.Time, bytes int) time.Duration {
	held, rows := 0, 0
	for _, l := range slices.Backward(d.loads) {
		if held >= d.p.Buffer || !l.until.After(now) {
			break
		}
		held, rows = held+l.bytes, rows+l.rows
	}
	if held+bytes <= d.p.Buffer {
		return 0
	}
	return d.p.time(rows)
}

// time is how long so many rows take at most.
func (p *Profile) time(rows int) time.Duration {
	return time.Duration(rows) * time.Second / time.Duration(p.Speed)
}

// pace waits until there is room for p, which is written next, and asks how the
// printer is.
func (d *Dev) pace(p part) error {
	if d.p.Answers != Realtime {
		return nil
	}
	now := d.opts.Now()
	if at := d.due(now, len(p.bytes)+questions); at.After(now) {
		if err := d.rest(at.Sub(now)); err != nil {
			return err
		}
		if now = d.opts.Now(); now.Before(at) { // a clock that stood still
			now = at
		}
	}
	d.hold(now, p)
	return d.peek()
}

// rest waits. A read would take as long as the line's time limit, which is too
// long here.
func (d *Dev) rest(t time.Duration) error {
	if d.real {
		time.Sleep(t)
		return nil
	}
	if err := d.await(t, func(reply) bool { return false }); !timedOut(err) {
		return err // the line broke: what comes next must not go over a new one
	}
	return nil
}

// peek asks DLE EOT 2, of which one answer says whether there is paper and the
// cover is shut: after the paper's end there may be no room for more questions.
func (d *Dev) peek() error {
	b, err := d.ask(2)
	if err != nil {
		return err
	}
	s := fromEOT([4]byte{0x12, b, 0x12, 0x12}).status()
	if !s.Ready() {
		d.last = s
		d.suspect(d.last)
		return errBad
	}
	if b&0x40 == 0 {
		return nil
	}
	if s, err = d.poll(); err == nil { // an error: which one?
		d.suspect(s)
		err = errBad
	}
	return err
}

// nuls sends them in pieces.
func (d *Dev) nuls(all []byte) error {
	for len(all) > 0 {
		n := min(max(d.p.half(), 1), len(all))
		if err := d.pace(part{all[:n], n / (d.p.Dots / 8)}); err != nil {
			return err
		}
		if err := d.c.Tx(all[:n], nil); err != nil {
			d.broke(err)
			return err
		}
		all = all[n:]
	}
	return nil
}
