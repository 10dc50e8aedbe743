package hub

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// The API's limits.
const (
	maxEnrolment = 4 << 10         // bytes
	maxApply     = 32 << 10        // bytes
	waitForTurn  = 2 * time.Second // before an upload is asked to come again
	comeAgain    = 5 * time.Second
	retryClosed  = 10 * time.Minute // a person has to look first
)

func (s *Server) api(mux *http.ServeMux) {
	mux.HandleFunc("POST /"+api.PathEnrol, func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, r, maxEnrolment, s.ledger.Enrol)
	})
	mux.HandleFunc("POST /"+api.PathEntries, func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, r, api.MaxBody, s.ingest)
	})
	for path, do := range s.desk.requests() {
		mux.HandleFunc("POST /"+path, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, maxApply, s.inTurn(do)) })
	}
}

// ingest answers an upload with a receipt, when it is its turn.
func (s *Server) ingest(ctx context.Context, sealed []byte) ([]byte, error) {
	leave, err := turn(ctx, s.turns)
	if err != nil {
		return nil, err
	}
	defer leave()
	receipt, err := s.ledger.Ingest(ctx, sealed)
	if err != nil {
		return nil, err
	}
	if receipt.Stop != "" {
		s.log.Warn("a kiosk is stopped", "key", receipt.Key, "why", receipt.Stop)
	}
	return s.ledger.SealReceipt(receipt)
}

// turn waits for one of the places.
func turn(ctx context.Context, places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-time.After(waitForTurn):
		return nil, errBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inTurn lets as many applications be worked on as uploads, in places of their
// own: neither keeps the other waiting.
func (s *Server) inTurn(do func(context.Context, []byte) ([]byte, error)) func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, sealed []byte) ([]byte, error) {
		leave, err := turn(ctx, s.asks)
		if err != nil {
			return nil, err
		}
		defer leave()
		return do(ctx, sealed)
	}
}

var errBusy = errors.New("hub: too many requests at once")

// answer reads a paper, at most so many bytes of it, and sends one back.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, most int64, do func(context.Context, []byte) ([]byte, error)) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != api.TypeCOSE {
		api.Problem{Status: http.StatusUnsupportedMediaType, Title: "send " + api.TypeCOSE}.Write(w, 0)
		return
	}
	sealed, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err == nil {
		var paper []byte
		if paper, err = do(r.Context(), sealed); err == nil {
			w.Header().Set("Content-Type", api.TypeCOSE)
			w.Header().Set("Cache-Control", "no-store")
			w.Write(paper) //nolint:errcheck // nobody is left to be told
			return
		}
	}
	p, wait := problem(err)
	if p.Status >= http.StatusInternalServerError && r.Context().Err() == nil { // else the kiosk has hung up
		s.log.Error("api", "route", r.Pattern, "error", err)
	}
	p.Write(w, wait)
}

// problem says to a kiosk what went wrong, without the inside of it.
func problem(err error) (p api.Problem, wait time.Duration) {
	late, busy := (*ledger.LateError)(nil), (*registry.BusyError)(nil)
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.As(err, &tooLarge), errors.Is(err, ledger.ErrTooLarge):
		return api.Problem{Type: api.ProblemTooLarge, Status: http.StatusRequestEntityTooLarge, Title: "send fewer entries at once"}, 0
	case errors.Is(err, ledger.ErrEnrolment), errors.Is(err, ledger.ErrEnrolled):
		return api.Problem{Type: api.ProblemEnrolment, Status: http.StatusForbidden, Title: "the enrolment code is wrong, used or too old"}, 0
	case errors.Is(err, ledger.ErrUpload):
		return api.Problem{Type: api.ProblemUpload, Status: http.StatusForbidden, Title: "not an upload of a kiosk known here"}, 0
	case errors.Is(err, ledger.ErrKiosk):
		return api.Problem{Type: api.ProblemKiosk, Status: http.StatusForbidden, Title: "not the paper of a kiosk whose key is good"}, 0
	case errors.Is(err, ledger.ErrScheme):
		return api.Problem{Type: api.ProblemScheme, Status: http.StatusNotFound, Title: "no such scheme"}, 0
	case errors.Is(err, registry.ErrClosed):
		return api.Problem{Type: api.ProblemNoMyKey, Status: http.StatusNotFound, Title: "nobody can apply at this hub"}, 0
	case errors.As(err, &busy):
		return api.Problem{Type: api.ProblemBusy, Status: http.StatusServiceUnavailable, Title: "try again"}, busy.RetryAfter
	case errors.As(err, &late):
		return api.Problem{Type: api.ProblemLate, Status: http.StatusTooManyRequests, Title: "enough for today under a revoked key"}, late.Wait
	case errors.Is(err, ledger.ErrClosed):
		return api.Problem{Type: api.ProblemClosed, Status: http.StatusServiceUnavailable, Title: "nothing is redeemed until a restored database is accepted"}, retryClosed
	case errors.Is(err, io.ErrUnexpectedEOF):
		return api.Problem{Status: http.StatusBadRequest, Title: "the request is incomplete"}, 0
	}
	// Busy, full, or broken: what was sent is good and comes again.
	return api.Problem{Type: api.ProblemBusy, Status: http.StatusServiceUnavailable, Title: "try again"}, comeAgain
}
