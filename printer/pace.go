package printer

import "time"

// A printer that only answers DLE EOT says nothing of itself when it stops, and
// takes no question once its buffer is full. So it is never given more than the
// buffer holds: in pieces of at most half of it, each when enough of those before
// should be on paper and it still says that all is well.

// A load is what a printer that only answers DLE EOT may still hold.
type load struct {
	bytes int
	until time.Time // then it is on paper, if nothing stopped it
}

// questions is room for those that are asked when it has stopped.
const questions = 3 + 2*4*3

// half is most bytes in one command for it.
func (p *Profile) half() int { return p.Buffer / 2 }

// kept is how large a picture may be that is printed without a stop.
func (p *Profile) kept() int {
	if p.Answers == Realtime {
		return p.half()
	}
	return p.Buffer
}

// pace waits until there is room for p, which is written next, and asks how the
// printer is.
func (d *Dev) pace(p part) error {
	if d.p.Answers != Realtime {
		return nil
	}
	now, held := d.opts.Now(), 0
	for _, l := range d.loads {
		held += l.bytes
	}
	for len(d.loads) > 0 {
		first := d.loads[0]
		if wait := first.until.Sub(now); wait > 0 {
			if held+len(p.bytes)+questions <= d.p.Buffer {
				break
			}
			if err := d.rest(wait); err != nil {
				return err
			}
			if now = d.opts.Now(); now.Before(first.until) { // a clock that stood still
				now = first.until
			}
		}
		held -= first.bytes
		d.loads = d.loads[1:]
	}
	if n := len(d.loads); n > 0 {
		now = d.loads[n-1].until
	}
	d.loads = append(d.loads, load{len(p.bytes), now.Add(time.Duration(p.rows) * time.Second / time.Duration(d.p.Speed))})
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
