package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keys are the hub's secrets, each in a file of its own beside the database: a
// copy of the database holds none of them.
type keys struct {
	trust, hub     ed25519.PrivateKey
	page, registry []byte
}

const (
	pageKeyType     = "POINTKIOSK PAGE KEY"
	registryKeyType = "POINTKIOSK REGISTRY KEY"
)

// loadKeys reads the keys, and makes those that are missing where fresh says
// that there is no database yet.
func loadKeys(dir string, fresh bool) (k keys, err error) {
	if fresh {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return k, fmt.Errorf("keys: %w", err)
		}
	}
	if k.trust, err = signingKey(filepath.Join(dir, "trust.key"), fresh); err != nil {
		return k, err
	}
	if k.hub, err = signingKey(filepath.Join(dir, "hub.key"), fresh); err != nil {
		return k, err
	}
	k.page, err = secretFile(filepath.Join(dir, "page.key"), pageKeyType, fresh)
	return k, err
}

// secretFile reads 32 random bytes.
func secretFile(path, kind string, fresh bool) ([]byte, error) {
	return keyFile(path, kind, fresh, func() ([]byte, error) {
		b := make([]byte, 32)
		_, err := rand.Read(b)
		return b, err
	})
}

// signingKey reads an Ed25519 key (PKCS #8, RFC 8410).
func signingKey(path string, fresh bool) (ed25519.PrivateKey, error) {
	der, err := keyFile(path, "PRIVATE KEY", fresh, func() ([]byte, error) {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return x509.MarshalPKCS8PrivateKey(private)
	})
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	private, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("keys: %s is no Ed25519 key", path)
	}
	return private, nil
}

// keyFile reads a PEM file that only its owner may read, or makes it.
func keyFile(path, kind string, fresh bool, make func() ([]byte, error)) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && fresh {
		der, err := make()
		if err != nil {
			return nil, fmt.Errorf("keys: make %s: %w", path, err)
		}
		return der, writeOnce(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keys: others may read %s: chmod 600 it", path)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("keys: %s is no %s", path, kind)
	}
	return block.Bytes, nil
}

// writeOnce writes a file that survives a power cut and replaces none.
func writeOnce(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("keys: write %s: %w", path, err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
