// Package printer drives an ESC/POS receipt printer and says what is known
// about each paper that it printed.
//
// The one invariant: [Dev.Print] reports [Printed] only when the printer's own
// answer came from behind the cut and no bad status was seen since the first
// byte. Any doubt is an [*UncertainError]; every other error means that no byte
// of the card left. Nothing is ever sent a second time by itself.
//
// A [Profile] says what a printer can do and in which [Layout] it is given its
// jobs. What it lacks is printed another way or refused before the first byte.
//
// The package knows bytes, not cards. It starts no goroutine, holds no mutex
// and no timer: a wait is a read on the wire, which has its own time limit, or
// the sleep of a moment. One goroutine at a time may use a Dev.
//
// Sources are Epson's ESC/POS reference (named by command) and the TM-T88III
// specification (named by appendix).
package printer

import (
	"fmt"
	"time"
)

// Conn is the wire to a printer. Every periph.io conn.Conn is one.
//
// A read that ends by its time limit must return an error that is
// os.ErrDeadlineExceeded. Any other error means that the line broke; the next
// Tx may then open it again, but a Tx must never do so by itself after bytes
// of an earlier one may be lost.
type Conn interface {
	String() string
	Tx(w, r []byte) error // write all of w, then read exactly len(r) bytes
}

// TxError reports a Tx that failed after Sent bytes of w had left. A Conn that
// returns any other error is taken to have sent all of w.
type TxError struct {
	Sent int
	Err  error
}

func (e *TxError) Error() string { return fmt.Sprintf("%v (%d bytes had left)", e.Err, e.Sent) }

// Unwrap returns what stopped the transaction.
func (e *TxError) Unwrap() error { return e.Err }

// Answers is the best proof that a printer gives of what it did.
type Answers int

// The classes of printers, from the least to the best proof.
const (
	Mute      Answers = iota // nothing: it is never asked
	Realtime                 // DLE EOT only: says how it is, not how far it got
	Queued                   // also GS a, GS r behind the job, and GS I by which clearing up ends
	ProcessID                // also GS ( H behind the job, and DLE DC4 8 to clear
)

var answersText = []string{"mute", "realtime", "queued", "process-id"}

func (a Answers) String() string { return named(answersText, "Answers", int(a)) }

// Opts are what a driver must know. The zero value of each field but Profile is
// usable.
type Opts struct {
	Profile  Profile
	Patience time.Duration // how long its proof may take beyond the printing time; 0 is 10 s
	Beep     bool          // sound the profile's buzzer behind each cut

	// Ping asks between parts too, for a line that a power cycle doesn't break,
	// such as a serial one. Where the Conn says how long bytes take on it
	// (Takes(bytes int) time.Duration), a part that takes much longer is a doubt.
	Ping bool

	// StopAtNearEnd begins no job while the printer says that its roll ends
	// soon, so that none is cut in two. It needs a printer with that sensor.
	StopAtNearEnd bool

	// Now is the clock; nil is time.Now. Time on another one passes while the
	// line is read.
	Now func() time.Time

	// Draw draws a character that the printer lacks, 24 dots high, for within a
	// line. Where it is nil or returns nil, the whole line is printed as drawn,
	// or refused if it isn't.
	Draw func(c rune) Raster
}

func (o Opts) filled() (Opts, error) {
	var err error
	if o.Profile, err = o.Profile.filled(); err != nil {
		return o, err
	}
	if o.Patience < 0 {
		return o, fmt.Errorf("printer: patience %v is negative", o.Patience)
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o, nil
}

// Dev is one printer.
type Dev struct {
	c     Conn
	p     Profile
	opts  Opts
	paper paper
	heads int    // NULs due behind what tore
	body  int    // bytes of the job, without its cut
	begun []byte // of a question that a full buffer cut short
	in    parser
	id    int       // the last process id given, 0..9998
	watch watch     // what was seen since the first byte of the card
	last  Status    // that the printer gave, asked or not
	stale bool      // an answer to DLE EOT may still come
	loads []load    // what the printer may hold, oldest first
	done  time.Time // when the last of them must be on paper
	real  bool      // its clock goes on by itself
}

// paper is what is known about the strip and the printer's command parser.
type paper int

const (
	unknown paper = iota // somebody may have died in mid-command before us
	clean
	torn    // a card may be half printed, a command half sent
	cleared // half a card, but the printer's buffers are known to be empty
)

// New returns the printer on c, whose caller still owns c. It sends nothing: a
// printer that is off now is found by the next [Dev.Status] or [Dev.Print],
// and each Print sets the printer up anew, because it may have been switched
// off in between. The first Print clears and cuts off what an earlier process
// may have left.
func New(c Conn, opts *Opts) (*Dev, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	if line, ok := c.(interface{ Takes(bytes int) time.Duration }); ok && o.Ping {
		o.Profile.limit(line.Takes, stall)
	}
	// Ids must differ from those of the process before, whose last one may come late.
	return &Dev{c: c, p: o.Profile, opts: o, real: opts.Now == nil, heads: headSize, id: int(o.Now().UnixMilli() % 9999)}, nil
}

func (d *Dev) String() string {
	return fmt.Sprintf("printer.Dev{%v, %d dots, %v}", d.c, d.p.Dots, d.p.Answers)
}

// Halt clears, feeds and cuts if something is left half printed.
func (d *Dev) Halt() error {
	if d.paper != torn && d.paper != cleared {
		return nil
	}
	return d.clear()
}
