package printer

// kind tells the printer's replies apart (TM-T88III specification, appendix G).
type kind int

const (
	none   kind = iota
	single      // GS r: 0xx0xxxx
	status      // DLE EOT: 0xx1xx10
	asb         // automatic status back: 0xx1xx00 and three bytes with bit 4 clear
	block       // a header, text, NUL
)

// reply is one whole answer. Data is kept by the parser until the next one.
type reply struct {
	kind kind
	byte byte    // of single and status
	asb  [4]byte // of asb
	data []byte  // of block: header and text, without the NUL
}

const (
	xon, xoff = 0x11, 0x13 // flow control: may stand between any two bytes
	maxBlock  = 128        // the longest that we ask for is GS I: 80 bytes
)

// parser cuts what the printer sends into replies. Any bytes, split anywhere,
// give some replies and never more than one a byte.
type parser struct {
	kind kind // asb or block while inside one
	asb  [4]byte
	n    int // bytes of asb
	text []byte
}

// next takes one byte and returns the reply that it completes, if any.
func (p *parser) next(b byte) reply {
	if b == xon || b == xoff {
		return reply{}
	}
	switch p.kind {
	case block:
		return p.blockByte(b)
	case asb:
		if b&0x90 == 0 {
			return p.asbByte(b)
		}
		p.kind = none // a byte was lost on the line: this one starts anew
	}
	return p.first(b)
}

func (p *parser) first(b byte) reply {
	switch {
	case b&0x90 == 0:
		return reply{kind: single, byte: b}
	case b&0x93 == 0x12:
		return reply{kind: status, byte: b}
	case b&0x93 == 0x10:
		p.kind, p.n = asb, 0
		return p.asbByte(b)
	}
	switch b {
	case 0x35, 0x37, 0x3B, 0x3D, 0x5F:
		p.kind, p.text = block, append(p.text[:0], b)
	}
	return reply{}
}

func (p *parser) asbByte(b byte) reply {
	p.asb[p.n] = b
	if p.n++; p.n < len(p.asb) {
		return reply{}
	}
	p.kind = none
	return reply{kind: asb, asb: p.asb}
}

func (p *parser) blockByte(b byte) reply {
	switch {
	case b == 0:
		p.kind = none
		return reply{kind: block, data: p.text}
	case len(p.text) == maxBlock: // no printer's block: look for a reply again
		p.kind = none
		return reply{}
	}
	p.text = append(p.text, b)
	return reply{}
}
