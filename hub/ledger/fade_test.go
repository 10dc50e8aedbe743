package ledger_test

import (
	"context"
	"errors"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// No card is good for longer than its paper can be read, whichever way its last
// day is said; what was granted before stays.
func TestPaperDays(t *testing.T) {
	ctx := context.Background()
	b := newBook(t)
	add := func(days uint32) error {
		e := event("long", 50, false)
		e.CardDays = days
		return b.AddEvent(ctx, e)
	}
	grant := func(kind cards.Kind, expires cards.Day) error {
		_, err := b.Grant(ctx, ledger.Grant{Kiosk: "station-1", Event: "long", Kind: kind, Count: 1, Expires: expires})
		return err
	}
	too := func(what string, err error, days, most int64) {
		t.Helper()
		if e := (*ledger.PaperError)(nil); !errors.As(err, &e) || e.Days != days || e.Most != most || e.Event != "long" {
			t.Errorf("%s: %v", what, err)
		}
	}
	check(t, add(365))
	too("a year and a day", add(366), 366, 365)
	check(t, b.SetPaperDays(ctx, 60, "佐藤"))
	too("more than is said now", add(61), 61, 60)
	too("an event from before", grant(cards.KindCard, 0), 365, 60)
	too("tickets are paper too", grant(cards.KindTicket, held+61), 61, 60)
	check(t, grant(cards.KindCard, held+60))
	check(t, add(60))
	check(t, grant(cards.KindCard, 0))
	if days, err := b.PaperDays(ctx); days != 60 || err != nil {
		t.Errorf("%d days, %v", days, err)
	}
	for _, days := range []int64{0, -1, 3651} {
		if err := b.SetPaperDays(ctx, days, "佐藤"); !errors.Is(err, ledger.ErrBadRequest) {
			t.Errorf("%d days: %v", days, err)
		}
	}
	check(t, b.AddPerson(ctx, "佐藤", []string{ledger.RolePeople, ledger.RoleGrant}, ""))
	if err := b.SetPaperDays(ctx, 90, "鈴木"); !errors.As(err, new(*ledger.RoleError)) {
		t.Errorf("no role: %v", err)
	}
	b.clean()
}
