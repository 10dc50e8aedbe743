package api

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// SecretSize is the length of an enrolment's one-time secret: 4 bytes that
// find it at the hub and 128 bits that prove.
const SecretSize = 20

// A Code is all that a kiosk has to be told to enrol, in one line.
type Code struct {
	Base        string            // where the hub is, as http://127.0.0.1:8080/
	Fingerprint [sha256.Size]byte // SHA-256 of the hub's public trust key
	Secret      [SecretSize]byte
}

// ErrCode reports a text that is no enrolment code.
var ErrCode = errors.New("api: not an enrolment code")

const codeFormat = "E1" // the first part behind #, which no browser sends to a server

var codeText = base32.StdEncoding.WithPadding(base32.NoPadding)

// String returns BASE#E1.FINGERPRINT.SECRET, both in base32 (RFC 4648, section
// 6). It is as secret as the code; only who is to enrol may see it.
func (c Code) String() string {
	return c.Base + "#" + codeFormat + "." + codeText.EncodeToString(c.Fingerprint[:]) + "." + codeText.EncodeToString(c.Secret[:])
}

// ParseCode reads what [Code.String] wrote, and nothing else.
func ParseCode(text string) (c Code, err error) {
	base, rest, _ := strings.Cut(text, "#")
	parts := strings.Split(rest, ".")
	if len(parts) != 3 || parts[0] != codeFormat {
		return Code{}, ErrCode
	}
	if c.Base = base; checkBase(base) != nil {
		return Code{}, ErrCode
	}
	fingerprint, err1 := codeText.DecodeString(parts[1])
	secret, err2 := codeText.DecodeString(parts[2])
	if err1 != nil || err2 != nil || len(fingerprint) != sha256.Size || len(secret) != SecretSize {
		return Code{}, ErrCode
	}
	copy(c.Fingerprint[:], fingerprint)
	copy(c.Secret[:], secret)
	if c.String() != text { // DecodeString skips \r and \n and ignores spare bits
		return Code{}, ErrCode
	}
	return c, nil
}

// checkBase reports whether base is the address of a site or of a folder in it.
func checkBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return fmt.Errorf("api: address of the hub: %w", err)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.User != nil,
		u.RawQuery != "" || u.ForceQuery, strings.Contains(base, "#"), !strings.HasSuffix(u.Path, "/"):
		return fmt.Errorf("api: %q is not the address of a hub (like https://hub.example.jp/)", base)
	}
	return nil
}
