package registry

import (
	"testing"
	"time"

	"pointkiosk/cards"
)

// A sitting is of one kiosk and one account, and ends with its time, its
// certificate, its password or its ID.
func TestSitting(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*booth, cards.Answer)
		open bool
	}{
		{"as long as it lasts", func(b *booth, _ cards.Answer) { b.clock.wait(sittingLife - time.Second) }, true},
		{"no longer", func(b *booth, _ cards.Answer) { b.clock.wait(sittingLife) }, false},
		{"a clock that was ahead", func(b *booth, _ cards.Answer) { b.clock.wait(-time.Hour) }, false},
		{"ended", func(b *booth, a cards.Answer) { b.rise(testKiosk, a.Token) }, false},
		{"ended at another kiosk", func(b *booth, a cards.Answer) { b.rise("KSZ-015", a.Token) }, true},
		{"bound to another card", func(b *booth, _ cards.Answer) { b.rebind(b.card(nil), "HANA2345", testPassword) }, false},
		{"the holder deletes everything", func(b *booth, _ cards.Answer) {
			if err := b.Delete(t.Context(), "HANA2345", "佐藤", "asked"); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		b := newBooth(t, nil)
		card := b.card(nil)
		b.apply(card, cards.Register, "HANA2345")
		show := b.apply(card, cards.Show, "")
		tt.do(b, show)
		account, err := b.Sitting(t.Context(), testKiosk, show.Token)
		if (account != "") != tt.open || err != nil {
			t.Errorf("%s: %q, %v", tt.name, account, err)
		}
		if account, err := b.Sitting(t.Context(), "KSZ-015", show.Token); account != "" || err != nil {
			t.Errorf("%s: at another kiosk: %q, %v", tt.name, account, err)
		}
	}
}

func (b *booth) rise(kiosk string, token cards.Secret) {
	b.t.Helper()
	if err := b.Rise(b.t.Context(), kiosk, token); err != nil {
		b.t.Fatal(err)
	}
}

// What was signed over a leased ID counts once, from the kiosk that holds the
// lease, as long as it is kept; and is no second account.
func TestDeposits(t *testing.T) {
	for _, tt := range []struct {
		name  string
		kiosk string
		do    func(*booth, *filing, cards.Leased)
		want  cards.Ruling
	}{
		{"as it should be", testKiosk, func(*booth, *filing, cards.Leased) {}, cards.RulingOK},
		{"weeks later", testKiosk, func(b *booth, _ *filing, _ cards.Leased) { b.clock.wait(leaseLife + leaseKept - time.Second) }, cards.RulingOK},
		{"too late", testKiosk, func(b *booth, _ *filing, _ cards.Leased) { b.clock.wait(leaseLife + leaseKept) }, cards.RulingLate},
		{"from another kiosk", "KSZ-015", func(*booth, *filing, cards.Leased) {}, cards.RulingMalformed},
		{"the ID was given back", testKiosk, func(b *booth, _ *filing, one cards.Leased) { b.lease(1, one.ID) }, cards.RulingLate},
		{"another ID than the challenge's", testKiosk, func(_ *booth, f *filing, _ cards.Leased) { f.app.ID, f.signed.ID = "HANA2346", "HANA2346" }, cards.RulingOtherID},
		{"the card has an ID", testKiosk, func(b *booth, f *filing, _ cards.Leased) { b.apply(f.card, cards.Register, "HANA2346") }, cards.RulingHasID},
		{"revoked since", testKiosk, func(b *booth, _ *filing, _ cards.Leased) { b.asked.standing = cards.StandingRevoked }, cards.RulingRevoked},
		{"a broken signature", testKiosk, func(_ *booth, f *filing, _ cards.Leased) { f.apply.Signature = []byte{1} }, cards.RulingSignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBooth(t, nil)
			l := b.lease(3)
			one := l.Leased[1]
			app := b.application(cards.Register, one.ID, cards.Offer{Challenge: one.Challenge})
			f := &filing{app: app, signed: app, card: b.card(nil)}
			tt.do(b, f, one)
			a := f.sent(t)
			sealed, err := cards.SealProvisional(l.Seal, cards.Provisional{Application: a.Application, Certificate: a.Certificate, Signature: a.Signature})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				done, err := b.Deposit(t.Context(), tt.kiosk, cards.Deposit{Sealed: sealed})
				if got := done.Answer; err != nil || got.Ruling != tt.want || (got.Code == one.Code) != (tt.want == cards.RulingOK) {
					t.Errorf("%+v, %v", got, err)
				}
			}
			if n := b.count(`SELECT COUNT(*) FROM slip_code`); n > 1 || (n == 1) != (tt.want == cards.RulingOK) {
				t.Errorf("%d slip codes", n)
			}
		})
	}
}

func (b *booth) lease(want uint32, back ...string) cards.Lease {
	b.t.Helper()
	l, err := b.Lease(b.t.Context(), testKiosk, cards.LeaseAsk{Scheme: testScheme, Want: want, Back: back}, cards.Terms{Version: "1"})
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}
