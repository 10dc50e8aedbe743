package qr

import "sync"

// A version's sizes at level M: ISO/IEC 18004:2015, table 9 (blocks), table 3
// (bits of the count) and annex E (alignment patterns).
type version struct {
	ecc       int    // error correction codewords of a block
	short     int    // blocks of size data codewords
	long      int    // blocks of size+1 data codewords
	size      int    // data codewords of a short block
	alignment []int8 // centres of the alignment patterns, rows and columns alike
}

const (
	maxVersion = 10
	maxSize    = 4*maxVersion + 17
)

// versionM gives the sizes of version v, 1..10, at level M.
func versionM(v int) version {
	return [maxVersion + 1]version{
		1:  {ecc: 10, short: 1, size: 16},
		2:  {ecc: 16, short: 1, size: 28, alignment: []int8{6, 18}},
		3:  {ecc: 26, short: 1, size: 44, alignment: []int8{6, 22}},
		4:  {ecc: 18, short: 2, size: 32, alignment: []int8{6, 26}},
		5:  {ecc: 24, short: 2, size: 43, alignment: []int8{6, 30}},
		6:  {ecc: 16, short: 4, size: 27, alignment: []int8{6, 34}},
		7:  {ecc: 18, short: 4, size: 31, alignment: []int8{6, 22, 38}},
		8:  {ecc: 22, short: 2, long: 2, size: 38, alignment: []int8{6, 24, 42}},
		9:  {ecc: 22, short: 3, long: 2, size: 36, alignment: []int8{6, 26, 46}},
		10: {ecc: 26, short: 4, long: 1, size: 43, alignment: []int8{6, 28, 50}},
	}[v]
}

func (v version) data() int { return v.short*v.size + v.long*(v.size+1) }

func countBits(v int) int {
	if v < 10 {
		return 9
	}
	return 11
}

// A layout is what every code of one version has in common. Rows hold column x
// in bit x.
type layout struct {
	version
	n     int                  // modules a side
	count int                  // bits of the character count
	fixed [maxSize]uint64      // finder, alignment and timing patterns, version, dark module
	masks [8][maxSize]uint64   // the mask patterns on data modules, and all that is no data
	path  []uint16             // data modules in the order of the bits: y<<8 | x
	rs    [maxVersion * 3]byte // generator's coefficients, highest first, without the leading 1
}

// layouts gives the tables of all versions, made on first use.
var layouts = sync.OnceValue(func() *[maxVersion + 1]layout {
	var all [maxVersion + 1]layout
	for v := 1; v <= maxVersion; v++ {
		all[v].make(v)
	}
	return &all
})

func (l *layout) make(v int) {
	l.version, l.n, l.count = versionM(v), 4*v+17, countBits(v)
	var reserved [maxSize]uint64
	set := func(x, y int, dark bool) {
		reserved[y] |= 1 << x
		if dark {
			l.fixed[y] |= 1 << x
		}
	}
	l.patterns(set, &reserved)
	if v >= 7 {
		l.versionBits(v, set)
	}
	l.makePath(&reserved)
	for mask := range l.masks {
		for y := range l.n {
			l.masks[mask][y] = l.fixed[y]
			for x := range l.n {
				if reserved[y]>>x&1 == 0 && masked(mask, x, y) {
					l.masks[mask][y] |= 1 << x
				}
			}
		}
		l.setFormat(mask)
	}
	l.makeGenerator()
}

// patterns sets the function patterns of 6.3 and keeps the format's place
// (7.9) free.
func (l *layout) patterns(set func(x, y int, dark bool), reserved *[maxSize]uint64) {
	n := l.n
	for i := range n { // timing, 6.3.5
		set(6, i, i%2 == 0)
		set(i, 6, i%2 == 0)
	}
	for _, corner := range [][2]int{{0, 0}, {n - 7, 0}, {0, n - 7}} { // finders, 6.3.3, and separators, 6.3.4
		for dy := -1; dy <= 7; dy++ {
			for dx := -1; dx <= 7; dx++ {
				x, y := corner[0]+dx, corner[1]+dy
				if x < 0 || y < 0 || x >= n || y >= n {
					continue
				}
				reserved[y], l.fixed[y] = reserved[y]&^(1<<x), l.fixed[y]&^(1<<x)
				ring := max(abs(dx-3), abs(dy-3))
				set(x, y, ring != 2 && ring != 4)
			}
		}
	}
	for _, cy := range l.alignment { // 6.3.6
		for _, cx := range l.alignment {
			x0, y0 := int(cx), int(cy)
			if (x0 == 6 && y0 == 6) || (x0 == 6 && y0 == n-7) || (x0 == n-7 && y0 == 6) {
				continue // a finder stands there
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					l.fixed[y0+dy] &^= 1 << (x0 + dx)
					set(x0+dx, y0+dy, max(abs(dx), abs(dy)) != 1)
				}
			}
		}
	}
	for i := range 15 {
		for _, p := range formatPlaces(i, n) {
			set(p[0], p[1], false)
		}
	}
	set(8, n-8, true) // the dark module
}

// versionBits sets the version information of 7.10, BCH(18,6).
func (l *layout) versionBits(v int, set func(x, y int, dark bool)) {
	bits := v << 12
	for i := 5; i >= 0; i-- {
		if bits>>(i+12)&1 == 1 {
			bits ^= 0x1F25 << i
		}
	}
	bits |= v << 12
	for i := range 18 {
		a, b := l.n-11+i%3, i/3
		set(a, b, bits>>i&1 == 1)
		set(b, a, bits>>i&1 == 1)
	}
}

// makePath walks the data modules as 7.7.3 says: two columns at a time from
// the lower right, up and down in turn, the timing column left out.
func (l *layout) makePath(reserved *[maxSize]uint64) {
	up := true
	for right := l.n - 1; right > 0; right -= 2 {
		if right == 6 {
			right--
		}
		for i := range l.n {
			y := i
			if up {
				y = l.n - 1 - i
			}
			for x := right; x > right-2; x-- {
				if reserved[y]>>x&1 == 0 {
					l.path = append(l.path, uint16(y<<8|x))
				}
			}
		}
		up = !up
	}
}

// masked reports whether a mask pattern of table 10 inverts the module.
func masked(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	default:
		return ((x+y)%2+x*y%3)%2 == 0
	}
}

// formatBits gives the format information of 7.9: level M is 00, BCH(15,5).
func formatBits(mask int) int32 {
	bits := mask << 10
	for i := 4; i >= 0; i-- {
		if bits>>(i+10)&1 == 1 {
			bits ^= 0x537 << i
		}
	}
	return int32((bits | mask<<10) ^ 0x5412)
}

// setFormat sets the 15 format bits where they stand with a mask.
func (l *layout) setFormat(mask int) {
	for i, bits := 0, formatBits(mask); i < 15; i++ {
		if bits>>i&1 == 1 {
			for _, p := range formatPlaces(i, l.n) {
				l.masks[mask][p[1]] |= 1 << p[0]
			}
		}
	}
}

// formatPlaces gives the two modules of format bit i, bit 14 being the first
// (figure 25).
func formatPlaces(i, n int) [2][2]int {
	switch {
	case i < 6:
		return [2][2]int{{8, i}, {n - 1 - i, 8}}
	case i < 8:
		return [2][2]int{{8, i + 1}, {n - 1 - i, 8}}
	case i == 8:
		return [2][2]int{{7, 8}, {8, n - 7}}
	default:
		return [2][2]int{{14 - i, 8}, {8, n - 15 + i}}
	}
}

func abs(i int) int { return max(i, -i) }
