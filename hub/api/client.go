// Package api is the few requests between kiosk and hub, and the code that
// brings the two together. API.md says what goes over the wire.
//
// What counts is signed inside (package cards): neither the address nor the
// HTTP status proves anything, and the client opens no paper. It does not
// repeat a request; who calls it decides when.
package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// The paths of the requests, behind the hub's base address.
const (
	PathEnrol   = "api/v1/enrol"
	PathEntries = "api/v1/entries"
	PathAsk     = "api/v1/mykey/ask"
	PathApply   = "api/v1/mykey/apply"
	PathLease   = "api/v1/mykey/lease"
	PathDeposit = "api/v1/mykey/deposit"
	PathSignIn  = "api/v1/mykey/signin"
	PathPut     = "api/v1/mykey/put"
	PathCard    = "api/v1/mykey/look"
	PathTicket  = "api/v1/value/ticket"
	PathLook    = "api/v1/value/look"
	PathTake    = "api/v1/value/take"
)

// The content types of signed papers (RFC 9052, section 2) and of problems
// (RFC 9457, section 3).
const (
	TypeCOSE    = "application/cose"
	TypeProblem = "application/problem+json"
)

// MaxBody is the most bytes that a request or an answer has.
const MaxBody = 4 << 20

// Opts are what a client needs.
type Opts struct {
	Base string       // where the hub is, with a slash at the end
	HTTP *http.Client // one with a limit of 30 s if nil
}

// A Client asks one hub.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the hub at opts.Base; it asks nothing yet.
func NewClient(opts *Opts) (*Client, error) {
	if err := checkBase(opts.Base); err != nil {
		return nil, err
	}
	return &Client{base: opts.Base, http: cmp.Or(opts.HTTP, &http.Client{Timeout: 30 * time.Second})}, nil
}

func (c *Client) String() string { return "api.Client{" + c.base + "}" }

// Enrol sends a sealed enrolment and returns a sealed welcome.
func (c *Client) Enrol(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathEnrol, sealed)
}

// Upload sends a sealed upload and returns a sealed receipt.
func (c *Client) Upload(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathEntries, sealed)
}

// Ask sends a sealed ask and returns a sealed offer.
func (c *Client) Ask(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathAsk, sealed)
}

// Apply sends a sealed apply and returns a sealed answer. The same bytes again
// have the same answer.
func (c *Client) Apply(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathApply, sealed)
}

// Lease sends a sealed lease's ask and returns a sealed lease.
func (c *Client) Lease(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathLease, sealed)
}

// Deposit sends a sealed deposit and returns a sealed answer. The same
// provisional again has the same answer.
func (c *Client) Deposit(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathDeposit, sealed)
}

// SignIn sends a sealed sign-in and returns a sealed answer.
func (c *Client) SignIn(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathSignIn, sealed)
}

// Put sends a sealed put and returns the sealed answer to it.
func (c *Client) Put(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathPut, sealed)
}

// LookAtCard sends a sealed look at a paper card and returns the sealed answer to
// it.
func (c *Client) LookAtCard(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathCard, sealed)
}

// Ticket sends a sealed ask for a ticket and returns the sealed answer to it. The
// same request has the same answer.
func (c *Client) Ticket(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathTicket, sealed)
}

// Look sends a sealed look at cards and prizes and returns a sealed offer.
func (c *Client) Look(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathLook, sealed)
}

// Take sends a sealed take of a prize and returns the sealed answer to it. The
// same request has the same answer.
func (c *Client) Take(ctx context.Context, sealed []byte) ([]byte, error) {
	return c.post(ctx, PathTake, sealed)
}

func (c *Client) post(ctx context.Context, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	req.Header.Set("Content-Type", TypeCOSE)
	req.Header.Set("Accept", TypeCOSE+", "+TypeProblem)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("api: ask the hub: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("api: read the hub's answer: %w", err)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode == http.StatusOK && kind == TypeCOSE && len(answer) <= MaxBody {
		return answer, nil
	}
	return nil, problemOf(resp, kind, answer)
}

// problemOf reads what the hub, or whoever stands in between, said instead.
func problemOf(resp *http.Response, kind string, answer []byte) *Problem {
	p := &Problem{}
	if kind == TypeProblem && json.Unmarshal(answer, p) != nil {
		p = &Problem{}
	}
	p.Status = resp.StatusCode
	p.Title = cmp.Or(p.Title, http.StatusText(p.Status))
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		p.wait = time.Duration(min(seconds, 24*60*60)) * time.Second
	}
	return p
}
