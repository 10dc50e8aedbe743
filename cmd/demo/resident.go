package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// readCode reads the printed paper with an independent reader.
func readCode(ctx context.Context, page string) (string, error) {
	out, err := exec.CommandContext(ctx, "zbarimg", "-q", "--raw", page).Output()
	if err != nil {
		return "", fmt.Errorf("read the code on %s with zbarimg: %w", page, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// A resident has a phone with cookies of its own.
type resident struct {
	ctx  context.Context
	hub  string
	http *http.Client
}

func newResident(ctx context.Context, hub string) *resident {
	jar, _ := cookiejar.New(nil) // without options it can't fail
	return &resident{ctx: ctx, hub: hub, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// An answer is where a request ended, and what the page says.
type answer struct {
	path   string
	status int
	body   string
}

// claim does what a phone does: sign in, open the card's address, take the
// points. The demo hub speaks plain http; everything behind the host is the
// card's own.
func (r *resident) claim(code, id string) (answer, error) {
	_, path, ok := strings.Cut(code, "/C/")
	if !ok {
		return answer{}, errors.New("the code on the paper is no card")
	}
	page, err := r.page(http.MethodGet, "/signin", nil)
	if err != nil {
		return page, err
	}
	if page, err = r.page(http.MethodPost, "/signin", url.Values{"id": {id}, "password": {password}, "token": {page.token()}}); err != nil {
		return page, err
	}
	if _, err := r.page(http.MethodGet, "/C/"+path, nil); err != nil {
		return page, err
	}
	return r.page(http.MethodPost, "/claim", url.Values{"token": {page.token()}})
}

func (r *resident) page(method, path string, form url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(r.ctx, method, r.hub+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, errors.New("the hub's address is damaged") // not err: it would repeat the card's text
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept-Language", "ja")
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
