package hub

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pointkiosk/cards"
)

const canaryPassword = "Canary+Geheim 42&x"

// A trail is everything that a drive left behind, by where it lies.
type trail map[string][]byte

// drive goes through every route with a canary card and password and collects
// what is logged, answered and stored. A nil fault is the hub as it is.
func drive(t *testing.T, fault func(*town, http.Handler) http.Handler) (*town, cards.Card, trail) {
	t.Helper()
	town := newTown(t, nil)
	const id = "CANARY77"
	if err := town.people.Add(t.Context(), id, canaryPassword); err != nil {
		t.Fatal(err)
	}
	right := town.handler.Load().(http.Handler)
	if fault != nil {
		right = fault(town, right)
	}
	left := trail{}
	town.handler.Store(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &tee{ResponseWriter: w}
		right.ServeHTTP(seen, r)
		left["cookies"] = append(left["cookies"], strings.Join(w.Header()["Set-Cookie"], "\n")+"\n"...)
		for name, values := range w.Header() {
			left["answers"] = append(left["answers"], name+": "+strings.Join(values, "\n")+"\n"...)
		}
		left["answers"] = append(left["answers"], seen.body.Bytes()...)
	}))
	card := town.card(bar, 77)
	p := town.phone("ja")
	paths := []string{"/C/" + card.Text(), "/c/" + strings.ToLower(card.Text()), "/C/" + card.Text() + "x", "/C/" + card.Text() + "/x",
		"//C/" + card.Text(), "/x/" + card.Text(), "/C/" + card.Text() + "?lang=ja", "/claim?" + card.Text(), "/v1/entries/" + card.Text(),
		"/claim", "/done", "/account", "/signin", "/signedout", "/password", "/", "/static/page.css", "/healthz", "/readyz"}
	all := func() {
		for _, path := range paths {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "OPTIONS"} {
				r := must(http.NewRequest(method, town.server.URL+path, strings.NewReader("password="+url.QueryEscape(canaryPassword))))(t)
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Referer", town.server.URL+"/C/"+card.Text())
				p.do(r)
			}
		}
	}
	all()
	start := p.open(card)
	p.signIn(start, id, canaryPassword+"!")
	p.signIn(start, id+"77", canaryPassword)
	offer := p.signIn(start, id, canaryPassword)
	all()
	s := p.post(offer, "/claim", nil)
	if s.path != "/done" {
		t.Fatalf("%d %s: %s", s.status, s.path, s.html)
	}
	all()
	p.post(s, "/signout", nil)
	left["log"] = []byte(town.logs.String())
	for _, file := range must(filepath.Glob(filepath.Join(town.folder, "*")))(t) {
		left["database"] = append(left["database"], must(os.ReadFile(file))(t)...)
	}
	return town, card, left
}

// found names where a secret lies, in any of the forms it could have taken.
func (left trail) found(secrets map[string]string) (places []string) {
	for name, secret := range secrets {
		for _, form := range []string{secret, strings.ToLower(secret), url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)),
			strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="), base64.RawURLEncoding.EncodeToString([]byte(secret))} {
			for place, bytes_ := range left {
				if bytes.Contains(bytes_, []byte(form)) {
					places = append(places, name+" in "+place)
				}
			}
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// secretsOf cuts the card's text in parts, so that half of it is found too.
func secretsOf(card cards.Card) map[string]string {
	text := card.Text()
	return map[string]string{"card": text[40:64], "card's end": text[100:124], "password": canaryPassword}
}

// What a card is worth and who may take it is nowhere to be read afterwards
// (DECISIONS 19).
func TestCanary(t *testing.T) {
	_, card, left := drive(t, nil)
	for _, place := range []string{"log", "cookies", "answers", "database"} {
		if len(left[place]) < 500 {
			t.Errorf("%s holds %d bytes: the search looked at nothing", place, len(left[place]))
		}
	}
	if places := left.found(secretsOf(card)); len(places) > 0 {
		t.Errorf("found: %q", places)
	}
	if bytes.Contains(left["log"], []byte("CANARY77")) {
		t.Error("the log names who signed in")
	}
	for _, line := range strings.Split(string(left["cookies"]), "\n") {
		secret, isSecret := strings.CutPrefix(strings.SplitN(line, ";", 2)[0], "session=")
		if !isSecret {
			secret, isSecret = strings.CutPrefix(strings.SplitN(line, ";", 2)[0], "device=")
		}
		if isSecret && secret != "" && (bytes.Contains(left["database"], []byte(secret)) || bytes.Contains(left["log"], []byte(secret))) {
			t.Errorf("a cookie that signs in stands in the database or the log")
		}
	}
}

// The search must find each fault that it is there for (DECISIONS 33).
func TestCanaryFindsFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault func(*town, http.Handler, http.ResponseWriter, *http.Request)
		want  string
	}{
		{"a log of paths", func(c *town, next http.Handler, w http.ResponseWriter, r *http.Request) {
			slog.New(slog.NewTextHandler(c.logs, nil)).Info("request", "path", r.URL.Path)
		}, "card in log"},
		{"a log of forms", func(c *town, next http.Handler, w http.ResponseWriter, r *http.Request) {
			body := new(bytes.Buffer)
			body.ReadFrom(r.Body)
			slog.New(slog.NewJSONHandler(c.logs, nil)).Info("request", "form", body.String())
			r.Body = http.NoBody
			if r.URL.Path != "/C/" {
				r.Body = readCloser{bytes.NewReader(body.Bytes())}
			}
		}, "password in log"},
		{"an open cookie", func(c *town, next http.Handler, w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "c", Value: base64.RawURLEncoding.EncodeToString([]byte(r.URL.Path[min(43, len(r.URL.Path)):]))})
		}, "card in cookies"},
		{"a page that repeats its address", func(c *town, next http.Handler, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Path", r.URL.Path)
		}, "card in answers"},
		{"a password that is kept", func(c *town, next http.Handler, w http.ResponseWriter, r *http.Request) {
			c.db.Exec(`UPDATE account SET password = $1 WHERE id = (SELECT account FROM mykey WHERE id = $2)`, canaryPassword, neighbourID)
		}, "password in database"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, card, left := drive(t, func(c *town, next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					tt.fault(c, next, w, r)
					next.ServeHTTP(w, r)
				})
			})
			if places := left.found(secretsOf(card)); !slices.Contains(places, tt.want) {
				t.Errorf("found %q, want %q", places, tt.want)
			}
		})
	}
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// A tee keeps a copy of what is answered.
type tee struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (w *tee) Write(p []byte) (int, error) {
	w.body.Write(p)
	return w.ResponseWriter.Write(p)
}
