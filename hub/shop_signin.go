package hub

import (
	"errors"
	"math"
	"net/http"

	"pointkiosk/cards"
	"pointkiosk/hub/registry"
)

func (s *site) showShopSignIn(v *visit) (page, error) {
	if found, err := s.shopOf(v); err != nil || found {
		return page{To: "/shop"}, err
	}
	return s.askShop(v, form{}, http.StatusOK)
}

func (s *site) askShop(v *visit, f form, status int) (page, error) {
	if err := s.needDevice(v); err != nil {
		return page{}, err
	}
	return page{Status: status, Name: "shopsignin", Title: v.Say("shop.signin.title"), Shop: &shopView{Token: registry.FormToken(v.device)}, form: f}, nil
}

// shopSignIn begins a shop's session. Who guesses is slowed down and never
// locked out.
func (s *site) shopSignIn(v *visit) (page, error) {
	typed := v.PostFormValue("id")
	if len(typed) > 100 {
		typed = ""
	}
	if v.device == "" || !v.fromOurForm(registry.FormToken(v.device)) {
		return s.askShop(v, form{Typed: typed, Error: v.Say("page.signin.stale")}, http.StatusForbidden)
	}
	session, err := s.people.SignInPartner(v.Context(), fromOf(v.Request), typed, v.PostFormValue("password"))
	busy, slow := (*registry.BusyError)(nil), (*registry.SlowError)(nil)
	switch {
	case err == nil:
		s.setCookie(v.w, "shop", session.Cookie(), 0)
		if _, _, ok := s.heldTicket(v); ok {
			return page{To: "/shop/ticket"}, nil
		}
		if card, ok := s.held(v); ok && card.Kind == cards.KindTicket { // its address led here
			return s.readTicket(v, card.Text())
		}
		return page{To: "/shop"}, nil
	case errors.Is(err, registry.ErrWrong), errors.Is(err, registry.ErrPartner):
		return s.askShop(v, form{Typed: typed, Error: v.Say("shop.signin.wrong")}, http.StatusUnprocessableEntity)
	case errors.As(err, &slow):
		p, err := s.askShop(v, form{Typed: typed, Error: v.Say("page.signin.slow", int(math.Ceil(slow.RetryAfter.Minutes())))}, http.StatusTooManyRequests)
		p.Retry = slow.RetryAfter
		return p, err
	case errors.As(err, &busy):
		p, err := s.askShop(v, form{Typed: typed, Error: v.Say("page.signin.busy", int(busy.RetryAfter.Seconds()))}, http.StatusServiceUnavailable)
		p.Retry = busy.RetryAfter
		return p, err
	}
	return page{}, err
}

func (s *site) shopSignOut(v *visit) (page, error) {
	if err := s.people.SignOutPartner(v.Context(), v.shop.Cookie()); err != nil {
		return page{}, err
	}
	s.setCookie(v.w, "shop", "", -1)
	s.setCookie(v.w, "ticket", "", -1)
	return page{To: "/shop/signin"}, nil
}
