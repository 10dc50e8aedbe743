package story

import (
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A resident has a phone with cookies of its own.
type resident struct {
	base  string
	http  *http.Client
	token string // of the forms, once signed in
}

// A page is where a request ended, and what is shown there.
type page struct {
	path   string
	status int
	to     string // where a redirect that was not followed leads
	body   string
}

// newResident signs in.
func newResident(address, id string) (*resident, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	r := &resident{base: "http://" + address, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
	p, err := r.page(http.MethodGet, "/signin", nil)
	if err != nil {
		return nil, err
	}
	p, err = r.page(http.MethodPost, "/signin", url.Values{"id": {id}, "password": {password}, "token": {p.token()}})
	if err == nil && p.path != "/account" {
		err = errors.New("not signed in: " + p.heading())
	}
	r.token = p.token()
	return r, err
}

// take opens a card's address and takes the points.
func (r *resident) take(code string) (page, error) {
	_, token, ok := strings.Cut(strings.TrimSpace(code), "/C/")
	if !ok {
		return page{}, errors.New("the code is no card")
	}
	if p, err := r.page(http.MethodGet, "/C/"+token, nil); err != nil {
		return p, err
	}
	return r.page(http.MethodPost, "/claim", url.Values{"token": {r.token}})
}

// claim does what a phone does that has never been here.
func (c *town) claim(code, id string) (page, error) {
	r, err := newResident(c.listen, id)
	if err != nil {
		return page{}, err
	}
	return r.take(code)
}

func (r *resident) page(method, path string, form url.Values) (page, error) {
	req, err := http.NewRequest(method, r.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return page{}, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Language", "en")
	resp, err := r.http.Do(req)
	if err != nil {
		return page{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return page{resp.Request.URL.Path, resp.StatusCode, resp.Header.Get("Location"), string(body)}, err
}

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	title = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	token = regexp.MustCompile(`name="token" value="([^"]*)"`)
)

// heading is what the page says first.
func (p page) heading() string {
	m := title.FindStringSubmatch(p.body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(strings.TrimSpace(tags.ReplaceAllString(m[1], "")))
}

func (p page) token() string {
	if m := token.FindStringSubmatch(p.body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}
