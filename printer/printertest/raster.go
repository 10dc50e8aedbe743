package printertest

// raster opens GS v 0; its rows are printed as they come.
func (p *Printer) raster(cmd []byte, at int64) bool {
	i := &p.input
	width, rows, mode := int(cmd[4])+int(cmd[5])<<8, int(cmd[6])+int(cmd[7])<<8, cmd[3]%48
	if cmd[2] != '0' || mode > 3 {
		return false
	}
	i.wide, i.high = 1+int(mode&1), 1+int(mode>>1)
	wide := 8 * width * i.wide
	if mode == 0 {
		p.note("raster %dx%d", wide, rows)
	} else {
		p.note("raster %dx%d, mode %d", wide, rows*i.high, mode)
	}
	p.idle(at, "a raster")
	switch {
	case width == 0 || rows == 0:
		p.complain(at, "raster of %d bytes by %d rows", width, rows)
		return true
	case mode != 0 && !p.opts.Skills.Half:
		p.complain(at, "raster mode %d is not drawn", mode)
	case rows > 2303:
		p.complain(at, "raster of %d rows", rows)
	case i.left+wide > p.opts.Dots:
		p.complain(at, "raster of %d dots at %d on %d dots", wide, i.left, p.opts.Dots)
	}
	i.width, i.rows, i.tail = width, rows, nil
	return true
}

// rasterRow prints a row of the open raster, once all of it is there.
func (p *Printer) rasterRow() bool {
	i := &p.input
	if len(i.queue) < i.width {
		return false
	}
	p.hidden(i.queue[:i.width])
	row := p.aligned(wider(i.queue[:i.width], i.wide))
	p.drop(i.width)
	if i.rows--; i.rows == 0 {
		i.left = 0 // the place was for this line
	}
	for range i.high {
		p.mech.rows = append(p.mech.rows, row)
	}
	return true
}

// wider repeats each dot of a row.
func wider(row []byte, times int) []byte {
	if times == 1 {
		return row
	}
	out := make([]byte, len(row)*times)
	for x := range 8 * len(out) {
		out[x/8] |= row[x/times/8] >> (7 - x/times%8) & 1 << (7 - x%8)
	}
	return out
}

// aligned puts data on a row as ESC $ or ESC a says, to the dot.
func (p *Printer) aligned(data []byte) []byte {
	left := p.input.left + max(int(p.input.align)*(p.paper.stride-len(data)), 0)*8/2
	row := make([]byte, p.paper.stride+1)
	for i, b := range data {
		if at := i + left/8; at < p.paper.stride { // beyond it nothing is printed
			row[at] |= b >> (left % 8)
			row[at+1] |= b << (8 - left%8)
		}
	}
	return row[:p.paper.stride]
}

// real reports whether three bytes are a real-time command.
func real(a, b, c byte) bool {
	return a == dle && (b == 0x04 && c >= 1 && c <= 4 || b == 0x05 && c <= 2 || b == 0x14 && c >= 1 && c <= 8)
}

// hidden complains of real-time commands in raster data: they were obeyed.
func (p *Printer) hidden(row []byte) {
	i := &p.input
	data, before := append(i.tail, row...), int64(len(i.tail))
	for n := 0; n+2 < len(data); n++ {
		if real(data[n], data[n+1], data[n+2]) {
			p.complain(i.offset-before+int64(n), "real-time command % x in raster data", data[n:n+3])
		}
	}
	i.tail = append([]byte(nil), data[max(len(data)-2, 0):]...)
}
