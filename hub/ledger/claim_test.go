package ledger_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// why returns the refusal in an error; "" if it is nil.
func why(t testing.TB, err error) ledger.Refusal {
	t.Helper()
	if err == nil {
		return ""
	}
	refused := (*ledger.RefusedError)(nil)
	if !errors.As(err, &refused) {
		t.Fatalf("not a refusal: %v", err)
	}
	return refused.Why
}

func forge(t testing.TB, c cards.Claims, private ed25519.PrivateKey) cards.Card {
	t.Helper()
	card, err := cards.Sign(c, private)
	check(t, err)
	return card
}

// A stolen key gets nothing beyond the allotment (DECISIONS 5): each field.
func TestStolenKeyGetsNothingMore(t *testing.T) {
	b := newBook(t)
	other := b.enrol("station-2", key("m"), key("q"))
	theirs := b.grant(ledger.Grant{Kiosk: "station-2", Event: "bar", Count: 10})
	good := b.cards.Claims(1)
	for _, tt := range []struct {
		name string
		mend func(*cards.Claims)
		key  string
		want ledger.Refusal
	}{
		{"as granted", func(*cards.Claims) {}, "l", ""},
		{"unknown key", func(c *cards.Claims) { c.Key = 999 }, "l", ledger.UnknownKey},
		{"the hub's key id", func(c *cards.Claims) { c.Key = 1 }, "t", ledger.UnknownKey},
		{"another key's signature", func(*cards.Claims) {}, "m", ledger.BadSignature},
		{"another kiosk's allotment", func(c *cards.Claims) { c.Allotment = theirs.ID }, "l", ledger.Outside},
		{"an allotment to a kiosk it is not for", func(c *cards.Claims) { c.Key = other.key.ID }, "m", ledger.Outside},
		{"no such allotment", func(c *cards.Claims) { c.Allotment = 9999 }, "l", ledger.Outside},
		{"more points", func(c *cards.Claims) { c.Points = 201 }, "l", ledger.Outside},
		{"fewer points", func(c *cards.Claims) { c.Points = 199 }, "l", ledger.Outside},
		{"later expiry", func(c *cards.Claims) { c.Expires++ }, "l", ledger.Outside},
		{"earlier expiry", func(c *cards.Claims) { c.Expires-- }, "l", ledger.Outside},
		{"one more than granted", func(c *cards.Claims) { c.Number = 101 }, "l", ledger.Outside},
		{"kind: ticket", func(c *cards.Claims) { c.Kind = cards.KindTicket }, "l", ledger.Outside},
		{"kind: venue", func(c *cards.Claims) { c.Kind = cards.KindVenue }, "l", ledger.Outside},
		{"practice by the live key", func(c *cards.Claims) { c.Kind = cards.KindPracticeCard }, "l", ledger.Outside},
		{"live by the practice key", func(c *cards.Claims) { c.Key = b.sample.Key }, "p", ledger.Outside},
		{"practice", func(c *cards.Claims) { *c = b.sample.Claims(1) }, "p", ledger.Practice},
		{"practice as if granted", func(c *cards.Claims) { c.Key, c.Kind = b.sample.Key, cards.KindPracticeCard }, "p", ledger.Outside},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := good
			tt.mend(&c)
			card := forge(t, c, key(tt.key))
			_, err := b.Look(context.Background(), card)
			if got := why(t, err); got != tt.want {
				t.Errorf("Look: %q, want %q", got, tt.want)
			}
			_, err = b.Claim(context.Background(), card, "AAAA2222")
			if got := why(t, err); got != tt.want {
				t.Errorf("Claim: %q, want %q", got, tt.want)
			}
		})
	}
	if got, err := b.Balance(context.Background(), "AAAA2222"); err != nil || got.Points != 200 {
		t.Errorf("balance %+v, %v: only the good card counts", got, err)
	}
	b.clean()
}

// What has happened to a card decides, and by the hub's clock.
func TestClaimByState(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*book, cards.Card)
		want ledger.Refusal
	}{
		{"before its record", func(*book, cards.Card) {}, ""},
		{"after its record", func(b *book, c cards.Card) { b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...) }, ""},
		{"used by another", func(b *book, c cards.Card) { b.Claim(context.Background(), c, "ZZZZ9999") }, ledger.Used},
		{"void alone", func(b *book, c cards.Card) { b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Void)...) }, ledger.VoidCard},
		{"void asked", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked)...)
		}, ledger.VoidCard},
		{"uncertain", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed, cards.Printing, cards.Uncertain)...)
		}, ""},
		{"its last second", func(b *book, c cards.Card) { b.set(c.Expires.End().Add(-time.Second)) }, ""},
		{"its next second", func(b *book, c cards.Card) { b.set(c.Expires.End()) }, ledger.Lapsed},
		{"lapsed in the book on its last day", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...)
			b.set(c.Expires.End().Add(-time.Second))
			if n, err := b.Lapse(context.Background()); n != 0 || err != nil {
				b.t.Errorf("Lapse = %d, %v", n, err)
			}
		}, ""},
		{"journalled with another digest", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Signed, Allotment: c.Allotment, Number: c.Number, Digest: make([]byte, 32)}))
		}, ledger.Outside},
		{"lapsed in the book", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...)
			b.set(c.Expires.End())
			if n, err := b.Lapse(context.Background()); n != 1 || err != nil {
				b.t.Errorf("Lapse = %d, %v", n, err)
			}
		}, ledger.Lapsed},
		{"retired key", func(b *book, c cards.Card) {
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Retired}))
		}, ""},
		{"compromised, never heard of", func(b *book, c cards.Card) {
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
		}, ledger.Revoked},
		{"compromised, heard of before", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...)
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
		}, ""},
		{"compromised, heard of since", func(b *book, c cards.Card) {
			records := b.kiosk.steps(c, cards.Signed)
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
			b.take(b.kiosk, records...)
		}, ledger.Revoked},
		{"compromised since an entry before", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...)
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 1}))
		}, ledger.Revoked},
		{"compromised since a later entry", func(b *book, c cards.Card) {
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...)
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 2}))
		}, ""},
		{"retired, then found compromised, never heard of", func(b *book, c cards.Card) {
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Retired}))
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
		}, ledger.Revoked},
		{"retired, heard of, then found compromised", func(b *book, c cards.Card) {
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Retired}))
			b.take(b.kiosk, b.kiosk.steps(c, cards.Signed)...)
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
		}, ""},
		{"once a day", func(b *book, c cards.Card) { b.Claim(context.Background(), b.card(b.cards, 2), "AAAA2222") }, ledger.OncePerDay},
		{"another event that day", func(b *book, c cards.Card) { b.Claim(context.Background(), b.card(b.walk, 2), "AAAA2222") }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			card := b.card(b.cards, 1)
			tt.do(b, card)
			_, err := b.Claim(context.Background(), card, "AAAA2222")
			if got := why(t, err); got != tt.want {
				t.Errorf("Claim: %q, want %q", got, tt.want)
			}
			b.clean()
		})
	}
}

// A key's cards are honoured for so long, whatever they say.
func TestHonouredUntil(t *testing.T) {
	b := newBook(t)
	check(t, b.SetPaperDays(context.Background(), 1100, "佐藤"))
	late := b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 2, Expires: held + 1000})
	b.set(held.Start().AddDate(0, 0, 990))
	_, err := b.Claim(context.Background(), b.card(late, 1), "AAAA2222")
	check(t, err)
	_, err = b.db.Exec(`UPDATE signing_key SET honoured_until = $1 WHERE id = $2`, b.now.Load(), late.Key) // as if by an older hub
	check(t, err)
	if _, err := b.Claim(context.Background(), b.card(late, 2), "AAAA2222"); why(t, err) != ledger.Lapsed {
		t.Errorf("after its key: %v", err)
	}
	b.clean()
}

// Nothing is granted beyond the time of the key.
func TestGrantWithinTheKey(t *testing.T) {
	b := newBook(t) // at noon: the key signs until noon in two years, and is honoured a year longer
	day := func(n cards.Day) cards.Day { return held + n }
	for _, tt := range []struct {
		name string
		ledger.Grant
		want string
	}{
		{"its last whole day", ledger.Grant{Day: day(729), Expires: day(1094)}, ""},
		{"the day in which it ends", ledger.Grant{Day: day(730), Expires: day(731)}, "no longer signs"},
		{"cards that outlast it", ledger.Grant{Expires: day(1095)}, "outlast"},
	} {
		g := tt.Grant
		g.Kiosk, g.Event, g.Count = "station-1", "walk", 1
		_, err := b.Grant(context.Background(), g)
		if (err == nil) != (tt.want == "") || err != nil && (!errors.Is(err, ledger.ErrBadRequest) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Points without end last until the last day there is.
func TestPointsExpireOnTheLastDay(t *testing.T) {
	b := newBook(t)
	e := event("long", 10, false)
	e.PointDays = 65535 / 2
	check(t, b.AddEvent(context.Background(), e))
	b.set(cards.Day(40000).Start()) // 2079
	b.enrol("station-2", key("m"), key("q"))
	a := b.grant(ledger.Grant{Kiosk: "station-2", Event: "long", Count: 1, Day: 40000})
	got, err := b.Claim(context.Background(), forge(t, a.Claims(1), key("m")), "AAAA2222")
	if err != nil || got.Expires != 65535 {
		t.Errorf("expires %v, %v", got.Expires, err)
	}
	b.clean()
}

// A card that is not the one journalled gets nothing, and somebody looks at it.
func TestOtherDigestRaisesAnAlarm(t *testing.T) {
	b := newBook(t)
	card := b.card(b.cards, 1)
	b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Signed, Allotment: card.Allotment, Number: card.Number, Digest: make([]byte, 32)}))
	for range 2 {
		if _, err := b.Claim(context.Background(), card, "AAAA2222"); why(t, err) != ledger.Outside {
			t.Errorf("claim: %v", err)
		}
	}
	alarms, err := b.Alarms(context.Background())
	if err != nil || len(alarms) != 1 || alarms[0].Kind != "digest" || alarms[0].Serial != card.Serial() || alarms[0].Key != card.Key {
		t.Errorf("alarms %+v, %v", alarms, err)
	}
	b.clean()
}

// The day of the rule is the allotment's, not that of the claim.
func TestOncePerDayIsTheEventsDay(t *testing.T) {
	b := newBook(t)
	tomorrow := b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 10, Day: held + 1})
	ctx := context.Background()
	_, err := b.Claim(ctx, b.card(b.cards, 1), "AAAA2222")
	check(t, err)
	_, err = b.Claim(ctx, b.card(tomorrow, 1), "AAAA2222")
	check(t, err)
	b.set(held.End().Add(48 * time.Hour))
	_, err = b.Claim(ctx, b.card(b.cards, 2), "AAAA2222")
	if why(t, err) != ledger.OncePerDay {
		t.Errorf("two days later: %v", err)
	}
	b.clean()
}

// A claim has the same answer however often it is asked, whatever came after.
func TestClaimAgain(t *testing.T) {
	b := newBook(t)
	ctx, card := context.Background(), b.card(b.cards, 7)
	first, err := b.Claim(ctx, card, "AAAA2222")
	check(t, err)
	if first.Points != 200 || first.Before || first.Expires != held+100 {
		t.Errorf("first: %+v", first)
	}
	first.Before = true
	for _, later := range []func(){
		func() {},
		func() { b.set(card.Expires.End().Add(time.Hour)) },
		func() {
			check(t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 1}))
		},
	} {
		later()
		again, err := b.Claim(ctx, card, "AAAA2222")
		if err != nil || !again.At.Equal(first.At) {
			t.Errorf("again: %+v, %v", again, err)
		}
		if again.At = first.At; again != first {
			t.Errorf("again: %+v, want %+v", again, first)
		}
	}
	v, err := b.Look(ctx, card)
	if err != nil || v.RedeemedBy != "AAAA2222" || v.RedeemedAt.IsZero() {
		t.Errorf("Look = %+v, %v", v, err)
	}
	balance, err := b.Balance(ctx, "AAAA2222")
	check(t, err)
	if balance.Points != 200 || len(balance.Lots) != 1 || len(balance.Movements) != 1 || balance.Movements[0].Event.ID != "bar" ||
		balance.Movements[0].Serial != card.Serial() {
		t.Errorf("balance %+v", balance)
	}
	b.clean()
}

// Of 50 claims of one card at the same instant exactly one wins.
func TestSimultaneousClaims(t *testing.T) {
	b := newBook(t)
	card := b.card(b.walk, 1)
	var wg sync.WaitGroup
	start := make(chan struct{})
	errs := make([]error, 50)
	for n := range errs {
		wg.Go(func() {
			<-start
			_, errs[n] = b.Claim(context.Background(), card, fmt.Sprintf("AAAA%04d", n))
		})
	}
	close(start)
	wg.Wait()
	won := 0
	for n, err := range errs {
		switch got := why(t, err); got {
		case "":
			won++
		case ledger.Used:
		default:
			t.Errorf("claim %d: %v", n, got)
		}
	}
	if won != 1 {
		t.Errorf("%d claims won", won)
	}
	b.clean()
}

// Of 50 cards that one account claims at the same instant, where it may have
// one a day, exactly one counts.
func TestSimultaneousOncePerDay(t *testing.T) {
	b := newBook(t)
	var wg sync.WaitGroup
	errs := make([]error, 50)
	for n := range errs {
		card := b.card(b.cards, uint32(n+1))
		wg.Go(func() { _, errs[n] = b.Claim(context.Background(), card, "AAAA2222") })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if got := why(t, err); got == "" {
			won++
		} else if got != ledger.OncePerDay {
			t.Errorf("refused as %q", got)
		}
	}
	if balance, _ := b.Balance(context.Background(), "AAAA2222"); won != 1 || balance.Points != 200 {
		t.Errorf("%d won, %d points", won, balance.Points)
	}
	b.clean()
}

// A claim that only a person can decide is kept.
func TestRevokedClaimIsKept(t *testing.T) {
	b := newBook(t)
	check(t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
	for range 2 {
		if _, err := b.Claim(context.Background(), b.card(b.cards, 3), "AAAA2222"); why(t, err) != ledger.Revoked {
			t.Fatal(err)
		}
	}
	var n int
	check(t, b.db.QueryRow(`SELECT COUNT(*) FROM kept_claim WHERE allotment = $1 AND number = 3 AND account = 'AAAA2222'`, b.cards.ID).Scan(&n))
	if n != 1 {
		t.Errorf("%d claims kept", n)
	}
}
