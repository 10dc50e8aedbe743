package revocation

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"pointkiosk/cards"
)

// OCSP asks a responder (RFC 6960).
type OCSP struct {
	url   string
	opts  Opts
	cache cache[cards.Standing]
}

// NewOCSP returns a source that asks the responder at this address.
func NewOCSP(url string, opts *Opts) *OCSP { return &OCSP{url: url, opts: opts.filled()} }

func (o *OCSP) String() string { return "revocation.OCSP{" + o.url + "}" }

// maxOCSP is many times what an answer has, in bytes.
const maxOCSP = 64 << 10

// Check asks about one certificate, unless it did and the answer is not due.
func (o *OCSP) Check(ctx context.Context, leaf, issuer *x509.Certificate) (cards.Standing, error) {
	now := o.opts.Clock()
	key := string(issuer.RawSubjectPublicKeyInfo) + leaf.SerialNumber.String()
	if held, ok := o.cache.get(key, now); ok {
		return held, nil
	}
	q, err := newQuestion(leaf, issuer)
	if err != nil {
		return cards.StandingNotChecked, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url, bytes.NewReader(q.der))
	if err != nil {
		return cards.StandingNotChecked, fmt.Errorf("revocation: %w", err)
	}
	r.Header.Set("Content-Type", "application/ocsp-request")
	r.Header.Set("Accept", "application/ocsp-response")
	body, err := fetch(o.opts.HTTP, r, []string{"application/ocsp-response"}, maxOCSP)
	if err != nil {
		return cards.StandingNotChecked, err
	}
	a, err := q.read(body, leaf, issuer, now)
	if err != nil {
		return cards.StandingNotChecked, err
	}
	standing, err := word(a.Status)
	if err == nil && !a.NextUpdate.IsZero() {
		o.cache.put(key, standing, now, a.NextUpdate)
	}
	return standing, err
}

func word(status int) (cards.Standing, error) {
	switch status {
	case ocsp.Good:
		return cards.StandingGood, nil
	case ocsp.Revoked:
		return cards.StandingRevoked, nil
	}
	return cards.StandingNotChecked, errors.New("revocation: the responder does not know the certificate")
}

// A question is one request, with the nonce that its answer should repeat.
type question struct {
	der   []byte
	id    *ocsp.Request
	nonce []byte // the extension's value
}

// nonceOID is id-pkix-ocsp-nonce (RFC 9654, section 2.1).
func nonceOID() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2} }

// A requestASN1 is an OCSPRequest (RFC 6960, section 4.1.1).
type requestASN1 struct {
	TBS struct {
		List       []asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:2,optional"`
	}
}

func newQuestion(leaf, issuer *x509.Certificate) (q question, err error) {
	fail := func(err error) (question, error) {
		return question{}, fmt.Errorf("revocation: make a request: %w", err)
	}
	der, err := ocsp.CreateRequest(leaf, issuer, nil)
	if err != nil {
		return fail(err)
	}
	if q.id, err = ocsp.ParseRequest(der); err != nil {
		return fail(err)
	}
	var r requestASN1
	if _, err := asn1.Unmarshal(der, &r); err != nil {
		return fail(err)
	}
	nonce := make([]byte, 32)
	rand.Read(nonce) //nolint:errcheck // it never fails
	if q.nonce, err = asn1.Marshal(nonce); err != nil {
		return fail(err)
	}
	r.TBS.Extensions = []pkix.Extension{{Id: nonceOID(), Value: q.nonce}}
	if q.der, err = asn1.Marshal(r); err != nil {
		return fail(err)
	}
	return q, nil
}

// read takes an answer that the issuer, or a responder that it named, signed:
// for this certificate, for now, and for this question where it says for which.
func (q question) read(body []byte, leaf, issuer *x509.Certificate, now time.Time) (*ocsp.Response, error) {
	a, err := ocsp.ParseResponseForCert(body, leaf, issuer)
	if err != nil {
		return nil, fmt.Errorf("revocation: OCSP answer: %w", err)
	}
	if !speaksFor(a.Certificate, issuer, now) {
		return nil, errors.New("revocation: the OCSP answer is signed by who is no responder of the CA")
	}
	if !current(now, a.ThisUpdate, a.NextUpdate) || a.ProducedAt.After(now.Add(skew)) {
		return nil, errors.New("revocation: the OCSP answer is not one of now")
	}
	if err := q.answered(a.TBSResponseData); err != nil {
		return nil, err
	}
	return a, nil
}

// speaksFor reports whether a responder's certificate, if one came, is the CA's
// own or is for this use: the CA signs every resident's certificate too.
func speaksFor(responder, issuer *x509.Certificate, now time.Time) bool {
	if responder == nil || bytes.Equal(responder.RawSubjectPublicKeyInfo, issuer.RawSubjectPublicKeyInfo) {
		return true
	}
	return slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) && !now.Before(responder.NotBefore) && !now.After(responder.NotAfter)
}

// A dataASN1 is ResponseData (RFC 6960, section 4.2.1).
type dataASN1 struct {
	Version    int `asn1:"optional,default:0,explicit,tag:0"`
	Responder  asn1.RawValue
	ProducedAt time.Time `asn1:"generalized"`
	Responses  []struct {
		ID struct {
			Hash              pkix.AlgorithmIdentifier
			NameHash, KeyHash []byte
			Serial            *big.Int
		}
		Rest asn1.RawValue
		This time.Time     `asn1:"generalized"`
		Next asn1.RawValue `asn1:"optional,explicit,tag:0"`
		Exts asn1.RawValue `asn1:"optional,explicit,tag:1"`
	}
	Extensions []pkix.Extension `asn1:"optional,explicit,tag:1"`
}

// answered reports whether the answer is about the CA that was asked about, and
// repeats the nonce if it has one: an answer made in advance has none.
func (q question) answered(data []byte) error {
	var d dataASN1
	if rest, err := asn1.Unmarshal(data, &d); err != nil || len(rest) > 0 {
		return errors.New("revocation: the OCSP answer can't be read")
	}
	for _, e := range d.Extensions {
		if e.Id.Equal(nonceOID()) && !bytes.Equal(e.Value, q.nonce) {
			return errors.New("revocation: the OCSP answer is to another question")
		}
	}
	for _, r := range d.Responses {
		if r.ID.Serial != nil && r.ID.Serial.Cmp(q.id.SerialNumber) == 0 {
			if !bytes.Equal(r.ID.NameHash, q.id.IssuerNameHash) || !bytes.Equal(r.ID.KeyHash, q.id.IssuerKeyHash) {
				return errors.New("revocation: the OCSP answer is about another CA")
			}
			return nil
		}
	}
	return errors.New("revocation: the OCSP answer is about another certificate")
}
