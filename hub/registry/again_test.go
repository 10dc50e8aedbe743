package registry

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
)

// deposited is what the hub says to a card that signed for the first leased ID.
func (b *booth) deposited(kiosk string, l cards.Lease, card catest.Card) cards.Answer {
	b.t.Helper()
	done, err := b.Deposit(b.t.Context(), kiosk, cards.Deposit{Sealed: b.sealed(l, card)})
	if err != nil {
		b.t.Fatal(err)
	}
	return done.Answer
}

// A between is what happens between two visits of one card, without a network.
type between struct {
	name  string
	do    func(b *booth, card catest.Card, first cards.Leased)
	taken bool // the later slip takes the place of the first
}

func betweens() []between {
	return []between{
		{"nothing else happened", func(*booth, catest.Card, cards.Leased) {}, true},
		{"a third slip", func(b *booth, card catest.Card, _ cards.Leased) { b.deposited(testKiosk, b.lease(2), card) }, true},
		{"somebody asked for that ID", func(b *booth, _ catest.Card, first cards.Leased) { b.apply(b.card(nil), cards.Register, first.ID) }, true},
		{"the code was used", func(b *booth, _ catest.Card, first cards.Leased) { b.setPassword(first) }, false},
		{"the code was used, and the lease given twice", func(b *booth, _ catest.Card, first cards.Leased) {
			b.setPassword(first)
			b.deposited(testKiosk, cards.Lease{Leased: []cards.Leased{first}, Seal: b.lease(2).Seal}, b.card(nil))
		}, false},
		{"the card was shown", func(b *booth, card catest.Card, _ cards.Leased) { b.apply(card, cards.Show, "") }, false},
		{"another register told the ID", func(b *booth, card catest.Card, _ cards.Leased) { b.apply(card, cards.Register, "HANA2347") }, false},
		{"the ID was changed", func(b *booth, card catest.Card, _ cards.Leased) { b.apply(card, cards.Change, "HANA2347") }, false},
		{"staff were shown the slip", func(b *booth, _ catest.Card, first cards.Leased) {
			if _, err := b.AllowRebind(b.t.Context(), first.ID, testKiosk, "佐藤", "seen"); err != nil {
				b.t.Fatal(err)
			}
		}, false},
		{"it has points", func(b *booth, _ catest.Card, first cards.Leased) { b.points(first.ID) }, false},
	}
}

// Who comes again before the network is back, because the first slip was never
// printed, holds a slip that counts: the last one. Once anything was done with the
// first ID, it stays.
func TestComesAgain(t *testing.T) {
	for _, tt := range betweens() {
		t.Run(tt.name, func(t *testing.T) {
			b := newBooth(t, nil)
			card, l := b.card(nil), b.lease(1)
			if got := b.deposited(testKiosk, l, card); got.Ruling != cards.RulingOK {
				t.Fatalf("%+v", got)
			}
			b.clock.wait(time.Minute)
			tt.do(b, card, l.Leased[0])
			b.clock.wait(time.Minute)
			next := b.lease(2)
			got, want, last := b.deposited(testKiosk, next, card), cards.RulingHasID, Deed{}
			if tt.taken {
				want = cards.RulingOK
			}
			if got.Ruling != want || (got.ID == next.Leased[0].ID) != tt.taken {
				t.Fatalf("%+v, want %s", got, want)
			}
			if err := b.Deeds(t.Context(), "", func(d Deed) error { last = d; return nil }); err != nil || (last.What == "replace") != tt.taken {
				t.Errorf("the last deed is %+v, %v", last, err)
			}
			if !tt.taken {
				return
			}
			if b.sets(l.Leased[0]) || !b.sets(next.Leased[0]) {
				t.Error("the first slip opens the account, or the last one does not")
			}
			if n, m := b.count(`SELECT COUNT(*) FROM account`), b.count(`SELECT COUNT(*) FROM certificate`); n != m {
				t.Errorf("%d accounts of %d cards", n, m)
			}
		})
	}
}

// Two slips of one card come here in the other order, since the hub was busy when the
// first one came: the one that was signed last counts, as it says on the paper.
func TestComesAgainTurned(t *testing.T) {
	b := newBooth(t, nil)
	card, l := b.card(nil), b.lease(2)
	first := b.sealed(l, card)
	b.clock.wait(time.Minute)
	late := l.Leased[0]
	l.Leased = l.Leased[1:]
	if got := b.deposited(testKiosk, l, card); got.Ruling != cards.RulingOK {
		t.Fatalf("%+v", got)
	}
	for range 2 { // the same again has the same answer
		done, err := b.Deposit(t.Context(), testKiosk, cards.Deposit{Sealed: first})
		if err != nil || done.Answer.Ruling != cards.RulingHasID || done.Answer.ID != l.Leased[0].ID {
			t.Errorf("%+v, %v", done.Answer, err)
		}
	}
	b.clock.wait(time.Minute)
	b.lease(1, late.ID)
	if got := b.deposited(testKiosk, b.lease(1), card); got.Ruling != cards.RulingOK {
		t.Errorf("a third slip, signed after both: %+v", got)
	}
}

// Of two slips of one moment the one that comes later counts: where the clock stands
// still, the kiosk's order is all there is.
func TestComesAgainAtOnce(t *testing.T) {
	b := newBooth(t, nil)
	card, l := b.card(nil), b.lease(2)
	for n := range l.Leased {
		one := l
		one.Leased = l.Leased[n:]
		if got := b.deposited(testKiosk, one, card); got.Ruling != cards.RulingOK || got.ID != l.Leased[n].ID {
			t.Errorf("the slip %d: %+v", n+1, got)
		}
	}
}

// Order is by the kiosk's journal, not by its clock: that went back between two
// slips, and the later one counts whichever comes first.
func TestComesAgainClockBack(t *testing.T) {
	for _, turned := range []bool{false, true} {
		b := newBooth(t, nil)
		card, l := b.card(nil), b.lease(2)
		first := b.sealed(l, card)
		b.clock.wait(-time.Hour)
		later := l.Leased[1]
		l.Leased = l.Leased[1:]
		second := b.sealed(l, card)
		b.clock.wait(2 * time.Hour)
		b.journal(first, second)
		order := [][]byte{first, second}
		if turned {
			slices.Reverse(order)
		}
		for _, sealed := range order {
			if _, err := b.Deposit(t.Context(), testKiosk, cards.Deposit{Sealed: sealed}); err != nil {
				t.Fatal(err)
			}
		}
		done, err := b.Deposit(t.Context(), testKiosk, cards.Deposit{Sealed: second})
		if err != nil || done.Answer.Ruling != cards.RulingOK || done.Answer.ID != later.ID || !b.sets(later) {
			t.Errorf("turned %v: %+v, %v", turned, done.Answer, err)
		}
	}
}

// journal is what the hub has of the kiosk's journal: what it gave, in its order.
func (b *booth) journal(given ...[]byte) {
	b.t.Helper()
	key := cards.SigningKey{ID: 7, Private: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}
	_, err := b.write.Exec(`INSERT INTO signing_key (id, role, public, kiosk, signs_from, signs_until, honoured_until) VALUES (7, 'live', $1, $2, 0, 0, 0)`, []byte(key.Private.Public().(ed25519.PublicKey)), testKiosk)
	for n, sealed := range given {
		digest := sha256.Sum256(sealed)
		data, sealErr := cards.Seal(key, cards.PaperEntry, cards.Entry{Seq: uint64(n + 1), Prev: make([]byte, sha256.Size), State: cards.Given, Digest: digest[:]})
		if err = errors.Join(err, sealErr); err == nil {
			_, err = b.write.Exec(`INSERT INTO entry (key_id, seq, hash, data, late, received) VALUES (7, $1, $2, $3, 0, 0)`, n+1, digest[:], data)
		}
		if err == nil {
			_, err = b.write.Exec(`INSERT INTO judged (key_id, seq, verdict, reason, state, allotment, number, copy, at) VALUES (7, $1, 'accepted', '', 'given', 0, 0, 0, 0)`, n+1)
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// No other kiosk, and nothing but what was given without a network before, is
// taken for the same visit; who retired meanwhile has the account of before.
func TestComesAgainElsewhere(t *testing.T) {
	b := newBooth(t, nil)
	card, online := b.card(nil), b.card(nil)
	if got := b.deposited(testKiosk, b.lease(1), card); got.Ruling != cards.RulingOK {
		t.Fatalf("%+v", got)
	}
	l, err := b.Lease(t.Context(), "KSZ-015", cards.LeaseAsk{Scheme: testScheme, Want: 1}, cards.Terms{Version: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.depositedAt("KSZ-015", l, card); got.Ruling != cards.RulingHasID {
		t.Errorf("another kiosk: %+v", got)
	}
	b.clock.wait(time.Minute)
	if got := b.deposited(testKiosk, b.lease(1), card); got.Ruling != cards.RulingOK {
		t.Errorf("what that kiosk was refused told nobody: %+v", got)
	}
	f := b.file(online, cards.Register, "HANA2345")
	f.password, f.apply.Code = "", true
	b.send(testKiosk, f.sent(t))
	refused := b.lease(1)
	if got := b.deposited(testKiosk, refused, online); got.Ruling != cards.RulingHasID || got.ID != "HANA2345" {
		t.Errorf("registered with the hub's answer before: %+v", got)
	}
	b.lease(1, refused.Leased[0].ID)
	b.apply(online, cards.Retire, "")
	for n := range 2 {
		b.clock.wait(time.Minute)
		if got := b.deposited(testKiosk, b.lease(1), online); got.Ruling != cards.RulingOK {
			t.Errorf("%d, after retiring: %+v", n, got)
		}
	}
}

// depositedAt is deposited at another kiosk than the usual one.
func (b *booth) depositedAt(kiosk string, l cards.Lease, card catest.Card) cards.Answer {
	b.t.Helper()
	app := b.application(cards.Register, l.Leased[0].ID, cards.Offer{Challenge: l.Leased[0].Challenge})
	app.Kiosk = kiosk
	a := (&filing{app: app, signed: app, card: card}).sent(b.t)
	sealed, err := cards.SealProvisional(l.Seal, cards.Provisional{Application: a.Application, Certificate: a.Certificate, Signature: a.Signature})
	if err != nil {
		b.t.Fatal(err)
	}
	done, err := b.Deposit(b.t.Context(), kiosk, cards.Deposit{Sealed: sealed})
	if err != nil {
		b.t.Fatal(err)
	}
	return done.Answer
}

// sets reports whether the code of a slip sets a password.
func (b *booth) sets(one cards.Leased) bool {
	_, err := b.SetPassword(b.t.Context(), netip.MustParseAddr("192.0.2.9"), one.ID, string(one.Code), testPassword, "a phone")
	return err == nil
}

func (b *booth) setPassword(one cards.Leased) {
	b.t.Helper()
	if !b.sets(one) {
		b.t.Fatal("the code sets no password")
	}
}

// points puts some on an account.
func (b *booth) points(id string) {
	b.t.Helper()
	_, err := b.write.Exec(`INSERT INTO transfer (seq, kind, reference, at, hash) VALUES (1, 'redeem', '1/1', 0, $1)`, []byte{1})
	if err == nil {
		_, err = b.write.Exec(`INSERT INTO lot (transfer, account, scheme, points, expires) SELECT 1, account, $1, 100, 30000 FROM mykey WHERE id = $2`, testScheme, id)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
