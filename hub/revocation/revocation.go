// Package revocation asks a CA whether it took a certificate back.
//
// It says good only of what a CA's own signature, for this very certificate and
// for now, calls good. Whatever else comes, or nothing, is not checked.
//
// The network, the certificate and its serial stand in no log of its own; it
// writes nothing to a disk.
package revocation

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"pointkiosk/cards"
)

// A Source knows of revoked certificates.
type Source interface {
	Check(ctx context.Context, leaf, issuer *x509.Certificate) (cards.Standing, error)
}

// Any asks its sources in order, until one knows.
type Any []Source

// Check returns the first source's word that is one; else that nobody knows,
// with what was wrong.
func (a Any) Check(ctx context.Context, leaf, issuer *x509.Certificate) (cards.Standing, error) {
	var all error
	for _, s := range a {
		standing, err := s.Check(ctx, leaf, issuer)
		if standing == cards.StandingGood || standing == cards.StandingRevoked {
			return standing, err
		}
		all = errors.Join(all, err)
	}
	return cards.StandingNotChecked, all
}

// Opts are what a source needs from outside.
type Opts struct {
	HTTP  *http.Client     // one with a limit of 10 s and no redirects if nil
	Clock func() time.Time // time.Now if nil
}

func (o Opts) filled() Opts {
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// skew is how far a CA's clock may honestly be ahead.
const skew = 5 * time.Minute

// current reports an answer that is good now: begun, and not yet due to be
// replaced. One that names no end is good for an hour.
func current(now, begun, end time.Time) bool {
	if end.IsZero() {
		end = begun.Add(time.Hour)
	}
	return !begun.After(now.Add(skew)) && now.Before(end)
}

// fetch does a request and reads a body of the right type, up to so many bytes.
func fetch(client *http.Client, r *http.Request, kinds []string, most int64) ([]byte, error) {
	resp, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("revocation: ask the CA: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	kind := resp.Header.Get("Content-Type")
	fits := false
	for _, k := range kinds {
		fits = fits || kind == k
	}
	if resp.StatusCode != http.StatusOK || !fits {
		return nil, fmt.Errorf("revocation: the CA answers %d with %q", resp.StatusCode, kind)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err == nil && int64(len(body)) > most {
		err = errors.New("too much")
	}
	if err != nil {
		return nil, fmt.Errorf("revocation: read the CA's answer: %w", err)
	}
	return body, nil
}

// A cache keeps answers in memory until they are due, and not too many.
type cache[T any] struct {
	mu   sync.Mutex
	held map[string]cached[T]
}

type cached[T any] struct {
	v   T
	end time.Time
}

const mostCached = 4096

func (c *cache[T]) get(key string, now time.Time) (v T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.held[key]
	return e.v, ok && now.Before(e.end)
}

func (c *cache[T]) put(key string, v T, now, end time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]cached[T]{}
	}
	if len(c.held) >= mostCached {
		for k, e := range c.held {
			if len(c.held) >= mostCached/2 || !now.Before(e.end) {
				delete(c.held, k)
			}
		}
	}
	c.held[key] = cached[T]{v, end}
}
