package printer

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Proof says how sure it is that a card lies whole in the tray.
type Proof int

// The proofs. With any error there is none.
const (
	NoProof  Proof = iota
	Presumed       // all bytes left; this printer can't say more
	Printed        // the printer said so, from behind the cut
)

func (p Proof) String() string {
	switch p {
	case Presumed:
		return "presumed"
	case Printed:
		return "printed"
	}
	return "no proof"
}

// UncertainError reports that bytes of a card left and nobody knows what came
// of them. Look at the paper; the next Print cuts off what is left of it.
type UncertainError struct {
	Status Status // the first bad status, or what the printer said when asked
	Sent   int    // bytes of the card that left, at most
	Torn   bool   // some of its end never left: no paper of it can be whole
	Err    error  // what the line said, if that was it
}

func (e *UncertainError) Error() string {
	text := fmt.Sprintf("printer: uncertain after %d bytes: %v", e.Sent, e.Status)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns what the line said.
func (e *UncertainError) Unwrap() error { return e.Err }

// UnsentError reports that no byte of the card left. Mend what Status names
// and print again: nothing is lost.
type UnsentError struct {
	Status Status
	Err    error
}

func (e *UnsentError) Error() string {
	text := fmt.Sprintf("printer: nothing sent: %v", e.Status)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns what the line said.
func (e *UnsentError) Unwrap() error { return e.Err }

// Print prints a job in the profile's layout, cuts, and waits for the proof that
// this printer gives. It asks for the status first and sends nothing while that
// is bad, or if the job can't be printed: it has a character that is nowhere, or
// a row, black to the edges, that would be a command wherever it begins.
//
// After an [*UncertainError] bytes have left. After every other error none of
// the job has.
func (d *Dev) Print(job ...Raster) (Proof, error) {
	s, err := d.encode(job)
	if err != nil {
		return NoProof, err
	}
	if _, err := d.Prepare(); err != nil {
		return NoProof, err
	}
	return d.send(s)
}

// Prepare makes the printer ready for the first byte of a job: what is left of
// an earlier one is cleared and cut off, and the printer is set up. Print does
// so by itself; ask for it before where much depends on a job that is begun. The
// status is that of a printer that is ready, or in its error, an [*UnsentError].
func (d *Dev) Prepare() (Status, error) {
	d.watch = watch{}
	s, err := d.ready()
	if err != nil {
		return s, err
	}
	if d.paper != clean {
		if err := d.clear(); err != nil {
			return d.unprepared(err)
		}
		if s, err = d.ready(); err != nil {
			d.paper = torn // the cut may have failed
			return s, err
		}
	}
	if err := d.c.Tx(d.setup(), nil); err != nil {
		d.paper, d.heads = torn, headSize // half a command may wait there
		d.broke(err)
		return d.unprepared(err)
	}
	return s, nil
}

// unprepared is a printer that said it was ready, and then took nothing.
func (d *Dev) unprepared(err error) (Status, error) {
	s := d.blame(err)
	return s, &UnsentError{s, err}
}

func (d *Dev) ready() (Status, error) {
	s, err := d.Status()
	if err != nil || !s.Ready() {
		return s, &UnsentError{s, err}
	}
	return s, nil
}

// setup initializes. ESC @ ends automatic status back, so GS a follows it.
func (d *Dev) setup() []byte {
	w := []byte{esc, '@'}
	if d.p.Answers >= Queued {
		w = append(w, gs, 'a', 0xFF)
	}
	if dpi := byte(d.p.Motion); dpi > 0 {
		w = append(w, gs, 'P', dpi, dpi) // GS P: a motion unit is a dot
	}
	if n := d.p.Density; n > 0 {
		w = append(w, d.p.Densities[n-1]...)
	}
	return w
}

func (d *Dev) send(s *stream) (Proof, error) {
	d.watch, d.paper, d.heads, d.body = watch{}, torn, headSize, 0
	for _, p := range s.parts {
		d.body += len(p.bytes)
	}
	sent := 0
	for _, part := range s.parts {
		if err := d.give(part, &sent); err != nil {
			return NoProof, err
		}
		if err := d.ping(); err != nil {
			return NoProof, d.uncertain(sent, err)
		}
	}
	if err := d.give(part{d.tail(), d.p.cutRows()}, &sent); err != nil {
		return NoProof, err
	}
	if err := d.prove(d.p.time(s.rows)); err != nil {
		return NoProof, d.uncertain(sent, err)
	}
	d.watch, d.paper, d.heads = watch{}, clean, 0
	if d.p.Answers >= Queued {
		d.loads = nil // it holds nothing more
		return Printed, nil
	}
	return Presumed, nil
}

// give writes a part when there is room for it. An error ends the card.
func (d *Dev) give(p part, sent *int) error {
	if err := d.pace(p); err != nil {
		return d.halted(*sent, err)
	}
	stood, err := d.write(p)
	if err != nil {
		*sent += left(err, len(p.bytes))
		return d.stopped(*sent, err)
	}
	if *sent += len(p.bytes); stood {
		return d.uncertain(*sent, errStood)
	}
	return nil
}

// stall is how much longer than it should a part may take on its way. A printer
// that was switched off and on again needs more.
const stall = 500 * time.Millisecond

// errStood is a line that carried nothing for so long that the printer may have
// been switched off and on meanwhile.
var errStood = errors.New("the line stood still, and the printer may have forgotten what came before")

// write writes p, and reports whether the line stood still meanwhile.
func (d *Dev) write(p part) (stood bool, err error) {
	late := d.timed(p)
	if d.opts.Ping && d.p.Answers != Realtime { // pace noted it
		now := d.opts.Now()
		d.loads = slices.DeleteFunc(d.loads, func(l load) bool { return !l.until.After(now) })
		d.hold(now, p)
	}
	err = d.c.Tx(p.bytes, nil)
	return late(), err
}

// timed returns what tells, once p went, whether it took so long that the
// printer may have been switched off and on: behind flow control bytes wait for
// that, and go on as if nothing had happened. A line that breaks needs no clock.
func (d *Dev) timed(p part) (late func() bool) {
	line, ok := d.c.(interface{ Takes(bytes int) time.Duration })
	if !ok || !d.opts.Ping || d.p.Answers == Mute {
		return func() bool { return false }
	}
	began := d.opts.Now()
	end := began.Add(d.waits(began, len(p.bytes)) + line.Takes(len(p.bytes)) + d.p.time(p.rows) + stall)
	return func() bool { return d.opts.Now().After(end) }
}

// left returns how many of n bytes a failed Tx took away.
func left(err error, n int) int {
	if e, ok := errors.AsType[*TxError](err); ok {
		return e.Sent
	}
	return n
}

// tail is the cut, and behind it the question whose answer is the proof.
func (d *Dev) tail() []byte {
	w := d.cut()
	if d.opts.Beep {
		w = append(w, d.p.Buzzer...)
	}
	switch d.p.Answers {
	case ProcessID:
		w = append(w, d.process()...)
	case Queued:
		d.watch.id = "GS r"
		w = append(w, gs, 'r', 1) // GS r 1
	}
	return w
}

// process is GS ( H fn 48 with the next id, whose answer is watched for.
func (d *Dev) process() []byte {
	d.id = d.id%9999 + 1 // "0001" to "9999", as the reference advises
	d.watch.id = fmt.Sprintf("%04d", d.id)
	return append([]byte{gs, '(', 'H', 6, 0, 48, 48}, d.watch.id...)
}

// cut feeds to the blade and cuts (GS V 65 n, 66 n), or feeds to where a hand
// can tear.
func (d *Dev) cut() []byte {
	switch d.p.Cutter {
	case Full:
		return []byte{gs, 'V', 65, byte(d.p.Feed)}
	case NoCutter:
		return feed(d.p.Blade + d.p.Feed)
	}
	return []byte{gs, 'V', 66, byte(d.p.Feed)}
}

// errBad stops a card for a bad status, which is in the watch.
var errBad = errors.New("the printer stopped")

// ping asks between parts, and while it waits for the proof, if it was told to
// and pace does not.
func (d *Dev) ping() error {
	if !d.opts.Ping || d.p.Answers <= Realtime {
		return nil
	}
	late := d.timed(part{[]byte{dle, eot, 1}, 0})
	b, err := d.ask(1)
	if err != nil {
		return err
	}
	if late() {
		return errStood
	}
	if b&0x08 != 0 { // offline; who says why is asked later
		return errBad
	}
	return d.bad()
}

func (d *Dev) bad() error {
	if !d.watch.bad.Ready() {
		return errBad
	}
	return nil
}

// prove waits for the proof.
func (d *Dev) prove(printing time.Duration) error {
	switch d.p.Answers {
	case Mute:
		if s := d.beside(); s.Known { // it stopped, as USB knows
			d.suspect(s)
		}
		return d.bad()
	case Realtime:
		return d.observe(d.done.Add(settle))
	}
	const step = time.Second / 2 // no printer is up again in less after a power cycle
	end := d.opts.Now().Add(printing + d.opts.Patience)
	for !d.watch.over() {
		err := d.await(step, func(reply) bool { return d.watch.over() })
		if err != nil && !timedOut(err) {
			return err
		}
		if d.watch.over() {
			break
		}
		if !d.opts.Now().Before(end) {
			return errSilent
		}
		if err := d.ping(); err != nil {
			return err
		}
	}
	if d.p.Answers == Queued && d.bad() == nil { // one byte may be what is left of another answer
		s, err := d.poll()
		if err != nil {
			return err
		}
		if !s.Ready() {
			d.watch.bad = s
		}
	}
	return d.bad()
}

// settle is how long the cut takes after the last row.
const settle = 1500 * time.Millisecond

// observe polls the status until the card must be out.
func (d *Dev) observe(end time.Time) error {
	for {
		s, err := d.poll()
		if err != nil {
			return err
		}
		if d.suspect(s); !s.Ready() {
			return errBad
		}
		if !d.opts.Now().Before(end) {
			return nil
		}
		if _, err := d.drain(); err != nil { // also the pause between two questions
			return err
		}
	}
}
