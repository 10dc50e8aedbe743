package ledger_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func fingerprint(b *book) [32]byte { return sha256.Sum256(b.TrustKey()) }

func TestEnrolment(t *testing.T) {
	ctx := context.Background()
	wrong := func(secret []byte) []byte {
		secret = bytes.Clone(secret)
		secret[len(secret)-1] ^= 1
		return secret
	}
	for _, tt := range []struct {
		name string
		do   func(b *book, secret []byte) (use []byte)
		want error
	}{
		{"in time", func(_ *book, s []byte) []byte { return s }, nil},
		{"at the last second", func(b *book, s []byte) []byte { b.set(b.clock().Add(30*time.Minute - time.Second)); return s }, nil},
		{"too late", func(b *book, s []byte) []byte { b.set(b.clock().Add(30 * time.Minute)); return s }, ledger.ErrEnrolment},
		{"wrong secret", func(_ *book, s []byte) []byte { return wrong(s) }, ledger.ErrEnrolment},
		{"unknown code", func(_ *book, s []byte) []byte { return make([]byte, len(s)) }, ledger.ErrEnrolment},
		{"short secret", func(_ *book, s []byte) []byte { return s[:16] }, ledger.ErrEnrolment},
		{"after four wrong tries", func(b *book, s []byte) []byte { try(b, wrong(s), 4); return s }, nil},
		{"after five wrong tries", func(b *book, s []byte) []byte { try(b, wrong(s), 5); return s }, ledger.ErrEnrolment},
		{"used by another kiosk's keys", func(b *book, s []byte) []byte {
			sealed, err := cards.SealEnrolment(s, key("x"), key("y"))
			check(b.t, err)
			_, err = b.Enrol(ctx, sealed)
			check(b.t, err)
			return s
		}, ledger.ErrEnrolment},
		{"a newer code for the same kiosk", func(b *book, s []byte) []byte {
			b.set(b.clock().Add(time.Minute))
			_, _, err := b.AddKiosk(ctx, "station-9")
			check(b.t, err)
			return s
		}, ledger.ErrEnrolment},
		{"a newer code by a clock that went back", func(b *book, s []byte) []byte {
			b.set(b.clock().Add(-time.Minute))
			_, _, err := b.AddKiosk(ctx, "station-9")
			check(b.t, err)
			return s
		}, ledger.ErrEnrolment},
		{"the newest, by a clock that went back", func(b *book, _ []byte) []byte {
			b.set(b.clock().Add(-time.Minute))
			newest, _, err := b.AddKiosk(ctx, "station-9")
			check(b.t, err)
			return newest
		}, nil},
		{"a newer code in the same millisecond", func(b *book, s []byte) []byte {
			_, _, err := b.AddKiosk(ctx, "station-9")
			check(b.t, err)
			return s
		}, ledger.ErrEnrolment},
		{"made while the clock was ahead", func(b *book, s []byte) []byte { b.set(b.clock().Add(-time.Hour)); return s }, ledger.ErrEnrolment},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			secret, _, err := b.AddKiosk(ctx, "station-9")
			check(t, err)
			sealed, err := cards.SealEnrolment(tt.do(b, secret), key("v"), key("w"))
			check(t, err)
			answer, err := b.Enrol(ctx, sealed)
			if !errors.Is(err, tt.want) {
				t.Fatalf("Enrol = %v, want %v", err, tt.want)
			}
			if err != nil {
				return
			}
			w, err := cards.OpenWelcome(answer, fingerprint(b))
			if err != nil || w.Kiosk != "station-9" || w.Live == w.Practice || w.Live == b.kiosk.key.ID {
				t.Fatalf("welcome %+v, %v", w, err)
			}
			again, err := b.Enrol(ctx, sealed) // the answer may be lost
			if err != nil || !bytes.Equal(again, answer) {
				t.Errorf("again: %v", err)
			}
		})
	}
}

func try(b *book, secret []byte, times int) {
	b.t.Helper()
	sealed, err := cards.SealEnrolment(secret, key("v"), key("w"))
	check(b.t, err)
	for range times {
		if _, err := b.Enrol(context.Background(), sealed); !errors.Is(err, ledger.ErrEnrolment) {
			b.t.Fatal(err)
		}
	}
}

// The keys of one kiosk can't enrol as another's, and no id is given twice.
func TestKeysAreKnownOnce(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	if _, _, err := b.AddKiosk(ctx, "station-1"); !errors.Is(err, ledger.ErrEnrolled) {
		t.Errorf("a second code for an enrolled kiosk: %v", err)
	}
	secret, _, err := b.AddKiosk(ctx, "station-2")
	check(t, err)
	sealed, err := cards.SealEnrolment(secret, key("l"), key("q"))
	check(t, err)
	if _, err := b.Enrol(ctx, sealed); !errors.Is(err, ledger.ErrEnrolment) {
		t.Errorf("a key that is known: %v", err)
	}
	check(t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
	fresh := b.enrol("station-1", key("n"), key("o"))
	if fresh.key.ID <= b.sample.Key {
		t.Errorf("key id %d is given again", fresh.key.ID)
	}
	kiosks, err := b.Kiosks(ctx)
	if err != nil || len(kiosks) != 3 || kiosks[0].Key != fresh.key.ID || kiosks[1].Key != b.kiosk.key.ID || kiosks[1].Revoked != cards.Compromised || kiosks[2].Key != 0 {
		t.Errorf("kiosks %+v, %v", kiosks, err)
	}
}

func TestOpenWithOtherKeys(t *testing.T) {
	b := newBook(t)
	for _, opts := range []ledger.Opts{
		{Trust: key("x"), Hub: key("h")}, {Trust: key("t"), Hub: key("x")}, {Trust: key("t"), Hub: key("t")}, {Trust: key("t")},
	} {
		if _, err := ledger.Open(b.db, b.db, &opts); !errors.Is(err, ledger.ErrKeys) {
			t.Errorf("Open = %v", err)
		}
	}
}

// If stolen now: at most so many yen.
func TestAtRisk(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	risk := func() int64 {
		t.Helper()
		kiosks, err := b.Kiosks(ctx)
		check(t, err)
		return kiosks[0].AtRisk
	}
	if got := risk(); got != 100*200+100*50 {
		t.Errorf("at first %d", got)
	}
	b.take(b.kiosk, append(b.kiosk.steps(b.card(b.cards, 1), cards.Signed), b.kiosk.steps(b.card(b.cards, 2), cards.Signed)...)...)
	_, err := b.Claim(ctx, b.card(b.cards, 1), "AAAA2222")
	check(t, err)
	if got := risk(); got != 99*200+100*50 {
		t.Errorf("after one is redeemed %d", got)
	}
	check(t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
	if got := risk(); got != 200 {
		t.Errorf("after the revocation %d: only the card that is out is left", got)
	}
	b.set(b.cards.Expires.End())
	if got := risk(); got != 0 {
		t.Errorf("after the last day %d", got)
	}
}
