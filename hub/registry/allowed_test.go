package registry

import (
	"context"
	"errors"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
)

const otherKiosk = "KSZ-099"

// rebindAt asks at any kiosk to bind a card to an ID.
func (b *booth) rebindAt(kiosk string, card catest.Card, id, password string) cards.Answer {
	b.t.Helper()
	o, err := b.Ask(context.Background(), kiosk, cards.Ask{Purpose: cards.Rebind, Scheme: testScheme, Wanted: id}, cards.Terms{Version: "1"})
	if err != nil {
		b.t.Fatal(err)
	}
	app := b.application(cards.Rebind, id, o)
	app.Kiosk = kiosk
	f := &filing{app: app, signed: app, card: card, seal: o.Seal, password: password}
	return b.send(kiosk, f.sent(b.t))
}

// allow is staff's word for the holder of an ID.
func (b *booth) allow(id string) {
	b.t.Helper()
	until, err := b.AllowRebind(b.t.Context(), id, testKiosk, "佐藤", "seen")
	if err != nil || until != b.clock.now().Add(15*time.Minute) {
		b.t.Fatal(until, err)
	}
}

// A word is what happens between staff's word and its holder.
type word struct {
	name    string
	between func(b *booth, renewed, other catest.Card)
	holder  cards.Ruling
	ended   string // the kiosk that the audit log names
}

func (w word) tried(t *testing.T) {
	b := newBooth(t, nil)
	b.apply(b.card(nil), cards.Register, "HANA2345")
	neighbour := b.card(nil)
	b.apply(neighbour, cards.Register, "HANA2346")
	b.allow("HANA2345")
	renewed := b.card(nil)
	w.between(b, renewed, neighbour)
	if got := b.rebind(renewed, "HANA2345", ""); got.Ruling != w.holder {
		t.Errorf("the holder: %s, want %s", got.Ruling, w.holder)
	}
	ended := ""
	err := b.Deeds(t.Context(), "HANA2345", func(d Deed) error {
		if d.What == "end rebind" {
			ended += d.Kiosk
		}
		if d.What == "allow rebind" && d.Kiosk != testKiosk {
			t.Errorf("allowed at %q", d.Kiosk)
		}
		return nil
	})
	if err != nil || ended != w.ended {
		t.Errorf("ended at %q, want %q, %v", ended, w.ended, err)
	}
	now := b.clock.now()
	if n := b.count(`SELECT COUNT(*) FROM rebind_allowed WHERE ends_at > $1 AND ends_at < $2`, now.UnixMilli(), now.Add(16*time.Minute).UnixMilli()); n != 0 {
		t.Errorf("%d words are left", n)
	}
}

// Staff's word is for who stands at one kiosk, for minutes. Who asks in vain
// elsewhere, or there with another card, ends it, and the audit log says so.
func TestAllowedRebind(t *testing.T) {
	wait := func(d time.Duration) func(*booth, catest.Card, catest.Card) {
		return func(b *booth, _, _ catest.Card) { b.clock.wait(d) }
	}
	in := func(kiosk, id, password string, own bool) func(*booth, catest.Card, catest.Card) {
		return func(b *booth, renewed, _ catest.Card) {
			if !own {
				renewed = b.card(nil)
			}
			if got := b.rebindAt(kiosk, renewed, id, password); got.Ruling != cards.RulingWrong {
				b.t.Errorf("in vain: %s", got.Ruling)
			}
		}
	}
	for _, w := range []word{
		{"nothing", wait(0), cards.RulingOK, ""},
		{"most of its time", wait(15*time.Minute - time.Second), cards.RulingOK, ""},
		{"its time", wait(15 * time.Minute), cards.RulingWrong, ""},
		{"made by a clock that was ahead", wait(-2 * time.Minute), cards.RulingWrong, ""},
		{"a wrong password", in(testKiosk, "HANA2345", "another-2026", true), cards.RulingOK, ""},
		{"a wrong password with another card", in(testKiosk, "HANA2345", "another-2026", false), cards.RulingWrong, testKiosk},
		{"no password elsewhere", in(otherKiosk, "HANA2345", "", false), cards.RulingWrong, otherKiosk},
		{"a wrong password elsewhere", in(otherKiosk, "HANA2345", "another-2026", false), cards.RulingWrong, otherKiosk},
		{"the holder elsewhere", in(otherKiosk, "HANA2345", "", true), cards.RulingWrong, otherKiosk},
		{"another ID elsewhere", in(otherKiosk, "HANA2999", "", false), cards.RulingOK, ""},
		{"who has an ID", func(b *booth, _, neighbour catest.Card) { b.rebind(neighbour, "HANA2345", "") }, cards.RulingWrong, testKiosk},
		{"who knows the password", func(b *booth, _, _ catest.Card) { b.rebindAt(otherKiosk, b.card(nil), "HANA2345", testPassword) }, cards.RulingWrong, ""},
		{"staff's word again", func(b *booth, _, _ catest.Card) {
			b.rebindAt(otherKiosk, b.card(nil), "HANA2345", "")
			b.allow("HANA2345")
		}, cards.RulingOK, otherKiosk},
	} {
		t.Run(w.name, w.tried)
	}
	b := newBooth(t, nil)
	b.apply(b.card(nil), cards.Register, "HANA2345")
	if _, err := b.AllowRebind(t.Context(), "HANA2345", "", "佐藤", "seen"); !errors.Is(err, ErrReason) {
		t.Errorf("at no kiosk: %v", err)
	}
}

// Whoever holds a kiosk's keys, a card of their own and somebody's MyKey ID asks
// again and again. They are slowed down as a guesser is, no word of staff is theirs,
// and the holder is not slowed at another kiosk.
func TestRebindPolled(t *testing.T) {
	b := newBooth(t, nil)
	b.apply(b.card(nil), cards.Register, "HANA2345")
	thief, renewed, counts := b.card(nil), b.card(nil), map[cards.Ruling]int{}
	poll := func(tries int) {
		for range tries {
			counts[b.rebindAt(otherKiosk, thief, "HANA2345", "").Ruling]++
			b.clock.wait(3 * time.Second)
		}
	}
	poll(400)
	if wrong := counts[cards.RulingWrong]; wrong > 19 || wrong+counts[cards.RulingBusy] != 400 {
		t.Errorf("in 20 minutes: %v", counts)
	}
	b.allow("HANA2345")
	poll(100)
	if got := b.rebind(renewed, "HANA2345", ""); got.Ruling != cards.RulingWrong {
		t.Errorf("the holder, after the thief ended it: %s", got.Ruling)
	}
	for n := range 10 {
		b.allow("HANA2345")
		if got := b.rebind(renewed, "HANA2345", ""); got.Ruling != cards.RulingOK {
			t.Errorf("the holder, %d: %s", n, got.Ruling)
		}
	}
	poll(100)
	if counts[cards.RulingOK] != 0 {
		t.Errorf("the thief: %v", counts)
	}
	if got := b.rebind(b.card(nil), "HANA2345", testPassword); got.Ruling != cards.RulingOK {
		t.Errorf("whoever knows the password: %+v", got)
	}
}
