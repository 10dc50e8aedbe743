package printer

// Control codes, by their names in the reference.
const (
	eot = 0x04
	enq = 0x05
	dle = 0x10
	dc4 = 0x14
	esc = 0x1B
	gs  = 0x1D
)

// A band is some rows of a page sent by one command.
type band struct {
	from, to int
	feed     bool // all white, and fed instead of printed
}

// bands divides p. A boundary lies, by preference, at a white row; then where a
// row differs from the one before, which in a code is between its modules.
func (p *page) bands(o *Opts) []band {
	var all []band
	for y := 0; y < p.height; {
		b := band{from: y, to: p.feedable(y, o), feed: true}
		if b.to == y {
			b = band{from: y, to: p.bandEnd(y, o)}
		}
		all = append(all, b)
		y = b.to
	}
	return all
}

// feedable returns the end of the white rows from y on, or y if feeding them
// would not keep the paper as it is, dot for dot, or would save nothing.
func (p *page) feedable(y int, o *Opts) int {
	end := y
	for o.DotFeed && end < p.height && p.blank(end) {
		end++
	}
	if (end-y)*p.stride <= headSize+feedSize {
		return y
	}
	return end
}

func (p *page) bandEnd(y int, o *Opts) int {
	end := min(y+o.Band, p.height)
	switch from, to := p.keep[0], p.keep[1]; {
	case to-from > maxRows || (to-from)*p.stride > o.Buffer: // can't be kept
	case y < from && from < end && to > end:
		end = from
	case y == from && to > end:
		return p.defused(y, to)
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
	return p.defused(y, end)
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

// defused ends the band earlier where two rows, or the height in its head,
// would meet as a real-time command.
func (p *page) defused(y, end int) int {
	for at := y + 1; at < end; at++ {
		if realtime(p.row(at - 1)[p.stride-1], p.row(at)[0]) {
			end = at
		}
	}
	if rows := end - y; realtime(byte(rows), byte(rows>>8)) {
		end--
	}
	return end
}

const headSize, feedSize = 8, 3

// encode returns the commands of b, to be written as one.
func (p *page) encode(b band) []byte {
	rows := b.to - b.from
	if b.feed {
		var w []byte
		for ; rows > 0; rows -= min(rows, 255) {
			w = append(w, esc, 'J', byte(min(rows, 255))) // ESC J n
		}
		return w
	}
	w := make([]byte, 0, headSize+rows*p.stride)
	w = append(w, gs, 'v', '0', 0, byte(p.stride), byte(p.stride>>8), byte(rows), byte(rows>>8)) // GS v 0
	return append(w, p.bits[b.from*p.stride:b.to*p.stride]...)
}
