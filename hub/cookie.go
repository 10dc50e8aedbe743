package hub

import (
	"net/http"
	"time"
)

// The cookies: card (sealed), session, device, lang.
const (
	cardLife   = 30 * time.Minute
	deviceLife = 400 * 24 * time.Hour // the longest that browsers keep (RFC 6265bis, 5.5)
)

// cookieName binds a cookie to this host and to https (RFC 6265bis, 4.1.3.2).
func (s *site) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

// setCookie sets a cookie that scripts and other sites' forms do not get.
// Life 0 lasts until the browser is closed, below 0 ends it.
func (s *site) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}
