package printer

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Reason says why a printer can't print.
type Reason int

// The reasons. Their codes are printed in manuals: append, never renumber.
const (
	Ready         Reason = iota
	Away                 // no answer: off, unplugged, or its buffer is full
	PaperOut             // the roll has ended
	CoverOpen            // the paper cover is open
	CutterError          // the cutter or another moving part is jammed
	Overheated           // the head is hot: it goes on by itself
	Unrecoverable        // switch it off; if it comes back, call service
	Offline              // for a reason that it doesn't name, such as the feed button
	RollLow              // the roll ends soon, and Opts.StopAtNearEnd says to stop between cards
	Refused              // the line is there, but not for us: its user lacks the right, or another holds it
)

var reasons = [...]struct{ code, text string }{
	Ready:         {"", "ready"},
	Away:          {"P-01", "no answer"},
	PaperOut:      {"P-02", "out of paper"},
	CoverOpen:     {"P-03", "cover open"},
	CutterError:   {"P-04", "cutter error"},
	Overheated:    {"P-05", "overheated"},
	Unrecoverable: {"P-06", "unrecoverable error"},
	Offline:       {"P-07", "offline"},
	RollLow:       {"P-08", "stopped for paper near end"},
	Refused:       {"P-09", "line refused"},
}

// Code is what staff read out on the phone, such as P-02. Ready has none.
func (r Reason) Code() string {
	if r < 0 || int(r) >= len(reasons) {
		return ""
	}
	return reasons[r].code
}

func (r Reason) String() string {
	if r < 0 || int(r) >= len(reasons) {
		return fmt.Sprintf("Reason(%d)", int(r))
	}
	return reasons[r].text
}

// Status is how a printer is: why it can't print, the code that staff read out
// and the key of what they are told to do. A mute one is Ready while its line
// opens, but never Known.
type Status struct {
	Reason  Reason
	NearEnd bool // the roll ends soon, on printers with that sensor
	Known   bool // the printer itself said so
}

// Ready reports whether a card may be sent.
func (s Status) Ready() bool { return s.Reason == Ready }

// Code is that of its reason.
func (s Status) Code() string { return s.Reason.Code() }

// Todo is the key, in the caller's word list, of what a person is to do, such
// as printer.P-02.do; "" where that is nothing.
func (s Status) Todo() string {
	if s.Code() == "" {
		return ""
	}
	return "printer." + s.Code() + ".do"
}

func (s Status) String() string {
	text := s.Reason.String()
	if c := s.Reason.Code(); c != "" {
		text += " (" + c + ")"
	}
	if s.NearEnd && s.Reason != RollLow {
		text += ", paper near end"
	}
	return text
}

// signs are the status bits of DLE EOT and of automatic status back, by name.
type signs struct{ offline, cover, end, near, mechanic, broken, hot bool }

// fromEOT reads the answers to DLE EOT 1..4.
func fromEOT(a [4]byte) signs {
	return signs{
		offline:  a[0]&0x08 != 0,
		cover:    a[1]&0x04 != 0,
		end:      a[1]&0x20 != 0 || a[3]&0x60 != 0,
		near:     a[3]&0x0C != 0,
		mechanic: a[2]&0x0C != 0,
		broken:   a[2]&0x20 != 0,
		hot:      a[2]&0x40 != 0,
	}
}

// fromASB reads the four bytes of automatic status back (GS a).
func fromASB(a [4]byte) signs {
	return signs{
		offline:  a[0]&0x08 != 0,
		cover:    a[0]&0x20 != 0,
		end:      a[2]&0x0C != 0,
		near:     a[2]&0x03 != 0,
		mechanic: a[1]&0x0C != 0,
		broken:   a[1]&0x20 != 0,
		hot:      a[1]&0x40 != 0,
	}
}

// status names the worst sign that a person can act on. An open cover goes
// before the paper, which is detected wrongly then (GS a, notes), and before
// the head, whose bit an open cover sets too (DLE EOT 3 bit 6).
func (s signs) status() Status {
	st := Status{NearEnd: s.near, Known: true}
	switch {
	case s.broken:
		st.Reason = Unrecoverable
	case s.mechanic:
		st.Reason = CutterError
	case s.cover:
		st.Reason = CoverOpen
	case s.end:
		st.Reason = PaperOut
	case s.hot:
		st.Reason = Overheated
	case s.offline:
		st.Reason = Offline
	}
	return st
}

// Status asks the printer how it is. An error comes with Away or Refused, and
// says what the line said.
func (d *Dev) Status() (Status, error) {
	if d.p.Answers == Mute {
		if err := d.c.Tx(nil, nil); err != nil { // opens the line, if it can be
			if d.paper == clean {
				d.paper = unknown // nobody saw what became of the last card
			}
			return lost(err), fmt.Errorf("printer: open %v: %w", d.c, err)
		}
		if s := d.beside(); s.Known {
			return s, nil
		}
		return Status{}, nil
	}
	s, err := d.poll()
	if err != nil && !timedOut(err) {
		s, err = d.poll() // an idle line may break unseen; this Tx opens it again
	}
	if err == nil {
		return d.between(s), nil
	}
	if s = d.blame(err); s.Known {
		return s, nil
	}
	if d.oneWay() {
		return s, fmt.Errorf("printer: nothing can be read on %v: set the answers of profile %q to mute, they are %v: %w", d.c, d.p.Name, d.p.Answers, err)
	}
	return s, fmt.Errorf("printer: ask %v for its status: %w", d.c, err)
}

// oneWay reports a line on which nothing can ever be read.
func (d *Dev) oneWay() bool {
	c, ok := d.c.(interface{ OneWay() bool })
	return ok && c.OneWay()
}

// between is how a printer is for a card that has not begun. One that has may
// end on a roll that is low.
func (d *Dev) between(s Status) Status {
	if s.Ready() && s.NearEnd && d.opts.StopAtNearEnd {
		s.Reason = RollLow
	}
	return s
}

// blame says what ails a printer that was in time with nothing, or said that it
// stopped, or a line that broke with err. A printer without paper takes no byte once its buffer is
// full, so that no question reaches it; what it said last holds until then.
func (d *Dev) blame(err error) Status {
	if timedOut(err) || errors.Is(err, errBad) {
		_, _ = d.drain() // what came before it broke counts too
		if !d.last.Ready() {
			return d.last
		}
		return d.beside()
	}
	return lost(err)
}

// lost is a line that broke or did not open.
func lost(err error) Status {
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EBUSY) {
		return Status{Reason: Refused}
	}
	return Status{Reason: Away}
}

// beside is what a line tells of a printer that says nothing: USB has a sign of
// the paper's end beside the stream.
func (d *Dev) beside() Status {
	if c, ok := d.c.(interface{ PaperEmpty() bool }); ok && c.PaperEmpty() {
		return Status{Reason: PaperOut, Known: true}
	}
	return Status{Reason: Away}
}

// poll asks DLE EOT 1..4, one after the other: the answers look alike, and only
// their order tells them apart.
func (d *Dev) poll() (Status, error) {
	if d.stale {
		quiet, err := d.drain()
		if err != nil {
			return Status{}, err
		}
		if !quiet { // answers to what was asked while it took no byte: the next one is none to this
			return Status{}, errSilent
		}
		d.stale = false
	}
	if err := d.headless(); err != nil {
		return Status{}, err
	}
	var a [4]byte
	for i := range a {
		b, err := d.ask(byte(i + 1))
		if err != nil {
			return Status{}, err
		}
		a[i] = b
	}
	d.last = fromEOT(a).status()
	return d.last, nil
}

// headless ends the head of a command that may be open: it would take the
// questions that follow for the size of a picture. Between commands NUL does
// nothing, and in a picture it is white.
func (d *Dev) headless() error {
	if d.heads == 0 {
		return nil
	}
	err := d.c.Tx(make([]byte, d.heads), nil)
	if err != nil {
		d.heads -= left(err, d.heads)
		d.broke(err)
		return err
	}
	d.heads = 0
	return nil
}
