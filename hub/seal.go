package hub

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// A seal hides what a cookie carries from whoever looks at the browser, and
// says when it was made: AES-256-GCM with random nonces (NIST SP 800-38D, 8.2.2), which holds
// for 2^32 cookies a key.
type seal struct{ aead cipher.AEAD }

var errSeal = errors.New("hub: not a cookie of ours, or too old")

func newSeal(key []byte) (seal, error) {
	if len(key) != 32 {
		return seal{}, fmt.Errorf("hub: the page key has %d bytes, not 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, fmt.Errorf("hub: page key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return seal{}, fmt.Errorf("hub: page key: %w", err)
	}
	return seal{aead}, nil
}

// close returns the text of a cookie that was made now.
func (s seal) close(name, text string, now time.Time) string {
	plain := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, append(plain, text...), []byte(name)))
}

// ahead is how far clocks may honestly be apart: what was made later than that
// from now comes from a clock that was ahead.
const ahead = time.Minute

// open returns what a cookie of this name carries, for so long.
func (s seal) open(name, cookie string, now time.Time, life time.Duration) (string, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil {
		return "", errSeal
	}
	plain, err := s.aead.Open(nil, nil, b, []byte(name))
	if err != nil || len(plain) < 8 {
		return "", errSeal
	}
	age := now.Sub(time.Unix(int64(binary.BigEndian.Uint64(plain)), 0))
	if age >= life || age < -ahead {
		return "", errSeal
	}
	return string(plain[8:]), nil
}
