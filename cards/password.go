package cards

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"fmt"
)

// passwordDomain is what HPKE binds a password to (RFC 9180, section 5.1).
const passwordDomain = "pointkiosk password v1"

// passwordBlock is how long a password is made before it is sealed, or a
// multiple of it: the length of what is sent tells next to nothing.
const passwordBlock = 64

// SealPassword hides a password from everybody but the hub, as [SealProvisional]
// hides a provisional, and overwrites it whatever comes. It opens only with the
// same bound: of an apply its application, of a sign-in [SignIn.Bound].
func SealPassword(seal, bound, password []byte) ([]byte, error) {
	defer clear(password)
	if len(password) == 0 || bytes.IndexByte(password, 0) >= 0 {
		return nil, errors.New("cards: seal a password: there is none, or it has a zero byte")
	}
	public, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(seal)
	if err != nil {
		return nil, fmt.Errorf("cards: sealing key: %w", err)
	}
	sealed, sender, err := hpke.NewSender(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(passwordDomain))
	if err != nil {
		return nil, fmt.Errorf("cards: seal a password: %w", err)
	}
	plain := make([]byte, (len(password)+passwordBlock-1)/passwordBlock*passwordBlock)
	defer clear(plain)
	copy(plain, password)
	text, err := sender.Seal(bound, plain)
	if err != nil {
		return nil, fmt.Errorf("cards: seal a password: %w", err)
	}
	return append(sealed, text...), nil
}

// OpenPassword reads what [SealPassword] sealed to this key for the same bound.
// Whoever takes it overwrites it.
func OpenPassword(private hpke.PrivateKey, bound, sealed []byte) ([]byte, error) {
	const key = 32 // of DHKEM(X25519): RFC 9180, section 7.1
	if len(sealed) < key {
		return nil, fmt.Errorf("%w: no sealed password", ErrPaper)
	}
	recipient, err := hpke.NewRecipient(sealed[:key], private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(passwordDomain))
	if err != nil {
		return nil, fmt.Errorf("%w: not sealed to this hub", ErrPaper)
	}
	plain, err := recipient.Open(bound, sealed[key:])
	if err != nil {
		return nil, fmt.Errorf("%w: not sealed to this hub, or for another paper", ErrPaper)
	}
	password := bytes.TrimRight(plain, "\x00")
	if len(password) == 0 || len(plain)%passwordBlock != 0 || len(plain)-len(password) >= passwordBlock || bytes.IndexByte(password, 0) >= 0 {
		clear(plain)
		return nil, fmt.Errorf("%w: sealed is no password", ErrPaper)
	}
	return password, nil
}
