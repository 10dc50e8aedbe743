package registry

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
)

const (
	testKiosk  = "KSZ-014"
	testScheme = "らづポイント"
)

// A booth is a kiosk before a registry, with a CA that it knows.
type booth struct {
	*Registry
	t     testing.TB
	clock *clock
	ca    *catest.CA
	roots []*x509.Certificate
	asked revoking
}

// revoking says of certificates what a test wants.
type revoking struct {
	standing cards.Standing
	err      error
}

func (r *revoking) Check(context.Context, *x509.Certificate, *x509.Certificate) (cards.Standing, error) {
	return r.standing, r.err
}

func newBooth(t testing.TB, mend func(*Opts)) *booth {
	t.Helper()
	b := &booth{t: t}
	b.Registry, b.clock = testRegistry(t, func(o *Opts) {
		o.Key = []byte(strings.Repeat("k", KeySize))
		o.Roots = func() ([]*x509.Certificate, error) { return b.roots, nil }
		o.Revocation = &b.asked
		if mend != nil {
			mend(o)
		}
	})
	b.asked.standing = cards.StandingGood
	b.ca = catest.New(t, b.clock.now())
	b.roots = []*x509.Certificate{catest.New(t, b.clock.now()).Certificate, b.ca.Certificate} // two generations of one name
	return b
}

func (b *booth) ask(p cards.Purpose, wanted string) cards.Offer {
	b.t.Helper()
	o, err := b.Ask(context.Background(), testKiosk, cards.Ask{Purpose: p, Scheme: testScheme, Wanted: wanted}, cards.Terms{Version: "1"})
	if err != nil {
		b.t.Fatal(err)
	}
	return o
}

// application is what a card signs on an offer.
func (b *booth) application(p cards.Purpose, id string, o cards.Offer) cards.Application {
	a := cards.Application{Purpose: p, ID: id, Scheme: testScheme, Kiosk: testKiosk, At: b.clock.now().UnixMilli(), Challenge: o.Challenge}
	if p == cards.Register {
		a.Terms = "1"
	}
	return a
}

// A filing is an apply before it is put together: what is sent, and what was
// signed.
type filing struct {
	app, signed cards.Application
	card        catest.Card
	seal        []byte // the offer's
	password    string // as it is typed
	apply       cards.Apply
}

func (b *booth) file(card catest.Card, p cards.Purpose, id string) *filing {
	b.t.Helper()
	o := b.ask(p, id)
	app := b.application(p, id, o)
	f := &filing{app: app, signed: app, card: card, seal: o.Seal}
	if p == cards.Register {
		f.password = testPassword
	}
	return f
}

func (f *filing) sent(t testing.TB) cards.Apply {
	t.Helper()
	body, err := cards.Encode(f.app)
	if err != nil {
		t.Fatal(err)
	}
	f.apply.Application, f.apply.Certificate = body, f.card.DER
	if f.apply.Password == nil && f.password != "" {
		f.apply.Password = sealedFor(t, f.seal, body, f.password)
	}
	if f.apply.Signature == nil {
		f.apply.Signature = f.card.Sign(t, f.signed)
	}
	return f.apply
}

func sealedFor(t testing.TB, seal, bound []byte, password string) []byte {
	t.Helper()
	sealed, err := cards.SealPassword(seal, bound, []byte(password))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// requestOf stands for the hash of the sealed apply.
func requestOf(t testing.TB, a cards.Apply) [32]byte {
	t.Helper()
	data, err := cards.Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(data)
}

func (b *booth) send(kiosk string, a cards.Apply) cards.Answer {
	b.t.Helper()
	request := requestOf(b.t, a)
	done, err := b.Apply(context.Background(), kiosk, request, a)
	if err != nil || !bytes.Equal(done.Answer.Request, request[:]) {
		b.t.Fatalf("%+v, %v", done, err)
	}
	done.Answer.Request = slices.Clone(request[:])
	if err := done.Answer.Check(); err != nil {
		b.t.Fatal(err)
	}
	return done.Answer
}

// apply goes the whole way once.
func (b *booth) apply(card catest.Card, p cards.Purpose, id string) cards.Answer {
	b.t.Helper()
	return b.send(testKiosk, b.file(card, p, id).sent(b.t))
}

func (b *booth) card(mend func(*x509.Certificate)) catest.Card {
	b.t.Helper()
	return b.ca.Issue(b.t, b.clock.now(), mend)
}

// Every ruling, each by what it is there for; and what is refused leaves no
// account behind.
func TestRulings(t *testing.T) {
	small, p521 := catest.RSA(t, 1024), newECDSA(t, elliptic.P521())
	for _, tt := range []struct {
		name string
		mend func(*booth, *filing)
		want cards.Ruling
	}{
		{"register", func(*booth, *filing) {}, cards.RulingOK},
		{"by a slip code", func(_ *booth, f *filing) { f.password, f.apply.Code = "", true }, cards.RulingOK},
		{"revocation can't be checked", func(b *booth, _ *filing) { b.asked.standing = cards.StandingNotChecked }, cards.RulingOK},
		{"the CA does not answer", func(b *booth, _ *filing) { b.asked = revoking{"", errors.New("no answer")} }, cards.RulingOK},
		{"the ID has a holder", func(b *booth, f *filing) { b.apply(b.card(nil), cards.Register, "HANA2345") }, cards.RulingTaken},
		{"an ID that offends", func(_ *booth, f *filing) { f.app.ID, f.signed.ID = "BAKA2345", "BAKA2345" }, cards.RulingOffensive},
		{"another kiosk's application", func(_ *booth, f *filing) { f.app.Kiosk, f.signed.Kiosk = "KSZ-015", "KSZ-015" }, cards.RulingMalformed},
		{"another scheme than was asked for", func(_ *booth, f *filing) { f.app.Scheme, f.signed.Scheme = "x", "x" }, cards.RulingMalformed},
		{"other terms than were shown", func(_ *booth, f *filing) { f.app.Terms, f.signed.Terms = "2", "2" }, cards.RulingMalformed},
		{"no time", func(_ *booth, f *filing) { f.app.At, f.signed.At = 0, 0 }, cards.RulingMalformed},
		{"neither password nor code", func(_ *booth, f *filing) { f.password = "" }, cards.RulingMalformed},
		{"password and code", func(_ *booth, f *filing) { f.apply.Code = true }, cards.RulingMalformed},
		{"another CA of the same name", func(b *booth, f *filing) { f.card = catest.New(t, b.clock.now()).Issue(t, b.clock.now(), nil) }, cards.RulingUnknownCA},
		{"no CA is known", func(b *booth, _ *filing) { b.roots = nil }, cards.RulingUnknownCA},
		{"the CA has expired", func(b *booth, f *filing) { b.clock.wait(10 * 365 * 24 * time.Hour); f.renew(b) }, cards.RulingUnknownCA},
		{"expired", func(b *booth, f *filing) {
			f.card = b.card(func(c *x509.Certificate) { c.NotAfter = b.clock.now().Add(-time.Second) })
		}, cards.RulingExpired},
		{"not yet valid", func(b *booth, f *filing) {
			f.card = b.card(func(c *x509.Certificate) { c.NotBefore = b.clock.now().Add(time.Minute) })
		}, cards.RulingNotYet},
		{"revoked", func(b *booth, _ *filing) { b.asked.standing = cards.StandingRevoked }, cards.RulingRevoked},
		{"a CA as leaf", func(b *booth, f *filing) { f.card = b.card(func(c *x509.Certificate) { c.IsCA = true }) }, cards.RulingWeak},
		{"the CA itself", func(b *booth, f *filing) { f.card = catest.Card{DER: b.ca.Certificate.Raw, Key: b.ca.Key} }, cards.RulingWeak},
		{"a signature certificate", usage(x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment), cards.RulingWeak},
		{"another usage", usage(x509.KeyUsageKeyEncipherment), cards.RulingWeak},
		{"for servers", func(b *booth, f *filing) {
			f.card = b.card(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
		}, cards.RulingWeak},
		{"no policy", func(b *booth, f *filing) { f.card = b.card(func(c *x509.Certificate) { c.Policies = nil }) }, cards.RulingWeak},
		{"another policy", func(b *booth, f *filing) {
			f.card = b.card(func(c *x509.Certificate) { c.Policies = []x509.OID{oid(t, 1, 2, 392, 200149, 8, 5, 1, 1, 20)} })
		}, cards.RulingWeak},
		{"something critical that nobody knows", func(b *booth, f *filing) {
			f.card = b.card(func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
			})
		}, cards.RulingWeak},
		{"RSA-1024", func(b *booth, f *filing) { f.card = b.ca.IssueTo(t, b.clock.now(), small, nil) }, cards.RulingWeak},
		{"P-521", func(b *booth, f *filing) { f.card = b.ca.IssueTo(t, b.clock.now(), p521, nil) }, cards.RulingWeak},
		{"no certificate at all", func(_ *booth, f *filing) { f.card.DER = []byte("rubbish") }, cards.RulingWeak},
		{"a byte behind the certificate", func(_ *booth, f *filing) { f.card.DER = append(bytes.Clone(f.card.DER), 0) }, cards.RulingWeak},
		{"another time was signed", func(_ *booth, f *filing) { f.signed.At++ }, cards.RulingSignature},
		{"another challenge was signed", func(_ *booth, f *filing) { f.signed.Challenge = make([]byte, cards.ChallengeSize) }, cards.RulingSignature},
		{"another card signed", func(b *booth, f *filing) { f.apply.Signature = b.card(nil).Sign(t, f.signed) }, cards.RulingSignature},
		{"a signature of nothing", func(_ *booth, f *filing) { f.apply.Signature = []byte{1} }, cards.RulingSignature},
		{"an ID that nobody offered was signed", func(_ *booth, f *filing) { f.signed.ID = "HANA2346" }, cards.RulingSignature},
		{"another ID of the offer was signed", func(b *booth, f *filing) {
			o := b.ask(cards.Register, "HANA2345")
			f.app.Challenge, f.signed.Challenge, f.signed.ID = o.Challenge, o.Challenge, o.Proposals[1]
		}, cards.RulingOtherID},
		{"the challenge was used", func(b *booth, f *filing) {
			spoilt := *f
			spoilt.apply.Signature = []byte{1}
			if got := b.send(testKiosk, spoilt.sent(t)); got.Ruling != cards.RulingSignature {
				t.Errorf("%s", got.Ruling)
			}
		}, cards.RulingUsed},
		{"the terms were read slowly", func(b *booth, _ *filing) { b.clock.wait(19 * time.Minute) }, cards.RulingOK},
		{"the challenge is old", func(b *booth, _ *filing) { b.clock.wait(registerLife) }, cards.RulingLate},
		{"the challenge is old, to change", func(b *booth, f *filing) {
			b.apply(f.card, cards.Register, "HANA2347")
			*f = *b.file(f.card, cards.Change, "HANA2345")
			b.clock.wait(challengeLife)
		}, cards.RulingLate},
		{"the challenge is a week old", func(b *booth, _ *filing) { b.clock.wait(7 * 24 * time.Hour); b.ask(cards.Show, "") }, cards.RulingLate},
		{"a challenge of nobody's", func(_ *booth, f *filing) {
			f.app.Challenge = make([]byte, cards.ChallengeSize)
			f.signed = f.app
		}, cards.RulingLate},
		{"a challenge for another purpose", func(b *booth, f *filing) { f.app.Challenge = b.ask(cards.Show, "").Challenge; f.signed = f.app }, cards.RulingLate},
		{"another kiosk's challenge", func(b *booth, f *filing) {
			o, err := b.Ask(t.Context(), "KSZ-015", cards.Ask{Purpose: cards.Register, Scheme: testScheme}, cards.Terms{Version: "1"})
			if err != nil {
				t.Fatal(err)
			}
			f.app.Challenge = o.Challenge
			f.signed = f.app
		}, cards.RulingLate},
		{"a second account", func(b *booth, f *filing) { b.apply(f.card, cards.Register, "HANA2347") }, cards.RulingHasID},
		{"show before there is an ID", func(b *booth, f *filing) { *f = *b.file(f.card, cards.Show, "") }, cards.RulingNoID},
		{"a certificate that was replaced", func(b *booth, f *filing) {
			b.apply(f.card, cards.Register, "HANA2347")
			next := b.file(b.card(nil), cards.Rebind, "HANA2347")
			next.password = testPassword
			if got := b.send(testKiosk, next.sent(t)); got.Ruling != cards.RulingOK {
				t.Errorf("%s", got.Ruling)
			}
		}, cards.RulingReplaced},
		{"a short password", func(_ *booth, f *filing) { f.password = "short" }, cards.RulingPassword},
		{"a password that all guess", func(_ *booth, f *filing) { f.password = "password123" }, cards.RulingPassword},
		{"the ID as password", func(_ *booth, f *filing) { f.password = "hana2345" }, cards.RulingPassword},
		{"a password that nobody sealed", func(_ *booth, f *filing) { f.apply.Password = []byte(testPassword) }, cards.RulingMalformed},
		{"a password for another application", func(_ *booth, f *filing) {
			f.apply.Password = sealedFor(t, f.seal, []byte("another"), testPassword)
		}, cards.RulingMalformed},
		{"a password for another hub", func(_ *booth, f *filing) { f.seal = bytes.Repeat([]byte{9}, 32) }, cards.RulingMalformed},
		{"rebind to nobody's ID", func(b *booth, f *filing) {
			*f = *b.file(f.card, cards.Rebind, "HANA2345")
			f.password = testPassword
		}, cards.RulingWrong},
		{"rebind without password or staff", func(b *booth, f *filing) {
			b.apply(b.card(nil), cards.Register, "HANA2345")
			*f = *b.file(f.card, cards.Rebind, "HANA2345")
		}, cards.RulingWrong},
		{"no processor is free", func(b *booth, _ *filing) { b.known.free = 0 }, cards.RulingBusy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBooth(t, func(o *Opts) { o.Wait = time.Millisecond })
			f := b.file(b.card(nil), cards.Register, "HANA2345")
			tt.mend(b, f)
			before := b.count(`SELECT COUNT(*) FROM account`)
			got := b.send(testKiosk, f.sent(t))
			if got.Ruling != tt.want {
				t.Fatalf("%s, want %s", got.Ruling, tt.want)
			}
			if made := b.count(`SELECT COUNT(*) FROM account`) - before; made != 0 && tt.want != cards.RulingOK {
				t.Errorf("%d accounts were made", made)
			}
			if tells := got.ID != ""; tells != (tt.want == cards.RulingOK || tt.want == cards.RulingHasID) {
				t.Errorf("it tells %q", got.ID)
			}
			if again := b.send(testKiosk, f.sent(t)); again.Ruling != tt.want || again.ID != got.ID || again.Code != got.Code {
				t.Errorf("the same again: %+v, before %+v", again, got)
			}
		})
	}
}

// renew issues the filing's card anew, for a clock that went on.
func (f *filing) renew(b *booth) {
	f.card = b.card(nil)
	*f = *b.file(f.card, cards.Register, "HANA2345")
}

func usage(u x509.KeyUsage) func(*booth, *filing) {
	return func(b *booth, f *filing) { f.card = b.card(func(c *x509.Certificate) { c.KeyUsage = u }) }
}

func oid(t testing.TB, parts ...uint64) x509.OID {
	t.Helper()
	o, err := x509.OIDFromInts(parts)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func newECDSA(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (b *booth) count(query string, args ...any) (n int) {
	b.t.Helper()
	if err := b.read.QueryRow(query, args...).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// Today's cards sign with RSA, the next generation's with ECDSA.
func TestKeysOfCards(t *testing.T) {
	b := newBooth(t, nil)
	now := b.clock.now()
	for n, card := range []catest.Card{b.ca.IssueTo(t, now, catest.RSA(t, 2048), nil), b.ca.IssueTo(t, now, newECDSA(t, elliptic.P256()), nil),
		b.ca.IssueTo(t, now, newECDSA(t, elliptic.P384()), nil)} {
		if got := b.apply(card, cards.Register, "HANA234"+"567"[n:n+1]); got.Ruling != cards.RulingOK || got.Standing != cards.StandingGood {
			t.Errorf("%d: %+v", n, got)
		}
	}
}

// What is kept says nothing of a certificate that its holder could be found by.
func TestWhatIsKept(t *testing.T) {
	b := newBooth(t, nil)
	card := b.card(nil)
	f := b.file(card, cards.Register, "HANA2345")
	b.send(testKiosk, f.sent(t))
	leaf, err := x509.ParseCertificate(card.DER)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, table := range []string{"application", "certificate", "challenge", "account", "mykey_audit", "membership", "slip_code"} {
		rows, err := b.read.Query(`SELECT * FROM ` + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			row := make([]any, len(columns))
			for n := range row {
				row[n] = new([]byte)
			}
			if err := rows.Scan(row...); err != nil {
				t.Fatal(err)
			}
			for _, v := range row {
				all.Write(*v.(*[]byte))
				all.WriteByte('\n')
			}
		}
		rows.Close()
	}
	plain := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	for name, secret := range map[string]string{"serial": leaf.SerialNumber.String(), "name": leaf.Subject.CommonName, "certificate": string(card.DER[40:60]),
		"plain hash of the key": hexOf(plain), "password": testPassword, "signature": string(f.apply.Signature[10:30])} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("the database holds the %s", name)
		}
	}
	if !strings.Contains(all.String(), holder{ca: b.ca.Certificate}.caName()) || b.count(`SELECT COUNT(*) FROM application WHERE ruling = 'ok' AND standing = 'good'`) != 1 {
		t.Error("the record does not say which CA, or what it said")
	}
}

// Who changes their ID or has new codes made again and again waits, and nothing
// is used up by that; later the same bytes are taken.
func TestHolderWaits(t *testing.T) {
	b := newBooth(t, nil)
	card := b.card(nil)
	if a := b.apply(card, cards.Register, "AAAA2222"); a.Ruling != cards.RulingOK {
		t.Fatal(a.Ruling)
	}
	code := func() cards.Apply {
		f := b.file(card, cards.Show, "")
		f.apply.Code = true
		return f.sent(t)
	}
	for n := range DefaultLimits().Holder.Burst {
		if a := b.send(testKiosk, code()); a.Ruling != cards.RulingOK || a.Code == "" {
			t.Fatalf("code %d: %s", n, a.Ruling)
		}
	}
	kept := b.count(`SELECT COUNT(*) FROM application`)
	late, another := code(), b.file(card, cards.Change, "BBBB2222").sent(t)
	for _, a := range []cards.Answer{b.send(testKiosk, late), b.send(testKiosk, another)} {
		if a.Ruling != cards.RulingBusy || a.Wait == 0 || a.ID != "" && a.ID != "AAAA2222" {
			t.Errorf("%+v", a)
		}
	}
	if n := b.count(`SELECT COUNT(*) FROM application`); n != kept {
		t.Errorf("%d applications were kept", n-kept)
	}
	if a := b.apply(b.card(nil), cards.Register, "CCCC2222"); a.Ruling != cards.RulingOK {
		t.Errorf("a neighbour: %s", a.Ruling)
	}
	if a := b.apply(card, cards.Show, ""); a.Ruling != cards.RulingOK {
		t.Errorf("without a code: %s", a.Ruling)
	}
	b.clock.wait(DefaultLimits().Holder.Every)
	if a := b.send(testKiosk, late); a.Ruling != cards.RulingOK {
		t.Errorf("the same bytes later: %s", a.Ruling)
	}
}

// What came to no account is not kept for ever.
func TestRefusedGo(t *testing.T) {
	b := newBooth(t, nil)
	if a := b.apply(b.card(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCertSign }), cards.Register, "AAAA2222"); a.Ruling != cards.RulingWeak {
		t.Fatal(a.Ruling)
	}
	b.clock.wait(refusedKept - time.Hour)
	b.apply(b.card(nil), cards.Register, "BBBB2222")
	if n := b.count(`SELECT COUNT(*) FROM application`); n != 2 {
		t.Errorf("%d applications", n)
	}
	b.clock.wait(2 * time.Hour)
	b.apply(b.card(nil), cards.Register, "CCCC2222")
	if n := b.count(`SELECT COUNT(*) FROM application WHERE account = ''`); n != 0 {
		t.Errorf("%d refused ones are still there", n)
	}
}
