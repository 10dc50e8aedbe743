package hub

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
)

// kiosk returns the town's kiosk as a client, with its signing key.
func (c *town) kiosk() (*api.Client, cards.SigningKey) {
	c.t.Helper()
	return must(api.NewClient(&api.Opts{Base: c.server.URL + "/"}))(c.t), cards.SigningKey{ID: c.allotments[bar].Key, Private: c.live}
}

func (c *town) upload(key cards.SigningKey, u cards.Upload) []byte {
	c.t.Helper()
	u.Nonce = make([]byte, 16)
	rand.Read(u.Nonce)
	return must(cards.Seal(key, cards.PaperUpload, u))(c.t)
}

func TestEntries(t *testing.T) {
	c := newTown(t, nil)
	client, key := c.kiosk()
	card := c.card(bar, 1)
	digest := card.Digest()
	entry := must(cards.Seal(key, cards.PaperEntry, cards.Entry{
		Seq: 1, Prev: make([]byte, 32), State: cards.Signed, Allotment: card.Allotment, Number: card.Number, Digest: digest[:],
	}))(t)
	upload := c.upload(key, cards.Upload{Records: []cards.Record{{Seq: 1, Data: entry}}})
	answer := must(client.Upload(context.Background(), upload))(t)
	var r cards.Receipt
	if err := cards.Unsealed(answer, cards.PaperReceipt, &r); err != nil {
		t.Fatal(err)
	}
	list := must(cards.OpenTrustList(r.Trust, c.ledger.TrustKey()))(t)
	if _, err := cards.Open(answer, cards.PaperReceipt, list.Hub, &r); err != nil {
		t.Errorf("the receipt is not signed by a hub key of its own list: %v", err)
	}
	if r.Cursor != 1 || r.Judgements[0].Verdict != cards.Accepted {
		t.Errorf("receipt %+v", r)
	}
}

func TestAPIRefuses(t *testing.T) {
	c := newTown(t, nil)
	_, key := c.kiosk()
	cose := api.TypeCOSE
	for _, tt := range []struct {
		name, method, path, kind string
		body                     []byte
		status                   int
		problem                  string
	}{
		{"not an upload", "POST", api.PathEntries, cose, []byte("rubbish"), 403, api.ProblemUpload},
		{"not an enrolment", "POST", api.PathEnrol, cose, []byte("rubbish"), 403, api.ProblemEnrolment},
		{"too many bytes", "POST", api.PathEntries, cose, make([]byte, api.MaxBody+1), 413, api.ProblemTooLarge},
		{"an enrolment too large", "POST", api.PathEnrol, cose, make([]byte, maxEnrolment+1), 413, api.ProblemTooLarge},
		{"too many records", "POST", api.PathEntries, cose, c.upload(key, cards.Upload{Records: make([]cards.Record, 1001)}), 413, api.ProblemTooLarge},
		{"another content type", "POST", api.PathEntries, "text/plain", nil, 415, ""},
		{"no content type", "POST", api.PathEntries, "", nil, 415, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := must(http.NewRequest(tt.method, c.server.URL+"/"+tt.path, bytes.NewReader(tt.body)))(t)
			if tt.kind != "" {
				r.Header.Set("Content-Type", tt.kind)
			}
			answer := must(http.DefaultClient.Do(r))(t)
			defer answer.Body.Close()
			body := string(must(io.ReadAll(answer.Body))(t))
			if answer.StatusCode != tt.status || answer.Header.Get("Content-Type") != api.TypeProblem || !strings.Contains(body, tt.problem) {
				t.Errorf("%d %s %s", answer.StatusCode, answer.Header.Get("Content-Type"), body)
			}
		})
	}
}

// Where too many are at it, an upload is asked to come again.
func TestBusy(t *testing.T) {
	c := newTown(t, nil)
	client, key := c.kiosk()
	ctx, stop := context.WithCancel(context.Background())
	server := must(New(&Opts{Ledger: c.ledger, Registry: c.people, PageKey: make([]byte, 32), AtOnce: 1}))(t)
	server.turns <- struct{}{}
	c.handler.Store(http.HandlerFunc(server.Handler().ServeHTTP))
	_, err := client.Upload(ctx, c.upload(key, cards.Upload{}))
	p := (*api.Problem)(nil)
	if !errors.As(err, &p) || p.Status != 503 || p.Type != api.ProblemBusy || p.RetryAfter() != comeAgain {
		t.Errorf("Upload = %v", err)
	}
	<-server.turns
	if _, err := client.Upload(ctx, c.upload(key, cards.Upload{})); err != nil {
		t.Errorf("when there is room: %v", err)
	}
	stop()
}

func TestHealth(t *testing.T) {
	broken := errors.New("disk on fire")
	var ready error
	c := newTown(t, func(o *Opts) { o.Ready = func(context.Context) error { return ready } })
	for _, tt := range []struct {
		path   string
		ready  error
		status int
	}{
		{"/healthz", nil, 200}, {"/readyz", nil, 200}, {"/readyz", broken, 503}, {"/healthz", broken, 200},
	} {
		ready = tt.ready
		answer := must(http.Get(c.server.URL + tt.path))(t)
		body := string(must(io.ReadAll(answer.Body))(t))
		answer.Body.Close()
		if answer.StatusCode != tt.status || strings.Contains(body, "fire") {
			t.Errorf("%s: %d %q", tt.path, answer.StatusCode, body)
		}
	}
}

// The log names routes and never what stands in a path, a query or a body.
func TestLogNamesTheRoute(t *testing.T) {
	c := newTown(t, nil)
	card := c.card(bar, 1)
	for _, path := range []string{"/C/" + card.Text(), "/c/" + strings.ToLower(card.Text()), "/C/x/" + card.Text(), "/x?canary=" + card.Text(),
		"/" + card.Text(), "/x/y/" + card.Text(), "/static/" + card.Text(), "//C/" + card.Text(), "/api/v1/entries?" + card.Text()} {
		answer := must((&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(c.server.URL + path))(t)
		answer.Body.Close()
	}
	log := c.logs.String()
	if !slices.ContainsFunc(strings.Split(log, "\n"), func(l string) bool { return strings.Contains(l, `route="GET /C/{token}"`) }) {
		t.Errorf("no line names the route:\n%s", log)
	}
	if strings.Contains(strings.ToUpper(log), card.Text()[:20]) || strings.Contains(log, "canary") {
		t.Errorf("the log holds a card:\n%s", log)
	}
}

// A kiosk that hangs up does not wait for its turn.
func TestKioskHangsUp(t *testing.T) {
	c := newTown(t, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	client, key := c.kiosk()
	server := must(New(&Opts{Ledger: c.ledger, Registry: c.people, PageKey: make([]byte, 32), AtOnce: 1}))(t)
	server.turns <- struct{}{}
	c.handler.Store(http.HandlerFunc(server.Handler().ServeHTTP))
	if _, err := client.Upload(ctx, c.upload(key, cards.Upload{})); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Upload = %v", err)
	}
}
