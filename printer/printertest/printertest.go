// Package printertest is a virtual ESC/POS printer that behaves: its paper runs
// out in mid-card and is loaded again, its cover is opened, its cutter jams, it
// is switched off, and it answers as its class does.
//
// The one invariant: what a real printer would do next follows from the bytes
// received, the faults injected and the time passed, and from nothing else. It
// is strict: an unknown or malformed command is kept as an error with its
// offset. One without letters prints bytes outside commands as bars, so that a
// spoilt page never looks whole.
//
// A Printer is a printer.Conn in memory, and serves TCP or a pseudo-terminal.
// In memory, time is virtual: it passes only while a Tx waits.
package printertest

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"pointkiosk/printer"
)

// A Fault is something that happens to a printer, for ill or good.
type Fault int

// The faults, each bad one before what mends it. Everything inside a printer
// but its paper is lost when it is switched off.
const (
	None         Fault = iota
	PaperEnd           // the roll ends here
	PaperLoaded        // a new roll; what hung out of the old one is torn off
	CoverOpened        //
	CoverShut          //
	CutterJammed       // noticed at the next cut
	CutterFreed        // by a person, who shuts the cover again
	Overheated         //
	Cooled             //
	Broken             // unrecoverable until switched off
	SwitchedOff        // the line breaks with it
	SwitchedOn         //
	Rebooted           // off and on, on a serial line: nothing breaks, a second of bytes is lost
	Restarted          // off and on behind flow control: the bytes of two seconds wait
	Disconnected       // the line breaks, the printer goes on; the next Tx connects again
	Hung               // takes no byte
	Released           //
	Muted              // prints, but its answers wait
	Unmuted            //
	Slowed             // prints at a tenth of its speed
	Quickened          //
)

var faultText = [...]string{
	"none", "paper end", "paper loaded", "cover opened", "cover shut", "cutter jammed", "cutter freed",
	"overheated", "cooled", "broken", "switched off", "switched on", "rebooted", "restarted", "disconnected", "hung", "released",
	"muted", "unmuted", "slowed", "quickened",
}

func (f Fault) String() string { return faultText[f] }

// Faults are all that can happen.
func Faults() (all []Fault) {
	for f := PaperEnd; int(f) < len(faultText); f++ {
		all = append(all, f)
	}
	return all
}

// ParseFault reads what String wrote.
func ParseFault(text string) (Fault, error) {
	for _, f := range Faults() {
		if f.String() == text {
			return f, nil
		}
	}
	return None, fmt.Errorf("printertest: no fault %q", text)
}

// Opts describes a printer and its roll. The zero value of each field but Dots
// is usable.
type Opts struct {
	Dots    int
	Answers printer.Answers
	Skills  Skills
	Paper   int                      // rows left on the roll; 0 is without end
	NearEnd int                      // rows left at which near end is reported; 0 is never
	Blade   int                      // rows from head to blade: each page begins with them, white
	Buffer  int                      // bytes of receive buffer; 0 is 4096
	Speed   int                      // rows a second, and a cut takes its time; 0 is at once
	Baud    int                      // of a serial line in memory, ten bits a byte; 0 takes no time
	Dir     string                   // where each page is written as page-0001.png; "" is nowhere
	OnPage  func(Page)               // called after each page, outside the printer
	Fault   func(offset int64) Fault // called after that many bytes were received; must not call the printer
	Sleep   func(time.Duration)      // waits for real too: a driver on the real clock needs it; nil is virtual time alone
}

// The time limits of a Tx in memory, like those of package wire.
const (
	readLimit  = 500 * time.Millisecond
	writeLimit = 5 * time.Second
	tick       = 10 * time.Millisecond
	bootTime   = time.Second
	cutRows    = 160 // that are printed while it cuts: 0.4 s at 50 mm/s; a printer that is fast for a test is fast at that too
)

// Printer is one virtual printer. Its methods may be called at any time from
// any goroutine.
type Printer struct {
	mu    sync.Mutex
	opts  Opts
	clock time.Duration // since the printer was unpacked
	line  line
	input input
	mech  mech
	paper roll
	log   []string
	errs  []error
	told  int           // pages that OnPage has seen
	way   time.Duration // that bytes were on the line, and that has not passed
}

// New returns a printer that is on, with paper in it. If opts.Dir holds pages
// already, new ones are numbered behind them.
func New(opts *Opts) (*Printer, error) {
	o := *opts
	if o.Dots <= 0 || o.Dots%8 != 0 {
		return nil, fmt.Errorf("printertest: %d dots is no whole number of bytes", o.Dots)
	}
	if o.Buffer == 0 {
		o.Buffer = 4096
	}
	p := &Printer{opts: o}
	p.input.settings = initial(&o)
	p.paper = roll{stride: o.Dots / 8, left: o.Paper, endless: o.Paper == 0}
	p.paper.white(o.Blade)
	if o.Dir != "" {
		last, err := lastPage(o.Dir)
		if err != nil {
			return nil, err
		}
		p.paper.numbered = last
	}
	return p, nil
}

func (p *Printer) String() string { return fmt.Sprintf("virtual:%s", p.opts.Dir) }

// Now is the printer's clock, for printer.Opts.
func (p *Printer) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Date(2019, 5, 5, 11, 0, 0, 0, time.UTC).Add(p.clock)
}

// Advance lets d pass, for a person who takes time to mend something.
func (p *Printer) Advance(d time.Duration) {
	defer p.tell()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass(d)
}

// Inject makes f happen now.
func (p *Printer) Inject(f Fault) {
	defer p.tell()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.suffer(f)
	p.run()
}

// Load puts in a roll of that many rows; 0 is one without end.
func (p *Printer) Load(rows int) {
	p.mu.Lock()
	p.opts.Paper = rows
	p.mu.Unlock()
	p.Inject(PaperLoaded)
}

// Pages are the papers that came out so far, torn ones too. A strip without a
// dot is not one.
func (p *Printer) Pages() []Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Page(nil), p.paper.pages...)
}

// Strip is what hangs out of the printer, not yet cut.
func (p *Printer) Strip() Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Page{Dots: p.opts.Dots, Bits: append([]byte(nil), p.paper.strip...)}
}

// Received is how many bytes have come in.
func (p *Printer) Received() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.input.received
}

// Listing names the commands received, one a line, for people and golden files.
func (p *Printer) Listing() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n") + "\n"
}

// Errors are the complaints of a strict printer, each with its byte's offset.
func (p *Printer) Errors() []error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]error(nil), p.errs...)
}

func (p *Printer) note(format string, args ...any) {
	p.log = append(p.log, fmt.Sprintf(format, args...))
}

func (p *Printer) complain(offset int64, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("printertest: byte %d: %s", offset, fmt.Sprintf(format, args...)))
}

// tell shows new pages to OnPage, without the lock.
func (p *Printer) tell() {
	p.mu.Lock()
	fresh := append([]Page(nil), p.paper.pages[p.told:]...)
	p.told = len(p.paper.pages)
	p.mu.Unlock()
	for _, page := range fresh {
		if p.opts.OnPage != nil {
			p.opts.OnPage(page)
		}
	}
}
