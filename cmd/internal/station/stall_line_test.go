package station

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A mishap is a fault at a byte of a card, or before a transaction.
type mishap struct {
	at    int64
	byTx  bool
	fault printertest.Fault
}

// roughLine is the line to the printer, on which mishaps happen.
type roughLine struct {
	printer.Conn
	vp     *printertest.Printer
	serial bool // nothing breaks when the printer is switched off and on
	plan   []mishap
	txs    int64
	base   int64 // bytes before the card
	on     bool
	ills   map[printertest.Fault]bool // what happened since all was mended
	ear    ear
}

// Tx makes happen what is due.
func (l *roughLine) Tx(w, r []byte) error {
	if l.on {
		l.txs++
		for _, m := range l.plan {
			if m.byTx && m.at == l.txs {
				l.ills[m.fault] = true
				l.vp.Inject(m.fault)
			}
		}
	}
	l.ear.say(w)
	err := l.Conn.Tx(w, r)
	if err == nil {
		l.ear.hear(r)
	}
	return err
}

// Takes is what the line says.
func (l *roughLine) Takes(bytes int) time.Duration { return l.vp.Takes(bytes) }

func (l *roughLine) atByte(offset int64) printertest.Fault {
	for _, m := range l.plan {
		if l.on && !m.byTx && m.at == offset-l.base {
			l.ills[m.fault] = true
			return m.fault
		}
	}
	return printertest.None
}

// stood reports whether the line may have stood still for so long that the
// printer's answer proves nothing: who is switched off and on forgets.
func (l *roughLine) stood() bool {
	return l.serial && (l.ills[printertest.Restarted] || l.ills[printertest.Slowed] || l.ills[printertest.Hung])
}

func (l *roughLine) start(plan []mishap) {
	if l.ills == nil {
		l.ills = map[printertest.Fault]bool{}
	}
	l.plan, l.txs, l.base, l.on, l.ear = plan, 0, l.vp.Received(), true, ear{}
}

func (l *roughLine) stop() { l.on = false }

// An ear takes in answers as far as they say what became of a card: its own
// process id, and automatic status that is offline.
type ear struct {
	id         []byte
	skip       int
	block      []byte
	inBlock    bool
	proof, bad bool
}

// say learns the id from GS ( H fn 48.
func (e *ear) say(w []byte) {
	if at := bytes.Index(w, []byte("\x1d(H\x06\x0000")); at >= 0 && len(w) >= at+11 {
		e.id = w[at+7 : at+11]
	}
}

func (e *ear) hear(r []byte) {
	for _, b := range r {
		switch {
		case e.skip > 0:
			e.skip--
		case e.inBlock && b == 0:
			e.inBlock = false
			e.proof = e.proof || e.id != nil && bytes.Equal(e.block, append([]byte{0x22}, e.id...))
		case e.inBlock:
			e.block = append(e.block, b)
		case b == 0x37:
			e.inBlock, e.block = true, nil
		case b&0x93 == 0x10: // GS a
			e.skip = 3
			e.bad = e.bad || b&0x08 != 0
		case b&0x93 == 0x12: // DLE EOT
			e.bad = e.bad || b&0x08 != 0
		}
	}
}

// A cure mends an ill; an ill without one is over at once, or mended by others.
var cures = map[printertest.Fault][]printertest.Fault{
	printertest.PaperEnd:     {printertest.PaperLoaded},
	printertest.CoverOpened:  {printertest.CoverShut},
	printertest.CutterJammed: {printertest.CutterFreed},
	printertest.Overheated:   {printertest.Cooled},
	printertest.Broken:       {printertest.SwitchedOff, printertest.SwitchedOn},
	printertest.SwitchedOff:  {printertest.SwitchedOn},
	printertest.Rebooted:     nil,
	printertest.Restarted:    nil,
	printertest.Disconnected: nil,
	printertest.Hung:         {printertest.Released},
	printertest.Muted:        {printertest.Unmuted},
	printertest.Slowed:       {printertest.Quickened},
}

// mishaps are what happens during the next card: nothing, in half of them.
func (s *stall) mishaps() (plan []mishap) {
	all := slices.Sorted(maps.Keys(cures))
	for range max(s.rnd.IntN(6)-2, 0) {
		f := all[s.rnd.IntN(len(all))]
		if (f == printertest.Rebooted || f == printertest.Restarted) && !s.line.serial || f == printertest.Disconnected && s.line.serial {
			continue
		}
		m := mishap{at: int64(s.rnd.IntN(s.bytes())), fault: f}
		if s.rnd.IntN(3) == 0 {
			m = mishap{at: int64(1 + s.rnd.IntN(60)), byTx: true, fault: f}
		}
		plan = append(plan, m)
		if back := cures[f]; len(back) > 0 && s.rnd.IntN(2) == 0 { // before the kiosk may have looked
			m.at, m.fault = m.at+int64(1+s.rnd.IntN(1+int(m.at)/2)), back[0]
			plan = append(plan, m)
		}
	}
	return plan
}

// bytes is about how many a card has.
func (s *stall) bytes() int {
	return []int{30000, 9500, 3500, 700}[s.kind.Layout]
}

// mend makes all well again, as a volunteer does when the kiosk complains.
func (s *stall) mend() {
	for _, f := range slices.Sorted(maps.Keys(cures)) {
		if s.line.ills[f] {
			for _, cure := range cures[f] {
				s.vp.Inject(cure)
			}
			s.vp.Advance(2 * time.Second)
		}
	}
	if s.roll > 0 {
		s.vp.Load(s.roll)
	}
	clear(s.line.ills)
}
