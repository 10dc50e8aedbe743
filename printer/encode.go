package printer

import "fmt"

// Control codes, by their names in the reference.
const (
	eot = 0x04
	enq = 0x05
	dle = 0x10
	dc4 = 0x14
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
)

// A band is some rows of a page sent by one command.
type band struct {
	from, to int
	feed     bool // all white, and fed instead of printed
	centre   bool // in the middle, so that left need not be said
	left     int  // the dot at which its data begin
	width    int  // their bytes a row
}

// bands divides p. A boundary lies, by preference, at a white row; then where a
// row differs from the one before, which in a code is between its modules. What
// is printed is p, dot for dot; if there is no way, nothing is.
func (p *page) bands(o *Profile) ([]band, error) {
	var all []band
	for y := 0; y < p.height; {
		b := band{from: y, to: p.feedable(y, o), feed: true}
		if b.to == y {
			if b = p.fit(y, p.bandEnd(y, o), o); b.to == y {
				b = p.fit(y, y+1, o) // alone it may have more white
			}
			if b.to == y {
				return nil, fmt.Errorf("printer: row %d looks like a real-time command wherever it begins", y)
			}
		}
		all = append(all, b)
		y = b.to
	}
	return all, nil
}

// feedable returns the end of the white rows from y on, or y if feeding them
// would not keep the paper as it is, dot for dot, or would save nothing.
func (p *page) feedable(y int, o *Profile) int {
	end := y
	for o.DotFeed && end < p.height && p.blank(end) {
		end++
	}
	if (end-y)*p.stride <= placeSize+headSize+feedSize {
		return y
	}
	return end
}

func (p *page) bandEnd(y int, o *Profile) int {
	end := min(y+o.Band, p.height)
	for _, k := range p.keep {
		switch from, to := k[0], k[1]; {
		case y > from || from >= end || to <= end: // not cut here
		case to-from > maxRows || p.size(from, to, o) > o.kept(): // can't be kept
		case y < from:
			end = from
		default:
			return to
		}
	}
	if end < p.height {
		end = p.quiet(y, end)
	}
	if o.DotFeed {
		for at := y + 1; at < end; at++ {
			if p.blank(at) && p.feedable(at, o) > at {
				end = at
			}
		}
	}
	return end
}

// size is about how many bytes the rows from..to are as one band.
func (p *page) size(from, to int, o *Profile) int {
	if first, end := p.ink(from, to); o.Place || p.centre {
		return (to - from) * (p.dots - 2*min(first, p.dots-end) + 7) / 8
	}
	return (to - from) * p.stride
}

// quiet returns the best boundary in the second half of y..end.
func (p *page) quiet(y, end int) int {
	half := y + (end-y)/2
	for at := end; at > half; at-- {
		if p.blank(at) || p.blank(at-1) {
			return at
		}
	}
	for at := end; at > half; at-- {
		if string(p.row(at)) != string(p.row(at-1)) {
			return at
		}
	}
	return end
}

// realtime reports whether a then b begin a real-time command, which a printer
// obeys even inside raster data (DLE EOT, DLE ENQ, DLE DC4, notes). Whatever
// follows: the stream may break off there, and something else come behind.
func realtime(a, b byte) bool { return a == dle && (b == eot || b == enq || b == dc4) }

// fit places the rows from..to so that no two bytes of theirs are taken for a
// real-time command. Where they are, the data begin at another dot within the
// white on the left, which makes other bytes of the same dots. The band ends
// early if only fewer rows have such a place, and is empty if none has.
func (p *page) fit(from, to int, o *Profile) band {
	best := band{from: from, to: from}
	first, end := p.ink(from, to)
	if p.centre {
		if b := p.middle(from, to, min(first, p.dots-end), o); b.to == to {
			return b
		}
	}
	if !o.Place {
		first = min(first, 7) // a printer that knows no ESC $ moves it by a millimetre
	}
	whole := first - first%(8/p.scale) // printers are slower where data begin within a byte (GS v 0, notes)
	for left := whole; left < whole+8; left++ {
		b := band{from: from, to: from, left: left}
		if left > first {
			b.left -= 8
		}
		if b.width = max((end-b.left+7)/8, 1); !o.Place && b.left == 0 {
			b.width = p.stride
		}
		if at := b.left * p.scale; b.left < 0 || b.left+8*b.width > 8*p.stride || realtime(byte(at), byte(at>>8)) {
			continue
		}
		if b.to = p.harmless(b, to, o.Spoils); b.to > best.to {
			best = b
		}
		if best.to == to {
			break
		}
	}
	return best
}

// middle leaves out white that is alike on both sides, at most side dots, so
// that the printer puts the rest where it was (ESC a 1).
func (p *page) middle(from, to, side int, o *Profile) band {
	for left := side; left >= 0; left-- {
		if (p.dots-2*left)%8 != 0 || left*p.scale%8 != 0 { // printers agree on whole bytes only
			continue
		}
		b := band{from: from, to: from, left: left, width: (p.dots - 2*left) / 8, centre: true}
		if b.to = p.harmless(b, to, o.Spoils); b.width > 0 && b.to == to {
			return b
		}
	}
	return band{from: from, to: from}
}

// harmless returns the end of the rows of b, at most to, in whose data and
// height nothing is taken for a real-time command, nor is a height that spoils.
func (p *page) harmless(b band, to, spoils int) int {
	var row []byte
	last := byte(0)
	for y := b.from; y < to; y++ {
		row = p.cut(row[:0], y, b.left, b.width)
		for _, now := range row {
			if realtime(last, now) {
				to = y
			}
			last = now
		}
	}
	for rows := to - b.from; rows > 0 && (realtime(byte(rows), byte(rows>>8)) || spoils > 0 && rows%spoils == 0); rows-- {
		to--
	}
	return to
}

const headSize, placeSize, feedSize = 8, 4, 3

// encode returns the command of b, which is not fed.
func (p *page) encode(b band) []byte {
	rows, at, mode := b.to-b.from, b.left*p.scale, byte(0)
	w := make([]byte, 0, placeSize+headSize+rows*b.width)
	if at > 0 && !b.centre {
		w = append(w, esc, '$', byte(at), byte(at>>8)) // ESC $ nL nH, for the one line
	}
	if p.scale == 2 {
		mode = 3
	}
	w = append(w, gs, 'v', '0', mode, byte(b.width), byte(b.width>>8), byte(rows), byte(rows>>8)) // GS v 0
	for y := b.from; y < b.to; y++ {
		w = p.cut(w, y, b.left, b.width)
	}
	return w
}
