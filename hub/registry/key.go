package registry

import (
	"context"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// KeySize is the size of Opts.Key in bytes.
const KeySize = 32

// Errors of the registry's key.
var (
	ErrKey    = errors.New("registry: the key does not belong to this database: put back the keys directory that was made with it")
	ErrClosed = errors.New("registry: no key, so nobody can apply here")
)

// secrets are what one key is for: each use has one of its own (HKDF, RFC 5869).
type secrets struct {
	mark []byte // keyed hashes, which nobody else can make or try
	code []byte // slip codes and sittings
	seal hpke.PrivateKey
}

func secretsOf(key []byte) (s *secrets, err error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrKey, len(key))
	}
	derive := func(use string) []byte {
		b, e := hkdf.Key(sha256.New, key, nil, "pointkiosk registry "+use, 32)
		err = errors.Join(err, e)
		return b
	}
	s = &secrets{mark: derive("mark"), code: derive("code")}
	seal := derive("seal")
	if err != nil {
		return nil, fmt.Errorf("registry: key: %w", err)
	}
	if s.seal, err = hpke.DHKEM(ecdh.X25519()).NewPrivateKey(seal); err != nil {
		return nil, fmt.Errorf("registry: sealing key: %w", err)
	}
	return s, nil
}

func keyed(key []byte, domain string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(domain))
	for _, p := range parts {
		mac.Write([]byte{0})
		mac.Write(p)
	}
	return mac.Sum(nil)
}

// certificate is how a certificate stands in the database: its public key, by a
// hash that nobody can make who has the database alone (DECISIONS 26).
func (s *secrets) certificate(leaf *x509.Certificate) string {
	return hex.EncodeToString(keyed(s.mark, "certificate", leaf.RawSubjectPublicKeyInfo))
}

// spent is how an ID stands whose holder had everything deleted.
func (s *secrets) spent(id cards.MyKeyID) string {
	return hex.EncodeToString(keyed(s.mark, "id", []byte(id.String())))
}

// slipCode derives the code that goes with a challenge, so that an answer which
// is sent again brings the same one, and none has to be kept.
func (s *secrets) slipCode(challenge []byte) (cards.SlipCode, error) {
	return cards.SlipCodeFrom(append(keyed(s.code, "slip 1", challenge), keyed(s.code, "slip 2", challenge)...))
}

// codeMark is how a slip code stands in the database.
func (s *secrets) codeMark(code cards.SlipCode) string {
	return hex.EncodeToString(keyed(s.mark, "code", []byte(code.Text())))
}

// token derives what opens the sitting that a request began.
func (s *secrets) token(request string) string {
	return hex.EncodeToString(keyed(s.code, "sitting", []byte(request)))
}

// Begun reports whether a database has a key, so that none may be made for it.
func Begun(ctx context.Context, read *sql.DB) (bool, error) {
	var n int64
	if err := read.QueryRowContext(ctx, `SELECT COUNT(*) FROM registry_key`).Scan(&n); err != nil {
		return false, fmt.Errorf("registry: look for a key: %w", err)
	}
	return n > 0, nil
}

// own checks that the key is the one with which this database began.
func (r *Registry) own(ctx context.Context) error {
	mark := hex.EncodeToString(keyed(r.secrets.mark, "own"))
	return r.update(ctx, func(t *txn) error {
		if _, err := t.exec(`INSERT INTO registry_key (n, mark) VALUES (1, $1) ON CONFLICT (n) DO NOTHING`, mark); err != nil {
			return err
		}
		var held string
		if _, err := t.one(`SELECT mark FROM registry_key WHERE n = 1`, nil, &held); err != nil {
			return err
		}
		if held != mark {
			return ErrKey
		}
		return nil
	})
}

// open returns the secrets, or [ErrClosed] where there is no key.
func (r *Registry) open() (*secrets, error) {
	if r.secrets == nil {
		return nil, ErrClosed
	}
	return r.secrets, nil
}
