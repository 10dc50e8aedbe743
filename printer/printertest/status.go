package printertest

import "pointkiosk/printer"

func bit(on bool, mask byte) byte {
	if on {
		return mask
	}
	return 0
}

func (p *Printer) nearEnd() bool {
	return !p.paper.endless && p.paper.left <= p.opts.NearEnd
}

// eot is the answer to DLE EOT n.
func (p *Printer) eot(n byte) byte {
	const fixed = 0x12
	m, end := p.mech, p.paper.ended()
	switch n {
	case 1:
		return fixed | bit(p.offline(), 0x08)
	case 2:
		return fixed | bit(m.cover, 0x04) | bit(end, 0x20) | bit(m.cutter || m.hot || m.broken, 0x40)
	case 3:
		return fixed | bit(m.cutter, 0x08) | bit(m.broken, 0x20) | bit(m.hot, 0x40)
	}
	return fixed | bit(p.nearEnd(), 0x0C) | bit(end, 0x60)
}

// back is the four bytes of automatic status back.
func (p *Printer) back() [4]byte {
	m := p.mech
	return [4]byte{
		0x10 | bit(p.offline(), 0x08) | bit(m.cover, 0x20),
		bit(m.cutter, 0x08) | bit(m.broken, 0x20) | bit(m.hot, 0x40),
		bit(p.nearEnd(), 0x03) | bit(p.paper.ended(), 0x0C),
		0x0F,
	}
}

// report sends automatic status back if it is on and something changed.
func (p *Printer) report() {
	now := p.back()
	if p.line.asb == 0 || now == p.line.sent || p.deaf() {
		return
	}
	p.line.sent = now
	p.answer(now[:]...)
}

// answer sends bytes to the host, if the line holds.
func (p *Printer) answer(b ...byte) {
	if p.opts.Answers != printer.Mute && !p.line.broken && !p.deaf() {
		p.line.out = append(p.line.out, b...)
	}
}

const dle = 0x10

// realtime obeys DLE EOT, DLE ENQ and DLE DC4 8 on reception, whatever b is a
// part of for the parser behind the buffer.
func (p *Printer) realtime(b byte) {
	r := p.input.recent
	if p.opts.Answers == printer.Mute {
		return
	}
	if b == dle { // none of the sequences has one inside
		p.input.recent = []byte{dle}
		return
	}
	if len(r) == 0 {
		return
	}
	r = append(r, b)
	p.input.recent = nil
	switch {
	case len(r) == 2 && (b == 0x04 || b == 0x05 || b == 0x14):
		p.input.recent = r
	case len(r) == 3 && r[1] == 0x04 && b >= 1 && b <= 4:
		p.note("ask status %d", b)
		p.answer(p.eot(b))
	case len(r) == 3 && r[1] == 0x05 && b <= 2:
		p.recover(b)
	case r[1] == 0x14 && len(r) <= len(clearSequence) && string(r) == clearSequence[:len(r)]:
		p.input.recent = r
		if len(r) == len(clearSequence) && p.opts.Answers == printer.ProcessID {
			p.input.recent = nil
			p.note("clear")
			p.reset()
			p.answer(0x37, 0x25, 0)
		}
	}
}

// clearSequence is DLE DC4 fn 8 with its fixed parameters.
const clearSequence = "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"

// recover is DLE ENQ 1 and 2: only for the cutter, once it can move again.
func (p *Printer) recover(n byte) {
	p.note("recover %d", n)
	if !p.mech.cutter {
		return
	}
	if n == 2 {
		p.reset()
	}
	p.mech.cutter = false
	p.report()
}
