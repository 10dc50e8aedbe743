package qr

import "math/bits"

// penalty scores a finished symbol as 7.8.3.1 says; the lower the better. Rows
// and columns are scored alike, a whole row of modules at a time.
func penalty(rows *[maxSize]uint64, n int) int {
	full := uint64(1)<<n - 1
	var across, down [maxSize]uint64 // bit x: module x equals its neighbour to the right, below
	dark := 0
	for y := range n {
		r := rows[y]
		dark += bits.OnesCount64(r)
		across[y] = ^(r ^ r>>1) & (full >> 1)
		if y+1 < n {
			down[y] = ^(r ^ rows[y+1]) & full
		}
	}
	score := balance(dark, n*n)
	var above uint64
	for y := range n {
		e := across[y]
		fives := e & (e >> 1) & (e >> 2) & (e >> 3)
		score += runs(fives, fives<<1)
		if y+4 < n {
			d := down[y] & down[y+1] & down[y+2] & down[y+3]
			score += runs(d, above)
			above = d
		}
		if y+1 < n {
			score += 3 * bits.OnesCount64(e&across[y+1]&down[y]) // blocks of 2x2
		}
		score += 40 * bits.OnesCount64(finderAcross(rows[y])&(full>>10))
		if y+10 < n {
			score += 40 * bits.OnesCount64(finderDown(rows[y:y+11])&full)
		}
	}
	return score
}

// runs scores lines of five or more modules of one colour: 3, and 1 for each
// beyond the fifth. A bit of fives says that five equal modules begin there,
// the same bit of before that five began one module earlier.
func runs(fives, before uint64) int {
	return bits.OnesCount64(fives) + 2*bits.OnesCount64(fives&^before)
}

// balance scores the share of dark modules, 10 for every 5 % away from half.
func balance(dark, all int) int {
	return abs(20*dark-10*all) / all * 10
}

// finderAcross finds 1011101 with 0000 after or before it: 1:1:3:1:1, which a
// reader might take for a finder.
func finderAcross(r uint64) uint64 {
	after := r & ^(r >> 1) & (r >> 2) & (r >> 3) & (r >> 4) & ^(r >> 5) & (r >> 6) & ^(r>>7 | r>>8 | r>>9 | r>>10)
	before := ^(r | r>>1 | r>>2 | r>>3) & (r >> 4) & ^(r >> 5) & (r >> 6) & (r >> 7) & (r >> 8) & ^(r >> 9) & (r >> 10)
	return after | before
}

func finderDown(r []uint64) uint64 {
	after := r[0] & ^r[1] & r[2] & r[3] & r[4] & ^r[5] & r[6] & ^(r[7] | r[8] | r[9] | r[10])
	before := ^(r[0] | r[1] | r[2] | r[3]) & r[4] & ^r[5] & r[6] & r[7] & r[8] & ^r[9] & r[10]
	return after | before
}
