package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// caFolder holds the CAs of user authentication, a PEM file each, named by the
// key.
const caFolder = "ca"

// What is wrong with a CA that can't be taken.
var (
	errNoCA   = errors.New("not the certificate of a CA")
	errTestCA = errors.New("a CA for tests")
	errSignCA = errors.New("the CA of signature certificates, not of user authentication")
)

// fingerprint names a CA by its key: generations share a name.
func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// roots reads the CAs anew each time, so that one that is added counts at once.
func (s *store) roots() (all []*x509.Certificate, err error) {
	names, err := filepath.Glob(filepath.Join(s.dir, caFolder, "*.pem"))
	if err != nil {
		return nil, err
	}
	for _, name := range names { // Glob sorts
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, err := readCA(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// readCA reads one CA certificate, as PEM or DER.
func readCA(text []byte) (*x509.Certificate, error) {
	if block, rest := pem.Decode(text); block != nil {
		if block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
			return nil, errNoCA
		}
		text = block.Bytes
	}
	c, err := x509.ParseCertificate(text)
	if err != nil {
		return nil, errors.Join(errNoCA, err)
	}
	if !c.IsCA || !c.BasicConstraintsValid || c.KeyUsage&x509.KeyUsageCertSign == 0 || c.CheckSignatureFrom(c) != nil {
		return nil, errNoCA
	}
	return c, nil
}

// suits refuses the CA of signature certificates, and J-LIS's own test CA unless
// that is meant.
func suits(c *x509.Certificate, test bool) error {
	holds := func(values []string, part string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.Contains(strings.ToLower(v), part) })
	}
	switch {
	case holds(c.Subject.OrganizationalUnit, "for digital signature"):
		return errSignCA
	case !test && (holds(c.Subject.Organization, "test") || holds(c.Subject.OrganizationalUnit, "test")):
		return errTestCA
	}
	return nil
}

func caAdd() command {
	return command{
		name: "ca add",
		do: func(k *call) error {
			by := k.flags.String("by", "", "")
			test := k.flags.Bool("test", false, "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			text, err := os.ReadFile(k.rest[0])
			if err != nil {
				return err
			}
			c, err := readCA(text)
			if err == nil {
				err = suits(c, *test)
			}
			if err != nil {
				return err
			}
			return k.with(func(s *store) error { return k.addCA(s, c, *by) })
		},
	}
}

func (k *call) addCA(s *store, c *x509.Certificate, by string) error {
	if err := s.ledger.May(k.ctx, by, ledger.RoleMyKey); err != nil {
		return err
	}
	dir := filepath.Join(s.dir, caFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := fingerprint(c)
	err := writeOnce(filepath.Join(dir, name[:16]+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	if errors.Is(err, fs.ErrExist) {
		return nil // it counts already
	}
	if err == nil {
		err = s.registry.Note(k.ctx, registry.Deed{What: "ca", Person: by, Reason: name})
	}
	if err == nil {
		fmt.Fprintln(k.out, k.Say("hub.ca.added", c.Subject.String(), name, moment(c.NotAfter)))
	}
	return err
}

func caList() command {
	return command{
		name: "ca list",
		do: func(k *call) error {
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				all, err := s.roots()
				if err != nil {
					return err
				}
				t := newTable(k.Say("hub.head.cas"))
				for _, c := range all {
					t.row(fingerprint(c)[:16], moment(c.NotBefore), moment(c.NotAfter), c.Subject.String())
				}
				return t.write(k.out)
			})
		},
	}
}
