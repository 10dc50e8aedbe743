package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
)

// An ear hears what kiosk and hub say to each other.
type ear struct {
	mu      sync.Mutex
	asked   bytes.Buffer
	paths   []string
	answers []cards.Answer // those with an ID
}

// listen puts an ear between a kiosk and its hub.
func listen(t *testing.T, data string) *ear {
	t.Helper()
	e := &ear{}
	name := filepath.Join(data, "identity.toml")
	identity, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`http://[0-9.:]+`).Find(identity)
	hub, err := url.Parse(string(address))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(hub)
	proxy.ModifyResponse = e.answer
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.asked.Write(body)
		e.paths = append(e.paths, r.URL.Path)
		e.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	if err := os.WriteFile(name, bytes.Replace(identity, address, []byte(server.URL), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return e
}

func (e *ear) answer(r *http.Response) error {
	if !strings.HasSuffix(r.Request.URL.Path, api.PathApply) {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var a cards.Answer
	if err == nil && cards.Unsealed(body, cards.PaperAnswer, &a) == nil && a.ID != "" {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.answers = append(e.answers, a)
	}
	return err
}

// times is how often something was asked for.
func (e *ear) times(path string) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.paths {
		if strings.HasSuffix(p, path) {
			n++
		}
	}
	return n
}

// last waits for the n-th answer with an ID.
func (e *ear) last(t *testing.T, n int) (a cards.Answer) {
	t.Helper()
	await(t, "the hub's answer", func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		if len(e.answers) < n {
			return false
		}
		a = e.answers[n-1]
		return true
	})
	return a
}
