package hub

import (
	"crypto/subtle"
	"errors"
	"math"
	"net/http"
	"net/netip"
	"strings"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// needDevice gives a browser the cookie by which it is known again, before it
// shows a form: the form's token is derived from it.
func (s *site) needDevice(v *visit) (err error) {
	if v.device == "" {
		v.device, err = s.people.NewSecret()
		if err == nil {
			s.setCookie(v.w, "device", v.device, deviceLife)
		}
	}
	return err
}

// fromOf returns the address that a request comes from. Only a proxy on this
// machine is believed who it speaks for: the last address that it names.
func fromOf(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return at.Addr()
	}
	named := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if last, err := netip.ParseAddr(strings.TrimSpace(named[len(named)-1])); err == nil {
		return last
	}
	return at.Addr()
}

// fromOurForm reports whether the form carries this token.
func (v *visit) fromOurForm(token string) bool {
	return subtle.ConstantTimeCompare([]byte(v.PostFormValue("token")), []byte(token)) == 1
}

func (s *site) showSignIn(v *visit) (page, error) {
	if v.signedIn() {
		return page{To: "/account"}, nil
	}
	return s.askAgain(v, form{}, http.StatusOK)
}

// askAgain shows the sign-in form: with the card's worth for whoever came from
// a card, else alone.
func (s *site) askAgain(v *visit, f form, status int) (page, error) {
	if card, ok := s.held(v); ok && v.PostFormValue("next") == "claim" {
		look, err := s.points.Look(v.Context(), card)
		if (err == nil || inactive(err)) && look.RedeemedBy == "" {
			return s.offer(v, look, f, status)
		}
		if waits(err) {
			return s.ask(v, look, f, status)
		}
		if err != nil && !errors.As(err, new(*ledger.RefusedError)) {
			return page{}, err
		}
		return page{To: "/claim"}, nil // it gives no points any more
	}
	if err := s.needDevice(v); err != nil {
		return page{}, err
	}
	return page{Status: status, Name: "signin", Title: v.Say("page.signin.title"), form: f}, nil
}

// signIn checks the password and begins a session.
func (s *site) signIn(v *visit) (page, error) {
	typed := v.PostFormValue("id")
	f := form{Typed: typed[:min(len(typed), 24)]}
	if v.device == "" || !v.fromOurForm(registry.FormToken(v.device)) {
		f.Error = v.Say("page.signin.stale")
		return s.askAgain(v, f, http.StatusUnprocessableEntity)
	}
	session, err := s.people.SignInFrom(v.Context(), fromOf(v.Request), typed, v.PostFormValue("password"), v.device)
	slow, busy := (*registry.SlowError)(nil), (*registry.BusyError)(nil)
	switch {
	case err == nil:
		return s.signedInNow(v, session)
	case errors.Is(err, cards.ErrMyKeyID):
		f.Error = v.Say("page.signin.badid")
	case errors.Is(err, registry.ErrWrong):
		f.Error = v.Say("page.signin.wrong")
	case errors.As(err, &slow):
		f.Error = v.Say("page.signin.slow", int(math.Ceil(slow.RetryAfter.Minutes())))
		p, err := s.askAgain(v, f, http.StatusTooManyRequests)
		p.Retry = slow.RetryAfter
		return p, err
	case errors.As(err, &busy):
		f.Error = v.Say("page.signin.busy", int(math.Ceil(busy.RetryAfter.Seconds())))
		p, err := s.askAgain(v, f, http.StatusServiceUnavailable)
		p.Retry = busy.RetryAfter
		return p, err
	default:
		return page{}, err
	}
	return s.askAgain(v, f, http.StatusUnprocessableEntity)
}

// signedInNow hands the session over. One that was there before ends.
func (s *site) signedInNow(v *visit, session registry.Session) (page, error) {
	if v.signedIn() {
		if err := s.people.SignOut(v.Context(), v.session.Cookie()); err != nil {
			return page{}, err
		}
	}
	s.setCookie(v.w, "session", session.Cookie(), 0)
	s.setCookie(v.w, "device", v.device, deviceLife) // its life begins anew
	if _, ok := s.held(v); ok && v.PostFormValue("next") == "claim" {
		return page{To: "/claim"}, nil
	}
	return page{To: "/account"}, nil
}

// signOut ends the session. Whoever signs out before taking the points keeps
// the card for the next sign-in.
func (s *site) signOut(v *visit) (page, error) {
	if !v.signedIn() || !v.fromOurForm(v.session.FormToken()) {
		return page{To: "/account"}, nil
	}
	if err := s.people.SignOut(v.Context(), v.session.Cookie()); err != nil {
		return page{}, err
	}
	s.setCookie(v.w, "session", "", -1)
	if v.PostFormValue("next") == "claim" {
		return page{To: "/claim"}, nil
	}
	s.setCookie(v.w, "card", "", -1)
	return page{To: "/signedout"}, nil
}

func (s *site) signedOut(v *visit) (page, error) {
	return page{Name: "say", Title: v.Say("page.signout.title"), Text: v.Say("page.signout.text"), form: form{Again: true}}, nil
}

func (s *site) missing(v *visit) (page, error) {
	return page{Status: http.StatusNotFound, Name: "say", Title: v.Say("page.missing.title"), Text: v.Say("page.missing.text")}, nil
}
