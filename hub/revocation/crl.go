package revocation

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"pointkiosk/cards"
)

// CRL reads a revocation list (RFC 5280, section 5) from an address or a file.
type CRL struct {
	from  string
	opts  Opts
	cache cache[*list]
}

// A list is a revocation list that was checked, with its serials.
type list struct {
	raw     *x509.RevocationList
	serials map[string]bool
}

// NewCRL returns a source that reads the list at an http address, or in a file.
func NewCRL(from string, opts *Opts) *CRL { return &CRL{from: from, opts: opts.filled()} }

func (c *CRL) String() string { return "revocation.CRL{" + c.from + "}" }

// maxCRL bounds a list: a million serials.
const maxCRL = 64 << 20

// Check looks a certificate up in its issuer's list.
func (c *CRL) Check(ctx context.Context, leaf, issuer *x509.Certificate) (cards.Standing, error) {
	now := c.opts.Clock()
	key := string(issuer.RawSubjectPublicKeyInfo)
	l, held := c.cache.get(key, now)
	if !held {
		var err error
		if l, err = c.load(ctx, issuer, now); err != nil {
			return cards.StandingNotChecked, err
		}
		c.cache.put(key, l, now, l.raw.NextUpdate)
	}
	if l.serials[leaf.SerialNumber.String()] {
		return cards.StandingRevoked, nil
	}
	if err := covers(l.raw, leaf); err != nil {
		return cards.StandingNotChecked, err
	}
	return cards.StandingGood, nil
}

// load reads the list and checks that the CA signed it, for now.
func (c *CRL) load(ctx context.Context, issuer *x509.Certificate, now time.Time) (*list, error) {
	body, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	raw, err := x509.ParseRevocationList(body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("revocation: read the CRL: %w", err)
	case !bytes.Equal(raw.RawIssuer, issuer.RawSubject) || raw.CheckSignatureFrom(issuer) != nil:
		return nil, errors.New("revocation: the CRL is another CA's")
	case raw.NextUpdate.IsZero() || !current(now, raw.ThisUpdate, raw.NextUpdate):
		return nil, errors.New("revocation: the CRL is not one of now")
	}
	l := &list{raw: raw, serials: map[string]bool{}}
	for _, e := range raw.RevokedCertificateEntries {
		l.serials[e.SerialNumber.String()] = e.ReasonCode != removeFromCRL
	}
	return l, nil
}

// removeFromCRL takes a serial off a list again (RFC 5280, section 5.3.1).
const removeFromCRL = 8

func (c *CRL) read(ctx context.Context) ([]byte, error) {
	if !strings.HasPrefix(c.from, "http://") && !strings.HasPrefix(c.from, "https://") {
		body, err := os.ReadFile(c.from)
		if block, _ := pem.Decode(body); block != nil && block.Type == "X509 CRL" {
			body = block.Bytes
		}
		if err != nil {
			return nil, fmt.Errorf("revocation: read the CRL: %w", err)
		}
		return body, nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.from, nil)
	if err != nil {
		return nil, fmt.Errorf("revocation: %w", err)
	}
	return fetch(c.opts.HTTP, r, []string{"application/pkix-crl", "application/x-pkcs7-crl", "application/octet-stream"}, maxCRL)
}

// A scopeASN1 is IssuingDistributionPoint (RFC 5280, section 5.2.5).
type scopeASN1 struct {
	Point       asn1.RawValue `asn1:"optional,tag:0"`
	OnlyUsers   bool          `asn1:"optional,tag:1"`
	OnlyCAs     bool          `asn1:"optional,tag:2"`
	SomeReasons asn1.RawValue `asn1:"optional,tag:3"`
	Indirect    bool          `asn1:"optional,tag:4"`
	OnlyAttrs   bool          `asn1:"optional,tag:5"`
}

// covers reports a list that says nothing of a certificate which is not on it:
// one of another part of the CA's certificates, of some reasons only, or one
// with anything critical that is not understood here.
func covers(l *x509.RevocationList, leaf *x509.Certificate) error {
	for _, e := range l.Extensions {
		if !e.Critical {
			continue
		}
		var s scopeASN1
		if !e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}) {
			return errors.New("revocation: the CRL has something critical that is not understood")
		}
		if rest, err := asn1.Unmarshal(e.Value, &s); err != nil || len(rest) > 0 {
			return errors.New("revocation: the CRL's scope can't be read")
		}
		if s.OnlyCAs || s.OnlyAttrs || s.Indirect || len(s.SomeReasons.FullBytes) > 0 || !named(s.Point, leaf) {
			return errors.New("revocation: the CRL is about other certificates")
		}
	}
	return nil
}

// named reports whether a certificate names the list's distribution point; one
// without a point is for all.
func named(point asn1.RawValue, leaf *x509.Certificate) bool {
	if len(point.FullBytes) == 0 {
		return true
	}
	for _, e := range leaf.Extensions {
		if !e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 31}) {
			continue
		}
		var points []struct {
			Point   asn1.RawValue `asn1:"optional,tag:0"`
			Reasons asn1.RawValue `asn1:"optional,tag:1"`
			Issuer  asn1.RawValue `asn1:"optional,tag:2"`
		}
		if _, err := asn1.Unmarshal(e.Value, &points); err != nil {
			return false
		}
		for _, p := range points {
			if bytes.Equal(p.Point.Bytes, point.Bytes) {
				return true
			}
		}
	}
	return false
}
