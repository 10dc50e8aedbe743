package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"golang.org/x/text/language"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

//go:embed templates/*.html static/page.css
var files embed.FS

// points is what the pages need of the ledger.
type points interface {
	Look(ctx context.Context, c cards.Card) (ledger.View, error)
	Claim(ctx context.Context, c cards.Card, account string) (ledger.Claimed, error)
	Taken(ctx context.Context, c cards.Card, account string) (ledger.Claimed, bool, error)
	Balance(ctx context.Context, account string) (ledger.Balance, error)
	DecidedClaims(ctx context.Context, account string, most int) ([]ledger.DecidedClaim, error)
	EndedWaits(ctx context.Context, account string, most int) ([]ledger.EndedWait, error)
	Reversals(ctx context.Context, account string, most int) ([]ledger.Reversed, error)
}

// A site is the pages of residents and shops: made for a phone, without scripts.
type site struct {
	points    points
	tickets   tickets
	people    *registry.Registry
	seal      seal
	clock     func() time.Time
	log       *slog.Logger
	secure    bool // cookies travel by https alone
	templates map[string]*template.Template
	css       []byte
	style     string // names the style sheet's content
}

func newSite(s site, pageKey []byte) (*site, error) {
	var err error
	if s.seal, err = newSeal(pageKey); err != nil {
		return nil, err
	}
	s.templates = map[string]*template.Template{}
	for _, name := range []string{"claim", "ask", "signin", "password", "say", "done", "account", "shop", "shopsignin", "ticket", "ticketdone", "ticketno", "range", "rangecheck", "rangedone"} {
		s.templates[name], err = template.ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("hub: page %s: %w", name, err)
		}
	}
	if s.css, err = fs.ReadFile(files, "static/page.css"); err != nil {
		return nil, fmt.Errorf("hub: style sheet: %w", err)
	}
	sum := sha256.Sum256(s.css)
	s.style = hex.EncodeToString(sum[:6])
	return &s, nil
}

// routes are the pages by their patterns. No GET changes anything in the
// database: messengers fetch what they show.
func (s *site) routes() map[string]func(*visit) (page, error) {
	return map[string]func(*visit) (page, error){
		"GET /C/{token}": s.openCard,
		"GET /c/{token}": s.openCard,
		"GET /claim":     s.showCard,
		"POST /claim":    s.claim,
		"GET /done":      s.done,
		"GET /signin":    s.showSignIn,
		"POST /signin":   s.signIn,
		"GET /password":  s.showPassword,
		"POST /password": s.setPassword,
		"POST /signout":  s.signOut,
		"GET /signedout": s.signedOut,
		"GET /account":   s.account,
		"GET /{$}":       func(*visit) (page, error) { return page{To: "/account"}, nil },
		"GET /C/":        s.badCard,
		"GET /c/":        s.badCard,
		"/":              s.missing,
	}
}

// mount puts the pages on their routes.
func (s *site) mount(mux *http.ServeMux) {
	for _, routes := range []map[string]func(*visit) (page, error){s.routes(), s.shopRoutes()} {
		for pattern, do := range routes {
			mux.Handle(pattern, s.guard(s.handler(do)))
		}
	}
	mux.HandleFunc("GET /static/page.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // its address names its content
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.css))
	})
}

// straight turns away what a ServeMux would mend by a redirect, like //C/…:
// its answer would repeat the address.
func (s *site) straight(next http.Handler) http.Handler {
	crooked := s.handler(s.missing)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if clean := path.Clean(r.URL.Path); r.URL.Path != clean && r.URL.Path != clean+"/" {
			crooked.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// guard stops a form that another site sent, before anything is read of it.
func (s *site) guard(next http.Handler) http.Handler {
	ours := http.NewCrossOriginProtection()
	ours.SetDenyHandler(s.handler(func(v *visit) (page, error) {
		return page{Status: http.StatusForbidden, Name: "say", Title: v.Say("page.refused.title"), Text: v.Say("page.refused.text")}, nil
	}))
	return ours.Handler(next)
}

// A visit is one request, with who makes it.
type visit struct {
	*http.Request
	*words.Words
	w       http.ResponseWriter
	device  string                  // the text of the device's cookie
	session registry.Session        // its Account is zero when nobody is signed in
	shop    registry.PartnerSession // zero on the pages of residents
}

func (v *visit) signedIn() bool { return v.session.Account != "" }

// date writes a moment's day in Japan; dayOf that of a card or a lot.
func (v *visit) date(t time.Time) string  { return words.DateTime(v.Lang(), t.In(cards.Japan)) }
func (v *visit) dayOf(d cards.Day) string { return words.Date(v.Lang(), d.Start()) }
func (v *visit) number(n int64) string    { return words.Number(int(n)) }

// change writes points that came with a + and points that went with a −.
func (v *visit) change(n int64) string {
	if n < 0 {
		return "−" + v.number(-n)
	}
	return "+" + v.number(n)
}

// maxForm is more than any form of ours has, in bytes.
const maxForm = 8 << 10

func (s *site) handler(do func(*visit) (page, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Language, Cookie")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		v := &visit{Request: r, Words: words.In(s.language(w, r)), w: w}
		p, err := s.visited(v, do)
		if err != nil {
			if r.Context().Err() == nil { // else the resident has left
				s.log.Error("page", "route", r.Pattern, "error", err)
			}
			p = page{Status: http.StatusInternalServerError, Name: "say", Title: v.Say("page.fault.title"), Text: v.Say("page.fault.text")}
		}
		s.send(v, p)
	})
}

func (s *site) visited(v *visit, do func(*visit) (page, error)) (page, error) {
	if err := s.recognize(v); err != nil {
		return page{}, err
	}
	return do(v)
}

// recognize finds the device and the session by their cookies.
func (s *site) recognize(v *visit) error {
	if c, err := v.Cookie(s.cookieName("device")); err == nil && len(c.Value) <= 100 {
		v.device = c.Value
	}
	c, err := v.Cookie(s.cookieName("session"))
	if err != nil {
		return nil
	}
	v.session, err = s.people.Resume(v.Context(), c.Value)
	if errors.Is(err, registry.ErrSignedOut) {
		return nil
	}
	return err
}

// language is what the switch says, now or before; else what the browser asks for.
func (s *site) language(w http.ResponseWriter, r *http.Request) string {
	if asked := r.URL.Query().Get("lang"); asked == "ja" || asked == "en" {
		s.setCookie(w, "lang", asked, 365*24*time.Hour)
		return asked
	}
	if c, err := r.Cookie(s.cookieName("lang")); err == nil {
		return words.In(c.Value).Lang()
	}
	tags, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")) // in order of preference
	for _, tag := range tags {
		if base, _ := tag.Base(); base.String() == "ja" || base.String() == "en" {
			return base.String()
		}
	}
	return words.Languages()[0]
}

// A page is what a visit leads to: words on a screen, or another address.
type page struct {
	Status int           // 0 is 200
	To     string        // where to go instead: by 303, so that a reload repeats nothing
	Retry  time.Duration // when to try again
	Name   string        // the template
	Title  string        // the one h1
	Big    template.HTML // the title with its number in large type
	Text   string
	Card   *cardView
	Money  *moneyView
	Office *officeView
	Shop   *shopView // on the pages of shops
	form
}

// A form is what a form shows again.
type form struct {
	Typed string // the ID, never the password
	Error string
	Wrong string // which field it is about: id, code, password; empty if about none
	Again bool   // offer to sign in
}

// A shown page is what the templates see.
type shown struct {
	page
	*words.Words
	Tail  string // of the signed-in account's ID
	Token string // of each form
	Style string
}

// Site names the scheme that the page is about.
func (p shown) Site() string {
	if p.Office != nil {
		return p.Office.Site
	}
	return p.Say("page.site")
}

// Other is the language that the switch offers.
func (p shown) Other() string {
	if p.Lang() == "en" {
		return "ja"
	}
	return "en"
}

func (s *site) send(v *visit, p page) {
	if p.To != "" {
		http.Redirect(v.w, v.Request, p.To, http.StatusSeeOther)
		return
	}
	out := shown{page: p, Words: v.Words, Style: s.style}
	if v.signedIn() {
		out.Tail, out.Token = v.session.ID.Tail(), v.session.FormToken()
	} else if v.device != "" {
		out.Token = registry.FormToken(v.device)
	}
	var body bytes.Buffer // whole before the first byte goes out
	if err := s.templates[p.Name].ExecuteTemplate(&body, "layout", out); err != nil {
		s.log.Error("page", "route", v.Pattern, "error", err)
		http.Error(v.w, v.Say("page.fault.text"), http.StatusInternalServerError)
		return
	}
	if p.Retry > 0 {
		v.w.Header().Set("Retry-After", fmt.Sprint(int(p.Retry.Round(time.Second).Seconds())))
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(max(p.Status, http.StatusOK))
	v.w.Write(body.Bytes()) //nolint:errcheck // nobody is left to be told
}

// big sets the number in a title in large type.
func big(title, number string) template.HTML {
	return template.HTML(strings.Replace(template.HTMLEscapeString(title), number, "<b>"+number+"</b>", 1))
}
