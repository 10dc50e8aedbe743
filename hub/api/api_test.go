package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func sampleCode() Code {
	c := Code{Base: "http://127.0.0.1:8080/"}
	for n := range c.Fingerprint {
		c.Fingerprint[n] = byte(n)
	}
	for n := range c.Secret {
		c.Secret[n] = byte(0xF0 + n)
	}
	return c
}

func TestCode(t *testing.T) {
	good := sampleCode().String()
	for _, tt := range []struct {
		name, text string
		ok         bool
	}{
		{"as printed", good, true},
		{"https in a folder", strings.Replace(good, "http://127.0.0.1:8080/", "https://hub.example.jp/points/", 1), true},
		{"no slash", strings.Replace(good, "8080/#", "8080#", 1), false},
		{"another scheme", strings.Replace(good, "http:", "ftp:", 1), false},
		{"a query", strings.Replace(good, "/#", "/?a=b#", 1), false},
		{"a user", strings.Replace(good, "127", "me@127", 1), false},
		{"another format", strings.Replace(good, "#E1.", "#E2.", 1), false},
		{"a character less", good[:len(good)-1], false},
		{"a character more", good + "A", false},
		{"lower case", strings.ToLower(good), false},
		{"a line end", good + "\n", false},
		{"a line end inside", good[:60] + "\n" + good[60:], false},
		{"nothing", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ParseCode(tt.text)
			if (err == nil) != tt.ok || tt.ok && c.String() != tt.text || !tt.ok && !errors.Is(err, ErrCode) {
				t.Errorf("ParseCode = %+v, %v", c, err)
			}
		})
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add(sampleCode().String())
	f.Add("https://a/#E1..")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCode(text)
		if err != nil {
			return
		}
		if c.String() != text {
			t.Errorf("two texts for one code: %q", text)
		}
		if again, err := ParseCode(c.String()); err != nil || again != c {
			t.Errorf("not its own inverse: %v", err)
		}
	})
}

func TestClient(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   string // the answer; else
		status int
		kind   string
		wait   time.Duration
	}{
		{"a paper", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/points/api/v1/entries" || r.Header.Get("Content-Type") != TypeCOSE {
				t.Errorf("asked for %s with %s", r.URL.Path, r.Header.Get("Content-Type"))
			}
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", TypeCOSE)
			w.Write(append([]byte("re: "), body...))
		}, "re: upload", 0, "", 0},
		{"a problem", func(w http.ResponseWriter, _ *http.Request) {
			Problem{Type: ProblemBusy, Status: 503, Title: "try again"}.Write(w, 1500*time.Millisecond)
		}, "", 503, ProblemBusy, 2 * time.Second},
		{"a captive portal", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<h1>Welcome to Free Wi-Fi</h1>")
		}, "", 200, "", 0},
		{"a status without a body", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "", 404, "", 0},
		{"a problem that is none", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", TypeProblem)
			w.WriteHeader(500)
			io.WriteString(w, "{")
		}, "", 500, "", 0},
		{"a strange Retry-After", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "-5")
			w.WriteHeader(429)
		}, "", 429, "", 0},
		{"an endless answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", TypeCOSE)
			w.Write(make([]byte, MaxBody+1))
		}, "", 200, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.answer)
			defer server.Close()
			c, err := NewClient(&Opts{Base: server.URL + "/points/"})
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Upload(context.Background(), []byte("upload"))
			if tt.status == 0 {
				if err != nil || string(got) != tt.want {
					t.Errorf("Upload = %q, %v", got, err)
				}
				return
			}
			p := (*Problem)(nil)
			if !errors.As(err, &p) || p.Status != tt.status || p.Type != tt.kind || p.RetryAfter() != tt.wait {
				t.Errorf("Upload = %q, %#v", got, err)
			}
		})
	}
}

func TestNewClientRefuses(t *testing.T) {
	for _, base := range []string{"", "hub", "http://", "http://hub", "http://hub/#x", "mailto:a@b/"} {
		if _, err := NewClient(&Opts{Base: base}); err == nil {
			t.Errorf("%q is taken for an address", base)
		}
	}
}
