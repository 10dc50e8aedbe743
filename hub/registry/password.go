package registry

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"pointkiosk/assets/unfit"
)

// Cost is how dear one guess is: argon2id (RFC 9106) with one lane. Passwords
// set before a change keep the cost that they were set with.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
}

// DefaultCost is 19 MiB and two passes: the first choice of the OWASP Password
// Storage Cheat Sheet, some 30 ms of one core. Memory in use is at most
// Opts.AtOnce times as much.
func DefaultCost() Cost { return Cost{Memory: 19 << 10, Passes: 2} }

// Bounds of a password, in characters.
const (
	MinPassword = 8
	MaxPassword = 128
)

// What is wrong with a password that can't be set.
var (
	ErrPassword = errors.New("registry: a password has 8 to 128 characters")
	ErrWeak     = errors.New("registry: everybody guesses this password first")
)

const (
	saltSize = 16
	tagSize  = 32
)

// checkPassword reports why a password can't be set for an ID.
func checkPassword(password, id string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword || n > MaxPassword:
		return ErrPassword
	case unfit.Password(password, id):
		return ErrWeak
	}
	return nil
}

// hash returns the password's PHC string:
// $argon2id$v=19$m=<KiB>,t=<passes>,p=1$<salt>$<tag>.
func (c Cost) hash(password []byte, random io.Reader) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("registry: hash a password: %w", err)
	}
	tag := argon2.IDKey(password, salt, c.Passes, c.Memory, 1, tagSize)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.Memory, c.Passes, b64(salt), b64(tag)), nil
}

// matches reports whether the PHC string is this password's. It takes the time
// that the string's own cost asks for, whatever the answer.
func matches(phc string, password []byte) (bool, error) {
	cost, salt, tag, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey(password, salt, cost.Passes, cost.Memory, 1, uint32(len(tag)))
	return subtle.ConstantTimeCompare(got, tag) == 1, nil
}

func parsePHC(phc string) (c Cost, salt, tag []byte, err error) {
	bad := func(err error) (Cost, []byte, []byte, error) {
		return Cost{}, nil, nil, fmt.Errorf("registry: a stored password can't be read: %w", err) // never its text
	}
	part := strings.Split(phc, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad(errors.New("another scheme"))
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=1", &c.Memory, &c.Passes); err != nil {
		return bad(errors.New("its cost"))
	}
	if part[3] != fmt.Sprintf("m=%d,t=%d,p=1", c.Memory, c.Passes) || c.Memory < 8 || c.Memory > 1<<20 || c.Passes < 1 || c.Passes > 16 {
		return bad(errors.New("its cost"))
	}
	salt, err = base64.RawStdEncoding.Strict().DecodeString(part[4])
	if err != nil || len(salt) != saltSize {
		return bad(errors.New("its salt"))
	}
	tag, err = base64.RawStdEncoding.Strict().DecodeString(part[5])
	if err != nil || len(tag) != tagSize {
		return bad(errors.New("its tag"))
	}
	return c, salt, tag, nil
}
