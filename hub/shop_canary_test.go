package hub

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/registry"
)

// visitShop goes through every route of a shop, right and wrong, with a ticket and
// a shop's password, and returns what is secret of both, with all that is left.
func visitShop(t *testing.T, fault func(*mall, http.ResponseWriter, *http.Request, string)) (secrets map[string]string, left trail) {
	t.Helper()
	m := newMall(t)
	if err := m.people.AddPartner(t.Context(), registry.Partner{ID: "canary-shop", Name: cards.Text{Ja: "鳥の店"}}, canaryPassword, "佐藤"); err != nil {
		t.Fatal(err)
	}
	c := m.buys()
	right, said := m.handler.Load().(http.Handler), trail{}
	m.handler.Store(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(bytes.Buffer)
		body.ReadFrom(r.Body)
		r.Body = readCloser{bytes.NewReader(body.Bytes())}
		fault(m, w, r, body.String())
		seen := &tee{ResponseWriter: w}
		right.ServeHTTP(seen, r)
		for name, values := range w.Header() {
			said["answers"] = append(said["answers"], name+": "+strings.Join(values, "\n")+"\n"...)
		}
		said["answers"] = append(said["answers"], seen.body.Bytes()...)
	}))
	p := m.phone("ja")
	for _, password := range []string{canaryPassword + "!", canaryPassword} {
		p.post(p.get("/shop"), "/shop/signin", url.Values{"id": {"canary-shop"}, "password": {password}})
	}
	all := func() {
		form := url.Values{"ticket": {c.Text()}, "serial": {c.Text()}, "id": {c.Text()}, "password": {canaryPassword}}.Encode()
		for _, path := range []string{"/shop", "/shop/signin", "/shop/ticket", "/shop/done", "/shop/signout", "/shop/" + c.Text()} {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost} {
				r := must(http.NewRequest(method, m.server.URL+path, strings.NewReader(form)))(t)
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				p.do(r)
			}
		}
	}
	all()
	p.scans(c.Text() + "X")
	p.scans(c.Text()[:100])
	if s := p.presses(p.scans(c.Text()), c); s.path != "/shop/done" {
		t.Fatalf("%d %s: %s", s.status, s.path, s.html)
	}
	p.scans(strings.ToLower(c.Text()))
	all()
	p.post(p.get("/shop"), "/shop/signout", nil)
	left = m.leftovers()
	left["answers"] = said["answers"]
	return secretsOf(c), left
}

// What a ticket is worth to whoever holds it, and a shop's password, are nowhere
// to be read afterwards; the log names no shop.
func TestShopCanary(t *testing.T) {
	secrets, left := visitShop(t, func(*mall, http.ResponseWriter, *http.Request, string) {})
	if places := left.found(secrets); len(places) > 0 {
		t.Errorf("found: %q", places)
	}
	if !bytes.Contains(left["log"], []byte("POST /shop/ticket")) || !bytes.Contains(left["database"], []byte("canary-shop")) || len(left["answers"]) < 5000 {
		t.Error("the search looked at nothing")
	}
}

// The search must find each fault that it is there for (DECISIONS 33).
func TestShopCanaryFindsFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault func(m *mall, w http.ResponseWriter, r *http.Request, body string)
		want  []string
	}{
		{"a log of forms", func(m *mall, _ http.ResponseWriter, r *http.Request, body string) {
			slog.New(slog.NewTextHandler(m.logs, nil)).Info("request", "form", body)
		}, []string{"password in log", "card in log"}},
		{"a page that repeats what was scanned", func(_ *mall, w http.ResponseWriter, r *http.Request, body string) {
			w.Header().Set("X-Form", body)
		}, []string{"card in answers"}},
		{"a table of passwords", func(m *mall, _ http.ResponseWriter, r *http.Request, body string) {
			if form, err := url.ParseQuery(body); err == nil && form.Get("password") != "" {
				m.db.Exec(`UPDATE partner SET password = $1 WHERE id = $2`, form.Get("password"), "tofu-ya")
			}
		}, []string{"password in database"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			secrets, left := visitShop(t, tt.fault)
			places := left.found(secrets)
			for _, want := range tt.want {
				if !slices.Contains(places, want) {
					t.Errorf("found %q, want %q", places, want)
				}
			}
		})
	}
}
