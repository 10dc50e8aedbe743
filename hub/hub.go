// Package hub answers requests: the kiosks' API, the residents' pages, and
// whether it is well.
//
// A card's text is worth money to whoever shows it first, so no log names the
// path or the query of a request, only its route.
//
// It keeps nothing itself; package ledger and package registry do.
package hub

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// Opts are what a server needs.
type Opts struct {
	Ledger   *ledger.Ledger
	Registry *registry.Registry
	PageKey  []byte                      // 32 bytes: hides what cookies carry
	Ready    func(context.Context) error // reports whether the database answers
	Clock    func() time.Time            // time.Now if nil
	Log      *slog.Logger                // nowhere if nil
	Secure   bool                        // cookies travel by https alone
	AtOnce   int                         // uploads worked on at a time: 4 if 0
}

// A Server is the hub's handlers.
type Server struct {
	ledger *ledger.Ledger
	ready  func(context.Context) error
	log    *slog.Logger
	site   *site
	turns  chan struct{} // one place for each upload that is worked on
	asks   chan struct{} // and for each application
	desk   *desk
}

// New returns a server; it starts nothing.
func New(opts *Opts) (*Server, error) {
	s := &Server{ledger: opts.Ledger, ready: opts.Ready, log: opts.Log}
	if s.ledger == nil || opts.Registry == nil {
		return nil, errors.New("hub: a server needs a ledger and a registry")
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	clock := opts.Clock
	if clock == nil {
		clock = time.Now
	}
	atOnce := opts.AtOnce
	if atOnce == 0 {
		atOnce = 4
	}
	s.turns, s.asks = make(chan struct{}, atOnce), make(chan struct{}, atOnce)
	s.desk = &desk{points: s.ledger, value: s.ledger, people: opts.Registry}
	var err error
	s.site, err = newSite(site{points: s.ledger, tickets: s.ledger, people: opts.Registry, clock: clock, log: s.log, secure: opts.Secure}, opts.PageKey)
	return s, err
}

// Handler answers every request of the hub.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	s.api(mux)
	s.site.mount(mux)
	return s.logged(s.site.straight(mux))
}

// healthz says that the process runs.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// readyz says that requests can be answered.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if s.ready != nil {
		if err := s.ready(ctx); err != nil {
			s.log.Error("not ready", "error", err)
			plain(w, http.StatusServiceUnavailable, "the database does not answer\n")
			return
		}
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write([]byte(text)) //nolint:errcheck // nobody is left to be told
}

// logged writes one line a request: its route, never its path, which may be a
// card's text.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now() // a duration, not a time of day
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		route := r.Pattern
		if route == "" {
			route = "none"
		}
		s.log.Info("request", "route", route, "status", seen.status, "took", time.Since(began))
	})
}

// A statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
