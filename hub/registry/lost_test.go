package registry

import (
	"bytes"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
)

// lost is a register whose answer never came to the kiosk.
func (b *booth) lost(card catest.Card, id string) (request [32]byte) {
	b.t.Helper()
	a := b.file(card, cards.Register, id).sent(b.t)
	if got := b.send(testKiosk, a); got.Ruling != cards.RulingOK {
		b.t.Fatalf("%+v", got)
	}
	return requestOf(b.t, a)
}

// Where the answer to a register was lost, and the kiosk gave a leased ID then,
// that one takes the place of the first: only if it was that very register, and
// nobody has heard of the first since.
func TestLost(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(b *booth, card catest.Card) (lost [32]byte, kiosk string)
		want cards.Ruling
		deed string
	}{
		{"it never came to the hub", func(b *booth, card catest.Card) ([32]byte, string) { return [32]byte{1}, testKiosk }, cards.RulingOK, "register"},
		{"it registered an ID", func(b *booth, card catest.Card) ([32]byte, string) { return b.lost(card, "HANA2346"), testKiosk }, cards.RulingOK, "replace"},
		{"another register did", func(b *booth, card catest.Card) ([32]byte, string) {
			b.lost(card, "HANA2346")
			return [32]byte{1}, testKiosk
		}, cards.RulingHasID, ""},
		{"another card's did", func(b *booth, card catest.Card) ([32]byte, string) {
			b.lost(card, "HANA2346")
			return b.lost(b.card(nil), "HANA2347"), testKiosk
		}, cards.RulingHasID, ""},
		{"the card was shown since", func(b *booth, card catest.Card) ([32]byte, string) {
			lost := b.lost(card, "HANA2346")
			b.apply(card, cards.Show, "")
			return lost, testKiosk
		}, cards.RulingHasID, ""},
		{"it was tried again since", func(b *booth, card catest.Card) ([32]byte, string) {
			lost := b.lost(card, "HANA2346")
			b.apply(card, cards.Register, "HANA2347")
			return lost, testKiosk
		}, cards.RulingHasID, ""},
		{"the ID was changed since", func(b *booth, card catest.Card) ([32]byte, string) {
			lost := b.lost(card, "HANA2346")
			b.apply(card, cards.Change, "HANA2347")
			return lost, testKiosk
		}, cards.RulingHasID, ""},
		{"it was a change", func(b *booth, card catest.Card) ([32]byte, string) {
			b.lost(card, "HANA2346")
			a := b.file(card, cards.Change, "HANA2347").sent(b.t)
			b.send(testKiosk, a)
			return requestOf(b.t, a), testKiosk
		}, cards.RulingHasID, ""},
		{"the ID has ended since", func(b *booth, card catest.Card) ([32]byte, string) {
			lost := b.lost(card, "HANA2346")
			b.apply(card, cards.Retire, "")
			return lost, testKiosk
		}, cards.RulingOK, "register"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBooth(t, nil)
			one, card := b.lease(1), b.card(nil)
			lost, kiosk := tt.do(b, card)
			sealed := b.sealed(one, card)
			for range 2 { // again it has the same answer, with or without
				done, err := b.Deposit(t.Context(), kiosk, cards.Deposit{Sealed: sealed, Lost: lost[:]})
				if got := done.Answer; err != nil || got.Ruling != tt.want || (got.ID == one.Leased[0].ID) != (tt.want == cards.RulingOK) {
					t.Errorf("%+v, %v", got, err)
				}
				lost = [32]byte{2}
			}
			last, ok := Deed{}, tt.want == cards.RulingOK
			if err := b.Deeds(t.Context(), "", func(d Deed) error { last = d; return nil }); err != nil || ok && last.What != tt.deed || !ok && last.What == "replace" {
				t.Errorf("the last deed is %+v, %v", last, err)
			}
			if n := b.count(`SELECT COUNT(*) FROM (SELECT k.account` + current + ` GROUP BY k.account HAVING COUNT(*) > 1) x`); n > 0 {
				t.Errorf("%d accounts with two IDs", n)
			}
			if tt.deed == "replace" && (b.signsIn("HANA2346") || b.signsIn(one.Leased[0].ID)) {
				t.Error("the password of what was lost signs in")
			}
		})
	}
}

func (b *booth) signsIn(id string) bool {
	b.t.Helper()
	_, err := b.SignIn(b.t.Context(), id, testPassword, "a phone")
	return err == nil
}

// sealed is what a card signed for the first leased ID.
func (b *booth) sealed(l cards.Lease, card catest.Card) []byte {
	b.t.Helper()
	app := b.application(cards.Register, l.Leased[0].ID, cards.Offer{Challenge: l.Leased[0].Challenge})
	a := (&filing{app: app, signed: app, card: card}).sent(b.t)
	sealed, err := cards.SealProvisional(l.Seal, cards.Provisional{Application: a.Application, Certificate: a.Certificate, Signature: a.Signature})
	if err != nil {
		b.t.Fatal(err)
	}
	return sealed
}

// What was lost does not count from another kiosk, and what comes after the
// deposit finds the leased ID.
func TestLostComesLate(t *testing.T) {
	b := newBooth(t, nil)
	l, card := b.lease(1), b.card(nil)
	late := b.file(card, cards.Register, "HANA2346").sent(t)
	request := requestOf(t, late)
	done, err := b.Deposit(t.Context(), testKiosk, cards.Deposit{Sealed: b.sealed(l, card), Lost: request[:]})
	if err != nil || done.Answer.Ruling != cards.RulingOK {
		t.Fatalf("%+v, %v", done, err)
	}
	if got := b.send(testKiosk, late); got.Ruling != cards.RulingHasID || got.ID != l.Leased[0].ID {
		t.Errorf("%+v", got)
	}
}

// A lease is bound to the terms under which it was made: under others it is not
// named, and what was signed under its own counts.
func TestLeaseOfOtherTerms(t *testing.T) {
	b := newBooth(t, nil)
	card := b.card(nil)
	before := b.lease(3)
	after, err := b.Lease(t.Context(), testKiosk, cards.LeaseAsk{Scheme: testScheme, Want: 3}, cards.Terms{Version: "2"})
	if err != nil || len(after.Leased) != 3 {
		t.Fatalf("%+v, %v", after, err)
	}
	for _, x := range before.Leased {
		for _, y := range after.Leased {
			if x.ID == y.ID || bytes.Equal(x.Challenge, y.Challenge) {
				t.Errorf("%s is leased under both terms", x.ID)
			}
		}
	}
	done, err := b.Deposit(t.Context(), testKiosk, cards.Deposit{Sealed: b.sealed(before, card)})
	if err != nil || done.Answer.Ruling != cards.RulingOK {
		t.Errorf("%+v, %v", done, err)
	}
}
