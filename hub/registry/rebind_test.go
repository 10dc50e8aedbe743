package registry

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
)

// rebind asks to bind a card to an ID, with a password or without one.
func (b *booth) rebind(card catest.Card, id, password string) cards.Answer {
	b.t.Helper()
	return b.rebindAt(testKiosk, card, id, password)
}

// A renewed certificate takes the place of the one before, by the password or
// by staff, and each of these goes no further than it should.
func TestRebind(t *testing.T) {
	b := newBooth(t, nil)
	first, second, third, stranger := b.card(nil), b.card(nil), b.card(nil), b.card(nil)
	b.apply(first, cards.Register, "HANA2345")
	b.apply(stranger, cards.Register, "HANA2346")
	add(t, b.Registry) // staff made it: no card opens it so far
	is := func(what string, got cards.Answer, ruling cards.Ruling, id string) {
		t.Helper()
		if got.Ruling != ruling || got.ID != id {
			t.Errorf("%s: %s %q, want %s %q", what, got.Ruling, got.ID, ruling, id)
		}
	}
	is("another password", b.rebind(second, "HANA2345", "another-2026"), cards.RulingWrong, "")
	is("by password", b.rebind(second, "HANA2345", testPassword), cards.RulingOK, "HANA2345")
	is("the old card", b.apply(first, cards.Show, ""), cards.RulingReplaced, "")
	is("an account for the old card", b.apply(first, cards.Register, "HANA2347"), cards.RulingReplaced, "")
	is("the new card", b.apply(second, cards.Show, ""), cards.RulingOK, "HANA2345")
	is("to what it has", b.rebind(second, "HANA2345", testPassword), cards.RulingOK, "HANA2345")
	is("to another's with the password", b.rebind(second, "HANA2346", testPassword), cards.RulingHasID, "HANA2345")

	if _, err := b.AllowRebind(t.Context(), "hana 2345", testKiosk, "佐藤", "seen"); err != nil {
		t.Fatal(err)
	}
	is("with a wrong password staff's word is not used up", b.rebind(third, "HANA2345", "another-2026"), cards.RulingWrong, "")
	is("by staff", b.rebind(third, "HANA2345", ""), cards.RulingOK, "HANA2345")
	is("by staff, once", b.rebind(b.card(nil), "HANA2345", ""), cards.RulingWrong, "")
	if _, err := b.AllowRebind(t.Context(), "HANA2345", testKiosk, "佐藤", "seen"); err != nil {
		t.Fatal(err)
	}
	b.clock.wait(allowLife)
	is("by staff, too late", b.rebind(b.card(nil), "HANA2345", ""), cards.RulingWrong, "")
	is("the first one back", b.rebind(first, "HANA2345", testPassword), cards.RulingOK, "HANA2345")
	is("the first one again", b.apply(first, cards.Show, ""), cards.RulingOK, "HANA2345")
	is("to an account that staff made", b.rebind(b.card(nil), testID, testPassword), cards.RulingOK, testID)
	for _, tt := range []struct {
		id, by, reason string
		want           error
	}{{"HANA2345", "", "seen", ErrReason}, {"HANA2345", "佐藤", "", ErrReason}, {"HANA2999", "佐藤", "seen", ErrNoID}, {"x", "佐藤", "seen", cards.ErrMyKeyID}} {
		if _, err := b.AllowRebind(t.Context(), tt.id, testKiosk, tt.by, tt.reason); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

// Who registered anew with a renewed My Number card, and then finds the slip of
// before, has that account again once the new ID is retired: by the password, or by
// staff.
func TestRebindAfterRegister(t *testing.T) {
	for _, staff := range []bool{false, true} {
		b := newBooth(t, nil)
		first, renewed, password := b.card(nil), b.card(nil), testPassword
		b.apply(first, cards.Register, "HANA2345")
		b.apply(renewed, cards.Register, "HANA2346")
		is := func(what string, got cards.Answer, ruling cards.Ruling, id string) {
			t.Helper()
			if got.Ruling != ruling || got.ID != id {
				t.Errorf("%v, %s: %s %q, want %s %q", staff, what, got.Ruling, got.ID, ruling, id)
			}
		}
		if staff {
			password = ""
			if _, err := b.AllowRebind(t.Context(), "HANA2345", testKiosk, "佐藤", "seen"); err != nil {
				t.Fatal(err)
			}
		}
		is("with a new ID", b.rebind(renewed, "HANA2345", password), cards.RulingHasID, "HANA2346")
		b.apply(renewed, cards.Retire, "")
		is("a wrong password", b.rebind(renewed, "HANA2345", "another-2026"), cards.RulingWrong, "")
		is("nobody's ID", b.rebind(renewed, "HANA2346", testPassword), cards.RulingWrong, "")
		is("it is unbound by neither", b.apply(renewed, cards.Register, "HANA2347"), cards.RulingOK, "HANA2347")
		b.apply(renewed, cards.Retire, "")
		is("after retiring", b.rebind(renewed, "HANA2345", password), cards.RulingOK, "HANA2345")
		is("the renewed card", b.apply(renewed, cards.Show, ""), cards.RulingOK, "HANA2345")
		is("the card before", b.apply(first, cards.Show, ""), cards.RulingReplaced, "")
		var deeds []string
		if err := b.Deeds(t.Context(), "", func(d Deed) error { deeds = append(deeds, d.What+" "+d.ID+" "+d.Reason); return nil }); err != nil {
			t.Fatal(err)
		}
		want := []string{"unbind  ", "rebind HANA2345 "}
		if staff {
			want[1] += "seen"
		}
		if got := deeds[len(deeds)-2:]; !slices.Equal(got, want) {
			t.Errorf("%v: %q, want %q", staff, got, want)
		}
		if n := b.count(`SELECT COUNT(*) FROM certificate`); n != 1 {
			t.Errorf("%v: %d certificates", staff, n)
		}
	}
}

// Guessing a password at a kiosk is slowed down, and nobody hears whether the
// ID exists.
func TestRebindIsGuessedSlowly(t *testing.T) {
	for _, id := range []string{"HANA2345", "HANA2999"} {
		b := newBooth(t, nil)
		b.apply(b.card(nil), cards.Register, "HANA2345")
		card, wrong := b.card(nil), 0
		var last cards.Answer
		for range 20 {
			if last = b.rebind(card, id, "guess-2026"); last.Ruling == cards.RulingWrong {
				wrong++
			}
		}
		if wrong != 15 || last.Ruling != cards.RulingBusy || last.Wait == 0 {
			t.Errorf("%s: %d guesses, then %+v", id, wrong, last)
		}
		b.clock.wait(6 * time.Minute)
		if got := b.rebind(card, "HANA2345", testPassword); got.Ruling != cards.RulingOK {
			t.Errorf("locked out: %+v", got)
		}
	}
}

// One certificate has one ID at this hub, in as many schemes as its holder
// agrees to.
func TestJoin(t *testing.T) {
	b := newBooth(t, nil)
	card := b.card(nil)
	b.apply(card, cards.Register, "HANA2345")
	const other = "さがみはらポイント"
	in := func(id string) cards.Answer {
		t.Helper()
		o, err := b.Ask(t.Context(), testKiosk, cards.Ask{Purpose: cards.Register, Scheme: other}, cards.Terms{Version: "1"})
		if err != nil {
			t.Fatal(err)
		}
		f := &filing{card: card, app: b.application(cards.Register, id, o), seal: o.Seal, password: testPassword}
		f.app.Scheme = other
		f.signed = f.app
		return b.send(testKiosk, f.sent(t))
	}
	for _, tt := range []struct {
		id   string
		want cards.Ruling
	}{{"HANA2346", cards.RulingHasID}, {"HANA2345", cards.RulingOK}, {"HANA2345", cards.RulingHasID}} {
		if got := in(tt.id); got.Ruling != tt.want || got.ID != "HANA2345" {
			t.Errorf("%s: %+v", tt.id, got)
		}
	}
	if n := b.count(`SELECT COUNT(*) FROM membership`); n != 2 {
		t.Errorf("%d memberships", n)
	}
	if n := b.count(`SELECT COUNT(*) FROM account`); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

// After a deletion nothing in the database leads to the holder, the IDs are
// used up, and the card may begin anew.
func TestDelete(t *testing.T) {
	b := newBooth(t, nil)
	card, neighbour := b.card(nil), b.card(nil)
	f := b.file(card, cards.Register, "HANA2345")
	f.password, f.apply.Code = "", true
	b.send(testKiosk, f.sent(t))
	b.apply(card, cards.Change, "HANA2346")
	b.apply(card, cards.Show, "")
	b.apply(neighbour, cards.Register, "HANA2347")
	if _, err := b.SignIn(t.Context(), "HANA2347", testPassword, "a phone"); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(t.Context(), "HANA2346", "佐藤", "asked"); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{"account": 1, "mykey": 1, "mykey_ended": 0, "mykey_spent": 2, "certificate": 1, "membership": 1, "slip_code": 0,
		"sitting": 0, "application": 1, "session": 1, "device": 1} {
		if n := b.count(`SELECT COUNT(*) FROM ` + table); n != want {
			t.Errorf("%s has %d rows, want %d", table, n, want)
		}
	}
	for _, id := range []string{"HANA2345", "HANA2346", "hana-2346"} {
		if err := b.Delete(t.Context(), id, "佐藤", "asked"); !errors.Is(err, ErrNoID) {
			t.Errorf("%s again: %v", id, err)
		}
		if o := b.ask(cards.Register, id); o.Wanted != cards.RulingTaken {
			t.Errorf("%s is %s", id, o.Wanted)
		}
	}
	if got := b.apply(card, cards.Register, "HANA2348"); got.Ruling != cards.RulingOK {
		t.Errorf("anew: %+v", got)
	}
	var told strings.Builder
	if err := b.Deeds(t.Context(), "", func(d Deed) error { told.WriteString(d.What + " " + d.ID + " " + d.Person + "\n"); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := "register  \nchange  \nregister HANA2347 \ndelete  佐藤\nregister HANA2348 \n"; told.String() != want {
		t.Errorf("%s, want %s", told.String(), want)
	}
}

// The key belongs to its database, and without one nobody applies.
func TestKey(t *testing.T) {
	b := newBooth(t, nil)
	for _, tt := range []struct {
		key  string
		want error
	}{{strings.Repeat("k", KeySize), nil}, {strings.Repeat("x", KeySize), ErrKey}, {"short", ErrKey}} {
		opts := b.opts
		opts.Key = []byte(tt.key)
		if _, err := Open(b.write, b.read, &opts); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.key, err)
		}
	}
	r, _ := testRegistry(t, nil)
	_, askErr := r.Ask(t.Context(), testKiosk, cards.Ask{}, cards.Terms{})
	_, applyErr := r.Apply(t.Context(), testKiosk, [32]byte{}, cards.Apply{})
	_, leaseErr := r.Lease(t.Context(), testKiosk, cards.LeaseAsk{}, cards.Terms{})
	_, depositErr := r.Deposit(t.Context(), testKiosk, cards.Deposit{})
	_, sitErr := r.Sit(t.Context(), testKiosk, [32]byte{}, cards.SignIn{})
	for _, err := range []error{askErr, applyErr, leaseErr, depositErr, sitErr} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%v", err)
		}
	}
}

// A kiosk that asks without end is slowed down, and no other is.
func TestAsksAreSlowed(t *testing.T) {
	b := newBooth(t, nil)
	ask := func(kiosk string) error {
		_, err := b.Ask(t.Context(), kiosk, cards.Ask{Purpose: cards.Show, Scheme: testScheme}, cards.Terms{Version: "1"})
		return err
	}
	for range 60 {
		if err := ask("K-1"); err != nil {
			t.Fatal(err)
		}
	}
	if busy := (*BusyError)(nil); !errors.As(ask("K-1"), &busy) || busy.RetryAfter > 3*time.Second {
		t.Errorf("%v", busy)
	}
	if err := ask("K-2"); err != nil {
		t.Error(err)
	}
}

// Nothing that is no certificate of the CA is taken for one.
func FuzzRecognize(f *testing.F) {
	b := newBooth(f, nil)
	der := b.card(nil).DER
	f.Add(der)
	f.Add(b.ca.Certificate.Raw)
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		h, ruling, err := b.recognize(data, b.clock.now())
		if err != nil {
			t.Fatal(err)
		}
		if ruling == cards.RulingOK && string(h.leaf.Raw) != string(der) {
			t.Errorf("the fuzzer is a CA")
		}
	})
}

// The holder hears that another card opens the account now, and that a code was
// printed.
func TestHolderHears(t *testing.T) {
	b := newBooth(t, nil)
	b.apply(b.card(nil), cards.Register, "HANA2345")
	next := b.card(nil)
	b.rebind(next, "HANA2345", testPassword)
	b.clock.wait(time.Minute)
	f := b.file(next, cards.Show, "")
	f.apply.Code = true
	b.send(testKiosk, f.sent(t))
	var account string
	if err := b.Registry.read.QueryRow(`SELECT account FROM mykey WHERE id = 'HANA2345'`).Scan(&account); err != nil {
		t.Fatal(err)
	}
	heard, err := b.Notices(t.Context(), account, 5)
	if err != nil || len(heard) != 2 || heard[0].Kind != NewCode || heard[1].Kind != Rebound {
		t.Errorf("%v, %v", heard, err)
	}
}
