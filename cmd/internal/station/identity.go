package station

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
)

// ErrNotEnrolled reports a data directory that no hub knows yet.
var ErrNotEnrolled = errors.New("station: this kiosk is not enrolled: run kioskctl enroll")

// An Identity is who this kiosk is to its hub. It holds no secret.
type Identity struct {
	Kiosk    string      `toml:"kiosk"`
	Hub      string      `toml:"hub"` // base URL
	Live     cards.KeyID `toml:"live_key"`
	Practice cards.KeyID `toml:"practice_key"`
	Trust    string      `toml:"trust_key"` // public, hex: the pinned one
}

const identityFile = "identity.toml"

func loadIdentity(dir string) (Identity, ed25519.PublicKey, error) {
	var id Identity
	data, err := os.ReadFile(filepath.Join(dir, identityFile))
	if errors.Is(err, fs.ErrNotExist) {
		return id, nil, ErrNotEnrolled
	}
	if err != nil {
		return id, nil, fmt.Errorf("station: identity: %w", err)
	}
	if err := toml.Unmarshal(data, &id); err != nil {
		return id, nil, fmt.Errorf("station: identity: %w", err)
	}
	trust, err := hex.DecodeString(id.Trust)
	if err != nil || len(trust) != ed25519.PublicKeySize {
		return id, nil, errors.New("station: identity: the trust key is damaged")
	}
	return id, trust, nil
}

func (id Identity) save(dir string) error {
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(id); err != nil {
		return fmt.Errorf("station: identity: %w", err)
	}
	return writeSynced(filepath.Join(dir, identityFile), b.Bytes())
}

// writeSynced puts a file in place whole or not at all.
func writeSynced(path string, data []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("station: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("station: write %s: %w", path, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("station: %w", err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("station: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// privateKey reads a key, or makes one where there is none. Live private keys
// exist in this file alone.
func privateKey(path string, random io.Reader) (ed25519.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && random != nil {
		return newKey(path, random)
	}
	if err != nil {
		return nil, fmt.Errorf("station: key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("station: %s holds no key", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("station: %s: %w", path, err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("station: %s holds no Ed25519 key", path)
	}
	return private, nil
}

func newKey(path string, random io.Reader) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, fmt.Errorf("station: key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("station: key: %w", err)
	}
	return key, writeSynced(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// forAnotherCode makes room for new keys where those that lie here were offered
// with another code: a hub that knows them already, because its answer was
// lost, takes them with that code alone. Nothing is deleted.
func (o Opts) forAnotherCode(code api.Code) error {
	sum := sha256.Sum256(code.Secret[:])
	path, now := filepath.Join(o.Dir, "offered"), hex.EncodeToString(sum[:])
	before, err := os.ReadFile(path)
	if err == nil && string(before) == now {
		return nil
	}
	if err == nil {
		old := filepath.Join(o.Dir, "old-"+string(before[:min(8, len(before))]))
		if err := os.MkdirAll(old, 0o700); err != nil {
			return fmt.Errorf("station: %w", err)
		}
		for _, name := range []string{"live.key", "practice.key", "journal.db", "journal.db-wal", "journal.db-shm", "journal.head"} {
			if err := os.Rename(filepath.Join(o.Dir, name), filepath.Join(old, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("station: %w", err)
			}
		}
	}
	return writeSynced(path, []byte(now))
}

// Enrol makes this kiosk known to the hub that the code names, and keeps the
// hub's trust list. It may be repeated until it succeeds: the keys stay.
func Enrol(ctx context.Context, opts Opts, code api.Code) (Identity, error) {
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return Identity{}, fmt.Errorf("station: %w", err)
	}
	if _, _, err := loadIdentity(opts.Dir); !errors.Is(err, ErrNotEnrolled) {
		return Identity{}, errors.Join(errors.New("station: this directory is enrolled already"), err)
	}
	if err := opts.forAnotherCode(code); err != nil {
		return Identity{}, err
	}
	live, err := privateKey(filepath.Join(opts.Dir, "live.key"), opts.Rand)
	if err != nil {
		return Identity{}, err
	}
	practice, err := privateKey(filepath.Join(opts.Dir, "practice.key"), opts.Rand)
	if err != nil {
		return Identity{}, err
	}
	sealed, err := cards.SealEnrolment(code.Secret[:], live, practice)
	if err != nil {
		return Identity{}, err
	}
	hub, err := api.NewClient(&api.Opts{Base: code.Base})
	if err != nil {
		return Identity{}, err
	}
	answer, err := hub.Enrol(ctx, sealed)
	if err != nil {
		return Identity{}, err
	}
	return welcome(ctx, opts, code, answer, cards.SigningKey{Private: live})
}

// welcome checks the hub's answer against the fingerprint in the code.
func welcome(ctx context.Context, opts Opts, code api.Code, answer []byte, live cards.SigningKey) (Identity, error) {
	w, err := cards.OpenWelcome(answer, code.Fingerprint)
	if err != nil {
		return Identity{}, err
	}
	list, err := cards.OpenTrustList(w.Trust, w.TrustKey)
	if err != nil {
		return Identity{}, err
	}
	if i, ok := list.Issuer(w.Live); !ok || !bytes.Equal(i.Public, live.Public()) {
		return Identity{}, errors.New("station: the hub's list does not name this kiosk's key")
	}
	id := Identity{
		Kiosk: w.Kiosk, Hub: code.Base, Live: w.Live, Practice: w.Practice, Trust: hex.EncodeToString(w.TrustKey),
	}
	live.ID = id.Live
	j, err := opts.journal(ctx, "journal", live)
	if err != nil {
		return id, err
	}
	if err := errors.Join(j.Keep(ctx, cards.PaperTrustList, w.Trust), j.Close()); err != nil {
		return id, err
	}
	return id, id.save(opts.Dir)
}
