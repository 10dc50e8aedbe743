package registry

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
)

const shopPassword = "melon-bread-2026"

func addPartner(t testing.TB, r *Registry, id, password string) {
	t.Helper()
	if err := r.AddPartner(t.Context(), Partner{ID: id, Name: cards.Text{Ja: "パンのきさらぎ"}}, password, "佐藤"); err != nil {
		t.Fatal(err)
	}
}

var shopAddress = netip.MustParseAddr("192.0.2.7")

func TestPartnerRefuses(t *testing.T) {
	r, _ := testRegistry(t, nil)
	name := cards.Text{Ja: "パンのきさらぎ"}
	for _, tt := range []struct {
		why, id, password string
		name              cards.Text
		want              error
	}{
		{"good", " Bakery ", shopPassword, name, nil},
		{"short id", "ba", shopPassword, name, ErrPartner},
		{"long id", strings.Repeat("b", 33), shopPassword, name, ErrPartner},
		{"a colon", "bake:ry", shopPassword, name, ErrPartner},
		{"a hyphen first", "-bakery", shopPassword, name, ErrPartner},
		{"letters", "パン屋さん", shopPassword, name, ErrPartner},
		{"no name", "butcher", shopPassword, cards.Text{}, ErrPartner},
		{"short password", "butcher", "1234567", name, ErrPassword},
		{"a guessed password", "butcher", "password", name, ErrWeak},
	} {
		if err := r.AddPartner(t.Context(), Partner{ID: tt.id, Name: tt.name}, tt.password, "佐藤"); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.why, err, tt.want)
		}
	}
	if list, err := r.Partners(t.Context()); err != nil || len(list) != 1 || list[0].ID != "bakery" || !list[0].Ended.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
}

// A shop stays signed in for a working day, on one device; a new password, the
// end, and signing out end it.
func TestPartnerSession(t *testing.T) {
	r, c := testRegistry(t, nil)
	addPartner(t, r, "bakery", shopPassword)
	signIn := func(password string) (PartnerSession, error) {
		return r.SignInPartner(t.Context(), shopAddress, "ＢＡＫＥＲＹ", password)
	}
	over := func(why string, s PartnerSession) {
		t.Helper()
		if _, err := r.ResumePartner(t.Context(), s.Cookie()); !errors.Is(err, ErrSignedOut) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if _, err := signIn("another-2026"); !errors.Is(err, ErrWrong) {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := r.SignInPartner(t.Context(), shopAddress, "butcher", shopPassword); !errors.Is(err, ErrWrong) {
		t.Errorf("nobody's: %v", err)
	}
	s, err := signIn(shopPassword)
	if err != nil || s.Partner.ID != "bakery" || strings.Contains(s.String(), s.Cookie()) {
		t.Fatalf("%v, %v", s, err)
	}
	c.wait(partnerLife - time.Second)
	if again, err := r.ResumePartner(t.Context(), s.Cookie()); err != nil || again.Partner.Name.Ja != "パンのきさらぎ" || again.FormToken() != s.FormToken() {
		t.Errorf("%v, %v", again, err)
	}
	c.wait(time.Second)
	over("after a day", s)
	s, _ = signIn(shopPassword)
	c.wait(-time.Hour)
	over("made by a clock that was ahead", s)
	c.wait(time.Hour)
	if err := r.SignOutPartner(t.Context(), s.Cookie()); err != nil {
		t.Fatal(err)
	}
	over("signed out", s)
	s, _ = signIn(shopPassword)
	addPartner(t, r, "bakery", "cream-bread-2026")
	over("a new password", s)
	if _, err := signIn(shopPassword); !errors.Is(err, ErrWrong) {
		t.Errorf("the old password: %v", err)
	}
	s, _ = signIn("cream-bread-2026")
	if err := r.EndPartner(t.Context(), "bakery", "佐藤"); err != nil {
		t.Fatal(err)
	}
	over("the partner has ended", s)
	if _, err := signIn("cream-bread-2026"); !errors.Is(err, ErrWrong) {
		t.Errorf("signs in after the end: %v", err)
	}
	if err := r.EndPartner(t.Context(), "bakery", "佐藤"); !errors.Is(err, ErrPartner) {
		t.Errorf("ends twice: %v", err)
	}
	if list, err := r.Partners(t.Context()); err != nil || len(list) != 1 || list[0].Ended.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
}

// A guesser is slowed down, and the shop, at another address, is not.
func TestPartnerGuesser(t *testing.T) {
	r, c := testRegistry(t, nil)
	addPartner(t, r, "bakery", shopPassword)
	slow := (*SlowError)(nil)
	tries := 0
	for range 100 {
		_, err := r.SignInPartner(t.Context(), netip.MustParseAddr("198.51.100.9"), "bakery", "guess-2026")
		if errors.As(err, &slow) {
			c.wait(time.Second)
			continue
		}
		tries++
	}
	if tries > 20 || slow == nil {
		t.Errorf("%d guesses within two minutes", tries)
	}
	if _, err := r.SignInPartner(t.Context(), shopAddress, "bakery", shopPassword); err != nil {
		t.Errorf("the shop: %v", err)
	}
	for range 30 { // and who knows the password is never slowed
		if _, err := r.SignInPartner(t.Context(), shopAddress, "bakery", shopPassword); err != nil {
			t.Fatal(err)
		}
	}
}
