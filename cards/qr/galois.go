package qr

import "sync"

// field is GF(256) with x^8+x^4+x^3+x^2+1 (7.5.2). exp is twice as long as the
// group, so that a sum of two logarithms needs no modulo.
type field struct {
	exp [512]byte
	log [256]int
}

var galois = sync.OnceValue(func() *field {
	f, x := new(field), 1
	for i := range 255 {
		f.exp[i], f.exp[i+255] = byte(x), byte(x)
		f.log[x] = i
		x <<= 1
		if x > 255 {
			x ^= 0x11D
		}
	}
	return f
})

func (f *field) mul(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return f.exp[f.log[a]+f.log[b]]
}

// makeGenerator multiplies out (x-1)(x-2)(x-4)… with as many factors as there
// are error correction codewords (annex A).
func (l *layout) makeGenerator() {
	f := galois()
	g := l.rs[:l.ecc]
	g[l.ecc-1] = 1
	for i := range l.ecc {
		root := f.exp[i]
		for j := range g {
			g[j] = f.mul(g[j], root)
			if j+1 < len(g) {
				g[j] ^= g[j+1]
			}
		}
	}
}

// remainder writes the error correction codewords of data to ecc.
func (l *layout) remainder(ecc, data []byte) {
	f := galois()
	var logs [maxVersion * 3]int
	g := logs[:len(ecc)]
	for i := range g {
		g[i] = f.log[l.rs[i]] // no coefficient is 0 in these generators: a test says so
	}
	clear(ecc)
	for _, d := range data {
		factor := d ^ ecc[0]
		copy(ecc, ecc[1:])
		ecc[len(ecc)-1] = 0
		if factor == 0 {
			continue
		}
		exp := f.exp[f.log[factor]:]
		for i := range g {
			ecc[i] ^= exp[g[i]]
		}
	}
}
