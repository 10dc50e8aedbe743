package cards

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"fmt"
)

// MaxLeased is how many MyKey IDs one kiosk holds at most for when it has no
// network.
const MaxLeased = 50

// A LeaseAsk asks for MyKey IDs to give without a network. The kiosk's live key
// seals it. Asked again, it brings the same ones.
type LeaseAsk struct {
	Scheme string   `cbor:"1,keyasint"`
	Want   uint32   `cbor:"2,keyasint"` // to be held in all, at most [MaxLeased]
	Back   []string `cbor:"3,keyasint"` // held, given to nobody, and never to be given
	At     int64    `cbor:"4,keyasint"` // the kiosk's clock, Unix milliseconds
	Nonce  []byte   `cbor:"5,keyasint"`
}

// A Leased is one MyKey ID that a kiosk may give, once.
type Leased struct {
	ID        string `cbor:"1,keyasint"`
	Challenge []byte `cbor:"2,keyasint"` // for the application of this ID
	Code      Secret `cbor:"3,keyasint"` // for the slip: sets the password once the hub has registered the ID
	Ends      int64  `cbor:"4,keyasint"` // given to nobody from then on; Unix milliseconds
}

// A Lease is the hub's answer: all that this kiosk holds in the scheme.
type Lease struct {
	Request []byte   `cbor:"1,keyasint"` // SHA-256 of the sealed ask
	Leased  []Leased `cbor:"2,keyasint"`
	Terms   Terms    `cbor:"3,keyasint"`
	Seal    []byte   `cbor:"4,keyasint"` // the hub's public sealing key, X25519
	At      int64    `cbor:"5,keyasint"` // the hub's clock, Unix milliseconds
}

// A Provisional is what the card signed without a network. Only the hub can
// read it (DECISIONS 26).
type Provisional struct {
	Application []byte `cbor:"1,keyasint"` // as [Encode] wrote it
	Certificate []byte `cbor:"2,keyasint"` // X.509, DER
	Signature   []byte `cbor:"3,keyasint"` // over [Application.Digest]
}

// A Deposit carries a provisional to the hub. The kiosk's live key seals it;
// its answer names the SHA-256 of Sealed, which the journal keeps.
type Deposit struct {
	Sealed []byte `cbor:"1,keyasint"` // of [SealProvisional]
	Staff  string `cbor:"2,keyasint"` // who helped; empty if nobody did
	Nonce  []byte `cbor:"3,keyasint"`
	Lost   []byte `cbor:"4,keyasint"` // SHA-256 of the sealed apply of the same card whose answer never came; empty if there is none
}

// Check reports what a lease's ask lacks.
func (a LeaseAsk) Check() error {
	if a.Scheme == "" || a.Want > MaxLeased || len(a.Back) > MaxLeased || len(a.Nonce) != NonceSize {
		return fmt.Errorf("%w: a lease of nothing, or of too much", ErrPaper)
	}
	for _, id := range a.Back {
		if _, err := ParseMyKeyID(id); err != nil {
			return err
		}
	}
	return nil
}

// Check reports a lease that can't be used.
func (l Lease) Check() error {
	if len(l.Request) != sha256.Size || len(l.Leased) > MaxLeased || l.Terms.Version == "" {
		return fmt.Errorf("%w: a lease of nothing, or of too much", ErrPaper)
	}
	for _, one := range l.Leased {
		_, errID := ParseMyKeyID(one.ID)
		_, errCode := ParseSlipCode(string(one.Code))
		if errID != nil || errCode != nil || len(one.Challenge) != ChallengeSize {
			return fmt.Errorf("%w: a lease of no MyKey ID", ErrPaper)
		}
	}
	if _, err := ecdh.X25519().NewPublicKey(l.Seal); err != nil {
		return fmt.Errorf("%w: a lease without a sealing key", ErrPaper)
	}
	return nil
}

// Check reports a deposit of nothing.
func (d Deposit) Check() error {
	if len(d.Sealed) == 0 || len(d.Sealed) > 16<<10 || len(d.Staff) > 64 || len(d.Nonce) != NonceSize {
		return fmt.Errorf("%w: a deposit of nothing", ErrPaper)
	}
	if len(d.Lost) != 0 && len(d.Lost) != sha256.Size {
		return fmt.Errorf("%w: a deposit after no apply", ErrPaper)
	}
	return nil
}

// OpenLeaseAsk reads a lease's ask, sealed by a key that keys knows.
func OpenLeaseAsk(data []byte, keys func(KeyID) ed25519.PublicKey) (a LeaseAsk, id KeyID, err error) {
	id, err = openChecked(data, PaperLeaseAsk, keys, &a)
	return a, id, err
}

// OpenDeposit reads a deposit, sealed by a key that keys knows.
func OpenDeposit(data []byte, keys func(KeyID) ed25519.PublicKey) (d Deposit, id KeyID, err error) {
	id, err = openChecked(data, PaperDeposit, keys, &d)
	return d, id, err
}

// OpenLease reads the answer to a lease's ask, sealed by a hub key of the trust
// list.
func OpenLease(data []byte, list TrustList, request [sha256.Size]byte) (l Lease, err error) {
	_, err = openChecked(data, PaperLease, list.Hub, &l)
	return l, answers(err, l.Request, request)
}

// provisionalDomain is what HPKE binds a provisional to (RFC 9180, section 5.1).
const provisionalDomain = "pointkiosk provisional application v1"

// SealProvisional hides a provisional from everybody but the hub: HPKE (RFC
// 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305.
func SealProvisional(seal []byte, p Provisional) ([]byte, error) {
	public, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(seal)
	if err != nil {
		return nil, fmt.Errorf("cards: sealing key: %w", err)
	}
	plain, err := Encode(p)
	if err != nil {
		return nil, err
	}
	sealed, err := hpke.Seal(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(provisionalDomain), plain)
	clear(plain)
	if err != nil {
		return nil, fmt.Errorf("cards: seal a provisional: %w", err)
	}
	return sealed, nil
}

// OpenProvisional reads what [SealProvisional] sealed to this key.
func OpenProvisional(private hpke.PrivateKey, sealed []byte) (p Provisional, err error) {
	plain, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(provisionalDomain), sealed)
	if err != nil {
		return p, fmt.Errorf("%w: not sealed to this hub", ErrPaper)
	}
	return p, Decode(plain, &p)
}
