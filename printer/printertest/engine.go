package printertest

import (
	"strings"
	"time"
)

// line is what lies between host and printer.
type line struct {
	out    []byte // answers on their way
	broken bool   // the host learns of it at its next Tx
	breaks int    // how often it broke
	hung   bool
	muted  bool
	asb    byte // GS a n
	sent   [4]byte
}

// input is the receive buffer and the parsers on both its sides.
type input struct {
	received int64
	recent   []byte // the last bytes received, for real-time commands
	queue    []byte
	offset   int64 // of the queue's first byte
	nuls     int   // NUL bytes just before it
	rows     int   // still to come of the open raster
	width    int   // its bytes a row
	wide     int   // how wide and how high its dots are
	high     int
	tail     []byte          // its last two bytes, for a command hidden in the data
	items    []item          // of the line that is not yet printed
	text     string          // that they say
	runs     []Run           // of it
	said     strings.Builder // since the last command, for the listing
	settings
}

// mech is everything that moves or gets hot.
type mech struct {
	off, cover, jammed, cutter, hot, broken, slow bool
	boot                                          time.Duration // deaf until then
	busy                                          bool          // deaf, and says so: flow control holds back what comes
	free                                          time.Duration // the head is busy until then
	rows                                          [][]byte      // to print before anything else
	feed                                          int           // then white rows
	cut                                           bool          // then cut
}

func (p *Printer) offline() bool {
	m := p.mech
	return m.cover || m.cutter || m.hot || m.broken || p.paper.ended()
}

// suffer makes f happen.
func (p *Printer) suffer(f Fault) {
	if f != None {
		p.note("! %v", f)
	}
	m := &p.mech
	switch f {
	case PaperEnd:
		p.paper.endless, p.paper.left = false, 0
	case PaperLoaded:
		p.loadPaper()
	case CoverOpened:
		m.cover = true
	case CoverShut:
		m.cover = false
	case CutterJammed:
		m.jammed = true
	case CutterFreed:
		m.jammed, m.cutter = false, false
	case Overheated:
		m.hot = true
	case Cooled:
		m.hot = false
	case Broken:
		m.broken = true
	case SwitchedOff:
		p.powerDown()
		m.off = true
		p.breakLine()
	case SwitchedOn:
		m.off = false
	case Rebooted:
		p.powerDown()
		m.boot = p.clock + bootTime
	case Restarted:
		p.powerDown()
		m.boot, m.busy = p.clock+2*bootTime, true
	case Disconnected:
		p.breakLine()
	case Hung:
		p.line.hung = true
	case Released:
		p.line.hung = false
	case Muted, Unmuted:
		p.line.muted = f == Muted
	case Slowed, Quickened:
		m.slow = f == Slowed
	}
	p.report()
}

// loadPaper opens the cover for it, which the host is told.
func (p *Printer) loadPaper() {
	was := p.mech.cover
	p.mech.cover = true
	p.report()
	p.mech.cover = was
	page, ok := p.paper.take(0, true)
	p.deliver(page, ok)
	p.paper.left, p.paper.endless = p.opts.Paper, p.opts.Paper == 0
	p.paper.white(p.opts.Blade)
}

// powerDown loses everything but the paper and the jam in the cutter.
func (p *Printer) powerDown() {
	p.reset()
	p.input.recent, p.input.settings = nil, initial(&p.opts)
	p.line.asb, p.line.out = 0, nil
	p.mech = mech{cover: p.mech.cover, jammed: p.mech.jammed, off: p.mech.off}
}

// reset empties both buffers, in mid-command too.
func (p *Printer) reset() {
	i := &p.input
	kept := i.settings // clearing the buffers keeps them
	*i = input{received: i.received, offset: i.received, recent: i.recent, settings: kept}
	p.mech.rows, p.mech.feed, p.mech.cut = nil, 0, false
}

func (p *Printer) breakLine() {
	p.line.broken, p.line.out = true, nil
	p.line.breaks++
}

// deaf reports that bytes get lost rather than wait.
func (p *Printer) deaf() bool { return p.mech.off || p.clock < p.mech.boot }

// room is how many bytes the printer takes now.
func (p *Printer) room() int {
	switch {
	case p.mech.busy && p.clock < p.mech.boot:
		return 0
	case p.deaf():
		return 1 << 16
	case p.line.hung:
		return 0
	}
	return max(p.opts.Buffer-len(p.input.queue), 0)
}

// receive takes one byte.
func (p *Printer) receive(b byte) {
	i := &p.input
	i.received++
	if p.deaf() {
		i.offset = i.received
	} else {
		i.queue = append(i.queue, b)
		p.realtime(b)
		p.run()
	}
	if p.opts.Fault != nil {
		if f := p.opts.Fault(i.received); f != None {
			p.suffer(f)
			p.run()
		}
	}
}

// pass lets time pass in small steps.
func (p *Printer) pass(d time.Duration) {
	for end := p.clock + d; p.clock < end; {
		p.clock = min(p.clock+tick, end)
		p.run()
	}
}

// run does whatever can be done now.
func (p *Printer) run() {
	for p.step() {
	}
}

// step does one row, one cut or one command.
func (p *Printer) step() bool {
	m := &p.mech
	if p.deaf() || p.line.hung || p.offline() || p.clock < m.free {
		return false
	}
	switch {
	case len(m.rows) > 0:
		row := m.rows[0]
		m.rows = m.rows[1:]
		p.row(row)
		return true
	case m.feed > 0:
		m.feed--
		p.row(make([]byte, p.paper.stride))
		return true
	case m.cut:
		return p.cutNow()
	case p.input.rows > 0:
		return p.rasterRow()
	}
	return p.command()
}

// row prints one row and notices the end of the roll.
func (p *Printer) row(dots []byte) {
	p.paper.put(dots)
	if p.opts.Speed > 0 {
		took := time.Second / time.Duration(p.opts.Speed)
		if p.mech.slow {
			took *= 10
		}
		p.mech.free = max(p.mech.free, p.clock-tick) + took
	}
	p.report()
}

func (p *Printer) cutNow() bool {
	if p.mech.jammed {
		p.mech.cutter = true
		p.report()
		return false
	}
	p.mech.cut = false
	if p.opts.Speed > 0 {
		p.mech.free = max(p.mech.free, p.clock) + cutRows*time.Second/time.Duration(p.opts.Speed)
	}
	page, ok := p.paper.take(p.opts.Blade, false)
	p.deliver(page, ok)
	return true
}

func (p *Printer) deliver(page Page, ok bool) {
	if ok && p.opts.Dir != "" {
		if err := page.save(p.opts.Dir); err != nil {
			p.errs = append(p.errs, err)
		}
	}
}

// drop forgets the first n bytes of the queue.
func (p *Printer) drop(n int) {
	p.input.queue = p.input.queue[n:]
	p.input.offset += int64(n)
}
