package jpkitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// A Kind is what a key is.
type Kind string

// The kinds: today's card, the next one, and one that nobody may accept.
const (
	RSA2048 Kind = "RSA-2048"
	RSA3072 Kind = "RSA-3072"
	P256    Kind = "ECDSA P-256"
	P384    Kind = "ECDSA P-384"
	RSA1024 Kind = "RSA-1024"
)

// newKey draws a key. The same random bytes make the same key, which those of
// the standard library don't.
func newKey(random io.Reader, kind Kind) (crypto.Signer, error) {
	switch kind {
	case RSA2048, "":
		return newRSA(random, 2048)
	case RSA3072:
		return newRSA(random, 3072)
	case RSA1024:
		return newRSA(random, 1024)
	case P256:
		return newECDSA(random, elliptic.P256())
	case P384:
		return newECDSA(random, elliptic.P384())
	}
	return nil, fmt.Errorf("jpkitest: no key of kind %q", kind)
}

func newECDSA(random io.Reader, curve elliptic.Curve) (crypto.Signer, error) {
	scalar := make([]byte, (curve.Params().BitSize+7)/8)
	for range 100 { // a scalar past the order is as good as never drawn
		if _, err := io.ReadFull(random, scalar); err != nil {
			return nil, fmt.Errorf("jpkitest: draw a key: %w", err)
		}
		if k, err := ecdsa.ParseRawPrivateKey(curve, scalar); err == nil {
			return k, nil
		}
	}
	return nil, errors.New("jpkitest: draw a key: not random")
}

const exponent = 65537

func newRSA(random io.Reader, bits int) (crypto.Signer, error) {
	p, err := prime(random, bits/2)
	if err != nil {
		return nil, err
	}
	q, err := prime(random, bits/2)
	if err != nil {
		return nil, err
	}
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	k := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         new(big.Int).ModInverse(big.NewInt(exponent), phi),
		Primes:    []*big.Int{p, q},
	}
	k.Precompute()
	if err := k.Validate(); err != nil {
		return nil, fmt.Errorf("jpkitest: draw a key: %w", err)
	}
	return k, nil
}

// prime draws a prime of which the two highest bits are set, so that the product
// of two has all of its bits, and which leaves the exponent an inverse.
func prime(random io.Reader, bits int) (*big.Int, error) {
	b, e, rest := make([]byte, bits/8), big.NewInt(exponent), new(big.Int)
	for range 100 * bits {
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, fmt.Errorf("jpkitest: draw a key: %w", err)
		}
		b[0] |= 0xC0
		b[len(b)-1] |= 1
		p := new(big.Int).SetBytes(b)
		if rest.Mod(p, e).Int64() != 1 && p.ProbablyPrime(1) {
			return p, nil
		}
	}
	return nil, errors.New("jpkitest: draw a key: not random")
}

// fieldSize is the size of r and of s in bytes.
func fieldSize(key crypto.PublicKey) int {
	if k, ok := key.(*ecdsa.PublicKey); ok {
		return (k.Params().BitSize + 7) / 8
	}
	return 0
}
