package hub

import (
	"errors"
	"math"
	"net/http"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry"
)

// showPassword shows the form to set a password by the code on the slip.
func (s *site) showPassword(v *visit) (page, error) {
	if v.signedIn() {
		return page{To: "/account"}, nil
	}
	return s.askPassword(v, form{}, http.StatusOK, 0)
}

func (s *site) askPassword(v *visit, f form, status int, retry time.Duration) (page, error) {
	if err := s.needDevice(v); err != nil {
		return page{}, err
	}
	return page{Status: status, Retry: retry, Name: "password", Title: v.Say("page.password.title"), form: f}, nil
}

// setPassword sets the password and signs in.
func (s *site) setPassword(v *visit) (page, error) {
	typed := v.PostFormValue("id")
	f := form{Typed: typed[:min(len(typed), 24)]}
	if v.device == "" || !v.fromOurForm(registry.FormToken(v.device)) {
		f.Error = v.Say("page.signin.stale")
		return s.askPassword(v, f, http.StatusUnprocessableEntity, 0)
	}
	session, err := s.people.SetPassword(v.Context(), fromOf(v.Request), typed, v.PostFormValue("code"), v.PostFormValue("password"), v.device)
	if err == nil {
		p, err := s.signedInNow(v, session)
		if _, ok := s.held(v); ok && err == nil {
			p.To = "/claim" // they came from a card
		}
		return p, err
	}
	return s.notSet(v, f, err)
}

// notSet says why no password was set.
func (s *site) notSet(v *visit, f form, err error) (page, error) {
	slow, busy := (*registry.SlowError)(nil), (*registry.BusyError)(nil)
	switch {
	case errors.As(err, &slow):
		f.Error = v.Say("page.signin.slow", int(math.Ceil(slow.RetryAfter.Minutes())))
		return s.askPassword(v, f, http.StatusTooManyRequests, slow.RetryAfter)
	case errors.As(err, &busy):
		f.Error = v.Say("page.signin.busy", int(math.Ceil(busy.RetryAfter.Seconds())))
		return s.askPassword(v, f, http.StatusServiceUnavailable, busy.RetryAfter)
	}
	for _, e := range []struct {
		is         error
		wrong, key string
	}{
		{cards.ErrMyKeyID, "id", "page.signin.badid"}, {cards.ErrSlipCode, "code", "page.password.badcode"}, {registry.ErrWrong, "code", "page.password.wrong"},
		{registry.ErrPassword, "password", "page.password.size"}, {registry.ErrWeak, "password", "page.password.weak"},
	} {
		if errors.Is(err, e.is) {
			f.Error, f.Wrong = v.Say(e.key), e.wrong
			return s.askPassword(v, f, http.StatusUnprocessableEntity, 0)
		}
	}
	if errors.Is(err, registry.ErrClosed) {
		return s.missing(v)
	}
	return page{}, err
}
