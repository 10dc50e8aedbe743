package cards

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCovers(t *testing.T) {
	a := sampleAllotment()
	for _, tt := range []struct {
		field string
		mend  func(*Claims)
	}{
		{"", func(*Claims) {}},
		{"", func(c *Claims) { c.Number = 500 }},
		{"allotment", func(c *Claims) { c.Allotment = 8 }},
		{"holder", func(c *Claims) { c.Key = 4 }},
		{"kind", func(c *Claims) { c.Kind = KindTicket }},
		{"kind", func(c *Claims) { c.Kind = KindPracticeCard }},
		{"points", func(c *Claims) { c.Points++ }},
		{"points", func(c *Claims) { c.Points-- }},
		{"expiry", func(c *Claims) { c.Expires++ }},
		{"expiry", func(c *Claims) { c.Expires-- }},
		{"number", func(c *Claims) { c.Number = 0 }},
		{"number", func(c *Claims) { c.Number = 501 }},
		{"number", func(c *Claims) { c.Number = MaxNumber + 2 }},
	} {
		c := a.Claims(1)
		tt.mend(&c)
		err := a.Covers(c)
		if tt.field == "" && err != nil || tt.field != "" && (!errors.Is(err, ErrOutside) || !strings.HasSuffix(err.Error(), ": "+tt.field)) {
			t.Errorf("Covers(%+v) = %v, want %q", c, err, tt.field)
		}
	}
}

func TestAllotmentCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		mend func(*Allotment)
		good bool
	}{
		{"as it is", func(*Allotment) {}, true},
		{"one card, lapses on its day", func(a *Allotment) { a.Count, a.Expires = 1, a.Day }, true},
		{"all that fits", func(a *Allotment) { a.Count, a.Points = MaxNumber, MaxPoints }, true},
		{"no id", func(a *Allotment) { a.ID = 0 }, false},
		{"no holder", func(a *Allotment) { a.Key = 0 }, false},
		{"holder from the tests", func(a *Allotment) { a.Key = FirstTestKey }, false},
		{"unknown kind", func(a *Allotment) { a.Kind = 0x14 }, false},
		{"no event", func(a *Allotment) { a.Event.ID = "" }, false},
		{"no points", func(a *Allotment) { a.Points = 0 }, false},
		{"too many points", func(a *Allotment) { a.Points = MaxPoints + 1 }, false},
		{"no cards", func(a *Allotment) { a.Count = 0 }, false},
		{"too many cards", func(a *Allotment) { a.Count = MaxNumber + 1 }, false},
		{"lapses before its day", func(a *Allotment) { a.Expires = a.Day - 1 }, false},
		{"window is empty", func(a *Allotment) { a.Until = a.From }, false},
		{"no host", func(a *Allotment) { a.Event.Host = "" }, false},
		{"host too long", func(a *Allotment) { a.Event.Host = Host(strings.Repeat("a", MaxHost+1)) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := sampleAllotment()
			tt.mend(&a)
			if err := a.Check(); (err == nil) != tt.good {
				t.Errorf("Check = %v", err)
			}
			hub := paperKey(paperHub)
			_, err := OpenAllotment(must(Seal(hub, PaperAllotment, a)), TrustList{Hubs: []HubKey{{hub.ID, hub.Public()}}})
			if (err == nil) != tt.good {
				t.Errorf("OpenAllotment = %v", err)
			}
		})
	}
}

func TestAllotmentClaims(t *testing.T) {
	a := sampleAllotment()
	for _, n := range []uint32{1, 500} {
		card, err := Sign(a.Claims(n), vectorPrivate(0))
		if err != nil || card.Number != n || a.Covers(card.Claims) != nil {
			t.Errorf("number %d: %v, %v", n, card, err)
		}
	}
	for _, n := range []uint32{0, MaxNumber + 1} {
		if card, err := Sign(a.Claims(n), vectorPrivate(0)); err == nil {
			t.Errorf("number %d was signed: %v", n, card)
		}
	}
}

func TestAllotmentOpen(t *testing.T) {
	a := sampleAllotment()
	for at, want := range map[int64]bool{a.From - 1: false, a.From: true, a.Until - 1: true, a.Until: false} {
		if a.Open(time.Unix(at, 0)) != want {
			t.Errorf("at %d: %v", at, !want)
		}
	}
}

func TestTextIn(t *testing.T) {
	both, one := Text{"日", "E"}, Text{"日", ""}
	if both.In("ja") != "日" || both.In("en") != "E" || one.In("en") != "日" {
		t.Errorf("%q %q %q", both.In("ja"), both.In("en"), one.In("en"))
	}
}
