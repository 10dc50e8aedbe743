package main

import (
	"context"
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
	ctx       context.Context
	hub, lang string
	http      *http.Client
}

func newResident(d *demo) *resident {
	jar, _ := cookiejar.New(nil) // without options it can't fail
	return &resident{ctx: d.ctx, hub: d.url, lang: d.words.Lang(), http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// An answer is where a request ended, and what the page says.
type answer struct {
	path   string
	status int
	body   string
}

// claim does what a phone does: sign in, open the card's address, take the
// points.
func (r *resident) claim(address, id string) (answer, error) {
	page, err := r.page(http.MethodGet, r.hub+"signin", nil)
	if err != nil {
		return page, err
	}
	if page, err = r.page(http.MethodPost, r.hub+"signin", url.Values{"id": {id}, "password": {password}, "token": {page.token()}}); err != nil {
		return page, err
	}
	if _, err := r.page(http.MethodGet, address, nil); err != nil {
		return page, err
	}
	return r.page(http.MethodPost, r.hub+"claim", url.Values{"token": {page.token()}})
}

func (r *resident) page(method, address string, form url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(r.ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, errors.New("the address is damaged") // not err: it would repeat the card's text
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Language", r.lang)
	resp, err := r.http.Do(req)
	if err != nil {
		return answer{}, errors.New("the hub does not answer")
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return answer{resp.Request.URL.Path, resp.StatusCode, string(body)}, err
}

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	title = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	token = regexp.MustCompile(`name="token" value="([^"]*)"`)
)

// heading is what the page says first.
func (a answer) heading() string {
	m := title.FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(strings.TrimSpace(tags.ReplaceAllString(m[1], "")))
}

// token is the form's.
func (a answer) token() string {
	if m := token.FindStringSubmatch(a.body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}
